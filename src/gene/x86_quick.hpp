// Private to the decoders of x86: the common instructions, by tables. Says the same as the decoder in x86.cpp, four times as fast (a test compares them).
#pragma once
#include <cstddef>
#include <cstdint>

#include "mozu/gene/instruction.hpp"

namespace mozu::gene::x86 {

inline constexpr std::size_t quick_least = 15;  ///< bytes that must be readable

/// False, and `out` untouched: not one of those.
bool decode_quick(const std::uint8_t* code, bool wide, Instruction& out);

}  // namespace mozu::gene::x86
