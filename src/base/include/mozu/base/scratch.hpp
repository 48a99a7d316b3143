// Buffers that are reused from one piece of input to the next.
#pragma once
#include <cstddef>
#include <utility>

namespace mozu {

/// What a reused buffer may hold between two pieces of input. A usual line or batch needs less, so it stays without allocations; a
/// hostile one may need a hundred times as much once, and that is given back.
inline constexpr std::size_t scratch_bytes_kept = std::size_t{1} << 20;

/// A new value in its place. The old one is moved out first: a string that is assigned a short one keeps its memory.
template <class T>
void give_back(T& value) {
  const T old = std::exchange(value, T());
}

/// Empties a vector or string, and gives its memory back if it is more than is kept.
template <class Buffer>
void empty_scratch(Buffer& buffer) {
  if (buffer.capacity() * sizeof(typename Buffer::value_type) > scratch_bytes_kept) give_back(buffer);
  else buffer.clear();
}

}  // namespace mozu
