// Private to the room: the packed sample content.
#pragma once
#include <string_view>

namespace mozu::server {

std::string_view sample_files();  ///< tar.gz

}  // namespace mozu::server
