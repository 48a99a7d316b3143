// Private to the room: segment files written, gene after gene.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "block.hpp"
#include "mozu/base/file.hpp"
#include "mozu/gene/index.hpp"
#include "segment_layout.hpp"

namespace mozu::gene {

/// Memory: the directory, an eighth of a byte a gene; the lists of samples that were written and where they stand, at most 100 MB beside the lists
/// themselves; of clean genes what a filter takes.
class SegmentWriter {
 public:
  static Result<SegmentWriter> create(const std::string& path, bool is_clean);
  /// Ascending by key, as stored. Samples ascending, at least one; of clean genes neither samples nor place are kept.
  Status put(std::uint64_t key, std::span<const std::uint32_t> samples, std::uint64_t place);
  Status finish(const std::vector<Sample>& samples);  ///< durable when it returns

 private:
  explicit SegmentWriter(AtomicFile file, bool is_clean) : file_(std::move(file)), is_clean_(is_clean) {}
  AtomicFile file_;
  bool is_clean_;
  SegmentHeader header_;
  std::string waiting_, directory_, filters_, lists_;
  std::vector<BlockGene> block_;
  std::vector<std::uint64_t> filter_keys_;
  std::unordered_map<std::uint64_t, std::uint64_t> list_at_;  // its checksum → where it stands
  std::uint64_t written_ = sizeof(SegmentHeader);             // and waiting

  Status emit(std::string_view bytes);
  Status flush_block();
  Status flush_filter();
  std::uint64_t list_of(std::span<const std::uint32_t> samples);
};

/// What becomes of a sample; nullopt: it is left out.
using SampleChoice = std::function<std::optional<Sample>(const Sample&)>;

/// What segments of one kind hold, in one, and how many samples that are; nothing is written where there are none. `choice` is asked once for each sample, in order.
/// Of clean segments samples are chosen and all genes kept: nobody knows whose they are. Memory: that of SegmentWriter. Errors: "gene-index" for keys that no
/// writer writes.
Result<std::size_t> merge_segments(std::span<const Segment* const> segments, const std::string& path, const SampleChoice& choice = {});

}  // namespace mozu::gene
