// Ids and keys as the base holds them: short, and of bounded length whatever comes.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "mozu/intel/access.hpp"
#include "mozu/intel/stix_object.hpp"

namespace mozu::store {

/// Types with codes up to this give short keys.
inline constexpr std::int64_t short_type_max = 253;

/// 17 bytes (code, UUID) for an ordinary STIX id, else 0xFF and the id: a third of the text in the largest index of the base.
std::string object_key(std::int64_t type_code, std::string_view id);
void object_key(std::int64_t type_code, std::string_view id, std::string& out);  ///< the same, into memory that is used again
/// The key under which an organisation keeps what it says itself about an id that others speak of: 0xFE, its number, and the key.
std::string own_key(std::string_view key, intel::OrganisationId organisation);
/// The organisation of such a key, and the key without it.
std::optional<std::pair<intel::OrganisationId, std::string_view>> read_own_key(std::string_view key);
/// All such keys are from the first on and before the second.
std::pair<std::string_view, std::string_view> owned_keys();
/// The id again; `type_name` is that of type_code_of(key), not needed for long keys.
std::string object_id(std::string_view key, std::string_view type_name);
/// 0 for long keys.
std::int64_t type_code_of(std::string_view key);

/// Hashes as bytes, other values as they are; of long values a prefix and a digest.
std::string key_value(const intel::Key& key);

}  // namespace mozu::store
