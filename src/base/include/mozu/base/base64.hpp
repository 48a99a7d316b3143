// Base64 (RFC 4648): bytes as text, and back as strictly as each place needs.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mozu {

std::string base64(std::string_view bytes);     ///< §4: '+' and '/', with padding
std::string base64url(std::string_view bytes);  ///< §5: '-' and '_', without padding

enum class Base64 : std::uint8_t {
  padded,    ///< groups of four, the last one filled with '='
  unpadded,  ///< the '=' at the end may be fewer, or none: what clients send (Basic, RFC 7617)
  mail,      ///< RFC 2045 §6.8: what is in no alphabet is passed over, wherever it stands; both alphabets
};
/// The bytes; nullopt where the text is not what `rule` asks for. Bits left over at the end are dropped, whatever they say.
std::optional<std::string> from_base64(std::string_view text, Base64 rule = Base64::padded);

}  // namespace mozu
