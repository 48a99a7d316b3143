// Private to the room: numbers of 32 bits for shapes of instructions.
#pragma once
#include <cstdint>

namespace mozu::gene {

/// Immediates nearer to zero are kept, others are likely addresses: the best of the levels measured in docs/attribution-benchmark.md.
inline constexpr std::int64_t small_value_max = 0x10000;

/// Never 0. A multiply-and-fold mix: equal on every machine, cheap, and good in all its bits.
constexpr std::uint32_t token_of(std::uint64_t shape, std::uint64_t value = 0) {
  std::uint64_t h = (shape ^ 0x9E3779B97F4A7C15ULL) * 0xD6E8FEB86659FD93ULL;
  h ^= h >> 32U;
  h = (h ^ value) * 0xA0761D6478BD642FULL;
  h ^= h >> 29U;
  return static_cast<std::uint32_t>(h) | 1U;
}

}  // namespace mozu::gene
