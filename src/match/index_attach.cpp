// Opening an index: checks of header, table, checksums and sizes; exact lookups; postings.
#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <mutex>

#include "index_data.hpp"
#include "mozu/base/hash.hpp"
#include "postings.hpp"

namespace mozu::match {

namespace {

constexpr std::string_view rebuild_hint = "build it again with `mozu index build`, or copy it again from where it came";

std::unexpected<Diagnostic> corrupt(std::string what) { return fail("index-corrupt", "the index is damaged: " + std::move(what), std::string(rebuild_hint)); }

Status check_header(Index::Data& d) {
  if (d.bytes.size() < sizeof(Header)) {
    if (d.bytes.size() >= 8 && std::memcmp(d.bytes.data(), index_magic.data(), 8) == 0)
      return fail("index-truncated", "the index ends within its header", std::string(rebuild_hint));
    return fail("index-foreign", "this is not a Mozu index", "make one with `mozu index build -o FILE FEED…`");
  }
  d.header = load<Header>(d.bytes.data());
  const Header& h = d.header;
  if (h.magic != index_magic) return fail("index-foreign", "this is not a Mozu index", "make one with `mozu index build -o FILE FEED…`");
  if (h.version != index_version)
    return fail("index-version", fmt::format("the index has format version {}; this program reads version {}", h.version, index_version),
                "build the index again with this version of Mozu");
  const auto head = std::as_bytes(std::span(d.bytes.data(), sizeof(Header) - 8));
  if (xxh3_64(head) != h.header_checksum) return corrupt("the header's checksum does not fit");
  if (h.file_bytes > d.bytes.size())
    return fail("index-truncated", fmt::format("the index should have {} bytes, but has {}", h.file_bytes, d.bytes.size()), std::string(rebuild_hint));
  if (h.file_bytes < d.bytes.size()) return corrupt(fmt::format("{} bytes stand behind its end", d.bytes.size() - h.file_bytes));
  const std::uint64_t table_bytes = std::uint64_t{h.section_count} * sizeof(SectionEntry);
  if (h.section_count > 1000 || sizeof(Header) + table_bytes > d.bytes.size()) return corrupt("its section table does not fit");
  if (xxh3_64(d.bytes.substr(sizeof(Header), table_bytes)) != h.table_checksum) return corrupt("the section table's checksum does not fit");
  return {};
}

std::string_view get(const SectionViews& list, std::uint32_t id) {
  for (const auto& [i, s] : list)
    if (i == id) return s;
  return {};
}

SectionEntry section_entry(const Index::Data& d, std::uint32_t i) { return load<SectionEntry>(d.bytes.data() + sizeof(Header) + i * sizeof(SectionEntry)); }

Result<SectionViews> read_sections(const Index::Data& d) {
  SectionViews out;
  for (std::uint32_t i = 0; i < d.header.section_count; ++i) {
    const SectionEntry e = section_entry(d, i);
    if (e.offset > d.bytes.size() || e.bytes > d.bytes.size() - e.offset || e.offset % section_alignment != 0)
      return corrupt(fmt::format("section {} lies outside the file", e.id));
    out.emplace_back(e.id, d.bytes.substr(e.offset, e.bytes));
  }
  return out;
}

template <class T>
bool fits(std::string_view s) {
  return s.size() % sizeof(T) == 0;
}

Status attach_addresses(TableSet& t, const SectionViews& s, std::uint32_t base) {
  const auto get = [&](std::uint32_t id) { return match::get(s, id + base); };
  if (!fits<std::uint32_t>(get(sec_ipv4_addresses)) || get(sec_ipv4_addresses).size() != get(sec_ipv4_postings).size())
    return corrupt("the IPv4 tables differ in size");
  if (!get(sec_ipv4_addresses).empty() && get(sec_ipv4_directory).size() != 4 * ipv4_directory_size) return corrupt("the IPv4 directory has a wrong size");
  if (!fits<Ipv4RangeRecord>(get(sec_ipv4_ranges)) || !fits<std::uint32_t>(get(sec_ipv4_url_hosts)) || !fits<Ipv6RangeRecord>(get(sec_ipv6_ranges)) ||
      get(sec_ipv6_addresses).size() != 4 * get(sec_ipv6_postings).size() || get(sec_ipv6_addresses).size() % 16 != 0)
    return corrupt("an address table has a wrong size");
  t.ipv4_directory = FileArray<std::uint32_t>(get(sec_ipv4_directory));
  t.ipv4_addresses = FileArray<std::uint32_t>(get(sec_ipv4_addresses));
  t.ipv4_postings = FileArray<std::uint32_t>(get(sec_ipv4_postings));
  t.ipv4_url_hosts = FileArray<std::uint32_t>(get(sec_ipv4_url_hosts));
  t.ipv4_ranges = FileArray<Ipv4RangeRecord>(get(sec_ipv4_ranges));
  t.ipv6_addresses = FileArray<std::array<std::uint8_t, 16>>(get(sec_ipv6_addresses));
  t.ipv6_postings = FileArray<std::uint32_t>(get(sec_ipv6_postings));
  t.ipv6_ranges = FileArray<Ipv6RangeRecord>(get(sec_ipv6_ranges));
  return {};
}

Status read_feeds(Index::Data& d, std::string_view section) {
  Cursor c(section);
  const std::uint64_t n = c.varint();
  if (n > section.size()) return corrupt("the feed table");
  for (std::uint64_t i = 0; i < n && c.ok(); ++i) {
    intel::FeedInfo f;
    f.name = c.bytes(c.varint());
    f.source = c.bytes(c.varint());
    f.confidence = c.u8();
    f.tlp = static_cast<intel::Tlp>(c.u8());
    if (f.tlp > intel::Tlp::red) return corrupt("the feed table");
    for (auto* list : {&f.labels, &f.categories}) {
      const std::uint64_t m = c.varint();
      for (std::uint64_t j = 0; j < m && c.ok(); ++j) list->emplace_back(c.bytes(c.varint()));
    }
    d.feeds.push_back(std::move(f));
  }
  if (!c.ok()) return corrupt("the feed table");
  return {};
}

Status read_statistics(Index::Data& d, std::string_view section) {
  Cursor c(section);
  IndexStatistics& s = d.statistics;
  s.suppressed_indicators = c.varint();
  s.suppressions = c.varint();
  s.context_bytes = c.varint();
  const std::uint64_t n = d.feeds.size();
  if (n * n > section.size()) return corrupt("the statistics");
  s.overlap.resize(n * n);
  for (auto& v : s.overlap) v = c.varint();
  if (!c.ok()) return corrupt("the statistics");
  for (std::uint64_t i = 0; i < n; ++i) s.by_feed.push_back(s.overlap[i * n + i]);
  s.file_bytes = d.bytes.size();
  // The counts by kind are those of the tables themselves.
  const TableSet& t = d.indicators;
  const std::uint64_t domains = c.varint();
  s.by_kind = {t.ipv4_addresses.size(), t.ipv4_ranges.size(), t.ipv6_addresses.size(), t.ipv6_ranges.size(), domains,
               t.urls.size(),           t.masks.size(),       t.emails.size(),         t.digests[0].size(),  t.digests[1].size(),
               t.digests[2].size(),     t.digests[3].size()};
  if (!c.ok() || domains > t.hosts.size()) return corrupt("the statistics");
  for (std::size_t i = 0; i < s.by_kind.size(); ++i) d.first_entry[i + 1] = d.first_entry[i] + s.by_kind[i];
  s.indicators = d.first_entry.back();
  if (s.indicators >= no_posting) return corrupt("the statistics");
  return {};
}

}  // namespace

Status attach_tables(TableSet& t, const SectionViews& s, std::uint32_t base) {
  MOZU_TRY(attach_addresses(t, s, base));
  const auto get = [&](std::uint32_t id) { return match::get(s, id + base); };
  if (!t.hosts.attach(get(sec_host_buckets), get(sec_hosts), host_domain, false) || !t.urls.attach(get(sec_url_buckets), get(sec_urls), 1, false) ||
      !t.masks.attach(get(sec_mask_buckets), get(sec_masks), 0, true) || !t.emails.attach(get(sec_email_buckets), get(sec_emails), 1, false))
    return corrupt("a text table has a wrong size");
  for (int i = 0; i < 4; ++i)
    if (!t.digests[static_cast<std::size_t>(i)].attach(get(sec_md5 + static_cast<std::uint32_t>(i)), digest_bytes_of(i)))
      return corrupt("a hash table has a wrong size");
  return {};
}

std::uint64_t entry_count(const TableSet& t) {
  std::uint64_t n =
      t.ipv4_addresses.size() + t.ipv4_ranges.size() + t.ipv6_addresses.size() + t.ipv6_ranges.size() + t.urls.size() + t.masks.size() + t.emails.size();
  for (const DigestTable& d : t.digests) n += d.size();
  BucketTable::Record r;
  for (std::uint64_t at = 0; t.hosts.next(at, r);) n += (r.flags & host_domain) != 0 ? 1 : 0;
  return n;
}

bool DigestTable::attach(std::string_view section, std::size_t digest_bytes) {
  bytes_ = digest_bytes;
  if (section.empty()) return true;
  if (section.size() < 8) return false;
  count_ = load<std::uint64_t>(section.data());
  if (count_ > section.size() || section.size() != 8 + count_ * (digest_bytes + 4)) return false;
  digests_ = section.data() + 8;
  postings_ = digests_ + count_ * digest_bytes;
  note_present();
  return true;
}

void DigestTable::note_present() {
  // 16 bits a digest, within a first-level cache's reach; past a quarter of a million digests opening would take too long for it.
  constexpr int bits_least = 12, bits_most = 20;
  if (count_ == 0 || count_ > 1U << 18) return;
  const int bits = std::clamp(static_cast<int>(std::bit_width(count_)) + 4, bits_least, bits_most);
  present_shift_ = 64 - bits;
  present_.assign((std::size_t{1} << bits) / 64, 0);
  for (std::uint64_t i = 0; i < count_; ++i) {
    const std::uint64_t bit = top_of(i) >> present_shift_;
    present_[bit / 64] |= 1ULL << (bit % 64);
  }
}

std::uint64_t DigestTable::upper_bound(std::uint64_t top) const {
  // Digests are uniform, so the value tells the place; what is found there tells it better; from there the search gallops.
  __extension__ using u128 = unsigned __int128;
  auto guess = static_cast<std::uint64_t>((static_cast<u128>(top) * count_) >> 64);
  if (const std::uint64_t there = top_of(guess); there <= top) {
    guess = std::min(guess + static_cast<std::uint64_t>((static_cast<u128>(top - there) * count_) >> 64), count_ - 1);
  } else {
    guess -= std::min(guess, static_cast<std::uint64_t>((static_cast<u128>(there - top) * count_) >> 64));
  }
  std::uint64_t lo = guess, hi = guess, step = 1;
  while (lo > 0 && top_of(lo - 1) > top) {
    hi = lo - 1;
    lo = lo > step ? lo - step : 0;
    step *= 2;
  }
  step = 1;
  while (hi < count_ && top_of(hi) <= top) {
    lo = hi + 1;
    hi = std::min(hi + step, count_);
    step *= 2;
  }
  while (lo < hi) {
    const std::uint64_t mid = lo + (hi - lo) / 2;
    if (top_of(mid) <= top) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

bool DigestTable::find_prefix(std::uint64_t top) const {
  const std::uint64_t i = upper_bound(top);
  return i > 0 && top_of(i - 1) == top;
}

std::optional<std::uint64_t> DigestTable::find(std::string_view d) const {
  if (count_ == 0) return std::nullopt;
  const std::uint64_t top = __builtin_bswap64(load<std::uint64_t>(d.data()));
  for (std::uint64_t i = upper_bound(top); i > 0 && top_of(i - 1) == top; --i)
    if (digest(i - 1) == d) return i - 1;
  return std::nullopt;
}

std::optional<std::size_t> TableSet::find_ipv4(intel::Ipv4 a) const {
  if (ipv4_addresses.size() == 0) return std::nullopt;
  std::size_t lo = ipv4_directory[a >> 16], hi = ipv4_directory[(a >> 16) + 1];
  hi = std::min(hi, ipv4_addresses.size());
  while (lo < hi) {
    const std::size_t mid = lo + (hi - lo) / 2;
    const std::uint32_t v = ipv4_addresses[mid];
    if (v == a) return mid;
    if (v < a) lo = mid + 1;
    else hi = mid;
  }
  return std::nullopt;
}

std::optional<std::size_t> TableSet::find_ipv6(const intel::Ipv6& a) const {
  std::size_t lo = 0, hi = ipv6_addresses.size();
  while (lo < hi) {
    const std::size_t mid = lo + (hi - lo) / 2;
    const auto v = ipv6_addresses[mid];
    if (v == a.bytes) return mid;
    if (v < a.bytes) lo = mid + 1;
    else hi = mid;
  }
  return std::nullopt;
}

MaskRecord read_mask(std::string_view tail) {
  Cursor c(tail);
  MaskRecord m;
  m.flags = c.u8();
  m.port = c.fixed<std::uint16_t>();
  m.posting = c.fixed<std::uint32_t>();
  m.path = tail.substr(c.position());
  if (!c.ok()) m.posting = no_posting;
  return m;
}

std::string write_mask(const MaskRecord& m) {
  std::string s(7, '\0');
  s[0] = static_cast<char>(m.flags);
  store(s.data() + 1, m.port);
  store(s.data() + 3, m.posting);
  s += m.path;
  return s;
}

std::string_view Index::Data::string_at(std::uint64_t offset) const {
  Cursor c(strings, offset);
  return c.bytes(c.varint());
}

std::string_view Index::Data::reason_at(std::uint32_t offset) const {
  Cursor c(reasons, offset);
  return c.bytes(c.varint());
}

std::optional<Posting> Index::Data::decode_posting(Cursor& c, TextBudget& texts) const {
  Posting p;
  bool ok = true;
  const auto text = [&] {
    const std::string_view s = string_at(c.varint());
    ok = ok && c.ok() && texts.take(s.size());
    return ok ? std::string(s) : std::string();
  };
  p.feed = static_cast<std::uint32_t>(c.varint());
  const std::uint8_t flags = c.u8();
  if ((flags & posting_from) != 0) p.valid_from = Timestamp{unzigzag(c.varint())};
  if ((flags & posting_until) != 0) p.valid_until = Timestamp{unzigzag(c.varint())};
  p.exact_only = (flags & posting_exact_only) != 0;
  if ((flags & posting_confidence) != 0) p.confidence = c.u8();
  if ((flags & posting_id) != 0) p.id = text();
  if ((flags & posting_labels) != 0) {
    const std::uint64_t n = c.varint();
    for (std::uint64_t i = 0; i < n && ok && c.ok(); ++i) p.labels.push_back(text());
  }
  if ((flags & posting_context) != 0) {
    const std::uint64_t n = c.varint();
    for (std::uint64_t i = 0; i < n && ok && c.ok(); ++i) {
      std::string name = text();
      p.context.emplace_back(std::move(name), text());
    }
  }
  if (!ok || !c.ok() || p.feed >= feeds.size()) return std::nullopt;
  if (p.confidence == 0) p.confidence = feeds[p.feed].confidence;
  return p;
}

std::vector<Posting> Index::Data::decode_postings(std::uint32_t posting) const {
  std::vector<Posting> out;
  if (posting == no_posting) return out;
  Cursor c(postings, std::uint64_t{posting} * 4);
  TextBudget texts;
  for (std::uint64_t n = c.varint(); n > 0 && c.ok(); --n) {
    auto p = decode_posting(c, texts);
    // Each feed says one word, in the feeds' order: so there are no more of them than feeds.
    if (!p || (!out.empty() && p->feed <= out.back().feed)) break;
    out.push_back(std::move(*p));
  }
  return out;
}

Status verify_sections(const Index::Data& d, Index::Verify what) {
  if (what == Index::Verify::later) return {};
  for (std::uint32_t i = 0; i < d.header.section_count; ++i) {
    const SectionEntry e = section_entry(d, i);
    const bool told_only = e.id == sec_postings || e.id == sec_strings || e.id == sec_reasons;
    if (told_only && what != Index::Verify::all) continue;
    if (xxh3_64(d.bytes.substr(e.offset, e.bytes)) != e.checksum) return corrupt(fmt::format("the checksum of section {} does not fit", e.id));
  }
  return {};
}

Result<std::unique_ptr<Index::Data>> attach_index(std::unique_ptr<Index::Data> d, Index::Verify verify) {
  MOZU_TRY(check_header(*d));
  MOZU_LET(const SectionViews s, read_sections(*d));
  MOZU_TRY(verify_sections(*d, verify));
  MOZU_TRY(read_feeds(*d, get(s, sec_feeds)));
  MOZU_TRY(attach_tables(d->indicators, s, 0));
  MOZU_TRY(attach_tables(d->suppressions, s, suppression_set_offset));
  MOZU_TRY(read_statistics(*d, get(s, sec_statistics)));
  d->last_labels = get(s, sec_last_labels);
  d->suffix_filter = get(s, sec_suffix_filter);
  d->ipv4_prefixes = get(s, sec_ipv4_prefixes);
  d->postings = get(s, sec_postings);
  d->strings = get(s, sec_strings);
  d->reasons = get(s, sec_reasons);
  if (d->last_labels.size() != last_label_bits / 8 || d->ipv4_prefixes.size() != ipv4_prefix_bits / 8 || d->suffix_filter.size() % 8 != 0 ||
      d->suffix_filter.empty())
    return corrupt("a filter has a wrong size");
  d->suffix_words = d->suffix_filter.size() / 8;
  d->hash_hex = to_hex(d->header.content_hash);
  return d;
}

}  // namespace mozu::match
