// The smallest picture that is one: a PNG of one pixel, whole to its end.
#pragma once
#include <string>
#include <string_view>

namespace mozu {

inline constexpr std::string_view pixel{
    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x8\6\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9c\x63\xf8\xcf\xc0\xf0\x1f\0\5\0\1\xff\x89\x99="
    "\x1d\0\0\0\0IEND\xae\x42\x60\x82",
    70};

/// The same with words in it that nobody sees (up to 255 bytes).
inline std::string pixel_with(std::string_view words) {
  constexpr std::size_t end_bytes = 12;  // IEND
  std::string out(pixel.substr(0, pixel.size() - end_bytes));
  out += std::string(3, '\0') + static_cast<char>(words.size()) + "tEXt";
  return out.append(words).append("crc!").append(pixel.substr(pixel.size() - end_bytes));
}

}  // namespace mozu
