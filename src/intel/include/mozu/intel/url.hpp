// URL canonicalisation: Google Safe Browsing v4 procedure, then the steps of docs/matching.md.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mozu/intel/ip.hpp"

namespace mozu::intel {

/// A URL reduced to what is compared: host (lower case, punycode, dots and odd IP forms normalised; IPv6 in brackets, RFC 5952),
/// port (0 = none or the scheme's default), path with query (starts with '/'; percent-escaped as Safe Browsing writes it).
struct CanonicalUrl {
  std::string host;
  std::uint16_t port = 0;
  std::string path;
  std::string_view scheme;   ///< as given, empty without; not compared; points into the input
  std::optional<Ipv4> ipv4;  ///< set when host is an IPv4 address (decimal, octal, hex, dword forms)
  std::optional<Ipv6> ipv6;
  std::size_t host_offset = 0, host_length = 0;  ///< the raw host inside the input (without brackets, zone, userinfo, port)
  /// "host[:port]/path?query": the comparison key, and the canonical value that is shown.
  std::string key() const;
};

/// Never throws; linear time (percent-escapes are undone to the last in one pass); input longer than url_bytes_max is cut there.
/// nullopt: there is no host, the port is no number up to 65535, brackets hold no IPv6 address, or the decoded host holds one of
/// `/ ? @ : [ ]` (no browser opens it, and its key would look like that of another URL).
///
/// What the sources leave open is read like this:
/// - A scheme is `letter (letter|digit|+|-|.)*` directly before `://`. Without one, the default port is that of http; a leading `//` is dropped.
/// - Userinfo ends at the last `@` of the authority. A backslash is an ordinary byte.
/// - Default ports: http, ws 80; https, wss 443; ftp 21. Port 80 is dropped under every scheme, so that the key, which has no scheme, reads back as itself.
/// - An IPv4 host is what inet_aton takes (1–4 parts; octal by a leading 0, hexadecimal by 0x). If that fails, four decimal parts with leading zeros will do.
/// - Path and query are decoded together and split at the first `?` of the decoded text; `#` ends the URL only if it is not escaped.
/// - `/a/b/..` is `/a/` (RFC 3986 5.2.4).
/// For every result u, canonical_url(u.key()) has the same key.
inline constexpr std::size_t url_bytes_max = 65536;
std::optional<CanonicalUrl> canonical_url(std::string_view raw);

/// The complete Safe Browsing v4 form with scheme and without port, for its published test vectors: "http://host/path". Empty on failure.
std::string safe_browsing_url(std::string_view raw);

}  // namespace mozu::intel
