// Private to the room: STIX patterns (OASIS STIX 2.0 part 5, STIX 2.1 chapter 9) as a tree. The whole grammar is parsed; what
// becomes of it is stix_lower.hpp's concern.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/result.hpp"

namespace mozu::formats {

struct StixLiteral {
  enum class Kind : std::uint8_t { string, integer, real, boolean, timestamp, binary, hex };
  Kind kind = Kind::string;
  std::string text;  ///< strings unescaped; timestamps, base64, hex digits and numbers as written
};

/// file:hashes.'SHA-256' → type "file", steps key "hashes", key "SHA-256".
struct StixPathStep {
  enum class Kind : std::uint8_t { key, index, any_index };
  Kind kind = Kind::key;
  std::string key;
  std::int64_t index = 0;
};
struct StixObjectPath {
  std::string type;
  std::vector<StixPathStep> steps;
  std::string text() const;  ///< canonical: "email-message:to_refs[*].value"; keys quoted only where they must be
};

enum class StixOperator : std::uint8_t { eq, ne, lt, le, gt, ge, in, like, matches, issubset, issuperset, exists };
std::string_view name(StixOperator op);  ///< "=", "!=", …, "ISSUBSET", "EXISTS"

struct StixComparison {
  StixObjectPath path;
  StixOperator op = StixOperator::eq;
  bool negated = false;             ///< NOT
  std::vector<StixLiteral> values;  ///< one, or the set of IN; none for EXISTS
  std::size_t offset = 0;           ///< where in the pattern it begins
};

/// Nodes lie in one array, children before parents, so that no depth of nesting can exhaust the stack of a reader.
struct StixPatternNode {
  enum class Kind : std::uint8_t {
    comparison,  ///< `comparison`
    comparison_and,
    comparison_or,
    observation,  ///< [ child ]
    observation_and,
    observation_or,
    followed_by,
    within,
    repeats,
    start_stop,  ///< a qualifier on `children[0]`; `numbers` and `times` hold its values
  };
  Kind kind = Kind::comparison;
  std::uint32_t comparison = 0;         ///< index into StixPattern::comparisons
  std::vector<std::uint32_t> children;  ///< indices into StixPattern::nodes
  double seconds = 0;                   ///< within
  std::uint64_t times = 0;              ///< repeats
  std::string start, stop;              ///< start_stop
};

struct StixPattern {
  std::vector<StixComparison> comparisons;
  std::vector<StixPatternNode> nodes;
  std::uint32_t root = 0;
  std::vector<std::string> tolerated;  ///< departures from the grammar that were read all the same
};

struct StixPatternOptions {
  /// Refuse what is common in feeds though the grammar forbids it: keywords in lower case, hyphens in unquoted keys
  /// (file:hashes.SHA-256), other backslash escapes than \\ and \'.
  bool strict = false;
};
inline constexpr std::size_t stix_pattern_bytes_max = std::size_t{4} << 20;
inline constexpr int stix_pattern_depth_max = 100;  ///< parentheses in parentheses

/// Errors: "stix-pattern" with the place as "line 1, column 17" in the message.
Result<StixPattern> parse_stix_pattern(std::string_view text, const StixPatternOptions& options = {});

}  // namespace mozu::formats
