// Objects, their versions and neighbours, lists and search.
#include <fmt/core.h>

#include <algorithm>
#include <ranges>
#include <span>

#include "json.hpp"
#include "mozu/base/text.hpp"
#include "routes.hpp"
#include "titles.hpp"

namespace mozu::server {
namespace {

void write_head(JsonWriter& w, const store::Head& h) {
  w.begin_object();
  write_head_fields(w, h);
  w.end_object();
}
void write_stored(JsonWriter& w, const store::StoredObject& o) {
  w.begin_object();
  write_head_fields(w, o);
  w.field("import", o.import).key("object").raw(o.json).end_object();
}

Response list_objects(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request,
                         {"type", "label", "source", "tlp", "after", "modified_from", "modified_until", "revoked", "own", "order", "cursor", "limit", "full"}));
  MOZU_ANSWER_LET(const auto query, list_query(request));
  MOZU_ANSWER_LET(const bool full, flag_of(request, "full", false));
  if (full) {
    MOZU_ANSWER_LET(auto page, services.knowledge.list_objects(request.who->viewer, query));
    Titles::give_stored(request, page.items);
    return page_response(page.items, page.next, page.total, write_stored);
  }
  MOZU_ANSWER_LET(auto page, services.knowledge.list(request.who->viewer, query));
  MOZU_ANSWER(services.titles->give(request, page.items));
  return page_response(page.items, page.next, page.total, write_head);
}

Response one_object(Services& services, const Request& request) {
  const std::string& id = request.parameters[0];
  MOZU_ANSWER_LET(auto object, services.knowledge.object(request.who->viewer, id));
  if (!object) return problem(404, "absent", "no such object");
  std::span one(&*object, 1);
  MOZU_ANSWER(services.titles->give(request, one));
  MOZU_ANSWER_LET(const auto tags, services.knowledge.tags(request.who->viewer, id));
  std::string body;
  JsonWriter w(body);
  w.begin_object();
  write_head_fields(w, *object);
  w.field("import", object->import);
  w.key("tags").begin_object();
  for (const auto& [tag, weight] : tags) w.field(tag, weight);
  w.end_object().key("object").raw(object->json).end_object();
  return with_etag(request, json_response(std::move(body)));
}

Response object_versions(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"cursor", "limit"}));
  MOZU_ANSWER_LET(const std::size_t limit, limit_of(request));
  MOZU_ANSWER_LET(auto page, services.knowledge.versions(request.who->viewer, request.parameters[0], std::string(request.query("cursor")), limit));
  if (page.items.empty() && request.query("cursor").empty()) return problem(404, "absent", "no such object");
  Titles::give_stored(request, page.items);
  return page_response(page.items, page.next, page.total, write_stored);
}

Response neighbours(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"direction", "relation", "type", "references", "revoked", "cursor", "limit"}));
  store::NeighbourQuery q;
  const auto direction = word_of(request, "direction").value_or("both");
  if (direction == "out") q.direction = store::Direction::out;
  else if (direction == "in") q.direction = store::Direction::in;
  else if (direction != "both") return problem(400, "query-invalid", "'direction' of the query is none of out, in, both");
  q.relations = request.queries("relation");
  q.types = request.queries("type");
  MOZU_ANSWER_LET(q.references, flag_of(request, "references", true));
  MOZU_ANSWER_LET(q.with_revoked, flag_of(request, "revoked", false));
  q.cursor = request.query("cursor");
  MOZU_ANSWER_LET(q.limit, limit_of(request));
  MOZU_ANSWER_LET(const auto object, services.knowledge.object(request.who->viewer, request.parameters[0]));
  if (!object) return problem(404, "absent", "no such object");
  MOZU_ANSWER_LET(auto page, services.knowledge.neighbours(request.who->viewer, request.parameters[0], q));
  auto objects = page.items | std::views::transform(&store::Neighbour::object);
  MOZU_ANSWER(services.titles->give(request, objects));
  return page_response(page.items, page.next, page.total, [](JsonWriter& w, const store::Neighbour& n) {
    w.begin_object().field("relation", n.relation).field("outgoing", n.outgoing);
    if (!n.relationship_id.empty()) w.field("relationship_id", n.relationship_id);
    w.key("object");
    write_head(w, n.object);
    w.end_object();
  });
}

Response neighbour_counts(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const auto object, services.knowledge.object(request.who->viewer, request.parameters[0]));
  if (!object) return problem(404, "absent", "no such object");
  MOZU_ANSWER_LET(const auto counts, services.knowledge.neighbour_counts(request.who->viewer, request.parameters[0]));
  return page_response(counts, {}, std::nullopt, [](JsonWriter& w, const store::NeighbourCount& c) {
    w.begin_object()
        .field("relation", c.relation)
        .field("type", c.type)
        .field("outgoing", c.outgoing)
        .field("count", c.count)
        .field("more", c.more)
        .end_object();
  });
}

Response counts(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const auto counts, services.knowledge.counts(request.who->viewer));
  std::string body;
  JsonWriter w(body);
  w.begin_object();
  for (const auto& [type, n] : counts)
    if (n != 0) w.field(type, n);
  w.end_object();
  return json_response(std::move(body));
}

