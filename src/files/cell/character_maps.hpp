// The character maps of poppler-data (East Asian fonts), opened while files can still be opened.
#pragma once
#include <string>

namespace mozu::files {

/// Maps every file below the folder into memory; from then on poppler finds these, and nothing else. Without the folder there are none.
void load_character_maps(const std::string& folder);

}  // namespace mozu::files
