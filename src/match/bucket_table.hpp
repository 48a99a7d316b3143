// A static hash table of texts in one blob: records lie in hash order, a directory gives each bucket's first byte.
// About 1.5 bytes of directory a record, no empty slots; a lookup touches the directory and one or two cache lines.
//
// Record: tag u8 (low byte of the hash) | flags u8 | length varint | text, then u32 posting if (flags & posting_flag), then, in the table of
// masks, varint length | tail.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/bytes.hpp"
#include "mozu/base/hash.hpp"

namespace mozu::match {

inline std::uint64_t text_hash(std::string_view s) { return xxh3_64(s, 0x6D6F7A75); }

inline void put_varint(std::string& out, std::uint64_t v) {
  while (v >= 0x80) {
    out.push_back(static_cast<char>(v | 0x80));
    v >>= 7;
  }
  out.push_back(static_cast<char>(v));
}

/// Bounded reader over untrusted bytes: past the end it returns zeros and stays failed.
class Cursor {
 public:
  explicit Cursor(std::string_view s, std::size_t at = 0) : s_(s), at_(at < s.size() ? at : s.size()), ok_(at <= s.size()) {}
  bool ok() const { return ok_; }
  bool at_end() const { return at_ >= s_.size(); }
  std::size_t position() const { return at_; }
  std::uint8_t u8() {
    if (at_ >= s_.size()) return fail();
    return static_cast<std::uint8_t>(s_[at_++]);
  }
  template <class T>
  T fixed() {
    if (s_.size() - at_ < sizeof(T)) return static_cast<T>(fail());
    T v = load<T>(s_.data() + at_);
    at_ += sizeof(T);
    return v;
  }
  std::uint64_t varint() {
    std::uint64_t v = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t b = u8();
      v |= static_cast<std::uint64_t>(b & 0x7F) << shift;
      if ((b & 0x80) == 0) return v;
    }
    return fail();
  }
  std::string_view bytes(std::uint64_t n) {
    if (s_.size() - at_ < n) {
      fail();
      return {};
    }
    const auto r = s_.substr(at_, n);
    at_ += n;
    return r;
  }

 private:
  std::uint8_t fail() {
    ok_ = false;
    at_ = s_.size();
    return 0;
  }
  std::string_view s_;
  std::size_t at_;
  bool ok_;
};

/// Buckets for n records: about 3 records each.
inline std::uint64_t bucket_count(std::uint64_t records) { return records / 3 + 1; }
inline std::uint64_t bucket_of(std::uint64_t hash, std::uint64_t buckets) {
  __extension__ using u128 = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<u128>(hash) * buckets) >> 64);
}

/// The directory: u32 per bucket, byte offset relative to a u64 base per 256 buckets, so blobs may pass 4 GiB.
/// Layout: u64 buckets | u64 records | u64 base[ceil((buckets+1)/256)] | u32 relative[buckets+1].
class BucketTable {
 public:
  struct Record {
    std::uint8_t flags = 0;
    std::string_view text;
    std::uint32_t posting = 0;
    std::string_view tail;
  };

  BucketTable() = default;
  /// false: sizes do not fit together.
  bool attach(std::string_view directory, std::string_view blob, std::uint8_t posting_flag, bool has_tail) {
    posting_flag_ = posting_flag;
    has_tail_ = has_tail;
    blob_ = blob;
    if (directory.empty()) return blob.empty();
    if (directory.size() < 16) return false;
    buckets_ = load<std::uint64_t>(directory.data());
    records_ = load<std::uint64_t>(directory.data() + 8);
    if (buckets_ == 0 || buckets_ > directory.size()) return false;
    const std::uint64_t bases = (buckets_ + 1 + 255) / 256;
    if (directory.size() != 16 + 8 * bases + 4 * (buckets_ + 1)) return false;
    bases_ = directory.data() + 16;
    relative_ = bases_ + 8 * bases;
    return true;
  }
  std::uint64_t size() const { return records_; }
  std::string_view blob() const { return blob_; }

