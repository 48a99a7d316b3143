#include "gene_files.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "mozu/server/identity.hpp"
#include "terminal.hpp"

namespace mozu::cli {

namespace fs = std::filesystem;

constexpr std::uint64_t passwords_bytes_max = 1 << 20;

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

Result<files::OpenedFile> open_file(const std::string& path, const files::OpenOptions& options) {
  std::error_code ec;
  if (fs::exists(path, ec) && !fs::is_regular_file(path, ec)) return fail("file-read", "this is no plain file");
  files::OpenOptions own = options;
  own.name = fs::path(path).filename().string();
  return files::open_objects_of_file(path, own);
}

Result<std::unique_ptr<attribution::KeptSamples>> open_kept_samples(const DataFolder& data) {
  MOZU_LET(const auto key, server::Identities::key_of(data.path));
  return attribution::KeptSamples::open(data.gene_samples(), server::Identities::key_for(key, "gene-samples"));
}

Result<files::OpenOptions> open_options(const std::string& passwords) {
  files::OpenOptions out;
  if (passwords.empty()) return out;
  MOZU_LET(const std::string text, read_file(passwords, passwords_bytes_max));
  for (std::string_view line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) out.passwords.emplace_back(line);
  }
  return out;
}

}  // namespace mozu::cli
