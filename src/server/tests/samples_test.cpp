// Sample content: everybody sees it, twice changes nothing, and a load that died is completed.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "house.hpp"
#include "mozu/publications/desk.hpp"
#include "mozu/server/samples.hpp"
#include "postgres_schema.hpp"

namespace mozu::server::test {
namespace {

TEST(Samples, AreLoadedByOneWhoBelongsToNobody) {
  House house;
  EXPECT_TRUE(house.ask("root", "GET", "/api/v1/samples").has(R"("loaded":false)"));
  EXPECT_EQ(house.ask("adam", "POST", "/api/v1/samples").status, 403);
  EXPECT_EQ(house.ask("ann", "POST", "/api/v1/samples").status, 403);
  const Answer loaded = house.ask("root", "POST", "/api/v1/samples");
  ASSERT_EQ(loaded.status, 200) << loaded.body;
  EXPECT_TRUE(loaded.has(R"("publications":14,"published":14)")) << loaded.body;
  EXPECT_TRUE(house.ask("root", "GET", "/api/v1/samples").has(R"("loaded":true)"));
  // Of another organisation, and yet all of it is there for them.
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/search?q=lynxpaw&type=report").has("Amber Lynx"));
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/objects?type=observed-data&limit=100").has("observed-data--"));
  EXPECT_FALSE(house.ask("rea", "GET", "/api/v1/objects?type=observed-data&own=true").has("observed-data--"))
      << "what others saw is not seen in one's own logs";
  EXPECT_TRUE(house.ask("root", "GET", "/api/v1/objects?type=observed-data&own=true").has("observed-data--")) << "who belongs to none looks after all";
  EXPECT_FALSE(house.ask("rea", "GET", "/api/v1/search?q=lynxpaw&type=report&own=true").has("Amber Lynx"));
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/attack/matrix?domain=ics").has("T0873"));
  // Again: nothing is new.
  EXPECT_EQ(house.ask("root", "POST", "/api/v1/samples").body, R"({"objects":0,"publications":14,"published":0})");
}

TEST(Samples, AreInBothLanguagesWithSummaryAndReport) {
  House house;
  ASSERT_TRUE(load_samples(*house.knowledge, *house.accounts, house.folder + "/spool", "test"));
  publications::Desk desk(*house.accounts, *house.knowledge);
  const auto list = desk.published_list({house.a, intel::Tlp::green, false}, {});
  ASSERT_TRUE(list);
  ASSERT_EQ(list->items.size(), 14U);
  std::map<std::string, int> kinds;
  for (const auto& p : list->items) {
    ++kinds[p.kind];
    const auto content = desk.content(p);
    ASSERT_TRUE(content) << p.slug;
    ASSERT_EQ(content->texts.size(), 2U) << p.slug;
    for (const std::string_view language : {"en", "ja"}) {
      const auto* text = content->text(language);
      ASSERT_EQ(text->language, language) << p.slug;
      EXPECT_NE(text->title.find(language == "en" ? "Sample" : "サンプル"), std::string::npos) << p.slug;
      EXPECT_NE(text->summary.find(language == "en" ? "made up" : "架空"), std::string::npos) << p.slug;
      EXPECT_GT(text->full.size(), 1500U) << p.slug << ' ' << language;
    }
  }
  EXPECT_EQ(kinds.size(), 5U);
  EXPECT_GE(kinds["apt"], 4);
  EXPECT_GE(kinds["crimeware"], 4);
  EXPECT_GE(kinds["ics"], 3);
}

TEST(Samples, ALoadThatDiedIsCompletedByTheNext) {
  House whole, half;
  const auto all = load_samples(*whole.knowledge, *whole.accounts, whole.folder + "/spool", "test");
  ASSERT_TRUE(all);
  ASSERT_TRUE(load_samples(*half.knowledge, *half.accounts, half.folder + "/spool", "test"));
  // As if it had ended before one was published and the last word said: withdrawn ones stay withdrawn, drafts are published.
  publications::Desk desk(*half.accounts, *half.knowledge);
  const auto organisations = half.accounts->organisations();
  ASSERT_TRUE(organisations);
  const intel::OrganisationId sample = organisations->back().id;
  ASSERT_EQ(organisations->back().name, sample_organisation);
  const publications::Author author{{sample, intel::Tlp::red, true}, 0, "test"};
  const std::string id = publications::Desk::id_of(sample, "sample-amber-lynx");
  ASSERT_TRUE(desk.withdraw(author, id));
  const auto again = load_samples(*half.knowledge, *half.accounts, half.folder + "/spool", "test");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->published, 0U);
  EXPECT_TRUE(std::filesystem::is_empty(half.folder + "/spool"));
}

/// What somebody who reads sees of the samples, and of what was never theirs.
std::string seen_by_readers(House& house) {
  std::string out;
  for (const auto path : {"/api/v1/publications?limit=1000", "/api/v1/actors?limit=1000", "/api/v1/search?q=sample&revoked=false",
                          "/api/v1/indicators?revoked=false&limit=1000", "/api/v1/objects?revoked=false&limit=1000"})
    out += house.ask("rea", "GET", path).body;
  return out;
}

TEST(Samples, AreTakenAwayAndNothingElse) {
  House house;
  const std::string before = seen_by_readers(house);
  const std::string own =
      R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[{"type":"intrusion-set","spec_version":"2.1","id":"intrusion-set--00000000-0000-4000-8000-000000000001","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-02T00:00:00.000Z","name":"Sable Otter","description":"sample"}]})";
  house.import(own, intel::common, intel::Tlp::clear);
  const std::string with_own = seen_by_readers(house);
  EXPECT_EQ(house.ask("adam", "DELETE", "/api/v1/samples").status, 403);
  ASSERT_EQ(house.ask("root", "POST", "/api/v1/samples").status, 200);
  EXPECT_NE(seen_by_readers(house).find("Amber Lynx"), std::string::npos);
  const Answer gone = house.ask("root", "DELETE", "/api/v1/samples");
  ASSERT_EQ(gone.status, 200) << gone.body;
  EXPECT_TRUE(gone.has(R"("publications":14,"kept":0,"kept_items":[])")) << gone.body;
  EXPECT_FALSE(gone.has(R"("objects":0,)"));
  EXPECT_EQ(seen_by_readers(house), with_own) << "what was there before is all that is there";
  EXPECT_NE(with_own, before);
  EXPECT_TRUE(house.ask("root", "GET", "/api/v1/samples").has(R"("loaded":false)"));
  EXPECT_TRUE(house.ask("root", "GET", "/api/v1/audit").has("samples-remove"));
  EXPECT_EQ(house.ask("root", "DELETE", "/api/v1/samples").body, R"({"objects":0,"publications":0,"kept":0,"kept_items":[]})");
  // And they come back as they were.
  const Answer again = house.ask("root", "POST", "/api/v1/samples");
  EXPECT_TRUE(again.has(R"("publications":14,"published":14)")) << again.body;
  EXPECT_NE(seen_by_readers(house).find("LynxPaw"), std::string::npos);
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/attack/matrix?domain=ics").has("T0873"));
  EXPECT_TRUE(house.ask("root", "DELETE", "/api/v1/samples").has(R"("publications":14,"kept":0)"));
  EXPECT_EQ(seen_by_readers(house), with_own);
}

