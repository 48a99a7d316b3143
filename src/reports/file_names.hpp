// Endings of file names, and which of them are also ends of hosts.
#pragma once
#include <string_view>

namespace mozu::reports {

/// Lower case, without the dot.
bool is_file_extension(std::string_view label);
/// A top-level domain that files end in more often than hosts that are written live: "py", "zip", "sh" …
bool is_doubtful_tld(std::string_view label);

}  // namespace mozu::reports
