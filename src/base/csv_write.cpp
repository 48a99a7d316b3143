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
  if (!formula && text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += formula ? "\"'" : "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace mozu