  /// Calls f(Record) for each record whose text equals s.
  template <class F>
  void find(std::string_view s, F&& f) const {
    if (buckets_ == 0) return;
    const std::uint64_t h = text_hash(s);
    const std::uint64_t b = bucket_of(h, buckets_);
    const std::uint64_t from = offset(b), to = offset(b + 1);
    if (to > blob_.size() || from > to) return;  // only in a corrupt file
    Cursor c(blob_.substr(from, to - from));
    const auto tag = static_cast<std::uint8_t>(h);
    while (!c.at_end()) {
      const std::uint8_t t = c.u8();
      Record r = read_body(c);
      if (!c.ok()) return;
      if (t == tag && r.text == s) f(r);
    }
  }
  /// Reads the record at byte `at` of the blob and moves `at` behind it; false at the end or on damage.
  bool next(std::uint64_t& at, Record& r) const {
    if (at >= blob_.size()) return false;
    Cursor c(blob_, at);
    c.u8();
    r = read_body(c);
    at = c.position();
    return c.ok();
  }

 private:
  std::uint64_t offset(std::uint64_t bucket) const { return load<std::uint64_t>(bases_ + 8 * (bucket / 256)) + load<std::uint32_t>(relative_ + 4 * bucket); }
  Record read_body(Cursor& c) const {
    Record r;
    r.flags = c.u8();
    r.text = c.bytes(c.varint());
    if ((r.flags & posting_flag_) != 0) r.posting = c.fixed<std::uint32_t>();
    if (has_tail_) r.tail = c.bytes(c.varint());
    return r;
  }

  std::string_view blob_;
  const char* bases_ = nullptr;
  const char* relative_ = nullptr;
  std::uint64_t buckets_ = 0, records_ = 0;
  std::uint8_t posting_flag_ = 0;
  bool has_tail_ = false;
};

/// Writes the two parts. Records must be added in hash order.
class BucketTableWriter {
 public:
  /// `records_expected` sets the number of buckets.
  explicit BucketTableWriter(std::uint64_t records_expected) : buckets_(bucket_count(records_expected)) { relative_.reserve(buckets_ + 1); }
  /// posting: written if the flags say so (the caller passes the same flag to attach()).
  void add(std::uint64_t hash, std::uint8_t flags, std::string_view text, const std::uint32_t* posting, const std::string* tail) {
    open_until(bucket_of(hash, buckets_));
    blob_.push_back(static_cast<char>(hash & 0xFF));
    blob_.push_back(static_cast<char>(flags));
    put_varint(blob_, text.size());
    blob_.append(text);
    if (posting != nullptr) {
      char b[4];
      store(b, *posting);
      blob_.append(b, 4);
    }
    if (tail != nullptr) {
      put_varint(blob_, tail->size());
      blob_.append(*tail);
    }
  }
  std::string& blob() { return blob_; }
  std::string directory(std::uint64_t records) {
    open_until(buckets_);
    std::string d(16 + 8 * bases_.size() + 4 * relative_.size(), '\0');
    store(d.data(), buckets_);
    store(d.data() + 8, records);
    if (!bases_.empty()) std::memcpy(d.data() + 16, bases_.data(), 8 * bases_.size());
    std::memcpy(d.data() + 16 + 8 * bases_.size(), relative_.data(), 4 * relative_.size());
    return d;
  }

 private:
  void open_until(std::uint64_t bucket) {
    while (relative_.size() <= bucket) {
      if (relative_.size() % 256 == 0) bases_.push_back(blob_.size());
      relative_.push_back(static_cast<std::uint32_t>(blob_.size() - bases_.back()));
    }
  }
  std::uint64_t buckets_;
  std::string blob_;
  std::vector<std::uint64_t> bases_;
  std::vector<std::uint32_t> relative_;
};

}  // namespace mozu::match
