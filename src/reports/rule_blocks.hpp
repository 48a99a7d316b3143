// YARA, Sigma and Suricata rules inside a report.
#pragma once
#include <vector>

#include "mention.hpp"

namespace mozu::reports {

void find_rules(std::string_view text, std::vector<Mention>& out);

}  // namespace mozu::reports
