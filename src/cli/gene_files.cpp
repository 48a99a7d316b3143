#include "gene_files.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "mozu/base/file.hpp"
#include "terminal.hpp"

namespace mozu::cli {

namespace fs = std::filesystem;

constexpr std::uint64_t file_bytes_max = std::uint64_t{1} << 30;

std::vector<std::string> files_below(const std::vector<std::string>& paths, std::uint64_t& failed) {
  std::vector<std::string> out;
  for (const std::string& path : paths) {
    std::error_code ec;
    if (!fs::is_directory(path, ec)) {
      out.push_back(path);
      continue;
    }
    std::vector<std::string> below;
    for (fs::recursive_directory_iterator it(path, fs::directory_options::skip_permission_denied, ec), end; !ec && it != end; it.increment(ec))
      if (it->is_regular_file(ec) && !it->is_symlink(ec)) below.push_back(it->path().string());
    if (ec) {
      say(Diagnostic{Severity::error, "file-read", fmt::format("cannot list {}: {}", path, ec.message()), {}, {}});
      ++failed;
    }
    std::ranges::sort(below);
    out.insert(out.end(), below.begin(), below.end());
  }
  return out;
}

Result<files::FileGenome> genome_of_file(const std::string& path) {
  std::error_code ec;
  if (fs::exists(path, ec) && !fs::is_regular_file(path, ec)) return fail("file-read", "this is no plain file");
  MOZU_LET(const std::string bytes, read_file(path, file_bytes_max));
  return files::read_genome(bytes);
}

}  // namespace mozu::cli
