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

LineOfValues::LineOfValues(std::string_view line) : defangs_(is_defanged(line)) {
  bool first = true;
  for (std::string_view rest = line;; first = false) {
    const std::string_view word = next_piece(rest);
    if (word.empty()) return;
    if (first) begins_with_value_ = is_clear_indicator(word);
    words_ += word.size() > 1 && std::all_of(word.begin(), word.end(), [](unsigned char c) { return is_alpha(c) || c == '-' || c == '\'' || c >= 0x80; });
  }
}

bool LineOfValues::means(std::string_view piece) const {
  if (defangs_) return true;
  constexpr std::size_t words_max = 3;  // "SHA256 hash of the loader: …" labels a value; more words are a sentence
  const Shape shape = shape_of(piece);
  if (shape == Shape::ip || shape == Shape::ip_range) return words_ == 0 || (begins_with_value_ && words_ < words_max);
  return words_ <= words_max;
}

bool speaks_of_threats(std::string_view text) {
  constexpr std::array<std::string_view, 19> words{"indicator", "ioc",       "iocs",       "malware",     "malicious", "compromise", "compromised",
                                                   "threat",    "phishing",  "ransomware", "botnet",      "trojan",    "backdoor",   "c2",
                                                   "c&c",       "blocklist", "blacklist",  "infostealer", "stealer"};
  constexpr std::string_view marks = " \t\r\n.,:;!?()[]{}<>\"'`*_#|/\\=-+";
  while (!text.empty()) {
    const std::size_t begin = text.find_first_not_of(marks);
    if (begin == std::string_view::npos) return false;
    std::string_view word = text.substr(begin, text.find_first_of(marks, begin) - begin);
    text.remove_prefix(begin + word.size());
    if (word.size() > 5 && (word.back() | 0x20) == 's') word.remove_suffix(1);
    if (std::any_of(words.begin(), words.end(), [&](std::string_view w) { return iequals(w, word); })) return true;
  }
  return false;
}

bool is_marked_up(std::string_view head) {
  std::size_t lines = 0;
  while (!head.empty() && ++lines < 400) {
    const std::size_t lf = head.find('\n');
    const std::string_view line = trim(head.substr(0, lf));
    head.remove_prefix(lf == std::string_view::npos ? head.size() : lf + 1);
    if (line.starts_with("## ") || line.starts_with("### ") || line.starts_with("== ") || line.starts_with("|===") || line.starts_with("```") ||
        line.starts_with("|--") || line.starts_with("| --") || line.starts_with("| :-") || line.find("](http") != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace mozu::formats
