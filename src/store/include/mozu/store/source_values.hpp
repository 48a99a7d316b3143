// What sources have in common: of each pair, how many values indicators of both are about. Counted once for everybody, by what decides who may see an indicator; from
// that the answer for each viewer is made without asking the base again.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/intel/access.hpp"
#include "mozu/intel/stix_object.hpp"

namespace mozu::store {

/// Indicators that the same people may see, of one source.
struct ValueGroup {
  std::string source;
  intel::OrganisationId organisation = intel::common;
  intel::Tlp tlp = intel::Tlp::none;
  bool published = false;  ///< they came with a publication, which plans may close
};
/// So many values of a kind are in these groups, and in no other.
struct ValueSet {
  intel::KeyKind kind = intel::KeyKind::domain;
  std::vector<std::uint16_t> groups;  ///< places in SourceValues::groups, ascending
  std::uint64_t values = 0;
};

/// Of newest versions of indicators that are not revoked. An id that several sources gave counts for the one that said it last.
struct SourceValues {
  std::int64_t sequence = 0;  ///< of the base that was counted
  std::vector<ValueGroup> groups;
  std::vector<ValueSet> sets;
  bool cut = false;  ///< there was more than the limits below: what is told is too low
};
inline constexpr std::size_t value_groups_max = 4096, value_sets_max = 500'000, counted_values_max = 40'000'000;

/// For one viewer.
struct SourceShare {
  std::string source;
  std::uint64_t values = 0, only_here = 0;                          ///< only_here: that no other source they may see has
  std::vector<std::pair<intel::KeyKind, std::uint64_t>> by_kind{};  ///< ascending
};
struct SourcePair {
  std::size_t a = 0, b = 0;  ///< places in SourceOverlaps::sources, a < b
  std::uint64_t both = 0;    ///< never 0
};
struct SourceOverlaps {
  std::vector<SourceShare> sources;  ///< by name
  std::vector<SourcePair> pairs;     ///< the most first
};
/// Of publications that a plan could close, whose viewer a plan limits sees only their own organisation's here, opened or not: rather too little than what is closed.
SourceOverlaps overlaps_of(const SourceValues& values, const intel::Viewer& viewer);

}  // namespace mozu::store
