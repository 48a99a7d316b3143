// Whose words are known, how each source stands, and what sources have in common.
#include <algorithm>

#include "mozu/store/source_values.hpp"
#include "mozu/store/sources.hpp"
#include "overlaps.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

constexpr std::size_t pairs_most = 5'000;  // of a hundred sources all
constexpr std::int64_t days_told = 30, day_ms = 86'400'000;

std::string date_of(std::int64_t day) { return format_time({day * day_ms}).substr(0, 10); }

Response sources(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER_LET(auto items, services.knowledge.sources(request.who->viewer));
  std::erase_if(items, [](const store::SourceRecord& s) { return s.last.provenance.source == store::edits_source; });  // nobody's words
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

/// What came in on each of the last days, for a picture of it.
Response days(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  const std::int64_t today = services.identities.now().ms / day_ms, first = today - days_told + 1;
  MOZU_ANSWER_LET(const auto days, services.knowledge.import_days(request.who->viewer, {first * day_ms}, {(today + 1) * day_ms}));
  std::string body;
  JsonWriter w(body);
  w.begin_object().field("from", date_of(first)).field("until", date_of(today)).key("items").begin_array();
  for (const auto& of : days)
    w.begin_object().field("day", date_of(of.day)).field("imports", of.imports).field("added", of.added).field("updated", of.updated).end_object();
  w.end_array().end_object();
  return with_etag(request, json_response(std::move(body)));
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
  router.add(Method::get, "/api/v1/sources", Permission::read, slow, handlers(services)(sources));
  router.add(Method::get, "/api/v1/sources/days", Permission::read, slow, handlers(services)(days));
  router.add(Method::get, "/api/v1/sources/overlaps", Permission::read, slow, handlers(services, std::make_shared<Overlaps>(services))(overlaps));
}

}  // namespace mozu::server
