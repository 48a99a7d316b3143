// Reading the rows of the definition table.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "definition_table.hpp"
#include "mozu/base/result.hpp"
#include "reference.hpp"

namespace mozu::match::reference {

struct Row {
  bool suppression = false;
  std::string feed;
  intel::Indicator indicator;  ///< of a suppression only the pattern counts
};
/// One "VALUE | exact-only | …" of a case.
Result<Row> read_row(std::string_view spec);
/// The hits of a case in the order in which they must be given; an error if a raw text is not in the line.
Result<std::vector<RefHit>> expected_hits(const DefinitionCase& c);
/// Reason that suppressions of the table bear.
inline constexpr std::string_view table_reason = "on the list";

/// "5+12 exact domain-name evil.example <- domain evil.example [f]", one line; unprintable bytes escaped.
std::string to_text(const RefHit& hit);
std::string to_text(const std::vector<RefHit>& hits);

}  // namespace mozu::match::reference
