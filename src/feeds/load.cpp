#include "mozu/feeds/load.hpp"

#include <fmt/core.h>

#include <set>

namespace mozu::feeds {
namespace {

/// "ipsum" of "lists/ipsum.txt.gz"; a folder's own name.
std::string name_of(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  if (path == "-") return "stdin";
  const auto slash = path.rfind('/');
  std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  for (const std::string_view packed : {".gz", ".zst", ".xz", ".bz2", ".zip"})
    if (name.size() > packed.size() && name.ends_with(packed)) name.resize(name.size() - packed.size());
  const auto dot = name.rfind('.');
  if (dot != std::string::npos && dot != 0) name.resize(dot);
  return name.empty() ? "feed" : name;
}

formats::FeedSettings settings_of(const std::string& path, const LoadRequest& request) {
  formats::FeedSettings s;
  s.info.name = name_of(path);
  s.info.source = path;
  s.paths = {path};
  s.format = request.format;
  return s;
}

void add_config(const std::string& path, const LoadRequest& request, std::vector<formats::FeedSettings>& out, Diagnostics& diagnostics) {
  auto config = formats::read_feed_config(path);
  if (!config) return diagnostics.add(std::move(config).error());
  for (auto& feed : *config) {
    feed.allow_broad |= request.allow_broad;
    out.push_back(std::move(feed));
  }
}

/// The reason shown with a suppressed value: what the record says, else what the list is called.
std::string reason_of(const intel::Indicator& indicator, const intel::FeedInfo& info) {
  for (const auto& [name, value] : indicator.context)
    if (name == "description" && !value.empty()) return value;
  return "suppression list: " + info.name;
}

}  // namespace

std::vector<formats::FeedSettings> feed_list(const LoadRequest& request, Diagnostics& diagnostics) {
  std::vector<formats::FeedSettings> out;
  for (const auto& path : request.configs) add_config(path, request, out, diagnostics);
  for (const auto& path : request.feeds) {
    if (path.ends_with(".toml")) {
      add_config(path, request, out, diagnostics);
      continue;
    }
    out.push_back(settings_of(path, request));
    out.back().allow_broad = request.allow_broad;
  }
  for (const auto& path : request.suppress) {
    out.push_back(settings_of(path, request));
    out.back().format.clear();
    out.back().suppression = true;
    out.back().allow_broad = true;  // a list of broad ranges is just what suppresses them
  }
  std::set<std::string> names;
  for (auto& feed : out) {
    const std::string name = feed.info.name;
    for (int i = 2; !names.insert(feed.info.name).second; ++i) feed.info.name = fmt::format("{}-{}", name, i);
  }
  return out;
}

FeedReport read_one_feed(const formats::FeedSettings& settings, Timestamp read_time, const formats::IndicatorSink& sink) {
  FeedReport report;
  report.name = settings.info.name;
  report.suppression = settings.suppression;
  Diagnostics of_paths(5);
  const auto files = formats::expand_feed_paths(settings.paths, of_paths);
  report.files_failed = of_paths.errors();
  report.diagnostics.merge(std::move(of_paths));
  for (const auto& file : files) {
    ++report.files;
    formats::FeedStatistics statistics;
    Status status = formats::read_feed(file, settings, read_time, sink, report.diagnostics, statistics);
    report.statistics.add(statistics);
    if (status) {
      report.files_failed += statistics.cut_off != 0;  // a part of it is missing: what was read is used, the failure is told
      continue;
    }
    // In a folder a README or a licence is to be expected; a file named by the user is not.
    Diagnostic d = std::move(status).error();
    if (d.code == "not-a-feed" && files.size() > 1) {
      d.severity = Severity::note;
      ++report.files_passed_over;
    } else {
      ++report.files_failed;
    }
    report.diagnostics.add(std::move(d).at(file));
  }
  return report;
}

std::vector<FeedReport> load_feeds(const LoadRequest& request, match::Builder& builder, Diagnostics& diagnostics,
                                   const std::function<void(const FeedReport&)>& each) {
  std::vector<FeedReport> reports;
  for (const auto& settings : feed_list(request, diagnostics)) {
    formats::IndicatorSink sink;
    if (settings.suppression) {
      sink = [&](const intel::Indicator& i) { builder.add_suppression(i.pattern, reason_of(i, settings.info)); };
    } else {
      const std::uint32_t feed = builder.add_feed(settings.info);
      sink = [&builder, feed](const intel::Indicator& i) { builder.add(feed, i); };
    }
    reports.push_back(read_one_feed(settings, request.read_time, sink));
    if (each) each(reports.back());
  }
  return reports;
}

}  // namespace mozu::feeds
