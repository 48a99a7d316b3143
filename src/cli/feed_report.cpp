#include "feed_report.hpp"

#include <fmt/core.h>

#include "diagnostic_list.hpp"
#include "mozu/base/text.hpp"
#include "terminal.hpp"

namespace mozu::cli {
namespace {

std::string_view kind_name(std::size_t i) { return intel::short_name(static_cast<intel::PatternKind>(i)); }

std::string counts_text(const std::map<std::string, std::uint64_t, std::less<>>& counts) {
  std::string out;
  for (const auto& [name, n] : counts) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", with_commas(n), name);
  return out;
}

/// Paths differ at their ends.
std::string end_of(std::string_view name, std::size_t bytes_max) {
  std::string shown = printable(name);
  if (shown.size() <= bytes_max) return shown;
  std::size_t from = shown.size() - bytes_max + 1;
  while (from < shown.size() && (static_cast<unsigned char>(shown[from]) & 0xC0) == 0x80) ++from;
  return "…" + shown.substr(from);
}

std::string details(const feeds::FeedReport& r, bool colour) {
  std::string out;
  if (r.statistics.refused != 0) out += fmt::format("  refused      {}\n", yellow(counts_text(r.statistics.refused_by_code), colour));
  if (r.statistics.passed_over != 0) out += fmt::format("  passed over  {}\n", counts_text(r.statistics.passed_over_by_kind));
  if (r.files_passed_over != 0) out += fmt::format("  no feeds     {}\n", plural(r.files_passed_over, "file"));
  return out + diagnostics_text(r.diagnostics, colour);
}

}  // namespace

bool is_about_file(const Diagnostic& d) { return d.severity == Severity::error && !d.code.starts_with("indicator-"); }

std::string kinds_text(const std::array<std::uint64_t, intel::pattern_kind_count>& by_kind) {
  std::string out;
  for (std::size_t i = 0; i < by_kind.size(); ++i)
    if (by_kind[i] != 0) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", with_commas(by_kind[i]), kind_name(i));
  return out.empty() ? "none" : out;
}

void kinds_json(JsonWriter& w, const std::array<std::uint64_t, intel::pattern_kind_count>& by_kind) {
  w.begin_object();
  for (std::size_t i = 0; i < by_kind.size(); ++i)
    if (by_kind[i] != 0) w.field(kind_name(i), by_kind[i]);
  w.end_object();
}

std::string feed_reports_text(const std::vector<feeds::FeedReport>& reports, std::string_view what, bool colour) {
  Table table("llrrrrl");
  table.header({std::string(what), "format", "rows", "indicators", "refused", "passed over", "by type"});
  formats::FeedStatistics total;
  for (const auto& r : reports) {
    const auto& s = r.statistics;
    const std::string name = end_of(r.name, 60) + (r.suppression ? " (suppression)" : "");
    table.row({name, s.format.empty() ? "–" : s.format, with_commas(s.rows), with_commas(s.indicators), with_commas(s.refused), with_commas(s.passed_over),
               kinds_text(s.by_kind)});
    total.add(s);
  }
  if (reports.size() > 1)
    table.row({"together", "", with_commas(total.rows), with_commas(total.indicators), with_commas(total.refused), with_commas(total.passed_over),
               kinds_text(total.by_kind)});
  std::string out = table.text(colour, "");
  for (const auto& r : reports)
    if (const std::string text = details(r, colour); !text.empty()) out += fmt::format("\n{}\n{}", bold(printable(r.name, 200), colour), text);
  return out;
}

void feed_report_json(JsonWriter& w, const feeds::FeedReport& r) {
  const auto& s = r.statistics;
  w.begin_object().field("name", r.name).field("format", s.format).field("suppression", r.suppression);
  w.field("files", r.files).field("files_failed", r.files_failed).field("files_passed_over", r.files_passed_over);
  w.field("bytes", s.bytes).field("rows", s.rows).field("indicators", s.indicators).field("refused", s.refused).field("passed_over", s.passed_over);
  kinds_json(w.key("by_type"), s.by_kind);
  w.key("refused_by_code").begin_object();
  for (const auto& [code, n] : s.refused_by_code) w.field(code, n);
  w.end_object().key("passed_over_by_kind").begin_object();
  for (const auto& [kind, n] : s.passed_over_by_kind) w.field(kind, n);
  w.end_object().key("diagnostics").begin_array();
  for (const auto& d : r.diagnostics.kept()) w.raw(render_json(d));
  w.end_array().end_object();
}

}  // namespace mozu::cli
