// What a Builder holds until the file is written: one compact item per added indicator, texts in an arena, feed words interned.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bucket_table.hpp"
#include "layout.hpp"
#include "mozu/intel/indicator.hpp"

namespace mozu::match {

/// Texts packed in blocks; a reference is stable.
class Arena {
 public:
  std::uint64_t add(std::string_view s) {
    std::string prefix;
    put_varint(prefix, s.size());
    const std::size_t need = prefix.size() + s.size();
    if (blocks_.empty() || block_bytes - used_ < need) {
      // A text larger than a block gets a block of its own size; nothing follows it there.
      blocks_.push_back(std::make_unique_for_overwrite<char[]>(std::max(need, block_bytes)));
      used_ = 0;
    }
    const std::uint64_t ref = (blocks_.size() - 1) * block_bytes + used_;
    char* p = blocks_.back().get() + used_;
    std::memcpy(p, prefix.data(), prefix.size());
    if (!s.empty()) std::memcpy(p + prefix.size(), s.data(), s.size());
    used_ = std::min(used_ + need, block_bytes);
    return ref;
  }
  std::string_view get(std::uint64_t ref) const {
    const char* p = blocks_[ref / block_bytes].get() + ref % block_bytes;
    std::uint64_t n = 0;
    int shift = 0;
    for (;; shift += 7) {
      const auto b = static_cast<std::uint8_t>(*p++);
      n |= static_cast<std::uint64_t>(b & 0x7F) << shift;
      if ((b & 0x80) == 0) break;
    }
    return {p, n};
  }

 private:
  static constexpr std::size_t block_bytes = std::size_t{4} << 20;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t used_ = 0;
};

/// Texts known once each; ids are dense.
class Interner {
 public:
  std::uint32_t add(std::string_view s);
  std::string_view get(std::uint32_t id) const { return arena_.get(refs_[id]); }
  std::size_t size() const { return refs_.size(); }

 private:
  Arena arena_;
  std::vector<std::uint64_t> refs_;
  std::unordered_map<std::uint64_t, std::uint32_t> by_hash_;
};

struct TextItem {
  std::uint64_t hash, text;
  std::uint32_t word;
  bool exact_only = false;
};
struct Ipv4Item {
  std::uint32_t first, last, word;
};
struct Ipv6Item {
  std::array<std::uint8_t, 16> first, last;
  std::uint32_t word;
};
template <std::size_t N>
struct DigestItem {
  std::array<char, N> digest;
  std::uint32_t word;
};

/// `word`: id of what was said: an encoded posting (indicators) or a reason (suppressions).
struct ItemSet {
  std::vector<Ipv4Item> ipv4, ipv4_ranges;
  std::vector<Ipv6Item> ipv6, ipv6_ranges;
  std::vector<TextItem> domains, urls, masks, emails;
  std::vector<DigestItem<16>> md5;
  std::vector<DigestItem<20>> sha1;
  std::vector<DigestItem<32>> sha256;
  std::vector<DigestItem<64>> sha512;
  Arena texts;

  /// exact_only: a name of a suppression list that covers nothing below it; what indicators cover stands in their words.
  void add(const intel::Pattern& p, std::uint32_t word, bool exact_only = false);
  std::uint64_t size() const;
};

/// The section of suppression reasons: each text once, known by its byte offset.
class ReasonWriter {
 public:
  explicit ReasonWriter(std::size_t reasons, std::uint64_t bytes_max = no_posting) : offsets_(reasons, no_posting), bytes_max_(bytes_max) {}
  /// Offset of the text with this number.
  std::uint32_t add(std::uint32_t number, std::string_view text);

  std::string bytes;       ///< the section
  bool too_large = false;  ///< an offset would not fit into 32 bits: nothing that was written since is of use

 private:
  std::vector<std::uint32_t> offsets_;
  std::uint64_t bytes_max_;
};

/// A mask in an arena: flags u8 | port u16 | varint host length | host | path. Equal masks have equal bytes.
std::string encode_mask(const intel::UrlMask& m);
intel::UrlMask decode_mask(std::string_view s);

/// Order in which the tables need them; ties are broken by content, so that the file does not depend on the order of adding.
void sort_items(ItemSet& items);

}  // namespace mozu::match
