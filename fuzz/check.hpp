// What a fuzz target says must hold.
#pragma once
#include <cstdlib>

namespace mozu::fuzz {

inline void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace mozu::fuzz
