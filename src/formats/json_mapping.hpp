// Private to the room: JSON read by a mapping: "data[].ioc.value", roles relative to the same elements.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "json_reading.hpp"

namespace mozu::formats {

/// One step of a path: a key, then perhaps [] (each element of the array there). An empty key is the value itself: "[].ip".
struct JsonMapStep {
  std::string key;
  bool each = false;
  bool operator==(const JsonMapStep&) const = default;
};
/// "a.b[].c"; a dot or bracket inside a key is written with a backslash. Errors: "json-mapping".
Result<std::vector<JsonMapStep>> parse_json_map_path(std::string_view text);

/// Streams: the containers on the way to the first [] of the value's path are opened, so documents of any size are read
/// element by element. A role whose path leaves the value's before that [] is taken from what stood before the array.
class JsonMapping final : public JsonSplitHandler {
 public:
  static Result<std::unique_ptr<JsonMapping>> create(ReaderInput& in, Emitter& out);
  Action on_container(const JsonPath& path, std::string_view ahead) override;
  void on_value(const JsonPath& path, std::string_view text, std::uint64_t line) override;
  void on_close(const JsonPath& path) override;
  void on_break(const JsonPath& path, std::uint64_t line, std::string message, bool lost) override;
  /// Error "json-mapping" if no value was found at all.
  Status finish();

 private:
  using Steps = std::vector<JsonMapStep>;
  struct Role {
    std::string name;
    Steps steps;
    std::size_t common = 0;  ///< leading steps that are the value's
  };

  JsonMapping(ReaderInput& in, Emitter& out) : reading_(in, out), record_(out) {}
  std::size_t steps_along(const JsonPath& path, bool& inside) const;
  void descend(JsonElement e, std::size_t step, std::vector<JsonElement>& chain, std::uint64_t line, const std::string& pointer);
  void found(JsonElement value, const std::vector<JsonElement>& chain, std::uint64_t line, const std::string& pointer);
  template <class F>
  void each_text(JsonElement e, const Steps& steps, std::size_t step, F f, int budget = 64);

  JsonReading reading_;
  MappedRecord record_;
  Steps value_;
  std::vector<Role> roles_;
  std::map<std::string, std::vector<std::string>> outer_;  ///< role → texts seen before the array
  std::size_t base_ = 0;                                   ///< steps of the value's path that are opened
  bool root_list_ = false;                                 ///< the root array is opened though the path does not say so
  std::size_t values_ = 0;
};

}  // namespace mozu::formats
