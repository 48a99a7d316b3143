// Private to the room: what a publication is about, in the language of its page. Tags are written once, in English or as somebody wrote them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "page_words.hpp"

namespace mozu::publications {

/// As they stand there where there is no word in the language: English, sectors of one's own, regions that are no country.
std::vector<std::string> sector_words(Language l, const std::vector<std::string>& sectors);
std::vector<std::string> geography_words(Language l, const std::vector<std::string>& geography);

}  // namespace mozu::publications
