// Private to the room: a segment file, mapped.
#pragma once
#include <vector>

#include "block.hpp"
#include "fuse_filter.hpp"
#include "mozu/base/file.hpp"
#include "mozu/gene/index.hpp"
#include "segment_layout.hpp"

namespace mozu::gene {

struct Segment::State {
  MappedFile file;
  SegmentHeader header;
  std::vector<Sample> samples;
  std::vector<FilterEntry> filters;  // ascending by first key

  const std::uint8_t* at(std::uint64_t offset) const { return reinterpret_cast<const std::uint8_t*>(file.bytes().data()) + offset; }
  BlockEntry block(std::uint64_t i) const { return load<BlockEntry>(at(header.directory + i * sizeof(BlockEntry))); }
  std::size_t genes_of(std::uint64_t block) const { return block + 1 < header.blocks ? block_genes : header.genes - block * block_genes; }
  bool open(std::uint64_t i, const BlockEntry& entry, Block& out) const {
    return entry.offset <= header.directory && out.open(at(entry.offset), at(header.directory), entry.first_key, genes_of(i));
  }

  std::uint64_t checksum() const;
  bool is_sound() const;
  bool read_filters();
};

/// The samples of one gene after another. A number that names no sample is passed over.
class SampleReader {
 public:
  explicit SampleReader(const Segment::State& state);
  std::span<const std::uint32_t> samples_of(const Block& block, std::size_t i);

 private:
  const std::uint8_t *lists_, *end_;
  std::size_t count_;
  std::vector<std::uint32_t> samples_;
};

/// All genes of a segment, one after another.
class SegmentWalk {
 public:
  explicit SegmentWalk(const Segment& segment);
  bool next();  ///< false: there are no more
  std::uint64_t key() const { return keys_[i_]; }
  std::span<const std::uint32_t> samples() { return reader_.samples_of(block_, i_); }
  std::uint64_t place() const { return block_.place(i_); }

 private:
  const Segment::State& state_;
  SampleReader reader_;
  Block block_;
  std::array<std::uint64_t, block_genes> keys_{};
  std::uint64_t next_block_ = 0;
  std::size_t i_ = 0, size_ = 0;
};

}  // namespace mozu::gene
