// Names that no list holds, but that the report itself introduces: "the NewThing ransomware", "a loader called NewThing", "UNC9999".
#pragma once
#include <cstddef>
#include <vector>

#include "document.hpp"
#include "mention.hpp"

namespace mozu::reports {

/// Appends mentions, up to `places_max`. `taken` (sorted by begin) and `names` are what was found already: nothing inside them counts.
void find_unlisted_names(const Document& document, const std::vector<Mention>& taken, const std::vector<Mention>& names, std::size_t places_max,
                         std::vector<Mention>& out);

}  // namespace mozu::reports
