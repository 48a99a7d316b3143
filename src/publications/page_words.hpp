// Private to the room: what a page says of itself, in the languages of the portal. Texts of authors are in any language; for others than these it speaks English.
#pragma once
#include <string>
#include <string_view>

#include "mozu/base/time.hpp"
#include "mozu/intel/indicator.hpp"

namespace mozu::publications {

enum class Language : std::uint8_t { en, ja };
Language language_of(std::string_view tag);

struct Words {
  std::string_view summary_part, report_part;  ///< which part this is, on the cover
  std::string_view published, updated, edition, sharing, contents, at_a_glance, summary, report;
  std::string_view actors, malware, campaigns, sectors, geography;
  std::string_view techniques, technique, evidence, indicators, by_type, type, value, since, rules, references, about;
  std::string_view all_indicators, more_indicators, more_rules;  ///< with {} for how many
  std::string_view defanged, figure_too_large, made_by;
};
const Words& words(Language l);

std::string type_word(Language l, std::string_view kind);   ///< of indicators and rules: "SHA-256", "Domain", …
std::string date_word(Language l, Timestamp t);             ///< "10 November 2026", "2026年11月10日"
std::string_view sharing_word(Language l, intel::Tlp tlp);  ///< what the marking means; empty for none

}  // namespace mozu::publications
