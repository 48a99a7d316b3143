#include "targets.hpp"

#include <algorithm>

#include "json.hpp"
#include "mozu/store/pages.hpp"

namespace mozu::actors {
namespace {

// Places and identities are few where actors are many, so it is they that are asked who aims at them.
constexpr std::size_t asked_max = 20'000;
constexpr std::size_t actors_of_one_max = 5'000;
constexpr std::size_t claims_max = 2'000;  // of an actor

using Names = std::vector<std::pair<TargetClaim::Kind, std::string>>;

/// What an actor that is led to this aims at; empty: nothing that has a name.
Names names_of(JsonObject o, std::string_view type) {
  Names out;
  const std::string name(string_member(o, "name"));
  if (type == "location") {
    std::string place(string_member(o, "country"));
    if (place.empty()) place = name.empty() ? std::string(string_member(o, "region")) : name;
    if (!place.empty()) out.emplace_back(TargetClaim::Kind::country, std::move(place));
    return out;
  }
  if (string_member(o, "identity_class") != "class") {
    if (!name.empty()) out.emplace_back(TargetClaim::Kind::organisation, name);
    return out;
  }
  for (auto& sector : texts(o, "sectors")) out.emplace_back(TargetClaim::Kind::sector, std::move(sector));
  if (out.empty() && !name.empty()) out.emplace_back(TargetClaim::Kind::sector, name);
  return out;
}

template <class Claim>
void add(std::vector<Claim>& list, Claim claim) {
  if (list.size() < claims_max && std::ranges::find(list, claim) == list.end()) list.push_back(std::move(claim));
}

void claim(ActorDetails& actor, const store::Neighbour& n, const Names& names, const std::string& source) {
  for (const auto& [kind, name] : names) {
    if (n.relation == "targets") add(actor.targets, TargetClaim{kind, name, source});
    else if (kind == TargetClaim::Kind::country) add(actor.origins, OriginClaim{name, {}, source});
  }
}

}  // namespace

Status read_targets(store::Store& knowledge, const intel::Viewer& viewer, const std::unordered_map<std::string, std::size_t>& by_id,
                    std::vector<ActorDetails>& details) {
  store::NeighbourQuery query;
  query.direction = store::Direction::in;
  query.relations = {"targets", "originates-from"};
  query.types = {"intrusion-set", "threat-actor"};
  query.references = false;
  query.limit = 1000;
  Parser parser;
  return store::each_page(knowledge, viewer, {"location", "identity"}, false, asked_max, [&](const auto& items) -> Status {
    for (const store::StoredObject& o : items) {
      const auto object = parser.parse(o.json);
      const Names names = object ? names_of(*object, o.type) : Names();
      if (names.empty()) continue;
      std::size_t seen = 0;
      query.cursor.clear();
      do {
        MOZU_LET(const auto page, knowledge.neighbours(viewer, o.id, query));
        for (const auto& n : page.items)
          if (const auto found = by_id.find(n.object.id); found != by_id.end()) claim(details[found->second], n, names, o.source);
        seen += page.items.size();
        query.cursor = page.next;
      } while (!query.cursor.empty() && seen < actors_of_one_max);
    }
    return {};
  });
}

}  // namespace mozu::actors
