// Members of JSON that simdjson's DOM has parsed, where a wrong type is as good as none: feeds, stored objects, documents of our own. What clients
// send is checked member by member instead (src/server/json.hpp). Heavy: only for .cpp files and the private headers that the tidy test names.
#pragma once
#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mozu {

using JsonElement = simdjson::dom::element;
using JsonObject = simdjson::dom::object;
using JsonArray = simdjson::dom::array;

/// The member if it is there and a T, valid as long as what was parsed. `json`: an object, or an element that may be one.
template <class T, class Json>
std::optional<T> member_as(const Json& json, std::string_view key) {
  T value{};
  if (json.at_key(key).get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}
template <class Json>
std::optional<JsonElement> member(const Json& json, std::string_view key) {
  return member_as<JsonElement>(json, key);
}
template <class Json>
std::optional<JsonObject> object_member(const Json& json, std::string_view key) {
  return member_as<JsonObject>(json, key);
}
template <class Json>
std::optional<JsonArray> array_member(const Json& json, std::string_view key) {
  return member_as<JsonArray>(json, key);
}
/// Empty if it is absent or no string.
template <class Json>
std::string_view string_member(const Json& json, std::string_view key) {
  return member_as<std::string_view>(json, key).value_or(std::string_view{});
}
/// False if it is absent or neither true nor false.
template <class Json>
bool flag_member(const Json& json, std::string_view key) {
  return member_as<bool>(json, key).value_or(false);
}

/// Strings of an array; empty ones and what is none are left out. At most `max`.
template <class Json>
std::vector<std::string> string_list(const Json& json, std::string_view key, std::size_t max = 64) {
  std::vector<std::string> out;
  if (const auto list = array_member(json, key))
    for (const JsonElement e : *list)
      if (std::string_view s; out.size() < max && e.get(s) == simdjson::SUCCESS && !s.empty()) out.emplace_back(s);
  return out;
}
/// The same, or the one string that stands there.
template <class Json>
std::vector<std::string> one_or_more(const Json& json, std::string_view key, std::size_t max = 64) {
  if (const auto one = string_member(json, key); !one.empty()) return {std::string(one)};
  return string_list(json, key, max);
}

}  // namespace mozu
