// Private to the room: what a segment file looks like. A header, the directory of blocks, the blocks, lists of samples, the samples as JSON, eight
// zero bytes that reads of eight bytes may run into.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mozu/base/hash.hpp"

namespace mozu::gene {

inline constexpr std::size_t block_genes = 128;
inline constexpr std::size_t samples_told_max = 4096;                // of one gene; a gene of more samples says nothing anyway
inline constexpr unsigned place_shift = 4;                           // places are known to 16 bytes
inline constexpr std::uint64_t segment_magic = 0x31454E45475A4DULL;  // "MZGENE1"

struct SegmentHeader {
  std::uint64_t magic = 0, genes = 0, blocks = 0;
  std::uint64_t directory = 0, data = 0, lists = 0, samples = 0, end = 0;  ///< where the parts begin; end: of the last one
  std::uint64_t head_checksum = 0;                                         ///< XXH3 of this header with this field 0
  std::uint64_t checksum = 0;                                              ///< XXH3 of each part, the sum of the one before as its seed
};
inline std::uint64_t checksum_of(SegmentHeader h) {
  h.head_checksum = 0;
  return xxh3_64(std::string_view(reinterpret_cast<const char*>(&h), sizeof h));
}

struct BlockEntry {
  std::uint64_t first_key, offset;  ///< offset from the begin of the blocks
};
/// A block: four widths in bits, of gaps between keys, values, places, and of whether there are many samples; then these runs, each from a byte on.
/// A value is a sample, or where its list stands: a count, then samples as gaps, numbers of 7 bits a byte.

/// What is kept of a key: the class and 48 bits of hash. At 10^9 genes one query gene in 280,000 is found by chance.
constexpr std::uint64_t stored_key(std::uint64_t key) { return key >> 8U; }

inline void put_number(std::string& out, std::uint64_t v) {
  for (; v >= 0x80; v >>= 7U) out.push_back(static_cast<char>(v | 0x80U));
  out.push_back(static_cast<char>(v));
}
/// False at the end of the bytes.
inline bool get_number(const std::uint8_t*& at, const std::uint8_t* end, std::uint64_t& v) {
  v = 0;
  for (unsigned shift = 0; at != end && shift < 63; shift += 7) {
    const std::uint8_t b = *at++;
    v |= std::uint64_t{b & 0x7FU} << shift;
    if (b < 0x80) return true;
  }
  return false;
}

}  // namespace mozu::gene
