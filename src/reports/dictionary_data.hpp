// The compiled names: a graph of word hashes. A word is a run of ASCII letters, a run of digits, or a run of other letters; every
// kana, kanji or hangul syllable is a word of its own, since those scripts put no blanks between words.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/hash.hpp"
#include "mozu/reports/dictionary.hpp"

namespace mozu::reports {

inline constexpr std::size_t name_words_max = 12;  ///< longer ones are not listed, and not looked for

struct Word {
  std::size_t begin = 0, end = 0;
  std::uint64_t hash = 0;
  bool ideographic = false;
};
/// The word at `at` or the next after it; false at the end. Case is folded in the hash (ASCII; other letters by intel::fold_name).
bool next_word(std::string_view text, std::size_t at, Word& out);

/// A name as someone listed it.
struct NameEntry {
  std::uint32_t entity = 0;
  bool canonical = false;
  std::string spelling;
};

struct Dictionary::Data {
  struct Edge {
    std::uint64_t key = 0;
    std::uint32_t node = 0;
  };  ///< key 0: free
  std::vector<Entity> entities;
  std::vector<std::vector<NameEntry>> node_names;  ///< node → names that end there; node 0 is the root
  std::vector<Edge> edges;                         ///< open addressing; size a power of two
  std::vector<std::uint64_t> first_words;          ///< a bit per 16 bits of hash: says no to nearly every word
  std::uint64_t names = 0;

  static std::uint64_t key_of(std::uint32_t node, std::uint64_t word) { return (word ^ (node * 0x9E3779B97F4A7C15ULL)) | 1; }
  std::uint32_t step(std::uint32_t node, std::uint64_t word) const {
    const std::uint64_t key = key_of(node, word);
    for (std::size_t i = (key * 0xD6E8FEB86659FD93ULL) >> 20 & (edges.size() - 1);; i = (i + 1) & (edges.size() - 1)) {
      if (edges[i].key == key) return edges[i].node;
      if (edges[i].key == 0) return 0;
    }
  }
  bool may_begin(std::uint64_t word) const { return (first_words[word >> 58 | (word >> 42 & 0x3C0)] >> (word >> 36 & 63) & 1) != 0; }
};

}  // namespace mozu::reports
