// Research graphs that people keep: whoever may read has their own, and may show them to their organisation. And which of some objects are related to one another.
#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "graph_document.hpp"
#include "json.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "mozu/formats/knowledge_writer.hpp"
#include "routes.hpp"
#include "secrets.hpp"
#include "titles.hpp"

namespace mozu::server {
namespace {

// Two documents a graph: what lists show, and the rest, which is written first under a name of its own, so that a reader never sees half of a change.
constexpr std::string_view graphs_collection = "graphs", contents = "graph-contents";
constexpr std::string_view graph_space = "f3a1c1de-5f0c-5d0e-9a68-6d6f7a750004";  // of the STIX ids made here
constexpr RouteOptions graph_body{Body::memory, std::uint64_t{4} << 20, true};
constexpr std::size_t graphs_max = 200;  // of a person
constexpr std::size_t objects_at_once = 500, linked_max = 2'000, neighbours_looked_at = 1'000;

struct KeptGraph {
  store::Document document;
  GraphDocument graph;      // without its nodes, edges and groups
  std::string by, content;  // content: id of the document that holds them
  std::uint64_t nodes = 0;
};

Result<KeptGraph> read_kept(store::Document document) {
  simdjson::dom::parser parser;
  JsonObject o;
  if (parser.parse(document.json).get(o) != simdjson::SUCCESS) return fail("graph-broken", "what is kept of the graph cannot be read");
  KeptGraph out;
  out.graph.title = string_member(o, "title");
  out.graph.tlp = intel::parse_tlp(string_member(o, "tlp")).value_or(intel::Tlp::none);
  out.graph.shared = flag_member(o, "shared");
  out.by = string_member(o, "by");
  out.content = string_member(o, "content");
  out.nodes = member_as<std::uint64_t>(o, "nodes").value_or(0);
  out.document = std::move(document);
  return out;
}

bool is_owner(const Request& request, const store::Document& d) { return d.owner == request.who->user; }
bool is_seen(const Request& request, const KeptGraph& kept) {
  const auto& viewer = request.who->viewer;
  if (kept.document.organisation != viewer.organisation || !intel::may_see(viewer, kept.document.organisation, kept.graph.tlp)) return false;
  return kept.graph.shared || is_owner(request, kept.document);
}
Status may_keep(const Request& request) {
  if (request.who->may(Permission::read)) return {};
  return fail("graphs-closed", "graphs are for those who may read");
}

Result<KeptGraph> find_graph(Services& services, const Request& request) {
  MOZU_LET(auto document, services.identities.accounts().document(graphs_collection, request.parameters[0]));
  if (!document) return fail("absent", "no such graph");
  MOZU_LET(auto kept, read_kept(std::move(*document)));
  if (!is_seen(request, kept)) return fail("absent", "no such graph");
  return kept;
}
Result<KeptGraph> find_own(Services& services, const Request& request) {
  MOZU_TRY(may_keep(request));
  MOZU_LET(auto kept, find_graph(services, request));
  if (!is_owner(request, kept.document)) return fail("not-permitted", "only its owner changes a graph", "keep a copy of it as your own");
  return kept;
}

void write_graph_summary(JsonWriter& w, const Request& request, const KeptGraph& kept) {
  const auto& d = kept.document;
  w.field("id", d.id)
      .field("version", d.version)
      .field("created", format_time(d.created))
      .field("changed", format_time(d.changed))
      .field("title", kept.graph.title);
  w.field("by", kept.by).field("own", is_owner(request, d)).field("shared", kept.graph.shared);
  if (kept.graph.tlp != intel::Tlp::none) w.field("tlp", tlp_text(kept.graph.tlp));
}

/// What of a graph its reader may see: nodes, and of edges and groups what lies between these. Objects of relationships count as well.
struct Seen {
  GraphDocument graph;
  std::vector<store::Head> heads;  ///< beside graph.nodes
};
Result<Seen> seen_of(Services& services, const Request& request, const GraphDocument& whole) {
  std::unordered_map<std::string, store::Head> heads;
  std::unordered_set<std::string> relationships;
  std::vector<std::string> ids;
  const auto ask = [&](const auto& take) -> Status {
    for (std::size_t at = 0; at < ids.size(); at += objects_at_once) {
      MOZU_LET(auto found, services.knowledge.heads(request.who->viewer, std::span(ids).subspan(at, std::min(objects_at_once, ids.size() - at))));
      for (auto& head : found) take(std::move(head));
    }
    ids.clear();
    return {};
  };
  for (const auto& n : whole.nodes) ids.push_back(n.id);
  MOZU_TRY(ask([&](store::Head head) { heads.try_emplace(head.id, std::move(head)); }));
  for (const auto& e : whole.edges)
    if (!e.relationship.empty()) ids.push_back(e.relationship);
  MOZU_TRY(ask([&](const store::Head& head) { relationships.insert(head.id); }));
  Seen out;
  std::vector<std::optional<std::uint32_t>> place(whole.nodes.size());
  for (std::size_t i = 0; i < whole.nodes.size(); ++i) {
    const auto head = heads.find(whole.nodes[i].id);
    if (head == heads.end()) continue;
    place[i] = static_cast<std::uint32_t>(out.graph.nodes.size());
    out.graph.nodes.push_back(whole.nodes[i]);
    out.heads.push_back(head->second);
  }
  MOZU_TRY(services.titles->give(request, out.heads));
  for (const auto& e : whole.edges)
    if (place[e.from] && place[e.to] && (e.relationship.empty() || relationships.contains(e.relationship)))
      out.graph.edges.push_back({*place[e.from], *place[e.to], e.relation, e.relationship});
  for (const auto& g : whole.groups)
    if (place[g.of]) out.graph.groups.push_back({*place[g.of], g.outgoing, g.relation, g.type});
  return out;
}

Result<GraphDocument> content_of(Services& services, const KeptGraph& kept) {
  MOZU_LET(const auto document, services.identities.accounts().document(contents, kept.content));
  if (!document) return fail("conflict", "the graph was changed meanwhile", "ask again");
  return read_graph_content(document->json);
}

Response whole_graph(Services& services, const Request& request, const KeptGraph& kept, unsigned status = 200) {
  MOZU_ANSWER_LET(const auto content, content_of(services, kept));
  MOZU_ANSWER_LET(const auto seen, seen_of(services, request, content));
  std::string out;
  JsonWriter w(out);
  w.begin_object();
  write_graph_summary(w, request, kept);
  w.key("nodes").begin_array();
  for (std::size_t i = 0; i < seen.heads.size(); ++i) {
    w.begin_object();
    write_head_fields(w, seen.heads[i]);
    write_node_fields(w, seen.graph.nodes[i]);
    w.end_object();
  }
  w.end_array();
  write_edges(w, seen.graph.edges);
  write_groups(w, seen.graph.groups);
  w.end_object();
  return json_response(std::move(out), status);
}

std::unexpected<Diagnostic> too_many_graphs() { return fail("too-many-graphs", fmt::format("you keep {} graphs", graphs_max), "remove some"); }

/// Writes the content under a new name, then what points to it; what nothing points to any more goes.
Result<KeptGraph> keep_graph(Services& services, const Request& request, store::Document d, const GraphDocument& graph, const std::string& before) {
  auto& accounts = services.identities.accounts();
  store::Document content;
  content.collection = contents;
  content.id = random_text(16);
  content.organisation = d.organisation;
  content.owner = d.owner;
  content.json = graph_content(graph);
  MOZU_TRY(accounts.put_document(content));
  d.json.clear();
  JsonWriter w(d.json);
  w.begin_object().field("title", graph.title).field("tlp", intel::name(graph.tlp)).field("shared", graph.shared).field("by", request.who->name);
  w.field("content", content.id).field("nodes", static_cast<std::uint64_t>(graph.nodes.size())).end_object();
  const auto kept = accounts.put_document(d, {graphs_max, 0});
  if (!kept || !before.empty()) MOZU_TRY(accounts.remove_document(contents, kept ? before : content.id));
  if (!kept) return kept.error().code == "too-many-documents" ? too_many_graphs() : fail(kept.error());
  MOZU_LET(auto now, accounts.document(graphs_collection, d.id));
  if (!now) return fail("absent", "the graph was removed meanwhile");
  return read_kept(std::move(*now));
}

/// Asked before megabytes are written; who asks at the same time is counted where they are.
Status room_for_one_more_graph(Services& services, const Request& request) {
  store::Accounts::DocumentQuery query;
  query.collection = graphs_collection;
  query.owner = request.who->user;
  query.limit = graphs_max;
  MOZU_LET(const auto page, services.identities.accounts().documents(query));
  if (page.items.size() < graphs_max) return {};
  return too_many_graphs();
}

Status within_clearance(const Request& request, const GraphDocument& graph) {
  if (graph.tlp <= request.who->viewer.clearance) return {};
  return fail("field-invalid", "tlp is stricter than what you may see");
}

Response begin_graph(Services& services, const Request& request) {
  MOZU_ANSWER(may_keep(request));
  MOZU_ANSWER_LET(const auto graph,
                  graph_of(request, std::min(intel::tlp_in_force(request.who->viewer.organisation, intel::Tlp::none), request.who->viewer.clearance)));
  MOZU_ANSWER(within_clearance(request, graph));
  MOZU_ANSWER(room_for_one_more_graph(services, request));
  store::Document d;
  d.collection = graphs_collection;
  d.id = random_text(16);
  d.organisation = request.who->viewer.organisation;
  d.owner = request.who->user;
  MOZU_ANSWER_LET(const auto kept, keep_graph(services, request, std::move(d), graph, {}));
  MOZU_ANSWER(audit(services, request, "graph-keep", kept.document.id, graph.title));
  return whole_graph(services, request, kept, 201);
}

Response change_graph(Services& services, const Request& request) {
  MOZU_ANSWER_LET(auto kept, find_own(services, request));
  MOZU_ANSWER_LET(const auto graph, graph_of(request, kept.graph.tlp));
  MOZU_ANSWER(within_clearance(request, graph));
  MOZU_ANSWER_LET(const JsonBody fields, JsonBody::parse(request));
  MOZU_ANSWER_LET(const std::int64_t version, fields.number("version", 0));
  if (version < 1) return problem(422, "field-invalid", "version, that of the graph as it was read, is missing");
  kept.document.version = version;
  MOZU_ANSWER_LET(const auto now, keep_graph(services, request, std::move(kept.document), graph, kept.content));
  MOZU_ANSWER(audit(services, request, "graph-change", now.document.id, fmt::format("{}{}", graph.shared ? "shared: " : "", graph.title)));
  return whole_graph(services, request, now);
}

Response list_graphs(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"cursor", "limit"}));
  store::Accounts::DocumentQuery query;
  query.collection = graphs_collection;
  query.organisation = request.who->viewer.organisation;
  query.with_json = true;
  query.cursor = request.query("cursor");
  MOZU_ANSWER_LET(query.limit, limit_of(request));
  MOZU_ANSWER_LET(auto page, services.identities.accounts().documents(query));
  std::vector<KeptGraph> seen;
  for (auto& d : page.items) {
    MOZU_ANSWER_LET(auto kept, read_kept(std::move(d)));
    if (is_seen(request, kept)) seen.push_back(std::move(kept));
  }
  return page_response(seen, page.next, std::nullopt, [&](JsonWriter& w, const KeptGraph& kept) {
    w.begin_object();
    write_graph_summary(w, request, kept);
    w.end_object();
  });
}