class SamplesGone : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Engines, SamplesGone, testing::Values("sqlite", "postgres"), [](const auto& p) { return std::string(p.param); });

TEST_P(SamplesGone, AreNeitherCountedNorListed) {
  Settings settings;
  if (std::string_view(GetParam()) == "postgres") settings.base = mozu::test::new_postgres_schema();
  House house(settings);
  const std::string own =
      R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[{"type":"intrusion-set","spec_version":"2.1","id":"intrusion-set--00000000-0000-4000-8000-000000000001","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-02T00:00:00.000Z","name":"Sable Otter"}]})";
  house.import(own, intel::common, intel::Tlp::clear);
  const auto got = [&](const std::string& what) { return house.ask("root", "GET", "/api/v1/" + what).body; };
  const std::string counted = got("counts"), indicators = got("indicators?limit=100"), objects = got("objects?limit=100");
  ASSERT_EQ(counted, R"({"intrusion-set":1})");
  ASSERT_EQ(house.ask("root", "POST", "/api/v1/samples").status, 200);
  EXPECT_NE(got("counts").find("indicator"), std::string::npos);
  EXPECT_NE(got("indicators?limit=100").find("indicator--"), std::string::npos);
  ASSERT_EQ(house.ask("root", "DELETE", "/api/v1/samples").status, 200);
  EXPECT_EQ(got("counts"), counted);
  EXPECT_EQ(got("indicators?limit=100"), indicators);
  EXPECT_EQ(got("objects?limit=100"), objects);
  EXPECT_EQ(got("system").find(R"("indicator":)"), std::string::npos);
  // They are there for who asks for them, and for who follows what is written and must take them back.
  EXPECT_NE(got("indicators?revoked=true").find(R"("revoked":true)"), std::string::npos);
  EXPECT_NE(got("indicators?after=0").find(R"("revoked":true)"), std::string::npos);
  EXPECT_EQ(got("indicators?after=0&revoked=false"), indicators);
  EXPECT_NE(house.ask("root", "GET", "/taxii2/knowledge/collections/", {}, "Accept: application/taxii+json;version=2.1\r\n").body.find("indicator"),
            std::string::npos)
      << "who follows a collection still finds it";
}

