// What can be seen in a log and told by a feed: observables, with STIX 2.1 names, in canonical form.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mozu::intel {

/// The order is part of index files: append only.
enum class ObservableType : std::uint8_t { ipv4_addr, ipv6_addr, domain_name, url, email_addr, md5, sha1, sha256, sha512 };
inline constexpr int observable_type_count = 9;

/// "ipv4-addr", "ipv6-addr", "domain-name", "url", "email-addr"; "file" for every hash.
std::string_view stix_type(ObservableType t);
/// "MD5", "SHA-1", "SHA-256", "SHA-512", or empty.
std::string_view hash_algorithm(ObservableType t);
/// Unique short name for tables and options: "ipv4", "ipv6", "domain", "url", "email", "md5", "sha1", "sha256", "sha512".
std::string_view short_name(ObservableType t);
/// Hex digits of a hash → its type (32, 40, 64, 128); nullopt otherwise.
std::optional<ObservableType> hash_type_of_length(std::size_t hex_digits);
inline bool is_hash(ObservableType t) { return t >= ObservableType::md5; }

struct Observable {
  ObservableType type = ObservableType::domain_name;
  std::string value;  ///< canonical: see the canonical_* functions
  bool operator==(const Observable&) const = default;
};

}  // namespace mozu::intel
