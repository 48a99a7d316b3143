// Private to the room: what was seen in an organisation's logs (docs/detections.md), as what its people may be told of. One event an import, however much it holds.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/notify/event.hpp"
#include "mozu/store/store.hpp"

namespace mozu::server {

/// Those of imports after one sequence, up to another that is the end of an import.
Status add_detection_events(store::Store& knowledge, std::int64_t after, std::int64_t until, std::vector<notify::EventRef>& out);
bool is_detection_key(std::string_view key);
/// For people of the organisation that imported them, and no others. nullopt: nothing of it is left, or it is not for this reader.
Result<std::optional<notify::Event>> detections_seen_by(store::Store& knowledge, const intel::Viewer& viewer, std::string_view key);

}  // namespace mozu::server
