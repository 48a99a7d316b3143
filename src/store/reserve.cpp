#include "reserve.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>

#include "mozu/base/fd.hpp"

namespace mozu::store {
namespace {

constexpr std::int64_t reserve_bytes = std::int64_t{2} << 20;
constexpr std::int64_t piece_bytes =
    std::int64_t{64} << 10;  // a line of SQLite's log has 4 KiB; ending one session and its line of the audit log take some six

/// -1: it is not there, or no file.
std::int64_t size_of(const Fd& file) {
  struct stat info{};
  return file.is_open() && ::fstat(file.get(), &info) == 0 && S_ISREG(info.st_mode) ? std::int64_t{info.st_size} : -1;
}

}  // namespace

void Reserve::keep() const {
  if (path_.empty()) return;
  const Fd file(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
  const std::int64_t size = size_of(file);
  struct statvfs disk{};
  if (size < 0 || size >= reserve_bytes || ::fstatvfs(file.get(), &disk) != 0) return;
  if (static_cast<std::int64_t>(disk.f_bavail * disk.f_frsize) / 4 < reserve_bytes) return;
  // Where it fails, the size may have grown all the same.
  if (::posix_fallocate(file.get(), 0, reserve_bytes) != 0) static_cast<void>(::ftruncate(file.get(), size) == 0);
}

bool Reserve::give_back() const {
  if (path_.empty()) return false;
  const Fd file(::open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  const std::int64_t size = size_of(file);
  if (size <= 0 || ::ftruncate(file.get(), std::max(size - piece_bytes, std::int64_t{0})) != 0) return false;
  ::fsync(file.get());  // only then is it free everywhere
  return true;
}

}  // namespace mozu::store
