// A person's wish: tell me of this, there, then. Plain data; its JSON form is that of the API and of what is stored.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/json_write.hpp"
#include "mozu/base/result.hpp"
#include "mozu/notify/event.hpp"
#include "mozu/store/accounts.hpp"

namespace mozu::notify {

inline constexpr std::string_view rules_collection = "notification-rules";
inline constexpr std::size_t rules_max = 50;  ///< of one person
inline constexpr std::size_t filter_items_max = 100, filter_bytes_max = 200, rule_name_bytes_max = 300, url_bytes_max = 2000;

enum class Channel : std::uint8_t { mail, webhook };
std::string_view name(Channel c);
enum class Rhythm : std::uint8_t { immediate, daily, weekly };
std::string_view name(Rhythm r);

/// What is empty asks nothing; within a list one must fit, and all lists must. Names are compared as search does (intel::fold_name); an actor fits under each of their names.
struct Filter {
  /// "published", "revised", "withdrawn", "detected". The last must be asked for: no list, no detections; and of it the lists below but `tlp` ask nothing.
  std::vector<std::string> events;
  std::vector<std::string> kinds, actors, sectors, countries, tags;
  std::vector<intel::Tlp> tlp;
};
/// Further names of the event's actors; called only if nothing but an actor's name keeps the event from fitting.
using ActorNames = std::function<Result<std::vector<std::string>>(const std::vector<std::string>&)>;
Result<bool> fits(const Filter& filter, const Event& event, const ActorNames& names = {});

struct Rule {
  std::string id;  ///< UUID; the document's
  std::int64_t version = 0;
  store::UserId owner = 0;
  intel::OrganisationId organisation = intel::common;
  Timestamp created, changed;
  std::int64_t since = 0;  ///< sequence of the knowledge base when it was made: what is older is not told
  std::string name;
  bool enabled = true;
  Channel channel = Channel::mail;
  std::string language = "en";  ///< "en", "ja"
  Rhythm rhythm = Rhythm::immediate;
  int hour = 8, weekday = 1;  ///< of a digest, in the person's own time; weekday: 0 Sunday
  int utc_offset = 0;         ///< minutes east of UTC
  std::string url;            ///< of a webhook
  std::string secret;         ///< of a webhook, sealed by the caller; never shown
  std::string stopped;        ///< why it was ended by us; cleared when it is enabled again
  Filter filter;
};

/// Shapes and limits; "field-invalid" with the JSON path. Of the URL only that it is https and names no address within (see transport.hpp).
Status check(const Rule& rule);
/// When what happens now is told.
Timestamp due(const Rule& rule, Timestamp now);

/// Members that people see, into an object that is begun.
void write_fields(JsonWriter& w, const Rule& rule);
/// Takes the members that the JSON object has, and leaves the others: what PATCH means. "field-invalid" names an unknown member or a wrong type.
Status read_fields(std::string_view json, Rule& rule);

store::Document document_of(const Rule& rule);
Result<Rule> read_rule(const store::Document& document);

}  // namespace mozu::notify
