// Private to the room: numbers of a fixed count of bits, one after another.
#pragma once
#include <bit>
#include <cstdint>
#include <string>

#include "mozu/base/bytes.hpp"

namespace mozu::gene {

inline unsigned width_of(std::uint64_t largest) { return static_cast<unsigned>(std::bit_width(largest)); }

class BitWriter {
 public:
  explicit BitWriter(std::string& out) : out_(out) {}
  void put(std::uint64_t value, unsigned width) {
    for (unsigned done = 0; done < width;) {
      const unsigned step = std::min(width - done, 8 - used_);
      if (used_ == 0) out_.push_back(0);
      out_.back() = static_cast<char>(static_cast<std::uint8_t>(out_.back()) | static_cast<std::uint8_t>(((value >> done) & ((1U << step) - 1U)) << used_));
      used_ = (used_ + step) % 8;
      done += step;
    }
  }
  /// The next number begins on a byte.
  void align() { used_ = 0; }

 private:
  std::string& out_;
  unsigned used_ = 0;
};

/// Number `i` of a run of numbers of `width` bits, at most 56. Eight bytes beyond the run can be read.
inline std::uint64_t bits_at(const std::uint8_t* run, std::size_t i, unsigned width) {
  if (width == 0) return 0;
  const std::size_t bit = i * width;
  return (load<std::uint64_t>(run + bit / 8) >> (bit % 8)) & ((std::uint64_t{1} << width) - 1);
}
constexpr std::size_t run_bytes(std::size_t count, unsigned width) { return (count * width + 7) / 8; }

}  // namespace mozu::gene
