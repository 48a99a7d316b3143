#include "terminal.hpp"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <map>
#include <mutex>

#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

bool colour_wanted() {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return (no_colour == nullptr || *no_colour == '\0') && (term == nullptr || std::string_view(term) != "dumb");
}

/// For pagers and scripts that keep colours: the convention of CLICOLOR_FORCE.
bool colour_forced() {
  const char* forced = std::getenv("CLICOLOR_FORCE");
  return forced != nullptr && *forced != '\0' && std::string_view(forced) != "0";
}

/// All of `bytes`, or the errno.
int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return 0;
}

std::mutex stderr_mutex;
bool status_shown = false;

std::string painted(std::string_view s, std::string_view code, bool colour) { return colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, s) : std::string(s); }

}  // namespace

bool stdout_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }
bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }
bool stdout_colour() { return (stdout_is_terminal() || colour_forced()) && colour_wanted(); }
bool stderr_colour() { return (stderr_is_terminal() || colour_forced()) && colour_wanted(); }

unsigned columns() {
  winsize size{};
  for (const int fd : {STDERR_FILENO, STDOUT_FILENO})
    if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col != 0) return size.ws_col;
  const char* set = std::getenv("COLUMNS");
  const auto n = set != nullptr ? to_uint(set) : std::nullopt;
  return n && *n >= 20 && *n <= 1000 ? static_cast<unsigned>(*n) : 80;
}

std::size_t stdout_columns() { return stdout_is_terminal() ? columns() : any_width; }
std::size_t stderr_columns() { return stderr_is_terminal() ? columns() : any_width; }

Status write_stdout(std::string_view bytes) {
  const int err = write_all(STDOUT_FILENO, bytes);
  if (err == 0) return {};
  if (err == EPIPE) return fail("output-closed", "the reader of the output closed it");
  return fail(errno_diagnostic("output-write", "cannot write the output", err));
}

int finish_stdout(std::string_view text, int code) {
  const Status status = write_stdout(text);
  if (status || status.error().code == "output-closed") return code;
  say(status.error());
  return exit_failed;
}

void write_stderr(std::string_view text) {
  const std::lock_guard lock(stderr_mutex);
  if (status_shown) write_all(STDERR_FILENO, "\r\x1b[K");
  status_shown = false;
  write_all(STDERR_FILENO, text);
}

void show_status(std::string_view line) {
  const std::lock_guard lock(stderr_mutex);
  status_shown = true;
  write_all(STDERR_FILENO, fmt::format("\r{}\x1b[K", line));
}

void clear_status() { write_stderr({}); }

void say(const Diagnostic& d) { write_stderr(render_text(d, stderr_colour()) + "\n"); }

std::string printable_list(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& p : parts) out += (out.empty() ? "" : ", ") + printable(p);
  return out;
}

int failed(const Diagnostic& d) {
  say(d);
  return exit_failed;
}

void say(const Diagnostics& d) {
  std::map<std::string, std::uint64_t, std::less<>> shown;
  for (const auto& one : d.kept()) {
    say(one);
    ++shown[one.code];
  }
  for (const auto& [code, n] : d.counts())
    if (n > shown[code]) write_stderr(fmt::format("… and {} more of the kind {}\n", with_commas(n - shown[code]), code));
}

std::string plural(std::uint64_t n, std::string_view one) { return fmt::format("{} {}{}", with_commas(n), one, n == 1 ? "" : "s"); }

std::string bold(std::string_view s, bool colour) { return painted(s, "1", colour); }
std::string dim(std::string_view s, bool colour) { return painted(s, "2", colour); }
std::string red(std::string_view s, bool colour) { return painted(s, "1;31", colour); }
std::string green(std::string_view s, bool colour) { return painted(s, "32", colour); }
std::string yellow(std::string_view s, bool colour) { return painted(s, "33", colour); }

}  // namespace mozu::cli
