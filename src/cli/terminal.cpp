#include "terminal.hpp"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
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

constexpr std::size_t last_column_least = 16;  // columns; narrower, the terminal's own line breaks read better

std::mutex stderr_mutex;
bool status_shown = false;

/// Columns of a text on a terminal, near enough: one a code point.
std::size_t width(std::string_view s) {
  return static_cast<std::size_t>(std::count_if(s.begin(), s.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string painted(std::string_view s, std::string_view code, bool colour) { return colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, s) : std::string(s); }

}  // namespace

bool stdout_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }
bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }
bool stdout_colour() { return (stdout_is_terminal() || colour_forced()) && colour_wanted(); }
bool stderr_colour() { return (stderr_is_terminal() || colour_forced()) && colour_wanted(); }

unsigned columns() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0) return size.ws_col;
  const char* set = std::getenv("COLUMNS");
  const auto n = set != nullptr ? to_uint(set) : std::nullopt;
  return n && *n >= 20 && *n <= 1000 ? static_cast<unsigned>(*n) : 80;
}

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

void say(const Diagnostics& d) {
  std::map<std::string, std::uint64_t, std::less<>> shown;
  for (const auto& one : d.kept()) {
    say(one);
    ++shown[one.code];
  }
  for (const auto& [code, n] : d.counts())
    if (n > shown[code]) write_stderr(fmt::format("… and {} more of the kind {}\n", with_commas(n - shown[code]), code));
}

namespace {

/// Parts of at most `most` columns, broken at blanks where there are any.
std::vector<std::string_view> wrapped(std::string_view text, std::size_t most) {
  std::vector<std::string_view> parts;
  while (width(text) > most) {
    std::size_t end = 0, blank = 0, columns = 0;
    for (; end < text.size() && columns <= most; ++end) {
      if ((static_cast<unsigned char>(text[end]) & 0xC0) != 0x80) ++columns;
      if (text[end] == ' ' && columns <= most) blank = end;
    }
    // One column too many was taken, to see whether a blank stands there.
    do --end;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80);
    if (blank == 0) blank = end;
    parts.push_back(text.substr(0, blank));
    text.remove_prefix(text[blank] == ' ' ? blank + 1 : blank);
  }
  parts.push_back(text);
  return parts;
}

}  // namespace

std::string Table::text(bool colour, std::string_view indent) const {
  std::vector<std::size_t> widths;
  const auto measure = [&](const std::vector<std::string>& cells) {
    widths.resize(std::max(widths.size(), cells.size()));
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], width(cells[i]));
  };
  measure(header_);
  for (const auto& r : rows_) measure(r);
  // On a terminal the last column, which holds the longest texts, takes what is left and goes on below itself; where nearly nothing
  // is left, it stands on lines of its own.
  std::size_t before_last = indent.size();
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) before_last += widths[i] + 2;
  std::size_t last_most = std::string::npos;
  bool below = false;
  const bool last_right = widths.size() <= align_.size() && align_[widths.size() - 1] == 'r';
  if (stdout_is_terminal() && widths.size() > 1 && !last_right && before_last + widths.back() > columns()) {
    below = columns() < before_last + last_column_least;
    if (below) before_last = indent.size() + 4;
    last_most = columns() - std::min<std::size_t>(before_last, columns() - 1);
  }
  std::string out;
  const auto put = [&](const std::vector<std::string>& cells, bool is_header) {
    std::string line(indent);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string padding(widths[i] - width(cells[i]), ' ');
      const bool right = i < align_.size() && align_[i] == 'r', last = i + 1 == widths.size();
      if (i != 0) line += "  ";
      if (right) line += padding;
      std::string_view cell = cells[i];
      if (last && below && !is_header && !cell.empty()) {
        while (line.ends_with(' ')) line.pop_back();
        line += '\n' + std::string(before_last, ' ');
      }
      if (last && !right && width(cell) > last_most) {
        const auto parts = wrapped(cell, last_most);
        for (std::size_t p = 0; p + 1 < parts.size(); ++p) line += fmt::format("{}\n{}", parts[p], std::string(before_last, ' '));
        cell = parts.back();
      }
      line += is_header ? dim(cell, colour) : std::string(cell);
      if (!right && i + 1 != cells.size()) line += padding;
    }
    while (line.ends_with(' ')) line.pop_back();
    out += line;
    out += '\n';
  };
  if (!header_.empty()) put(header_, true);
  for (const auto& r : rows_) put(r, false);
  return out;
}

std::string plural(std::uint64_t n, std::string_view one) { return fmt::format("{} {}{}", with_commas(n), one, n == 1 ? "" : "s"); }

std::string bold(std::string_view s, bool colour) { return painted(s, "1", colour); }
std::string dim(std::string_view s, bool colour) { return painted(s, "2", colour); }
std::string red(std::string_view s, bool colour) { return painted(s, "1;31", colour); }
std::string green(std::string_view s, bool colour) { return painted(s, "32", colour); }
std::string yellow(std::string_view s, bool colour) { return painted(s, "33", colour); }

}  // namespace mozu::cli
