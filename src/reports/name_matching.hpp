// Names of the dictionary in the text, with the evidence that they are meant.
#pragma once
#include <vector>

#include "dictionary_data.hpp"
#include "document.hpp"
#include "mention.hpp"

namespace mozu::reports {

/// Appends a mention for each name found, up to `places_max`. `taken` (sorted by begin) are the places of indicators: a name inside one is none.
void match_names(const Document& document, const Dictionary::Data& dictionary, const std::vector<Mention>& taken, std::size_t places_max,
                 std::vector<Mention>& out);
/// Gives ATT&CK ids their names and kinds, and lowers the confidence of those that the dictionary does not know although it holds others.
void name_explicit_ids(const Dictionary::Data& dictionary, std::vector<Mention>& mentions);

}  // namespace mozu::reports
