// Programs that attackers use and that lists of malware leave out, or hold as malware.
#pragma once
#include <vector>

#include "mozu/reports/dictionary.hpp"

namespace mozu::reports {

/// Behind all that was given: a tool of one's own list by the same name counts more.
void append_programs(std::vector<Entity>& out);

}  // namespace mozu::reports
