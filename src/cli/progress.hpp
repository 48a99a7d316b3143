// The progress bar: shown on a terminal only, from a thread of its own.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "mozu/live/scan.hpp"

namespace mozu::cli {

class ProgressBar {
 public:
  /// total_bytes 0 = unknown. Nothing is shown if `wanted` is false or standard error is no terminal.
  ProgressBar(bool wanted, std::uint64_t total_bytes);
  ~ProgressBar() { stop(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  void stop();
  live::Progress& counts() { return counts_; }

 private:
  void draw(double seconds);
  live::Progress counts_;
  std::uint64_t total_bytes_;
  std::mutex mutex_;
  std::condition_variable stopping_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace mozu::cli
