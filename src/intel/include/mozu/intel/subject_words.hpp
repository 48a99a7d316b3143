// What publications are about, in the language of whoever reads: kinds, sectors and countries are written once, in English or as somebody wrote them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace mozu::intel {

/// Languages by their tags of BCP 47: "ja" and what begins with "ja-" is Japanese, all others English.
bool is_japanese(std::string_view language);
/// "APT", "Crimeware", …; own kinds as they are.
std::string kind_word(std::string_view language, std::string_view kind);
/// As they stand there where there is no word in the language: English, sectors of one's own, regions that are no country (countries: those of ISO 3166-1, named by CLDR).
std::vector<std::string> sector_words(std::string_view language, const std::vector<std::string>& sectors);
std::vector<std::string> geography_words(std::string_view language, const std::vector<std::string>& geography);

}  // namespace mozu::intel
