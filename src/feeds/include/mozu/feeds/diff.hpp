// What changed between two indexes, whatever order their feeds and entries are in.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "mozu/match/index.hpp"

namespace mozu::feeds {

struct IndexChange {
  enum class What : std::uint8_t { added, removed, changed };
  What what = What::added;
  intel::PatternKind kind = intel::PatternKind::domain;
  std::string value;
  std::vector<std::string> feeds_before, feeds_after;  ///< sorted
  std::vector<std::string> changed;                    ///< of what is in both: "feeds", "validity", "confidence", "labels", "id", "exact-only", "context"
};
/// An entry of the suppression lists; `changed` means another reason.
struct SuppressionChange {
  IndexChange::What what = IndexChange::What::added;
  intel::PatternKind kind = intel::PatternKind::domain;
  std::string value;
  std::string reason_before, reason_after;
};
struct DiffTotals {
  std::uint64_t added = 0, removed = 0, changed = 0, same = 0;
};

/// Calls `each` for every difference, by kind and value.
DiffTotals diff_indexes(const match::Index& before, const match::Index& after, const std::function<void(const IndexChange&)>& each);
/// The same for what the indexes suppress.
DiffTotals diff_suppressions(const match::Index& before, const match::Index& after, const std::function<void(const SuppressionChange&)>& each);

}  // namespace mozu::feeds
