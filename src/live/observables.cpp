#include <algorithm>
#include <mutex>
#include <unordered_map>

#include "batch_reader.hpp"
#include "mozu/live/scan.hpp"
#include "pipeline.hpp"
#include "mozu/live/refang.hpp"

namespace mozu::live {
namespace {

/// The key is the type as one byte, then the value.
using Counts = std::unordered_map<std::string, std::uint64_t>;

class ObservablesWorker final : public BatchWorker {
 public:
  ObservablesWorker(const ObservablesJob& job, Progress* progress) : job_(job), progress_(progress) {}

  void work(const LineBatch& batch, BatchOutput&) override {
    std::string_view rest = batch.bytes;
    if (job_.defanged && refanged_.refang(rest)) rest = refanged_.text();
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      std::string_view line = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (line.ends_with('\r')) line.remove_suffix(1);
      found_.clear();
      match::find_observables(line, found_);
      for (const auto& f : found_) count(f.observable);
    }
    bytes += batch.bytes.size();
    lines += batch.lines;
    if (progress_ != nullptr) {
      progress_->scanned_bytes.fetch_add(batch.bytes.size(), std::memory_order_relaxed);
      progress_->lines.fetch_add(batch.lines, std::memory_order_relaxed);
    }
  }

  std::uint64_t bytes = 0, lines = 0, found = 0, not_kept = 0;
  Counts counts;

 private:
  void count(const intel::Observable& o) {
    ++found;
    key_.assign(1, static_cast<char>(o.type));
    key_ += o.value;
    if (const auto it = counts.find(key_); it != counts.end()) {
      ++it->second;
    } else if (counts.size() < job_.distinct_max) {
      counts.emplace(key_, 1);
    } else {
      ++not_kept;
    }
  }

  const ObservablesJob& job_;
  Progress* progress_;
  std::string key_;
  std::vector<match::FoundObservable> found_;
  Refanged refanged_;
};

}  // namespace

ObservablesResult count_observables(const ObservablesJob& job, const DiagnosticHandler& diagnostics, Progress* progress) {
  BatchReader reader(job.inputs, job.read, diagnostics, progress != nullptr ? &progress->read_bytes : nullptr);
  std::vector<std::unique_ptr<BatchWorker>> workers;
  ObservablesResult result;
  const OutputSink no_output = [](std::string_view) { return Status{}; };
  result.run = run_batches(reader, job.threads, [&] { return std::make_unique<ObservablesWorker>(job, progress); }, no_output, diagnostics, workers);
  Counts all;
  for (const auto& w : workers) {
    auto& worker = static_cast<ObservablesWorker&>(*w);
    result.bytes += worker.bytes;
    result.lines += worker.lines;
    result.found += worker.found;
    result.not_kept += worker.not_kept;
    if (all.empty()) {
      all = std::move(worker.counts);
    } else {
      for (const auto& [key, n] : worker.counts) all[key] += n;
    }
    worker.counts = {};
  }
  result.counts.reserve(all.size());
  for (const auto& [key, n] : all) result.counts.push_back({{static_cast<intel::ObservableType>(key[0]), key.substr(1)}, n});
  std::sort(result.counts.begin(), result.counts.end(), [](const ObservableCount& a, const ObservableCount& b) {
    if (a.count != b.count) return a.count > b.count;
    if (a.observable.type != b.observable.type) return a.observable.type < b.observable.type;
    return a.observable.value < b.observable.value;
  });
  return result;
}

}  // namespace mozu::live
