// The slow, obvious matcher: what src/match/README.md defines, written down once more without any thought of speed.
// It shares nothing with the engine but the canonical forms of `intel`, which have their own tests.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/intel/detection.hpp"
#include "mozu/intel/indicator.hpp"
#include "pattern_set.hpp"
#include "tokens.hpp"

namespace mozu::match::reference {

struct RefHit {
  std::uint64_t offset = 0, length = 0;  ///< raw bytes in the line
  intel::ObservableType type = intel::ObservableType::domain_name;
  std::string value;  ///< observed, canonical
  intel::Relation relation = intel::Relation::exact;
  intel::PatternKind kind = intel::PatternKind::domain;
  std::string indicator;             ///< canonical
  std::vector<std::string> feeds;    ///< whose word counts; sorted
  std::vector<std::string> reasons;  ///< of every suppression that covers it; sorted, unique
  bool suppressed() const { return !reasons.empty(); }
  bool operator==(const RefHit&) const = default;
};

class Reference {
 public:
  void add(std::string_view feed, const intel::Indicator& indicator);
  void add_suppression(const intel::Pattern& pattern, std::string_view reason, bool exact_only);
  /// `line` without LF; one CR at its end is cut. `time` is the event's time; without one every validity window holds.
  /// Suppressed hits are among the others. Sorted by offset, length, relation, kind, indicator.
  std::vector<RefHit> match_line(std::string_view line, std::optional<Timestamp> time) const;

 private:
  struct Posting {
    std::string feed;
    std::optional<Timestamp> from, until;
    bool exact_only = false;
  };
  struct Candidate;
  class Line;

  PatternSet indicators_;
  std::vector<std::vector<Posting>> postings_;  // by PatternId
  PatternSet suppressions_;
  std::vector<std::vector<std::string>> reasons_;
  std::vector<bool> reaches_below_;  // false: every word of that suppression is exact-only

  std::vector<std::string> counting_feeds(PatternId id, bool below, std::optional<Timestamp> time) const;
  std::vector<std::string> reasons_for(const RefHit& hit, PatternId id) const;
  void covering_name(std::string_view name, std::vector<PatternId>& found) const;
  void covering_host(std::string_view host, std::vector<PatternId>& found) const;
  void covering_observed(const RefHit& hit, std::vector<PatternId>& found) const;
  void covering_indicator(PatternId id, std::vector<PatternId>& found) const;
};

}  // namespace mozu::match::reference
