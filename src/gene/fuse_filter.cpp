#include "fuse_filter.hpp"

#include <algorithm>
#include <cstdlib>

namespace mozu::gene {
namespace {

/// Segments of 2^i places from so many keys on: 3.33^(i − 2.25), the rule of the paper, as numbers so that every machine makes the same file.
constexpr std::array<std::uint64_t, 19> keys_for{1,     1,     1,      3,      9,       28,      92,       304,      1010,     3362,
                                                 11193, 37273, 124118, 413310, 1376322, 4583150, 15261887, 50822082, 169237530};

/// One attempt: false if the keys that are left over all share their places (rare; another seed helps).
class Attempt {
 public:
  Attempt(const FuseShape& shape, std::span<const std::uint64_t> keys) : shape_(shape), mixed_(shape.fingerprints()), count_(mixed_.size()), keys_(keys) {}

  bool peel() {
    for (const std::uint64_t key : keys_) {
      const std::uint64_t hash = shape_.hash(key);
      const auto places = shape_.places(hash);
      for (unsigned i = 0; i < 3; ++i) {
        auto& count = count_[places[i]];
        if (count >= full) return false;
        count = static_cast<std::uint8_t>((count + 4U) ^ i);
        mixed_[places[i]] ^= hash;
      }
    }
    std::vector<std::uint32_t> alone;
    for (std::uint32_t p = 0; p < count_.size(); ++p)
      if (count_[p] >> 2U == 1) alone.push_back(p);
    order_.reserve(keys_.size());
    while (!alone.empty()) {
      const std::uint32_t p = alone.back();
      alone.pop_back();
      if (count_[p] >> 2U != 1) continue;
      const std::uint64_t hash = mixed_[p];
      order_.push_back({hash, static_cast<std::uint8_t>(count_[p] & 3U)});
      const auto places = shape_.places(hash);
      for (unsigned i = 0; i < 3; ++i) {
        auto& count = count_[places[i]];
        count = static_cast<std::uint8_t>((count - 4U) ^ i);
        mixed_[places[i]] ^= hash;
        if (count >> 2U == 1) alone.push_back(static_cast<std::uint32_t>(places[i]));
      }
    }
    return order_.size() == keys_.size();
  }

  /// The last that was peeled first: each has then one place that nobody after it needs.
  std::vector<std::uint16_t> fingerprints() const {
    std::vector<std::uint16_t> out(mixed_.size());
    for (auto it = order_.rbegin(); it != order_.rend(); ++it) {
      const auto places = shape_.places(it->hash);
      std::uint16_t f = FuseShape::fingerprint(it->hash);
      for (unsigned i = 0; i < 3; ++i)
        if (i != it->own) f = static_cast<std::uint16_t>(f ^ out[places[i]]);
      out[places[it->own]] = f;
    }
    return out;
  }

 private:
  static constexpr std::uint8_t full = 0xFC;
  struct Peeled {
    std::uint64_t hash;
    std::uint8_t own;  // which of its places is its own
  };
  const FuseShape& shape_;
  std::vector<std::uint64_t> mixed_;  // by place: the hashes that have it
  std::vector<std::uint8_t> count_;   // by place: how many, times four; which of their places it is
  std::vector<Peeled> order_;
  std::span<const std::uint64_t> keys_;
};

}  // namespace

FuseShape FuseShape::of(std::size_t keys) {
  FuseShape out;
  unsigned width = 2;
  while (width < 18 && keys >= keys_for[width + 1]) ++width;
  out.segment_length = 1U << width;
  // Room for 1.125 times the keys, more for few of them: 0.875 + 0.25 · log₂ 10⁶ / log₂ keys.
  const auto log = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::bit_width(keys)) - 1);
  const std::uint64_t room = keys * std::max<std::uint64_t>(1125, 875 + 4983 / log) / 1000;
  const std::uint64_t segments = (room + out.segment_length - 1) / out.segment_length;
  out.segment_count = static_cast<std::uint32_t>(segments <= 2 ? 1 : segments - 2);
  return out;
}

FuseFilter build_fuse_filter(std::span<const std::uint64_t> keys) {
  FuseFilter out{FuseShape::of(keys.size()), {}};
  // With distinct keys one attempt in a hundred fails, or fewer.
  for (std::uint64_t attempt = 1; attempt <= 1000; ++attempt) {
    out.shape.seed = attempt * 0x9E3779B97F4A7C15ULL;
    Attempt a(out.shape, keys);
    if (!a.peel()) continue;
    out.fingerprints = a.fingerprints();
    return out;
  }
  std::abort();  // the same key twice
}

}  // namespace mozu::gene
