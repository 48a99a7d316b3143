#include "block.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace mozu::gene {
namespace {

constexpr std::uint8_t many_mark = 0x80;
constexpr unsigned width_max = 56;

/// Byte i: the ones in bytes 0 to i. Nobody promises an instruction that counts them.
constexpr std::uint64_t ones_up_to(std::uint64_t x) {
  x -= (x >> 1U) & 0x5555555555555555ULL;
  x = (x & 0x3333333333333333ULL) + ((x >> 2U) & 0x3333333333333333ULL);
  x = (x + (x >> 4U)) & 0x0F0F0F0F0F0F0F0FULL;
  return x * 0x0101010101010101ULL;
}
constexpr unsigned ones(std::uint64_t x) { return static_cast<unsigned>(ones_up_to(x) >> 56U); }

/// Where the one stands that has `before` ones before it; there must be one. `sums`: ones_up_to(x).
unsigned place_of_one(std::uint64_t x, std::uint64_t sums, unsigned before) {
  unsigned byte = 0;
  while (((sums >> (8 * byte)) & 0xFFU) <= before) ++byte;
  if (byte > 0) before -= static_cast<unsigned>((sums >> (8 * (byte - 1))) & 0xFFU);
  std::uint64_t rest = x >> (8 * byte);
  for (; before > 0; --before) rest &= rest - 1;
  return 8 * byte + static_cast<unsigned>(std::countr_zero(rest));
}

}  // namespace

void write_block(std::span<const BlockGene> block, std::string& out) {
  const std::uint64_t first = block.front().key, all = block.back().key - first;
  unsigned low = 0;
  while ((all >> low) >= 2 * block.size()) ++low;
  std::uint64_t sample = 0, list = 0, place = 0;
  bool has_many = false;
  for (const BlockGene& g : block) {
    (g.many ? list : sample) = std::max(g.many ? list : sample, g.value);
    place = std::max(place, g.place);
    has_many |= g.many;
  }
  const unsigned sample_width = width_of(sample), list_width = width_of(list), place_width = width_of(place);
  out.push_back(static_cast<char>(low | (has_many ? many_mark : 0U)));
  for (const std::uint64_t b : {all >> low, std::uint64_t{sample_width}, std::uint64_t{list_width}, std::uint64_t{place_width}})
    out.push_back(static_cast<char>(b));
  BitWriter bits(out);
  std::uint64_t zeros = 0;
  for (const BlockGene& g : block) {
    for (; zeros < (g.key - first) >> low; ++zeros) bits.put(0, 1);
    bits.put(1, 1);
  }
  bits.align();
  for (const BlockGene& g : block) bits.put((g.key - first) & ((std::uint64_t{1} << low) - 1), low);
  bits.align();
  if (has_many)
    for (const BlockGene& g : block) bits.put(g.many ? 1 : 0, 1);
  bits.align();
  for (const bool many : {false, true}) {
    for (const BlockGene& g : block)
      if (g.many == many) bits.put(g.value, many ? list_width : sample_width);
    bits.align();
  }
  for (const BlockGene& g : block) bits.put(g.place, place_width);
}

bool Block::open(const std::uint8_t* from, const std::uint8_t* end, std::uint64_t first_key, std::size_t genes) {
  if (static_cast<std::size_t>(end - from) < head_bytes || genes == 0 || genes > block_genes) return false;
  count_ = genes, first_ = first_key;
  has_many_ = (from[0] & many_mark) != 0;
  low_width_ = from[0] & 0x7FU, high_ = from[1], sample_width_ = from[2], list_width_ = from[3], place_width_ = from[4];
  if (std::max({low_width_, sample_width_, list_width_, place_width_}) > width_max) return false;
  std::size_t left = static_cast<std::size_t>(end - from) - head_bytes;
  const std::uint8_t* at = from + head_bytes;
  const auto run = [&](std::size_t count, unsigned width) -> const std::uint8_t* {
    const std::size_t bytes = run_bytes(count, width);
    if (bytes > left) return nullptr;
    left -= bytes;
    return std::exchange(at, at + bytes);
  };
  const std::size_t high_bits = count_ + high_;
  const std::uint8_t* high = run(high_bits, 1);
  lows_ = run(count_, low_width_);
  if (high == nullptr || lows_ == nullptr) return false;
  highs_ = {};
  for (std::size_t w = 0; w * 64 < high_bits; ++w) {
    highs_[w] = load<std::uint64_t>(high + w * 8);
    if (high_bits - w * 64 < 64) highs_[w] &= (std::uint64_t{1} << (high_bits - w * 64)) - 1;
  }
  flags_ = {};
  std::size_t many = 0;
  if (has_many_) {
    const std::uint8_t* flags = run(count_, 1);
    if (flags == nullptr) return false;
    for (std::size_t w = 0; w * 64 < count_; ++w) {
      flags_[w] = load<std::uint64_t>(flags + w * 8);
      if (count_ - w * 64 < 64) flags_[w] &= (std::uint64_t{1} << (count_ - w * 64)) - 1;
      many += ones(flags_[w]);
    }
  }
  samples_ = run(count_ - many, sample_width_);
  lists_ = run(many, list_width_);
  places_ = run(count_, place_width_);
  return samples_ != nullptr && lists_ != nullptr && places_ != nullptr;
}

std::optional<std::size_t> Block::find(std::uint64_t key) const {
  if (key < first_) return {};
  const std::uint64_t high = (key - first_) >> low_width_, low = (key - first_) & ((std::uint64_t{1} << low_width_) - 1);
  if (high > high_) return {};
  // The ones of this high part stand after so many zeros.
  std::size_t at = 0;
  if (high > 0) {
    auto zeros = static_cast<unsigned>(high);
    std::size_t w = 0;
    for (;; ++w) {
      if (w == words) return {};
      const std::uint64_t sums = ones_up_to(~highs_[w]);
      const auto here = static_cast<unsigned>(sums >> 56U);
      if (zeros <= here) {
        at = w * 64 + place_of_one(~highs_[w], sums, zeros - 1) + 1;
        break;
      }
      zeros -= here;
    }
  }
  for (; at < count_ + high_ && ((highs_[at / 64] >> (at % 64)) & 1U) != 0; ++at) {
    const std::size_t i = at - high;
    if (i >= count_) return {};
    const std::uint64_t here = bits_at(lows_, i, low_width_);
    if (here == low) return i;
    if (here > low) return {};
  }
  return {};
}

bool Block::keys(std::array<std::uint64_t, block_genes>& out) const {
  std::size_t i = 0;
  for (std::size_t w = 0; w < words; ++w)
    for (std::uint64_t rest = highs_[w]; rest != 0 && i < count_; rest &= rest - 1, ++i) {
      const std::uint64_t high = w * 64 + static_cast<unsigned>(std::countr_zero(rest)) - i;
      out[i] = first_ + ((high << low_width_) | bits_at(lows_, i, low_width_));
    }
  return i == count_;
}

std::uint64_t Block::value(std::size_t i) const {
  if (!has_many_) return bits_at(samples_, i, sample_width_);
  std::size_t before = 0;
  for (std::size_t w = 0; w < i / 64; ++w) before += ones(flags_[w]);
  if (i % 64 != 0) before += ones(flags_[i / 64] & ((std::uint64_t{1} << (i % 64)) - 1));
  return many(i) ? bits_at(lists_, before, list_width_) : bits_at(samples_, i - before, sample_width_);
}

}  // namespace mozu::gene