/// One indicator, whose last digit tells it from others.
std::string feed_of(int n) {
  return R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[{"type":"indicator","spec_version":"2.1","id":"indicator--00000000-0000-4000-8000-00000000000)" +
         std::to_string(n) + R"(","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-02T00:00:00.000Z","pattern":"[ipv4-addr:value = '192.0.2.)" +
         std::to_string(n) + R"(']","pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z"}]})";
}

TEST(Samples, WhatOthersCallSamplesStays) {
  House house;
  const auto post = [&](const char* who, const char* query, int n) {
    const Answer a = house.ask(who, "POST", std::string("/api/v1/imports?") + query, feed_of(n));
    EXPECT_EQ(a.status, 201) << query << ' ' << a.body;
  };
  // Also with the very source and origin of a part: before, between and after loads.
  post("root", "source=sample-techniques&name=samples/knowledge/techniques.stix.json&shared=true", 1);
  ASSERT_EQ(house.ask("root", "POST", "/api/v1/samples").status, 200);
  post("ann", "source=myfeed&name=samples/apt.txt", 2);
  post("ann", "source=copper-heron&name=samples/feeds/copper-heron.stix.json", 3);
  post("root", "source=sample-techniques&name=samples/knowledge/techniques.stix.json&shared=true", 4);
  ASSERT_EQ(house.ask("root", "POST", "/api/v1/samples").status, 200);
  post("ann", "source=copper-heron&name=samples/feeds/copper-heron.stix.json", 5);
  const Answer gone = house.ask("root", "DELETE", "/api/v1/samples");
  EXPECT_TRUE(gone.has(R"("kept":0)")) << gone.body;
  EXPECT_FALSE(house.ask("rea", "GET", "/api/v1/actors?limit=1000").has("Amber Lynx"));
  const Answer stays = house.ask("ann", "GET", "/api/v1/objects?revoked=false&type=indicator&limit=1000");
  for (int n = 1; n <= 5; ++n) EXPECT_TRUE(stays.has("indicator--00000000-0000-4000-8000-00000000000" + std::to_string(n))) << n << ' ' << stays.body;
}

