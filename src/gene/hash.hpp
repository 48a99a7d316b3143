// Private to the room: hashes of genes. They are stored in index files: a change here is a new version of these.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mozu/gene/extract.hpp"

namespace mozu::gene {

/// h then token: order counts.
constexpr std::uint64_t fold(std::uint64_t h, std::uint32_t token) {
  h = (h ^ token) * 0x9FB21C651E98DF25ULL;
  return h ^ (h >> 28U);
}

constexpr std::uint64_t finish(std::uint64_t h) {
  h = (h ^ (h >> 33U)) * 0xFF51AFD7ED558CCDULL;
  h = (h ^ (h >> 33U)) * 0xC4CEB9FE1A85EC53ULL;
  return h ^ (h >> 33U);
}

inline constexpr std::size_t window = 4;  ///< instructions of a code gene: short ones generalise best (measured: docs/attribution-benchmark.md)

/// Order counts. The four products do not wait for one another.
constexpr std::uint64_t window_hash(const std::array<std::uint32_t, window>& tokens) {
  return tokens[0] * 0x9FB21C651E98DF25ULL + tokens[1] * 0xD6E8FEB86659FD93ULL + tokens[2] * 0xA0761D6478BD642FULL + tokens[3] * 0xE7037ED1A0B428DBULL;
}

constexpr std::uint64_t key_of(GeneClass c, std::uint64_t hash) { return (std::uint64_t{static_cast<std::uint8_t>(c)} << 56U) | (finish(hash) >> 8U); }

std::uint64_t hash_of(std::string_view bytes);

}  // namespace mozu::gene
