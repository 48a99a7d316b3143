// Lookups and the list of actors say the same of every name there is, on the catalogues themselves: ATT&CK and the galaxies of MISP.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/formats/knowledge.hpp"
#include "mozu/intel/stix_object.hpp"
#include "mozu/lookup/lookup.hpp"
#include "shared_data.hpp"
#include "temp_folder.hpp"

namespace mozu::lookup {
namespace {

void import(store::Store& s, const std::string& source, const std::string& path) {
  store::Provenance p;
  p.source = source;
  p.actor = "test";
  auto into = s.begin_import(p);
  ASSERT_TRUE(into);
  Diagnostics problems;
  formats::KnowledgeStatistics statistics;
  formats::KnowledgeSettings settings;
  settings.source = source;
  const auto read = formats::read_knowledge(path, settings, [&](intel::StixObject&& o) { return (*into)->put(std::move(o)); }, problems, statistics);
  ASSERT_TRUE(read) << path << ": " << read.error().message;
  ASSERT_TRUE((*into)->commit());
}

class RealActors : public testing::Test {
 protected:
  void SetUp() override {
    MOZU_SHARED_OR_SKIP(data, "misp-galaxy");
    store::StoreOptions options;
    options.location = folder_.file("base");
    auto opened = store::Store::open(options);
    ASSERT_TRUE(opened);
    memories_.knowledge = std::move(*opened);
    memories_.actors = std::make_shared<actors::ActorBooks>(*memories_.knowledge);
    for (const std::string_view file : {"enterprise-attack-18.1.stix20.json.zst", "ics-attack-18.1.json.zst"})
      import(*memories_.knowledge, "mitre-attack", shared_data("attack/") + std::string(file));
    for (const std::string_view file : {"threat-actor.json.zst", "microsoft-activity-group.json", "mitre-intrusion-set.json"})
      import(*memories_.knowledge, "misp-galaxy", shared_data("misp-galaxy/clusters/") + std::string(file));
    auto book = memories_.actors->of(intel::Viewer::owner());
    ASSERT_TRUE(book);
    book_ = *book;
  }

  /// Ids of the profiles that a lookup gives.
  std::vector<std::set<std::string>> ask(const std::vector<std::string_view>& names) {
    AskOptions options;
    options.viewer = intel::Viewer::owner();
    options.history = false;
    options.related_max = 1;
    std::vector<std::set<std::string>> out;
    Asker asker(memories_, options);
    EXPECT_TRUE(asker.ask(names, [&](Answer&& a) {
      auto& ids = out.emplace_back();
      for (const auto& p : a.actors) ids.insert(p.id);
    }));
    return out;
  }

  TempFolder folder_;
  Memories memories_;
  std::shared_ptr<const actors::ActorBook> book_;
};

TEST_F(RealActors, EveryNameOfEveryProfileLeadsToTheSameProfiles) {
  std::set<std::string> names;
  for (const auto& r : book_->records) {
    names.insert(r.name);
    if (!r.attack_id.empty()) names.insert(r.attack_id);
    for (const auto& alias : r.aliases) names.insert(alias.name);
  }
  ASSERT_GT(names.size(), 2500U);
  const std::vector<std::string_view> asked(names.begin(), names.end());
  const auto answers = ask(asked);
  ASSERT_EQ(answers.size(), asked.size());
  for (std::size_t i = 0; i < asked.size(); ++i) {
    std::set<std::string> listed;
    for (const auto p : book_->named(asked[i])) listed.insert(book_->canonical(p).id);
    EXPECT_EQ(answers[i], listed) << asked[i];
    EXPECT_FALSE(answers[i].empty()) << asked[i];
  }
}

TEST_F(RealActors, NamesOfSeveralEntriesGiveAllOfThem) {
  std::map<std::string, std::set<std::size_t>> owners;  // names that several entries of the galaxy claim
  for (std::size_t i = 0; i < book_->records.size(); ++i) {
    if (book_->records[i].list != "threat-actor") continue;
    owners[intel::fold_name(book_->records[i].name)].insert(i);
    for (const auto& a : book_->records[i].aliases) owners[intel::fold_name(a.name)].insert(i);
  }
  int ambiguous = 0;
  for (const auto& [name, entries] : owners) {
    if (entries.size() < 2) continue;
    ++ambiguous;
    const auto answer = ask({name}).front();
    for (const auto i : entries) EXPECT_TRUE(answer.contains(book_->canonical(book_->resolution.profile_of[i]).id)) << name << ": " << book_->records[i].name;
    EXPECT_GE(answer.size(), entries.size()) << name;
    EXPECT_TRUE(std::ranges::any_of(book_->resolution.ambiguous, [&](const auto& a) { return intel::fold_name(a.name) == name; })) << name;
  }
  EXPECT_GE(ambiguous, 27);
  const auto mint = ask({"Mint Sandstorm"}).front();
  EXPECT_GT(mint.size(), 1U);
}

TEST_F(RealActors, WhatAttackRevokedIsWhoeverItWasRevokedBy) {
  const auto apt29 = book_->named("G0016");
  ASSERT_EQ(apt29.size(), 1U);
  EXPECT_EQ(book_->canonical(apt29[0]).name, "APT29");
  EXPECT_EQ(book_->named("G0118"), apt29) << "UNC2452 was revoked by APT29";
  const auto unc2452 = book_->named("UNC2452");
  EXPECT_NE(std::ranges::find(unc2452, apt29[0]), unc2452.end());
  int revoked = 0;
  for (const auto& p : book_->profiles()) {
    const auto& r = book_->records[p.canonical];
    if (r.list == "mitre-attack" && r.revoked && p.members.size() == 1 && !r.replaced_by.empty()) ++revoked;
  }
  EXPECT_EQ(revoked, 0) << "profiles of their own";
}

}  // namespace
}  // namespace mozu::lookup
