// A question of the search field, understood: no character of it ever reaches an engine as an operator.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "db.hpp"
#include "mozu/intel/words.hpp"

namespace mozu::store {

inline constexpr std::size_t question_bytes_max = 4096, question_rows_max = 24, row_words_max = 32;

struct Question {
  std::vector<intel::WordRow> all, without;
  /// Words that only keys can answer: hashes.
  std::vector<std::string> hashes;
  bool open = false;  ///< the last of `all` may be the begin of a word
  bool empty() const { return all.empty() && hashes.empty(); }
};
/// Words, "phrases", -without; the last word, if it stands outside quotes and has at least three letters, is the begin of one.
Question read_question(std::string_view text);

/// Two questions of an open one: with its last word as it is; and with it as the begin of one, where it does not stand as it is. What begins
/// like a common word stands in very many places: that is asked for only after the words as they are.
enum class Ending : std::uint8_t { whole, begun };
Question ending(const Question& q, Ending ending);

/// Which column the words must stand in, and what facts must hold: any of each group.
struct Terms {
  bool name_only = false;  ///< curated objects with the words in their name
  bool mass_only = false;  ///< what is not curated
  std::vector<std::vector<std::string>> facts;
};
/// For FTS5's MATCH or as tsquery.
std::string match_expression(Engine engine, const Question& q, const Terms& terms);

/// Up to `bytes_max` bytes of `text` around the first word found, cut at blanks where there are any, control characters as blanks.
std::string snippet_of(std::string_view text, const Question& q, std::size_t bytes_max = 240);

}  // namespace mozu::store
