// Private to the room: parts of publications as routes of either shape give them.
#pragma once
#include <string>
#include <string_view>

#include "mozu/actors/book.hpp"
#include "mozu/base/json_write.hpp"
#include "mozu/base/result.hpp"
#include "mozu/publications/about_filter.hpp"
#include "mozu/publications/desk.hpp"
#include "mozu/server/routes.hpp"

namespace mozu::server {

publications::Desk desk_of(Services& services);

/// What the first parameter of the route names; "absent" if the viewer may not see it, "locked" if no plan of theirs opens it.
Result<publications::Published> published_of(Services& services, const Request& request);
/// Also what is locked, of which nothing but title, kind, dates and tags is left.
Result<publications::Published> listed_of(Services& services, const Request& request);

/// What the query of a list asks (kind, actor, sector, geography, tag; the words of the portal's own list). An actor stands for all of their names.
Result<publications::AboutFilter> about_filter_of(actors::ActorBooks& books, const Request& request);

/// `{"summary":{"html","contents"},"full":…}`; figures lead to `files` + name, and to nothing where there is no publication yet.
Status write_texts_html(JsonWriter& w, std::string_view summary, std::string_view full, const publications::Publication* of, const std::string& files);

/// The language of its texts that is meant: the one asked for, else the original.
std::string language_of(const publications::Published& p, std::string_view asked);

/// "published", "revised", "withdrawn".
std::string_view state_of(const publications::Published& p);

/// What the viewer may see of one publication, as intel::may_see() says of each object.
Result<std::string> indicator_csv(Services& services, const intel::Viewer& viewer, const publications::Published& p);
Result<std::string> yara_rules(Services& services, const intel::Viewer& viewer, const publications::Published& p);
/// A STIX bundle of the report and what it refers to.
Result<std::string> stix_bundle(Services& services, const intel::Viewer& viewer, const publications::Published& p);

/// One file of all; it has an end, and says if there is more.
struct Master {
  std::string text;
  bool cut = false;  ///< there is more than Services::master_items_max
};
/// Of all publications of a kind; empty: of all.
Result<Master> master_indicators(Services& services, const intel::Viewer& viewer, std::string_view kind);
Result<Master> master_yara(Services& services, const intel::Viewer& viewer, std::string_view kind);
/// The header that tells a client so: how many were looked at.
inline constexpr const char* cut_header = "X-Mozu-Cut";

}  // namespace mozu::server
