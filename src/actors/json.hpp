// Private to the room: reading stored objects. Included by .cpp files only.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/json_read.hpp"
#include "mozu/base/result.hpp"

namespace mozu::actors {

/// Texts one after another; what it gave is valid until the next parse().
class Parser {
 public:
  Result<JsonObject> parse(std::string_view json) {
    JsonObject o;
    if (parser_.parse(json.data(), json.size()).get(o) != simdjson::SUCCESS) return fail("json-invalid", "a stored object is no JSON object");
    return o;
  }

 private:
  simdjson::dom::parser parser_;
};

inline constexpr std::size_t items_max = 2000;
/// Strings of a list, or the one string that stands there.
inline std::vector<std::string> texts(JsonObject o, std::string_view key) { return one_or_more(o, key, items_max); }
/// Of a list those members that are objects.
template <class F>
void each(JsonObject o, std::string_view key, F f) {
  const auto list = array_member(o, key);
  if (!list) return;
  std::size_t n = 0;
  for (const JsonElement e : *list)
    if (JsonObject item; ++n <= items_max && e.get(item) == simdjson::SUCCESS) f(item);
}

}  // namespace mozu::actors
