// `mozu match --explain`.
#pragma once
#include <memory>
#include <string>

#include "mozu/match/scanner.hpp"

namespace mozu::cli {

/// Prints every token of the line, what was looked up, and what became of what was found; `index` may be null. Returns the exit code.
int explain_line(const std::shared_ptr<const match::Index>& index, const std::string& line, const match::ScanOptions& options, bool defanged, bool json);

}  // namespace mozu::cli
