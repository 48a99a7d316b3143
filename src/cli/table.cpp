#include <algorithm>
#include <type_traits>

#include "terminal.hpp"

namespace mozu::cli {
namespace {

constexpr std::size_t column_gap = 2;          // between columns
constexpr std::size_t deeper = 4;              // of lines that belong to the one above
constexpr std::size_t last_column_least = 16;  // columns; narrower, a text reads better on lines of its own

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

/// Columns of a text on a terminal, near enough: one a code point.
std::size_t width(std::string_view s) { return static_cast<std::size_t>(std::count_if(s.begin(), s.end(), begins_character)); }

/// Parts of at most `most` columns, broken at blanks where there are any.
std::vector<std::string_view> wrapped(std::string_view text, std::size_t most) {
  std::vector<std::string_view> parts;
  while (width(text) > most) {
    std::size_t end = 0, blank = 0;
    for (std::size_t columns = 0; end < text.size(); ++end) {
      if (begins_character(text[end]) && columns++ == most) break;
      if (text[end] == ' ') blank = end;
    }
    if (text[end] == ' ' || blank == 0) blank = end;
    parts.push_back(text.substr(0, blank));
    text.remove_prefix(text[blank] == ' ' ? blank + 1 : blank);
  }
  parts.push_back(text);
  return parts;
}

}  // namespace

/// Where the columns of a table stand that would be wider than the terminal. The last one holds the longest texts: it takes what
/// is left and goes on below itself, or stands on lines of its own. If that is not enough, the first one stands alone above.
struct Table::Layout {
  std::vector<std::size_t> widths;
  bool first_above = false, last_below = false;
  std::size_t last_at = 0;  ///< where the last column begins, if it may be broken
  std::size_t last_most = std::string::npos;
};

Table::Layout Table::layout(std::size_t indent, std::size_t columns_max) const {
  Layout out;
  const auto measure = [&](const std::vector<std::string>& cells) {
    out.widths.resize(std::max(out.widths.size(), cells.size()));
    for (std::size_t i = 0; i < cells.size(); ++i) out.widths[i] = std::max(out.widths[i], width(cells[i]));
  };
  measure(header_);
  for (const auto& r : rows_) measure(r);
  if (out.widths.size() < 2 || is_right(out.widths.size() - 1)) return out;
  out.last_at = indent;
  for (std::size_t i = 0; i + 1 < out.widths.size(); ++i) out.last_at += out.widths[i] + column_gap;
  const auto last_fits = [&] { return out.last_at + std::min(out.widths.back(), last_column_least) <= columns_max; };
  if (!last_fits() && out.last_at > columns_max + column_gap && out.widths.size() > 2 && !is_right(0)) {
    out.first_above = true;
    out.last_at += deeper - out.widths[0] - column_gap;
  }
  if (!last_fits()) {
    out.last_below = true;
    out.last_at = indent + deeper;
  }
  out.last_most = std::max(columns_max, out.last_at + last_column_least) - out.last_at;
  return out;
}

std::string Table::line(const std::vector<std::string>& cells, const Layout& layout, std::string_view indent, bool dimmed) const {
  std::string out(indent);
  const auto drop_blanks = [&out] { out.resize(out.find_last_not_of(' ') + 1); };
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const bool last = i + 1 == layout.widths.size();
    if ((layout.first_above && i == 1) || (layout.last_below && last && !cells[i].empty())) {
      drop_blanks();
      out += '\n' + std::string(indent.size() + deeper, ' ');
    } else if (i != 0) {
      out += std::string(column_gap, ' ');
    }
    const std::string padding(layout.widths[i] - width(cells[i]), ' ');
    if (is_right(i)) out += padding;
    const auto parts = wrapped(cells[i], last ? layout.last_most : std::string::npos);
    for (std::size_t p = 0; p < parts.size(); ++p) {
      if (p != 0) out += '\n' + std::string(layout.last_at, ' ');
      out += dim(parts[p], dimmed);
    }
    if (!is_right(i) && !last) out += padding;
  }
  drop_blanks();
  return out + '\n';
}

/// A heading over nothing tells nothing.
Table Table::without_empty_columns() const {
  std::vector<bool> filled;
  for (const auto& r : rows_) {
    filled.resize(std::max(filled.size(), r.size()));
    for (std::size_t i = 0; i < r.size(); ++i)
      if (!r[i].empty()) filled[i] = true;
  }
  const auto kept = [&filled](const auto& cells) {
    std::decay_t<decltype(cells)> out;
    for (std::size_t i = 0; i < cells.size() && i < filled.size(); ++i)
      if (filled[i]) out.push_back(cells[i]);
    return out;
  };
  Table out(kept(align_));
  out.header(kept(header_));
  for (const auto& r : rows_) out.row(kept(r));
  return out;
}

std::string Table::text(bool colour, std::string_view indent, std::size_t columns_max) const {
  const Layout at = layout(indent.size(), columns_max);
  std::string out;
  if (!header_.empty()) out += line(header_, at, indent, colour);
  for (const auto& r : rows_) out += line(r, at, indent, false);
  return out;
}

}  // namespace mozu::cli
