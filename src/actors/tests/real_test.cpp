// The resolver on the catalogues themselves: ATT&CK Enterprise and ICS, and three galaxies of MISP.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "json.hpp"
#include "mozu/actors/record.hpp"
#include "mozu/base/json_write.hpp"
#include "mozu/base/stream.hpp"
#include "mozu/base/text.hpp"
#include "mozu/formats/stix_objects.hpp"
#include "mozu/intel/stix_object.hpp"
#include "shared_data.hpp"

namespace mozu::actors {
namespace {

std::string read_whole(const std::string& path) {
  auto input = open_input(path);
  if (!input) return {};
  auto stream = (*input)->next();
  return stream && *stream ? read_all(**stream, 1ULL << 30).value_or("") : std::string();
}

class Catalogues {
 public:
  Catalogues() {
    const std::string data = shared_data("");
    for (const std::string_view file : {"threat-actor.json.zst", "microsoft-activity-group.json", "mitre-intrusion-set.json"})
      galaxy(read_whole(fmt::format("{}/misp-galaxy/clusters/{}", data, file)));
    for (const std::string_view file : {"enterprise-attack-18.1.stix20.json.zst", "ics-attack-18.1.json.zst"})
      attack(read_whole(fmt::format("{}/attack/{}", data, file)));
    for (auto& [id, successor] : replaced_)
      if (const auto it = at_.find(id); it != at_.end()) records[it->second].replaced_by = successor;
  }
  std::vector<ActorRecord> records;

  std::size_t find(std::string_view list, std::string_view name) const {
    for (std::size_t i = 0; i < records.size(); ++i)
      if (records[i].list == list && records[i].name == name) return i;
    ADD_FAILURE() << "no " << name << " in " << list;
    return 0;
  }

 private:
  void add(std::string_view json) {
    auto actor = read_actor(json, "test");
    ASSERT_TRUE(actor);
    const auto [it, fresh] = at_.emplace(actor->record.id, records.size());
    if (fresh) records.push_back(std::move(actor->record));
    else records[it->second] = std::move(actor->record);
  }

  /// Clusters as `mozu import` makes objects of them.
  void galaxy(const std::string& file) {
    Parser parser;
    auto root = parser.parse(file);
    ASSERT_TRUE(root);
    const std::string label = "misp-galaxy:" + std::string(string_member(*root, "type"));
    each(*root, "values", [&](JsonObject cluster) {
      std::string json;
      JsonWriter w(json);
      w.begin_object()
          .field("type", "intrusion-set")
          .field("id", "intrusion-set--" + std::string(string_member(cluster, "uuid")))
          .field("name", string_member(cluster, "value"));
      w.key("labels").begin_array().value(std::string_view(label)).end_array();
      JsonElement e;
      if (JsonObject meta; cluster.at_key("meta").get(meta) == simdjson::SUCCESS) {
        if (meta.at_key("synonyms").get(e) == simdjson::SUCCESS) w.key("aliases").raw(simdjson::minify(e));
        w.key("x_misp_meta").raw(simdjson::minify(meta));
        if (const auto id = string_member(meta, "external_id"); !id.empty())
          w.key("external_references").begin_array().begin_object().field("source_name", "mitre-attack").field("external_id", id).end_object().end_array();
      }
      if (cluster.at_key("related").get(e) == simdjson::SUCCESS) w.key("x_misp_related").raw(simdjson::minify(e));
      w.end_object();
      add(json);
    });
  }

  void attack(const std::string& file) {
    Diagnostics diagnostics;
    formats::StixReadStatistics statistics;
    const auto status = formats::read_stix_objects(
        "attack", file,
        [&](intel::StixObject&& o) -> Status {
          if (o.type == "intrusion-set") add(o.json);
          if (o.relationship_type == "revoked-by") replaced_[o.source_ref] = o.target_ref;
          return {};
        },
        diagnostics, statistics);
    ASSERT_TRUE(status);
  }

