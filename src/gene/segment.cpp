// Segment files read: mapped, checked once, then asked.
#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>
#include <array>

#include "bits.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "mozu/gene/index.hpp"
#include "segment_layout.hpp"

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
    Sample s{text_member(item, "sha256"), text_member(item, "file"), text_member(item, "kind"), 0, 0, {}, text_member(item, "in")};
    if (item["bytes"].get(s.bytes) != simdjson::SUCCESS || item["genes"].get(s.genes) != simdjson::SUCCESS) return false;
    simdjson::dom::array entities;
    if (item["entities"].get(entities) != simdjson::SUCCESS) return false;
    for (const auto e : entities) {
      const auto type = entity_type(text_member(e, "type"));
      if (!type) return false;
      s.entities.push_back({*type, text_member(e, "name")});
    }
    out.push_back(std::move(s));
  }
  return out.size() <= samples_max;
}

}  // namespace

struct Segment::State {
  MappedFile file;
  SegmentHeader header;
  std::vector<Sample> samples;

  const std::uint8_t* at(std::uint64_t offset) const { return reinterpret_cast<const std::uint8_t*>(file.bytes().data()) + offset; }
  BlockEntry block(std::uint64_t i) const { return load<BlockEntry>(at(header.directory + i * sizeof(BlockEntry))); }

  std::uint64_t checksum() const {
    const auto& h = header;
    std::uint64_t sum = 0;
    for (const auto& [from, to] : {std::pair{h.directory, h.data}, {h.data, h.lists}, {h.lists, h.samples}, {h.samples, h.end}})
      sum = xxh3_64(file.bytes().subspan(from, to - from), sum);
    return sum;
  }

  bool is_sound() const {
    const auto& h = header;
    const std::uint64_t size = file.bytes().size();
    const bool ordered =
        h.directory == sizeof(SegmentHeader) && h.directory <= h.data && h.data <= h.lists && h.lists <= h.samples && h.samples <= h.end && h.end + 8 == size;
    return ordered && h.blocks == (h.genes + block_genes - 1) / block_genes && h.blocks <= (h.data - h.directory) / sizeof(BlockEntry) &&
           load<std::uint64_t>(at(h.end)) == 0 && checksum() == h.checksum;
  }
};

namespace {

/// A block unpacked.
class Block {
 public:
  std::array<std::uint64_t, block_genes> keys;

  /// The keys alone; the rest is read when it is asked for. The checksum of the file was right, so what its writer wrote is there.
  void read(const std::uint8_t* from, std::uint64_t first, std::size_t count) {
    count_ = count;
    std::copy_n(from, 4, width_.begin());
    gaps_ = from + 4;
    values_ = gaps_ + run_bytes(count - 1, width_[0]);
    places_ = values_ + run_bytes(count, width_[1]);
    many_ = places_ + run_bytes(count, width_[2]);
    keys[0] = first;
    for (std::size_t i = 1; i < count; ++i) keys[i] = keys[i - 1] + bits_at(gaps_, i - 1, width_[0]);
  }
  std::size_t size() const { return count_; }
  std::uint64_t value(std::size_t i) const { return bits_at(values_, i, width_[1]); }
  std::uint64_t place(std::size_t i) const { return bits_at(places_, i, width_[2]); }
  bool many(std::size_t i) const { return bits_at(many_, i, width_[3]) != 0; }

 private:
  std::size_t count_ = 0;
  std::array<std::uint8_t, 4> width_{};
  const std::uint8_t *gaps_ = nullptr, *values_ = nullptr, *places_ = nullptr, *many_ = nullptr;
};

/// Tells a gene's samples to `hit`. The checksums were right; a number that names no sample is passed over all the same.
class Teller {
 public:
  Teller(const std::uint8_t* lists, const std::uint8_t* end, std::size_t samples) : lists_(lists), end_(end), count_(samples) {}
  void tell(const Block& block, std::size_t i, std::size_t query, const std::function<void(const Segment::Hit&)>& hit) {
    samples_.clear();
    const std::uint64_t value = block.value(i);
    if (block.many(i)) {
      const std::uint8_t* at = lists_ + std::min<std::uint64_t>(value, static_cast<std::uint64_t>(end_ - lists_));
      std::uint64_t count = 0, gap = 0, sample = 0;
      if (!get_number(at, end_, count) || count > samples_told_max) return;
      for (std::uint64_t k = 0; k < count && get_number(at, end_, gap); ++k) samples_.push_back(static_cast<std::uint32_t>(sample += gap));
    } else {
      samples_.push_back(static_cast<std::uint32_t>(value));
    }
    std::erase_if(samples_, [&](std::uint32_t s) { return s >= count_; });
    if (!samples_.empty()) hit({query, samples_, block.place(i) << place_shift});
  }

