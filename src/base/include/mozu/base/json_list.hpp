// A member of an object that is a list of texts, which most documents have.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "mozu/base/json_write.hpp"

namespace mozu {

inline void write_list(JsonWriter& w, std::string_view key, std::span<const std::string> list) {
  w.key(key).begin_array();
  for (const auto& text : list) w.value(std::string_view(text));
  w.end_array();
}

}  // namespace mozu
