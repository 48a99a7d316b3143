// Private to the room: a research graph as it is kept. What its objects are called is never kept, only their ids: who opens it is shown what they may see.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/json_write.hpp"
#include "mozu/base/result.hpp"
#include "mozu/intel/indicator.hpp"
#include "mozu/server/http.hpp"

namespace mozu::server {

inline constexpr std::size_t graph_nodes_max = 10'000, graph_edges_max = 20'000;  ///< so that the document fits into store::document_bytes_max
inline constexpr std::size_t graph_groups_max = 1'000, graph_note_bytes_max = 2'000, graph_title_bytes_max = 360;

struct GraphNode {
  std::string id, note, mark;  ///< mark: empty, or one of graph_marks
  double x = 0, y = 0;
  bool pinned = false;
};
/// Ends are places in `nodes`.
struct GraphEdge {
  std::uint32_t from = 0, to = 0;
  std::string relation, relationship;  ///< relationship: id of the object that says so; empty for an embedded reference
};
/// Neighbours of one kind that are not shown one by one. How many there are is asked anew.
struct GraphGroup {
  std::uint32_t of = 0;
  bool outgoing = true;
  std::string relation, type;
};
struct GraphDocument {
  std::string title;
  intel::Tlp tlp = intel::Tlp::none;
  bool shared = false;  ///< seen by its organisation; else by its owner alone
  std::vector<GraphNode> nodes;
  std::vector<GraphEdge> edges;
  std::vector<GraphGroup> groups;
};

/// What a client sends, checked: ids are STIX ids, each once; ends are nodes; sizes within the limits above. Errors "field-invalid", "json-invalid", "content-type".
/// `tlp_unsaid` counts where the body names none.
Result<GraphDocument> graph_of(const Request& request, intel::Tlp tlp_unsaid);
/// What was kept by write_graph_content().
Result<GraphDocument> read_graph_content(std::string_view json);
std::string graph_content(const GraphDocument& graph);
void write_edges(JsonWriter& w, const std::vector<GraphEdge>& edges);     ///< a member "edges"
void write_groups(JsonWriter& w, const std::vector<GraphGroup>& groups);  ///< a member "groups"
/// x, y, pinned, note, mark: into an object that is begun.
void write_node_fields(JsonWriter& w, const GraphNode& node);

}  // namespace mozu::server
