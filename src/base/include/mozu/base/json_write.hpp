// Writing JSON: append-only, no tree, always valid output (invalid UTF-8 becomes U+FFFD).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace mozu {

/// Appends s as a JSON string with quotes. All control characters are escaped, DEL and U+0080–U+009F too, as a terminal would obey them.
void append_json_string(std::string& out, std::string_view s);

/// Usage: JsonWriter w(out); w.begin_object().key("a").value(1).end_object(). Commas are placed by the writer.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view k);
  JsonWriter& value(std::string_view v);
  JsonWriter& value(const char* v) { return value(std::string_view(v)); }
  JsonWriter& value(std::uint64_t v);
  JsonWriter& value(std::int64_t v);
  JsonWriter& value(int v) { return value(static_cast<std::int64_t>(v)); }
  JsonWriter& value(unsigned v) { return value(static_cast<std::uint64_t>(v)); }
  JsonWriter& value(bool v);
  JsonWriter& value(double v);
  JsonWriter& null();
  /// Already valid JSON.
  JsonWriter& raw(std::string_view json);
  /// key + value
  template <class T>
  JsonWriter& field(std::string_view k, const T& v) {
    key(k);
    return value(v);
  }

 private:
  void comma();
  std::string& out_;
  bool need_comma_ = false;
};

}  // namespace mozu
