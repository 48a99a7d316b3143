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

/// Of the places where a program of ours may be, those that hold it.
std::string find(std::string_view name, const std::string& told, const char* variable, std::vector<std::string>& places) {
  if (!told.empty()) {
    places = {told};
  } else if (const char* given = std::getenv(variable); given != nullptr && *given != '\0') {
    places = {given};
  } else {
    const auto folder = program_folder();
    places = {fmt::format("{}/{}", folder, name), fmt::format("{}/../libexec/mozu/{}", folder, name)};
  }
  for (const auto& place : places)
    if (::access(place.c_str(), X_OK) == 0) return place;
  return {};
}

Result<std::string> find_program(const CellLimits& limits) {
  std::vector<std::string> places;
  if (auto found = find("mozu-cell", limits.program, "MOZU_CELL", places); !found.empty()) return found;
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

/// A descriptor that a program gets, and the number under which it finds it.
struct Handed {
  const Fd& fd;
  int as;
};

/// Above the numbers that programs use, so that none is overwritten before it is copied.
Fd above(int fd) { return Fd(::fcntl(fd, F_DUPFD_CLOEXEC, 10)); }

Result<pid_t> spawn(const std::string& program, std::vector<std::string> words, std::initializer_list<Handed> handed) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  int last = 2;
  for (int fd = 0; fd < 3; ++fd) ::posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", fd == 0 ? O_RDONLY : O_WRONLY, 0);
  for (const Handed& h : handed) {
    if (h.fd.get() < 0) continue;
    for (++last; last < h.as; ++last) ::posix_spawn_file_actions_addopen(&actions, last, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, h.fd.get(), h.as);
  }
  ::posix_spawn_file_actions_addclosefrom_np(&actions, last + 1);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<char*> arguments;
  for (auto& w : words) arguments.push_back(w.data());
  arguments.push_back(nullptr);
  char locale[] = "LC_ALL=C.UTF-8", zone[] = "TZ=UTC";
  char* environment[] = {locale, zone, nullptr};
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, program.c_str(), &actions, &attributes, arguments.data(), environment);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return fail(errno_diagnostic("cell-start", fmt::format("cannot start {}", program), error));
  return pid;
}

struct Pipe {
  Fd reads, writes;
};
Status open_pipe(Pipe& pipe) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) == 0) {
    const Fd low[] = {Fd(ends[0]), Fd(ends[1])};
    pipe.reads = above(ends[0]), pipe.writes = above(ends[1]);
    if (pipe.reads.get() >= 0 && pipe.writes.get() >= 0) return {};
  }
  return fail(errno_diagnostic("cell-start", "cannot make a pipe for the worker", errno));
}

/// Waits for a worker that has closed its pipe, until the deadline; then it is killed. Its status as waitpid gives it.
int reap(pid_t pid, bool kill_now) {
  if (kill_now) ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
  return status;
}

/// Runs packed programs for a cell. It is started when the cell sends the first one, so the many files that hold none do not pay for it.
class Unpacker {
 public:
  explicit Unpacker(std::string program) : program_(std::move(program)) {}
  ~Unpacker() {
    if (pid_ > 0) reap(pid_, true);
  }
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;

  Status open() {
    if (program_.empty()) return {};
    MOZU_TRY(open_pipe(asked_));
    return open_pipe(told_);
  }
  const Fd& cell_asks() const { return asked_.writes; }
  const Fd& cell_reads() const { return told_.reads; }
  /// The cell has its ends.
  void handed_over() { asked_.writes.close(), told_.reads.close(); }
  /// What shows that the cell asked; below zero: nobody is waited for.
  int waits_on() const { return asked_.reads.get(); }
  /// The cell asked. If it cannot be started the cell finds its pipe closed.
  void start() {
    if (const auto pid = spawn(program_, {"mozu-unpacker"}, {{asked_.reads, unpacker_in_fd}, {told_.writes, unpacker_out_fd}})) pid_ = *pid;
    close();
  }
  void close() { asked_.reads.close(), told_.writes.close(); }

 private:
  std::string program_;
  Pipe asked_, told_;
  pid_t pid_ = -1;
};

