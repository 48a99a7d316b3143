#include "mozu/files/yara.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "mozu/base/text.hpp"
#include "worker.hpp"

namespace mozu::files {
namespace {

/// Compiling rules of some megabytes takes seconds and a few hundred megabytes.
constexpr std::uint64_t memory_bytes_max = std::uint64_t{1} << 30;
constexpr std::uint32_t cpu_s_max = 30, wall_s_max = 120;

}  // namespace

void check_yara(const std::string& name, std::string_view rules, Diagnostics& diagnostics, CellLimits limits) {
  limits.memory_bytes_max = std::min(limits.memory_bytes_max, memory_bytes_max);
  limits.cpu_s_max = std::min(limits.cpu_s_max, cpu_s_max);
  limits.wall_s_max = std::min(limits.wall_s_max, wall_s_max);
  const auto read = read_in_cell("yara", rules, limits);
  if (!read) return diagnostics.add(Diagnostic(read.error()).at(name));
  bool told = false;
  for (Diagnostic d : read->notes.kept()) {
    const bool error = d.code == "yara";
    told = told || error;
    // A slow string is the author's choice; it is told, and does not stop a publication.
    diagnostics.add({error ? Severity::error : Severity::note,
                     std::move(d.code),
                     std::move(d.message),
                     {name, to_uint(d.where.path).value_or(0), {}},
                     error ? "correct the rule" : ""});
  }
  if (!told && !read->text.starts_with("compiled")) diagnostics.add({Severity::error, "yara", "libyara refuses the rules", {name, 0, {}}, "correct the rule"});
}

}  // namespace mozu::files
