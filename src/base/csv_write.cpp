#include "mozu/base/csv_write.hpp"

#include <algorithm>
#include <array>

namespace mozu {
namespace {

// With the full-width forms (U+FF1D …), the small ones (U+FE66 …) and the minus sign (U+2212).
constexpr std::array<std::string_view, 13> signs = {"=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", "−"};
// The last three: no-break, ideographic, byte order mark.
constexpr std::array<std::string_view, 9> blanks = {" ", "\t", "\r", "\n", "\v", "\f", "\xC2\xA0", "\xE3\x80\x80", "\xEF\xBB\xBF"};

template <class List>
std::size_t begin_of(std::string_view text, const List& list) {
  const auto found = std::ranges::find_if(list, [&](std::string_view one) { return text.starts_with(one); });
  return found == list.end() ? 0 : found->size();
}

bool is_like_formula(std::string_view text) {
  if (text.starts_with('\t') || text.starts_with('\r') || text.starts_with('\n')) return true;
  while (const auto n = begin_of(text, blanks)) text.remove_prefix(n);
  return begin_of(text, signs) != 0;
}

}  // namespace

void append_csv_cell(std::string& out, std::string_view text) {
  const bool formula = is_like_formula(text);
  const bool quoted = formula || text.find_first_of(",\"\r\n") != std::string_view::npos;
  if (!quoted && text.find_first_of(";\t") == std::string_view::npos) {
    out += text;
    return;
  }
  if (quoted) out += formula ? "\"'" : "\"";
  while (const auto n = formula ? begin_of(text, blanks) : 0) out += text.substr(0, n), text.remove_prefix(n);  // these have their apostrophe
  // Where the separator is ';' or a tab, as it is in half of Europe, cells begin behind these, and rows within quotes.
  bool begins = false;
  while (!text.empty()) {
    const std::size_t blank = begin_of(text, blanks), n = std::max<std::size_t>(blank, 1);
    if (begins && blank == 0 && begin_of(text, signs) != 0) out += '\'';
    begins = text[0] == ';' || text[0] == '\t' || text[0] == '\r' || text[0] == '\n' || (begins && blank != 0);
    if (text[0] == '"') out += '"';
    out += text.substr(0, n);
    text.remove_prefix(n);
  }
  if (quoted) out += '"';
}

}  // namespace mozu
