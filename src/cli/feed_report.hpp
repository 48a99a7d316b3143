// What was read from a feed, for people and for programs; shared by `feed check`, `index build` and `match --feed`.
#pragma once
#include <string>
#include <vector>

#include "mozu/base/json_write.hpp"
#include "mozu/feeds/load.hpp"

namespace mozu::cli {

/// About a file as a whole (cannot be opened, is no feed …), not about a row in it.
bool is_about_file(const Diagnostic& d);
/// One table row a report, then what was refused with examples.
std::string feed_reports_text(const std::vector<feeds::FeedReport>& reports, std::string_view what, bool colour);
void feed_report_json(JsonWriter& w, const feeds::FeedReport& report);
/// "12 domain, 3 url"
std::string kinds_text(const std::array<std::uint64_t, intel::pattern_kind_count>& by_kind);
void kinds_json(JsonWriter& w, const std::array<std::uint64_t, intel::pattern_kind_count>& by_kind);

}  // namespace mozu::cli
