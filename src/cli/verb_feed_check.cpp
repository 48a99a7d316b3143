#include <fmt/core.h>

#include "feed_report.hpp"
#include "mozu/base/text.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {

/// Every file has its own row; the feeds of a settings file have one each.
int feed_check_verb(const FeedCheckArguments& a) {
  Diagnostics problems;
  std::vector<feeds::FeedReport> reports;
  std::vector<std::string> paths, configs;
  for (const auto& file : a.files) (file.ends_with(".toml") ? configs : paths).push_back(file);
  const formats::IndicatorSink nowhere = [](const intel::Indicator&) {};
  bool failed = false;
  const auto check = [&](formats::FeedSettings settings, const std::string& name) {
    auto report = feeds::read_one_feed(settings, now(), nowhere);
    report.name = name;
    failed |= report.files_failed != 0;
    reports.push_back(std::move(report));
  };
  feeds::LoadRequest request;
  request.configs = configs;
  request.allow_broad = a.allow_broad;
  for (const auto& settings : feeds::feed_list(request, problems)) check(settings, settings.info.name);
  for (const auto& path : formats::expand_feed_paths(paths, problems)) {
    formats::FeedSettings settings;
    settings.info.name = path;
    settings.paths = {path};
    settings.format = a.format;
    settings.allow_broad = a.allow_broad;
    check(std::move(settings), path);
  }
  failed |= problems.errors() != 0;
  say(problems);
  std::string out;
  if (a.json) {
    formats::FeedStatistics total;
    JsonWriter w(out);
    w.begin_object().key("feeds").begin_array();
    for (const auto& r : reports) {
      feed_report_json(w, r);
      total.add(r.statistics);
    }
    w.end_array().field("rows", total.rows).field("indicators", total.indicators).field("refused", total.refused).field("passed_over", total.passed_over);
    kinds_json(w.key("by_type"), total.by_kind);
    w.end_object();
    out += '\n';
  } else if (!reports.empty()) {
    out = feed_reports_text(reports, "file", stdout_colour());
  }
  return finish_stdout(out, failed ? exit_failed : exit_done);
}

}  // namespace mozu::cli
