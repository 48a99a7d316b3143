// What must hold of every reading of a feed, whatever the bytes.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>

#include "fuzz/check.hpp"
#include "mozu/formats/feed.hpp"

namespace mozu::fuzz {

/// A canonical value read again is itself: what is stored in an index can be looked up by its own text.
inline void check_pattern(const intel::Pattern& p) {
  check(!p.value.empty());
  intel::PatternOptions options;
  options.allow_broad = true;
  using enum intel::PatternKind;
  const intel::TypeHint hint = p.kind == url        ? intel::TypeHint::url
                               : p.kind == url_mask ? intel::TypeHint::url_mask
                               : p.kind == domain   ? intel::TypeHint::domain
                                                    : intel::TypeHint::any;
  const auto again = intel::read_pattern(p.value, hint, options);
  check(again.has_value() && again->kind == p.kind && again->value == p.value);
}

inline void read_feed_checked(std::string_view bytes, std::string_view format, std::map<std::string, std::string, std::less<>> mapping = {}) {
  formats::FeedSettings settings;
  settings.format = format;
  settings.mapping = std::move(mapping);
  Diagnostics diagnostics;
  formats::FeedStatistics s;
  std::uint64_t given = 0;
  const auto sink = [&](const intel::Indicator& i) {
    ++given;
    check(i.confidence <= 100);
    check_pattern(i.pattern);
  };
  const auto status = formats::read_feed_memory("fuzz", bytes, settings, Timestamp{1'790'000'000'000}, sink, diagnostics, s);
  check(status || !status.error().code.empty());
  check(given == s.indicators);
  check(s.rows == s.indicators + s.refused);
  check(std::accumulate(s.by_kind.begin(), s.by_kind.end(), std::uint64_t{0}) == s.indicators);
  std::uint64_t refused = 0, passed_over = 0;
  for (const auto& [code, n] : s.refused_by_code) refused += n;
  for (const auto& [kind, n] : s.passed_over_by_kind) passed_over += n;
  check(refused == s.refused && passed_over == s.passed_over);
  for (const auto& d : diagnostics.kept()) check(!render_text(d).empty() && !render_json(d).empty());
}

}  // namespace mozu::fuzz
