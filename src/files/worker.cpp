#include "worker.hpp"

#include <fmt/core.h>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "mozu/base/fd.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "wire.hpp"

namespace mozu::files {
namespace {

using Clock = std::chrono::steady_clock;

std::string program_folder() {
  std::array<char, 4096> path;
  const auto n = ::readlink("/proc/self/exe", path.data(), path.size());
  const std::string_view self(path.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
  return std::string(self.substr(0, self.rfind('/') == self.npos ? 0 : self.rfind('/')));
}

Result<std::string> find_program(const CellLimits& limits) {
  std::vector<std::string> places;
  if (!limits.program.empty()) {
    places = {limits.program};
  } else if (const char* given = std::getenv("MOZU_CELL"); given != nullptr && *given != '\0') {
    places = {given};
  } else {
    const auto folder = program_folder();
    places = {folder + "/mozu-cell", folder + "/../libexec/mozu/mozu-cell"};
  }
  for (auto& place : places)
    if (::access(place.c_str(), X_OK) == 0) return std::move(place);
  return fail("cell-missing", fmt::format("the program mozu-cell, which opens documents, is not there: {}", places.front()),
              "install it beside mozu, or name it in MOZU_CELL");
}

Status write_all(const Fd& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::write(file.get(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return fail(errno_diagnostic("cell-start", "cannot hand the document to the worker", errno));
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

/// Bytes as a file without a name that nobody can change any more.
Result<Fd> sealed(std::string_view bytes) {
  Fd file(::memfd_create("document", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (file.get() < 0) return fail(errno_diagnostic("cell-start", "cannot hand the document to the worker", errno));
  MOZU_TRY(write_all(file, bytes));
  ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  return file;
}

struct Running {
  pid_t pid = -1;
  Fd answer;
};

Result<Running> start(const std::string& program, std::string_view kind, const CellInput& from, const CellLimits& limits) {
  Fd given, told;
  if (from.file < 0) {
    MOZU_LET(given, sealed(from.bytes));
  }
  if (!from.options.empty()) {
    MOZU_LET(told, sealed(from.options));
  }
  // Above the numbers that the worker uses, so that none is overwritten before it is copied.
  const Fd input(::fcntl(from.file < 0 ? given.get() : from.file, F_DUPFD_CLOEXEC, 10));
  const Fd options(from.options.empty() ? -1 : ::fcntl(told.get(), F_DUPFD_CLOEXEC, 10));
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail(errno_diagnostic("cell-start", "cannot make a pipe for the worker", errno));
  Running r{-1, Fd(ends[0])};
  const Fd low_writer(ends[1]);
  const Fd writer(::fcntl(low_writer.get(), F_DUPFD_CLOEXEC, 10));
  if (input.get() < 0 || writer.get() < 0 || (!from.options.empty() && options.get() < 0))
    return fail(errno_diagnostic("cell-start", "cannot make a pipe for the worker", errno));

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  for (int fd = 0; fd < 3; ++fd) ::posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", fd == 0 ? O_RDONLY : O_WRONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, input.get(), cell_input_fd);
  ::posix_spawn_file_actions_adddup2(&actions, writer.get(), cell_answer_fd);
  if (options.get() >= 0) ::posix_spawn_file_actions_adddup2(&actions, options.get(), cell_options_fd);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, options.get() >= 0 ? cell_options_fd + 1 : cell_options_fd);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  std::vector<std::string> words{"mozu-cell", std::string(kind)};
  for (const std::uint64_t n :
       {limits.text_bytes_max, std::uint64_t{limits.pages_max}, std::uint64_t{limits.links_max}, limits.memory_bytes_max, std::uint64_t{limits.cpu_s_max}})
    words.push_back(fmt::format("{}", n));
  std::vector<char*> arguments;
  for (auto& w : words) arguments.push_back(w.data());
  arguments.push_back(nullptr);
  char locale[] = "LC_ALL=C.UTF-8", zone[] = "TZ=UTC";
  char* environment[] = {locale, zone, nullptr};
  const int error = ::posix_spawn(&r.pid, program.c_str(), &actions, &attributes, arguments.data(), environment);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return fail(errno_diagnostic("cell-start", fmt::format("cannot start {}", program), error));
  return r;
}

enum class End { closed, late, too_long, stopped };

constexpr std::int64_t look_ms = 200;  // at whether somebody wants no answer any more

End read_answer(const Fd& pipe, Clock::time_point deadline, std::uint64_t bytes_max, const std::atomic<bool>* stop, std::string& answer) {
  std::vector<char> block(std::size_t{1} << 18);
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return End::late;
    if (stop != nullptr && *stop) return End::stopped;
    pollfd p{pipe.get(), POLLIN, 0};
    const int ready = ::poll(&p, 1, static_cast<int>(std::min<std::int64_t>(left, stop != nullptr ? look_ms : 60'000)));
    if (ready <= 0) continue;
    const auto n = ::read(pipe.get(), block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return End::closed;
    answer.append(block.data(), static_cast<std::size_t>(n));
    if (answer.size() > bytes_max) return End::too_long;
  }
}

/// Waits for a worker that has closed its pipe, until the deadline; then it is killed. Its status as waitpid gives it.
int reap(pid_t pid, bool kill_now) {
  if (kill_now) ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
  return status;
}

std::unexpected<Diagnostic> ended(int status, const CellLimits& limits) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    if (signal == SIGSYS)
      return fail("cell-forbidden", "the document made its reader try what it may not", "it may be an attack on readers; treat it as hostile");
    if (signal == SIGXCPU || signal == SIGKILL)
      return fail("cell-time", fmt::format("the document took more than {} s of processor time", limits.cpu_s_max),
                  "it may be made to waste time; otherwise split it into parts");
    return fail("cell-crash", fmt::format("the document crashed its reader (signal {})", signal), "it is damaged or made to attack readers");
  }
  const int code = WEXITSTATUS(status);
  // Poppler ends the program with 1 when it gets no memory.
  if (code == cell_exit_memory || code == 1)
    return fail("cell-memory", fmt::format("the document needs more than {} of memory", human_bytes(static_cast<double>(limits.memory_bytes_max))),
                "it may be a bomb; otherwise split it into parts");
  if (code == cell_exit_start) return fail("cell-start", "the worker could not shut itself in", "the kernel must offer seccomp; containers must not forbid it");
  if (code == 127) return fail("cell-start", "the worker could not be started", "check that mozu-cell and its libraries are installed");
  return fail("cell-crash", fmt::format("the document ended its reader (exit {})", code), "it is damaged or made to attack readers");
}

}  // namespace

bool can_read_documents(const CellLimits& limits) { return find_program(limits).has_value(); }

Result<std::string> ask_cell_partly(std::string_view kind, const CellInput& input, const CellLimits& limits, std::uint64_t answer_max,
                                    std::optional<Diagnostic>& early) {
  MOZU_LET(const auto program, find_program(limits));
  MOZU_LET(auto cell, start(program, kind, input, limits));
  std::string answer;
  const auto end = read_answer(cell.answer, Clock::now() + std::chrono::seconds(limits.wall_s_max), answer_max, limits.stop, answer);
  cell.answer.close();
  const int status = reap(cell.pid, end != End::closed);
  if (end == End::stopped) return fail("cell-stopped", "nobody wanted the answer any more");
  if (end == End::late)
    early = fail("cell-time", fmt::format("the document was not read within {} s", limits.wall_s_max),
                 "it may be made to waste time; otherwise split it into parts")
                .error();
  if (end == End::closed && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) early = ended(status, limits).error();
  if (end == End::too_long) answer.clear();  // what no decoder takes
  return answer;
}

Result<std::string> ask_cell(std::string_view kind, std::string_view bytes, const CellLimits& limits, std::uint64_t answer_max) {
  std::optional<Diagnostic> early;
  MOZU_LET(std::string answer, ask_cell_partly(kind, {bytes, -1, {}}, limits, answer_max, early));
  if (early) return fail(std::move(*early));
  return answer;
}

Result<DocumentText> read_in_cell(std::string_view kind, std::string_view bytes, const CellLimits& limits) {
  MOZU_LET(const std::string answer, ask_cell(kind, bytes, limits, answer_bytes_max(limits)));
  return decode(answer, limits);
}

}  // namespace mozu::files