struct Running {
  pid_t pid = -1;
  Fd answer;
};

Result<Running> start(const std::string& program, std::string_view kind, const CellInput& from, const CellLimits& limits, Unpacker& unpacker) {
  Fd given, told;
  if (from.file < 0) {
    MOZU_LET(given, sealed(from.bytes));
  }
  if (!from.options.empty()) {
    MOZU_LET(told, sealed(from.options));
  }
  const Fd input = above(from.file < 0 ? given.get() : from.file);
  const Fd options = from.options.empty() ? Fd() : above(told.get());
  Pipe answer;
  MOZU_TRY(open_pipe(answer));
  MOZU_TRY(unpacker.open());
  if (input.get() < 0 || (!from.options.empty() && options.get() < 0)) return fail(errno_diagnostic("cell-start", "cannot make a pipe for the worker", errno));
  std::vector<std::string> words{"mozu-cell", std::string(kind)};
  for (const std::uint64_t n :
       {limits.text_bytes_max, std::uint64_t{limits.pages_max}, std::uint64_t{limits.links_max}, limits.memory_bytes_max, std::uint64_t{limits.cpu_s_max}})
    words.push_back(fmt::format("{}", n));
  MOZU_LET(const pid_t pid, spawn(program, std::move(words),
                                  {{input, cell_input_fd},
                                   {answer.writes, cell_answer_fd},
                                   {options, cell_options_fd},
                                   {unpacker.cell_asks(), cell_ask_fd},
                                   {unpacker.cell_reads(), cell_reply_fd}}));
  unpacker.handed_over();
  return Running{pid, std::move(answer.reads)};
}

enum class End { closed, late, too_long, stopped };

constexpr std::int64_t look_ms = 200;  // at whether somebody wants no answer any more

End read_answer(const Fd& pipe, Unpacker& unpacker, Clock::time_point deadline, std::uint64_t bytes_max, const std::atomic<bool>* stop, std::string& answer) {
  std::vector<char> block(std::size_t{1} << 18);
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return End::late;
    if (stop != nullptr && *stop) return End::stopped;
    pollfd p[] = {{pipe.get(), POLLIN, 0}, {unpacker.waits_on(), POLLIN, 0}};
    const int ready = ::poll(p, 2, static_cast<int>(std::min<std::int64_t>(left, stop != nullptr ? look_ms : 60'000)));
    if (ready <= 0) continue;
    if ((p[1].revents & POLLIN) != 0) unpacker.start();
    if (p[0].revents == 0) {
      if (p[1].revents != 0 && (p[1].revents & POLLIN) == 0) unpacker.close();
      continue;
    }
    const auto n = ::read(pipe.get(), block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return End::closed;
    answer.append(block.data(), static_cast<std::size_t>(n));
    if (answer.size() > bytes_max) return End::too_long;
  }
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

std::string find_unpacker(const CellLimits& limits) {
  std::vector<std::string> places;
  return find("mozu-unpacker", limits.unpacker, "MOZU_UNPACKER", places);
}

bool can_read_documents(const CellLimits& limits) { return find_program(limits).has_value(); }

Result<std::string> ask_cell_partly(std::string_view kind, const CellInput& input, const CellLimits& limits, std::uint64_t answer_max,
                                    std::optional<Diagnostic>& early) {
  MOZU_LET(const auto program, find_program(limits));
  Unpacker unpacker(input.unpacker);
  MOZU_LET(auto cell, start(program, kind, input, limits, unpacker));
  std::string answer;
  const auto end = read_answer(cell.answer, unpacker, Clock::now() + std::chrono::seconds(limits.wall_s_max), answer_max, limits.stop, answer);
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
  MOZU_LET(std::string answer, ask_cell_partly(kind, {bytes, -1, {}, {}}, limits, answer_max, early));
  if (early) return fail(std::move(*early));
  return answer;
}

Result<DocumentText> read_in_cell(std::string_view kind, std::string_view bytes, const CellLimits& limits) {
  MOZU_LET(const std::string answer, ask_cell(kind, bytes, limits, answer_bytes_max(limits)));
  return decode(answer, limits);
}

}  // namespace mozu::files
