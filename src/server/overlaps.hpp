// Private to the room: what sources have in common, counted in the background when somebody asks and the base has changed, and kept for all who ask.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "mozu/base/result.hpp"
#include "mozu/server/routes.hpp"
#include "mozu/store/source_values.hpp"

namespace mozu::server {

class Overlaps {
 public:
  explicit Overlaps(Services& services) : services_(services) {}
  ~Overlaps();
  Overlaps(const Overlaps&) = delete;
  Overlaps& operator=(const Overlaps&) = delete;

  struct Counted {
    std::shared_ptr<const store::SourceValues> values;  ///< null: not counted yet
    Timestamp at;                                       ///< when that was done
    bool newest = false;                                ///< nothing was written since
    std::optional<Diagnostic> failure;                  ///< why counting came to nothing, until it is begun again
  };
  /// What is there, after waiting a moment for what is newer.
  Result<Counted> ask();

 private:
  static constexpr std::chrono::milliseconds waits{700};
  Services& services_;
  std::mutex mutex_;
  std::condition_variable done_;
  Counted counted_;
  bool running_ = false;
  std::atomic<bool> ending_ = false;
  std::thread thread_;
  void begin();  ///< under the lock
  void count();
};

}  // namespace mozu::server
