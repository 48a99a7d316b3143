// Segment files read: mapped, checked once, then asked.
#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>
#include <array>

#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "segment_state.hpp"

namespace mozu::gene {
namespace {

constexpr std::size_t samples_max = std::size_t{1} << 24;
constexpr std::string_view bad_hint = "copy it again, or remove it from the folder `genes` and add its samples once more";

std::string text_member(const simdjson::dom::element& from, std::string_view key) {
  std::string_view v;
  return from[key].get(v) == simdjson::SUCCESS ? std::string(v) : std::string{};
}

bool read_samples(std::string_view json, std::vector<Sample>& out) {
  simdjson::dom::parser parser;
  simdjson::dom::array all;
  if (parser.parse(json.data(), json.size()).get(all) != simdjson::SUCCESS) return false;
  for (const auto item : all) {
    Sample s{text_member(item, "sha256"),
             text_member(item, "file"),
             text_member(item, "kind"),
             0,
             0,
             {},
             text_member(item, "in"),
             {text_member(item, "pack"), text_member(item, "key")}};
    if (item["bytes"].get(s.bytes) != simdjson::SUCCESS || item["genes"].get(s.genes) != simdjson::SUCCESS) return false;
    simdjson::dom::array entities;
    if (item["entities"].get(entities) != simdjson::SUCCESS) return false;
    for (const auto e : entities) {
      const auto type = entity_type(text_member(e, "type"));
      if (!type) return false;
      s.entities.push_back({*type, text_member(e, "name")});
    }
    if (s.entities.empty()) return false;
    out.push_back(std::move(s));
  }
  return out.size() <= samples_max;
}

constexpr std::size_t ahead = 16;  // questions at a time: while one waits for memory, the others go on

/// Which of what ascends by first_key may hold the key; `from`: where the key before it was. The first of them is not after the key.
template <class Entry>
std::size_t reach(std::span<const Entry> all, std::size_t from, std::uint64_t key) {
  if (from + 1 >= all.size() || key < all[from + 1].first_key) return from;
  // Queries ascend: double the step first, then halve it.
  std::size_t step = 1, low = from + 1;
  while (low + step < all.size() && all[low + step].first_key <= key) low += step, step *= 2;
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(low + step, all.size()));
  const auto after =
      std::upper_bound(all.begin() + static_cast<std::ptrdiff_t>(low), end, key, [](std::uint64_t k, const Entry& e) { return k < e.first_key; });
  return static_cast<std::size_t>(after - all.begin()) - 1;
}

}  // namespace

std::uint64_t Segment::State::checksum() const {
  std::uint64_t sum = 0;
  for (std::uint64_t from = sizeof(SegmentHeader); from < header.end; from += checksum_step)
    sum = xxh3_64(file.bytes().subspan(from, std::min<std::uint64_t>(checksum_step, header.end - from)), sum);
  return sum;
}

bool Segment::State::is_sound() const {
  const auto& h = header;
  const std::uint64_t size = file.bytes().size();
  const bool ordered = sizeof(SegmentHeader) <= h.directory && h.directory % 8 == 0 && h.directory <= h.filter_directory && h.filter_directory <= h.lists &&
                       h.lists <= h.samples && h.samples <= h.end && h.end < size && size - h.end == 8;
  return ordered && h.genes <= size * 8 && h.blocks == (h.genes + block_genes - 1) / block_genes &&
         h.blocks == (h.filter_directory - h.directory) / sizeof(BlockEntry) && (h.filter_directory - h.directory) % sizeof(BlockEntry) == 0 &&
         h.filters == (h.lists - h.filter_directory) / sizeof(FilterEntry) && (h.lists - h.filter_directory) % sizeof(FilterEntry) == 0 && h.is_clean <= 1 &&
         h.filters == (h.is_clean == 1 ? (h.genes + filter_genes - 1) / filter_genes : 0) && load<std::uint64_t>(at(h.end)) == 0 && checksum() == h.checksum;
}

/// The fingerprints lie among the blocks.
bool Segment::State::read_filters() {
  for (std::uint64_t i = 0; i < header.filters; ++i) {
    const auto f = load<FilterEntry>(at(header.filter_directory + i * sizeof(FilterEntry)));
    const FuseShape shape{f.seed, f.segment_length, f.segment_count};
    if (!shape.is_sound() || f.offset > header.directory || shape.fingerprints() > (header.directory - f.offset) / sizeof(std::uint16_t)) return false;
    filters.push_back(f);
  }
  return true;
}

SampleReader::SampleReader(const Segment::State& state)
    : lists_(state.at(state.header.lists)),
      end_(state.at(state.header.samples)),
      count_(state.samples.size()) {}

std::span<const std::uint32_t> SampleReader::samples_of(const Block& block, std::size_t i) {
  samples_.clear();
  const std::uint64_t value = block.value(i);
  if (block.many(i)) {
    const std::uint8_t* at = lists_ + std::min<std::uint64_t>(value, static_cast<std::uint64_t>(end_ - lists_));
    std::uint64_t count = 0, gap = 0, sample = 0;
    if (!get_number(at, end_, count) || count > samples_told_max) return {};
    for (std::uint64_t k = 0; k < count && get_number(at, end_, gap); ++k) samples_.push_back(static_cast<std::uint32_t>(sample += gap));
  } else {
    samples_.push_back(static_cast<std::uint32_t>(value));
  }
  std::erase_if(samples_, [&](std::uint32_t s) { return s >= count_; });
  return samples_;
}

