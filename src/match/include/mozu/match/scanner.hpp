// Scanning lines against an index. Nothing here knows files or sockets: bytes in, detections out.
// examples/cpp/scan_lines.cpp shows the whole API in one page; the tests build and run it.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/intel/detection.hpp"
#include "mozu/match/event.hpp"
#include "mozu/match/index.hpp"

namespace mozu::match {

enum class Kernel : std::uint8_t { automatic, scalar, avx2, avx512 };
std::string_view name(Kernel k);
/// Kernels that this processor can run, fastest first; always ends with scalar.
std::vector<Kernel> supported_kernels();

struct ScanOptions {
  Kernel kernel = Kernel::automatic;
  std::optional<Timestamp> as_of;  ///< event time for validity; else the line's own time, else `now`
  Timestamp now = Timestamp::now();
  bool show_suppressed = false;  ///< give suppressed values as detections with `suppressed` set
  bool event_fields = true;      ///< fill Detection::event (the event's time is read in any case where validity needs it)
  SourceProfile profile;
};

struct ScanStatistics {
  std::uint64_t bytes = 0, lines = 0;
  std::uint64_t detections = 0, suppressed = 0;
  std::uint64_t lines_matched = 0;   ///< lines with at least one detection
  std::uint64_t lines_examined = 0;  ///< lines that the filter sent to the exact stage
  std::uint64_t out_of_validity = 0;
  void add(const ScanStatistics& o);
};

/// A run of whole lines of one input.
struct Batch {
  std::string_view bytes;          ///< ends with LF, or at the end of the input
  std::string_view source;         ///< name of the input, for Detection::source
  std::uint64_t first_line = 1;    ///< number of the first line
  std::uint64_t first_offset = 0;  ///< offset in its line of the batch's first byte, where a very long line comes in pieces
};

using DetectionHandler = std::function<void(const intel::Detection&)>;

/// Not thread-safe; one per thread, all over one shared Index. Cheap to make compared with a batch (some 100 KB of scratch).
class Scanner {
 public:
  explicit Scanner(std::shared_ptr<const Index> index, ScanOptions options = {});
  ~Scanner();
  Scanner(Scanner&&) noexcept;

  /// Detections are given in line order, then offset order, then relation, indicator kind and value. Linear time in the
  /// batch; scratch memory is bounded by the longest line, and what a
  /// line of more than 64 KiB or a huge batch took is given back after it. `header` is the state before the batch and is advanced.
  ScanStatistics scan(const Batch& batch, HeaderState& header, const DetectionHandler& handler);

  /// Numbers (0-based, in the batch) of the lines that hold at least one valid, not suppressed indicator; for the benchmarks'
  /// task "lines that hold an indicator".
  ScanStatistics matching_lines(const Batch& batch, HeaderState& header, const std::function<void(std::uint64_t line)>& handler);

  /// The filter alone: how many lines would be examined. For measuring.
  std::uint64_t filter_only(std::string_view bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// `mozu match --explain`: every token of one line, its canonical form, where it was looked up and what was found.
struct TokenExplanation {
  std::uint64_t offset = 0, length = 0;
  intel::Observable observable;
  std::string note;  ///< e.g. "host of the URL at 10", "percent-decoded", "no such top-level domain"
  struct Probe {
    std::string key;
    std::string outcome;
  };  ///< "domain evil.example", "found: exact-only" / "not in the index"
  std::vector<Probe> probes;
};
/// What became of one indicator that was found.
struct HitExplanation {
  std::uint64_t offset = 0, length = 0;
  intel::Relation relation = intel::Relation::exact;
  intel::PatternKind kind = intel::PatternKind::domain;
  std::string indicator;
  std::vector<std::string> feeds;
  std::string outcome;  ///< "detection", "suppressed: <reason>", "not valid at <time>: <feed> says from … until …", "exact-only …", "field …"
};
struct LineExplanation {
  bool json_decoded = false;
  std::string decoded;  ///< the text that was tokenised, if it differs from the line
  std::vector<TokenExplanation> tokens;
  std::vector<HitExplanation> hits;  ///< by the same code and options as a scan; empty without an index
};
/// `index` may be null: then only the tokens are told.
LineExplanation explain(const std::shared_ptr<const Index>& index, std::string_view line, const ScanOptions& options = {});

/// Every observable of a line by matching.md §1, in offset order, without an index. Addresses, names (with a known TLD),
/// URLs, e-mails, hashes. Used by `mozu observables`.
struct FoundObservable {
  std::uint64_t offset = 0, length = 0;
  intel::Observable observable;
};
void find_observables(std::string_view line, std::vector<FoundObservable>& out);

}  // namespace mozu::match
