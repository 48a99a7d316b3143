// Private to the room: where the body of an upload is kept while it is read.
#pragma once
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>

namespace mozu::server {

/// A body that is too long for memory: a file of its own in `folder`, removed when the request is over.
struct Spool {
  std::string path;
  int fd = -1;
  Spool() = default;
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;
  ~Spool() { remove(); }
  bool open(const std::string& folder) {
    path = folder + "/body-XXXXXX";
    fd = ::mkostemp(path.data(), O_CLOEXEC);
    return fd >= 0;
  }
  bool write(std::string_view s) const {
    while (!s.empty()) {
      const ssize_t n = ::write(fd, s.data(), s.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return false;
      s.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  void remove() {
    if (fd < 0) return;
    ::close(fd);
    ::unlink(path.c_str());
    fd = -1;
  }
};

}  // namespace mozu::server