 private:
  const std::uint8_t *lists_, *end_;
  std::size_t count_;
  std::vector<std::uint32_t> samples_;
};

}  // namespace

Segment::Segment(std::unique_ptr<State> state) : state_(std::move(state)) {}
Segment::Segment(Segment&&) noexcept = default;
Segment& Segment::operator=(Segment&&) noexcept = default;
Segment::~Segment() = default;

const std::vector<Sample>& Segment::samples() const { return state_->samples; }
std::uint64_t Segment::genes() const { return state_->header.genes; }
std::uint64_t Segment::bytes() const { return state_->file.bytes().size(); }

Result<Segment> Segment::open(const std::string& path) {
  auto state = std::make_unique<State>();
  MOZU_LET(state->file, MappedFile::open(path));
  const auto bytes = state->file.bytes();
  if (bytes.size() >= sizeof(SegmentHeader)) state->header = load<SegmentHeader>(bytes.data());
  if (state->header.magic != segment_magic || state->header.head_checksum != checksum_of(state->header) || !state->is_sound())
    return fail("gene-index", fmt::format("{} is no gene index, or damaged", path), std::string(bad_hint));
  const auto json = state->file.text().substr(state->header.samples, state->header.end - state->header.samples);
  if (!read_samples(json, state->samples)) return fail("gene-index", fmt::format("{} has a damaged list of samples", path), std::string(bad_hint));
  return Segment(std::move(state));
}

void Segment::find(std::span<const std::uint64_t> keys, const std::function<void(const Hit&)>& hit) const {
  const State& s = *state_;
  const auto* directory = reinterpret_cast<const BlockEntry*>(s.at(s.header.directory));
  const std::span<const BlockEntry> blocks(directory, s.header.blocks);
  Teller teller(s.at(s.header.lists), s.at(s.header.samples), s.samples.size());
  Block block;
  std::size_t b = 0;
  bool is_read = false;
  for (std::size_t q = 0; q < keys.size() && !blocks.empty(); ++q) {
    const std::uint64_t key = stored_key(keys[q]);
    if (key < blocks[b].first_key) continue;
    if (b + 1 < blocks.size() && key >= blocks[b + 1].first_key) {
      // Queries ascend: double the step first, then halve it.
      std::size_t step = 1, low = b + 1;
      while (low + step < blocks.size() && blocks[low + step].first_key <= key) low += step, step *= 2;
      const auto end = blocks.begin() + static_cast<std::ptrdiff_t>(std::min(low + step, blocks.size()));
      b = static_cast<std::size_t>(std::upper_bound(blocks.begin() + static_cast<std::ptrdiff_t>(low), end, key,
                                                    [](std::uint64_t k, const BlockEntry& e) { return k < e.first_key; }) -
                                   blocks.begin()) -
          1;
      is_read = false;
    }
    if (!is_read) {
      const std::size_t count = b + 1 < blocks.size() ? block_genes : s.header.genes - b * block_genes;
      block.read(s.at(s.header.data + blocks[b].offset), blocks[b].first_key, count);
      is_read = true;
    }
    const auto end = block.keys.begin() + static_cast<std::ptrdiff_t>(block.size());
    const auto found = std::lower_bound(block.keys.begin(), end, key);
    if (found != end && *found == key) teller.tell(block, static_cast<std::size_t>(found - block.keys.begin()), q, hit);
  }
}

void Segment::each(const std::function<void(std::uint64_t, const Hit&)>& gene) const {
  const State& s = *state_;
  Teller teller(s.at(s.header.lists), s.at(s.header.samples), s.samples.size());
  Block block;
  for (std::uint64_t b = 0; b < s.header.blocks; ++b) {
    const BlockEntry entry = s.block(b);
    block.read(s.at(s.header.data + entry.offset), entry.first_key, b + 1 < s.header.blocks ? block_genes : s.header.genes - b * block_genes);
    for (std::size_t i = 0; i < block.size(); ++i) teller.tell(block, i, 0, [&](const Hit& h) { gene(block.keys[i], h); });
  }
}

}  // namespace mozu::gene