Response search(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"q", "facets", "type", "label", "source", "tlp", "modified_from", "modified_until", "revoked", "own", "cursor", "limit"}));
  store::SearchQuery q;
  q.text = request.query("q");
  if (q.text.empty()) return problem(400, "query-invalid", "'q' of the query, what is searched for, is missing");
  MOZU_ANSWER_LET(q.filter, list_query(request));
  MOZU_ANSWER_LET(q.filter.with_revoked, flag_of(request, "revoked", true));  // who looks for a name finds it, marked as revoked
  MOZU_ANSWER_LET(q.facets, flag_of(request, "facets", false));
  MOZU_ANSWER_LET(auto page, services.knowledge.search(request.who->viewer, q));
  MOZU_ANSWER(services.titles->give(request, page.items));
  std::string body;
  JsonWriter w(body);
  w.begin_object().key("items").begin_array();
  for (const store::Hit& hit : page.items) {
    w.begin_object();
    write_head_fields(w, hit);
    w.field("rank", hit.rank).field("snippet", hit.snippet).end_object();
  }
  w.end_array();
  if (!page.next.empty()) w.field("next", page.next);
  if (page.total) w.field("total", *page.total).field("more_than_counted", page.more_than_counted);
  if (q.facets) {
    w.key("facets").begin_object();
    for (const store::Facet& facet : page.facets) {
      w.key(facet.field).begin_object();
      for (const auto& [value, n] : facet.values) w.field(value, n);
      w.end_object();
    }
    w.end_object();
  }
  w.end_object();
  return json_response(std::move(body));
}

Response set_tag(Services& services, const Request& request) {
  int weight = 0;
  if (request.method == Method::put) {
    MOZU_ANSWER_LET(const JsonBody body, JsonBody::parse(request));
    MOZU_ANSWER_LET(const std::int64_t wanted, body.number("weight", 50));
    if (wanted < 1 || wanted > 100) return problem(422, "field-invalid", "weight is not from 1 to 100");
    weight = static_cast<int>(wanted);
  }
  MOZU_ANSWER_LET(const auto object, services.knowledge.object(request.who->viewer, request.parameters[0]));
  if (!object) return problem(404, "absent", "no such object");
  MOZU_ANSWER(services.knowledge.tag(request.who->viewer.organisation, request.parameters[0], request.parameters[1], weight, request.who->name));
  MOZU_ANSWER(audit(services, request, weight == 0 ? "tag-remove" : "tag", request.parameters[0], printable(request.parameters[1], 100)));
  return no_content();
}

}  // namespace

void write_head_fields(JsonWriter& w, const store::Head& h) {
  w.field("id", h.id).field("type", h.type);
  if (!h.name.empty()) w.field("name", h.name);
  if (intel::is_dated(h.created_us)) w.field("created", time_text_us(h.created_us));
  if (intel::is_dated(h.modified_us)) w.field("modified", time_text_us(h.modified_us));
  w.field("added", format_time(h.added)).field("sequence", h.sequence);
  if (h.revoked) w.field("revoked", true);
  if (h.confidence != intel::confidence_unknown) w.field("confidence", static_cast<unsigned>(h.confidence));
  if (h.tlp != intel::Tlp::none) w.field("tlp", tlp_text(h.tlp));
  if (h.organisation != intel::common) w.field("organisation", h.organisation);
  w.field("source", h.source);
}

Result<store::ListQuery> list_query(const Request& request) {
  store::ListQuery q;
  q.types = request.queries("type");
  q.labels = request.queries("label");
  q.source = request.query("source");
  MOZU_LET(q.tlp, tlp_of(request, "tlp"));
  MOZU_LET(const auto after, number_of(request, "after"));
  q.after_sequence = after.value_or(0);
  MOZU_LET(const auto from, time_of(request, "modified_from"));
  if (from) q.modified_from_us = from->ms * 1000;
  MOZU_LET(const auto until, time_of(request, "modified_until"));
  if (until) q.modified_until_us = until->ms * 1000;
  MOZU_LET(q.with_revoked, flag_of(request, "revoked", after.has_value()));  // who follows what is written must learn what no longer holds
  MOZU_LET(q.own, flag_of(request, "own", false));
  const auto order = word_of(request, "order").value_or("oldest");
  if (order != "newest" && order != "oldest") return fail("query-invalid", "'order' of the query is neither newest nor oldest");
  q.newest_first = order == "newest";
  q.cursor = request.query("cursor");
  MOZU_LET(q.limit, limit_of(request));
  return q;
}

void add_object_routes(Router& router, Services& services) {
  const auto to = handlers(services);
  router.add(Method::get, "/api/v1/objects", Permission::read, no_body, to(list_objects));
  router.add(Method::get, "/api/v1/objects/{id}", Permission::read, no_body, to(one_object));
  router.add(Method::get, "/api/v1/objects/{id}/versions", Permission::read, no_body, to(object_versions));
  router.add(Method::get, "/api/v1/objects/{id}/neighbours", Permission::read, no_body, to(neighbours));
  router.add(Method::get, "/api/v1/objects/{id}/neighbour-counts", Permission::read, no_body, to(neighbour_counts));
  router.add(Method::put, "/api/v1/objects/{id}/tags/{tag}", Permission::curate, small_json, to(set_tag));
  router.add(Method::remove, "/api/v1/objects/{id}/tags/{tag}", Permission::curate, no_body, to(set_tag));
  router.add(Method::get, "/api/v1/counts", Permission::read, no_body, to(counts));
  router.add(Method::get, "/api/v1/search", Permission::read, no_body, to(search));
}

}  // namespace mozu::server
