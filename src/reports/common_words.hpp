// Everyday English words that are also names of actors, malware or tools.
#pragma once
#include <string_view>

namespace mozu::reports {

bool is_common_word(std::string_view lower);
/// Words that are never a name by themselves, whatever stands beside them: "trojan", "android", "chinese".
bool is_generic_word(std::string_view lower);

}  // namespace mozu::reports
