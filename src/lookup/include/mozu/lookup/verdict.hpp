// From what is known to a verdict: pure, and the whole of it is the table in docs/lookup.md.
#pragma once
#include <cstddef>

#include "mozu/lookup/answer.hpp"

namespace mozu::lookup {

inline constexpr std::size_t reasons_max = 12;

/// Reads everything of the answer but its verdict.
Verdict judge(const Answer& answer);

}  // namespace mozu::lookup
