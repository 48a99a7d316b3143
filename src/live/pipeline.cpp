#include "pipeline.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>

namespace mozu::live {
namespace {

/// Puts the output of batches that end in any order into theirs. Who has the next batch writes, and what waits behind it.
class OrderedOutput {
 public:
  OrderedOutput(const OutputSink& sink, std::uint64_t window) : sink_(sink), window_(window) {}

  /// The whole output, or its rest, of a batch. Waits only when too many later outputs are waiting already.
  void finish(std::uint64_t sequence, std::string& text) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopped_by_ || sequence < next_ + window_; });
    if (stopped_by_) return;
    if (sequence != next_) {
      waiting_.emplace(sequence, std::move(text));
      text.clear();
      return;
    }
    write(lock, text);
    text.clear();
    ++next_;
    for (auto it = waiting_.find(next_); it != waiting_.end() && !stopped_by_; it = waiting_.find(next_)) {
      const std::string ready = std::move(it->second);
      waiting_.erase(it);
      write(lock, ready);
      ++next_;
    }
    changed_.notify_all();
  }

  /// A first part of a batch's output: waits until it is its turn.
  void give_part(std::uint64_t sequence, std::string& text) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopped_by_ || sequence == next_; });
    if (!stopped_by_) write(lock, text);
    text.clear();
  }

  void stop(Diagnostic why) {
    const std::lock_guard lock(mutex_);
    if (!stopped_by_) stopped_by_ = std::move(why);
    changed_.notify_all();
  }
  bool stopped() {
    const std::lock_guard lock(mutex_);
    return stopped_by_.has_value();
  }
  std::optional<Diagnostic> stopped_by() { return stopped_by_; }

 private:
  /// Only the owner of batch next_ comes here, so the lock need not be held meanwhile.
  void write(std::unique_lock<std::mutex>& lock, const std::string& text) {
    if (text.empty()) return;
    lock.unlock();
    Status status = sink_(text);
    lock.lock();
    if (!status && !stopped_by_) {
      stopped_by_ = std::move(status).error();
      changed_.notify_all();
    }
  }

  const OutputSink& sink_;
  const std::uint64_t window_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t next_ = 0;
  std::map<std::uint64_t, std::string> waiting_;
  std::optional<Diagnostic> stopped_by_;
};

class OrderedBatchOutput final : public BatchOutput {
 public:
  explicit OrderedBatchOutput(OrderedOutput& output) : output_(output) {}
  void begin(std::uint64_t sequence) { sequence_ = sequence; }
  void end() { output_.finish(sequence_, text_); }

 private:
  void give() override { output_.give_part(sequence_, text_); }
  OrderedOutput& output_;
  std::uint64_t sequence_ = 0;
};

Diagnostic out_of_memory() {
  return {Severity::error, "out-of-memory", "memory ran out while scanning", {}, "use fewer threads (-j) or a smaller --line-bytes-max"};
}

/// A fault of ours or of a library in use: it ends the run in order, never the program, which may be a server.
Diagnostic unexpected_fault(const LineBatch& batch, const std::exception& e) {
  return {Severity::error,
          "scan-fault",
          fmt::format("scanning failed unexpectedly: {}", e.what()),
          {batch.source, batch.first_line, {}},
          "please report it with the lines from there on; what was put out before is right"};
}

void work_in_turn(BatchReader& reader, std::mutex& reading, BatchWorker& worker, OrderedOutput& output) {
  LineBatch batch;
  try {
    OrderedBatchOutput out(output);
    for (;;) {
      {
        // The thread that reads a batch scans it: the bytes are still in its cache.
        const std::lock_guard lock(reading);
        if (output.stopped() || !reader.next(batch)) return;
      }
      out.begin(batch.sequence);
      worker.work(batch, out);
      out.end();
    }
  } catch (const std::bad_alloc&) {
    output.stop(out_of_memory());
  } catch (const std::exception& e) {
    output.stop(unexpected_fault(batch, e));
  }
}

}  // namespace

RunResult run_batches(BatchReader& reader, unsigned threads, const WorkerFactory& make_worker, const OutputSink& sink, const DiagnosticHandler& diagnostics,
                      std::vector<std::unique_ptr<BatchWorker>>& workers) {
  const auto begun = std::chrono::steady_clock::now();
  if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
  OrderedOutput output(sink, 4ULL * threads);
  std::mutex reading;
  for (unsigned i = 0; i < threads; ++i) workers.push_back(make_worker());
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads; ++i) {
    try {
      others.emplace_back([&, i] { work_in_turn(reader, reading, *workers[i], output); });
    } catch (const std::system_error&) {
      if (diagnostics) {
        const std::lock_guard lock(reading);
        diagnostics({Severity::warning, "threads", "the system gives no more threads; fewer are used", {}, "use a smaller -j"});
      }
      break;
    }
  }
  work_in_turn(reader, reading, *workers[0], output);
  for (auto& t : others) t.join();
  RunResult result;
  result.inputs_failed = reader.inputs_failed();
  result.stopped_by = output.stopped_by();
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return result;
}

}  // namespace mozu::live
