// Private to the room: the text of a script cut into tokens. One cutter for eight languages, by a table of how each writes comments, strings and names.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "mozu/gene/script.hpp"

namespace mozu::gene {

struct ScriptToken {
  enum class Kind : std::uint8_t {
    word,
    member,    ///< a word behind a dot, an arrow or a double colon
    variable,  ///< marked as one: $x, %x%
    number,
    text,     ///< a string, or a regular expression
    sign,     ///< operators, brackets; several characters that belong together are one
    line,     ///< an end of line where the language ends statements with it
    comment,  ///< no part of the code
  };
  Kind kind = Kind::sign;
  std::uint32_t offset = 0, length = 0;
  std::uint64_t hash = 0;  ///< of words: folded where case does not count, without characters that only hide it
};

/// In order, not overlapping.
std::vector<ScriptToken> script_tokens(Language language, std::string_view text);

std::uint64_t word_hash(std::string_view word);

}  // namespace mozu::gene
