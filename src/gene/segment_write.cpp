// Samples and their genes → a segment file.
#include <algorithm>
#include <array>

#include "bits.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/json_write.hpp"
#include "mozu/gene/index.hpp"
#include "segment_layout.hpp"

namespace mozu::gene {
namespace {

std::string json_of(const std::vector<Sample>& samples) {
  std::string out;
  JsonWriter w(out);
  w.begin_array();
  for (const Sample& s : samples) {
    w.begin_object().field("sha256", s.sha256).field("file", s.file).field("kind", s.kind).field("bytes", s.bytes).field("genes", s.genes);
    if (!s.container.empty()) w.field("in", s.container);
    w.key("entities").begin_array();
    for (const Entity& e : s.entities) w.begin_object().field("type", name(e.type)).field("name", e.name).end_object();
    w.end_array().end_object();
  }
  w.end_array();
  return out;
}

/// One key's samples, on the way into a block.
struct Entry {
  std::uint64_t key, value, place;  // value: a sample, or where its list stands
  bool many;
};

void write_block(std::span<const Entry> block, std::string& out) {
  std::uint64_t gap = 0, value = 0, place = 0, many = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (i > 0) gap = std::max(gap, block[i].key - block[i - 1].key);
    value = std::max(value, block[i].value), place = std::max(place, block[i].place), many |= std::uint64_t{block[i].many};
  }
  const std::array<unsigned, 4> width{width_of(gap), width_of(value), width_of(place), width_of(many)};
  for (const unsigned w : width) out.push_back(static_cast<char>(w));
  BitWriter bits(out);
  for (std::size_t i = 1; i < block.size(); ++i) bits.put(block[i].key - block[i - 1].key, width[0]);
  bits.align();
  for (const Entry& e : block) bits.put(e.value, width[1]);
  bits.align();
  for (const Entry& e : block) bits.put(e.place, width[2]);
  bits.align();
  for (const Entry& e : block) bits.put(e.many, width[3]);
}

}  // namespace

namespace {

bool is_clean(const Sample& s) { return !s.entities.empty() && s.entities.front().type == EntityType::goodware; }

}  // namespace

/// Of clean files only that one has a gene counts: all their genes are of the first of them and have no place, which takes half of the space.
std::uint32_t SegmentBuilder::owner(std::uint32_t sample) {
  if (!is_clean(samples_[sample])) return sample;
  if (!clean_) clean_ = sample;
  return *clean_;
}

void SegmentBuilder::add(Sample sample, const Genome& genome) {
  const auto number = static_cast<std::uint32_t>(samples_.size());
  sample.genes = genome.genes.size();
  samples_.push_back(std::move(sample));
  const bool clean = is_clean(samples_.back());
  const std::uint32_t whose = owner(number);
  rows_.reserve(rows_.size() + genome.genes.size());
  for (const Gene& g : genome.genes) rows_.push_back({stored_key(g.key), whose, clean ? 0 : g.offset >> place_shift});
}

void SegmentBuilder::add(const Segment& segment) {
  const auto base = static_cast<std::uint32_t>(samples_.size());
  samples_.insert(samples_.end(), segment.samples().begin(), segment.samples().end());
  segment.each([&](std::uint64_t key, const Segment::Hit& hit) {
    for (std::size_t i = 0; i < hit.samples.size(); ++i)
      rows_.push_back({key, owner(base + hit.samples[i]), i == 0 ? static_cast<std::uint32_t>(hit.offset >> place_shift) : 0});
  });
}

Status SegmentBuilder::write(const std::string& path) {
  std::ranges::sort(rows_, [](const Row& a, const Row& b) { return a.key != b.key ? a.key < b.key : a.sample < b.sample; });
  std::string directory, data, lists;
  std::vector<Entry> block;
  SegmentHeader h{.magic = segment_magic};
  const auto flush = [&] {
    if (block.empty()) return;
    const BlockEntry entry{block.front().key, data.size()};
    directory.append(reinterpret_cast<const char*>(&entry), sizeof entry);
    write_block(block, data);
    ++h.blocks;
    block.clear();
  };
  for (std::size_t i = 0; i < rows_.size();) {
    std::size_t end = i + 1;
    while (end < rows_.size() && rows_[end].key == rows_[i].key) ++end;
    // A sample stands once for a key: several genes of 56 bits may be one of 48.
    std::vector<std::uint32_t> samples;
    for (std::size_t k = i; k < end && samples.size() < samples_told_max; ++k)
      if (samples.empty() || samples.back() != rows_[k].sample) samples.push_back(rows_[k].sample);
    block.push_back({rows_[i].key, samples.size() == 1 ? samples.front() : lists.size(), rows_[i].place, samples.size() > 1});
    if (samples.size() > 1) {
      put_number(lists, samples.size());
      for (std::size_t k = 0; k < samples.size(); ++k) put_number(lists, k == 0 ? samples[0] : samples[k] - samples[k - 1]);
    }
    ++h.genes;
    if (block.size() == block_genes) flush();
    i = end;
  }
  flush();
  const std::string samples = json_of(samples_);
  h.directory = sizeof h;
  h.data = h.directory + directory.size();
  h.lists = h.data + data.size();
  h.samples = h.lists + lists.size();
  h.end = h.samples + samples.size();
  MOZU_LET(AtomicFile file, AtomicFile::create(path));
  const std::array<std::string_view, 4> parts{directory, data, lists, samples};
  for (const std::string_view part : parts) h.checksum = xxh3_64(part, h.checksum);
  h.head_checksum = checksum_of(h);
  MOZU_TRY(file.write(std::string_view(reinterpret_cast<const char*>(&h), sizeof h)));
  for (const std::string_view part : parts) MOZU_TRY(file.write(part));
  MOZU_TRY(file.write(std::string_view("\0\0\0\0\0\0\0\0", 8)));
  return file.commit();
}

}  // namespace mozu::gene
