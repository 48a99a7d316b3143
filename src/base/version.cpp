#include "mozu/base/version.hpp"

namespace mozu {

std::string_view version() { return MOZU_VERSION; }

}  // namespace mozu
