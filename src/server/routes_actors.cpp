// Actors as one profile each, resolved out of what the viewer may see.
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <set>

#include "mozu/actors/record.hpp"
#include "mozu/base/text.hpp"
#include "mozu/store/pages.hpp"
#include "routes.hpp"
#include "viewer_cache.hpp"

namespace mozu::server {
namespace {

using Sameness = store::Store::Sameness;

/// All actors that one kind of viewer sees.
struct ActorBook {
  std::vector<actors::ActorDetails> details;
  std::vector<actors::ActorRecord> records;  ///< of the details, in their order
  actors::Resolution resolution;
};
using Book = std::shared_ptr<const ActorBook>;

constexpr std::size_t records_max = 100'000;

/// Books are computed anew when something was written or decided.
class ActorBooks {
 public:
  explicit ActorBooks(store::Store& knowledge) : knowledge_(knowledge), books_(knowledge) {}

  Result<Book> of(const intel::Viewer& viewer) {
    MOZU_LET(const auto decisions, knowledge_.decisions(viewer));
    std::int64_t decided_ms = 0;
    for (const auto& d : decisions) decided_ms = std::max(decided_ms, d.at.ms);
    return books_.get(viewer, fmt::format("{} {}", decisions.size(), decided_ms), [&](const intel::Viewer& v) { return make(v, decisions); });
  }

 private:
  store::Store& knowledge_;
  ViewerCache<ActorBook> books_;

