// Small ASCII text helpers; locale never matters.
#pragma once
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mozu {

constexpr bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(unsigned char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
constexpr bool is_alnum(unsigned char c) { return is_digit(c) || is_alpha(c); }
constexpr bool is_hex(unsigned char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }
/// space, \t, \n, \v, \f, \r
constexpr bool is_space(unsigned char c) { return c == ' ' || (c >= 9 && c <= 13); }
constexpr char fold(char c) { return (c >= 'A' && c <= 'Z') ? static_cast<char>(c + 32) : c; }
/// Letters, digits, '_'.
constexpr bool is_identifier(char c) { return is_alnum(static_cast<unsigned char>(c)) || c == '_'; }
/// -1 if it is no hex digit.
constexpr int hex_value(unsigned char c) { return is_digit(c) ? c - '0' : ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') ? (c | 0x20) - 'a' + 10 : -1; }
/// Of the `n` hex digits at the start of `s`, n ≤ 7; -1 if there are not so many.
constexpr int hex_number(std::string_view s, std::size_t n) {
  if (s.size() < n) return -1;
  int number = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const int digit = hex_value(static_cast<unsigned char>(s[i]));
    if (digit < 0) return -1;
    number = number << 4 | digit;
  }
  return number;
}

std::string fold(std::string_view s);                  ///< ASCII lower case
std::string_view trim(std::string_view s);             ///< ASCII white space off both ends
bool iequals(std::string_view a, std::string_view b);  ///< ASCII case-insensitive
bool istarts_with(std::string_view s, std::string_view prefix);
bool icontains(std::string_view s, std::string_view needle);
std::vector<std::string_view> split(std::string_view s, char separator);  ///< empty parts kept
/// Whole string as an unsigned decimal; nullopt on anything else or overflow.
std::optional<std::uint64_t> to_uint(std::string_view s);
/// Valid UTF-8 (no surrogates, no overlong forms)?
bool is_utf8(std::string_view s);
/// Control characters, invalid UTF-8 and bidi controls as \xHH / \u{H}; for showing hostile text on a terminal. Cuts at bytes_max with "…".
std::string printable(std::string_view s, std::size_t bytes_max = 200);
/// Text and attribute values of XML 1.0, which has no words for control characters: these are left out.
std::string escape_xml(std::string_view s);
/// A TOML parser recurses once for each part of a dotted key: no line of a configuration may hold more than 128 dots before its '='.
/// Number of the first line that does, or 0.
std::uint64_t toml_line_too_deep(std::string_view toml);
/// "1.2 GB", "512 B" (decimal units)
std::string human_bytes(double bytes);
/// "1,941,838"
std::string with_commas(std::uint64_t n);

}  // namespace mozu
