#include "mozu/match/index.hpp"

#include <mutex>
#include <unordered_map>

#include "index_data.hpp"
#include "lookup.hpp"
#include "mozu/base/hash.hpp"
#include "postings.hpp"
#include "suppress.hpp"

namespace mozu::match {

using intel::PatternKind;

namespace {

std::string hex(std::string_view bytes) { return to_hex(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size())); }

struct EntryPlace {
  PatternKind kind = PatternKind::ipv4;
  std::uint64_t ordinal = 0;
};

EntryPlace place_of(const Index::Data& d, EntryId e) {
  int k = 0;
  while (k + 1 < intel::pattern_kind_count && e >= d.first_entry[static_cast<std::size_t>(k) + 1]) ++k;
  return {static_cast<PatternKind>(k), e - d.first_entry[static_cast<std::size_t>(k)]};
}

struct TextTable {
  const BucketTable* table;
  std::uint8_t entry_flag;
  int directory;
};

TextTable text_table(const Index::Data& d, PatternKind kind) {
  switch (kind) {
    case PatternKind::domain: return {&d.indicators.hosts, host_domain, 0};
    case PatternKind::url: return {&d.indicators.urls, 1, 1};
    case PatternKind::url_mask: return {&d.indicators.masks, 0, 2};
    default: return {&d.indicators.emails, 1, 3};
  }
}

void fill_directory(const TextTable& t, Index::Data::Directory& out) {
  std::uint64_t at = 0, n = 0;
  BucketTable::Record r;
  for (std::uint64_t before = 0; t.table->next(at, r); before = at) {
    if (t.entry_flag != 0 && (r.flags & t.entry_flag) == 0) continue;
    if (n++ % 64 == 0) out.every_64th.push_back(before);
  }
}

/// Record of the ordinal-th entry of a text table; an empty record if the file lies about its counts.
BucketTable::Record text_record(const Index::Data& d, EntryPlace p) {
  std::call_once(d.directories_once, [&d] {
    for (PatternKind k : {PatternKind::domain, PatternKind::url, PatternKind::url_mask, PatternKind::email}) {
      const TextTable t = text_table(d, k);
      fill_directory(t, d.directories[static_cast<std::size_t>(t.directory)]);
    }
  });
  const TextTable t = text_table(d, p.kind);
  const auto& dir = d.directories[static_cast<std::size_t>(t.directory)].every_64th;
  if (p.ordinal / 64 >= dir.size()) return {};
  std::uint64_t at = dir[p.ordinal / 64], left = p.ordinal % 64;
  BucketTable::Record r;
  while (t.table->next(at, r)) {
    if (t.entry_flag != 0 && (r.flags & t.entry_flag) == 0) continue;
    if (left-- == 0) return r;
  }
  return {};
}

}  // namespace

Index::Index() = default;
Index::~Index() = default;

Result<std::shared_ptr<const Index>> Index::open(const std::string& path, Verify verify) {
  auto data = std::make_unique<Data>();
  auto file = MappedFile::open(path);
  if (!file) {
    Diagnostic d = std::move(file).error();
    d.code = "index-open";
    return std::unexpected(std::move(d).at(path));
  }
  data->file = std::move(*file);
  data->bytes = data->file.text();
  auto attached = attach_index(std::move(data), verify);
  if (!attached) return std::unexpected(std::move(attached).error().at(path));
  std::shared_ptr<Index> index(new Index);
  index->data_ = std::move(*attached);
  return index;
}

Result<std::shared_ptr<const Index>> Index::from_bytes(std::string bytes) {
  auto data = std::make_unique<Data>();
  data->owned = std::move(bytes);
  data->bytes = data->owned;
  auto attached = attach_index(std::move(data), Verify::all);
  if (!attached) return std::unexpected(std::move(attached).error());
  std::shared_ptr<Index> index(new Index);
  index->data_ = std::move(*attached);
  return index;
}

Status Index::verify(Verify what) const { return verify_sections(*data_, what); }

const std::vector<intel::FeedInfo>& Index::feeds() const { return data_->feeds; }
const IndexStatistics& Index::statistics() const { return data_->statistics; }
const std::string& Index::content_hash() const { return data_->hash_hex; }
Timestamp Index::built() const { return {data_->header.built_ms}; }

PatternKind Index::kind(EntryId e) const { return place_of(*data_, e).kind; }

std::string Index::value(EntryId e) const {
  const EntryPlace p = place_of(*data_, e);
  const TableSet& t = data_->indicators;
  switch (p.kind) {
    case PatternKind::ipv4: return p.ordinal < t.ipv4_addresses.size() ? intel::format_ipv4(t.ipv4_addresses[p.ordinal]) : "";
    case PatternKind::ipv4_range: {
      if (p.ordinal >= t.ipv4_ranges.size()) return {};
      const Ipv4RangeRecord r = t.ipv4_ranges[p.ordinal];
      return intel::format_range(intel::Ipv4Range{r.first, r.last});
    }
    case PatternKind::ipv6: return p.ordinal < t.ipv6_addresses.size() ? intel::format_ipv6(intel::Ipv6{t.ipv6_addresses[p.ordinal]}) : "";
    case PatternKind::ipv6_range: {
      if (p.ordinal >= t.ipv6_ranges.size()) return {};
      const Ipv6RangeRecord r = t.ipv6_ranges[p.ordinal];
      return intel::format_range(intel::Ipv6Range{{r.first}, {r.last}});
    }
    case PatternKind::url_mask: {
      const auto r = text_record(*data_, p);
      return mask_text(r.text, read_mask(r.tail));
    }
    case PatternKind::domain:
    case PatternKind::url:
    case PatternKind::email: return std::string(text_record(*data_, p).text);
    default: {
      const auto& table = t.digests[static_cast<std::size_t>(p.kind) - static_cast<std::size_t>(PatternKind::md5)];
      return p.ordinal < table.size() ? hex(table.digest(p.ordinal)) : "";
    }
  }
}

