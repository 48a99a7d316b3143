#include "mozu/base/file_lock.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>

#include <cerrno>

#include "mozu/base/file.hpp"

namespace mozu {

Result<FileLock> FileLock::take(const std::string& path, std::string_view code, bool waits) {
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.is_open()) return fail(errno_diagnostic(code, fmt::format("cannot open {}", path), errno));
  while (::flock(fd.get(), waits ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) return fail("file-locked", fmt::format("{} is held by another process", path));
    return fail(errno_diagnostic(code, fmt::format("cannot lock {}", path), errno));
  }
  return FileLock(std::move(fd));
}

}  // namespace mozu
