// The ATT&CK matrices: tactics in their order, techniques below them, and how much is known of each.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/intel/access.hpp"
#include "mozu/store/store.hpp"

namespace mozu::actors {

struct AttackDomain {
  std::string_view name, kill_chain, catalogue;  ///< catalogue: external id of its x-mitre-matrix objects
};
/// Names as MITRE's bundles write them.
inline constexpr std::array<AttackDomain, 3> attack_domains = {
    {{"enterprise", "mitre-attack", "enterprise-attack"}, {"mobile", "mitre-mobile-attack", "mobile-attack"}, {"ics", "mitre-ics-attack", "ics-attack"}}};

/// What is counted of a technique: STIX types, and what they are counted as.
inline constexpr std::array<std::pair<std::string_view, std::string_view>, 8> attack_counted = {{{"intrusion-set", "actors"},
                                                                                                 {"threat-actor", "actors"},
                                                                                                 {"malware", "malware"},
                                                                                                 {"tool", "tools"},
                                                                                                 {"campaign", "campaigns"},
                                                                                                 {"report", "reports"},
                                                                                                 {"indicator", "indicators"},
                                                                                                 {"course-of-action", "mitigations"}}};
/// Counted beside these: sightings by one's own organisation of the technique, of an indicator of it, or of an indicator of malware or a tool that uses it.
inline constexpr std::string_view attack_detections = "detections";
inline constexpr std::size_t attack_sightings_max = 10'000, attack_sighted_max = 2000;  ///< the newest; different things among them, for each costs a query
using AttackCounts = std::map<std::string_view, std::uint64_t>;                         ///< by the second of the pairs, and by attack_detections

struct AttackTechnique {
  std::string id, attack_id, name;
  std::set<std::string, std::less<>> tactics;  ///< "kill chain/phase"
  AttackCounts counts;                         ///< objects related to it
  std::vector<std::string> platforms{};        ///< "Windows", "Network Devices", …
};
struct AttackTactic {
  std::string id, attack_id, name, phase;
};

/// What a viewer sees of ATT&CK, in all domains.
struct AttackMatrix {
  std::map<std::string, std::vector<std::string>, std::less<>> order;  ///< catalogue → ids of its tactics
  std::unordered_map<std::string, AttackTactic> tactics;
  std::vector<AttackTechnique> techniques;  ///< by ATT&CK id: sub-techniques follow theirs
};
inline constexpr std::size_t attack_techniques_max = 20'000;

/// Some hundred milliseconds: the neighbours of each technique are counted. Errors: the store's.
Result<AttackMatrix> read_attack_matrix(store::Store& knowledge, const intel::Viewer& viewer);

}  // namespace mozu::actors
