// Private to the room: reading stored objects. Included by .cpp files only.
#pragma once
#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/result.hpp"

namespace mozu::actors {

using JsonElement = simdjson::dom::element;
using JsonObject = simdjson::dom::object;
using JsonArray = simdjson::dom::array;

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

inline std::string_view text(JsonObject o, std::string_view key) {
  std::string_view s;
  return o.at_key(key).get(s) == simdjson::SUCCESS ? s : std::string_view{};
}
inline bool flag(JsonObject o, std::string_view key) {
  bool b = false;
  return o.at_key(key).get(b) == simdjson::SUCCESS && b;
}

inline constexpr std::size_t items_max = 2000;
/// Strings of a list, or the one string that stands there.
inline std::vector<std::string> texts(JsonObject o, std::string_view key) {
  std::vector<std::string> out;
  if (const auto one = text(o, key); !one.empty()) return {std::string(one)};
  JsonArray list;
  if (o.at_key(key).get(list) != simdjson::SUCCESS) return out;
  for (const JsonElement e : list)
    if (std::string_view s; out.size() < items_max && e.get(s) == simdjson::SUCCESS && !s.empty()) out.emplace_back(s);
  return out;
}
template <class F>
void each(JsonObject o, std::string_view key, F f) {
  JsonArray list;
  if (o.at_key(key).get(list) != simdjson::SUCCESS) return;
  std::size_t n = 0;
  for (const JsonElement e : list)
    if (JsonObject item; ++n <= items_max && e.get(item) == simdjson::SUCCESS) f(item);
}

}  // namespace mozu::actors
