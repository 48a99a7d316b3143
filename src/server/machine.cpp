#include "machine.hpp"

#include <sys/statvfs.h>

#include <filesystem>
#include <system_error>

#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"

namespace mozu::server {
namespace {

constexpr std::uint64_t kernel_text_bytes_max = 64 << 10;

std::string kernel_text(const std::string& path) {
  auto text = read_file(path, kernel_text_bytes_max);
  return text ? std::move(*text) : std::string();
}

}  // namespace

std::uint64_t kernel_bytes(std::string_view text, std::string_view name) {
  for (std::string_view line : split(text, '\n')) {
    if (!line.starts_with(name) || !line.substr(name.size()).starts_with(':')) continue;
    line = trim(line.substr(name.size() + 1));
    const auto kib = to_uint(line.substr(0, line.find(' ')));
    return kib && line.ends_with(" kB") ? *kib << 10 : 0;
  }
  return 0;
}

MachineMemory machine_memory() {
  const std::string own = kernel_text("/proc/self/status"), all = kernel_text("/proc/meminfo");
  return {kernel_bytes(own, "VmRSS"), kernel_bytes(own, "VmHWM"), kernel_bytes(all, "MemAvailable"), kernel_bytes(all, "MemTotal")};
}

Disk disk_of(const std::string& folder) {
  struct statvfs about{};
  if (::statvfs(folder.c_str(), &about) != 0) return {};
  return {std::uint64_t{about.f_bavail} * about.f_frsize, std::uint64_t{about.f_blocks} * about.f_frsize};
}

FolderSize size_of(const std::string& folder) {
  namespace fs = std::filesystem;
  FolderSize out;
  std::error_code ec;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, ec);
  for (const fs::recursive_directory_iterator end; !ec && at != end; at.increment(ec)) {
    std::error_code gone;
    if (at->is_symlink(gone) || !at->is_regular_file(gone)) continue;
    if (out.files == files_max) {
      out.more = true;
      break;
    }
    ++out.files;
    const auto bytes = at->file_size(gone);
    if (!gone) out.bytes += bytes;
  }
  return out;
}

}  // namespace mozu::server
