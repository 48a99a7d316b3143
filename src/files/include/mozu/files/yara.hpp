// Does a file of YARA rules compile? Asked of libyara in the cell (src/files/README.md): a rule that crashes, hangs or fills its compiler costs an error.
#pragma once
#include <string>
#include <string_view>

#include "mozu/base/diagnostics.hpp"
#include "mozu/files/document.hpp"

namespace mozu::files {

/// Errors and notes ("yara", "yara-note") with the line. No `include` is followed. What ended the cell is an error, too, as read_document() has it.
void check_yara(const std::string& name, std::string_view rules, Diagnostics& diagnostics, CellLimits limits = {});

}  // namespace mozu::files
