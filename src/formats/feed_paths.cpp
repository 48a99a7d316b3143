// Files, folders and globs → the list of files to read.
#include <glob.h>

#include <fmt/core.h>
#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include "mozu/base/text.hpp"
#include "mozu/formats/feed.hpp"

namespace mozu::formats {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t files_max = 1'000'000;  // per call; a folder with more is surely not meant

bool is_left_out(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.starts_with('.') || istarts_with(name, "LICENSE") || iequals(name, "COPYING");
}

/// "0e4d9b1c-….json": in a feed folder of MISP the events are files named by their UUID.
bool is_misp_event_name(const std::string& name) {
  return name.size() == 41 && name.ends_with(".json") && name[8] == '-' && name[13] == '-' && name[18] == '-' && name[23] == '-';
}

class Expander {
 public:
  explicit Expander(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void add(const std::string& path) {
    std::error_code ec;
    if (path == "-") return add_file(path);
    const auto status = fs::status(path, ec);
    if (!ec && fs::is_directory(status)) return add_folder(path);
    if (!ec && fs::exists(status)) return add_file(path);
    if (path.find_first_of("*?[") != std::string::npos) return add_glob(path);
    complain(path, "no such file or folder", ec && ec != std::errc::no_such_file_or_directory ? ec.message() : "");
  }

  std::vector<std::string> take() { return std::move(files_); }

 private:
  void add_file(std::string path) {
    if (files_.size() < files_max && seen_.insert(path).second) files_.push_back(std::move(path));
  }

  void add_folder(const std::string& folder) {
    std::error_code ec;
    const bool misp_feed = fs::is_regular_file(fs::path(folder) / "manifest.json", ec);
    std::vector<std::string> found;
    // One folder at a time: an unreadable one is named and the others go on.
    for (std::vector<std::string> folders = {folder}; !folders.empty() && found.size() < files_max;) {
      const std::string here = std::move(folders.back());
      folders.pop_back();
      fs::directory_iterator it(here, ec);
      for (const fs::directory_iterator end; !ec && it != end && found.size() < files_max; it.increment(ec)) {
        std::error_code entry_error;
        const std::string name = it->path().filename().string();
        if (it->is_directory(entry_error) && !it->is_symlink(entry_error) && !name.starts_with('.')) folders.push_back(it->path().string());
        if (it->is_regular_file(entry_error) && !is_left_out(it->path()) && (!misp_feed || is_misp_event_name(name))) found.push_back(it->path().string());
      }
      if (ec) complain(here, "the folder cannot be read", ec.message());
    }
    std::sort(found.begin(), found.end());
    for (auto& file : found) add_file(std::move(file));
  }

  void add_glob(const std::string& pattern) {
    glob_t matches{};
    const int rc = ::glob(pattern.c_str(), 0, nullptr, &matches);
    std::vector<std::string> found;
    if (rc == 0) found.assign(matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
    ::globfree(&matches);
    if (found.empty()) return complain(pattern, "the pattern matches no file", "");
    for (auto& path : found) {
      std::error_code ec;
      const auto status = fs::status(path, ec);
      if (fs::is_directory(status)) add_folder(path);
      else if (fs::is_regular_file(status) || !fs::exists(status)) add_file(std::move(path));
      else pass_over(path);
    }
  }

  /// A pipe that a pattern happens to hit would be waited for without end.
  void pass_over(const std::string& path) {
    diagnostics_.add({Severity::note, "feed-path", "this is a pipe, socket or device: it was passed over", {path, 0, {}}, "give its own name to read it"});
  }

  void complain(const std::string& path, std::string_view what, const std::string& why) {
    Diagnostic d{Severity::error, "feed-path", std::string(what), {path, 0, {}}, "check the path and its permissions"};
    if (!why.empty()) d.message += fmt::format(" ({})", why);
    diagnostics_.add(std::move(d));
  }

  Diagnostics& diagnostics_;
  std::vector<std::string> files_;
  std::set<std::string> seen_;
};

}  // namespace

std::vector<std::string> expand_feed_paths(const std::vector<std::string>& paths, Diagnostics& diagnostics) {
  Expander expander(diagnostics);
  for (const auto& path : paths) expander.add(path);
  return expander.take();
}

}  // namespace mozu::formats
