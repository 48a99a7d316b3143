// The hashes of the first-stage filter. Used by builder and kernels; portable, branch-free, no special instructions.
// They are static, so that each kernel keeps the copy that was compiled with its own instruction set.
// All of them fold ASCII case by OR 0x20: bytes that this merges wrongly only cost a false candidate, never a miss.
#pragma once
#include <cstddef>
#include <cstdint>

#include "mozu/base/bytes.hpp"

namespace mozu::match {

inline constexpr std::size_t suffix_bytes_max = 32;  ///< only the last 32 bytes of the last two labels are hashed

/// 32 bytes of 0x00, then 32 of 0xFF: a load at `length` masks all but the last `length` of 32 bytes.
alignas(64) inline constexpr unsigned char tail_mask[64] = {0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
                                                            0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
                                                            0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                                            0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
inline constexpr std::uint64_t fold_bits = 0x2020202020202020ULL;

static inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using u128 = unsigned __int128;
  const u128 r = static_cast<u128>(a) * b;
  return static_cast<std::uint64_t>(r) ^ static_cast<std::uint64_t>(r >> 64);
}

struct SuffixHash {
  std::uint64_t hash;
  bool high_bytes;  ///< a byte ≥ 0x80 among those hashed
};

/// Hash of the `length` bytes before `end`; 32 bytes before `end` must be readable.
static inline SuffixHash suffix_hash(const char* end, std::size_t length) {
  const std::size_t n = length < suffix_bytes_max ? length : suffix_bytes_max;
  const unsigned char* mask = tail_mask + n;
  const char* p = end - 32;
  const std::uint64_t a = load<std::uint64_t>(p) & load<std::uint64_t>(mask);
  const std::uint64_t b = load<std::uint64_t>(p + 8) & load<std::uint64_t>(mask + 8);
  const std::uint64_t c = load<std::uint64_t>(p + 16) & load<std::uint64_t>(mask + 16);
  const std::uint64_t d = load<std::uint64_t>(p + 24) & load<std::uint64_t>(mask + 24);
  const bool high = ((a | b | c | d) & 0x8080808080808080ULL) != 0;
  const std::uint64_t h = mix((a | fold_bits) ^ 0x9E3779B97F4A7C15ULL, (b | fold_bits) ^ 0xD6E8FEB86659FD93ULL) ^
                          mix((c | fold_bits) ^ 0xA0761D6478BD642FULL, (d | fold_bits) ^ (0xE7037ED1A0B428DBULL + n));
  return {h * 0xFF51AFD7ED558CCDULL ^ (h >> 32), high};
}

/// Bit of a last label (1–64 bytes before `end`) in the last-label bitmap; 8 bytes before `end` must be readable.
static inline std::uint32_t last_label_bit(const char* end, std::size_t length) {
  const std::size_t n = length < 8 ? length : 8;
  const std::uint64_t w = (load<std::uint64_t>(end - 8) | fold_bits) >> (64 - 8 * n);
  return static_cast<std::uint32_t>((w * 0x9E3779B97F4A7C15ULL) >> 46);
}

/// One-word Bloom filter: a 64-bit word by the high bits, four bits in it by the low ones.
/// `words` may be any number (multiply-shift instead of modulo).
static inline std::uint64_t bloom_word(std::uint64_t hash, std::uint64_t words) {
  __extension__ using u128 = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<u128>(hash) * words) >> 64);
}
static inline std::uint64_t bloom_bits(std::uint64_t hash) {
  return 1ULL << (hash & 63) | 1ULL << ((hash >> 6) & 63) | 1ULL << ((hash >> 12) & 63) | 1ULL << ((hash >> 18) & 63);
}

}  // namespace mozu::match
