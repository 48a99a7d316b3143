// Private to the room: a binary fuse filter of three places and fingerprints of 16 bits (T. M. Graf, D. Lemire, "Binary Fuse Filters: Fast and Smaller
// Than Xor Filters", ACM JEA 27, 2022): a set of numbers in about 18 bits each. What is in it is always found; of what is not, one in 65,536 is.
#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mozu/base/bytes.hpp"

namespace mozu::gene {

/// How the fingerprints of a filter are laid out; which three of them a key has.
struct FuseShape {
  __extension__ using Wide = unsigned __int128;
  static constexpr std::uint32_t segment_length_max = 1U << 18U;

  std::uint64_t seed = 0;
  std::uint32_t segment_length = 0;  ///< a power of two
  std::uint32_t segment_count = 0;   ///< where a first place may be; two more follow

  static FuseShape of(std::size_t keys);
  bool is_sound() const { return std::has_single_bit(segment_length) && segment_length <= segment_length_max && segment_count != 0; }
  std::uint64_t fingerprints() const { return (std::uint64_t{segment_count} + 2) * segment_length; }

  std::uint64_t hash(std::uint64_t key) const {
    std::uint64_t h = key + seed;
    h = (h ^ (h >> 33U)) * 0xFF51AFD7ED558CCDULL;
    h = (h ^ (h >> 33U)) * 0xC4CEB9FE1A85EC53ULL;
    return h ^ (h >> 33U);
  }
  std::array<std::uint64_t, 3> places(std::uint64_t hash) const {
    const std::uint64_t range = std::uint64_t{segment_count} * segment_length, mask = segment_length - 1U;
    const auto first = static_cast<std::uint64_t>((static_cast<Wide>(hash) * range) >> 64U);
    return {first, (first + segment_length) ^ ((hash >> 18U) & mask), (first + 2ULL * segment_length) ^ (hash & mask)};
  }
  static std::uint16_t fingerprint(std::uint64_t hash) { return static_cast<std::uint16_t>(hash ^ (hash >> 32U)); }
};

struct FuseFilter {
  FuseShape shape;
  std::vector<std::uint16_t> fingerprints;
};
/// Of different keys, at least one. Same keys → same filter. Memory: about 30 bytes a key while it runs.
FuseFilter build_fuse_filter(std::span<const std::uint64_t> keys);

/// Asks a filter that lies at `fingerprints`, which need not be aligned.
class FuseQuestion {
 public:
  FuseQuestion(const FuseShape& shape, const std::uint8_t* fingerprints, std::uint64_t key) {
    const std::uint64_t hash = shape.hash(key);
    wanted_ = FuseShape::fingerprint(hash);
    const auto places = shape.places(hash);
    for (std::size_t i = 0; i < 3; ++i) {
      at_[i] = fingerprints + places[i] * sizeof(std::uint16_t);
      __builtin_prefetch(at_[i]);
    }
  }
  bool answer() const { return (load<std::uint16_t>(at_[0]) ^ load<std::uint16_t>(at_[1]) ^ load<std::uint16_t>(at_[2])) == wanted_; }

 private:
  std::uint16_t wanted_;
  std::array<const std::uint8_t*, 3> at_{};
};

}  // namespace mozu::gene
