// Private to the room: the pieces of which read_pattern is made.
#pragma once
#include <string>
#include <string_view>

#include "mozu/intel/indicator.hpp"

namespace mozu::intel {

/// Does refang() have anything to do? False for plain hosts, addresses and hashes: the hot path.
bool is_plain_token(std::string_view s);

/// Bytes of a leading "scheme://" ('*' may stand for the scheme or a part of it), or 0.
std::size_t scheme_bytes(std::string_view s);

/// Last labels that do not stand in the root zone but are resolved by other means and seen in malware: Namecoin, Emercoin, OpenNIC, I2P …
/// and those of private networks.
bool is_alternative_tld(std::string_view label);
/// Last labels that name kinds of files and are no TLD ("exe", "dll", "pdf").
bool is_file_extension(std::string_view label);
std::string_view last_label(std::string_view host);

// Each takes refanged text and gives a canonical pattern or a diagnostic; none looks at is_too_broad.
Result<Pattern> read_address(std::string_view s, std::uint16_t* port);
Result<Pattern> read_domain(std::string_view s, bool strict_tld, std::uint16_t* port);
Result<Pattern> read_email(std::string_view s);
Result<Pattern> read_hash(std::string_view s);
/// s has a scheme or a path. strict_tld: without scheme, the host must be an address or end in a known TLD.
Result<Pattern> read_url(std::string_view s, bool strict_tld);
Result<Pattern> read_mask(std::string_view s, bool strict_tld);

Pattern domain_pattern(std::string value);
Pattern address_pattern(Ipv4 a);
Pattern address_pattern(const Ipv6& a);

/// The text for a message: cut and made printable.
std::string shown(std::string_view s);

}  // namespace mozu::intel
