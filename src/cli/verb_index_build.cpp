#include <fmt/core.h>

#include "feed_report.hpp"
#include "mozu/base/text.hpp"
#include "summary.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

/// "wrote my.mzi: 1,234 indicators of 3 feeds, 12.3 kB, 31.2 bytes an indicator"
Result<std::string> describe(const std::string& path) {
  MOZU_LET(const auto index, match::Index::open(path));
  const auto& s = index->statistics();
  std::string out = fmt::format("wrote {}: {} of {}, {}", printable(path), plural(s.indicators, "indicator"), plural(index->feeds().size(), "feed"),
                                human_bytes(static_cast<double>(s.file_bytes)));
  // A small index is mostly its filter, which has a least size: the figure would mean nothing.
  if (s.indicators >= 10'000)
    out += fmt::format(", {:.1f} bytes an indicator without contexts", static_cast<double>(s.file_bytes - s.context_bytes) / static_cast<double>(s.indicators));
  if (s.suppressions != 0) out += fmt::format("; {} of them suppressed, by a list of {}", with_commas(s.suppressed_indicators), with_commas(s.suppressions));
  return out + "\n" + suppressed_text(index->suppressed_by_reason(), stdout_colour(), stdout_columns());
}

int write_index(match::Builder& builder, const std::string& path, Timestamp built, const std::optional<std::string>& report, bool failed) {
  if (auto written = builder.write(path, built); !written) {
    say(std::move(written).error());
    return exit_failed;
  }
  if (!report) return failed ? exit_failed : exit_done;
  auto description = describe(path);
  if (!description) {
    say(std::move(description).error());
    return exit_failed;
  }
  return finish_stdout(*report + *description, failed ? exit_failed : exit_done);
}

}  // namespace

int index_build_verb(const IndexBuildArguments& a) {
  if (a.feeds.empty() && a.configs.empty()) {
    say(Diagnostic{Severity::error, "usage", "no feeds given", {}, "give feed files or folders, or --config FEEDS.toml"});
    return exit_usage;
  }
  std::optional<Timestamp> as_of;
  if (!read_time_argument(a.as_of, "--as-of", as_of)) return exit_usage;
  feeds::LoadRequest request;
  request.feeds = a.feeds;
  request.configs = a.configs;
  request.suppress = a.suppress;
  request.allow_broad = a.allow_broad;
  request.format = a.feed_format;
  request.read_time = as_of.value_or(now());
  match::Builder builder;
  Diagnostics problems;
  const auto reports = feeds::load_feeds(request, builder, problems);
  say(problems);
  bool failed = problems.errors() != 0, any_read = false;
  for (const auto& r : reports) {
    failed |= r.files_failed != 0;
    any_read |= r.files > r.files_failed || r.statistics.indicators != 0;
    if (a.quiet)
      for (const auto& d : r.diagnostics.kept())
        if (is_about_file(d)) say(d);
  }
  const std::string report = reports.empty() ? "" : feed_reports_text(reports, "feed", stdout_colour()) + "\n";
  if (!any_read) {
    if (reports.empty()) return exit_failed;  // the settings were bad: that is said, and nothing was tried
    write_stderr(a.quiet ? "" : report);
    say(Diagnostic{Severity::error, "index-empty", "no feed could be read: no index was written", {}, "`mozu feed check FILE` shows more about one feed"});
    return exit_failed;
  }
  return write_index(builder, a.output, request.read_time, a.quiet ? std::nullopt : std::optional(report), failed);
}

int index_merge_verb(const IndexMergeArguments& a) {
  match::Builder builder;
  bool failed = false;
  std::size_t read = 0;
  for (const auto& path : a.indexes) {
    auto index = match::Index::open(path);
    Status added = index ? builder.add_index(**index) : Status(std::unexpected(index.error()));
    if (added) {
      ++read;
      continue;
    }
    say(std::move(added).error().at(path));
    failed = true;
  }
  if (failed) {
    // Half a merge would be taken for a whole one.
    say(Diagnostic{Severity::error, "index-merge", fmt::format("{} of {} indexes could be read: nothing was written", read, a.indexes.size()), {}, {}});
    return exit_failed;
  }
  return write_index(builder, a.output, now(), "", false);
}

}  // namespace mozu::cli
