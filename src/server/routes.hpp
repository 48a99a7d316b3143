// Private to the room: what route files share.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "mozu/actors/book.hpp"
#include "mozu/base/json_write.hpp"
#include "mozu/server/routes.hpp"

namespace mozu::store {
struct KeptBackup;
}

namespace mozu::server {

class Backups;         // backups.hpp
class Memories;        // memories.hpp
class Prints;          // prints.hpp
class RunningImports;  // running_imports.hpp
using SharedActors = std::shared_ptr<actors::ActorBooks>;

void add_service_routes(Router& router, Services& services);                                      ///< routes_service.cpp: health, metrics
void add_session_routes(Router& router, Services& services);                                      ///< routes_session.cpp
void add_oidc_routes(Router& router, Services& services);                                         ///< routes_oidc.cpp
void add_people_routes(Router& router, Services& services);                                       ///< routes_people.cpp: users, organisations, tokens, audit
void add_plan_routes(Router& router, Services& services);                                         ///< routes_plans.cpp: plans, who holds which, what is left
void add_object_routes(Router& router, Services& services);                                       ///< routes_objects.cpp
void add_import_routes(Router& router, Services& services, std::shared_ptr<RunningImports> all);  ///< routes_imports.cpp
void add_attribution_routes(Router& router, Services& services);                                  ///< routes_attributions.cpp: whose code a file shares
void add_backup_routes(Router& router, Services& services, std::shared_ptr<Backups> backups);     ///< routes_backups.cpp
void add_system_routes(Router& router, Services& services, std::shared_ptr<RunningImports> imports,
                       std::shared_ptr<Backups> backups);                                        ///< routes_system.cpp: how the installation is
void add_actor_routes(Router& router, Services& services, SharedActors actors);                  ///< routes_actors.cpp
void add_decision_routes(Router& router, Services& services);                                    ///< routes_decisions.cpp
void add_export_routes(Router& router, Services& services);                                      ///< routes_exports.cpp
void add_lookup_routes(Router& router, Services& services, std::shared_ptr<Memories> memories);  ///< routes_lookup.cpp
void add_matrix_routes(Router& router, Services& services);                                      ///< routes_matrix.cpp: ATT&CK with counts
void add_indicator_routes(Router& router, Services& services);                                   ///< routes_indicators.cpp: indicators, rules
void add_edit_routes(Router& router, Services& services);                                        ///< routes_edits.cpp: many indicators changed at once
void add_false_positive_routes(Router& router, Services& services);                              ///< routes_false_positives.cpp
void add_source_routes(Router& router, Services& services);                                      ///< routes_sources.cpp: sources, what they have in common
void add_feed_routes(Router& router, Services& services, SharedActors actors);                   ///< routes_feeds.cpp: Atom, RSS, MISP feed
void add_review_routes(Router& router, Services& services, std::shared_ptr<Memories> memories);  ///< routes_reviews.cpp: documents read, findings accepted
void add_publication_routes(Router& router, Services& services, std::shared_ptr<Memories> memories, std::shared_ptr<Prints> prints,
                            SharedActors actors);                                           ///< routes_publications.cpp
void add_publication_reading_routes(Router& router, Services& services);                    ///< routes_publication_reading.cpp
void add_print_routes(Router& router, Services& services, std::shared_ptr<Prints> prints);  ///< routes_prints.cpp: publications as pages, PDF, archives
void add_compatible_routes(Router& router, Services& services,
                           std::shared_ptr<Prints> prints);  ///< routes_compatible.cpp: publications as another portal's clients ask for them
void add_compatible_lookup_routes(Router& router, Services& services, std::shared_ptr<Memories> memories);  ///< routes_compatible_lookup.cpp
void add_graph_routes(Router& router, Services& services);         ///< routes_graphs.cpp: research graphs that people keep
void add_notification_routes(Router& router, Services& services);  ///< routes_notifications.cpp
void add_sample_routes(Router& router, Services& services);        ///< routes_samples.cpp
void add_taxii_routes(Router& router, Services& services);         ///< routes_taxii.cpp
void add_portal_routes(Router& router, Services& services);        ///< routes_portal.cpp: pages and files of the portal

/// Set-Cookie for `seconds`; `site` is "Strict" or "Lax".
std::string cookie_text(std::string_view name, std::string_view value, std::int64_t seconds, std::string_view site = "Strict");

/// Options that routes of several files have.
inline constexpr RouteOptions slow{Body::none, 0, true};
inline constexpr RouteOptions slow_json{Body::memory, std::uint64_t{64} << 10, true};  ///< of passwords: Argon2 takes a tenth of a second
inline constexpr RouteOptions spends_download{Body::none, 0, true, false, Spends::download};
inline constexpr RouteOptions spends_parts{Body::none, 0, true, false, Spends::parts};

inline constexpr std::size_t page_items_default = 100, page_items_most = 1000;

/// Makes handlers as the router takes them of functions that are called with the services, and with `state` where there is one.
inline auto handlers(Services& services) {
  return [&services](Response (*handler)(Services&, const Request&)) {
    return [&services, handler](const Request& request) { return handler(services, request); };
  };
}
template <class State>
auto handlers(Services& services, std::shared_ptr<State> state) {
  return [&services, state = std::move(state)](Response (*handler)(Services&, State&, const Request&)) {
    return [&services, state, handler](const Request& request) { return handler(services, *state, request); };
  };
}

/// Error "not-permitted" for who belongs to an organisation: what concerns the whole installation is no business of one of them.
Status of_installation(const Request& request);

/// One word of the query; nullopt if it is absent, which an empty one is not.
std::optional<std::string_view> word_of(const Request& request, std::string_view name);
/// `limit` of the query: 1–1000, 100 if absent. Error "query-invalid".
Result<std::size_t> limit_of(const Request& request);
/// "true", "1" / "false", "0" / absent.
Result<bool> flag_of(const Request& request, std::string_view name, bool otherwise);
Result<std::optional<Timestamp>> time_of(const Request& request, std::string_view name);
Result<std::optional<std::int64_t>> number_of(const Request& request, std::string_view name);
Result<std::optional<intel::Tlp>> tlp_of(const Request& request, std::string_view name);
/// What a query says that no part of the route knows is a mistake of the client, told before it is believed to count.
Status only_these(const Request& request, std::initializer_list<std::string_view> names);

/// Error "file-empty" where the body, which is a file, has no bytes.
Status some_file(const Request& request);

/// What a query of lists says: type, label, source, tlp, after, modified_from, modified_until, revoked, order, cursor, limit.
Result<store::ListQuery> list_query(const Request& request);
/// The members of an object that lists show, into an object that is begun.
void write_head_fields(JsonWriter& w, const store::Head& h);
void write_backup(JsonWriter& w, const store::KeptBackup& b);    ///< an object
void write_counts(JsonWriter& w, const store::ImportCounts& c);  ///< an object

/// "domain", "sha256", "file-name", …; empty: of no value that indicators are about.
std::string_view value_kind_name(intel::KeyKind kind);
std::string_view tlp_text(intel::Tlp t);    ///< "TLP:GREEN"; none: ""
std::string time_text_us(std::int64_t us);  ///< RFC 3339 with microseconds where there are any

/// Answers 304 where the client has this already.
Response with_etag(const Request& request, std::string etag, Response response, std::string_view caching = "private, no-cache");
/// The same by what the body says.
Response with_etag(const Request& request, Response response);

/// Writes {"items":[…],"next":…}: `next` is left out at the end.
template <class Item, class Write>
Response page_response(const std::vector<Item>& items, std::string_view next, std::optional<std::uint64_t> total, Write write) {
  std::string body;
  JsonWriter w(body);
  w.begin_object().key("items").begin_array();
  for (const Item& item : items) write(w, item);
  w.end_array();
  if (!next.empty()) w.field("next", next);
  if (total) w.field("total", *total);
  w.end_object();
  return json_response(std::move(body));
}

/// One line of the audit log; in the name of who asks, or of `who` of `organisation` where nobody is signed in yet.
Status audit(Services& services, const Request& request, std::string_view action, std::string_view object, std::string_view detail = {},
             std::string_view who = {}, intel::OrganisationId organisation = intel::common);
/// The same of what ended somebody's access: on a full disk too, and where not even that is possible, who asked learns that it was done.
Status audit_shut_out(Services& services, const Request& request, std::string_view action, std::string_view object, std::string_view detail = {});

}  // namespace mozu::server

/// Answer with the problem, or go on with the value.
#define MOZU_ANSWER(expr)                                                                                              \
  do {                                                                                                                 \
    if (auto mozu_status_ = (expr); !mozu_status_.has_value()) return refuse(services, request, mozu_status_.error()); \
  } while (0)
#define MOZU_ANSWER_LET(decl, expr)                                                                                                    \
  auto MOZU_CONCAT(mozu_result_, __LINE__) = (expr);                                                                                   \
  if (!MOZU_CONCAT(mozu_result_, __LINE__).has_value()) return refuse(services, request, MOZU_CONCAT(mozu_result_, __LINE__).error()); \
  decl = std::move(*MOZU_CONCAT(mozu_result_, __LINE__))

namespace mozu::server {
/// The problem for the client; what is hidden from them is logged under the request's id.
Response refuse(const Services& services, const Request& request, const Diagnostic& d);
}  // namespace mozu::server
