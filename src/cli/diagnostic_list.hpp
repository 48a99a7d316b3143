// Diagnostics below the row of a table that they belong to.
#pragma once
#include <string>

#include "mozu/base/diagnostics.hpp"

namespace mozu::cli {

std::string indented(const Diagnostic& d, bool colour);
/// The kept ones, and how many more of each code there were.
std::string diagnostics_text(const Diagnostics& diagnostics, bool colour);

}  // namespace mozu::cli
