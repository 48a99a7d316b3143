// Private to the room: simdjson as the JSON readers use it. Included only by the .cpp files of JSON readers.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "mapped_record.hpp"
#include "mozu/base/json_read.hpp"
#include "reader.hpp"

namespace mozu::formats {

/// Parses element texts one after another; what it gave is valid until the next parse().
class JsonParser {
 public:
  /// `text` must be followed by 64 readable bytes if `padded`. Invalid UTF-8 and control characters in strings are
  /// replaced (repaired() then says so); of a text with a number beyond 64 bit or a double, long numbers are given as strings.
  /// Errors: "json-invalid" with simdjson's reason.
  Result<JsonElement> parse(std::string_view text, bool padded = true);
  bool repaired() const { return repaired_; }
  /// What was parsed last: the text given, or what was made of it. Valid as long as that text and until the next parse().
  std::string_view text() const { return text_; }

 private:
  simdjson::dom::parser parser_{std::size_t{256} << 20};
  std::string repaired_text_;
  std::string_view text_;
  bool repaired_ = false;
};

inline std::string_view as_string(JsonElement e) {
  std::string_view s;
  return e.get(s) == simdjson::SUCCESS ? s : std::string_view{};
}
/// true, "true", 1, "1" → true; false and kin → false; else nullopt.
std::optional<bool> as_bool(JsonElement e);
/// Strings as they are, numbers and booleans as text; empty for null and containers.
std::string scalar_text(JsonElement e);
/// ISO text, or Unix seconds/milliseconds as a number or text; nullopt if it is neither or zero.
std::optional<Timestamp> as_time(JsonElement e);
/// Whole non-negative number, also as text.
std::optional<std::uint64_t> as_uint(JsonElement e);

}  // namespace mozu::formats
