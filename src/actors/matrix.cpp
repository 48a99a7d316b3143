#include "mozu/actors/matrix.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "json.hpp"
#include "mozu/intel/stix_object.hpp"
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
  AttackTechnique out{std::string(string_member(o, "id")), attack_id(o), std::string(string_member(o, "name")), {}, {}, texts(o, "x_mitre_platforms")};
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

/// What was seen in one's own logs, as techniques.
class Detections {
 public:
  Detections(store::Store& knowledge, const intel::Viewer& viewer) : knowledge_(knowledge), viewer_(viewer) {}

  Status count(std::vector<AttackTechnique>& techniques) {
    MOZU_TRY(read_sightings());
    std::unordered_map<std::string, std::uint64_t> counts;
    for (const auto& [id, n] : sighted_) {
      MOZU_LET(const auto pointed_at, techniques_of(id));
      for (const std::string& technique : pointed_at) counts[technique] += n;
    }
    for (AttackTechnique& t : techniques)
      if (const auto n = counts.find(t.id); n != counts.end()) t.counts[attack_detections] = n->second;
    return {};
  }

 private:
  using Ids = std::set<std::string>;
  store::Store& knowledge_;
  const intel::Viewer& viewer_;
  std::unordered_map<std::string, std::uint64_t> sighted_;  ///< id of what was sighted → how often
  std::unordered_map<std::string, Ids> of_software_;

  Status read_sightings() {
    store::ListQuery query;
    query.types = {"sighting"}, query.own = true, query.with_revoked = false, query.newest_first = true, query.limit = 1000;
    Parser parser;
    std::size_t read = 0;
    do {
      MOZU_LET(auto page, knowledge_.list_objects(viewer_, query));
      for (const auto& stored : page.items) {
        MOZU_LET(const JsonObject o, parser.parse(stored.json));
        const std::string id(string_member(o, "sighting_of_ref"));
        if (sighted_.size() < attack_sighted_max || sighted_.contains(id)) ++sighted_[id];
      }
      read += page.items.size();
      query.cursor = std::move(page.next);
    } while (!query.cursor.empty() && read < attack_sightings_max);
    return {};
  }

  /// What it refers to by relationships, of these types: a page of it.
  Result<std::vector<std::string>> targets(const std::string& id, std::vector<std::string> types) {
    store::NeighbourQuery query;
    query.direction = store::Direction::out, query.types = std::move(types), query.references = false, query.limit = 1000;
    MOZU_LET(const auto page, knowledge_.neighbours(viewer_, id, query));
    std::vector<std::string> out;
    for (const auto& n : page.items) out.push_back(n.object.id);
    return out;
  }

  Result<Ids> techniques_of(const std::string& id) {
    const std::string_view type = intel::type_of_id(id);
    if (type == "attack-pattern") return Ids{id};
    Ids out;
    if (type != "indicator" && type != "malware" && type != "tool") return out;
    if (type != "indicator") return of_software(id);
    MOZU_LET(const auto pointed_at, targets(id, {"attack-pattern", "malware", "tool"}));
    for (const std::string& target : pointed_at) {
      MOZU_LET(const Ids ids, intel::type_of_id(target) == "attack-pattern" ? Result<Ids>(Ids{target}) : of_software(target));
      out.insert(ids.begin(), ids.end());
    }
    return out;
  }
  Result<Ids> of_software(const std::string& id) {
    if (const auto known = of_software_.find(id); known != of_software_.end()) return known->second;
    MOZU_LET(const auto used, targets(id, {"attack-pattern"}));
    return of_software_.emplace(id, Ids(used.begin(), used.end())).first->second;
  }
};

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
  MOZU_TRY(Detections(knowledge, viewer).count(matrix.techniques));
  return matrix;
}

}  // namespace mozu::actors
