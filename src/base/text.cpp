#include "mozu/base/text.hpp"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <cstring>

#include "mozu/base/utf8.hpp"

namespace mozu {

std::string fold(std::string_view s) {
  std::string out(s);
  for (char& c : out) c = fold(c);
  return out;
}

std::string_view trim(std::string_view s) {
  while (!s.empty() && is_space(static_cast<unsigned char>(s.front()))) s.remove_prefix(1);
  while (!s.empty() && is_space(static_cast<unsigned char>(s.back()))) s.remove_suffix(1);
  return s;
}

bool iequals(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (fold(a[i]) != fold(b[i])) return false;
  return true;
}

bool istarts_with(std::string_view s, std::string_view prefix) { return s.size() >= prefix.size() && iequals(s.substr(0, prefix.size()), prefix); }

bool icontains(std::string_view s, std::string_view needle) {
  if (needle.empty()) return true;
  const char lower = fold(needle[0]);
  const char upper = lower >= 'a' && lower <= 'z' ? static_cast<char>(lower - 32) : lower;
  for (std::size_t i = 0; i + needle.size() <= s.size(); ++i)
    if ((s[i] == lower || s[i] == upper) && iequals(s.substr(i, needle.size()), needle)) return true;
  return false;
}

std::vector<std::string_view> split(std::string_view s, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = s.find(separator);
    parts.push_back(s.substr(0, at));
    if (at == std::string_view::npos) return parts;
    s.remove_prefix(at + 1);
  }
}

std::optional<std::uint64_t> to_uint(std::string_view s) {
  if (s.empty() || !is_digit(static_cast<unsigned char>(s[0]))) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
  if (error != std::errc{} || end != s.data() + s.size()) return std::nullopt;
  return value;
}

bool is_utf8(std::string_view s) {
  const char* p = s.data();
  const char* const end = p + s.size();
  while (p != end) {
    if (end - p >= 8) {
      std::uint64_t word;
      std::memcpy(&word, p, 8);
      if ((word & 0x8080808080808080ULL) == 0) {
        p += 8;
        continue;
      }
    }
    if (static_cast<unsigned char>(*p) < 0x80) {
      ++p;
      continue;
    }
    const std::size_t length = utf8_length(p, end);
    if (length == 0) return false;
    p += length;
  }
  return true;
}

namespace {

/// Code points that turn, hide or join what a terminal shows: C1 controls, bidi controls, zero-width marks, line separators, BOM.
bool is_hidden(char32_t c) {
  return (c >= 0x80 && c <= 0x9F) || c == 0xAD || c == 0x61C || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
         c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF);
}

}  // namespace

std::string printable(std::string_view s, std::size_t bytes_max) {
  std::string out;
  std::string piece;
  const char* p = s.data();
  const char* const end = p + s.size();
  while (p != end) {
    const auto byte = static_cast<unsigned char>(*p);
    std::size_t length = 1;
    if (byte >= 0x20 && byte < 0x7F) {
      piece.assign(1, *p);
    } else if (const std::size_t n = byte < 0x80 ? 0 : utf8_length(p, end); n != 0) {
      length = n;
      const char32_t c = utf8_value(p, n);
      piece = is_hidden(c) ? fmt::format("\\u{{{:X}}}", static_cast<std::uint32_t>(c)) : std::string(p, n);
    } else {
      piece = fmt::format("\\x{:02X}", byte);
    }
    if (out.size() + piece.size() > bytes_max) return out + "…";
    out += piece;
    p += length;
  }
  return out;
}

std::string human_bytes(double bytes) {
  static constexpr std::array<const char*, 6> units = {"B", "kB", "MB", "GB", "TB", "PB"};
  if (!(bytes >= 0)) bytes = 0;
  std::size_t unit = 0;
  // 999.95 and more would be shown as 1000.0
  while (unit + 1 < units.size() && bytes >= (unit == 0 ? 999.5 : 999.95)) {
    bytes /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.1f} {}", bytes, units[unit]);
}

std::string with_commas(std::uint64_t n) {
  std::string digits = std::to_string(n);
  for (std::size_t i = digits.size(); i > 3;) digits.insert(i -= 3, ",");
  return digits;
}

std::string escape_xml(std::string_view s) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const char c = s[i];
    if (c == '\xEF' && (s.substr(i, 3) == "\xEF\xBF\xBE" || s.substr(i, 3) == "\xEF\xBF\xBF")) i += 2;  // U+FFFE and U+FFFF are no characters of XML
    else if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else if (static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n') out += c;
  }
  return out;
}

std::uint64_t toml_line_too_deep(std::string_view toml) {
  constexpr int dots_max = 128;
  std::uint64_t line = 1;
  int dots = 0;
  bool in_key = true;
  for (const char c : toml) {
    if (c == '\n') {
      ++line;
      dots = 0;
      in_key = true;
    } else if (c == '=') {
      in_key = false;
    } else if (c == '.' && in_key && ++dots > dots_max) {
      return line;
    }
  }
  return 0;
}

}  // namespace mozu
