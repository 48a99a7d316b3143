// Knowledge as Mozu holds it: one STIX 2.1 object, its JSON kept whole, beside it the facts by which it is found.
// Other tongues become such objects in src/formats; src/store keeps them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/time.hpp"
#include "mozu/intel/indicator.hpp"

namespace mozu::intel {

/// What an exact lookup asks for. The first values are those of PatternKind, in its order; the numbers are stored: append only.
enum class KeyKind : std::uint8_t {
  ipv4,
  ipv4_range,
  ipv6,
  ipv6_range,
  domain,
  url,
  url_mask,
  email,
  md5,
  sha1,
  sha256,
  sha512,
  name = 32,    ///< name or alias of an actor, malware, tool, campaign, technique, …: fold_name() of it
  external_id,  ///< "T1059.001", "G0016", "CVE-2021-44228", "CWE-79", "CAPEC-13": upper case
  file_name,    ///< of a file object or in an indicator: ASCII lower case
  other_value,  ///< any further observable's main value (mutex, registry key, …), as it is
};
inline KeyKind key_kind(PatternKind k) { return static_cast<KeyKind>(k); }

/// Of what its source does not date, the time stands on the first day of 1970: it orders versions and is nothing to show.
constexpr bool is_dated(std::int64_t time_us) { return time_us >= std::int64_t{86'400} * 1'000'000; }

struct Key {
  KeyKind kind = KeyKind::name;
  std::string value;  ///< canonical: for PatternKind kinds Pattern::value
  auto operator<=>(const Key&) const = default;
};

/// How names are compared: NFKC, case folded, everything that is no letter or digit left out ("APT-29", "apt 29" → "apt29").
/// Empty if nothing is left.
std::string fold_name(std::string_view name);

/// An id that another property of the object names: created_by_ref, object_refs, sample_refs, x_…_refs. (object_marking_refs and
/// granular markings are among them.) source_ref and target_ref of a relationship, sighting_of_ref of a sighting are not: they are
/// StixObject::source_ref and target_ref.
struct Reference {
  std::string property;
  std::string target;
  bool operator==(const Reference&) const = default;
};

inline constexpr std::uint8_t confidence_unknown = 255;

/// An object of any SDO, SRO, SCO or meta type, custom types too. `json` is the truth; every other member is read out of it by
/// formats::read_stix_object(), the only maker of this type.
struct StixObject {
  std::string id;  ///< "intrusion-set--…": at most 256 bytes
  std::string type;
  std::string json;                              ///< one object, UTF-8, no white space between tokens, members in the order of the source; ≤ 64 MiB
  std::int64_t created_us = 0;                   ///< microseconds since 1970, 0 if the type has none (SCO)
  std::int64_t modified_us = 0;                  ///< version; of types without `modified` (SCO, marking-definition) created_us
  bool revoked = false;                          ///< revoked, or x_mitre_deprecated
  std::uint8_t confidence = confidence_unknown;  ///< 0–100
  Tlp tlp = Tlp::none;                           ///< the strictest of its TLP markings (1.0 and 2.0 marking ids)
  std::optional<Timestamp> valid_from, valid_until;
  std::string name;  ///< for people: name, else the main value (SCO), else the pattern's first value, else empty
  std::vector<std::string> aliases;
  std::string text;                 ///< description and other prose, for full-text search; name and aliases are not repeated
  std::vector<std::string> labels;  ///< labels and the type's open-vocabulary types (indicator_types, malware_types, …), each once
  std::vector<Key> keys;            ///< by which it is found exactly, each once
  std::vector<Reference> references;
  /// Of relationships; of sightings ("sighting-of" from the sighting itself to sighting_of_ref); else empty.
  std::string relationship_type, source_ref, target_ref;
};

/// The type of an id ("malware--…" → "malware"); empty if the text is no id: type of [a-z0-9-]{1,250}, "--",
/// at least one byte; visible ASCII, whole ≤ 256 bytes.
std::string_view type_of_id(std::string_view id);

}  // namespace mozu::intel