std::vector<Posting> Index::postings(EntryId e) const {
  const EntryPlace p = place_of(*data_, e);
  const TableSet& t = data_->indicators;
  std::uint32_t posting = no_posting;
  switch (p.kind) {
    case PatternKind::ipv4:
      if (p.ordinal < t.ipv4_postings.size()) posting = t.ipv4_postings[p.ordinal];
      break;
    case PatternKind::ipv4_range:
      if (p.ordinal < t.ipv4_ranges.size()) posting = t.ipv4_ranges[p.ordinal].posting;
      break;
    case PatternKind::ipv6:
      if (p.ordinal < t.ipv6_postings.size()) posting = t.ipv6_postings[p.ordinal];
      break;
    case PatternKind::ipv6_range:
      if (p.ordinal < t.ipv6_ranges.size()) posting = t.ipv6_ranges[p.ordinal].posting;
      break;
    case PatternKind::url_mask: posting = read_mask(text_record(*data_, p).tail).posting; break;
    case PatternKind::domain:
    case PatternKind::url:
    case PatternKind::email: posting = text_record(*data_, p).posting; break;
    default: {
      const auto& table = t.digests[static_cast<std::size_t>(p.kind) - static_cast<std::size_t>(PatternKind::md5)];
      if (p.ordinal < table.size()) posting = table.posting(p.ordinal);
    }
  }
  return data_->decode_postings(posting);
}

namespace {

using Suppressions = std::vector<Index::Suppression>;

void add_suppression(const Index::Data& d, Suppressions& out, intel::PatternKind kind, const std::string& text, std::uint32_t reason, bool exact_only = false) {
  auto p = intel::pattern_from_value(kind, text);
  if (p) out.push_back({std::move(*p), std::string(d.reason_at(reason)), exact_only});
}

void text_suppressions(const Index::Data& d, const BucketTable& table, Suppressions& out, intel::PatternKind kind) {
  std::uint64_t at = 0;
  BucketTable::Record r;
  while (table.next(at, r))
    if ((r.flags & 1) != 0) add_suppression(d, out, kind, std::string(r.text), r.posting, (r.flags & host_exact_only) != 0);
}

}  // namespace

std::map<std::string, std::uint64_t, std::less<>> Index::suppressed_by_reason() const {
  std::unordered_map<std::uint32_t, std::uint64_t> counts;
  if (statistics().suppressed_indicators != 0) each_suppressed(data_->indicators, data_->suppressions, [&](std::uint32_t reason) { ++counts[reason]; });
  std::map<std::string, std::uint64_t, std::less<>> out;
  for (const auto& [reason, n] : counts) out[std::string(data_->reason_at(reason))] += n;
  return out;
}

std::vector<Index::Suppression> Index::suppressions() const {
  Suppressions out;
  const TableSet& t = data_->suppressions;
  for (std::size_t i = 0; i < t.ipv4_addresses.size() && i < t.ipv4_postings.size(); ++i)
    add_suppression(*data_, out, PatternKind::ipv4, intel::format_ipv4(t.ipv4_addresses[i]), t.ipv4_postings[i]);
  for (std::size_t i = 0; i < t.ipv4_ranges.size(); ++i) {
    const Ipv4RangeRecord r = t.ipv4_ranges[i];
    add_suppression(*data_, out, PatternKind::ipv4_range, intel::format_range(intel::Ipv4Range{r.first, r.last}), r.posting);
  }
  for (std::size_t i = 0; i < t.ipv6_addresses.size() && i < t.ipv6_postings.size(); ++i)
    add_suppression(*data_, out, PatternKind::ipv6, intel::format_ipv6(intel::Ipv6{t.ipv6_addresses[i]}), t.ipv6_postings[i]);
  for (std::size_t i = 0; i < t.ipv6_ranges.size(); ++i) {
    const Ipv6RangeRecord r = t.ipv6_ranges[i];
    add_suppression(*data_, out, PatternKind::ipv6_range, intel::format_range(intel::Ipv6Range{{r.first}, {r.last}}), r.posting);
  }
  text_suppressions(*data_, t.hosts, out, PatternKind::domain);
  text_suppressions(*data_, t.urls, out, PatternKind::url);
  text_suppressions(*data_, t.emails, out, PatternKind::email);
  std::uint64_t at = 0;
  BucketTable::Record r;
  while (t.masks.next(at, r)) {
    const MaskRecord m = read_mask(r.tail);
    add_suppression(*data_, out, PatternKind::url_mask, mask_text(r.text, m), m.posting);
  }
  for (std::size_t k = 0; k < 4; ++k)
    for (std::uint64_t i = 0; i < t.digests[k].size(); ++i)
      add_suppression(*data_, out, static_cast<PatternKind>(static_cast<std::size_t>(PatternKind::md5) + k), hex(t.digests[k].digest(i)),
                      t.digests[k].posting(i));
  return out;
}

}  // namespace mozu::match
