// What is worked out of all that one kind of viewer may see, kept until something is written.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>

#include "mozu/base/result.hpp"
#include "mozu/store/store.hpp"

namespace mozu::store {

/// Keeps the values of the last few kinds of viewer; one that is older than what was written last is made anew. Thread-safe: one value is made at a time, and whoever asks
/// meanwhile waits.
template <class T>
class ViewerCache {
 public:
  using Value = std::shared_ptr<const T>;
  explicit ViewerCache(Store& knowledge) : knowledge_(knowledge) {}

  /// `make`: viewer → Result<T>. `further`: a mark of what else the value depends on, which changes with it.
  template <class Make>
  Result<Value> get(const intel::Viewer& viewer, std::int64_t further, const Make& make) {
    MOZU_LET(const std::int64_t sequence, knowledge_.last_sequence());
    return get_as_of(viewer, sequence, further, make);
  }
  /// Of what depends on some objects only: `sequence` of the newest of them.
  template <class Make>
  Result<Value> get_as_of(const intel::Viewer& viewer, std::int64_t sequence, std::int64_t further, const Make& make) {
    const std::scoped_lock lock(mutex_);
    const auto is_of = [&](const Kept& kept) { return kept.viewer == viewer; };
    for (const Kept& kept : kept_)
      if (is_of(kept) && kept.sequence == sequence && kept.further == further) return kept.value;
    MOZU_LET(T made, make(viewer));
    std::erase_if(kept_, is_of);
    kept_.push_front({viewer, sequence, further, std::make_shared<const T>(std::move(made))});
    if (kept_.size() > kept_max) kept_.pop_back();
    return kept_.front().value;
  }

 private:
  static constexpr std::size_t kept_max = 8;
  struct Kept {
    intel::Viewer viewer;
    std::int64_t sequence = 0, further = 0;
    Value value;
  };
  Store& knowledge_;
  std::mutex mutex_;
  std::deque<Kept> kept_;
};

}  // namespace mozu::store
