#include "mozu/base/jail.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <poll.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "mozu/base/fd.hpp"
#include "mozu/base/file.hpp"

namespace mozu {
namespace {

using Clock = std::chrono::steady_clock;
constexpr uid_t nobody = 65534;
constexpr int exit_not_shut_in = 125, exit_not_started = 127;

std::unexpected<Diagnostic> not_shut_in(std::string what, int error) { return fail(errno_diagnostic("jail-start", std::move(what), error)); }

/// As the kernel takes it. Made before the process divides: afterwards nothing may be allocated.
Result<std::vector<sock_filter>> network_filter() {
  const scmp_filter_ctx filter = ::seccomp_init(SCMP_ACT_ALLOW);
  if (filter == nullptr) return fail("jail-start", "cannot make a filter of system calls");
  int error = 0;
  const auto deny = [&](std::uint32_t action, int call) { error = error != 0 ? error : ::seccomp_rule_add(filter, action, call, 0); };
  const scmp_arg_cmp elsewhere{0, SCMP_CMP_NE, AF_UNIX, 0};
  error = ::seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1, &elsewhere);
  // It opens sockets, too, and no filter sees what it is told.
  for (const int call : {SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register)}) deny(SCMP_ACT_ERRNO(ENOSYS), call);
  for (const int call : {SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(bpf), SCMP_SYS(keyctl), SCMP_SYS(add_key),
                         SCMP_SYS(request_key), SCMP_SYS(mount), SCMP_SYS(open_by_handle_at), SCMP_SYS(kexec_load), SCMP_SYS(init_module),
                         SCMP_SYS(finit_module), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd)})
    deny(SCMP_ACT_ERRNO(EPERM), call);
  const Fd file(::memfd_create("filter", MFD_CLOEXEC));
  if (error == 0) error = ::seccomp_export_bpf(filter, file.get());
  ::seccomp_release(filter);
  if (error != 0) return not_shut_in("cannot make a filter of system calls", -error);
  struct stat info{};
  ::fstat(file.get(), &info);
  std::vector<sock_filter> out(static_cast<std::size_t>(info.st_size) / sizeof(sock_filter));
  if (out.empty() || ::pread(file.get(), out.data(), out.size() * sizeof(sock_filter), 0) != info.st_size)
    return not_shut_in("cannot read a filter of system calls", errno);
  return out;
}

/// -1: this kernel has none.
Fd paths_allowed(const std::string& folder) {
  constexpr std::uint64_t read = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
  constexpr std::uint64_t all = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;  // of its first version
  landlock_ruleset_attr rules{};
  rules.handled_access_fs = all;
  Fd set(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0)));
  if (set.get() < 0) return set;
  const auto allow = [&](const char* path, std::uint64_t access) {
    const Fd place(::open(path, O_PATH | O_CLOEXEC));
    landlock_path_beneath_attr rule{access, place.get()};
    if (place.get() >= 0) ::syscall(SYS_landlock_add_rule, set.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  };
  for (const char* path : {"/usr", "/lib", "/lib64", "/bin", "/sbin", "/etc", "/sys", "/var/cache/fontconfig"}) allow(path, read);
  allow("/dev", read | LANDLOCK_ACCESS_FS_WRITE_FILE);
  allow("/proc", read | LANDLOCK_ACCESS_FS_WRITE_FILE);  // a browser's own sandbox writes the map of its users there
  allow(folder.c_str(), all);
  return set;
}

/// All that the divided process needs, ready: it may not allocate, as other threads of ours may have held locks.
struct Prepared {
  const char* program = nullptr;
  const char* folder = nullptr;
  std::vector<char*> arguments, environment;
  int nothing = -1, output = -1, paths = -1;
  sock_fprog filter{};
  rlim_t memory = 0, file = 0, processor_s = 0;
  std::array<char, 64> uid_map{}, gid_map{};
  bool becomes_nobody = false, own_users = false;
};

void put(const char* path, const char* text, std::size_t bytes) {
  const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  if (::write(fd, text, bytes) < 0) ::_exit(exit_not_shut_in);
  ::close(fd);
}

bool limit(__rlimit_resource what, rlim_t most) {
  const rlimit value{most, most};
  return ::setrlimit(what, &value) == 0;
}