TEST(Samples, OfALoadThatDiedAreTakenAwayToo) {
  House house;
  ASSERT_TRUE(load_samples(*house.knowledge, *house.accounts, house.folder + "/spool", "test"));
  ASSERT_TRUE(house.accounts->set_setting("samples-imports", "loading\n"));  // its imports were not noted yet
  ASSERT_EQ(house.ask("ann", "POST", "/api/v1/imports?source=copper-heron&name=samples/feeds/copper-heron.stix.json", feed_of(1)).status, 201);
  const auto gone = remove_samples(*house.knowledge, *house.accounts, "test");
  ASSERT_TRUE(gone) << gone.error().message;
  EXPECT_GT(gone->objects, 100U);
  EXPECT_FALSE(house.ask("rea", "GET", "/api/v1/actors?limit=1000").has("Amber Lynx"));
  EXPECT_NE(house.ask("ann", "GET", "/api/v1/objects?revoked=false&type=indicator&limit=1000").body.find("indicator--00000000-0000-4000-8000-000000000001"),
            std::string::npos);
}

TEST(Samples, WhatSomebodyChangedIsKept) {
  House house;
  ASSERT_TRUE(load_samples(*house.knowledge, *house.accounts, house.folder + "/spool", "test"));
  const auto organisations = house.accounts->organisations();
  ASSERT_TRUE(organisations);
  const intel::OrganisationId sample = organisations->back().id;
  publications::Desk desk(*house.accounts, *house.knowledge);
  const publications::Author author{{sample, intel::Tlp::red, true}, 0, "somebody"};
  const std::string id = publications::Desk::id_of(sample, "sample-amber-lynx");
  auto working = desk.working(author.viewer, id);
  ASSERT_TRUE(working);
  working->publication.sectors.push_back("retail");
  ASSERT_TRUE(desk.save(author, id, working->version, working->publication));
  // Real techniques, with the ids and dates of the samples, and another's word on a sample actor.
  house.import(
      R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[{"type":"intrusion-set","spec_version":"2.1","id":"intrusion-set--2aee178e-b124-4924-8d40-3045cddde493","created":"2026-11-10T00:00:00.000Z","modified":"2026-11-26T00:00:00.000Z","name":"Amber Lynx, ours"}]})",
      sample, intel::Tlp::green);
  const auto gone = remove_samples(*house.knowledge, *house.accounts, "test");
  ASSERT_TRUE(gone) << gone.error().message;
  EXPECT_EQ(gone->publications, 13U);
  EXPECT_EQ(gone->kept, 2U);
  ASSERT_EQ(gone->kept_names.size(), 2U);
  EXPECT_EQ(gone->kept_names[0].first, id);
  EXPECT_EQ(gone->kept_names[1].second, "Amber Lynx, ours");
  const auto list = desk.published_list({house.a, intel::Tlp::green, false}, {});
  ASSERT_TRUE(list);
  ASSERT_EQ(list->items.size(), 1U);
  EXPECT_EQ(list->items[0].slug, "sample-amber-lynx");
  // Loaded again, it is not written over.
  const auto again = load_samples(*house.knowledge, *house.accounts, house.folder + "/spool", "test");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->published, 13U);
  const auto after = desk.working(author.viewer, id);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->publication.sectors.back(), "retail");
}

TEST(Samples, ActorsHaveTargetsTimesAndTools) {
  House house;
  ASSERT_TRUE(load_samples(*house.knowledge, *house.accounts, house.folder + "/spool", "test"));
  const Answer lynx = house.ask("rea", "GET", "/api/v1/actors/intrusion-set--2aee178e-b124-4924-8d40-3045cddde493");
  for (const auto words :
       {R"("kind":"country","name":"JP")", R"("kind":"country","name":"NO")", R"("kind":"sector","name":"energy")", R"("first_seen":"2025-02-11)", "架空"})
    EXPECT_TRUE(lynx.has(words)) << words << ' ' << lynx.body;
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/objects/intrusion-set--2aee178e-b124-4924-8d40-3045cddde493/neighbours?type=tool").has("Reedscan"));
}

}  // namespace
}  // namespace mozu::server::test
