// Tests are not beside mozu-cell, where the program looks for it.
#pragma once
#include <cstdlib>

namespace mozu {

/// MOZU_CELL is defined by the CMakeLists.txt of the room.
inline const bool cell_is_named = ::setenv("MOZU_CELL", MOZU_CELL, 0) == 0;

}  // namespace mozu
