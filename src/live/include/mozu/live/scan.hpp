// Sources → scanner → sink: scan inputs against an index with any number of threads; the output does not depend on their number.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/formats/detection_writer.hpp"
#include "mozu/live/read.hpp"
#include "mozu/match/scanner.hpp"

namespace mozu::live {

/// Takes output bytes, whole records, in order; called by one thread at a time. An error stops the run.
using OutputSink = std::function<Status(std::string_view)>;

/// Looked at by another thread while a run goes on.
struct Progress {
  alignas(8) std::uint64_t read_bytes = 0;  ///< as on disk; by std::atomic_ref
  std::atomic<std::uint64_t> scanned_bytes{0}, lines{0}, detections{0};
};

/// How a run ended.
struct RunResult {
  std::uint64_t inputs_failed = 0;       ///< inputs or archive members that could not be read, or not to their end
  std::optional<Diagnostic> stopped_by;  ///< the sink's error, "out-of-memory" or "scan-fault"; the run ended early
  double seconds = 0;
};

struct ScanJob {
  std::shared_ptr<const match::Index> index;
  std::vector<std::string> inputs;  ///< as expand_inputs() gives them
  match::ScanOptions options;
  ReadOptions read;
  unsigned threads = 0;   ///< 0 = one per processor
  bool defanged = false;  ///< also match defanged forms (see refang_lines)
  formats::DetectionFormat format = formats::DetectionFormat::json;
  formats::DetectionWriterOptions writer;
};

/// Counts of detections (not of suppressed ones).
struct ScanSummary {
  match::ScanStatistics statistics;
  std::map<std::string, std::uint64_t, std::less<>> by_type, by_feed, by_relation;  ///< type: short name, e.g. "domain", "sha256"
  /// "type value" of the indicator → detections, most frequent first, then by name; at most `top_max`
  std::vector<std::pair<std::string, std::uint64_t>> top_indicators;
  std::uint64_t distinct_indicators = 0;
  std::map<std::string, std::uint64_t, std::less<>> suppressed_by_reason;  ///< together statistics.suppressed
};
inline constexpr std::size_t top_max = 10;

struct ScanResult {
  ScanSummary summary;
  RunResult run;
};
ScanResult run_scan(const ScanJob& job, const OutputSink& sink, const DiagnosticHandler& diagnostics, Progress* progress = nullptr);

/// `mozu observables`: every observable of the inputs, counted.
struct ObservableCount {
  intel::Observable observable;
  std::uint64_t count = 0;
};
struct ObservablesJob {
  std::vector<std::string> inputs;
  ReadOptions read;
  unsigned threads = 0;
  bool defanged = false;
  std::size_t distinct_max = 20'000'000;  ///< distinct values kept, the first ones of the inputs; what comes new after them is only counted, in not_kept
};
struct ObservablesResult {
  std::vector<ObservableCount> counts;  ///< by count (falling), type, value
  std::uint64_t bytes = 0, lines = 0, found = 0, not_kept = 0;
  RunResult run;
};
ObservablesResult count_observables(const ObservablesJob& job, const DiagnosticHandler& diagnostics, Progress* progress = nullptr);

}  // namespace mozu::live