[[noreturn]] void become(const Prepared& p) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setsid();
  if (p.own_users) {
    put("/proc/self/setgroups", "deny", 4);
    put("/proc/self/uid_map", p.uid_map.data(), std::strlen(p.uid_map.data()));
    put("/proc/self/gid_map", p.gid_map.data(), std::strlen(p.gid_map.data()));
  }
  if (::dup2(p.nothing, 0) < 0 || ::dup2(p.output, 1) < 0 || ::dup2(p.output, 2) < 0 || ::chdir(p.folder) != 0) ::_exit(exit_not_shut_in);
  // The system's calls, not glibc's: those tell every thread of the process, and here there are none but in its memory.
  if (p.becomes_nobody && (::syscall(SYS_setgroups, 0, nullptr) != 0 || ::syscall(SYS_setresgid, nobody, nobody, nobody) != 0 ||
                           ::syscall(SYS_setresuid, nobody, nobody, nobody) != 0))
    ::_exit(exit_not_shut_in);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // another user has none
  const bool limited = limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, p.file) && limit(RLIMIT_DATA, p.memory) && limit(RLIMIT_CPU, p.processor_s) &&
                       limit(RLIMIT_NOFILE, 1024) && limit(RLIMIT_NPROC, 4096);
  if (!limited || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) ::_exit(exit_not_shut_in);
  if (p.paths >= 0 && ::syscall(SYS_landlock_restrict_self, p.paths, 0) != 0) ::_exit(exit_not_shut_in);
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p.filter) != 0) ::_exit(exit_not_shut_in);
  sigset_t none;
  ::sigemptyset(&none);
  for (int s = 1; s < NSIG; ++s) ::signal(s, SIG_DFL);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::syscall(SYS_close_range, 3U, ~0U, 0U);
  ::execve(p.program, p.arguments.data(), p.environment.data());
  ::_exit(exit_not_started);
}

/// As fork() does, into namespaces of its own where that may be.
pid_t divide(Prepared& p, bool& own_processes) {
  constexpr unsigned long own = CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWIPC;
  sigset_t all, before;
  ::sigfillset(&all);
  // Not the end of children: while a thread holds it back it counts as wanted, is given to any other thread, and ends that
  // one's wait for a socket with EINTR though nobody handles it.
  ::sigdelset(&all, SIGCHLD);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);  // no handler of ours runs in the new process
  long pid = -1;
  for (const unsigned long flags : {own, own | CLONE_NEWUSER, 0UL}) {
    if (p.becomes_nobody && (flags & CLONE_NEWUSER) != 0) continue;  // it would have nobody to become
    p.own_users = (flags & CLONE_NEWUSER) != 0;
    pid = ::syscall(SYS_clone, flags | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
    if (pid == 0) become(p);
    own_processes = flags != 0;
    if (pid > 0) break;
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return static_cast<pid_t>(pid);
}

void hear(const Fd& pipe, std::size_t bytes_max, std::string& output) {
  std::array<char, 16384> block;
  for (ssize_t n = 0; (n = ::read(pipe.get(), block.data(), block.size())) > 0;)
    output.append(block.data(), std::min(static_cast<std::size_t>(n), bytes_max - std::min(bytes_max, output.size())));
}

/// Until its first process has ended, or the time is over; true: over. What it started may hold the pipe longer, or close it sooner.
bool listen(const Fd& pipe, const Fd& process, Clock::time_point deadline, const JailOptions& options, std::string& output) {
  pollfd p[2] = {{process.get(), POLLIN, 0}, {pipe.get(), POLLIN, 0}};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0 || (options.stop != nullptr && *options.stop)) return true;
    if (::poll(p, 2, static_cast<int>(std::min<std::int64_t>(left, options.stop == nullptr ? 60'000 : 100))) <= 0) continue;
    hear(pipe, options.output_bytes_max, output);
    if (p[0].revents != 0) return false;
    if ((p[1].revents & (POLLHUP | POLLERR)) != 0) p[1].fd = -1;  // closed: the process alone is waited for
  }
}

std::vector<char*> words(const std::vector<std::string>& list) {
  std::vector<char*> out;
  for (const auto& w : list) out.push_back(const_cast<char*>(w.c_str()));  // execve() writes nothing there
  out.push_back(nullptr);
  return out;
}

/// Whether a user who owns none of it reaches what is in a folder.
bool others_reach(const std::string& folder) {
  std::error_code ec;
  for (auto at = std::filesystem::canonical(folder, ec); !ec; at = at.parent_path()) {
    if ((std::filesystem::status(at, ec).permissions() & std::filesystem::perms::others_exec) == std::filesystem::perms::none) return false;
    if (at == at.root_path()) return true;
  }
  return false;
}

}  // namespace

Result<PrivateFolder> PrivateFolder::make() {
  const char* given = std::getenv("TMPDIR");
  const bool is_usable = given != nullptr && *given == '/' && (::geteuid() != 0 || others_reach(given));
  std::string path = std::string(is_usable ? given : "/tmp") + "/mozu-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return fail(errno_diagnostic("jail-start", fmt::format("cannot make a folder like {}", path), errno));
  PrivateFolder out(std::move(path));
  // In containers whose root is the only user there is nobody to give it to.
  if (::geteuid() == 0 && ::chown(out.path_.c_str(), nobody, nobody) != 0 && errno != EINVAL && errno != EPERM)
    return not_shut_in("cannot give a folder away", errno);
  return out;
}

PrivateFolder::~PrivateFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);  // does not follow links
}

