// Private to the room: up to 128 genes of a segment, their keys as a sequence of Elias and Fano.
//
// Five bytes: width of low bits (its highest bit: there are genes of several samples), the last key's high part, width of a sample, of where a list
// stands, of a place. Then runs, each from a byte on. High: after v zeros a one for each key whose high part is v. Low: the low bits of each. Flags,
// where the highest bit says so: one for a gene of several samples. Samples of the genes of one. Lists of the others. Places of all.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "bits.hpp"
#include "segment_layout.hpp"

namespace mozu::gene {

/// One gene, on the way into a block.
struct BlockGene {
  std::uint64_t key = 0;    ///< as stored
  std::uint64_t value = 0;  ///< a sample, or where its list stands
  std::uint64_t place = 0;
  bool many = false;
};

/// Ascending keys, 1 to 128 of them.
void write_block(std::span<const BlockGene> block, std::string& out);

/// A block where it lies. The file's checksums were right, but who writes a file writes its checksums: nothing beyond `end` is read (plus 8 bytes).
class Block {
 public:
  static constexpr std::size_t head_bytes = 5;

  /// False: it says of itself more than there is.
  bool open(const std::uint8_t* from, const std::uint8_t* end, std::uint64_t first_key, std::size_t genes);
  std::size_t size() const { return count_; }
  /// Which of its genes has the key.
  std::optional<std::size_t> find(std::uint64_t key) const;
  /// All keys; false if they are not as many as the block has genes.
  bool keys(std::array<std::uint64_t, block_genes>& out) const;
  bool many(std::size_t i) const { return has_many_ && ((flags_[i / 64] >> (i % 64)) & 1U) != 0; }
  std::uint64_t value(std::size_t i) const;
  std::uint64_t place(std::size_t i) const { return bits_at(places_, i, place_width_); }

 private:
  static constexpr std::size_t words = 6;  // 128 ones and up to 255 zeros
  std::size_t count_ = 0;
  std::uint64_t first_ = 0;
  unsigned low_width_ = 0, high_ = 0, sample_width_ = 0, list_width_ = 0, place_width_ = 0;
  bool has_many_ = false;
  std::array<std::uint64_t, words> highs_{};
  std::array<std::uint64_t, 2> flags_{};
  const std::uint8_t *lows_ = nullptr, *samples_ = nullptr, *lists_ = nullptr, *places_ = nullptr;
};

}  // namespace mozu::gene
