// Files, folders and globs → the list of files to read.
#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <fmt/core.h>
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
    fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, ec), end;
    if (ec) return complain(folder, "the folder cannot be read", ec.message());
    for (; it != end && found.size() < files_max; it.increment(ec)) {
      if (ec) return complain(folder, "the folder cannot be read to its end", ec.message());
      std::error_code entry_error;
      if (it->is_directory(entry_error) && it->path().filename().string().starts_with('.')) it.disable_recursion_pending();
      if (!it->is_regular_file(entry_error) || is_left_out(it->path())) continue;
      if (misp_feed && !is_misp_event_name(it->path().filename().string())) continue;
      found.push_back(it->path().string());
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
      if (fs::is_directory(path, ec)) {
        add_folder(path);
      } else {
        add_file(std::move(path));
      }
    }
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