  Result<ActorBook> make(const intel::Viewer& viewer, const std::vector<store::Store::Decision>& decisions) {
    ActorBook book;
    MOZU_TRY(store::each_page(knowledge_, viewer, {"intrusion-set", "threat-actor"}, true, records_max, [&](const auto& items) -> Status {
      for (const auto& o : items) {
        MOZU_LET(auto details, actors::read_actor(o.json, o.source));
        book.records.push_back(details.record);
        book.details.push_back(std::move(details));
      }
      return {};
    }));
    std::vector<actors::ActorDecision> said;
    for (const auto& d : decisions)
      if (d.sameness != Sameness::undecided) said.push_back({d.id, d.other, d.sameness == Sameness::same});
    book.resolution = actors::resolve(book.records, said);
    return book;
  }
};

/// Names of all members but the one that names the profile, each once.
std::vector<const actors::ActorName*> aliases(const ActorBook& book, const actors::Profile& profile, std::vector<actors::ActorName>& own) {
  std::set<std::string> seen{intel::fold_name(book.records[profile.canonical].name)};
  for (const std::size_t m : profile.members) own.push_back({book.records[m].name, book.records[m].name_by, true});
  std::vector<const actors::ActorName*> out;
  const auto take = [&](const actors::ActorName& n) {
    if (seen.insert(intel::fold_name(n.name)).second) out.push_back(&n);
  };
  for (const auto& n : own) take(n);
  for (const std::size_t m : profile.members)
    for (const auto& n : book.records[m].aliases) take(n);
  return out;
}

void write_short(JsonWriter& w, const ActorBook& book, const actors::Profile& profile) {
  const actors::ActorRecord& r = book.records[profile.canonical];
  w.field("id", r.id).field("name", r.name);
  if (!r.attack_id.empty()) w.field("attack_id", r.attack_id);
  if (!r.country.empty()) w.field("country", r.country);
  std::vector<actors::ActorName> own;
  w.key("aliases").begin_array();
  for (const auto* n : aliases(book, profile, own)) {
    w.begin_object().field("name", n->name);
    if (!n->by.empty()) w.field("by", n->by);
    w.end_object();
  }
  w.end_array().key("records").begin_array();
  for (const std::size_t m : profile.members) w.begin_object().field("id", book.records[m].id).field("name", book.records[m].name).field("source", book.records[m].source).end_object();
  w.end_array();
}

std::string_view kind(actors::TargetClaim::Kind k) {
  return k == actors::TargetClaim::Kind::country ? "country" : k == actors::TargetClaim::Kind::sector ? "sector" : "organisation";
}

void write_claims(JsonWriter& w, const ActorBook& book, const actors::Profile& profile) {
  w.key("statements").begin_array();
  for (const std::size_t m : profile.members) {
    const actors::ActorDetails& d = book.details[m];
    w.begin_object().field("record", d.record.id).field("source", d.record.source);
    const auto text = [&](std::string_view key, const std::string& value) {
      if (!value.empty()) w.field(key, value);
    };
    text("description", d.description);
    text("motivation", d.motivation);
    text("resource_level", d.resource_level);
    text("first_seen", d.first_seen);
    text("last_seen", d.last_seen);
    w.key("origins").begin_array();
    for (const auto& o : d.origins) w.begin_object().field("country", o.country).field("detail", o.detail).field("source", o.source).end_object();
    w.end_array().key("targets").begin_array();
    for (const auto& t : d.targets) w.begin_object().field("kind", kind(t.kind)).field("name", t.name).field("source", t.source).end_object();
    w.end_array().key("references").begin_array();
    for (const auto& x : d.references) w.begin_object().field("source", x.source).field("id", x.id).field("url", x.url).end_object();
    w.end_array().end_object();
  }
  w.end_array();
}

void write_links(JsonWriter& w, const ActorBook& book, std::size_t at) {
  const auto& resolution = book.resolution;
  w.key("links").begin_array();
  for (const auto& link : resolution.profiles[at].links) {
    w.begin_object().field("from", book.records[link.from].id).field("to", book.records[link.to].id).field("evidence", actors::name(link.evidence)).key("names").begin_array();
    for (const auto& n : link.names) w.value(n);
    w.end_array().end_object();
  }
  w.end_array().key("ambiguous_names").begin_array();
  for (const auto& name : resolution.ambiguous)
    if (std::ranges::find(name.profiles, at) != name.profiles.end()) w.value(name.name);
  w.end_array().key("candidates").begin_array();
  for (const auto& c : resolution.candidates) {
    if (c.profile != at && c.other != at) continue;
    const auto& other = resolution.profiles[c.profile == at ? c.other : c.profile];
    w.begin_object().field("id", book.records[other.canonical].id).field("name", book.records[other.canonical].name).field("reason", c.reason).end_object();
  }
  w.end_array();
}

Response list(Services& services, ActorBooks& books, const Request& request) {
  MOZU_ANSWER(only_these(request, {"name", "offset", "limit"}));
  MOZU_ANSWER_LET(const std::size_t limit, limit_of(request));
  MOZU_ANSWER_LET(const auto offset, number_of(request, "offset"));
  MOZU_ANSWER_LET(const Book book, books.of(request.who->viewer));
  const std::string wanted = intel::fold_name(request.query("name"));
  const auto bears = [&](const actors::Profile& profile) {
    return std::ranges::any_of(profile.members, [&](std::size_t m) {
      const auto& r = book->records[m];
      return intel::fold_name(r.name) == wanted || std::ranges::any_of(r.aliases, [&](const auto& n) { return intel::fold_name(n.name) == wanted; });
    });
  };
  std::vector<const actors::Profile*> found;
  for (const auto& profile : book->resolution.profiles)
    if (wanted.empty() || bears(profile)) found.push_back(&profile);
  const std::size_t total = found.size(), from = std::min(total, static_cast<std::size_t>(offset.value_or(0)));
  const std::vector<const actors::Profile*> page(found.begin() + static_cast<std::ptrdiff_t>(from), found.begin() + static_cast<std::ptrdiff_t>(std::min(total, from + limit)));
  return page_response(page, {}, total, [&](JsonWriter& w, const actors::Profile* profile) {
    w.begin_object();
    write_short(w, *book, *profile);
    w.end_object();
  });
}

Response one(Services& services, ActorBooks& books, const Request& request) {
  MOZU_ANSWER_LET(const Book book, books.of(request.who->viewer));
  const auto found = std::ranges::find(book->records, request.parameters[0], &actors::ActorRecord::id);
  if (found == book->records.end()) return problem(404, "absent", "no such actor");
  const std::size_t at = book->resolution.profile_of[static_cast<std::size_t>(found - book->records.begin())];
  std::string body;
  JsonWriter w(body);
  w.begin_object();
  write_short(w, *book, book->resolution.profiles[at]);
  write_claims(w, *book, book->resolution.profiles[at]);
  write_links(w, *book, at);
  w.end_object();
  return json_response(std::move(body));
}

}  // namespace

void add_actor_routes(Router& router, Services& services) {
  const auto books = std::make_shared<ActorBooks>(services.knowledge);
  const auto to = [&services, books](Response (*handler)(Services&, ActorBooks&, const Request&)) {
    return [&services, books, handler](const Request& request) { return handler(services, *books, request); };
  };
  // The first one after a change reads every actor: on a worker.
  const RouteOptions slow{Body::none, 0, true};
  router.add(Method::get, "/api/v1/actors", Permission::read, slow, to(list));
  router.add(Method::get, "/api/v1/actors/{id}", Permission::read, slow, to(one));
}

}  // namespace mozu::server
