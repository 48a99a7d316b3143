// Reads a feed from memory (or a file) and keeps everything that came of it, for tests.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/formats/feed.hpp"

namespace mozu::formats::test {

struct Reading {
  std::vector<intel::Indicator> indicators;
  Diagnostics diagnostics;
  FeedStatistics statistics;
  Status status;

  /// "domain evil.example", in the order of the feed
  std::vector<std::string> values() const {
    std::vector<std::string> out;
    for (const auto& i : indicators) out.push_back(std::string(intel::short_name(i.pattern.kind)) + " " + i.pattern.value);
    return out;
  }
  std::string context(std::size_t indicator, std::string_view name) const {
    for (const auto& [key, value] : indicators.at(indicator).context) {
      if (key == name) return value;
    }
    return {};
  }
  /// code → how many refused
  std::uint64_t refused(std::string_view code) const {
    const auto it = statistics.refused_by_code.find(code);
    return it == statistics.refused_by_code.end() ? 0 : it->second;
  }
  std::uint64_t passed_over(std::string_view kind) const {
    const auto it = statistics.passed_over_by_kind.find(kind);
    return it == statistics.passed_over_by_kind.end() ? 0 : it->second;
  }
  std::string error() const { return status ? std::string() : status.error().code; }
};

inline constexpr Timestamp read_time{1'790'000'000'000};

inline Reading read(std::string_view bytes, const FeedSettings& settings = {}, std::string name = "feed") {
  Reading r;
  r.status =
      read_feed_memory(std::move(name), bytes, settings, read_time, [&](const intel::Indicator& i) { r.indicators.push_back(i); }, r.diagnostics, r.statistics);
  return r;
}

inline Reading read_as(std::string_view format, std::string_view bytes, std::string name = "feed") {
  FeedSettings settings;
  settings.format = format;
  return read(bytes, settings, std::move(name));
}

/// A hash of that many digits that looks like one.
inline std::string hex(std::size_t digits, unsigned seed = 1) {
  std::string out;
  for (std::uint64_t x = seed; out.size() < digits;) {
    x = x * 6364136223846793005ULL + 1442695040888963407ULL;
    out += "0123456789abcdef"[x >> 60];
  }
  return out;
}

using Strings = std::vector<std::string>;

}  // namespace mozu::formats::test
