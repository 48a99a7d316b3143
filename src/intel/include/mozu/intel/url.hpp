// URL canonicalisation: Google Safe Browsing v4 procedure, then the steps of matching.md §3.
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
  std::string_view scheme;                ///< lower-case scheme as given, empty without; not compared; points into the input
  std::optional<Ipv4> ipv4;               ///< set when host is an IPv4 address (decimal, octal, hex, dword forms)
  std::optional<Ipv6> ipv6;
  std::size_t host_offset = 0, host_length = 0;  ///< the raw host inside the input (without brackets, userinfo, port)
  /// "host[:port]/path?query": the comparison key, and the canonical value that is shown.
  std::string key() const;
};

struct UrlOptions { std::string_view default_scheme = "http"; };
/// nullopt: no host can be found. Never throws; linear time; input longer than url_bytes_max is cut there.
inline constexpr std::size_t url_bytes_max = 65536;
std::optional<CanonicalUrl> canonical_url(std::string_view raw);

/// The complete Safe Browsing v4 form with scheme, for its published test vectors: "http://host/path". Empty on failure.
std::string safe_browsing_url(std::string_view raw);

}  // namespace mozu::intel
