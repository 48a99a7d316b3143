#include "mozu/actors/matrix.hpp"

#include <algorithm>

#include "json.hpp"
#include "mozu/store/pages.hpp"

namespace mozu::actors {
namespace {

/// The id that MITRE gives it; empty if it is of somebody else.
std::string attack_id(JsonObject o) {
  std::string out;
  each(o, "external_references", [&](JsonObject reference) {
    if (out.empty() && string_member(reference, "source_name").starts_with("mitre")) out = string_member(reference, "external_id");
  });
  return out;
}

AttackTechnique read_technique(JsonObject o) {
  AttackTechnique out{std::string(string_member(o, "id")), attack_id(o), std::string(string_member(o, "name")), {}, {}};
  each(o, "kill_chain_phases", [&](JsonObject phase) {
    out.tactics.insert(std::string(string_member(phase, "kill_chain_name")) + "/" + std::string(string_member(phase, "phase_name")));
  });
  return out;
}

void take(AttackMatrix& matrix, std::string_view type, JsonObject o) {
  if (type == "attack-pattern") {
    if (AttackTechnique t = read_technique(o); !t.attack_id.empty()) matrix.techniques.push_back(std::move(t));
  } else if (type == "x-mitre-tactic") {
    const std::string id(string_member(o, "id"));
    matrix.tactics[id] = AttackTactic{id, attack_id(o), std::string(string_member(o, "name")), std::string(string_member(o, "x_mitre_shortname"))};
  } else {
    auto& order = matrix.order[attack_id(o)];
    for (auto& id : texts(o, "tactic_refs"))
      if (std::ranges::find(order, id) == order.end()) order.push_back(std::move(id));
  }
}

Status count(store::Store& knowledge, const intel::Viewer& viewer, AttackTechnique& t) {
  MOZU_LET(const auto counts, knowledge.neighbour_counts(viewer, t.id));
  for (const auto& c : counts)
    if (const auto* kind = std::ranges::find(attack_counted, c.type, &std::pair<std::string_view, std::string_view>::first);
        !c.outgoing && kind != attack_counted.end())
      t.counts[kind->second] += c.count;
  return {};
}

}  // namespace

Result<AttackMatrix> read_attack_matrix(store::Store& knowledge, const intel::Viewer& viewer) {
  AttackMatrix matrix;
  Parser parser;
  MOZU_TRY(store::each_page(knowledge, viewer, {"x-mitre-matrix", "x-mitre-tactic", "attack-pattern"}, false, attack_techniques_max,
                            [&](const auto& items) -> Status {
                              for (const auto& stored : items) {
                                MOZU_LET(const JsonObject o, parser.parse(stored.json));
                                take(matrix, stored.type, o);
                              }
                              return {};
                            }));
  std::ranges::sort(matrix.techniques, {}, &AttackTechnique::attack_id);
  for (AttackTechnique& t : matrix.techniques) MOZU_TRY(count(knowledge, viewer, t));
  return matrix;
}

}  // namespace mozu::actors
