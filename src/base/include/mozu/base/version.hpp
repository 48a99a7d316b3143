// The version of this build, from CMake's project().
#pragma once
#include <string_view>

namespace mozu {

/// "0.1.0"
std::string_view version();

}  // namespace mozu
