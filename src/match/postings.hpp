// Posting sets: what the feeds say of one indicator, as bytes. A set is addressed by its offset ÷ 4.
#pragma once
#include <cstddef>
#include <cstdint>

namespace mozu::match {

/// Set: varint count, then per posting: varint feed | flags u8 | the fields that the flags name, in this order.
enum : std::uint8_t {
  posting_from = 1,   ///< zigzag varint ms
  posting_until = 2,  ///< zigzag varint ms
  posting_exact_only = 4,
  posting_confidence = 8,  ///< u8
  posting_id = 16,         ///< varint string
  posting_labels = 32,     ///< varint count, varint strings
  posting_context = 64,    ///< varint count, pairs of varint strings
};
/// What the texts of one set may cost together, a text's own size and what it takes to hold it. The builder leaves out contexts
/// and labels past it; a reader believes no set that says more, since a few bytes of a crafted file could name one huge text over and over.
inline constexpr std::size_t set_text_bytes_max = std::size_t{16} << 20;
inline constexpr std::size_t text_overhead_bytes = 32;
class TextBudget {
 public:
  bool take(std::size_t text_bytes) {
    const std::size_t cost = text_bytes + text_overhead_bytes;
    if (cost > left_) left_ = 0;
    else left_ -= cost;
    return left_ != 0;
  }

 private:
  std::size_t left_ = set_text_bytes_max;
};

inline std::uint64_t zigzag(std::int64_t v) { return (static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63); }
inline std::int64_t unzigzag(std::uint64_t v) { return static_cast<std::int64_t>(v >> 1) ^ -static_cast<std::int64_t>(v & 1); }

}  // namespace mozu::match