  std::map<std::string, std::size_t> at_;
  std::map<std::string, std::string> replaced_;
};

/// Well-known actors, checked by hand: records that are one ("list:name"; a: ATT&CK, t: threat-actor galaxy, m: Microsoft's list), and
/// after "!" those that are somebody else.
struct Known {
  std::string_view what;
  std::vector<std::string_view> one, others;
};
const std::vector<Known> known = {
    {"APT28", {"a:APT28", "t:APT28", "m:Forest Blizzard", "m:STRONTIUM"}, {"t:APT29"}},
    {"APT29", {"a:APT29", "a:UNC2452", "t:APT29", "m:Midnight Blizzard", "m:NOBELIUM"}, {"t:UNC2452"}},
    {"Lazarus", {"a:Lazarus Group", "t:Lazarus Group", "m:Diamond Sleet"}, {"a:APT38", "a:Andariel", "t:Silent Chollima", "t:STARDUST CHOLLIMA", "a:Kimsuky"}},
    {"APT38", {"a:APT38", "m:Sapphire Sleet"}, {"t:Lazarus Group"}},
    {"Andariel", {"a:Andariel", "t:Silent Chollima", "m:Onyx Sleet"}, {}},
    {"Kimsuky", {"a:Kimsuky", "t:Kimsuky", "m:Emerald Sleet"}, {"t:APT43", "t:Opal Sleet", "t:Ruby Sleet"}},
    {"Turla", {"a:Turla", "t:Turla", "m:Secret Blizzard"}, {"t:APT26", "t:White Bear"}},
    {"Sandworm", {"a:Sandworm Team", "t:Sandworm", "m:Seashell Blizzard"}, {"t:IRIDIUM", "t:GreyEnergy"}},
    {"Dragonfly", {"a:Dragonfly", "a:Dragonfly 2.0", "t:ENERGETIC BEAR", "m:Ghost Blizzard"}, {"a:ALLANITE", "t:ALLANITE"}},
    {"Gamaredon", {"a:Gamaredon Group", "t:Gamaredon Group", "m:Aqua Blizzard"}, {}},
    {"FIN7", {"a:FIN7", "t:FIN7", "m:Sangria Tempest"}, {"a:Carbanak"}},
    {"FIN6", {"a:FIN6", "t:FIN6"}, {}},
    {"TA505", {"a:TA505", "t:TA505", "m:Spandex Tempest"}, {"t:MONTY SPIDER"}},
    {"Wizard Spider", {"a:Wizard Spider", "t:WIZARD SPIDER"}, {"t:GRIM SPIDER"}},
    {"Indrik Spider", {"a:Indrik Spider", "t:INDRIK SPIDER", "m:Manatee Tempest"}, {"t:Mustard Tempest"}},
    {"OilRig", {"a:OilRig", "a:APT34", "t:OilRig", "m:Hazel Sandstorm"}, {"t:CHRYSENE", "t:Greenbug", "t:Cleaver"}},
    {"APT33", {"a:APT33", "t:APT33", "m:Peach Sandstorm"}, {}},
    {"MuddyWater", {"a:MuddyWater", "t:MuddyWater", "m:Mango Sandstorm"}, {}},
    {"APT35", {"a:Magic Hound", "a:Charming Kitten", "t:APT35"}, {"t:Charming Kitten", "a:APT42", "t:Cleaver"}},
    {"APT42", {"a:APT42", "t:APT42"}, {}},
    {"Cleaver", {"a:Cleaver", "t:Cleaver"}, {"t:Cutting Kitten"}},
    {"APT1", {"a:APT1", "t:APT1"}, {}},
    {"APT10", {"a:menuPass", "t:APT10", "m:Purple Typhoon"}, {}},
    {"APT17", {"a:APT17", "t:APT17"}, {"a:Axiom"}},
    {"APT41", {"a:APT41", "t:APT41", "m:Brass Typhoon", "m:BARIUM"}, {"a:Winnti Group", "m:Leopard Typhoon"}},
    {"Mustang Panda", {"a:Mustang Panda", "t:MUSTANG PANDA", "m:Twill Typhoon"}, {"a:LuminousMoth"}},
    {"HAFNIUM", {"a:HAFNIUM", "t:HAFNIUM", "m:Silk Typhoon", "m:HAFNIUM"}, {}},
    {"Volt Typhoon", {"a:Volt Typhoon", "t:Volt Typhoon", "m:Volt Typhoon"}, {"a:Salt Typhoon"}},
    {"APT32", {"a:APT32", "t:APT32", "m:Canvas Cyclone"}, {}},
    {"APT37", {"a:APT37", "t:APT37"}, {"a:Kimsuky", "a:Lazarus Group"}},
    {"Naikon", {"a:Naikon", "t:Naikon"}, {"a:APT30", "t:APT30"}},
    {"Tortoiseshell and Bohrium", {"t:Tortoiseshell"}, {"t:Bohrium"}},
    {"Equation", {"a:Equation", "t:Equation Group"}, {"t:Longhorn"}}};

TEST(RealActors, ThirtyWellKnownOnes) {
  MOZU_SHARED_OR_SKIP(galaxy, "misp-galaxy");
  const Catalogues c;
  const auto r = resolve(c.records);
  const auto find = [&](std::string_view key) {
    return c.find(key[0] == 'a' ? "mitre-attack" : key[0] == 't' ? "threat-actor" : "microsoft-activity-group", key.substr(2));
  };
  for (const auto& k : known) {
    const auto profile = r.profile_of[find(k.one[0])];
    for (const auto key : k.one) EXPECT_EQ(r.profile_of[find(key)], profile) << k.what << ": " << key << " is apart";
    for (const auto key : k.others) EXPECT_NE(r.profile_of[find(key)], profile) << k.what << ": " << key << " was joined";
  }
}

TEST(RealActors, NoTwoEntriesOfOneCatalogueAreJoinedButReplacedOnes) {
  MOZU_SHARED_OR_SKIP(galaxy, "misp-galaxy");
  const Catalogues c;
  const auto r = resolve(c.records);
  std::map<std::string_view, int> evidence;
  for (const auto& p : r.profiles) {
    std::map<std::string, int> lists;
    std::set<std::size_t> replaced;
    for (const auto& link : p.links) {
      ++evidence[name(link.evidence)];
      if (link.evidence == Evidence::replaced) replaced.insert(link.to);
    }
    for (const auto i : p.members)
      if (!replaced.contains(i)) ++lists[c.records[i].list];
    for (const auto& [list, n] : lists) EXPECT_EQ(n, 1) << c.records[p.canonical].name << ": " << n << " of " << list;
  }
  std::map<std::string, std::set<std::size_t>> owners;  // names that several entries of the galaxy claim
  for (std::size_t i = 0; i < c.records.size(); ++i)
    if (c.records[i].list == "threat-actor") {
      owners[fold(c.records[i].name)].insert(i);
      for (const auto& a : c.records[i].aliases) owners[fold(a.name)].insert(i);
    }
  int claimed = 0;
  for (const auto& [name, entries] : owners) {
    if (entries.size() < 2) continue;
    ++claimed;
    std::set<std::size_t> profiles;
    for (const auto i : entries) profiles.insert(r.profile_of[i]);
    EXPECT_EQ(profiles.size(), entries.size()) << name << " joined actors that the galaxy keeps apart";
    EXPECT_TRUE(std::ranges::any_of(r.ambiguous, [&](const auto& a) { return intel::fold_name(a.name) == intel::fold_name(name); }))
        << name << " is not shown as ambiguous";
  }
  EXPECT_GE(claimed, 27);
  std::string words;
  for (const auto& [word, n] : evidence) words += fmt::format(" {} {},", word, n);
  fmt::print("{} records, {} profiles, joined by{} {} names of the galaxy with several owners, {} of all, {} candidates\n", c.records.size(), r.profiles.size(),
             words, claimed, r.ambiguous.size(), r.candidates.size());
}

TEST(RealActors, NamesKnowWhoGaveThem) {
  MOZU_SHARED_OR_SKIP(galaxy, "misp-galaxy");
  const Catalogues c;
  const auto& apt28 = c.records[c.find("threat-actor", "APT28")];
  const auto by = [&](std::string_view name) {
    const auto it = std::ranges::find(apt28.aliases, name, &ActorName::name);
    return it == apt28.aliases.end() ? "absent" : it->by;
  };
  EXPECT_EQ(by("Forest Blizzard"), "Microsoft");
  EXPECT_EQ(by("Fighting Ursa"), "Unit 42");
  EXPECT_EQ(by("Sednit"), "ESET");
  EXPECT_EQ(by("FANCY BEAR"), "CrowdStrike");
  EXPECT_EQ(apt28.country, "RU");
}

}  // namespace
}  // namespace mozu::actors
