// The portal's files, as the build packed them into the program, and the routes that hand them out.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace mozu::server {

/// One file of the portal. All of it lives as long as the program.
struct PortalFile {
  std::string_view path;  ///< "index.html", "assets/index-BvY3k2.js"
  std::string_view content_type;
  std::string_view etag;               ///< with its quotes; of the unpacked content
  std::span<const std::uint8_t> gzip;  ///< the content, packed
};

/// What was built in. Empty if the program was built without npm; then `/` says so.
/// Defined by the target mozu_portal (web/CMakeLists.txt), which only the program links.
std::span<const PortalFile> built_in_portal();

}  // namespace mozu::server
