// Private: rows of delimiter-separated text (RFC 4180 and its looser kin), streamed, fields as views into reused memory.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "lines.hpp"
#include "mozu/base/result.hpp"

namespace mozu::formats {

/// Quotes matter only at the beginning of a field, may hold line ends and doubled quotes. A quote that swallows more than
/// quoted_bytes_max is taken back: the row is reported and reading goes on with the line after the one where it began.
class CsvRows {
 public:
  static constexpr std::size_t quoted_bytes_max = std::size_t{1} << 20;
  static constexpr std::size_t fields_max = 4096;

  CsvRows(ByteStream& in, char delimiter) : lines_(in), delimiter_(delimiter) {}

  enum class Row { fields, comment, bad, end };
  /// fields: see fields(); comment: a line beginning with '#', see comment(); bad: see problem(). Blank lines are passed over.
  Row next();

  const std::vector<std::string_view>& fields() const { return fields_; }
  std::string_view comment() const { return comment_; }
  Diagnostic take_problem() { return std::move(problem_); }
  std::uint64_t line() const { return line_; }  ///< where the row began
  const Status& status() const { return lines_.status(); }

 private:
  bool physical_line(std::string_view& line);
  void split_plain(std::string_view line);
  void parse_quoted(std::string_view text);
  Row quoted_row(std::string_view line);
  void take_back(std::size_t first_line_bytes);
  Row unclosed(const char* where);

  Lines lines_;
  char delimiter_;
  std::vector<std::string_view> fields_;
  std::string_view comment_;
  std::string text_;      // a row of several lines
  std::string unquoted_;  // contents of quoted fields; reserved before use, so views stay valid
  std::string pending_;   // lines given back after an unclosed quote
  std::size_t pending_at_ = 0;
  std::uint64_t line_ = 0, physical_ = 0;
  std::uint64_t failures_ = 0;
  bool cut_ = false;
  Diagnostic problem_;
};

/// For judging heads: takes the next row off `text`, its line ends within quotes included, its own line end dropped. If a
/// quotation is still open where the text ends, the row is just its line, and `unclosed` is counted up.
std::string_view take_csv_row(std::string_view& text, char delimiter, std::size_t& unclosed);
/// Splits one row as CsvRows does, but keeps doubled quotes. Views point into `row`.
std::vector<std::string_view> split_csv_row(std::string_view row, char delimiter);

}  // namespace mozu::formats