Response one_graph(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const auto kept, find_graph(services, request));
  return whole_graph(services, request, kept);
}

Response remove_graph(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const auto kept, find_own(services, request));
  auto& accounts = services.identities.accounts();
  MOZU_ANSWER(accounts.remove_document(graphs_collection, kept.document.id, kept.document.version));
  if (const auto done = accounts.remove_document(contents, kept.content); !done && done.error().code != "absent") return problem(done.error());
  MOZU_ANSWER(audit(services, request, "graph-remove", kept.document.id, kept.graph.title));
  return no_content();
}

/// Of all that is drawn: objects and relationships, sorted, each once.
std::vector<std::string> ids_of(const GraphDocument& graph) {
  std::vector<std::string> ids;
  for (const auto& n : graph.nodes) ids.push_back(n.id);
  for (const auto& e : graph.edges)
    if (!e.relationship.empty()) ids.push_back(e.relationship);
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

/// A grouping (STIX 2.1 §4.5) of what the graph shows, and notes of what its owner wrote.
std::vector<std::pair<std::string, std::string>> grouping_of(const KeptGraph& kept, const Seen& seen) {
  std::vector<std::pair<std::string, std::string>> out;  // id, JSON
  const std::string created = format_time(kept.document.created), modified = format_time(kept.document.changed);
  const auto begin = [&](std::string_view type, const std::string& of) {
    out.emplace_back(fmt::format("{}--{}", type, uuid_v5(graph_space, of)), std::string());
    JsonWriter w(out.back().second);
    w.begin_object().field("type", type).field("spec_version", "2.1").field("id", out.back().first).field("created", created).field("modified", modified);
    return w;
  };
  const auto refs = [](JsonWriter& w, const std::vector<std::string>& ids) {
    w.key("object_refs").begin_array();
    for (const auto& id : ids) w.value(std::string_view(id));
    w.end_array().end_object();
  };
  const auto ids = ids_of(seen.graph);
  JsonWriter grouping = begin("grouping", kept.document.id);
  grouping.field("name", kept.graph.title).field("context", "unspecified");
  refs(grouping, ids);
  for (const auto& n : seen.graph.nodes) {
    if (n.note.empty()) continue;
    JsonWriter note = begin("note", kept.document.id + " " + n.id);
    note.field("content", n.note);
    refs(note, {n.id});
  }
  return out;
}

Response graph_stix(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const auto kept, find_graph(services, request));
  MOZU_ANSWER_LET(const auto content, content_of(services, kept));
  MOZU_ANSWER_LET(const auto seen, seen_of(services, request, content));
  if (seen.graph.nodes.empty()) return problem(422, "graph-empty", "the graph is empty, and a grouping of nothing is none");
  Response r;
  formats::ExportSettings settings;
  settings.now = services.identities.now();
  const auto writer = formats::make_knowledge_writer("stix", settings, [&](std::string_view, std::string_view bytes) -> Status {
    r.body += bytes;
    return {};
  });
  for (const auto& [id, json] : grouping_of(kept, seen)) MOZU_ANSWER(writer->put({id, id.substr(0, id.find("--")), json, kept.graph.tlp, "graphs"}));
  const auto ids = ids_of(seen.graph);
  for (std::size_t at = 0; at < ids.size(); at += objects_at_once) {
    MOZU_ANSWER_LET(const auto objects,
                    services.knowledge.objects(request.who->viewer, std::span(ids).subspan(at, std::min(objects_at_once, ids.size() - at))));
    for (const auto& o : objects) MOZU_ANSWER(writer->put({o.id, o.type, o.json, o.tlp, o.source}));
  }
  MOZU_ANSWER(writer->end());
  MOZU_ANSWER(audit(services, request, "export", kept.document.id, fmt::format("graph as STIX, {} objects", ids.size())));
  r.content_type = "application/stix+json;version=2.1";
  return r;
}

