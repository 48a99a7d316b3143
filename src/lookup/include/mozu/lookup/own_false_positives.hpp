// What people marked as false positives, for lookups: by value, with who said so and why; and as an index that is asked like a warning list.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "mozu/base/result.hpp"
#include "mozu/intel/access.hpp"
#include "mozu/match/index.hpp"
#include "mozu/store/false_positives.hpp"
#include "mozu/store/store.hpp"

namespace mozu::lookup {

/// Those of one kind of viewer that count now.
class FalsePositiveList {
 public:
  /// Null if nobody marked this very value. Of one that everybody's and the own people marked: the own word.
  const store::FalsePositive* find(intel::PatternKind kind, std::string_view value) const;
  bool empty() const { return marks_.empty(); }
  /// Its one feed is called "false positives"; a domain leaves the names below it alone. Null if the list is empty.
  const std::shared_ptr<const match::Index>& index() const { return index_; }
  static constexpr std::string_view feed_name = "false positives";

 private:
  friend class OwnFalsePositives;
  std::unordered_map<std::string, store::FalsePositive> marks_;  // by kind and value
  std::shared_ptr<const match::Index> index_;
};

/// Read when first asked for, per organisation, and anew when one was marked, removed or ran out. Thread-safe.
class OwnFalsePositives {
 public:
  explicit OwnFalsePositives(store::Store& knowledge) : knowledge_(knowledge) {}
  Result<std::shared_ptr<const FalsePositiveList>> of(const intel::Viewer& viewer, Timestamp now);

 private:
  static constexpr std::size_t kept_max = 16;
  struct Kept {
    intel::OrganisationId organisation = 0;
    bool all = false;
    std::int64_t changed = 0;
    Timestamp until;  ///< then one of them runs out
    std::shared_ptr<const FalsePositiveList> list;
  };
  store::Store& knowledge_;
  std::mutex mutex_;
  std::deque<Kept> kept_;
  Result<Kept> read(const intel::Viewer& viewer, Timestamp now);
};

}  // namespace mozu::lookup
