#include "mozu/actors/resolve.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace mozu::actors {
namespace {

ActorRecord record(std::string id, std::string list, std::string name, std::vector<std::string> aliases = {}, std::string attack_id = {},
                   std::string country = {}) {
  ActorRecord r;
  r.id = "intrusion-set--" + id;
  r.list = std::move(list);
  r.name = std::move(name);
  for (auto& a : aliases) r.aliases.push_back({std::move(a), {}, false});
  r.attack_id = std::move(attack_id);
  r.country = std::move(country);
  return r;
}
bool together(const Resolution& r, std::size_t a, std::size_t b) { return r.profile_of[a] == r.profile_of[b]; }
std::string reason(const Resolution& r, std::size_t a, std::size_t b) {
  for (const auto& c : r.candidates)
    if (std::minmax(c.profile, c.other) == std::minmax(r.profile_of[a], r.profile_of[b])) return c.reason;
  return {};
}

TEST(Resolve, CatalogueIdJoinsWhateverTheNames) {
  const std::vector v{record("a", "mitre-attack", "Grey Heron", {}, "G9001"), record("b", "threat-actor", "Marsh Thief", {"G9001"})};
  const auto r = resolve(v);
  ASSERT_EQ(r.profiles.size(), 1u);
  EXPECT_EQ(r.profiles[0].canonical, 0u) << "ATT&CK names the profile";
  ASSERT_EQ(r.profiles[0].links.size(), 1u);
  EXPECT_EQ(r.profiles[0].links[0].evidence, Evidence::attack_id);
}

TEST(Resolve, SameNameJoinsUnlessTheCountryContradicts) {
  const std::vector v{record("a", "mitre-attack", "Grey-Heron"), record("b", "threat-actor", "GREY HERON", {}, {}, "XA"),
                      record("c", "other", "grey heron", {}, {}, "XB")};
  const auto r = resolve(v);
  EXPECT_TRUE(together(r, 0, 1) || together(r, 0, 2));
  EXPECT_FALSE(together(r, 1, 2));
}

TEST(Resolve, TwoNamesJoinOneDoesNot) {
  const std::vector v{record("a", "mitre-attack", "Grey Heron", {"Reed Ghost", "Pond Six"}),
                      record("b", "threat-actor", "Marsh Thief", {"Reed Ghost", "Pond Six"}), record("c", "other", "Lone Gull", {"Pond Six"})};
  const auto r = resolve(v);
  EXPECT_TRUE(together(r, 0, 1));
  EXPECT_FALSE(together(r, 0, 2));
  EXPECT_EQ(reason(r, 0, 2), "one-name");
}

TEST(Resolve, SimilarNeedsASharedName) {
  std::vector v{record("a", "mitre-attack", "Grey Heron", {"Reed Ghost"}), record("b", "threat-actor", "Marsh Thief", {"Reed Ghost"}),
                record("c", "other", "Lone Gull")};
  v[1].similar = {v[0].id};
  v[2].similar = {v[0].id};
  const auto r = resolve(v);
  EXPECT_TRUE(together(r, 0, 1));
  EXPECT_FALSE(together(r, 0, 2));
  EXPECT_EQ(reason(r, 0, 2), "similar");
}

TEST(Resolve, ContestedNamesNeverJoinAndAreShown) {
  // "Night Bell" is claimed by two entries of one catalogue: of no use to tell whom the third means.
  const std::vector v{record("a", "threat-actor", "Grey Heron", {"Night Bell", "Night Bell 2"}), record("b", "threat-actor", "Marsh Thief", {"Night Bell"}),
                      record("c", "mitre-attack", "Night Bell"), record("d", "", "Night Bell"), record("e", "", "night-bell")};
  const auto r = resolve(v);
  EXPECT_FALSE(together(r, 0, 1));
  EXPECT_FALSE(together(r, 0, 2));
  EXPECT_FALSE(together(r, 1, 2));
  EXPECT_TRUE(together(r, 3, 4)) << "mentions of a contested name are one, but nobody's";
  EXPECT_FALSE(together(r, 0, 3) || together(r, 1, 3) || together(r, 2, 3));
  ASSERT_EQ(r.ambiguous.size(), 1u);
  EXPECT_EQ(r.ambiguous[0].profiles.size(), 4u);
}

TEST(Resolve, OneCatalogueKeepsItsEntriesApart) {
  std::vector v{record("a", "threat-actor", "Grey Heron", {"X1", "X2", "X3"}), record("b", "threat-actor", "Marsh Thief", {"X4"}),
                record("c", "mitre-attack", "Grey Heron", {"X1", "X2", "X3", "Marsh Thief", "X4"})};
  v[0].similar = {v[1].id};
  const auto r = resolve(v);
  EXPECT_TRUE(together(r, 0, 2));
  EXPECT_FALSE(together(r, 1, 2));
  EXPECT_FALSE(together(r, 0, 1));
}

TEST(Resolve, AMatchMustBeClearlyTheBest) {
  const std::vector v{record("a", "threat-actor", "Grey Heron", {"N1", "N2"}), record("b", "threat-actor", "Marsh Thief", {"N3", "N4"}),
                      record("c", "other", "Lone Gull", {"N1", "N2", "N3", "N4"})};
  const auto r = resolve(v);
  EXPECT_FALSE(together(r, 0, 2) || together(r, 1, 2));
  EXPECT_EQ(reason(r, 0, 2), "no-clear-best");
}

TEST(Resolve, AVendorsFormerNameIsTheActorOfToday) {
  const std::vector v{record("a", "microsoft-activity-group", "HELIUMX", {}),
                      record("b", "microsoft-activity-group", "Amber Drizzle", {"HELIUMX", "Reed Ghost"}),
                      record("c", "mitre-attack", "HELIUMX", {"Reed Ghost"})};
  const auto r = resolve(v);
  EXPECT_TRUE(together(r, 0, 1) && together(r, 1, 2));
}

TEST(Resolve, ReplacedRecordsFollowTheirSuccessorAndDoNotNameIt) {
  std::vector v{record("a", "mitre-attack", "Old Heron", {}, "G9001"), record("b", "mitre-attack", "Grey Heron", {}, "G9002")};
  v[0].replaced_by = v[1].id;
  v[0].revoked = true;
  const auto r = resolve(v);
  ASSERT_EQ(r.profiles.size(), 1u);
  EXPECT_EQ(r.profiles[0].canonical, 1u);
}

TEST(Resolve, PeopleHaveTheLastWord) {
  std::vector v{record("a", "mitre-attack", "Grey Heron", {"X1", "X2"}), record("b", "threat-actor", "Grey Heron", {"X1", "X2"}),
                record("c", "threat-actor", "Marsh Thief"), record("d", "other", "Grey Heron", {"X1"})};
  const std::vector<ActorDecision> apart{{v[0].id, v[1].id, false}};
  auto r = resolve(v, apart);
  EXPECT_FALSE(together(r, 0, 1));
  EXPECT_FALSE(together(r, 0, 3) && together(r, 1, 3)) << "no third record may join them behind the decision";
  const std::vector<ActorDecision> joined{{v[2].id, v[1].id, true}};
  r = resolve(v, joined);
  EXPECT_TRUE(together(r, 1, 2)) << "even within one catalogue";
  EXPECT_TRUE(together(r, 0, 1));
  const std::vector<ActorDecision> contradictory{{v[0].id, v[1].id, false}, {v[0].id, v[2].id, true}, {v[1].id, v[2].id, true}};
  r = resolve(v, contradictory);
  EXPECT_FALSE(together(r, 0, 1));
  EXPECT_TRUE(together(r, 0, 2));
  ASSERT_EQ(r.unheeded.size(), 1u);
  EXPECT_EQ(r.unheeded[0].id, v[1].id);
}

TEST(Resolve, MentionsJoinTheOneBearerAndNeverJoinTwo) {
  const std::vector v{record("a", "mitre-attack", "Grey Heron", {"Reed Ghost"}), record("b", "threat-actor", "Marsh Thief", {"Pond Six"}),
                      record("c", "", "reed ghost", {"Pond Six"}), record("d", "", "Unheard Of"), record("e", "", "unheard-of")};
  const auto r = resolve(v);
  EXPECT_TRUE(together(r, 0, 2));
  EXPECT_FALSE(together(r, 0, 1));
  EXPECT_TRUE(together(r, 3, 4));
  EXPECT_EQ(r.profiles.size(), 3u);
}

TEST(Resolve, TheOrderOfRecordsDoesNotMatter) {
  std::vector v{record("a", "mitre-attack", "Grey Heron", {"X1", "X2"}), record("b", "threat-actor", "Grey Heron", {"X1"}), record("c", "other", "X1", {"X2"}),
                record("d", "", "x 2")};
  const auto key = [](const std::vector<ActorRecord>& records) {
    std::vector<std::vector<std::string>> out;
    for (const auto& p : resolve(records).profiles) {
      auto& ids = out.emplace_back();
      for (const auto i : p.members) ids.push_back(records[i].id);
    }
    return out;
  };
  const auto expected = key(v);
  std::ranges::sort(v, [](const auto& a, const auto& b) { return a.id > b.id; });
  EXPECT_EQ(key(v), expected);
}

TEST(Resolve, DamagedRecordsAreBorne) {
  std::vector v{record("a", "", ""), record("a", "mitre-attack", "", {"", "-"}), record("b", "threat-actor", "-", {"\xff\xfe"})};
  v[1].replaced_by = v[1].id;
  v[2].similar = {v[2].id, "nothing"};
  const auto r = resolve(v, std::vector<ActorDecision>{{"a", "b", true}, {v[2].id, v[2].id, true}, {v[2].id, v[2].id, false}});
  EXPECT_EQ(r.profile_of.size(), 3u);
  EXPECT_TRUE(resolve({}).profiles.empty());
}

TEST(NameGiver, TellsByTheForm) {
  EXPECT_EQ(name_giver("Midnight Blizzard"), "Microsoft");
  EXPECT_EQ(name_giver("Storm-0558"), "Microsoft");
  EXPECT_EQ(name_giver("FANCY BEAR"), "CrowdStrike");
  EXPECT_EQ(name_giver("APT28"), "Mandiant");
  EXPECT_EQ(name_giver("APT-C-36"), "360");
  EXPECT_EQ(name_giver("IRON TWILIGHT"), "Secureworks");
  EXPECT_EQ(name_giver("TA505"), "Proofpoint");
  EXPECT_EQ(name_giver("SectorC08"), "NSHC");
  EXPECT_EQ(name_giver("G0007"), "MITRE");
  EXPECT_EQ(name_giver("Iron Tiger"), "CrowdStrike");
  EXPECT_EQ(name_giver("Turla"), "");
  EXPECT_EQ(name_giver("The Mask"), "");
}

}  // namespace
}  // namespace mozu::actors
