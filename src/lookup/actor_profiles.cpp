#include "actor_profiles.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "mozu/actors/record.hpp"
#include "mozu/actors/resolve.hpp"

namespace mozu::lookup {

std::vector<ActorProfile> actor_profiles(std::span<const store::StoredObject* const> records, const std::vector<store::Store::Decision>& decisions) {
  std::vector<actors::ActorRecord> read;
  for (const auto* o : records)
    if (auto details = actors::read_actor(o->json, o->source)) read.push_back(std::move(details->record));
  std::vector<actors::ActorDecision> words;
  for (const auto& d : decisions)
    if (d.sameness != store::Store::Sameness::undecided) words.push_back({d.id, d.other, d.sameness == store::Store::Sameness::same});
  const auto resolution = actors::resolve(read, words);
  std::vector<ActorProfile> out;
  for (const auto& p : resolution.profiles) {
    const auto& canonical = read[p.canonical];
    ActorProfile profile;
    profile.id = canonical.id;
    profile.name = canonical.name;
    for (const auto member : p.members) {
      const auto& record = read[member];
      profile.records.push_back(record.id);
      if (profile.attack_id.empty()) profile.attack_id = record.attack_id;
      if (profile.country.empty()) profile.country = record.country;
      if (record.name != profile.name) profile.aliases.push_back(record.name);
      for (const auto& alias : record.aliases)
        if (alias.name != profile.name) profile.aliases.push_back(alias.name);
    }
    std::ranges::sort(profile.aliases);
    const auto twice = std::ranges::unique(profile.aliases);
    profile.aliases.erase(twice.begin(), twice.end());
    out.push_back(std::move(profile));
  }
  return out;
}

}  // namespace mozu::lookup