Status PrivateFolder::write(std::string_view name, std::string_view bytes) const {
  const std::string path = fmt::format("{}/{}", path_, name);
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (file.get() < 0) return fail(errno_diagnostic("jail-start", fmt::format("cannot write {}", path), errno));
  while (!bytes.empty()) {
    const auto n = ::write(file.get(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return fail(errno_diagnostic("jail-start", fmt::format("cannot write {}", path), errno));
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Result<std::string> PrivateFolder::read(std::string_view name, std::uint64_t bytes_max) const {
  const std::string path = fmt::format("{}/{}", path_, name);
  const Fd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (file.get() < 0 && errno == ENOENT) return fail("absent", "the program left no such file");
  struct stat info{};
  if (file.get() < 0 || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode) || static_cast<std::uint64_t>(info.st_size) > bytes_max)
    return fail("jail-answer", "what the program left is no file of the size that is taken");
  std::string out(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t have = 0;
  while (have < out.size()) {
    const auto n = ::read(file.get(), out.data() + have, out.size() - have);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    have += static_cast<std::size_t>(n);
  }
  out.resize(have);
  return out;
}

Result<JailEnd> run_in_jail(const PrivateFolder& folder, const JailOptions& options) {
  MOZU_LET(auto filter, network_filter());
  const Fd paths = paths_allowed(folder.path());
  const Fd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  int ends[2];
  if (nothing.get() < 0 || ::pipe2(ends, O_CLOEXEC) != 0) return not_shut_in("cannot make a pipe", errno);
  const Fd heard(ends[0]);
  ::fcntl(heard.get(), F_SETFL, O_NONBLOCK);
  Fd output(ends[1]);
  std::vector<std::string> arguments{options.program};
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  Prepared p;
  p.program = options.program.c_str(), p.folder = folder.path().c_str();
  p.arguments = words(arguments), p.environment = words(options.environment);
  p.nothing = nothing.get(), p.output = output.get(), p.paths = paths.get();
  p.filter = {static_cast<unsigned short>(filter.size()), filter.data()};
  p.memory = options.memory_bytes_max, p.file = options.file_bytes_max, p.processor_s = options.wall_s_max;
  *fmt::format_to_n(p.uid_map.data(), p.uid_map.size() - 1, "{0} {0} 1", ::geteuid()).out = '\0';
  *fmt::format_to_n(p.gid_map.data(), p.gid_map.size() - 1, "{0} {0} 1", ::getegid()).out = '\0';
  struct stat owner{};
  p.becomes_nobody = ::geteuid() == 0 && ::stat(folder.path().c_str(), &owner) == 0 && owner.st_uid == nobody;
  bool own_processes = false;
  const pid_t pid = divide(p, own_processes);
  if (pid < 0) return not_shut_in(fmt::format("cannot start {}", options.program), errno);
  output.close();
  JailEnd end;
  const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)));
  end.late = listen(heard, process, Clock::now() + std::chrono::seconds(options.wall_s_max), options, end.output);
  // Its first process, as number 1 of its own world, takes all others with it; else its group is ended.
  if (end.late) ::kill(pid, SIGKILL);
  if (!own_processes) ::kill(-pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
  if (WIFEXITED(status)) end.exit = WEXITSTATUS(status);
  else end.signal = WTERMSIG(status);
  if (end.exit == exit_not_shut_in)
    return fail("jail-start", fmt::format("{} could not be shut in", options.program), "the kernel must offer seccomp; containers must not forbid it");
  if (end.exit == exit_not_started) return fail("jail-start", fmt::format("{} could not be started", options.program), "is it installed, with its libraries?");
  return end;
}

std::string first_program(std::initializer_list<const char*> paths) {
  for (const char* path : paths)
    if (path != nullptr && *path != '\0' && ::access(path, X_OK) == 0) return path;
  return {};
}

}  // namespace mozu
