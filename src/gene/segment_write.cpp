#include "segment_write.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "fuse_filter.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/json_write.hpp"
#include "segment_state.hpp"

namespace mozu::gene {
namespace {

std::string json_of(const std::vector<Sample>& samples) {
  std::string out;
  JsonWriter w(out);
  w.begin_array();
  for (const Sample& s : samples) {
    w.begin_object().field("sha256", s.sha256).field("file", s.file).field("kind", s.kind).field("bytes", s.bytes).field("genes", s.genes);
    if (!s.container.empty()) w.field("in", s.container);
    if (s.origin != Origin{}) w.field("pack", s.origin.pack).field("key", s.origin.key);
    w.key("entities").begin_array();
    for (const Entity& e : s.entities) w.begin_object().field("type", name(e.type)).field("name", e.name).end_object();
    w.end_array().end_object();
  }
  w.end_array();
  return out;
}

constexpr std::size_t lists_known_max = std::size_t{1} << 21;  // so many are written once each, others once more; 48 bytes of memory each

template <class T>
std::string_view bytes_of(const T& x) {
  return {reinterpret_cast<const char*>(&x), sizeof x};
}

}  // namespace

bool is_clean(const Sample& s) { return !s.entities.empty() && s.entities.front().type == EntityType::goodware; }

Result<SegmentWriter> SegmentWriter::create(const std::string& path, bool is_clean) {
  MOZU_LET(AtomicFile file, AtomicFile::create(path));
  MOZU_TRY(file.write(std::string(sizeof(SegmentHeader), '\0')));
  return SegmentWriter(std::move(file), is_clean);
}

/// The checksum is of whole steps.
Status SegmentWriter::emit(std::string_view bytes) {
  written_ += bytes.size();
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, checksum_step - waiting_.size());
    waiting_ += part;
    bytes.remove_prefix(part.size());
    if (waiting_.size() < checksum_step) break;
    header_.checksum = xxh3_64(waiting_, header_.checksum);
    MOZU_TRY(file_.write(waiting_));
    waiting_.clear();
  }
  return {};
}

Status SegmentWriter::flush_block() {
  if (block_.empty()) return {};
  directory_ += bytes_of(BlockEntry{block_.front().key, written_});
  std::string out;
  write_block(block_, out);
  ++header_.blocks;
  block_.clear();
  return emit(out);
}

Status SegmentWriter::flush_filter() {
  if (filter_keys_.empty()) return {};
  const FuseFilter filter = build_fuse_filter(filter_keys_);
  filters_ += bytes_of(FilterEntry{filter_keys_.front(), written_, filter.shape.seed, filter.shape.segment_length, filter.shape.segment_count});
  ++header_.filters;
  filter_keys_.clear();
  return emit({reinterpret_cast<const char*>(filter.fingerprints.data()), filter.fingerprints.size() * sizeof(std::uint16_t)});
}

/// Most genes of several samples are of the same several as many others: the versions of a family.
std::uint64_t SegmentWriter::list_of(std::span<const std::uint32_t> samples) {
  const std::uint64_t at = lists_.size();
  put_number(lists_, samples.size());
  for (std::size_t k = 0; k < samples.size(); ++k) put_number(lists_, k == 0 ? samples[0] : samples[k] - samples[k - 1]);
  const std::string_view own = std::string_view(lists_).substr(at);
  const std::uint64_t sum = xxh3_64(own);
  if (const auto known = list_at_.find(sum); known != list_at_.end()) {
    if (std::string_view(lists_).substr(known->second, own.size()) != own) return at;
    lists_.resize(at);
    return known->second;
  }
  if (list_at_.size() < lists_known_max) list_at_.emplace(sum, at);
  return at;
}

Status SegmentWriter::put(std::uint64_t key, std::span<const std::uint32_t> samples, std::uint64_t place) {
  if (is_clean_) {
    block_.push_back({.key = key});
    filter_keys_.push_back(key);
  } else {
    samples = samples.first(std::min(samples.size(), samples_told_max));
    const bool many = samples.size() > 1;
    block_.push_back({key, many ? list_of(samples) : samples.front(), place, many});
  }
  ++header_.genes;
  if (block_.size() == block_genes) MOZU_TRY(flush_block());
  if (filter_keys_.size() == filter_genes) MOZU_TRY(flush_filter());
  return {};
}

