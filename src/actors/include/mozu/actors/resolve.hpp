// Actors are one: which records of ATT&CK, MISP galaxies, vendors and reports speak of the same actor. Pure logic over names,
// catalogue ids and what catalogues and people say; reads nothing, keeps nothing. The rules and their measure: docs/actors.md.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mozu::actors {

/// A name, and who calls the actor so.
struct ActorName {
  std::string name;
  std::string by;       ///< vendor; empty = not known
  bool stated = false;  ///< `by` is said by a source; else it is told from the form of the name (name_giver())
  bool operator==(const ActorName&) const = default;
};

/// Who gives names of this form ("Midnight Blizzard" → "Microsoft", "FIN7" → "Mandiant"); empty if the form tells nothing.
std::string_view name_giver(std::string_view name);

/// What one source says of one actor.
struct ActorRecord {
  std::string id;      ///< STIX id
  std::string list;    ///< catalogue whose editors keep actors apart ("mitre-attack", "threat-actor", …); empty: a mention
  std::string source;  ///< who says it, for people
  std::string name;
  std::vector<ActorName> aliases;    ///< without `name`
  std::string name_by;               ///< who gave `name`
  std::string attack_id;             ///< "G0007" or empty
  std::string country;               ///< of origin, as the source writes it, ISO 3166 code where it does
  std::vector<std::string> similar;  ///< ids that the source calls similar (the same, more or less)
  std::string replaced_by;           ///< id of the record that its own source put in its place
  bool revoked = false;
};

/// A person's word, the last one a pair.
struct ActorDecision {
  std::string id, other;
  bool same = true;
};

/// Why two records are one actor; the order is that of strength, strongest last.
enum class Evidence : std::uint8_t { two_names, similar, same_name, attack_id, replaced, person };
std::string_view name(Evidence e);  ///< "two-names", "similar", …

struct Link {
  std::size_t from = 0, to = 0;  ///< records
  Evidence evidence = Evidence::two_names;
  std::vector<std::string> names;  ///< shared, as `from` writes them; at most 8
};

struct Profile {
  std::size_t canonical = 0;         ///< the record that names it: ATT&CK's, else the threat-actor galaxy's, else the first by list and id
  std::vector<std::size_t> members;  ///< canonical first
  std::vector<Link> links;           ///< one less than members, but for what a person joined twice
};

/// A name that several actors bear. It is never a reason to join them.
struct AmbiguousName {
  std::string name;                   ///< as the first profile writes it
  std::vector<std::size_t> profiles;  ///< two or more
};

/// Looks like one actor, but the evidence is too weak or contradicts itself: for people to decide.
struct Candidate {
  std::size_t profile = 0, other = 0;
  std::vector<std::string> names;  ///< shared; may be empty (only called similar)
  std::string reason;              ///< "one-name", "similar", "same-list", "no-clear-best", "decided-different", "country"
};

struct Resolution {
  std::vector<Profile> profiles;        ///< in order of the canonical record's name
  std::vector<std::size_t> profile_of;  ///< of each record
  std::vector<AmbiguousName> ambiguous;
  std::vector<Candidate> candidates;    ///< strongest first, at most 10,000
  std::vector<ActorDecision> unheeded;  ///< "same" that would join what is decided to be different
};

/// Deterministic: the order of records and decisions of equal content does not matter, but that of decisions which contradict one
/// another does. About n log n in records and names.
Resolution resolve(std::span<const ActorRecord> records, std::span<const ActorDecision> decisions = {});

}  // namespace mozu::actors
