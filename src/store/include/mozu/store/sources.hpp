// Names of sources that are the platform's own, and what a name must be like that somebody gives.
#pragma once
#include <string_view>

#include "mozu/base/result.hpp"

namespace mozu::store {

/// Provenance::source of everything published, and of the edits that people make. Only what publishes and edits writes as these: whoever imported under such a name
/// could pass their words off as a publication.
inline constexpr std::string_view publications_source = "publications", edits_source = "edits";

inline constexpr std::size_t source_bytes_max = 256;
/// May somebody import as this source? "field-invalid": empty, too long, blank at an end, with control or bidi characters, or one of the above.
Status check_source(std::string_view source);
/// "field-invalid": the name of a file is blank, or has control or bidi characters. Empty is none.
Status check_origin(std::string_view name);

}  // namespace mozu::store
