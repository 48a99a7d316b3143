#include "graph_document.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_set>

#include "json.hpp"
#include "mozu/intel/stix_object.hpp"

namespace mozu::server {
namespace {

constexpr std::array<std::string_view, 4> graph_marks = {"", "interesting", "suspect", "cleared"};
constexpr double place_max = 1e6;
constexpr std::size_t id_bytes_max = 200, word_bytes_max = 100;

std::unexpected<Diagnostic> invalid_graph(std::string_view what) { return fail("field-invalid", std::string(what)); }

bool is_id(std::string_view id) { return id.size() <= id_bytes_max && !intel::type_of_id(id).empty(); }
bool is_word(std::string_view s) {
  return !s.empty() && s.size() <= word_bytes_max && std::ranges::all_of(s, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}
Result<double> place(const JsonObject& o, std::string_view key) {
  double d = 0;
  if (const auto e = member(o, key); e && e->get(d) != simdjson::SUCCESS) return invalid_graph(fmt::format("{} of a node is no number", key));
  return std::clamp(std::round(d), -place_max, place_max);
}
/// Absent: empty.
Result<std::string> graph_text(const JsonObject& o, std::string_view key, std::size_t bytes_max) {
  std::string_view s;
  if (const auto e = member(o, key); e && e->get(s) != simdjson::SUCCESS) return invalid_graph(fmt::format("{} is no text", key));
  if (s.size() > bytes_max) return invalid_graph(fmt::format("{} has {} bytes; at most {} are kept", key, s.size(), bytes_max));
  return std::string(s);
}
Result<std::uint32_t> end_of(const JsonObject& o, std::string_view key, std::size_t nodes) {
  const auto at = member_as<std::uint64_t>(o, key);
  if (!at || *at >= nodes) return invalid_graph(fmt::format("{} is not the place of a node", key));
  return static_cast<std::uint32_t>(*at);
}

Result<GraphNode> node_of(const JsonObject& o) {
  GraphNode n;
  n.id = string_member(o, "id");
  if (!is_id(n.id)) return invalid_graph("id of a node is no STIX id");
  MOZU_LET(n.x, place(o, "x"));
  MOZU_LET(n.y, place(o, "y"));
  n.pinned = flag_member(o, "pinned");
  MOZU_LET(n.note, graph_text(o, "note", graph_note_bytes_max));
  MOZU_LET(n.mark, graph_text(o, "mark", word_bytes_max));
  if (std::ranges::find(graph_marks, n.mark) == graph_marks.end()) return invalid_graph("mark of a node is none of interesting, suspect, cleared");
  return n;
}
Result<GraphEdge> edge_of(const JsonObject& o, std::size_t nodes) {
  GraphEdge e;
  MOZU_LET(e.from, end_of(o, "from", nodes));
  MOZU_LET(e.to, end_of(o, "to", nodes));
  e.relation = string_member(o, "relation");
  if (!is_word(e.relation)) return invalid_graph("relation of an edge is no name of a relation");
  e.relationship = string_member(o, "relationship_id");
  if (!e.relationship.empty() && (!is_id(e.relationship) || intel::type_of_id(e.relationship) != "relationship"))
    return invalid_graph("relationship_id of an edge is no id of a relationship");
  return e;
}
Result<GraphGroup> graph_group_of(const JsonObject& o, std::size_t nodes) {
  GraphGroup g;
  MOZU_LET(g.of, end_of(o, "of", nodes));
  g.outgoing = flag_member(o, "outgoing");
  g.relation = string_member(o, "relation");
  g.type = string_member(o, "type");
  if (!is_word(g.relation) || !is_word(g.type)) return invalid_graph("relation or type of a group is no name of one");
  return g;
}

/// Each object of the list `key`, of which there are at most `most`.
template <class T, class Read>
Result<std::vector<T>> list_of(const JsonObject& o, std::string_view key, std::size_t most, Read read) {
  std::vector<T> out;
  const auto given = member(o, key);
  if (!given) return out;
  simdjson::dom::array list;
  if (given->get(list) != simdjson::SUCCESS) return invalid_graph(fmt::format("{} is no list", key));
  for (const JsonElement e : list) {
    if (out.size() == most) return invalid_graph(fmt::format("{} has more than {} items", key, most));
    JsonObject one;
    if (e.get(one) != simdjson::SUCCESS) return invalid_graph(fmt::format("{} holds something that is no object", key));
    MOZU_LET(auto item, read(one));
    out.push_back(std::move(item));
  }
  return out;
}

Status read_content(const JsonObject& o, GraphDocument& out) {
  MOZU_LET(out.nodes, list_of<GraphNode>(o, "nodes", graph_nodes_max, node_of));
  std::unordered_set<std::string_view> ids;
  for (const GraphNode& n : out.nodes)
    if (!ids.insert(n.id).second) return invalid_graph("two nodes have one id");
  const std::size_t nodes = out.nodes.size();
  MOZU_LET(out.edges, list_of<GraphEdge>(o, "edges", graph_edges_max, [&](const JsonObject& e) { return edge_of(e, nodes); }));
  MOZU_LET(out.groups, list_of<GraphGroup>(o, "groups", graph_groups_max, [&](const JsonObject& g) { return graph_group_of(g, nodes); }));
  return {};
}

}  // namespace

Result<GraphDocument> graph_of(const Request& request, intel::Tlp tlp_unsaid) {
  MOZU_LET(const JsonBody body, JsonBody::parse(request));
  MOZU_TRY(body.only({"title", "tlp", "shared", "version", "nodes", "edges", "groups"}));
  GraphDocument out;
  MOZU_LET(const std::string title, body.text("title"));
  if (title.size() > graph_title_bytes_max) return invalid_graph(fmt::format("title has {} bytes; at most {} are kept", title.size(), graph_title_bytes_max));
  out.title = printable(title, graph_title_bytes_max);
  if (trim(out.title).empty()) return invalid_graph("title, what the graph is called, is missing");
  MOZU_LET(out.shared, body.flag("shared", false));
  MOZU_TRY(body.number("version", 0));  // what is not used is not wrong for that
  MOZU_LET(const std::string tlp, body.text("tlp"));
  out.tlp = tlp_unsaid;
  if (!tlp.empty()) {
    const auto said = intel::parse_tlp(tlp);
    if (!said) return fail("field-invalid", "tlp is no TLP marking", "write clear, green, amber, amber+strict or red");
    out.tlp = *said;
  }
  MOZU_TRY(read_content(body.object(), out));
  return out;
}

Result<GraphDocument> read_graph_content(std::string_view json) {
  simdjson::dom::parser parser;
  JsonObject o;
  if (parser.parse(json.data(), json.size()).get(o) != simdjson::SUCCESS) return fail("graph-broken", "what is kept of the graph cannot be read");
  GraphDocument out;
  MOZU_TRY(read_content(o, out));
  return out;
}

void write_node_fields(JsonWriter& w, const GraphNode& node) {
  w.field("x", static_cast<std::int64_t>(node.x)).field("y", static_cast<std::int64_t>(node.y));
  if (node.pinned) w.field("pinned", true);
  if (!node.note.empty()) w.field("note", node.note);
  if (!node.mark.empty()) w.field("mark", node.mark);
}

void write_edges(JsonWriter& w, const std::vector<GraphEdge>& edges) {
  w.key("edges").begin_array();
  for (const GraphEdge& e : edges) {
    w.begin_object().field("from", e.from).field("to", e.to).field("relation", e.relation);
    if (!e.relationship.empty()) w.field("relationship_id", e.relationship);
    w.end_object();
  }
  w.end_array();
}

void write_groups(JsonWriter& w, const std::vector<GraphGroup>& groups) {
  w.key("groups").begin_array();
  for (const GraphGroup& g : groups)
    w.begin_object().field("of", g.of).field("outgoing", g.outgoing).field("relation", g.relation).field("type", g.type).end_object();
  w.end_array();
}

std::string graph_content(const GraphDocument& graph) {
  std::string out;
  JsonWriter w(out);
  w.begin_object().key("nodes").begin_array();
  for (const GraphNode& n : graph.nodes) {
    w.begin_object().field("id", n.id);
    write_node_fields(w, n);
    w.end_object();
  }
  w.end_array();
  write_edges(w, graph.edges);
  write_groups(w, graph.groups);
  w.end_object();
  return out;
}

}  // namespace mozu::server
