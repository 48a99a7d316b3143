// `mozu match --explain`.
#pragma once
#include <string>

#include "mozu/match/scanner.hpp"

namespace mozu::cli {

/// Prints every token of the line and what was looked up; `index` may be null. Returns the exit code.
int explain_line(const match::Index* index, const std::string& line, bool json);

}  // namespace mozu::cli
