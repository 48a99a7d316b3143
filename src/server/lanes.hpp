// Private to the room: who may use the workers. Slow requests go in lanes, one a person, one for all checks of what is written, one for all imports of files and one for all else that writes knowledge (they wait for one
// another in the store anyhow, the latter not for long); a lane takes at most half of the workers and half of the queue, so that nobody keeps all others out.
#pragma once
#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "mozu/server/http.hpp"
#include "mozu/server/identity.hpp"

namespace mozu::server {

/// Where a slow request waits.
inline std::string lane_of(const RouteOptions& options, const Who& who, const std::string& address) {
  // What may write for minutes is not waited for by what is written in a moment.
  if (options.writes_knowledge) return options.body == Body::file ? "imports" : "writes";
  if (options.checks) return "checks";
  return who ? "user " + std::to_string(who->user) : "from " + address;
}

class Lanes {
 public:
  using Work = std::function<void()>;
  Lanes(unsigned workers, std::size_t waiting_max) : running_max_(std::max(1U, workers / 2)), waiting_max_(waiting_max) {
    for (unsigned i = 0; i < workers; ++i) threads_.emplace_back([this] { serve(); });
  }
  ~Lanes() { join(); }
  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;

  /// false: too much runs or waits, of this lane or of all. `work` must not throw.
  bool run(const std::string& lane, Work work) {
    const std::scoped_lock lock(mutex_);
    if (all_ >= waiting_max_) return false;
    Lane& mine = lanes_[lane];
    if (mine.running + mine.waiting.size() >= std::max<std::size_t>(1, waiting_max_ / 2)) return false;
    ++all_;
    if (mine.running < running_max_) start(lane, mine, std::move(work));
    else mine.waiting.push_back(std::move(work));
    return true;
  }
  /// After what was taken is done.
  void join() {
    {
      const std::scoped_lock lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    for (std::thread& t : threads_) t.join();
    threads_.clear();
  }

 private:
  struct Lane {
    unsigned running = 0;  // or ready to
    std::deque<Work> waiting;
  };
  const unsigned running_max_;
  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::unordered_map<std::string, Lane> lanes_;  // those with anything to do
  std::deque<std::pair<std::string, Work>> ready_;
  std::size_t all_ = 0;
  bool ending_ = false;
  std::vector<std::thread> threads_;

  void start(const std::string& name, Lane& lane, Work work) {
    ++lane.running;
    ready_.emplace_back(name, std::move(work));
    changed_.notify_one();
  }
  void serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return !ready_.empty() || (ending_ && all_ == 0); });
      if (ready_.empty()) return;
      auto [name, work] = std::move(ready_.front());
      ready_.pop_front();
      lock.unlock();
      work();
      work = nullptr;  // what it holds is let go before others may know that it ended
      lock.lock();
      ended(name);
    }
  }
  void ended(const std::string& name) {
    if (--all_ == 0 && ending_) changed_.notify_all();
    const auto at = lanes_.find(name);
    Lane& lane = at->second;
    --lane.running;
    if (!lane.waiting.empty()) {
      Work next = std::move(lane.waiting.front());
      lane.waiting.pop_front();
      start(name, lane, std::move(next));
    } else if (lane.running == 0) {
      lanes_.erase(at);
    }
  }
};

}  // namespace mozu::server
