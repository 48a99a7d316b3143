// Turns what feeds said of a value into the file's posting sets. Two steps: add() encodes one feed's word with numbers of
// this builder; set() joins the words of one value and writes them with the file's numbers, each distinct set once.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "builder_state.hpp"
#include "mozu/intel/indicator.hpp"
#include "mozu/match/index.hpp"

namespace mozu::match {

class PostingWriter {
 public:
  /// One feed's word; equal words get the same number.
  std::uint32_t add(const Posting& p);

  /// Before set(): the file's order of feeds (old number → new).
  void begin_file(std::vector<std::uint32_t> feed_order);
  /// Words of one value, in any order → the number of its set in the file.
  std::uint32_t set(std::span<std::uint32_t> words);
  /// feeds × feeds counts of the sets handed out.
  std::vector<std::uint64_t> overlap(std::size_t feeds) const;

  std::string postings, strings;  ///< the two sections, while a file is written
  bool too_large = false;         ///< posting sets passed 16 GiB

 private:
  Posting decode(std::uint32_t word) const;
  std::uint32_t write_set(std::vector<Posting> set);
  std::uint64_t file_string(const std::string& s);

  Interner words_, texts_;
  std::vector<std::uint32_t> plain_word_of_feed_;
  std::vector<std::uint32_t> feed_order_;
  Interner sets_;  ///< encoded sets of this file
  struct SetUse {
    std::uint32_t number;
    std::uint64_t uses;
    std::vector<std::uint32_t> feeds;
  };
  std::vector<SetUse> set_uses_;
  std::unordered_map<std::string, std::uint64_t> string_offsets_;
  std::vector<std::uint32_t> use_of_word_;  ///< words → index of set_uses_, for values with a single word
};

/// Joins what one feed said several times: validity widened, labels and contexts united, exact-only only if always said.
void join_same_feed(Posting& into, const Posting& other);
inline constexpr std::size_t context_fields_max = 64;

}  // namespace mozu::match
