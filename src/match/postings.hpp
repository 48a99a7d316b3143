// Posting sets: what the feeds say of one indicator, as bytes. A set is addressed by its offset ÷ 4.
#pragma once
#include <cstdint>

namespace mozu::match {

/// Set: varint count, then per posting: varint feed | flags u8 | the fields that the flags name, in this order.
enum : std::uint8_t {
  posting_from = 1,        ///< zigzag varint ms
  posting_until = 2,       ///< zigzag varint ms
  posting_exact_only = 4,
  posting_confidence = 8,  ///< u8
  posting_id = 16,         ///< varint string
  posting_labels = 32,     ///< varint count, varint strings
  posting_context = 64,    ///< varint count, pairs of varint strings
};
inline std::uint64_t zigzag(std::int64_t v) { return (static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63); }
inline std::int64_t unzigzag(std::uint64_t v) { return static_cast<std::int64_t>(v >> 1) ^ -static_cast<std::int64_t>(v & 1); }

}  // namespace mozu::match
