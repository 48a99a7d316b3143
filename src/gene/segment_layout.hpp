// Private to the room: what a segment file looks like. A header, the blocks (among them, of clean files, the filters), the directory of blocks, that of
// filters, lists of samples, the samples as JSON, eight zero bytes that reads of eight bytes may run into.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mozu/base/hash.hpp"

namespace mozu::gene {

inline constexpr std::size_t block_genes = 128;
inline constexpr std::size_t filter_genes = std::size_t{1} << 20;          // of one filter: what building it takes is bounded, 40 MB
inline constexpr std::size_t samples_told_max = 4096;                      // of one gene; a gene of more samples says nothing anyway
inline constexpr unsigned place_shift = 4;                                 // places are known to 16 bytes
inline constexpr std::uint64_t segment_magic = 0x32454E45475A4DULL;        // "MZGENE2"
inline constexpr std::uint64_t first_segment_magic = 0x31454E45475A4DULL;  // "MZGENE1", which is no longer read

struct SegmentHeader {
  std::uint64_t magic = 0, genes = 0, blocks = 0, filters = 0;
  std::uint64_t is_clean = 0;  ///< 1: of clean files alone. Their genes have neither samples nor places, and filters
  std::uint64_t directory = 0, filter_directory = 0, lists = 0, samples = 0, end = 0;  ///< where the parts begin; end: of the last one
  std::uint64_t head_checksum = 0;                                                     ///< XXH3 of this header with this field 0
  std::uint64_t checksum = 0;                                                          ///< XXH3 of each MiB of the parts, the sum of the one before as its seed
};
inline std::uint64_t checksum_of(SegmentHeader h) {
  h.head_checksum = 0;
  return xxh3_64(std::string_view(reinterpret_cast<const char*>(&h), sizeof h));
}
inline constexpr std::size_t checksum_step = std::size_t{1} << 20;

struct BlockEntry {
  std::uint64_t first_key, offset;  ///< offset in the file
};

struct FilterEntry {
  std::uint64_t first_key, offset, seed;        ///< offset in the file, of its fingerprints
  std::uint32_t segment_length, segment_count;  ///< src/gene/fuse_filter.hpp
};

/// What is kept of a key: the class and 44 bits of hash (README.md: how often that is too little).
inline constexpr unsigned key_shift = 12;
constexpr std::uint64_t stored_key(std::uint64_t key) { return key >> key_shift; }

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
