#include "mozu/actors/book.hpp"

#include <set>
#include <utility>

#include "mozu/intel/stix_object.hpp"
#include "mozu/store/pages.hpp"
#include "targets.hpp"

namespace mozu::actors {
namespace {

bool is_actor(std::string_view type) { return type == "intrusion-set" || type == "threat-actor"; }

/// Whom the source put in place of a record that it revoked ("revoked-by" of ATT&CK). Few are: one question each.
Status find_successors(store::Store& knowledge, const intel::Viewer& viewer, std::vector<ActorRecord>& records) {
  constexpr std::size_t asked_max = 10'000;
  std::size_t asked = 0;
  store::NeighbourQuery query;
  query.direction = store::Direction::out;
  query.relations = {"revoked-by"};
  query.references = false;
  query.with_revoked = true;
  for (ActorRecord& r : records) {
    if (!r.revoked || ++asked > asked_max) continue;
    MOZU_LET(const auto page, knowledge.neighbours(viewer, r.id, query));
    for (const auto& n : page.items)
      if (r.replaced_by.empty() && is_actor(n.object.type)) r.replaced_by = n.object.id;
  }
  return {};
}

/// What its source took back without putting anything in its place is no actor any more.
void leave_out_revoked(ActorBook& book, const std::vector<bool>& revoked) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < book.records.size(); ++i) {
    if (revoked[i] && book.records[i].replaced_by.empty()) continue;
    if (kept != i) book.records[kept] = std::move(book.records[i]), book.details[kept] = std::move(book.details[i]);
    ++kept;
  }
  book.records.resize(kept), book.details.resize(kept);
}

void index_names(ActorBook& book) {
  for (std::size_t i = 0; i < book.records.size(); ++i) book.record_of.emplace(book.records[i].id, i);
  for (std::size_t p = 0; p < book.profiles().size(); ++p) {
    const auto bears = [&](std::string_view name) {
      auto folded = intel::fold_name(name);
      if (folded.empty()) return;
      auto& profiles = book.bearers[std::move(folded)];
      if (profiles.empty() || profiles.back() != p) profiles.push_back(p);
    };
    for (const auto m : book.profiles()[p].members) {
      bears(book.records[m].name);
      bears(book.records[m].attack_id);
      for (const auto& alias : book.records[m].aliases) bears(alias.name);
    }
  }
}

}  // namespace

std::vector<std::size_t> ActorBook::named(std::string_view name) const {
  const auto found = bearers.find(intel::fold_name(name));
  return found == bearers.end() ? std::vector<std::size_t>() : found->second;
}

std::vector<std::string> ActorBook::known_as(std::string_view name) const {
  std::vector<std::string> out{std::string(name)};
  for (const auto profile : named(name))
    for (const auto m : profiles()[profile].members) {
      out.push_back(records[m].name);
      if (!records[m].attack_id.empty()) out.push_back(records[m].attack_id);
      for (const auto& alias : records[m].aliases) out.push_back(alias.name);
    }
  return out;
}

std::optional<std::size_t> ActorBook::profile_of(std::string_view id) const {
  const auto found = record_of.find(std::string(id));
  return found == record_of.end() ? std::nullopt : std::optional(resolution.profile_of[found->second]);
}

std::vector<ActorName> ActorBook::aliases(std::size_t profile) const {
  std::set<std::string> seen{intel::fold_name(canonical(profile).name)};
  std::vector<ActorName> out;
  const auto take = [&](const ActorName& n) {
    if (seen.insert(intel::fold_name(n.name)).second) out.push_back(n);
  };
  for (const auto m : profiles()[profile].members) take({records[m].name, records[m].name_by, true});
  for (const auto m : profiles()[profile].members)
    for (const auto& n : records[m].aliases) take(n);
  return out;
}

std::string ActorBook::attack_id(std::size_t profile) const {
  for (const auto m : profiles()[profile].members)
    if (!records[m].attack_id.empty()) return records[m].attack_id;
  return {};
}

std::string ActorBook::country(std::size_t profile) const {
  for (const auto m : profiles()[profile].members)
    if (!records[m].country.empty()) return records[m].country;
  return {};
}

Result<ActorBook> read_actors(store::Store& knowledge, const intel::Viewer& viewer) {
  ActorBook book;
  std::vector<bool> revoked;
  MOZU_TRY(store::each_page(knowledge, viewer, {"intrusion-set", "threat-actor"}, true, actor_records_max, [&](const auto& items) -> Status {
    for (const auto& o : items) {
      MOZU_LET(auto details, read_actor(o.json, o.source));
      book.records.push_back(details.record);
      book.details.push_back(std::move(details));
      revoked.push_back(o.revoked);
    }
    return {};
  }));
  MOZU_TRY(find_successors(knowledge, viewer, book.records));
  leave_out_revoked(book, revoked);
  MOZU_LET(const auto decisions, knowledge.decisions(viewer));
  std::vector<ActorDecision> said;
  for (const auto& d : decisions)
    if (d.sameness != store::Store::Sameness::undecided) said.push_back({d.id, d.other, d.sameness == store::Store::Sameness::same});
  book.resolution = resolve(book.records, said);
  index_names(book);
  MOZU_TRY(read_targets(knowledge, viewer, book.record_of, book.details));
  return book;
}

Result<std::shared_ptr<const ActorBook>> ActorBooks::of(const intel::Viewer& viewer) {
  MOZU_LET(const auto decided, knowledge_.decisions_made());
  return books_.get(viewer, decided, [this](const intel::Viewer& v) { return read_actors(knowledge_, v); });
}

}  // namespace mozu::actors
