// Private to the room: JSON documents of knowledge, element by element.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "json_access.hpp"
#include "json_head.hpp"
#include "json_split.hpp"
#include "knowledge_reader.hpp"

namespace mozu::formats {

using JsonRecord = std::function<void(JsonObject, const Location&)>;
/// Each object of the list that the root's member `list` is; with an empty name the root objects themselves (one a line, in a row), or the
/// elements of a root array. `outer` (if given) gets the root's other members, those before the list before its elements.
Status for_each_record(ByteStream& in, ObjectEmitter& out, std::string_view list, const JsonRecord& record,
                       const std::function<void(std::string_view key, std::string_view text)>& outer = {});

/// Text of a record as it is kept in a custom property.
inline std::string raw_json(JsonElement e) { return simdjson::minify(e); }
inline std::string raw_json(JsonObject o) { return simdjson::minify(o); }
inline std::string raw_json(JsonArray a) { return simdjson::minify(a); }

/// Head of JSON text for sniff(); root is 0 if it is none.
JsonHead json_head(std::string_view text, int depth = 2, std::size_t members = 60);

}  // namespace mozu::formats
