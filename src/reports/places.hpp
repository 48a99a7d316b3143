// Countries and sectors by their English and Japanese names.
#pragma once
#include <vector>

#include "mozu/reports/dictionary.hpp"

namespace mozu::reports {

void append_countries(std::vector<Entity>& out);  ///< id: ISO 3166-1 alpha-2
void append_sectors(std::vector<Entity>& out);    ///< id: the STIX 2.1 industry-sector-ov word

}  // namespace mozu::reports