Status SegmentWriter::finish(const std::vector<Sample>& samples) {
  MOZU_TRY(flush_block());
  MOZU_TRY(flush_filter());
  MOZU_TRY(emit(std::string((8 - written_ % 8) % 8, '\0')));  // the directory is read as it lies
  header_.magic = segment_magic;
  header_.is_clean = is_clean_ ? 1 : 0;
  const std::string json = json_of(samples);
  const std::array<std::pair<std::uint64_t*, std::string_view>, 4> parts{
      {{&header_.directory, directory_}, {&header_.filter_directory, filters_}, {&header_.lists, lists_}, {&header_.samples, json}}};
  for (const auto& [begin, part] : parts) {
    *begin = written_;
    MOZU_TRY(emit(part));
  }
  header_.end = written_;
  if (!waiting_.empty()) header_.checksum = xxh3_64(waiting_, header_.checksum);
  MOZU_TRY(file_.write(waiting_));
  MOZU_TRY(file_.write(std::string(8, '\0')));
  header_.head_checksum = checksum_of(header_);
  MOZU_TRY(file_.write_at(0, std::as_bytes(std::span(&header_, 1))));
  return file_.commit();
}

void SegmentBuilder::add(Sample sample, const Genome& genome) {
  const auto number = static_cast<std::uint32_t>(samples_.size());
  sample.genes = genome.genes.size();
  samples_.push_back(std::move(sample));
  rows_.reserve(rows_.size() + genome.genes.size());
  for (const Gene& g : genome.genes) rows_.push_back({stored_key(g.key), number, g.offset >> place_shift});
}

Status SegmentBuilder::write(const std::string& path) {
  std::ranges::sort(rows_, [](const Row& a, const Row& b) { return std::tie(a.key, a.sample, a.place) < std::tie(b.key, b.sample, b.place); });
  MOZU_LET(auto out, SegmentWriter::create(path, !samples_.empty() && is_clean(samples_.front())));
  std::vector<std::uint32_t> samples;
  for (std::size_t i = 0; i < rows_.size();) {
    const Row& first = rows_[i];
    samples.clear();
    // A sample stands once for a key: several genes of 56 bits may be one of 44.
    for (; i < rows_.size() && rows_[i].key == first.key; ++i)
      if (samples.empty() || samples.back() != rows_[i].sample) samples.push_back(rows_[i].sample);
    MOZU_TRY(out.put(first.key, samples, first.place));
  }
  return out.finish(samples_);
}

namespace {

/// Samples of several segments, those that are chosen, and the number that each gets.
class Choosing {
 public:
  Choosing(std::span<const Segment* const> segments, const SampleChoice& choice) {
    for (const Segment* s : segments) {
      auto& own = number_.emplace_back();
      for (const Sample& sample : s->samples()) {
        auto chosen = choice ? choice(sample) : sample;
        own.push_back(chosen ? static_cast<std::uint32_t>(all_.size()) : none);
        if (chosen) all_.push_back(std::move(*chosen));
      }
    }
  }
  const std::vector<Sample>& all() const { return all_; }
  /// Appends the chosen ones, ascending. True: the first of `samples` is among them.
  bool append(std::size_t segment, std::span<const std::uint32_t> samples, std::vector<std::uint32_t>& out) const {
    for (const std::uint32_t s : samples)
      if (const std::uint32_t n = number_[segment][s]; n != none && (out.empty() || out.back() < n)) out.push_back(n);
    return !samples.empty() && number_[segment][samples.front()] != none;
  }

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  std::vector<std::vector<std::uint32_t>> number_;  // by segment and sample
  std::vector<Sample> all_;
};

constexpr std::uint64_t place_max = ~std::uint32_t{0} >> place_shift;

}  // namespace

Result<std::size_t> merge_segments(std::span<const Segment* const> segments, const std::string& path, const SampleChoice& choice) {
  const Choosing chosen(segments, choice);
  if (chosen.all().empty()) return 0;
  const bool is_clean = segments.front()->is_clean();
  MOZU_LET(auto out, SegmentWriter::create(path, is_clean));
  std::vector<SegmentWalk> walks;
  std::vector<bool> is_there;
  for (const Segment* s : segments) is_there.push_back(walks.emplace_back(*s).next());
  std::vector<std::uint32_t> samples;
  for (std::optional<std::uint64_t> before;;) {
    std::optional<std::uint64_t> key;
    for (std::size_t s = 0; s < walks.size(); ++s)
      if (is_there[s] && (!key || walks[s].key() < *key)) key = walks[s].key();
    if (!key) break;
    if ((before && *key <= *before) || *key >= stored_key(std::uint64_t{gene_classes} << 56U))
      return fail("gene-index", "genes stand in no order, or are of no class: the index is damaged");
    before = key;
    samples.clear();
    std::uint64_t place = 0;
    for (std::size_t s = 0; s < walks.size(); ++s) {
      if (!is_there[s] || walks[s].key() != *key) continue;
      const bool is_first = samples.empty();
      // A place is of the first sample; where that one is left out, nobody knows the others'.
      if (chosen.append(s, walks[s].samples(), samples) && is_first) place = std::min(walks[s].place(), place_max);
      is_there[s] = walks[s].next();
    }
    if (is_clean) samples.assign(1, 0);
    if (!samples.empty()) MOZU_TRY(out.put(*key, samples, place));
  }
  MOZU_TRY(out.finish(chosen.all()));
  return chosen.all().size();
}

}  // namespace mozu::gene
