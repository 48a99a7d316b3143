// All that is known about one value, with who says it, and the verdict that follows. docs/lookup.md is the user's view of it.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "mozu/base/time.hpp"
#include "mozu/lookup/question.hpp"

namespace mozu::lookup {

/// How much a value deserves to be feared; `grey` is "nobody says anything".
enum class Zone : std::uint8_t { grey, green, yellow, orange, red };
std::string_view name(Zone z);  ///< "grey", …

/// Why a verdict is as it is: for those who say it in their own language. What each is told with: reason_codes.
enum class ReasonCode : std::uint8_t {
  listed,
  was_listed,
  revoked,
  expired,
  known_list,
  known_list_host,
  false_positive,
  contradiction,
  threat_name,
  tool_name,
  vulnerability,
  exploited,
  epss,
  related,
  related_host,
  report,
  more,
  unreadable,
  unknown,
  not_bad,
};
/// By ReasonCode; docs/lookup.md says what stands beside each, and the portal has a sentence for each in every language (a test of it reads this list).
inline constexpr std::array<std::string_view, 20> reason_codes = {
    "listed",        "was-listed", "revoked", "expired", "known-list",   "known-list-host", "false-positive", "contradiction", "threat-name", "tool-name",
    "vulnerability", "exploited",  "epss",    "related", "related-host", "report",          "more",           "unreadable",    "unknown",     "not-bad"};

struct Reason {
  ReasonCode code = ReasonCode::unknown;
  std::string text;  ///< in English
  /// Name and value; numbers are written as JSON numbers.
  std::vector<std::pair<std::string_view, std::variant<std::string, double>>> with;
};

struct Verdict {
  Zone zone = Zone::grey;
  int score = 0;                ///< 0–100
  std::vector<Reason> reasons;  ///< the weightiest first, at most reasons_max, then how many more
};

/// One source's word that the value is bad: from a feed of an index, or an indicator object of the knowledge base.
struct Word {
  std::string source;      ///< name of the feed, or of the import
  bool knowledge = false;  ///< from the knowledge base
  intel::Relation relation = intel::Relation::exact;
  std::string_view kind;  ///< of the indicator: short_name()
  std::string indicator;
  intel::Tlp tlp = intel::Tlp::none;
  std::uint8_t confidence = 0;
  bool active = true;  ///< valid at the time asked for, not revoked
  bool revoked = false;
  std::optional<Timestamp> valid_from, valid_until;
  std::string id;  ///< STIX id; may be empty
  std::vector<std::string> labels;
  intel::ContextFields context;
};

/// One list's word that the value is harmless, or so common that it says nothing.
struct Listing {
  std::string source, reason;
  intel::Relation relation = intel::Relation::exact;
  std::string indicator;       ///< the listed value
  std::string marked_by = {};  ///< who marked it as a false positive, and `reason` is theirs; empty: a published list
  /// A mark is about the very indicator, however that leads to the value.
  bool direct() const { return !marked_by.empty() || is_of_value(); }
  bool is_of_value() const { return relation != intel::Relation::url_host && relation != intel::Relation::email_host; }
};

/// An object of the knowledge base that the value names.
struct Known {
  std::string id, type, name, source;
  std::int64_t sequence = 0;  ///< of the version, as in store::Head
  intel::Tlp tlp = intel::Tlp::none;
  std::uint8_t confidence = intel::confidence_unknown;
  bool revoked = false;
  intel::Relation relation = intel::Relation::exact;
  std::string key;  ///< the value by which it was found
  std::int64_t modified_us = 0;
  std::string description;  ///< at most 600 bytes
  std::vector<std::string> aliases;
  std::vector<std::pair<std::string, int>> tags;
};

struct Related {
  std::string id, type, name, source;
  std::int64_t sequence = 0;
  intel::Tlp tlp = intel::Tlp::none;
  std::string relation;  ///< "indicates", "uses", "object_refs", …
  bool outgoing = true;  ///< `from` is the source of the relation
  std::string from;      ///< id of the object that it is related to
  bool direct = true;    ///< of an object that the value itself names; else one step further
};

/// Passive DNS.
struct Resolution {
  std::string name, target, record_type, source;
  intel::Tlp tlp = intel::Tlp::none;
  std::string first, last;  ///< RFC 3339
  std::uint64_t count = 0;  ///< 0 = not told
};

struct Registration {  ///< WHOIS
  std::string source, title, text, updated;
  intel::Tlp tlp = intel::Tlp::none;
};

/// What a source says of a vulnerability.
struct Exploitation {
  std::string source, title;
  intel::Tlp tlp = intel::Tlp::none;
  bool known_exploited = false;
  std::optional<double> probability;  ///< EPSS, 0–1
};

/// Records that are one actor, or one of several that bear the name.
struct ActorProfile {
  std::string id, name, attack_id, country;
  std::vector<std::string> aliases, records;
};

struct Change {
  std::string id, source;
  std::int64_t modified_us = 0;
  Timestamp added;
  bool revoked = false;
};

struct Place {  ///< one geography's word about an address
  std::string database, network, country, city, organisation;
  std::uint64_t autonomous_system = 0;
};

struct Answer {
  Question question;
  Verdict verdict;
  std::string first_seen, last_seen;  ///< RFC 3339, over all sources; may be empty
  /// Somebody saw the value from the one to the other, of which each may be empty.
  void widen_seen(std::string_view first, std::string_view last) {
    if (!first.empty() && (first_seen.empty() || first < first_seen)) first_seen = first;
    if (last > last_seen) last_seen = last;
  }
  std::vector<Word> words;  ///< active ones first, then by confidence
  std::vector<Listing> listings;
  std::vector<Known> known;
  std::vector<Related> related;
  std::vector<Resolution> resolutions;
  std::vector<Registration> registrations;
  std::vector<Exploitation> exploitations;
  std::vector<ActorProfile> actors;
  std::vector<Change> history;
  std::vector<Place> places;
  bool more = false;  ///< something was left out because of a limit
};

}  // namespace mozu::lookup
