// mozu-unpacker
// Programs come in on descriptor 3, each with its length before it; what was unpacked of each goes out on descriptor 4 in the same way (emulated.hpp),
// nothing where its run ended badly. Started by src/files/worker.cpp when the cell sends the first one, of no use alone. Each program has a process of
// its own, shut in before its first instruction: it can take memory and compute, and writes into one piece of memory that this process reads.
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>
#include <string>

#include "machine.hpp"
#include "mozu/base/fd.hpp"
#include "prison.hpp"
#include "program_parts.hpp"
#include "worker.hpp"

namespace mozu::unpacker {
namespace {

constexpr std::uint64_t answer_bytes_max = files::emulated_bytes_max + (std::uint64_t{16} << 20);
// The library sets 1 GiB aside for code that it makes; images and who wrote them, what is told of them three times over, and the answer.
constexpr std::uint64_t address_space_max = std::uint64_t{4} << 30;
constexpr int time_ms_max = 35'000, cpu_s_max = 34;  // past what the machine gives itself, so that it can tell what it has

bool read_all(void* to, std::size_t bytes) {
  for (auto* p = static_cast<char*>(to); bytes > 0;) {
    const auto n = ::read(files::unpacker_in_fd, p, bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    p += n, bytes -= static_cast<std::size_t>(n);
  }
  return true;
}

bool write_all(const void* from, std::size_t bytes) {
  for (const auto* p = static_cast<const char*>(from); bytes > 0;) {
    const auto n = ::write(files::unpacker_out_fd, p, bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    p += n, bytes -= static_cast<std::size_t>(n);
  }
  return true;
}

/// Memory that both processes see: a length, then so many bytes.
class Shared {
 public:
  Shared() : at_(::mmap(nullptr, 8 + answer_bytes_max, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {}
  ~Shared() {
    if (good()) ::munmap(at_, 8 + answer_bytes_max);
  }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  bool good() const { return at_ != MAP_FAILED; }
  void put(const std::string& answer) {
    const std::uint64_t n = answer.size() <= answer_bytes_max ? answer.size() : 0;
    std::memcpy(static_cast<char*>(at_) + 8, answer.data(), n);
    std::memcpy(at_, &n, 8);
  }
  /// Read once: who wrote it may be anybody.
  bool send() const {
    std::uint64_t n = 0;
    std::memcpy(&n, at_, 8);
    if (n > answer_bytes_max) n = 0;
    return write_all(&n, 8) && write_all(static_cast<const char*>(at_) + 8, n);
  }

 private:
  void* at_;
};

[[noreturn]] void work(std::span<const std::uint8_t> program, Shared& answer) {
  int code = files::cell_exit_memory;
  try {
    const auto head = files::pe_head(files::View{program});
    Machine machine(head && head->wide, {});
    if (!machine.good() || !files::shut_in({address_space_max, cpu_s_max, -1})) ::_exit(files::cell_exit_start);
    answer.put(files::encode(machine.run(program)));
    code = 0;
  } catch (const std::bad_alloc&) {}
  ::_exit(code);
}

/// Waits for it, for its time at most, and while somebody is there who wants to know.
bool wait_for(pid_t pid) {
  const Fd child(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  pollfd which[] = {{child.get(), POLLIN, 0}, {files::unpacker_out_fd, 0, 0}};
  int ready = 0;
  do ready = ::poll(which, 2, time_ms_max);
  while (ready < 0 && errno == EINTR);
  const bool over = ready > 0 && (which[0].revents & POLLIN) != 0;
  if (!over) ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
  return over && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int run() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGPIPE, SIG_IGN);
  for (std::uint64_t size = 0; read_all(&size, 8);) {
    if (size == 0 || size > files::emulated_file_bytes_max) return 1;
    std::string program(size, '\0');
    if (!read_all(program.data(), size)) return 1;
    Shared answer;
    if (!answer.good()) return 1;
    const pid_t pid = ::fork();
    if (pid == 0) work({reinterpret_cast<const std::uint8_t*>(program.data()), program.size()}, answer);
    const std::uint64_t none = 0;
    if (pid > 0 && wait_for(pid) ? !answer.send() : !write_all(&none, 8)) return 1;
  }
  return 0;
}

}  // namespace
}  // namespace mozu::unpacker

int main() {
  try {
    return mozu::unpacker::run();
  } catch (const std::bad_alloc&) {
    return mozu::files::cell_exit_memory;
  }
}
