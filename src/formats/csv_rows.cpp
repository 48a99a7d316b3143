#include "csv_rows.hpp"

#include <fmt/core.h>

#include "mozu/base/text.hpp"
#include "sniff.hpp"

namespace mozu::formats {
namespace {

// After so many unclosed quotes a file is taken as one that does not quote over lines; otherwise every line of a hostile
// file could make a mebibyte be read again.
constexpr std::uint64_t failures_max = 8;

/// Is a quotation open after this line, if `open` says whether one was open before it? Linear, where parsing a growing row
/// again and again would not be.
bool ends_open(std::string_view line, bool open, char delimiter) {
  std::size_t i = 0;
  for (;;) {
    if (open) {
      const std::size_t quote = line.find('"', i);
      if (quote == std::string_view::npos) return true;
      i = quote + 1;
      if (i < line.size() && line[i] == '"') {
        ++i;
        continue;
      }
    } else {
      while (i < line.size() && line[i] == ' ' && delimiter != ' ') ++i;
      if (i < line.size() && line[i] == '"') {
        open = true;
        ++i;
        continue;
      }
    }
    open = false;
    const std::size_t next = line.find(delimiter, i);
    if (next == std::string_view::npos) return false;
    i = next + 1;
  }
}

}  // namespace

bool CsvRows::physical_line(std::string_view& line) {
  if (pending_at_ < pending_.size()) {
    const std::size_t lf = pending_.find('\n', pending_at_);
    const std::size_t stop = lf == std::string::npos ? pending_.size() : lf;
    line = std::string_view(pending_).substr(pending_at_, stop - pending_at_);
    pending_at_ = stop + 1;
    cut_ = false;
    ++physical_;
    return true;
  }
  if (!pending_.empty()) {
    pending_.clear();
    pending_at_ = 0;
  }
  if (!lines_.next(line)) return false;
  cut_ = lines_.cut();
  ++physical_;
  return true;
}

void CsvRows::split_plain(std::string_view line) {
  fields_.clear();
  const char* at = line.data();
  const char* const end = at + line.size();
  while (fields_.size() < fields_max) {
    const void* hit = at == end ? nullptr : std::memchr(at, delimiter_, static_cast<std::size_t>(end - at));
    if (hit == nullptr) break;
    const char* stop = static_cast<const char*>(hit);
    fields_.emplace_back(at, static_cast<std::size_t>(stop - at));
    at = stop + 1;
  }
  fields_.emplace_back(at, static_cast<std::size_t>(end - at));
}

/// `text` has every quotation closed (see ends_open()).
void CsvRows::parse_quoted(std::string_view text) {
  fields_.clear();
  unquoted_.clear();
  unquoted_.reserve(text.size());
  std::size_t i = 0;
  while (fields_.size() < fields_max) {
    std::size_t start = i;
    while (start < text.size() && text[start] == ' ' && delimiter_ != ' ') ++start;
    if (start >= text.size() || text[start] != '"') {
      const std::size_t stop = std::min(text.find(delimiter_, i), text.size());
      fields_.push_back(text.substr(i, stop - i));
      if (stop == text.size()) return;
      i = stop + 1;
      continue;
    }
    const std::size_t from = unquoted_.size();
    for (i = start + 1;; i += 2) {
      const std::size_t quote = text.find('"', i);
      if (quote == std::string_view::npos) return;  // cannot be
      unquoted_.append(text, i, quote - i);
      i = quote;
      if (i + 1 >= text.size() || text[i + 1] != '"') break;
      unquoted_ += '"';
    }
    // What follows a closing quote up to the delimiter belongs to nothing, but a value is worth more than the grammar.
    const std::size_t stop = std::min(text.find(delimiter_, i), text.size());
    unquoted_.append(trim(text.substr(i + 1, stop - i - 1)));
    fields_.emplace_back(unquoted_.data() + from, unquoted_.size() - from);
    if (stop == text.size()) return;
    i = stop + 1;
  }
}

CsvRows::Row CsvRows::unclosed(const char* where) {
  ++failures_;
  problem_ = Diagnostic{Severity::warning,
                        "csv-unclosed-quote",
                        fmt::format("a quotation mark is never closed ({}); the row was passed over", where),
                        {{}, line_, {}},
                        "close the quotation or double the mark"};
  return Row::bad;
}

/// Gives the lines after the row's first back to physical_line().
void CsvRows::take_back(std::size_t first_line_bytes) {
  std::string again = text_.substr(std::min(text_.size(), first_line_bytes + 1));
  if (pending_at_ < pending_.size()) {
    again += '\n';
    again.append(pending_, pending_at_);
  }
  pending_ = std::move(again);
  pending_at_ = 0;
  physical_ = line_;
}

CsvRows::Row CsvRows::quoted_row(std::string_view line) {
  bool open = ends_open(line, false, delimiter_);
  if (open && failures_ >= failures_max) return unclosed("on its line");
  text_.assign(line);
  const std::size_t first_line_bytes = line.size();
  for (std::string_view more; open;) {
    const bool got = physical_line(more);
    if (got && !cut_ && text_.size() + more.size() < quoted_bytes_max) {
      text_ += '\n';
      text_ += more;
      open = ends_open(more, true, delimiter_);
      continue;
    }
    if (got) {  // the line that was too much is read again, too
      text_ += '\n';
      text_ += more;
    }
    take_back(first_line_bytes);
    return unclosed(got ? "within 1 MiB" : "before the file ends");
  }
  parse_quoted(text_);
  return Row::fields;
}

CsvRows::Row CsvRows::next() {
  for (std::string_view line; physical_line(line);) {
    line_ = physical_;
    if (cut_) {
      problem_ = line_too_long(line_);
      return Row::bad;
    }
    if (line.starts_with('#') || line.starts_with("\"#")) {
      comment_ = line;
      return Row::comment;
    }
    if (trim(line).empty()) continue;
    if (std::memchr(line.data(), '"', line.size()) != nullptr) return quoted_row(line);
    split_plain(line);
    return Row::fields;
  }
  return Row::end;
}

std::string_view take_csv_row(std::string_view& text, char delimiter, std::size_t& unclosed) {
  const std::size_t first_end = std::min(text.find('\n'), text.size());
  std::size_t end = first_end;
  bool open = unclosed < failures_max && ends_open(text.substr(0, end), false, delimiter);
  while (open && end < text.size()) {
    const std::size_t from = end + 1;
    end = std::min(text.find('\n', from), text.size());
    open = ends_open(text.substr(from, end - from), true, delimiter);
  }
  if (open) {
    ++unclosed;
    end = first_end;
  }
  std::string_view row = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (row.ends_with('\r')) row.remove_suffix(1);
  return row;
}

std::vector<std::string_view> split_csv_row(std::string_view row, char delimiter) {
  std::vector<std::string_view> out;
  for (std::size_t i = 0; out.size() < CsvRows::fields_max;) {
    std::size_t end = i;  // of a quotation at the beginning of the field
    while (end < row.size() && row[end] == ' ' && delimiter != ' ') ++end;
    if (end < row.size() && row[end] == '"') {
      do {
        end = std::min(row.find('"', end + 1), row.size());
        if (end + 1 < row.size() && row[end + 1] == '"') ++end;
        else break;
      } while (end < row.size());
    }
    const std::size_t stop = std::min(row.find(delimiter, end), row.size());
    std::string_view field = trim(row.substr(i, stop - i));
    if (field.size() >= 2 && field.front() == '"' && field.back() == '"') field = field.substr(1, field.size() - 2);
    out.push_back(field);
    if (stop == row.size()) break;
    i = stop + 1;
  }
  return out;
}

}  // namespace mozu::formats
