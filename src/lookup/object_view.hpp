// Private to the room: members of a stored object's JSON. Included by .cpp files only.
#pragma once
#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mozu::lookup {

/// Valid until the next read() of its reader.
class ObjectView {
 public:
  explicit ObjectView(simdjson::dom::object o) : o_(o) {}
  bool has(std::string_view key) const { return o_.at_key(key).error() == simdjson::SUCCESS; }
  std::string_view text(std::string_view key) const {
    std::string_view s;
    return o_.at_key(key).get(s) == simdjson::SUCCESS ? s : std::string_view{};
  }
  std::uint64_t number(std::string_view key) const {
    std::uint64_t n = 0;
    return o_.at_key(key).get(n) == simdjson::SUCCESS ? n : 0;
  }
  std::vector<std::string> texts(std::string_view key) const {
    constexpr std::size_t texts_max = 500;
    std::vector<std::string> out;
    simdjson::dom::array list;
    if (o_.at_key(key).get(list) != simdjson::SUCCESS) return out;
    for (const simdjson::dom::element e : list)
      if (std::string_view s; out.size() < texts_max && e.get(s) == simdjson::SUCCESS) out.emplace_back(s);
    return out;
  }
  /// Of a note with an EPSS score: 0–1.
  std::optional<double> probability() const {
    double p = 0;
    return o_.at_key("x_mozu_epss").at_key("epss").get(p) == simdjson::SUCCESS && p >= 0 && p <= 1 ? std::optional(p) : std::nullopt;
  }

 private:
  simdjson::dom::object o_;
};

class ObjectReader {
 public:
  std::optional<ObjectView> read(std::string_view json) {
    simdjson::dom::object o;
    if (parser_.parse(json.data(), json.size()).get(o) != simdjson::SUCCESS) return std::nullopt;
    return ObjectView(o);
  }

 private:
  simdjson::dom::parser parser_;
};

}  // namespace mozu::lookup