/// Relations between the objects of a list. Of an object with very many neighbours only those are found that another one of the list tells.
Response links(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const JsonBody fields, JsonBody::parse(request));
  MOZU_ANSWER(fields.only({"ids"}));
  MOZU_ANSWER_LET(const auto ids, fields.texts("ids"));
  if (ids.size() > linked_max) return problem(422, "field-invalid", fmt::format("ids has {} ids; at most {} are looked at", ids.size(), linked_max));
  const std::unordered_set<std::string> wanted(ids.begin(), ids.end());
  std::string out;
  std::unordered_set<std::string> told;
  JsonWriter w(out);
  w.begin_object().key("items").begin_array();
  for (const std::string& id : wanted) {
    store::NeighbourQuery query;
    query.limit = neighbours_looked_at;
    MOZU_ANSWER_LET(const auto page, services.knowledge.neighbours(request.who->viewer, id, query));
    for (const auto& n : page.items) {
      const std::string& from = n.outgoing ? id : n.object.id;
      const std::string& to = n.outgoing ? n.object.id : id;
      if (!wanted.contains(n.object.id) || !told.insert(fmt::format("{} {} {}", from, n.relation, to)).second) continue;
      w.begin_object().field("from", from).field("to", to).field("relation", n.relation);
      if (!n.relationship_id.empty()) w.field("relationship_id", n.relationship_id);
      w.end_object();
    }
  }
  w.end_array().end_object();
  return json_response(std::move(out));
}

}  // namespace

void add_graph_routes(Router& router, Services& services) {
  const auto to = handlers(services);
  router.add(Method::get, "/api/v1/graphs", Permission::read, slow, to(list_graphs));
  router.add(Method::post, "/api/v1/graphs", Permission::signed_in, graph_body, to(begin_graph));
  router.add(Method::get, "/api/v1/graphs/{id}", Permission::read, slow, to(one_graph));
  router.add(Method::put, "/api/v1/graphs/{id}", Permission::signed_in, graph_body, to(change_graph));
  router.add(Method::remove, "/api/v1/graphs/{id}", Permission::signed_in, no_body, to(remove_graph));
  router.add(Method::get, "/api/v1/graphs/{id}/stix", Permission::read, spends_download, to(graph_stix));
  router.add(Method::post, "/api/v1/objects/links", Permission::read, RouteOptions{Body::memory, std::uint64_t{1} << 20, true}, to(links));
}

}  // namespace mozu::server
