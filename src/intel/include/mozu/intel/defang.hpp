// Values as they may be shown and sent: no program makes a link of them, nobody clicks on one. Reading them again: refang() of indicator.hpp.
#pragma once
#include <string>
#include <string_view>

namespace mozu::intel {

/// "https://evil.example/a.b" → "hxxps://evil[.]example/a.b", "ftp://" → "fxp://", "a@evil.example" → "a[@]evil[.]example". What is behind the first '/'
/// of the path stays as it is, and so does what has neither dot nor '@' (hashes, words).
std::string defanged(std::string_view value);

}  // namespace mozu::intel
