#include "mozu/live/scan.hpp"

#include <algorithm>
#include <unordered_map>

#include "batch_reader.hpp"
#include "mozu/base/scratch.hpp"
#include "mozu/live/refang.hpp"
#include "pipeline.hpp"

namespace mozu::live {
namespace {

/// "kind value" → how often
using IndicatorCounts = std::unordered_map<std::string, std::uint64_t>;

class ScanWorker final : public BatchWorker {
 public:
  ScanWorker(const ScanJob& job, Progress* progress) : job_(job), scanner_(job.index, with_suppressed(job.options)), progress_(progress) {}

  void work(const LineBatch& batch, BatchOutput& out) override {
    const bool changed = job_.defanged && refanged_.refang(batch.bytes);
    match::Batch input{changed ? refanged_.text() : batch.bytes, batch.source, batch.first_line, batch.first_offset};
    match::HeaderState header = batch.header;
    const auto statistics = scanner_.scan(input, header, [&](const intel::Detection& d) {
      if (changed) take_refanged(d, input, out);
      else take(d, out);
    });
    empty_scratch(line_starts_);
    refanged_.clear();
    auto& sum = summary_.statistics;
    sum.add(statistics);
    // The scanner counts what it is given; the input's own bytes and lines are meant.
    sum.bytes += batch.bytes.size() - statistics.bytes;
    sum.lines += batch.lines - statistics.lines;
    if (progress_ != nullptr) {
      progress_->scanned_bytes.fetch_add(batch.bytes.size(), std::memory_order_relaxed);
      progress_->lines.fetch_add(batch.lines, std::memory_order_relaxed);
      progress_->detections.fetch_add(statistics.detections, std::memory_order_relaxed);
    }
  }

  void add_to(ScanSummary& summary, IndicatorCounts& indicators) const {
    summary.statistics.add(summary_.statistics);
    for (const auto& [k, n] : summary_.by_type) summary.by_type[k] += n;
    for (const auto& [k, n] : summary_.by_feed) summary.by_feed[k] += n;
    for (const auto& [k, n] : summary_.by_relation) summary.by_relation[k] += n;
    for (const auto& [k, n] : summary_.suppressed_by_reason) summary.suppressed_by_reason[k] += n;
    for (const auto& [k, n] : indicators_) indicators[k] += n;
  }

 private:
  /// Suppressed values are counted by their reason even where they are not put out.
  static match::ScanOptions with_suppressed(match::ScanOptions options) {
    options.show_suppressed = true;
    return options;
  }

  void take(const intel::Detection& d, BatchOutput& out) {
    if (!d.suppressed.empty()) {
      count(summary_.suppressed_by_reason, d.suppressed);
      if (!job_.options.show_suppressed) return;
    }
    formats::write_detection(out.text(), d, job_.format, job_.writer);
    out.between_records();
    if (!d.suppressed.empty()) return;
    count(summary_.by_type, intel::short_name(d.observable.type));
    count(summary_.by_relation, intel::name(d.relation));
    for (const auto& feed : d.feeds) count(summary_.by_feed, feed);
    key_.assign(intel::short_name(d.indicator_kind));
    key_ += ' ';
    key_ += d.indicator_value;
    ++indicators_[key_];
  }

  /// Offsets back to the raw bytes. Lines are as they were: no mark holds an LF.
  void take_refanged(const intel::Detection& d, const match::Batch& text, BatchOutput& out) {
    if (line_starts_.empty()) {
      line_starts_.push_back(0);
      for (std::size_t at = text.bytes.find('\n'); at != std::string_view::npos; at = text.bytes.find('\n', at + 1)) line_starts_.push_back(at + 1);
    }
    const std::uint64_t line_start = line_starts_[d.line - text.first_line];
    const std::uint64_t raw_line_start = refanged_.raw_begin(line_start);
    const std::uint64_t base = d.line == text.first_line ? text.first_offset : 0;
    const std::uint64_t begin = line_start + d.offset - base;
    intel::Detection raw = d;
    raw.offset = base + refanged_.raw_begin(begin) - raw_line_start;
    raw.length = base + refanged_.raw_end(begin + d.length) - raw_line_start - raw.offset;
    take(raw, out);
  }

  static void count(std::map<std::string, std::uint64_t, std::less<>>& counts, std::string_view key) {
    auto it = counts.find(key);
    if (it == counts.end()) it = counts.emplace(key, 0).first;
    ++it->second;
  }

  const ScanJob& job_;
  match::Scanner scanner_;
  Progress* progress_;
  ScanSummary summary_;
  IndicatorCounts indicators_;
  std::string key_;
  Refanged refanged_;
  std::vector<std::size_t> line_starts_;
};

void fill_top(const IndicatorCounts& indicators, ScanSummary& summary) {
  summary.distinct_indicators = indicators.size();
  auto& top = summary.top_indicators;
  top.resize(std::min(top_max, indicators.size()));
  std::partial_sort_copy(indicators.begin(), indicators.end(), top.begin(), top.end(),
                         [](const auto& a, const auto& b) { return a.second != b.second ? a.second > b.second : a.first < b.first; });
}

}  // namespace

ScanResult run_scan(const ScanJob& job, const OutputSink& sink, const DiagnosticHandler& diagnostics, Progress* progress) {
  BatchReader reader(job.inputs, job.read, diagnostics, progress != nullptr ? &progress->read_bytes : nullptr);
  std::vector<std::unique_ptr<BatchWorker>> workers;
  ScanResult result;
  result.run = run_batches(reader, job.threads, [&] { return std::make_unique<ScanWorker>(job, progress); }, sink, diagnostics, workers);
  IndicatorCounts indicators;
  for (const auto& worker : workers) static_cast<const ScanWorker&>(*worker).add_to(result.summary, indicators);
  fill_top(indicators, result.summary);
  return result;
}

}  // namespace mozu::live
