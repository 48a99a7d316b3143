// Private to the room: members of a stored object's JSON. Included by .cpp files only.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/json_read.hpp"

namespace mozu::lookup {

/// Valid until the next read() of its reader.
class ObjectView {
 public:
  explicit ObjectView(JsonObject o) : o_(o) {}
  bool has(std::string_view key) const { return member(o_, key).has_value(); }
  std::string_view text(std::string_view key) const { return string_member(o_, key); }
  std::uint64_t number(std::string_view key) const { return member_as<std::uint64_t>(o_, key).value_or(0); }
  std::vector<std::string> texts(std::string_view key) const { return string_list(o_, key, texts_max); }
  /// Of a note with an EPSS score: 0–1.
  std::optional<double> probability() const {
    const auto epss = object_member(o_, "x_mozu_epss");
    const auto p = epss ? member_as<double>(*epss, "epss") : std::nullopt;
    return p && *p >= 0 && *p <= 1 ? p : std::nullopt;
  }

 private:
  static constexpr std::size_t texts_max = 500;
  JsonObject o_;
};

class ObjectReader {
 public:
  std::optional<ObjectView> read(std::string_view json) {
    JsonObject o;
    if (parser_.parse(json.data(), json.size()).get(o) != simdjson::SUCCESS) return std::nullopt;
    return ObjectView(o);
  }

 private:
  simdjson::dom::parser parser_;
};

}  // namespace mozu::lookup
