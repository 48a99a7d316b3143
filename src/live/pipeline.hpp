// Threads take batches in turn, work on them at once, and give their output in the batches' order.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "batch_reader.hpp"
#include "mozu/live/scan.hpp"

namespace mozu::live {

/// Output of one batch. Large output does not pile up: past a few MiB it waits for its turn and is given away.
class BatchOutput {
 public:
  virtual ~BatchOutput() = default;
  std::string& text() { return text_; }
  /// Call between records.
  void between_records() {
    if (text_.size() >= text_bytes_max) give();
  }
  static constexpr std::size_t text_bytes_max = 4 << 20;

 protected:
  virtual void give() = 0;
  std::string text_;
};

/// One per thread.
class BatchWorker {
 public:
  virtual ~BatchWorker() = default;
  virtual void work(const LineBatch& batch, BatchOutput& out) = 0;
};
using WorkerFactory = std::function<std::unique_ptr<BatchWorker>()>;

/// threads 0 = one per processor. The workers come back for their sums.
RunResult run_batches(BatchReader& reader, unsigned threads, const WorkerFactory& make_worker, const OutputSink& sink, const DiagnosticHandler& diagnostics,
                      std::vector<std::unique_ptr<BatchWorker>>& workers);

}  // namespace mozu::live
