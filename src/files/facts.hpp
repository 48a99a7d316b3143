// Private to the room: what can be said about an object in a word: hashes, entropy, of Windows programs imphash, Rich hash and time of linking.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mozu::files {

/// By name. "entropy" (bits a byte), "md5"; of PE "imphash" (MD5 of library.function in file order; ordinals as "ordN"), "rich_hash" (MD5 of the Rich
/// head, its mask undone), "linked" (RFC 3339, as the file says), "overlay_bytes"; of ELF "build_id".
std::vector<std::pair<std::string, std::string>> facts_of(std::string_view kind, std::string_view bytes);

/// The DER of the first signature of a PE (Authenticode), or nothing.
std::string_view signature_of(std::string_view pe);

/// Bits a byte, 0 to 8.
double entropy(std::string_view bytes);

}  // namespace mozu::files
