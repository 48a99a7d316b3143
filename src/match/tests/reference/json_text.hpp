// The text of a line: the line itself or, if it is JSON, the line with its string escapes decoded.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mozu::match::reference {

/// Containers that may be open at once; a line nested deeper counts as not JSON.
inline constexpr int json_depth_max = 1024;

struct Text {
  bool decoded = false;  ///< false: `bytes` is the line and every byte is its own raw range
  std::string bytes;
  std::vector<std::uint32_t> begin;  ///< per byte: where its raw range begins (only if decoded)
  std::vector<std::uint32_t> end;    ///< … and ends, exclusive

  std::size_t raw_begin(std::size_t i) const { return decoded ? begin[i] : i; }
  std::size_t raw_end(std::size_t i) const { return decoded ? end[i] : i + 1; }
};

Text text_of_line(std::string_view line);

}  // namespace mozu::match::reference
