// What a word is, for full-text search, in any script: text and question are cut by the same rule.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace mozu::intel {

/// Words longer than this are cut there.
inline constexpr std::size_t word_bytes_max = 64;

/// NFKC, case folded. Runs of letters and digits are words; everything else stands between them, so that "cve-2021-44228" is three
/// words in a row. Runs of Han, Hiragana, Katakana and Hangul have no blanks between words: they give their overlapping pairs and at last
/// their last character alone ("標的型" → "標的", "的型", "型"), so that any part of a run is found as a row of pairs. At most
/// `words_max` words.
std::vector<std::string> words_of(std::string_view text, std::size_t words_max);

/// Is it (the begin of) a word of such a script?
bool is_unspaced(std::string_view word);

/// The folded characters of one question's word, in rows: what must stand side by side. A single unspaced character, or the last of a
/// row when `open` (the person is still typing), is a prefix.
struct WordRow {
  std::vector<std::string> words;
  bool prefix = false;  ///< the last word may go on
  bool operator==(const WordRow&) const = default;
};
WordRow word_row(std::string_view text, bool open, std::size_t words_max);

}  // namespace mozu::intel
