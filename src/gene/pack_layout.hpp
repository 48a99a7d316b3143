// Private to the room: what a gene pack looks like. A header, its name, a segment of samples, one of clean files, the signature.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mozu/base/hash.hpp"
#include "mozu/base/signature.hpp"

namespace mozu::gene {

inline constexpr std::uint64_t pack_magic = 0x314B4341505A4DULL;  // "MZPACK1"
inline constexpr std::size_t pack_name_max = 200;

struct PackHeader {
  std::uint64_t magic = pack_magic;
  std::int64_t made_ms = 0;
  std::uint64_t name_bytes = 0, known_bytes = 0, clean_bytes = 0;  ///< of the parts behind it; 0: there is none
  PublicKey key{};                                                 ///< whose signature it is
};
static_assert(sizeof(PackHeader) == 72);

/// What is signed; `digest`: of all before the signature.
inline std::string pack_message(const Sha256Digest& digest) {
  constexpr std::string_view purpose("mozu gene pack 1\0", 17);  // so that nothing else that the key signs is a pack
  return std::string(purpose) + std::string(reinterpret_cast<const char*>(digest.data()), digest.size());
}

}  // namespace mozu::gene
