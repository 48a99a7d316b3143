// Paths as a person gives them → files to read.
#include <fmt/core.h>
#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "mozu/live/read.hpp"

namespace mozu::live {
namespace {
namespace fs = std::filesystem;

class Expander {
 public:
  Expander(InputList& list, Diagnostics& diagnostics) : list_(list), diagnostics_(diagnostics) {}

  void add(const std::string& path, bool may_be_glob = true) {
    if (path == "-") {
      list_.paths.push_back(path);
      list_.bytes_known = false;
      return;
    }
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) {
      const std::error_code why(errno, std::generic_category());
      if (may_be_glob && path.find_first_of("*?[") != std::string::npos) return add_glob(path);
      return complain(path, fmt::format("cannot find the input: {}", why.message()));
    }
    if (S_ISDIR(info.st_mode)) return add_folder(path);
    if (!may_be_glob && !S_ISREG(info.st_mode)) {
      // A pipe that a pattern happens to hit would be waited for without end.
      diagnostics_.add(
          {Severity::note, "input-no-file", "this is a pipe, socket or device: it was passed over", {path, 0, {}}, "give its own name to read it"});
      return;
    }
    if (S_ISREG(info.st_mode)) {
      list_.bytes += static_cast<std::uint64_t>(info.st_size);
    } else {
      list_.bytes_known = false;
    }
    list_.paths.push_back(path);
  }

 private:
  /// One folder at a time: an unreadable one is named and the others go on.
  void add_folder(const std::string& top) {
    std::vector<std::string> found, folders = {top};
    const auto errors_before = diagnostics_.errors();
    while (!folders.empty()) {
      const std::string folder = std::move(folders.back());
      folders.pop_back();
      std::error_code ec;
      fs::directory_iterator it(folder, ec);
      for (const fs::directory_iterator end; !ec && it != end; it.increment(ec)) {
        std::error_code entry_error;
        if (it->is_symlink(entry_error)) continue;
        if (it->is_directory(entry_error)) folders.push_back(it->path().string());
        if (it->is_regular_file(entry_error)) found.push_back(it->path().string());
      }
      if (ec) complain(folder, fmt::format("the folder cannot be read: {}", ec.message()));
    }
    if (found.empty() && diagnostics_.errors() == errors_before)
      diagnostics_.add({Severity::note, "input-empty-folder", "the folder holds no file", {top, 0, {}}, "check the path; links are not followed"});
    std::sort(found.begin(), found.end());
    for (auto& file : found) {
      std::error_code ec;
      const auto bytes = fs::file_size(file, ec);
      if (!ec) list_.bytes += bytes;
      list_.paths.push_back(std::move(file));
    }
  }

  void add_glob(const std::string& pattern) {
    glob_t matches{};
    std::vector<std::string> found;
    if (::glob(pattern.c_str(), 0, nullptr, &matches) == 0) found.assign(matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
    ::globfree(&matches);
    if (found.empty()) return complain(pattern, "the pattern matches no file");
    for (const auto& path : found) add(path, false);
  }

  void complain(const std::string& path, std::string message) {
    diagnostics_.add({Severity::error, "input-path", std::move(message), {path, 0, {}}, "check the path and its permissions"});
  }

  InputList& list_;
  Diagnostics& diagnostics_;
};

}  // namespace

InputList expand_inputs(const std::vector<std::string>& paths, Diagnostics& diagnostics) {
  InputList list;
  Expander expander(list, diagnostics);
  for (const auto& path : paths) expander.add(path);
  return list;
}

}  // namespace mozu::live
