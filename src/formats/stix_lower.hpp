// Private to the room: from a STIX pattern to the values that Mozu can match on.
#pragma once
#include <string>
#include <vector>

#include "mozu/intel/indicator.hpp"
#include "stix_pattern.hpp"

namespace mozu::formats {

struct StixFound {
  std::string value;
  intel::TypeHint hint = intel::TypeHint::any;
  /// The pattern wants more than this value (AND with something that is not about the same file, FOLLOWEDBY).
  bool part_of_and = false;
};

struct StixLowered {
  std::vector<StixFound> found;            ///< in the order of the pattern
  std::vector<std::string> inexpressible;  ///< comparisons on known observables that no indicator says exactly: why
  std::vector<std::string> other_kinds;    ///< comparisons on other things: "mutex", "file:name", …
};

/// Comparisons joined by AND or FOLLOWEDBY become one value each: a log line rarely holds all of them, so demanding all would
/// find nothing. Hashes of one file, and a hash with other properties of the same file, lose nothing by it and are not marked.
StixLowered lower_stix_pattern(const StixPattern& pattern);

}  // namespace mozu::formats
