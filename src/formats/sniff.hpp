// Private: judging a reader by what it would read out of the head of an input.
#pragma once
#include <string_view>

#include "reader.hpp"

namespace mozu::formats {

struct ShapeCount {
  std::size_t good = 0;  ///< emitted values that have the shape of an indicator
  std::size_t bad = 0;   ///< emitted values that do not, and refused rows
  std::size_t text = 0;  ///< passed over as "text"
};

/// Reads the head (its last, cut line left out) and counts. Costs as much as reading 64 KiB.
ShapeCount count_shapes(const FeedReader& reader, std::string_view head);

/// The head without the line that was cut off at its end; whole if it is the whole input.
std::string_view whole_lines(std::string_view head);

}  // namespace mozu::formats
