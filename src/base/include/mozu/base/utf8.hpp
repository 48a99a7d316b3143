// UTF-8: one sequence at a time, and whole texts of people; any whole text: is_utf8() of text.hpp.
#pragma once
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "mozu/base/text.hpp"

namespace mozu {

/// Length (2–4) of the valid multi-byte sequence at p (Unicode 15, table 3-7), 0 if there is none. *p ≥ 0x80.
inline std::size_t utf8_length(const char* p, const char* end) {
  const auto at = [p](std::size_t i) { return static_cast<unsigned char>(p[i]); };
  const auto tail = [&](std::size_t i) { return (at(i) & 0xC0) == 0x80; };
  const auto left = static_cast<std::size_t>(end - p);
  const unsigned char lead = at(0);
  if (lead < 0xC2 || lead > 0xF4) return 0;
  if (lead < 0xE0) return left >= 2 && tail(1) ? 2 : 0;
  if (lead < 0xF0) {
    if (left < 3 || !tail(1) || !tail(2)) return 0;
    if (lead == 0xE0 && at(1) < 0xA0) return 0;  // overlong
    if (lead == 0xED && at(1) > 0x9F) return 0;  // surrogate
    return 3;
  }
  if (left < 4 || !tail(1) || !tail(2) || !tail(3)) return 0;
  if (lead == 0xF0 && at(1) < 0x90) return 0;  // overlong
  if (lead == 0xF4 && at(1) > 0x8F) return 0;  // above U+10FFFF
  return 4;
}

/// A control character of U+0080–U+009F stands at p: to many terminals U+009B is what ESC [ is. *p ≥ 0x80.
inline bool is_c1_control(const char* p, const char* end) {
  return *p == '\xC2' && end - p >= 2 && static_cast<unsigned char>(p[1]) >= 0x80 && static_cast<unsigned char>(p[1]) <= 0x9F;
}

/// Code point of the valid sequence of `length` bytes at p.
inline char32_t utf8_value(const char* p, std::size_t length) {
  static constexpr unsigned char lead_mask[5] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t c = static_cast<unsigned char>(p[0]) & lead_mask[length];
  for (std::size_t i = 1; i < length; ++i) c = (c << 6) | (static_cast<unsigned char>(p[i]) & 0x3F);
  return c;
}

/// At most so many bytes of the text, cut between characters.
constexpr std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0U) == 0x80U) --bytes_max;
  return text.substr(0, bytes_max);
}

/// For people: where something is cut off, "…" stands behind it.
inline std::string utf8_shortened(std::string_view text, std::size_t bytes_max) {
  const auto prefix = utf8_prefix(text, bytes_max);
  return std::string(prefix) + (prefix.size() < text.size() ? "…" : "");
}

/// `c` ≤ U+10FFFF and no surrogate.
inline void append_utf8(std::string& out, char32_t c) {
  const auto put = [&](char32_t v) { out += static_cast<char>(v); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

/// UTF-8 without control characters (below U+0020, and DEL); with `lines`, line feeds and tabs are let be.
inline bool is_plain_text(std::string_view s, bool lines = false) {
  const auto controls = [&](char c) { return (static_cast<unsigned char>(c) < 0x20 && !(lines && (c == '\n' || c == '\t'))) || c == 0x7f; };
  return is_utf8(s) && std::ranges::none_of(s, controls);
}

}  // namespace mozu
