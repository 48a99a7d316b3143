// Private to the room: what is worked out of all that one kind of viewer may see.
#pragma once
#include <fmt/core.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/store/store.hpp"

namespace mozu::server {

/// Keeps the values of the last few kinds of viewer; one that is older than what was written last is made anew. Thread-safe: one value is made at a time, and whoever asks
/// meanwhile waits.
template <class T>
class ViewerCache {
 public:
  using Value = std::shared_ptr<const T>;
  explicit ViewerCache(store::Store& knowledge) : knowledge_(knowledge) {}

  /// `make`: viewer → Result<T>. `further` tells what else the value depends on.
  template <class Make>
  Result<Value> get(const intel::Viewer& viewer, std::string_view further, const Make& make) {
    MOZU_LET(const std::int64_t sequence, knowledge_.last_sequence());
    const std::string whose = fmt::format("{} {} {} {}", viewer.organisation, static_cast<int>(viewer.clearance), viewer.all, further);
    const std::scoped_lock lock(mutex_);
    for (const Kept& kept : kept_)
      if (kept.whose == whose && kept.sequence == sequence) return kept.value;
    MOZU_LET(T made, make(viewer));
    std::erase_if(kept_, [&](const Kept& kept) { return kept.whose == whose; });
    kept_.push_front({whose, sequence, std::make_shared<const T>(std::move(made))});
    if (kept_.size() > kept_max) kept_.pop_back();
    return kept_.front().value;
  }

 private:
  static constexpr std::size_t kept_max = 8;
  struct Kept {
    std::string whose;
    std::int64_t sequence = 0;
    Value value;
  };
  store::Store& knowledge_;
  std::mutex mutex_;
  std::deque<Kept> kept_;
};

}  // namespace mozu::server
