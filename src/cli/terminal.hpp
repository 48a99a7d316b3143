// Standard output and error as people and pipes need them: colour only on a terminal, a closed pipe is no accident.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/diagnostics.hpp"
#include "mozu/base/result.hpp"

namespace mozu::cli {

bool stdout_is_terminal();
bool stderr_is_terminal();
/// A terminal or CLICOLOR_FORCE, NO_COLOR not set, TERM not "dumb".
bool stdout_colour();
bool stderr_colour();
/// Of the terminal on standard error or output (or COLUMNS); 80 if unknown.
unsigned columns();
/// How wide a line may be there: a terminal's columns; what goes to a file or another program is never broken.
inline constexpr std::size_t any_width = std::size_t{1} << 20;
std::size_t stdout_columns();
std::size_t stderr_columns();

/// Everything to standard output. Errors: "output-closed" (the reader went away), "output-write" (full disk and others).
Status write_stdout(std::string_view bytes);
/// Writes `text`; returns `code`, or what a failing output makes of it: a closed pipe is quiet, anything else is said and exits 2.
int finish_stdout(std::string_view text, int code);
/// To standard error, whole lines at once; a progress bar is taken away first and comes back by itself.
void write_stderr(std::string_view text);
/// Each printable, with commas between them.
std::string printable_list(const std::vector<std::string>& parts);
void say(const Diagnostic& d);
/// Says it. exit_failed, for `return failed(…)`.
int failed(const Diagnostic& d);
/// The kept diagnostics, and how many more of each code there were.
void say(const Diagnostics& d);

/// While one stands on standard error, write_stderr() clears it first.
void show_status(std::string_view line);
void clear_status();

/// Aligned columns. A column is right-aligned if `right` says so at its place ('r', else left).
class Table {
 public:
  explicit Table(std::string align) : align_(std::move(align)) {}
  void header(std::vector<std::string> cells) { header_ = std::move(cells); }
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  Table without_empty_columns() const;
  /// What is wider than `columns_max` is broken in its last column; if need be the first stands above the others.
  std::string text(bool colour, std::string_view indent = "  ", std::size_t columns_max = stdout_columns()) const;

 private:
  struct Layout;
  Layout layout(std::size_t indent, std::size_t columns_max) const;
  std::string line(const std::vector<std::string>& cells, const Layout& layout, std::string_view indent, bool dimmed) const;
  bool is_right(std::size_t i) const { return i < align_.size() && align_[i] == 'r'; }

  std::string align_;
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

/// "1 feed", "1,234 feeds"
std::string plural(std::uint64_t n, std::string_view one);

std::string bold(std::string_view s, bool colour);
std::string dim(std::string_view s, bool colour);
std::string red(std::string_view s, bool colour);
std::string green(std::string_view s, bool colour);
std::string yellow(std::string_view s, bool colour);

}  // namespace mozu::cli
