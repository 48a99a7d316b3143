// Private to the room: whom actors aim at, and where they come from, as STIX relationships to places and identities say it.
#pragma once
#include <string>
#include <unordered_map>
#include <vector>

#include "mozu/actors/record.hpp"
#include "mozu/base/result.hpp"
#include "mozu/store/store.hpp"

namespace mozu::actors {

/// Adds to the details of the actors what "targets" and "originates-from" lead to: countries and regions, sectors, organisations. `by_id`: STIX id → index.
Status read_targets(store::Store& knowledge, const intel::Viewer& viewer, const std::unordered_map<std::string, std::size_t>& by_id,
                    std::vector<ActorDetails>& details);

}  // namespace mozu::actors
