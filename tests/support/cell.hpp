// Tests are not beside mozu-cell, where the program looks for it.
#pragma once
#include <cstdlib>

#include "places.hpp"

namespace mozu {

inline const bool cell_is_named = ::setenv("MOZU_CELL", cell_program, 0) == 0;

}  // namespace mozu
