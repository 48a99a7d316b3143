// Of a program that is built without npm.
#include "mozu/server/portal.hpp"

namespace mozu::server {
std::span<const PortalFile> built_in_portal() { return {}; }
}  // namespace mozu::server
