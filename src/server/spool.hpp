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
  bool named = true;
  Spool() = default;
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;
  ~Spool() { remove(); }
  bool open(const std::string& folder) {
    path = folder + "/body-XXXXXX";
    fd = ::mkostemp(path.data(), O_CLOEXEC);
    if (fd < 0) return false;
    // Without a name it is gone with the process, whatever ends it: what people upload may be malware.
    const std::string here = "/proc/self/fd/" + std::to_string(fd);
    if (::access(here.c_str(), R_OK) == 0 && ::unlink(path.c_str()) == 0) path = here, named = false;
    return true;
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
    if (named) ::unlink(path.c_str());
    fd = -1;
  }
};

}  // namespace mozu::server
