// Host names: canonical form, top-level domains, public suffixes.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mozu/base/text.hpp"

namespace mozu::intel {

/// Word bytes of the definition (docs/matching.md): what labels of hosts are made of. Any other byte but '.' bounds a host in a text.
constexpr bool is_word(unsigned char c) { return is_alnum(c) || c == '_' || c == '-' || c >= 0x80; }

/// Lower case; with bytes ≥ 0x80 the UTS #46 (non-transitional, no STD3 rule) punycode form, or nullopt where that does
/// not exist (invalid UTF-8, disallowed code point, label > 63, more than host_bytes_max bytes, or a mapping that yields a
/// byte no URL host may hold, e.g. a full-width '/'). Pure ASCII always succeeds. No trimming, no validity check. Idempotent.
/// UTS #46 maps U+3002, U+FF0E and U+FF61 to '.', so the result may have more labels than the token.
std::optional<std::string> canonical_host(std::string_view token);
/// A name of 253 punycode bytes has at most 253 code points, so no longer non-ASCII token can be a host (soft hyphens aside).
inline constexpr std::size_t host_bytes_max = 1024;

/// May this canonical host be a domain-name indicator? 1–253 bytes, labels of 1–63 of [a-z0-9_-], last label not all digits.
/// On refusal `why` (if given) gets a short reason.
bool is_domain_name(std::string_view canonical, std::string* why = nullptr);

/// Last label (canonical, e.g. "com", "xn--p1ai") is a top-level domain: in the ICANN part of the public suffix list, or a
/// special-use one (RFC 6761, 7686 and kin: example, test, invalid, localhost, local, onion, internal, alt, arpa).
bool is_known_tld(std::string_view label);

/// The whole canonical name is a public suffix (ICANN and private sections; "co.uk", "github.io"). A single label counts only if known.
bool is_public_suffix(std::string_view canonical);
/// The same for the ICANN section alone ("co.uk" yes, "github.io" no): names under which anybody registers.
bool is_icann_suffix(std::string_view canonical);
/// Registrable domain ("a.b.example.co.uk" → "example.co.uk"), or empty when there is none (a public suffix,
/// a single label). Points into the argument. An unknown last label counts as a suffix.
std::string_view registrable_domain(std::string_view canonical);

}  // namespace mozu::intel
