// Private to the room: events as each kind of reader sees them, kept as long as the knowledge base stays as it is.
#pragma once
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "mozu/notify/event.hpp"

namespace mozu::notify {

class SeenEvents {
 public:
  using Seen = std::shared_ptr<const Event>;  ///< null: not for these eyes
  explicit SeenEvents(Source& source) : source_(source) {}
  Result<Seen> get(const intel::Viewer& viewer, const std::string& key) {
    MOZU_LET(const auto sequence, source_.last_sequence());
    {
      const std::scoped_lock lock(mutex_);
      if (sequence != sequence_ || count_ >= kept_max) kept_.clear(), count_ = 0, sequence_ = sequence;
      for (const auto& [eyes, seen] : kept_[key])
        if (eyes == viewer) return seen;
    }
    MOZU_LET(auto event, source_.seen_by(viewer, key));
    Seen seen = event ? std::make_shared<const Event>(std::move(*event)) : nullptr;
    const std::scoped_lock lock(mutex_);
    if (sequence == sequence_) kept_[key].emplace_back(viewer, seen), ++count_;
    return seen;
  }

 private:
  static constexpr std::size_t kept_max = 2000;
  Source& source_;
  std::mutex mutex_;
  std::int64_t sequence_ = -1;
  std::size_t count_ = 0;
  std::unordered_map<std::string, std::vector<std::pair<intel::Viewer, Seen>>> kept_;
};

}  // namespace mozu::notify
