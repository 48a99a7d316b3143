#include "prison.hpp"

#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "mozu/base/file.hpp"

namespace mozu::files {
namespace {

// The sanitizers map terabytes that they never use, and put a stack for signals aside for each thread.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

Status limit(__rlimit_resource what, std::uint64_t soft, std::uint64_t hard) {
  const rlimit value{soft, hard};
  if (::setrlimit(what, &value) != 0) return fail(errno_diagnostic("cell-start", "cannot set a limit", errno));
  return {};
}

/// No path of the file system can be opened, whatever the filter below overlooks. Kernels without it have the filter alone.
void forbid_files() {
  landlock_ruleset_attr rules{};
  rules.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;  // all of its first version
  const auto set = ::syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
  if (set < 0) return;
  ::syscall(SYS_landlock_restrict_self, set, 0);
  ::close(static_cast<int>(set));
}

/// Memory (never executable), ending, waiting for itself, the time, and the answer.
Status filter_calls(const PrisonLimits& limits) {
  const scmp_filter_ctx filter = ::seccomp_init(SCMP_ACT_KILL_PROCESS);
  if (filter == nullptr) return fail("cell-start", "cannot make a filter of system calls");
  int error = 0;
  const auto allow = [&](int call) { error = error != 0 ? error : ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0); };
  for (const int call : {SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk), SCMP_SYS(madvise), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn),
                         SCMP_SYS(rt_sigprocmask), SCMP_SYS(futex), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom),
                         SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(sched_yield), SCMP_SYS(sysinfo)})
    allow(call);
  if (sanitized) allow(SCMP_SYS(sigaltstack));
  const auto allow_if = [&](int call, const scmp_arg_cmp& condition) {
    error = error != 0 ? error : ::seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &condition);
  };
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) allow_if(call, {2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0});
  for (const int fd : {limits.answer_fd, limits.ask_fd})
    if (fd >= 0) allow_if(SCMP_SYS(write), {0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(fd), 0});
  if (limits.reply_fd >= 0) allow_if(SCMP_SYS(read), {0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(limits.reply_fd), 0});
  allow_if(SCMP_SYS(write), {0, SCMP_CMP_EQ, STDERR_FILENO, 0});                           // nowhere: it is /dev/null
  allow_if(SCMP_SYS(tgkill), {0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid()), 0});  // abort()
  error = error != 0 ? error : ::seccomp_load(filter);
  ::seccomp_release(filter);
  if (error != 0) return fail(errno_diagnostic("cell-start", "cannot set the filter of system calls", -error));
  return {};
}

}  // namespace

Status shut_in(const PrisonLimits& limits) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_DUMPABLE, 0);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail(errno_diagnostic("cell-start", "cannot give up privileges", errno));
  MOZU_TRY(limit(RLIMIT_CORE, 0, 0));
  MOZU_TRY(limit(RLIMIT_FSIZE, 0, 0));
  MOZU_TRY(limit(RLIMIT_NPROC, 0, 0));
  MOZU_TRY(limit(RLIMIT_CPU, limits.cpu_s_max, limits.cpu_s_max + 1));
  if (!sanitized) MOZU_TRY(limit(RLIMIT_AS, limits.memory_bytes_max, limits.memory_bytes_max));
  forbid_files();
  MOZU_TRY(limit(RLIMIT_NOFILE, 0, 0));
  return filter_calls(limits);
}

}  // namespace mozu::files
