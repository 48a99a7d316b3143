// Text, Markdown and AsciiDoc: the text as it is, with the links that it marks.
#pragma once
#include <string_view>

#include "mozu/files/document.hpp"

namespace mozu::files {

/// `kind` is "text", "markdown" or "asciidoc".
DocumentText read_plain_text(std::string_view bytes, std::string_view kind, const CellLimits& limits);

}  // namespace mozu::files
