#include <fmt/core.h>

#include <algorithm>

#include "feed_report.hpp"
#include "mozu/base/text.hpp"
#include "summary.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

double bytes_each(const match::IndexStatistics& s) {
  return s.indicators == 0 ? 0 : static_cast<double>(s.file_bytes - s.context_bytes) / static_cast<double>(s.indicators);
}

std::string as_json(const match::Index& index, const std::string& path, bool verified) {
  const auto& s = index.statistics();
  std::string out;
  JsonWriter w(out);
  w.begin_object().field("path", path).field("content_hash", index.content_hash()).field("built", format_time(index.built()));
  if (verified) w.field("verified", true);
  w.field("file_bytes", s.file_bytes).field("context_bytes", s.context_bytes).field("bytes_per_indicator", bytes_each(s));
  w.field("indicators", s.indicators);
  kinds_json(w.key("by_type"), s.by_kind);
  w.field("suppressions", s.suppressions).field("suppressed_indicators", s.suppressed_indicators);
  w.key("suppressed_by_reason").begin_object();
  for (const auto& [reason, n] : index.suppressed_by_reason()) w.field(reason, n);
  w.end_object();
  w.key("feeds").begin_array();
  const auto& feeds = index.feeds();
  for (std::size_t i = 0; i < feeds.size(); ++i) {
    const auto& f = feeds[i];
    w.begin_object().field("name", f.name).field("source", f.source).field("indicators", s.by_feed[i]).field("confidence", unsigned{f.confidence});
    w.field("tlp", intel::name(f.tlp)).key("labels").begin_array();
    for (const auto& l : f.labels) w.value(l);
    w.end_array().key("categories").begin_array();
    for (const auto& c : f.categories) w.value(c);
    w.end_array().end_object();
  }
  w.end_array().key("overlap").begin_array();
  for (std::size_t i = 0; i < feeds.size(); ++i) {
    w.begin_array();
    for (std::size_t j = 0; j < feeds.size(); ++j) w.value(s.overlap[i * feeds.size() + j]);
    w.end_array();
  }
  w.end_array().end_object();
  return out + "\n";
}

/// How many indicators each two feeds share. Columns bear the feeds' numbers; as many stand side by side as the terminal is wide.
std::string matrix(const match::Index& index, bool colour) {
  const auto& feeds = index.feeds();
  constexpr std::size_t feeds_max = 40, name_bytes_max = 40, gap = 2;
  const std::size_t n = std::min(feeds.size(), feeds_max);
  if (n < 2) return {};
  const auto number = [](std::size_t i) { return fmt::format("[{}]", i + 1); };
  const auto cell = [&](std::size_t i, std::size_t j) {
    const auto shared = index.statistics().overlap[i * feeds.size() + j];
    return shared == 0 ? "·" : with_commas(shared);
  };
  // The diagonal holds the largest figures.
  std::size_t name_width = 0, cell_width = number(n - 1).size();
  for (std::size_t i = 0; i < n; ++i) {
    name_width = std::max(name_width, printable(feeds[i].name, name_bytes_max).size());
    cell_width = std::max(cell_width, cell(i, i).size());
  }
  const std::size_t before = gap + number(n - 1).size() + gap + name_width;
  const std::size_t side_by_side = std::max<std::size_t>(1, (std::max(stdout_columns(), before) - before) / (cell_width + gap));
  std::string out = fmt::format("\n{}\n", bold("Indicators that feeds share", colour));
  for (std::size_t from = 0; from < n; from += side_by_side) {
    const std::size_t to = std::min(n, from + side_by_side);
    Table table("rl" + std::string(to - from, 'r'));
    std::vector<std::string> header = {"", "feed"};
    for (std::size_t j = from; j < to; ++j) header.push_back(number(j));
    table.header(std::move(header));
    for (std::size_t i = 0; i < n; ++i) {
      std::vector<std::string> row = {number(i), printable(feeds[i].name, name_bytes_max)};
      for (std::size_t j = from; j < to; ++j) row.push_back(cell(i, j));
      table.row(std::move(row));
    }
    out += (from == 0 ? "" : "\n") + table.text(colour);
  }
  if (feeds.size() > n) out += fmt::format("  … of the first {} feeds; --json gives all {}\n", n, feeds.size());
  return out;
}

std::string as_text(const match::Index& index, const std::string& path, bool verified, bool colour) {
  const auto& s = index.statistics();
  Table head("ll");
  head.row({"file", printable(path)});
  head.row({"content", index.content_hash()});
  head.row({"built", format_time(index.built())});
  if (verified) head.row({"verified", "every byte: all checksums fit"});
  // A small index is mostly its filter, which has a least size: bytes an indicator would mean nothing.
  const std::string each = s.indicators >= 10'000 ? fmt::format("{:.1f} bytes an indicator, and ", bytes_each(s)) : "";
  head.row(
      {"size", fmt::format("{} ({}{} of contexts)", human_bytes(static_cast<double>(s.file_bytes)), each, human_bytes(static_cast<double>(s.context_bytes)))});
  head.row({"indicators", with_commas(s.indicators)});
  if (s.suppressions != 0)
    head.row({"suppressions", fmt::format("{}; they cover {}", with_commas(s.suppressions), plural(s.suppressed_indicators, "indicator"))});
  std::string out = head.text(colour, "");
  Table kinds("rl");
  for (std::size_t i = 0; i < s.by_kind.size(); ++i)
    if (s.by_kind[i] != 0) kinds.row({with_commas(s.by_kind[i]), std::string(intel::short_name(static_cast<intel::PatternKind>(i)))});
  if (!kinds.empty()) out += fmt::format("\n{}\n{}", bold("By type", colour), kinds.text(colour));
  out += suppressed_text(index.suppressed_by_reason(), colour, stdout_columns());
  Table feeds("lrrlll");
  feeds.header({"name", "indicators", "default confidence", "TLP", "categories", "source"});
  for (std::size_t i = 0; i < index.feeds().size(); ++i) {
    const auto& f = index.feeds()[i];
    feeds.row({printable(f.name, 40), with_commas(s.by_feed[i]), std::to_string(f.confidence), std::string(intel::name(f.tlp)), printable_list(f.categories),
               printable(f.source, 200)});
  }
  if (!feeds.empty()) out += fmt::format("\n{}\n{}", bold("Feeds", colour), feeds.without_empty_columns().text(colour));
  return out + matrix(index, colour);
}

}  // namespace

int index_info_verb(const IndexInfoArguments& a) {
  const auto index = match::Index::open(a.index, a.verify ? match::Index::Verify::all : match::Index::Verify::probed);
  if (!index) {
    say(index.error());
    return exit_failed;
  }
  return finish_stdout(a.json ? as_json(**index, a.index, a.verify) : as_text(**index, a.index, a.verify, stdout_colour()), exit_done);
}

}  // namespace mozu::cli
