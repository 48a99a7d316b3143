#include <algorithm>
#include <functional>
#include <unordered_map>

#include "batch_reader.hpp"
#include "mozu/base/bytes.hpp"
#include "mozu/base/scratch.hpp"
#include "mozu/live/refang.hpp"
#include "mozu/live/scan.hpp"
#include "pipeline.hpp"

namespace mozu::live {
namespace {

/// The key is the type as one byte, then the value.
struct KeyHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view key) const { return std::hash<std::string_view>{}(key); }
};
using Counts = std::unordered_map<std::string, std::uint64_t, KeyHash, std::equal_to<>>;

/// Counts the values of one batch; what goes out is, for each in the order in which they first stand there: u64 count, u64 key bytes, key.
/// So the one who takes the outputs, in the batches' order, meets the values as they stand in the inputs.
class ObservablesWorker final : public BatchWorker {
 public:
  ObservablesWorker(const ObservablesJob& job, Progress* progress) : job_(job), progress_(progress) {}

  void work(const LineBatch& batch, BatchOutput& out) override {
    std::string_view rest = batch.bytes;
    if (job_.defanged && refanged_.refang(rest)) rest = refanged_.text();
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      std::string_view line = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (line.ends_with('\r')) line.remove_suffix(1);
      match::find_observables(line, found_);
      for (const auto& f : found_) count(f.observable);
      empty_scratch(found_);
    }
    for (const auto* entry : in_order_) {
      char numbers[16];
      store(numbers, entry->second);
      store(numbers + 8, std::uint64_t{entry->first.size()});
      out.text().append(numbers, sizeof numbers).append(entry->first);
      out.between_records();
    }
    empty_scratch(in_order_);
    if (counts_.bucket_count() * sizeof(void*) > scratch_bytes_kept) give_back(counts_);
    else counts_.clear();
    refanged_.clear();
    bytes += batch.bytes.size();
    lines += batch.lines;
    if (progress_ != nullptr) {
      progress_->scanned_bytes.fetch_add(batch.bytes.size(), std::memory_order_relaxed);
      progress_->lines.fetch_add(batch.lines, std::memory_order_relaxed);
    }
  }

  std::uint64_t bytes = 0, lines = 0, found = 0;

 private:
  void count(const intel::Observable& o) {
    ++found;
    key_.assign(1, static_cast<char>(o.type));
    key_ += o.value;
    const auto [it, fresh] = counts_.try_emplace(key_, 0);
    ++it->second;
    if (fresh) in_order_.push_back(&*it);
  }

  const ObservablesJob& job_;
  Progress* progress_;
  std::string key_;
  std::vector<match::FoundObservable> found_;
  Refanged refanged_;
  Counts counts_;
  std::vector<const Counts::value_type*> in_order_;
};

/// Adds what the workers put out to the counts of the run.
class Gatherer {
 public:
  explicit Gatherer(std::size_t distinct_max) : distinct_max_(distinct_max) {}

  void take(std::string_view records) {
    while (!records.empty()) {
      const auto n = load<std::uint64_t>(records.data());
      const std::string_view key = records.substr(16, load<std::uint64_t>(records.data() + 8));
      records.remove_prefix(16 + key.size());
      if (const auto it = counts.find(key); it != counts.end()) it->second += n;
      else if (counts.size() < distinct_max_) counts.emplace(key, n);
      else not_kept += n;
    }
  }

  Counts counts;
  std::uint64_t not_kept = 0;

 private:
  std::size_t distinct_max_;
};

}  // namespace

ObservablesResult count_observables(const ObservablesJob& job, const DiagnosticHandler& diagnostics, Progress* progress) {
  BatchReader reader(job.inputs, job.read, diagnostics, progress != nullptr ? &progress->read_bytes : nullptr);
  std::vector<std::unique_ptr<BatchWorker>> workers;
  ObservablesResult result;
  Gatherer gathered(job.distinct_max);
  const OutputSink gather = [&gathered](std::string_view records) {
    gathered.take(records);
    return Status{};
  };
  result.run = run_batches(reader, job.threads, [&] { return std::make_unique<ObservablesWorker>(job, progress); }, gather, diagnostics, workers);
  for (const auto& w : workers) {
    const auto& worker = static_cast<const ObservablesWorker&>(*w);
    result.bytes += worker.bytes;
    result.lines += worker.lines;
    result.found += worker.found;
  }
  result.not_kept = gathered.not_kept;
  result.counts.reserve(gathered.counts.size());
  for (const auto& [key, n] : gathered.counts) result.counts.push_back({{static_cast<intel::ObservableType>(key[0]), key.substr(1)}, n});
  std::sort(result.counts.begin(), result.counts.end(), [](const ObservableCount& a, const ObservableCount& b) {
    if (a.count != b.count) return a.count > b.count;
    if (a.observable.type != b.observable.type) return a.observable.type < b.observable.type;
    return a.observable.value < b.observable.value;
  });
  return result;
}

}  // namespace mozu::live
