// Whose words are known, how each source stands, and what sources have in common.
#include <fmt/core.h>

#include "mozu/exchange/edit.hpp"
#include "mozu/store/source_values.hpp"
#include "overlaps.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

constexpr std::size_t pairs_most = 5'000;  // of a hundred sources all

Response sources(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER_LET(auto items, services.knowledge.sources(request.who->viewer));
  std::erase_if(items, [](const store::SourceRecord& s) { return s.last.provenance.source == exchange::edit_source; });  // nobody's words
  return page_response(items, {}, items.size(), [](JsonWriter& w, const store::SourceRecord& source) {
    w.begin_object()
        .field("source", source.last.provenance.source)
        .field("imports", source.imports)
        .field("last_import", source.last.number)
        .field("last_at", format_time(source.last.at));
    w.field("last_origin", source.last.provenance.origin).field("tlp", tlp_text(source.last.provenance.tlp)).key("counts");
    write_counts(w, source.counts);
    w.key("last_counts");
    write_counts(w, source.last.counts);
    w.end_object();
  });
}

void write_overlaps(JsonWriter& w, const store::SourceOverlaps& overlaps) {
  w.key("sources").begin_array();
  for (const auto& s : overlaps.sources) {
    w.begin_object().field("source", s.source).field("values", s.values).field("only_here", s.only_here).key("kinds").begin_object();
    for (const auto& [kind, n] : s.by_kind) w.field(value_kind_name(kind), n);
    w.end_object().end_object();
  }
  w.end_array().key("pairs").begin_array();
  for (std::size_t i = 0; i < std::min(overlaps.pairs.size(), pairs_most); ++i) {
    const auto& p = overlaps.pairs[i];
    w.begin_object().field("a", overlaps.sources[p.a].source).field("b", overlaps.sources[p.b].source).field("both", p.both).end_object();
  }
  w.end_array();
}

Response overlaps(Services& services, Overlaps& overlaps, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER_LET(const auto counted, overlaps.ask());
  if (!counted.values && counted.failure) return refuse(services, request, *counted.failure);
  std::string body;
  JsonWriter w(body);
  w.begin_object().field("newest", counted.newest);
  if (counted.values) {
    w.field("counted", format_time(counted.at)).field("cut", counted.values->cut);
    write_overlaps(w, store::overlaps_of(*counted.values, request.who->viewer));
  }
  w.end_object();
  return with_etag(request, json_response(std::move(body)));
}

}  // namespace

void add_source_routes(Router& router, Services& services) {
  constexpr RouteOptions slow{Body::none, 0, true};
  router.add(Method::get, "/api/v1/sources", Permission::read, slow, handlers(services)(sources));
  router.add(Method::get, "/api/v1/sources/overlaps", Permission::read, slow, handlers(services, std::make_shared<Overlaps>(services))(overlaps));
}

}  // namespace mozu::server
