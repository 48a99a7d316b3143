// Private to the room: bodies packed as clients take them (RFC 9110 §12.5.3).
#pragma once
#include <string>
#include <string_view>

namespace mozu::server {

/// The packing that an Accept-Encoding wants most of those known here: "zstd", "gzip", or empty for none. Of equals, zstd.
std::string_view packing_wanted(std::string_view accept_encoding);
/// Whether it takes gzip, be it the best or not.
bool takes_gzip(std::string_view accept_encoding);
/// Empty if it could not be done, which only lack of memory makes so.
std::string pack(std::string_view text, std::string_view packing);

}  // namespace mozu::server
