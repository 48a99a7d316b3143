#include "summary.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "mozu/base/json_write.hpp"
#include "mozu/base/text.hpp"
#include "terminal.hpp"

namespace mozu::cli {
namespace {

std::vector<std::pair<std::string, std::uint64_t>> by_count(const Counts& counts) {
  std::vector<std::pair<std::string, std::uint64_t>> out(counts.begin(), counts.end());
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return out;
}

std::string section(std::string_view title, const std::vector<std::pair<std::string, std::uint64_t>>& rows, bool colour, std::size_t columns_max,
                    std::size_t rows_max = 20) {
  if (rows.empty()) return {};
  Table table("rl");
  for (std::size_t i = 0; i < std::min(rows.size(), rows_max); ++i) table.row({with_commas(rows[i].second), printable(rows[i].first, 100)});
  std::string out = fmt::format("\n{}\n{}", bold(title, colour), table.text(colour, "  ", columns_max));
  if (rows.size() > rows_max) out += fmt::format("  … and {} more\n", with_commas(rows.size() - rows_max));
  return out;
}

double rate(const live::ScanResult& r) { return r.run.seconds > 0 ? static_cast<double>(r.summary.statistics.bytes) / r.run.seconds : 0; }

}  // namespace

std::string suppressed_text(const Counts& by_reason, bool colour, std::size_t columns_max) {
  constexpr std::size_t reasons_max = 5;
  return section("Suppressed, by reason", by_count(by_reason), colour, columns_max, reasons_max);
}

std::string summary_text(const live::ScanResult& result, std::size_t inputs, unsigned threads, bool colour, std::size_t columns_max) {
  const auto& s = result.summary.statistics;
  std::string out = fmt::format("\n{}\n", bold("Summary", colour));
  Table head("ll");
  head.row({"scanned", fmt::format("{}, {}, {} in {:.2f} s ({}/s, {})", plural(inputs, "input"), human_bytes(static_cast<double>(s.bytes)),
                                   plural(s.lines, "line"), result.run.seconds, human_bytes(rate(result)), plural(threads, "thread"))});
  std::string found = plural(s.detections, "detection");
  if (s.detections != 0) found += fmt::format(" in {}, of {}", plural(s.lines_matched, "line"), plural(result.summary.distinct_indicators, "indicator"));
  head.row({"found", s.detections != 0 ? yellow(found, colour) : found});
  if (s.suppressed != 0) head.row({"suppressed", with_commas(s.suppressed) + " (--show-suppressed shows them)"});
  if (s.out_of_validity != 0) head.row({"not valid", with_commas(s.out_of_validity) + " (at the event's time)"});
  if (result.run.inputs_failed != 0) head.row({"failed", red(plural(result.run.inputs_failed, "input"), colour)});
  out += head.text(colour, "  ", columns_max);
  out += section("By type", by_count(result.summary.by_type), colour, columns_max);
  out += section("By relation", by_count(result.summary.by_relation), colour, columns_max);
  out += section("By feed", by_count(result.summary.by_feed), colour, columns_max);
  out += section("Top indicators", result.summary.top_indicators, colour, columns_max);
  out += suppressed_text(result.summary.suppressed_by_reason, colour, columns_max);
  return out;
}

std::string summary_json(const live::ScanResult& result) {
  const auto& s = result.summary.statistics;
  std::string out;
  JsonWriter w(out);
  w.begin_object().field("bytes", s.bytes).field("lines", s.lines).field("lines_matched", s.lines_matched).field("detections", s.detections);
  w.field("distinct_indicators", result.summary.distinct_indicators).field("suppressed", s.suppressed).field("out_of_validity", s.out_of_validity);
  w.field("inputs_failed", result.run.inputs_failed).field("complete", !result.run.stopped_by.has_value());
  w.field("seconds", result.run.seconds).field("bytes_per_second", rate(result));
  const auto object = [&](std::string_view key, const Counts& counts) {
    w.key(key).begin_object();
    for (const auto& [name, n] : counts) w.field(name, n);
    w.end_object();
  };
  object("by_type", result.summary.by_type);
  object("by_relation", result.summary.by_relation);
  object("by_feed", result.summary.by_feed);
  object("suppressed_by_reason", result.summary.suppressed_by_reason);
  w.key("top_indicators").begin_array();
  for (const auto& [name, n] : result.summary.top_indicators) {
    const auto blank = std::min(name.find(' '), name.size());
    w.begin_object().field("type", std::string_view(name).substr(0, blank)).field("value", std::string_view(name).substr(std::min(blank + 1, name.size())));
    w.field("detections", n).end_object();
  }
  w.end_array().end_object();
  return out;
}

}  // namespace mozu::cli