SegmentWalk::SegmentWalk(const Segment& segment) : state_(*segment.state_), reader_(state_) {}

bool SegmentWalk::next() {
  if (++i_ < size_) return true;
  while (next_block_ < state_.header.blocks) {
    const std::uint64_t b = next_block_++;
    if (!state_.open(b, state_.block(b), block_) || !block_.keys(keys_)) continue;
    i_ = 0, size_ = block_.size();
    return true;
  }
  return false;
}

Segment::Segment(std::unique_ptr<State> state) : state_(std::move(state)) {}
Segment::Segment(Segment&&) noexcept = default;
Segment& Segment::operator=(Segment&&) noexcept = default;
Segment::~Segment() = default;

const std::vector<Sample>& Segment::samples() const { return state_->samples; }
std::uint64_t Segment::genes() const { return state_->header.genes; }
std::uint64_t Segment::bytes() const { return state_->file.bytes().size(); }
bool Segment::is_clean() const { return state_->header.is_clean != 0; }

Result<Segment> Segment::open(const std::string& path) {
  auto state = std::make_unique<State>();
  MOZU_LET(state->file, MappedFile::open(path));
  const auto bytes = state->file.bytes();
  if (bytes.size() >= sizeof(std::uint64_t) && load<std::uint64_t>(bytes.data()) == first_segment_magic)
    return fail("gene-index", fmt::format("{} is of the first version of the gene index, which this program no longer reads", path),
                "move the folder `genes` away, add its samples again, then calibrate");
  if (bytes.size() >= sizeof(SegmentHeader)) state->header = load<SegmentHeader>(bytes.data());
  if (state->header.magic != segment_magic || state->header.head_checksum != checksum_of(state->header) || !state->is_sound() || !state->read_filters())
    return fail("gene-index", fmt::format("{} is no gene index, or damaged", path), std::string(bad_hint));
  const auto json = state->file.text().substr(state->header.samples, state->header.end - state->header.samples);
  if (!read_samples(json, state->samples)) return fail("gene-index", fmt::format("{} has a damaged list of samples", path), std::string(bad_hint));
  return Segment(std::move(state));
}

void Segment::find(std::span<const std::uint64_t> keys, const std::function<void(const Hit&)>& hit) const {
  const State& s = *state_;
  const std::span blocks(reinterpret_cast<const BlockEntry*>(s.at(s.header.directory)), s.header.blocks);
  if (blocks.empty()) return;
  SampleReader reader(s);
  Block block;
  std::size_t b = 0;
  std::optional<std::size_t> open;
  bool is_sound = false;
  std::array<std::size_t, ahead> block_of{};
  for (std::size_t from = 0; from < keys.size(); from += ahead) {
    const std::size_t count = std::min(ahead, keys.size() - from);
    for (std::size_t i = 0; i < count; ++i) {
      b = reach(blocks, b, stored_key(keys[from + i]));
      block_of[i] = b;
      if (blocks[b].offset > s.header.directory) continue;
      const std::uint8_t* bytes = s.at(blocks[b].offset);
      __builtin_prefetch(bytes), __builtin_prefetch(bytes + 64), __builtin_prefetch(bytes + 256);
    }
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t key = stored_key(keys[from + i]);
      if (open != block_of[i]) open = block_of[i], is_sound = s.open(*open, blocks[*open], block);
      if (!is_sound) continue;
      const auto at = block.find(key);
      if (!at) continue;
      if (const auto samples = reader.samples_of(block, *at); !samples.empty()) hit({from + i, samples, block.place(*at) << place_shift});
    }
  }
}

void Segment::find_clean(std::span<const std::uint64_t> keys, std::vector<bool>& clean) const {
  const State& s = *state_;
  const std::span<const FilterEntry> filters(s.filters);
  std::array<std::optional<FuseQuestion>, ahead> asked;
  std::size_t f = 0;
  for (std::size_t q = 0; q < keys.size() && !filters.empty(); q += ahead) {
    const std::size_t end = std::min(ahead, keys.size() - q);
    for (std::size_t i = 0; i < end; ++i) {
      const std::uint64_t key = stored_key(keys[q + i]);
      asked[i].reset();
      if (clean[q + i] || key < filters[f].first_key) continue;
      f = reach(filters, f, key);
      const FilterEntry& filter = filters[f];
      asked[i].emplace(FuseShape{filter.seed, filter.segment_length, filter.segment_count}, s.at(filter.offset), key);
    }
    for (std::size_t i = 0; i < end; ++i)
      if (asked[i] && asked[i]->answer()) clean[q + i] = true;
  }
}

void Segment::each(const std::function<void(std::uint64_t, const Hit&)>& gene) const {
  SegmentWalk walk(*this);
  while (walk.next())
    if (const auto samples = walk.samples(); !samples.empty()) gene(walk.key(), {0, samples, walk.place() << place_shift});
}

}  // namespace mozu::gene
