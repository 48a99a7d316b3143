// Little-endian loads and stores on unaligned bytes. Mozu's files are little-endian; so are the machines it runs on (checked).
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace mozu {
static_assert(std::endian::native == std::endian::little, "index files are little-endian and mapped as they are");

// always_inline: code compiled for one instruction set must not be linked into another's.
template <class T>
__attribute__((always_inline)) inline T load(const void* p) {
  static_assert(std::is_trivially_copyable_v<T>);
  T v;
  std::memcpy(&v, p, sizeof v);
  return v;
}
template <class T>
__attribute__((always_inline)) inline void store(void* p, T v) {
  static_assert(std::is_trivially_copyable_v<T>);
  std::memcpy(p, &v, sizeof v);
}
}  // namespace mozu
