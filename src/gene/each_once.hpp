// Private to the room: genes as they are found → genes of a Genome.
#pragma once
#include <vector>

#include "mozu/gene/extract.hpp"

namespace mozu::gene {

/// Ascending by key, of each the first place.
void each_once(std::vector<Gene>& genes);

}  // namespace mozu::gene
