// One at a time, over processes: a lock file.
#pragma once
#include <string>
#include <string_view>

#include "mozu/base/fd.hpp"
#include "mozu/base/result.hpp"

namespace mozu {

/// Held as long as it lives; the kernel lets go of it when the process ends, however it does. The file stays.
class FileLock {
 public:
  /// Makes the file if there is none (0600; a symbolic link is refused). Errors: "file-locked" if somebody else holds it and `waits` is false; `code` for
  /// all that the system refuses.
  static Result<FileLock> take(const std::string& path, std::string_view code, bool waits);

 private:
  explicit FileLock(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

}  // namespace mozu
