// Everyday English words that are also names of actors, malware or tools, and what is asked of a word.
#pragma once
#include <algorithm>
#include <cstddef>
#include <string_view>

#include "mozu/base/text.hpp"

namespace mozu::reports {

bool is_common_word(std::string_view lower);
/// Words that are never a name by themselves, whatever stands beside them: "trojan", "android", "chinese".
bool is_generic_word(std::string_view lower);

template <std::size_t N>
bool is_one_of(std::string_view word, const std::string_view (&words)[N]) {
  return std::ranges::any_of(words, [&](std::string_view w) { return iequals(w, word); });
}
inline bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
inline bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

}  // namespace mozu::reports
