#include "mozu/feeds/load.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "mozu/base/text.hpp"

namespace mozu::feeds {
namespace {

/// What a feed without settings may be called by: the parts of its path that name something.
struct PathParts {
  std::vector<std::string> folders;  ///< outermost first
  std::string stem, file;            ///< "ipsum" and "ipsum.txt" of "lists/ipsum.txt.gz"
};

PathParts parts_of(const std::string& path) {
  PathParts parts;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string part = path.substr(at, end - at);
    if (!part.empty() && part != "." && part != "..") parts.folders.push_back(part);
    at = end + 1;
  }
  if (path == "-") parts.folders = {"stdin"};
  if (parts.folders.empty()) parts.folders = {"feed"};
  std::string& file = parts.file;
  file = std::move(parts.folders.back());
  parts.folders.pop_back();
  for (const std::string_view packed : {".gz", ".zst", ".xz", ".bz2", ".zip", ".tar", ".tgz"})
    if (file.size() > packed.size() && file.ends_with(packed)) file.resize(file.size() - packed.size());
  const auto dot = file.rfind('.');
  parts.stem = dot != std::string::npos && dot != 0 ? file.substr(0, dot) : file;
  return parts;
}

/// Names for feeds given as bare paths. A file's name says little where many are called alike ("samples.md5" in a folder for
/// each campaign), so equal names get their folders in front, and their endings if they stand in one folder.
class Namer {
 public:
  void add(const std::string& path) {
    Entry e{path, parts_of(path), 0, false};
    // "3" of "levels/3.txt" says nothing alone.
    if (std::ranges::none_of(e.parts.stem, [](char c) { return is_alpha(static_cast<unsigned char>(c)) || static_cast<unsigned char>(c) >= 0x80; }))
      e.folders = std::min<std::size_t>(1, e.parts.folders.size());
    entries_.push_back(std::move(e));
  }

  std::vector<std::string> names() {
    // A path given twice is no reason to change its name: it would stay the same as itself.
    using Paths = std::set<std::string>;
    std::map<std::pair<std::vector<std::string>, std::string>, Paths> in_folder;
    for (const auto& e : entries_) in_folder[{e.parts.folders, e.parts.stem}].insert(e.path);
    std::map<std::string, std::set<std::vector<std::string>>> folders_of;
    for (const auto& e : entries_) folders_of[e.parts.stem].insert(e.parts.folders);
    for (auto& e : entries_) {
      e.with_ending = in_folder[{e.parts.folders, e.parts.stem}].size() > 1;
      if (folders_of[e.parts.stem].size() > 1) e.folders = std::min<std::size_t>(1, e.parts.folders.size());
    }
    for (std::size_t round = 0; round < folders_max; ++round) {
      std::map<std::string, Paths> called;
      for (const auto& e : entries_) called[e.name()].insert(e.path);
      bool grown = false;
      for (auto& e : entries_) {
        if (called[e.name()].size() == 1 || e.folders == e.parts.folders.size()) continue;
        ++e.folders;
        grown = true;
      }
      if (!grown) break;
    }
    std::vector<std::string> out;
    for (const auto& e : entries_) out.push_back(e.name());
    return out;
  }

 private:
  static constexpr std::size_t folders_max = 4;
  struct Entry {
    std::string path;
    PathParts parts;
    std::size_t folders = 0;
    bool with_ending = false;
    std::string name() const {
      std::string out;
      for (std::size_t i = parts.folders.size() - folders; i < parts.folders.size(); ++i) out += parts.folders[i] + "-";
      return out + (with_ending ? parts.file : parts.stem);
    }
  };
  std::vector<Entry> entries_;
};

formats::FeedSettings settings_of(const std::string& path, const LoadRequest& request) {
  formats::FeedSettings s;
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
  Namer namer;
  for (const auto& feed : out)
    if (feed.info.name.empty()) namer.add(feed.paths.front());
  std::size_t bare = 0;
  const auto bare_names = namer.names();
  for (auto& feed : out)
    if (feed.info.name.empty()) feed.info.name = bare_names[bare++];
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

namespace {

/// A shell that opens `--suppress lists/*.json` gives one list to the option and makes feeds of the others. An index of nothing but
/// warning lists is meant so.
void tell_of_warning_lists(const std::vector<FeedReport>& reports, Diagnostics& diagnostics) {
  std::size_t feeds = 0, lists = 0;
  std::string first;
  for (const auto& r : reports) {
    if (r.suppression) continue;
    ++feeds;
    if (r.statistics.format == "warninglist" && lists++ == 0) first = r.name;
  }
  if (lists == 0 || lists == feeds) return;
  diagnostics.add({Severity::warning,
                   "feed-warninglist",
                   fmt::format("MISP warning lists among the feeds ({}: {}{}): their harmless values would be detected like the others", lists,
                               printable(first, 60), lists > 1 ? ", …" : ""),
                   {},
                   "to suppress them: --suppress before each of them, or once before their folder; or suppression = true in the settings"});
}

}  // namespace

std::vector<FeedReport> load_feeds(const LoadRequest& request, match::Builder& builder, Diagnostics& diagnostics,
                                   const std::function<void(const FeedReport&)>& each) {
  std::vector<FeedReport> reports;
  for (const auto& settings : feed_list(request, diagnostics)) {
    formats::IndicatorSink sink;
    if (settings.suppression) {
      sink = [&](const intel::Indicator& i) { builder.add_suppression(i.pattern, reason_of(i, settings.info), i.exact_only); };
    } else {
      const std::uint32_t feed = builder.add_feed(settings.info);
      sink = [&builder, feed](const intel::Indicator& i) { builder.add(feed, i); };
    }
    reports.push_back(read_one_feed(settings, request.read_time, sink));
    if (each) each(reports.back());
  }
  tell_of_warning_lists(reports, diagnostics);
  return reports;
}

}  // namespace mozu::feeds
