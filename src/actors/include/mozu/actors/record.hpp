// What a STIX object says of an actor, as the resolver takes it, and the further facts that a profile shows. Reads ATT&CK's groups, MISP
// galaxy clusters (with their meta), and intrusion sets and threat actors of anybody else.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/actors/resolve.hpp"
#include "mozu/base/result.hpp"

namespace mozu::actors {

/// One source's word on where an actor comes from.
struct OriginClaim {
  std::string country;  ///< as written, or ISO 3166 alpha-2 where the source gives that
  std::string detail;   ///< sponsor, unit, "attribution-confidence 50", …; may be empty
  std::string source;   ///< ActorRecord::source
  bool operator==(const OriginClaim&) const = default;
};
struct TargetClaim {
  enum class Kind : std::uint8_t { country, sector, organisation };
  Kind kind = Kind::country;
  std::string name, source;
  bool operator==(const TargetClaim&) const = default;
};
struct ExternalReference {
  std::string source, id, url;
  bool operator==(const ExternalReference&) const = default;
};

/// Limits: 2,000 aliases, references and claims a record; what is beyond is left out.
struct ActorDetails {
  ActorRecord record;
  std::string description, motivation, resource_level;
  std::string first_seen, last_seen;  ///< RFC 3339 or as the source writes ("since": "2007"); may be empty
  std::vector<OriginClaim> origins;
  std::vector<TargetClaim> targets;
  std::vector<ExternalReference> references;
};

/// `json`: an intrusion-set or threat-actor, as the store gives it. `source`: provenance. Error "json-invalid".
Result<ActorDetails> read_actor(std::string_view json, std::string_view source);

/// Is this the name of a country (English, common variants) or an ISO 3166 alpha-2 code?
bool is_country(std::string_view name);

}  // namespace mozu::actors
