// The mapped file as typed views, and the exact lookups over it. Every access is checked against the mapped size: a
// damaged file gives wrong answers at worst, never a read outside.
#pragma once
#include <array>
#include <bit>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bucket_table.hpp"
#include "layout.hpp"
#include "mozu/base/file.hpp"
#include "mozu/match/index.hpp"
#include "postings.hpp"

namespace mozu::match {

/// An array in the file, possibly unaligned for T, bounds-checked by construction.
template <class T>
class FileArray {
 public:
  FileArray() = default;
  explicit FileArray(std::string_view bytes) : data_(bytes.data()), size_(bytes.size() / sizeof(T)) {}
  std::size_t size() const { return size_; }
  T operator[](std::size_t i) const { return load<T>(data_ + i * sizeof(T)); }

 private:
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Digests of one length, sorted, with a posting each: u64 count | digests | u32 postings.
class DigestTable {
 public:
  bool attach(std::string_view section, std::size_t digest_bytes);
  std::uint64_t size() const { return count_; }
  std::string_view digest(std::uint64_t i) const { return {digests_ + i * bytes_, bytes_}; }
  std::uint32_t posting(std::uint64_t i) const { return load<std::uint32_t>(postings_ + 4 * i); }
  /// index of the digest, or nullopt
  std::optional<std::uint64_t> find(std::string_view digest) const;
  /// Any digest with these first 8 bytes?
  bool has_prefix(const char* first_8) const {
    if (count_ == 0) return false;
    const std::uint64_t top = __builtin_bswap64(load<std::uint64_t>(first_8));
    const std::uint64_t bit = top >> present_shift_;
    if (!present_.empty() && (present_[bit / 64] >> (bit % 64) & 1) == 0) return false;
    return find_prefix(top);
  }

 private:
  bool find_prefix(std::uint64_t top) const;
  void note_present();
  /// number of digests whose first 8 bytes, as a big-endian number, are ≤ top
  std::uint64_t upper_bound(std::uint64_t top) const;
  std::uint64_t top_of(std::uint64_t i) const { return __builtin_bswap64(load<std::uint64_t>(digests_ + i * bytes_)); }
  const char* digests_ = nullptr;
  const char* postings_ = nullptr;
  std::uint64_t count_ = 0;
  std::size_t bytes_ = 0;
  /// Which first bits occur: nearly every digest of a log is told off by it without a probe. Made at opening, for tables that it can tell apart.
  std::vector<std::uint64_t> present_;
  int present_shift_ = 0;
};

/// Implicit interval tree over ranges sorted by `first`: the middle of a slice is its root and knows the greatest `last` of the slice.
template <class Record, class Address, class F>
void stab(const FileArray<Record>& ranges, std::size_t from, std::size_t to, const Address& a, F&& f) {
  while (from < to) {
    const std::size_t mid = from + (to - from) / 2;
    const Record r = ranges[mid];
    if (r.subtree_last < a) return;
    stab(ranges, from, mid, a, f);
    if (a < r.first) return;
    if (!(r.last < a)) f(mid, r);
    from = mid + 1;
  }
}

struct TableSet {
  FileArray<std::uint32_t> ipv4_directory, ipv4_addresses, ipv4_postings, ipv4_url_hosts;
  FileArray<Ipv4RangeRecord> ipv4_ranges;
  FileArray<std::array<std::uint8_t, 16>> ipv6_addresses;
  FileArray<std::uint32_t> ipv6_postings;
  FileArray<Ipv6RangeRecord> ipv6_ranges;
  BucketTable hosts, urls, masks, emails;
  std::array<DigestTable, 4> digests;  ///< md5, sha1, sha256, sha512

  std::optional<std::size_t> find_ipv4(intel::Ipv4 a) const;
  std::optional<std::size_t> find_ipv6(const intel::Ipv6& a) const;
  template <class F>
  void ipv4_ranges_of(intel::Ipv4 a, F&& f) const {
    stab(ipv4_ranges, 0, ipv4_ranges.size(), a, f);
  }
  template <class F>
  void ipv6_ranges_of(const intel::Ipv6& a, F&& f) const {
    stab(ipv6_ranges, 0, ipv6_ranges.size(), a.bytes, f);
  }
};

struct MaskRecord {
  std::uint8_t flags = 0;
  std::uint16_t port = 0;
  std::string_view path;
  std::uint32_t posting = 0;
};
/// A mask record's tail: flags u8 | port u16 | posting u32 | path.
MaskRecord read_mask(std::string_view tail);
std::string write_mask(const MaskRecord& m);

inline constexpr std::size_t digest_bytes_of(int i) {
  constexpr std::size_t sizes[] = {16, 20, 32, 64};
  return sizes[i];
}

struct Index::Data {
  MappedFile file;
  std::string owned;
  std::string_view bytes;
  Header header{};
  std::string hash_hex;
  TableSet indicators, suppressions;
  std::string_view last_labels, suffix_filter, ipv4_prefixes, postings, strings, reasons;
  std::uint64_t suffix_words = 0;
  std::vector<intel::FeedInfo> feeds;
  IndexStatistics statistics;
  /// first EntryId of each kind, in PatternKind order; [count] = total
  std::array<std::uint64_t, intel::pattern_kind_count + 1> first_entry{};
  /// byte offset in the blob of every 64th domain / URL / mask / e-mail entry; made on first use
  struct Directory {
    std::vector<std::uint64_t> every_64th;
  };
  mutable std::array<Directory, 4> directories;
  mutable std::once_flag directories_once;

  bool has(std::uint32_t flag) const { return (header.flags & flag) != 0; }
  std::string_view string_at(std::uint64_t offset) const;
  std::string_view reason_at(std::uint32_t offset) const;
  /// A set that is damaged or larger than any builder writes (postings.hpp) ends before the first word that is wrong.
  std::vector<Posting> decode_postings(std::uint32_t posting) const;
  /// Its next word; nothing if it is damaged.
  std::optional<Posting> decode_posting(Cursor& c, TextBudget& texts) const;
};

using SectionViews = std::vector<std::pair<std::uint32_t, std::string_view>>;
/// The sections with ids base + … as a table set; an error if their sizes do not fit together.
Status attach_tables(TableSet& t, const SectionViews& sections, std::uint32_t base);
/// Values in a set; hosts that are no domain entry are not counted.
std::uint64_t entry_count(const TableSet& t);

Result<std::unique_ptr<Index::Data>> attach_index(std::unique_ptr<Index::Data> data, Index::Verify verify);
Status verify_sections(const Index::Data& data, Index::Verify what);

}  // namespace mozu::match
