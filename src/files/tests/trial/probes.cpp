#include "probes.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string>

namespace mozu::files {
namespace {

std::string place(std::string_view name) { return P_tmpdir "/mozu-probe-" + std::to_string(::getpid()) + std::string(name); }
bool made(const std::string& path) {
  const int fd = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY, 0600);
  if (fd < 0) return false;
  ::close(fd);
  return true;
}
/// A child did its part, and ended.
bool waited(pid_t child) {
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool of_files(std::string_view name) {
  if (name == "read a file") return ::open("/etc/passwd", O_RDONLY) >= 0;
  if (name == "read itself") return ::open("/proc/self/maps", O_RDONLY) >= 0;
  if (name == "list a folder") return ::opendir("/") != nullptr;
  if (name == "ask of a file") {
    struct stat about{};
    return ::stat("/etc/passwd", &about) == 0;
  }
  if (name == "write a file") return made(place("a")) && ::unlink(place("a").c_str()) == 0;
  if (name == "remove a file") return ::unlink(place("none").c_str()) == 0 || errno == ENOENT;
  if (name == "link a file") return ::symlink("/etc/passwd", place("l").c_str()) == 0 && ::unlink(place("l").c_str()) == 0;
  if (name == "make a folder") return ::mkdir(place("d").c_str(), 0700) == 0 && ::rmdir(place("d").c_str()) == 0;
  if (name == "its folder") return ::chdir("/") == 0;
  if (name == "a file without a name") return ::memfd_create("probe", 0) >= 0;
  if (name == "more of a descriptor") return ::dup(2) >= 0;
  return false;
}

bool of_networks(std::string_view name) {
  if (name == "socket of the Internet") return ::socket(AF_INET, SOCK_STREAM, 0) >= 0;
  if (name == "socket of IPv6") return ::socket(AF_INET6, SOCK_DGRAM, 0) >= 0 || errno == EAFNOSUPPORT;
  if (name == "socket of the machine") return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
  if (name == "packets") return ::socket(AF_NETLINK, SOCK_RAW, 0) >= 0;
  return false;
}

bool of_processes(std::string_view name, bool outside) {
  if (name == "fork") {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    return waited(child);
  }
  if (name == "vfork" || name == "thread") {
    // As the libraries do: a new process that shares memory; with its own files, not these.
    const pid_t child = static_cast<pid_t>(::syscall(SYS_clone, (name == "vfork" ? CLONE_VFORK : CLONE_FS) | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
    if (child == 0) ::_exit(0);
    return waited(child);
  }
  if (name == "another program" || name == "another program by its file") {
    // In a child outside, so that somebody is left to tell of it.
    const pid_t child = outside ? ::fork() : 0;
    if (child == 0) {
      char word[] = "true";
      char* const words[] = {word, nullptr};
      if (name == "another program") ::execv("/bin/true", words);
      else ::syscall(SYS_execveat, AT_FDCWD, "/bin/true", words, nullptr, 0);
      ::_exit(1);
    }
    return waited(child);
  }
  if (name == "be traced") return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0;
  if (name == "read the memory of its parent") {
    // What stands there is of no interest, whether it may ask is: nothing is mapped at 0.
    char byte = 0;
    const iovec here{&byte, 1}, there{nullptr, 1};
    return ::process_vm_readv(::getppid(), &here, 1, &there, 1, 0) == 1 || errno == EFAULT || errno == EPERM;
  }
  if (name == "signal its parent") return ::kill(::getppid(), 0) == 0;
  if (name == "write to its output") return ::write(STDOUT_FILENO, "x", 1) == 1;
  if (name == "a pipe") {
    int ends[2];
    return ::pipe(ends) == 0;
  }
  if (name == "a queue of events") return ::epoll_create1(0) >= 0;
  return false;
}

bool of_itself(std::string_view name) {
  constexpr std::size_t page = 4096;
  if (name == "memory that runs") return ::mmap(nullptr, page, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
  if (name == "memory made to run") {
    void* at = ::mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return at != MAP_FAILED && ::mprotect(at, page, PROT_READ | PROT_EXEC) == 0;
  }
  if (name == "raise its limits") {
    rlimit now{};
    return ::getrlimit(RLIMIT_NOFILE, &now) == 0 && ::setrlimit(RLIMIT_NOFILE, &now) == 0;
  }
  if (name == "another user") return ::setuid(::getuid()) == 0;
  if (name == "another namespace") return ::unshare(CLONE_FS) == 0;
  if (name == "its name") return ::prctl(PR_SET_NAME, "other") == 0;
  return false;
}

}  // namespace

bool probe(std::string_view name, bool outside) { return of_files(name) || of_networks(name) || of_processes(name, outside) || of_itself(name); }

}  // namespace mozu::files
