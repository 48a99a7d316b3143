// Private to the room: clusters of MISP galaxies as STIX objects, from galaxy files and from events.
#pragma once
#include <string>
#include <string_view>

#include "json_access.hpp"
#include "knowledge_reader.hpp"
#include "object_text.hpp"

namespace mozu::formats {

/// STIX type of a galaxy's clusters: intrusion-set, malware, tool, attack-pattern, course-of-action, campaign, identity (sectors),
/// location (countries), vulnerability; others are x-misp-galaxy-cluster.
std::string_view cluster_type(std::string_view galaxy_type, JsonObject cluster);
/// Lower-case UUID, or empty.
std::string misp_uuid(std::string_view s);

struct ClusterOrigin {
  std::string_view galaxy;       ///< type of the galaxy: "threat-actor"
  std::string_view galaxy_name;  ///< "Threat Actor"
  std::uint64_t version = 0;     ///< of the cluster, else of its file; 0 in events, whose copies are poorer
};
/// Emits the object of one cluster; gives its id, empty if it was refused.
std::string emit_cluster(ObjectEmitter& out, ObjectText& o, JsonObject cluster, const ClusterOrigin& origin, const Location& where);

}  // namespace mozu::formats
