// The comparison's own idea of "a line that holds an indicator as a whole token": simple enough that every contestant can
// reach it, and one piece of code that all of them go through.
//
// A token is a maximal run W+(\.W+)* of word bytes (A–Z a–z 0–9 _ - and bytes ≥ 0x80), without leading and trailing '.' and '-',
// ASCII case folded. A line counts if one of its tokens is an indicator, letter for letter. The engine's definition
// (docs/matching.md) finds more: names below an indicator, hosts of odd URLs, escapes; its candidates pass this filter too.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mozu::bench {

class TokenSet {
 public:
  /// One indicator a line, lower case; the text must stay.
  explicit TokenSet(std::string_view list);
  bool contains(std::string_view token) const;
  /// Folds `line` on the way.
  bool in_line(std::string_view line);
  std::size_t size() const { return count_; }

 private:
  std::vector<std::string_view> slots_;  // open addressing, at most half full
  std::size_t mask_ = 0, count_ = 0;
  std::size_t longest_ = 0;
  std::string folded_;
};

/// Calls f for every line without its line feed; the last one may lack it.
template <class F>
void each_line(std::string_view text, F&& f) {
  while (!text.empty()) {
    const std::size_t lf = text.find('\n');
    f(text.substr(0, lf));
    if (lf == std::string_view::npos) break;
    text.remove_prefix(lf + 1);
  }
}

}  // namespace mozu::bench
