// What every engine must do.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base.hpp"

namespace mozu::store::test::conformance_test {
namespace {

using intel::Tlp;
using intel::Viewer;
const Viewer owner = Viewer::owner();

class StoreConformance : public testing::TestWithParam<const char*> {
 protected:
  Home home{GetParam()};
  std::unique_ptr<Store> store = home.open();
};
INSTANTIATE_TEST_SUITE_P(Engines, StoreConformance, testing::ValuesIn(engines_and_parts), engine_name);

TEST_P(StoreConformance, KeepsAnObjectAsItCame) {
  auto o = object("malware", 1, R"("name":"Quietfox","is_family":true,"x_custom":{"deep":[1,2.50,"\u0000\u65e5"]})");
  const auto json = o.json;
  const auto receipt = import(*store, {o});
  EXPECT_EQ(receipt.counts.added, 1U);
  EXPECT_EQ(receipt.import, 1);
  const auto got = must(store->object(owner, o.id));
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(got->json, json);
  EXPECT_EQ(got->id, o.id);
  EXPECT_EQ(got->type, "malware");
  EXPECT_EQ(got->name, "Quietfox");
  EXPECT_EQ(got->source, "test");
  EXPECT_EQ(got->import, 1);
  EXPECT_EQ(got->sequence, receipt.last_sequence);
  EXPECT_FALSE(must(store->object(owner, id_of("malware", 2))).has_value());
  EXPECT_FALSE(must(store->object(owner, "no id' OR 1=1 --")).has_value());
}

TEST_P(StoreConformance, CountsWhatAnImportDid) {
  const auto first = import(*store, {object("malware", 1, R"("name":"a","is_family":true)"), object("tool", 2, R"("name":"b")", "2024-03-01T00:00:00.000Z")});
  EXPECT_EQ(first.counts.added, 2U);
  const auto again = import(*store, {object("malware", 1, R"("name":"a","is_family":true)"), object("tool", 2, R"("name":"b")", "2024-03-01T00:00:00.000Z")});
  EXPECT_EQ(again.counts.unchanged, 2U);
  EXPECT_EQ(again.counts.added + again.counts.updated + again.counts.older, 0U);
  const auto third = import(*store, {object("malware", 1, R"("name":"a2","is_family":true)", "2024-02-01T00:00:00.000Z"),
                                     object("tool", 2, R"("name":"b0")", "2024-02-01T00:00:00.000Z"), object("tool", 3, R"("name":"c")")});
  EXPECT_EQ(third.counts.updated, 1U);
  EXPECT_EQ(third.counts.older, 1U);
  EXPECT_EQ(third.counts.added, 1U);
  EXPECT_EQ(must(store->object(owner, id_of("malware", 1)))->name, "a2");
  EXPECT_EQ(must(store->object(owner, id_of("tool", 2)))->name, "b");
  const auto fourth = import(*store, {object("tool", 2, R"("name":"b0")", "2024-02-01T00:00:00.000Z")});
  EXPECT_EQ(fourth.counts.unchanged, 1U) << "an old version known already";
  const auto records = must(store->imports(owner, {}, 10)).items;
  ASSERT_EQ(records.size(), 4U);
  EXPECT_EQ(records[1].counts.older, 1U);
  EXPECT_EQ(records[3].provenance.source, "test");
  auto hidden = records[3].provenance;
  hidden.organisation = 7, hidden.tlp = intel::Tlp::amber;
  import(*store, {object("tool", 9)}, hidden);
  EXPECT_EQ(must(store->imports({8, intel::Tlp::red, false}, {}, 1)).items.at(0).number, records[0].number) << "no hole where another organisation's stands";
}

TEST_P(StoreConformance, WhatIsClosedByNowIsClosedInAllItsVersions) {
  Provenance said{"feed", "feed", {}, "ann", 7, Tlp::green, intel::confidence_unknown, {}};
  import(*store, {object("tool", 1, R"("name":"open")", "2024-01-01T00:00:00.000Z")}, said);
  const Viewer other{8, Tlp::red, false}, own{7, Tlp::red, false};
  const auto seen = [&](const Viewer& v) {
    ListQuery all;
    all.all_versions = true;
    const auto versions = must(store->versions(v, id_of("tool", 1), {}, 10)).items.size();
    EXPECT_EQ(must(store->list(v, all)).items.size(), versions);
    return versions;
  };
  EXPECT_EQ(seen(other), 1U);
  said.tlp = Tlp::amber;
  import(*store, {object("tool", 1, R"("name":"closed")", "2024-02-01T00:00:00.000Z")}, said);
  EXPECT_EQ(seen(other), 0U);
  EXPECT_EQ(seen(own), 2U);
  EXPECT_EQ(seen(owner), 2U);
}

TEST_P(StoreConformance, GivesAllVersionsNewestFirst) {
  for (const int month : {3, 1, 5, 2, 4})
    import(*store, {object("tool", 1, fmt::format(R"("name":"v{}")", month), fmt::format("2024-{:02}-01T00:00:00.000Z", month))});
  std::vector<std::string> names;
  Cursor cursor;
  do {
    auto page = must(store->versions(owner, id_of("tool", 1), cursor, 2));
    ASSERT_LE(page.items.size(), 2U);
    for (const auto& o : page.items) names.push_back(o.name);
    cursor = page.next;
  } while (!cursor.empty());
  EXPECT_EQ(names, (std::vector<std::string>{"v5", "v4", "v3", "v2", "v1"}));
}

TEST_P(StoreConformance, ALaterWritingInOneImportCounts) {
  const auto receipt = import(*store, {object("tool", 1, R"("name":"one")"), object("tool", 1, R"("name":"two")")});
  EXPECT_EQ(receipt.counts.added, 1U);
  EXPECT_EQ(receipt.counts.updated, 1U);
  EXPECT_EQ(must(store->object(owner, id_of("tool", 1)))->name, "two");
  EXPECT_EQ(must(store->counts(owner)), (std::vector<std::pair<std::string, std::uint64_t>>{{"tool", 1}}));
}

TEST_P(StoreConformance, WhatIsRevokedIsNotCounted) {
  using Counts = std::vector<std::pair<std::string, std::uint64_t>>;
  constexpr std::string_view later = "2025-01-01T00:00:00.000Z", last = "2026-01-01T00:00:00.000Z";
  import(*store, {object("tool", 1), object("tool", 2), object("malware", 3, R"("revoked":true)")});
  EXPECT_EQ(must(store->counts(owner)), (Counts{{"malware", 0}, {"tool", 2}}));
  import(*store, {object("tool", 2, R"("revoked":true)", later)});
  EXPECT_EQ(must(store->counts(owner)), (Counts{{"malware", 0}, {"tool", 1}}));
  import(*store, {object("tool", 2, R"("name":"again")", last), object("malware", 3, R"("name":"again")", last)});
  EXPECT_EQ(must(store->counts(owner)), (Counts{{"malware", 1}, {"tool", 2}}));
  for (const auto& d : must(store->verify())) ADD_FAILURE() << d.message;
}

TEST_P(StoreConformance, WhatIsNotCommittedIsNotThere) {
  {
    auto import = must(store->begin_import({}));
    must(import->put(object("tool", 1, R"("name":"gone")")));
  }
  EXPECT_FALSE(must(store->object(owner, id_of("tool", 1))).has_value());
  {
    auto dry = must(store->begin_import({}, true));
    must(dry->put(object("tool", 1, R"("name":"gone")")));
    const auto receipt = must(dry->commit());
    EXPECT_EQ(receipt.import, 0);
    EXPECT_EQ(receipt.counts.added, 1U);
  }
  EXPECT_FALSE(must(store->object(owner, id_of("tool", 1))).has_value());
  EXPECT_EQ(import(*store, {object("tool", 1, R"("name":"here")")}).counts.added, 1U);
  EXPECT_EQ(must(store->imports(owner, {}, 10)).items.size(), 1U);
}

TEST_P(StoreConformance, FindsByKeys) {
  import(*store, {object("indicator", 1, R"x("pattern":"[domain-name:value = 'evil.example']","pattern_type":"stix","valid_from":"2024-01-01T00:00:00Z")x"),
                  object("indicator", 2,
                         R"x("pattern":"[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']","pattern_type":"stix","valid_from":"2024-01-01T00:00:00Z")x"),
                  object("intrusion-set", 3, R"("name":"Quiet Fox","aliases":["QF-7"])")});
  using intel::Key;
  using intel::KeyKind;
  const Key keys[] = {{KeyKind::name, "qf7"},
                      {KeyKind::domain, "other.example"},
                      {KeyKind::md5, "d41d8cd98f00b204e9800998ecf8427e"},
                      {KeyKind::domain, "evil.example"},
                      {KeyKind::name, "quietfox"}};
  const auto hits = must(store->find(owner, keys));
  ASSERT_EQ(hits.size(), 4U);
  EXPECT_EQ(hits[0].key, 0U);
  EXPECT_EQ(ids(hits[0].objects), std::vector{id_of("intrusion-set", 3)});
  EXPECT_EQ(hits[1].key, 2U);
  EXPECT_EQ(ids(hits[1].objects), std::vector{id_of("indicator", 2)});
  EXPECT_EQ(ids(hits[2].objects), std::vector{id_of("indicator", 1)});
  EXPECT_EQ(hits[3].key, 4U);
  import(*store, {object("intrusion-set", 3, R"("name":"Loud Fox")", "2024-02-01T00:00:00.000Z")});
  EXPECT_TRUE(must(store->find(owner, std::span(keys, 1))).empty()) << "the alias is gone with the version that had it";
}

TEST_P(StoreConformance, ListsWithFiltersAndPages) {
  std::vector<intel::StixObject> objects;
  for (unsigned i = 1; i <= 50; ++i)
    objects.push_back(object(i % 2 == 0 ? "tool" : "malware", i, fmt::format(R"("name":"n{}","is_family":false,"labels":["all","mod{}"])", i, i % 5)));
  import(*store, std::move(objects));
  const auto walk = [&](ListQuery q) {
    std::vector<std::string> names;
    do {
      auto page = must(store->list(owner, q));
      EXPECT_LE(page.items.size(), q.limit);
      for (const auto& h : page.items) names.push_back(h.name);
      q.cursor = page.next;
    } while (!q.cursor.empty());
    return names;
  };
  ListQuery q;
  q.limit = 7;
  EXPECT_EQ(walk(q).size(), 50U);
  EXPECT_EQ(walk(q).front(), "n1");
  q.types = {"tool"};
  EXPECT_EQ(walk(q).size(), 25U);
  q.labels = {"all", "mod0"};
  EXPECT_EQ(walk(q), (std::vector<std::string>{"n10", "n20", "n30", "n40", "n50"}));
  q.newest_first = true;
  EXPECT_EQ(walk(q), (std::vector<std::string>{"n50", "n40", "n30", "n20", "n10"}));
  q.labels = {"no such"};
  EXPECT_TRUE(walk(q).empty());
  const auto objects_page = must(store->list_objects(owner, {.types = {"malware"}, .limit = 3}));
  ASSERT_EQ(objects_page.items.size(), 3U);
  EXPECT_NE(objects_page.items[2].json.find("\"n5\""), std::string::npos);
}

TEST_P(StoreConformance, NewestFirstShowsTheBaseAsItWas) {
  for (unsigned i = 1; i <= 6; ++i) import(*store, {object("tool", i, fmt::format(R"("name":"n{}")", i))});
  ListQuery q;
  q.newest_first = true;
  q.limit = 2;
  auto page = must(store->list(owner, q));
  std::vector<std::string> seen = ids(page.items);
  // Meanwhile one to come is written anew, and one is added.
  import(*store, {object("tool", 2, R"("name":"n2b")", "2024-05-01T00:00:00.000Z"), object("tool", 9, R"("name":"n9")")});
  while (!page.next.empty()) {
    q.cursor = page.next;
    page = must(store->list(owner, q));
    for (const auto& h : page.items) seen.push_back(h.id);
  }
  EXPECT_EQ(seen, (std::vector{id_of("tool", 6), id_of("tool", 5), id_of("tool", 4), id_of("tool", 3), id_of("tool", 2), id_of("tool", 1)}));
}

TEST_P(StoreConformance, SearchesEnglishAndJapanese) {
  import(
      *store,
      {object("intrusion-set", 1, R"("name":"Quiet Fox","aliases":["QF-7"],"description":"Targets ministries with phishing mails.")"),
       object(
           "report", 2,
           R"("name":"標的型攻撃の分析","description":"日本の官公庁を狙う標的型メール攻撃について。","published":"2024-01-01T00:00:00Z","object_refs":["intrusion-set--00000000-0000-4000-8000-000000000001"])"),
       object("malware", 3, R"("name":"Foxloader","is_family":true,"description":"Loader used by Quiet Fox; persistence by run keys.")"),
       object(
           "indicator", 4,
           R"x("name":"phishing page","pattern":"[domain-name:value = 'login.evil.example']","pattern_type":"stix","valid_from":"2024-01-01T00:00:00Z","labels":["phishing"])x")});
  const auto found = [&](std::string text, ListQuery filter = {}) { return ids(must(store->search(owner, {std::move(text), std::move(filter)})).items); };
  using V = std::vector<std::string>;
  EXPECT_EQ(found("quiet fox"), (V{id_of("intrusion-set", 1), id_of("malware", 3)}));
  EXPECT_EQ(found("QF-7"), V{id_of("intrusion-set", 1)});
  EXPECT_EQ(found("phishing"), (V{id_of("intrusion-set", 1), id_of("indicator", 4)}));
  EXPECT_EQ(found("phish"), (V{id_of("intrusion-set", 1), id_of("indicator", 4)})) << "the last word is a prefix";
  EXPECT_EQ(found("\"run keys\""), V{id_of("malware", 3)});
  EXPECT_EQ(found("\"keys run\""), V{});
  EXPECT_EQ(found("fox -loader"), V{id_of("intrusion-set", 1)});
  EXPECT_EQ(found("攻撃"), V{id_of("report", 2)});
  EXPECT_EQ(found("標的型メール"), V{id_of("report", 2)});
  EXPECT_EQ(found("型標"), V{});
  EXPECT_EQ(found("庁"), V{id_of("report", 2)});
  EXPECT_EQ(found("login.evil.example"), V{id_of("indicator", 4)});
  EXPECT_EQ(found("phishing", {.types = {"indicator"}}), V{id_of("indicator", 4)});
  EXPECT_EQ(found("phishing", {.labels = {"phishing"}}), V{id_of("indicator", 4)});
  EXPECT_EQ(found("nothing here"), V{});
  for (const auto* hostile :
       {"\"", "*", "-", "\"*\"", "name:", "NEAR(a b)", "a AND", "' OR 1=1 --", "{facts}:t1", "(", "^fox", "fox) OR (x", ":*", "!fox", "a & b", "<->"})
    EXPECT_TRUE(store->search(owner, {hostile, {}}).has_value()) << hostile;
  const auto page = must(store->search(owner, {.text = "fox", .filter = {}, .facets = true}));
  EXPECT_EQ(page.total, 2U);
  ASSERT_EQ(page.facets.size(), 4U);
  EXPECT_EQ(page.facets[0].field, "type");
  EXPECT_EQ(page.facets[0].values.size(), 2U);
  EXPECT_NE(must(store->search(owner, {"persistence", {}})).items.at(0).snippet.find("persistence"), std::string::npos);
}

TEST_P(StoreConformance, SearchPagesGiveEachHitOnce) {
  std::vector<intel::StixObject> objects;
  for (unsigned i = 1; i <= 60; ++i)
    objects.push_back(object(
        i % 3 == 0   ? "report"
        : i % 3 == 1 ? "malware"
                     : "observed-data",
        i,
        fmt::format(
            R"("name":"{} {}","description":"about {}","is_family":false,"published":"2024-01-01T00:00:00Z","first_observed":"2024-01-01T00:00:00Z","last_observed":"2024-01-01T00:00:00Z","number_observed":1,"object_refs":[])",
            i % 2 == 0 ? "storms" : "calm", i, i % 5 == 0 ? "a storm" : "storms")));
  import(*store, std::move(objects));
  for (const auto& [text, whole] : {std::pair{"storms", 0U}, {"storm", 12U}, {"about stor", 0U}}) {
    std::vector<std::string> seen;
    SearchQuery q{.text = text, .filter = {.limit = 7}};
    for (bool first = true;; first = false) {
      const auto page = must(store->search(owner, q));
      if (first) {
        EXPECT_EQ(page.total, text == std::string("storms") ? 54U : 60U) << text;
      }
      for (const auto& hit : page.items) seen.push_back(hit.id);
      if (page.next.empty()) break;
      q.filter.cursor = page.next;
    }
    EXPECT_EQ(seen.size(), text == std::string("storms") ? 54U : 60U) << text;
    EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), seen.size()) << text;
    for (unsigned i = 0; i < whole; ++i)
      EXPECT_EQ(std::stoul(seen[i].substr(seen[i].size() - 12), nullptr, 16) % 5, 0U) << seen[i] << ": the word as it is comes before what begins like it";
  }
}

TEST_P(StoreConformance, ACommonWordIsNoBeginOfAnother) {
  std::vector<intel::StixObject> objects{object("malware", 1, R"("name":"Stormy","is_family":true)")};
  for (unsigned i = 2; i <= 1001; ++i) objects.push_back(object("tool", i, fmt::format(R"("name":"tool {}","description":"storm")", i)));
  import(*store, std::move(objects));
  EXPECT_EQ(must(store->search(owner, {.text = "storm", .filter = {}})).total, 1000U);
  EXPECT_EQ(must(store->search(owner, {.text = "stor", .filter = {}})).total, 1001U);
}

TEST_P(StoreConformance, KnowsNeighbours) {
  const auto actor = id_of("intrusion-set", 1), malware = id_of("malware", 2), tool = id_of("tool", 3);
  import(*store, {relation(10, "uses", actor, malware), relation(11, "uses", actor, tool),
                  object("intrusion-set", 1, R"("name":"fox","created_by_ref":"identity--00000000-0000-4000-8000-000000000009")"),
                  object("malware", 2, R"("name":"m","is_family":true)"), object("tool", 3, R"("name":"t")"),
                  object("report", 4, fmt::format(R"("name":"r","published":"2024-01-01T00:00:00Z","object_refs":["{}"])", actor)),
                  relation(12, "attributed-to", id_of("campaign", 5), actor)});
  const auto all = must(store->neighbours(owner, actor, {}));
  ASSERT_EQ(all.items.size(), 3U) << "what is only referred to (campaign, identity) is not shown";
  NeighbourQuery q;
  q.relations = {"uses"};
  q.limit = 1;
  auto page = must(store->neighbours(owner, actor, q));
  ASSERT_EQ(page.items.size(), 1U);
  ASSERT_FALSE(page.next.empty());
  std::set<std::string> seen{page.items[0].object.id};
  EXPECT_TRUE(page.items[0].outgoing);
  EXPECT_EQ(page.items[0].relation, "uses");
  EXPECT_TRUE(page.items[0].relationship_id.starts_with("relationship--"));
  q.cursor = page.next;
  page = must(store->neighbours(owner, actor, q));
  ASSERT_EQ(page.items.size(), 1U);
  seen.insert(page.items[0].object.id);
  EXPECT_TRUE(page.next.empty());
  EXPECT_EQ(seen, (std::set{malware, tool}));
  const auto in = must(store->neighbours(owner, actor, {.direction = Direction::in}));
  ASSERT_EQ(in.items.size(), 1U);
  EXPECT_EQ(in.items[0].relation, "object_refs");
  EXPECT_FALSE(in.items[0].outgoing);
  EXPECT_TRUE(must(store->neighbours(owner, actor, {.direction = Direction::in, .references = false})).items.empty());
  EXPECT_EQ(must(store->neighbours(owner, actor, {.types = {"tool"}})).items.size(), 1U);
  const auto counts = must(store->neighbour_counts(owner, actor));
  EXPECT_EQ(counts.size(), 3U);
  // A relation withdrawn is gone from the graph, but can be asked for.
  import(*store, {object("relationship", 10, fmt::format(R"("relationship_type":"uses","source_ref":"{}","target_ref":"{}","revoked":true)", actor, malware),
                         "2024-02-01T00:00:00.000Z")});
  EXPECT_EQ(must(store->neighbours(owner, actor, {.relations = {"uses"}})).items.size(), 1U);
  EXPECT_EQ(must(store->neighbours(owner, actor, {.relations = {"uses"}, .with_revoked = true})).items.size(), 2U);
}

TEST_P(StoreConformance, ANewVersionTakesItsEdgesAndKeysAlong) {
  const auto a = id_of("malware", 1), b = id_of("tool", 2), c = id_of("tool", 3);
  import(*store, {object("malware", 1, R"("name":"a","is_family":true)"), object("tool", 2, R"("name":"b")"), object("tool", 3, R"("name":"c")"),
                  relation(9, "uses", a, b)});
  import(*store,
         {object("relationship", 9, fmt::format(R"("relationship_type":"drops","source_ref":"{}","target_ref":"{}")", a, c), "2024-02-01T00:00:00.000Z")});
  const auto now = must(store->neighbours(owner, a, {}));
  ASSERT_EQ(now.items.size(), 1U);
  EXPECT_EQ(now.items[0].object.id, c);
  EXPECT_EQ(now.items[0].relation, "drops");
  EXPECT_TRUE(must(store->neighbours(owner, b, {})).items.empty());
}

TEST_P(StoreConformance, KeepsTagsAndDecisionsOverImports) {
  const auto a = id_of("intrusion-set", 1), b = id_of("intrusion-set", 2);
  must(store->tag(intel::common, a, "vip", 80, "kay"));
  must(store->tag(intel::common, a, "old", 10, "kay"));
  import(*store, {object("intrusion-set", 1, R"("name":"a")")});
  EXPECT_EQ(must(store->tags(owner, a)), (std::vector<std::pair<std::string, int>>{{"vip", 80}, {"old", 10}}));
  must(store->tag(intel::common, a, "old", 0, "kay"));
  EXPECT_EQ(must(store->tags(owner, a)).size(), 1U);
  EXPECT_FALSE(store->tag(intel::common, a, "x", 101, "kay").has_value());
  const auto before = must(store->decisions_made());
  must(store->decide(intel::common, b, a, Store::Sameness::same, "kay"));
  const auto once = must(store->decisions_made());
  must(store->decide(intel::common, a, b, Store::Sameness::different, "lee"));
  EXPECT_LT(before, once);
  EXPECT_LT(once, must(store->decisions_made())) << "another word on the same pair counts";
  const auto decisions = must(store->decisions(owner));
  ASSERT_EQ(decisions.size(), 1U) << "one word a pair, the last";
  EXPECT_EQ(decisions[0].sameness, Store::Sameness::different);
  EXPECT_EQ(decisions[0].who, "lee");
}

TEST_P(StoreConformance, TagsOfAnObjectHaveALimitForEachOrganisation) {
  const auto a = id_of("intrusion-set", 1), b = id_of("intrusion-set", 2);
  for (std::size_t i = 0; i < tags_max; ++i) must(store->tag(intel::common, a, fmt::format("tag {}", i), 50, "kay"));
  EXPECT_EQ(store->tag(intel::common, a, "one more", 50, "kay").error().code, "too-many-tags");
  must(store->tag(intel::common, a, "tag 0", 60, "kay"));
  must(store->tag(intel::common, b, "one more", 50, "kay"));
  must(store->tag(7, a, "one more", 50, "lee"));
  must(store->tag(intel::common, a, "tag 1", 0, "kay"));
  must(store->tag(intel::common, a, "one more", 50, "kay"));
}

TEST_P(StoreConformance, SourcesAreSummedOverTheImportsThatMayBeSeen) {
  Provenance p{"b", "one.json", "", "kay"};
  import(*store, {object("tool", 1), object("tool", 2)}, p);
  p.origin = "two.json";
  import(*store, {object("tool", 2), object("tool", 3)}, p);
  p.source = "a", p.organisation = 7, p.tlp = intel::Tlp::amber;
  import(*store, {object("tool", 4)}, p);
  p.source = "b", p.origin = "hidden.json";
  import(*store, {object("tool", 5)}, p);
  const auto all = must(store->sources(owner));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].last.provenance.source, "a");
  EXPECT_EQ(all[1].imports, 3U);
  EXPECT_EQ(all[1].counts.added, 4U);
  EXPECT_EQ(all[1].counts.unchanged, 1U);
  EXPECT_EQ(all[1].last.provenance.origin, "hidden.json");
  EXPECT_EQ(all[1].last.counts.added, 1U);
  const auto seen = must(store->sources({8, intel::Tlp::red, false}));
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].imports, 2U);
  EXPECT_EQ(seen[0].last.number, 2);
  EXPECT_EQ(seen[0].last.provenance.origin, "two.json");
}

TEST_P(StoreConformance, FindsItselfWhole) {
  import(*store, {object("malware", 1, R"("name":"a","is_family":true,"labels":["x"])"), object("tool", 2, R"("name":"b")"),
                  relation(3, "uses", id_of("malware", 1), id_of("tool", 2))});
  import(*store, {object("malware", 1, R"("name":"c","is_family":true)", "2025-01-01T00:00:00.000Z"),
                  object("tool", 2, R"("name":"old")", "2020-01-01T00:00:00.000Z")});
  for (const auto& d : must(store->verify())) ADD_FAILURE() << d.message;
}

TEST_P(StoreConformance, RefusesForeignCursors) {
  for (const auto* cursor : {"x", "l", "l1", "l1.2.3", "lz.zzzzzzzzzzzzzzzzzzzzzz", "s1.2.3.4", "s1.2.3.4.5.6", "n1.2", "' OR 1"}) {
    ListQuery q;
    q.cursor = cursor;
    const auto page = store->list(owner, q);
    ASSERT_FALSE(page.has_value()) << cursor;
    EXPECT_EQ(page.error().code, "cursor-invalid");
  }
}

}  // namespace
}  // namespace mozu::store::test::conformance_test
