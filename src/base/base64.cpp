#include "mozu/base/base64.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace mozu {
namespace {

constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view for_urls = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t padding_max = 2;

/// Of each byte its six bits, or -1.
constexpr std::array<std::int8_t, 256> values_of(std::string_view alphabet, std::string_view other) {
  std::array<std::int8_t, 256> out{};
  out.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    out[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    out[static_cast<unsigned char>(other[i])] = static_cast<std::int8_t>(i);
  }
  return out;
}
constexpr auto values_plain = values_of(plain, plain), values_both = values_of(plain, for_urls);

std::string encode(std::string_view bytes, std::string_view alphabet) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (held += 8; held >= 6; held -= 6) out.push_back(alphabet[bits >> (held - 6) & 63]);
  }
  if (held > 0) out.push_back(alphabet[bits << (6 - held) & 63]);
  return out;
}

}  // namespace

std::string base64(std::string_view bytes) {
  std::string out = encode(bytes, plain);
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

std::string base64url(std::string_view bytes) { return encode(bytes, for_urls); }

std::optional<std::string> from_base64(std::string_view text, Base64 rule) {
  if (rule == Base64::padded && text.size() % 4 != 0) return std::nullopt;
  if (rule != Base64::mail)
    for (std::size_t n = 0; n < padding_max && text.ends_with('='); ++n) text.remove_suffix(1);
  const auto& values = rule == Base64::mail ? values_both : values_plain;
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const int value = values[static_cast<unsigned char>(c)];
    if (value < 0 && rule == Base64::mail) continue;
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    if ((held += 6) >= 8) out.push_back(static_cast<char>(bits >> (held -= 8) & 255));
  }
  return out;
}

}  // namespace mozu
