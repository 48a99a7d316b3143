// Private: a cheap look at a value: what could it be? Used for sniffing, for finding value columns and for picking
// indicators out of prose. The word that counts is intel::read_pattern()'s.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace mozu::formats {

enum class Shape : std::uint8_t { none, hash, ip, ip_range, domain, url, email };

/// Shape of a whole value (white space around is ignored), refanged first where it looks defanged. A domain needs a known
/// top-level domain and must not be a file name; a URL without scheme needs the same of its host.
Shape shape_of(std::string_view value);

/// Does it bear marks of defanging ("hxxp", "[.]", "(dot)" …)? Then its writer meant an indicator.
bool is_defanged(std::string_view value);

/// Kinds of values that feeds hold and Mozu does not match on, by their looks: "file-path", "file-name", "registry-key",
/// "cve", "url-path"; nullopt if it is none of them.
std::optional<std::string_view> other_kind(std::string_view value);

/// "exe", "php" …: ends of file names that are no top-level domains.
bool is_file_extension(std::string_view label);

}  // namespace mozu::formats
