// What the cell answers, as bytes. The reader trusts nothing: every length, offset and text is checked before it is believed.
#pragma once
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"
#include "mozu/files/document.hpp"

namespace mozu::files {

/// Records of one tag byte, a little-endian length of 4 bytes and a payload; the last is "Z". Either an error or a document.
std::string encode(const DocumentText& document);
std::string encode(const Diagnostic& error);

/// The document, the error that the cell reports, or "cell-answer" for what is neither.
Result<DocumentText> decode(std::string_view answer, const CellLimits& limits);

/// No answer within the limits is longer.
std::uint64_t answer_bytes_max(const CellLimits& limits);

}  // namespace mozu::files
