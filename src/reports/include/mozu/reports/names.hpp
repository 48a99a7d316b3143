// Names for a Dictionary out of files: ATT&CK and other STIX bundles, MISP galaxy clusters.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/diagnostics.hpp"
#include "mozu/base/result.hpp"
#include "mozu/reports/dictionary.hpp"

namespace mozu::reports {

/// Appends the entities of a STIX 2.0/2.1 bundle (intrusion-set, threat-actor, malware, tool, attack-pattern, x-mitre-tactic,
/// course-of-action; revoked ones are left out) or of a MISP galaxy cluster; compressed or not. Other object and cluster types are passed over. Errors: those of
/// open_input, "names-format" (neither of the two).
Status read_names(const std::string& path, std::vector<Entity>& out, Diagnostics& diagnostics);
/// The same over bytes in memory.
Status read_names_memory(const std::string& name, std::string_view bytes, std::vector<Entity>& out, Diagnostics& diagnostics);

}  // namespace mozu::reports
