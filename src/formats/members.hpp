// Private to the room: reading all members of an input (one, unless it is an archive) by one rule of what a member's failure means.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "mozu/base/diagnostics.hpp"
#include "mozu/base/stream.hpp"

namespace mozu::formats {

/// `read(stream, name, one, stop) -> Status` reads a member into statistics of its own; a failure that it puts into `stop` (of a sink, not of
/// the input) ends it all. `gave(one)` says whether anything came of the member.
/// A member of which nothing came is an error only where no other gave anything; one that broke off half-way keeps what it gave, and is told.
/// Failures of the code `foreign` are notes beside others: in an archive a README is to be expected.
template <class Statistics, class Read, class Gave>
Status read_members(InputFile& input, const std::string& path, std::string_view foreign, Diagnostics& diagnostics, Statistics& statistics, Read read,
                    Gave gave) {
  std::optional<Diagnostic> first_failure;
  bool any_read = false;
  const auto tell = [&](Diagnostic d) {
    if (d.code == foreign) d.severity = Severity::note;
    else ++statistics.cut_off;
    diagnostics.add(std::move(d));
  };
  for (;;) {
    auto member = input.next();
    if (!member) {
      if (!any_read) return fail(std::move(member.error()).at(path));
      diagnostics.add(std::move(member.error()).at(path));
      ++statistics.cut_off;
      return {};
    }
    if (*member == nullptr) break;
    Statistics one;
    const std::string name = input.name();
    Status stop;
    auto status = read(**member, name, one, stop);
    if (!stop) return stop;
    const bool useful = gave(one);
    if (!status && !useful) one.format.clear();
    statistics.add(one);
    any_read |= status || useful;
    if (status) continue;
    Diagnostic d = std::move(status.error()).at(name);
    if (!useful && !first_failure) first_failure = std::move(d);
    else tell(std::move(d));
  }
  if (!first_failure) return {};
  if (!any_read) return fail(std::move(*first_failure));
  tell(std::move(*first_failure));
  return {};
}

}  // namespace mozu::formats
