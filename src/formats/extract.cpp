#include "extract.hpp"

#include <algorithm>
#include <array>

#include "mozu/base/text.hpp"

namespace mozu::formats {
namespace {

constexpr std::size_t piece_bytes_max = 4096;

constexpr std::array<bool, 256> make_separators() {
  std::array<bool, 256> t{};
  for (const unsigned char c : std::string_view(" \t\n\v\f\r\"`<>|,;")) t[c] = true;
  return t;
}
constexpr auto separators = make_separators();

/// "[.]x" and "(at)": a bracket that is part of defanging and must stay.
bool opens_defang(std::string_view s) {
  const std::size_t end = s.find_first_of("])}");
  return end != std::string_view::npos && end <= 4 && is_defanged(s.substr(0, end + 1)) && s.size() > end + 1;
}

std::string_view strip(std::string_view s) {
  constexpr std::string_view left = "'([{*+_=:.!?>", right = "'.,:;!?*+_=";
  while (!s.empty() && left.find(s.front()) != std::string_view::npos && !opens_defang(s)) s.remove_prefix(1);
  for (;;) {
    if (s.empty()) return s;
    const char last = s.back();
    const char open = last == ')' ? '(' : last == ']' ? '[' : last == '}' ? '{' : '\0';
    // A closing bracket belongs to the sentence unless its opener is inside the piece.
    const bool unmatched = open != '\0' && std::count(s.begin(), s.end(), open) < std::count(s.begin(), s.end(), last);
    if (!unmatched && right.find(last) == std::string_view::npos) return s;
    s.remove_suffix(1);
  }
}

}  // namespace

std::string_view next_piece(std::string_view& text) {
  for (;;) {
    std::size_t begin = 0;
    while (begin < text.size() && separators[static_cast<unsigned char>(text[begin])]) ++begin;
    std::size_t end = begin;
    while (end < text.size() && !separators[static_cast<unsigned char>(text[end])]) ++end;
    std::string_view piece = text.substr(begin, end - begin);
    text.remove_prefix(end);
    if (piece.empty()) return {};
    // "[shown](target)" of Markdown: the shown text is what the writer says, the target is a link.
    if (const std::size_t link = piece.find("]("); link != std::string_view::npos && piece.starts_with('[')) piece = piece.substr(1, link - 1);
    piece = strip(piece.substr(0, piece_bytes_max));
    if (!piece.empty()) return piece;
  }
}

bool is_clear_indicator(std::string_view piece) {
  if (piece.size() < 4) return false;
  const Shape shape = shape_of(piece);
  switch (shape) {
    case Shape::none: return false;
    case Shape::hash: return true;
    case Shape::ip:
    case Shape::ip_range: return piece.find('.') != std::string_view::npos || is_defanged(piece);
    case Shape::domain:
    case Shape::url:
    case Shape::email: return is_defanged(piece);
  }
  return false;
}

}  // namespace mozu::formats
