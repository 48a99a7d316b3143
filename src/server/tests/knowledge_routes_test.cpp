// Indicators, rules, sources, the ATT&CK matrix and feeds over the wire.
#include <gtest/gtest.h>

#include <fmt/core.h>

#include <set>
#include <string>
#include <vector>

#include "house.hpp"
#include "publishing.hpp"

namespace mozu::server::test {
namespace {

constexpr std::string_view attack = R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[
{"type":"x-mitre-matrix","spec_version":"2.1","id":"x-mitre-matrix--00000000-0000-4000-8000-000000000001","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Enterprise","external_references":[{"source_name":"mitre-attack","external_id":"enterprise-attack"}],"tactic_refs":["x-mitre-tactic--00000000-0000-4000-8000-000000000003","x-mitre-tactic--00000000-0000-4000-8000-000000000002"]},
{"type":"x-mitre-tactic","spec_version":"2.1","id":"x-mitre-tactic--00000000-0000-4000-8000-000000000002","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Impact","x_mitre_shortname":"impact","external_references":[{"source_name":"mitre-attack","external_id":"TA0040"}]},
{"type":"x-mitre-tactic","spec_version":"2.1","id":"x-mitre-tactic--00000000-0000-4000-8000-000000000003","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Execution","x_mitre_shortname":"execution","external_references":[{"source_name":"mitre-attack","external_id":"TA0002"}]},
{"type":"attack-pattern","spec_version":"2.1","id":"attack-pattern--00000000-0000-4000-8000-000000000004","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Interpreter","kill_chain_phases":[{"kill_chain_name":"mitre-attack","phase_name":"execution"}],"external_references":[{"source_name":"mitre-attack","external_id":"T1059"}]},
{"type":"attack-pattern","spec_version":"2.1","id":"attack-pattern--00000000-0000-4000-8000-000000000005","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"PowerShell","kill_chain_phases":[{"kill_chain_name":"mitre-attack","phase_name":"execution"}],"external_references":[{"source_name":"mitre-attack","external_id":"T1059.001"}]},
{"type":"attack-pattern","spec_version":"2.1","id":"attack-pattern--00000000-0000-4000-8000-000000000006","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Wiping","x_mitre_platforms":["Windows","Network Devices"],"kill_chain_phases":[{"kill_chain_name":"mitre-attack","phase_name":"impact"}],"external_references":[{"source_name":"mitre-attack","external_id":"T1485"}]}]})";

constexpr std::string_view own = R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[
{"type":"intrusion-set","spec_version":"2.1","id":"intrusion-set--00000000-0000-4000-8000-000000000007","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Copper Heron"},
{"type":"relationship","spec_version":"2.1","id":"relationship--00000000-0000-4000-8000-000000000008","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","relationship_type":"uses","source_ref":"intrusion-set--00000000-0000-4000-8000-000000000007","target_ref":"attack-pattern--00000000-0000-4000-8000-000000000005"},
{"type":"indicator","spec_version":"2.1","id":"indicator--00000000-0000-4000-8000-000000000009","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"its server","pattern":"[domain-name:value = 'cdn.copper-heron.example']","pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z","valid_until":"2026-06-01T00:00:00Z"},
{"type":"indicator","spec_version":"2.1","id":"indicator--00000000-0000-4000-8000-00000000000a","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"its loader","pattern":"rule loader { condition: true }","pattern_type":"yara","valid_from":"2026-01-01T00:00:00Z"},
{"type":"relationship","spec_version":"2.1","id":"relationship--00000000-0000-4000-8000-00000000000b","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","relationship_type":"indicates","source_ref":"indicator--00000000-0000-4000-8000-000000000009","target_ref":"intrusion-set--00000000-0000-4000-8000-000000000007"},
{"type":"report","spec_version":"2.1","id":"report--00000000-0000-4000-8000-00000000000c","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-02T00:00:00.000Z","name":"Heron & <others>","description":"They came back.","labels":["crimeware"],"published":"2026-01-01T00:00:00Z","object_refs":["indicator--00000000-0000-4000-8000-000000000009"]}]})";

class KnowledgeRoutes : public ::testing::Test {
 protected:
  KnowledgeRoutes() {
    house.import(attack, intel::common, intel::Tlp::clear);
    house.import(own, house.a, intel::Tlp::amber);
  }
  Answer get(std::string_view who, const std::string& target, std::string_view headers = {}) { return house.ask(who, "GET", target, {}, headers); }
  House house;
};

TEST_F(KnowledgeRoutes, TheMatrixKeepsItsOrderAndCounts) {
  const Answer all = get("rea", "/api/v1/attack/matrix");
  ASSERT_EQ(all.status, 200) << all.body;
  EXPECT_LT(all.body.find("Execution"), all.body.find("Impact"));
  EXPECT_TRUE(
      all.has(
          R"("attack_id":"T1059","name":"Interpreter","counts":{},"sub_techniques":[{"id":"attack-pattern--00000000-0000-4000-8000-000000000005","attack_id":"T1059.001","name":"PowerShell","counts":{"actors":1},"sub_techniques")") ||
      all.has(R"("attack_id":"T1059.001","name":"PowerShell","counts":{"actors":1})"))
      << all.body;
  EXPECT_TRUE(all.has(R"("name":"Wiping","counts":{},"platforms":["Windows","Network Devices"],"sub_techniques":[])")) << all.body;
  const Answer of = get("rea", "/api/v1/attack/matrix?of=intrusion-set--00000000-0000-4000-8000-000000000007");
  EXPECT_TRUE(of.has(R"("attack_id":"T1059","name":"Interpreter","related":false)"));
  EXPECT_TRUE(of.has(R"("attack_id":"T1059.001","name":"PowerShell","related":true)"));
  EXPECT_FALSE(of.has("T1485"));
  EXPECT_EQ(get("rea", "/api/v1/attack/matrix", "If-None-Match: " + all.header("etag") + "\r\n").status, 304);
  for (const auto* query :
       {"attack/matrix?domain=moon", "attack/matrix?domain=", "attack/layer?score=", "indicators?kind=", "objects?order=", "exports?format="})
    EXPECT_EQ(get("rea", fmt::format("/api/v1/{}", query)).status, 400) << query;
}

TEST_F(KnowledgeRoutes, ALayerIsScoredByWhatIsCounted) {
  const Answer all = get("rea", "/api/v1/attack/layer");
  ASSERT_EQ(all.status, 200) << all.body;
  EXPECT_TRUE(all.has(R"("domain":"enterprise-attack")"));
  EXPECT_TRUE(all.has(R"("techniques":[{"techniqueID":"T1059.001","score":1,"enabled":true,"comment":"actors 1"}])")) << all.body;
  EXPECT_TRUE(get("rea", "/api/v1/attack/layer?score=reports").has(R"("techniques":[])"));
  EXPECT_TRUE(
      get("rea", "/api/v1/attack/layer?score=reports&of=intrusion-set--00000000-0000-4000-8000-000000000007").has(R"("techniqueID":"T1059.001","score":0)"));
  EXPECT_TRUE(get("rea", "/api/v1/attack/layer?domain=ics").has(R"("domain":"ics-attack")"));
  EXPECT_FALSE(get("rea", "/api/v1/attack/layer?domain=ics").has("T1059"));
  EXPECT_TRUE(get("bob", "/api/v1/attack/layer").has(R"("techniques":[])"));
  EXPECT_EQ(get("rea", "/api/v1/attack/layer?score=moons").status, 400);
  EXPECT_EQ(get("rea", "/api/v1/attack/layer?domain=moon").status, 400);
  EXPECT_EQ(get("bob", "/api/v1/attack/layer?of=intrusion-set--00000000-0000-4000-8000-000000000007").status, 404);
}

constexpr std::string_view seen_in_logs = R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[
{"type":"malware","spec_version":"2.1","id":"malware--00000000-0000-4000-8000-000000000020","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Heronwipe","is_family":true},
{"type":"relationship","spec_version":"2.1","id":"relationship--00000000-0000-4000-8000-000000000021","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","relationship_type":"uses","source_ref":"malware--00000000-0000-4000-8000-000000000020","target_ref":"attack-pattern--00000000-0000-4000-8000-000000000006"},
{"type":"relationship","spec_version":"2.1","id":"relationship--00000000-0000-4000-8000-000000000022","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","relationship_type":"indicates","source_ref":"indicator--00000000-0000-4000-8000-000000000009","target_ref":"malware--00000000-0000-4000-8000-000000000020"},
{"type":"sighting","spec_version":"2.1","id":"sighting--00000000-0000-4000-8000-000000000023","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","count":7,"sighting_of_ref":"indicator--00000000-0000-4000-8000-000000000009"},
{"type":"sighting","spec_version":"2.1","id":"sighting--00000000-0000-4000-8000-000000000024","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","sighting_of_ref":"attack-pattern--00000000-0000-4000-8000-000000000005"}]})";
constexpr std::string_view seen_in_logs_of_others = R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[
{"type":"sighting","spec_version":"2.1","id":"sighting--00000000-0000-4000-8000-000000000025","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","sighting_of_ref":"attack-pattern--00000000-0000-4000-8000-000000000005"}]})";

TEST_F(KnowledgeRoutes, TheMatrixCountsWhatWasSeenInOnesOwnLogs) {
  EXPECT_FALSE(get("rea", "/api/v1/attack/matrix").has("detections"));
  house.import(seen_in_logs, house.a, intel::Tlp::green);
  house.import(seen_in_logs_of_others, house.b, intel::Tlp::green);
  const Answer ours = get("rea", "/api/v1/attack/matrix");
  EXPECT_TRUE(ours.has(R"("name":"Wiping","counts":{"detections":1,"malware":1})")) << ours.body;
  EXPECT_TRUE(ours.has(R"("name":"PowerShell","counts":{"actors":1,"detections":1})")) << ours.body;
  const Answer theirs = get("bob", "/api/v1/attack/matrix");
  EXPECT_TRUE(theirs.has(R"("name":"PowerShell","counts":{"detections":1})")) << theirs.body;
  EXPECT_FALSE(theirs.has(R"("name":"Wiping","counts":{"detections")")) << theirs.body;
  EXPECT_TRUE(get("rea", "/api/v1/attack/layer?score=detections").has(R"("techniqueID":"T1485","score":1)"));
}

TEST_F(KnowledgeRoutes, ATagSaysWhichAnswerItIs) {
  std::set<std::string> tags;
  const std::vector<std::string> targets = {"/api/v1/attack/matrix", "/api/v1/attack/matrix?domain=ics", "/api/v1/attack/layer",
                                            "/api/v1/indicators",    "/api/v1/indicators?limit=1",       "/feeds/reports.atom",
                                            "/feeds/reports.rss"};
  for (const std::string& target : targets) {
    const std::string tag = get("rea", target).header("etag");
    EXPECT_FALSE(tag.empty()) << target;
    EXPECT_TRUE(tags.insert(tag).second) << target;
    EXPECT_EQ(get("rea", target, "If-None-Match: " + tag + "\r\n").status, 304) << target;
    EXPECT_EQ(get("rea", target, "If-None-Match: \"0\"\r\n").status, 200) << target;
  }
}

TEST_F(KnowledgeRoutes, TheMatrixOfAnotherOrganisationDoesNotCountWhatItMayNotSee) {
  EXPECT_FALSE(get("bob", "/api/v1/attack/matrix").has("actors"));
  EXPECT_EQ(get("bob", "/api/v1/attack/matrix?of=intrusion-set--00000000-0000-4000-8000-000000000007").status, 404);
}

TEST_F(KnowledgeRoutes, IndicatorsByWhatTheyAreAbout) {
  EXPECT_TRUE(get("rea", "/api/v1/indicators").has("its loader"));
  const Answer domain = get("rea", "/api/v1/indicators?kind=domain");
  EXPECT_TRUE(domain.has(R"("values":[{"kind":"domain","value":"cdn.copper-heron.example"}])")) << domain.body;
  EXPECT_FALSE(domain.has("its loader"));
  EXPECT_TRUE(get("rea", "/api/v1/indicators?value=cdn.copper-heron%5B.%5Dexample").has("its server"));
  EXPECT_FALSE(get("rea", "/api/v1/indicators?value=copper-heron.example").has("its server"));
  EXPECT_TRUE(get("rea", "/api/v1/indicators?related_to=intrusion-set--00000000-0000-4000-8000-000000000007").has("its server"));
  // Every filter counts, however the indicators are found.
  for (const std::string found :
       {"/api/v1/indicators?value=cdn.copper-heron.example", "/api/v1/indicators?related_to=intrusion-set--00000000-0000-4000-8000-000000000007"}) {
    EXPECT_TRUE(get("rea", found + "&source=test&tlp=amber&after=0").has("its server")) << found;
    for (const char* filter : {"&source=moon", "&tlp=red", "&label=moon", "&after=999999", "&kind=url", "&pattern_type=yara"})
      EXPECT_FALSE(get("rea", found + filter).has("its server")) << found << filter;
  }
  EXPECT_FALSE(get("rea", "/api/v1/indicators?valid_at=2026-07-01T00:00:00Z").has("its server"));
  EXPECT_TRUE(get("rea", "/api/v1/indicators?valid_at=2026-05-01T00:00:00Z").has("its server"));
  EXPECT_EQ(get("rea", "/api/v1/indicators?kind=moon").status, 400);
  EXPECT_FALSE(get("bob", "/api/v1/indicators").has("its"));
}

TEST_F(KnowledgeRoutes, PagesOfIndicatorsLoseNothing) {
  const Answer first = get("rea", "/api/v1/indicators?limit=1&valid_at=2026-05-01T00:00:00Z");
  ASSERT_TRUE(first.has("its server"));
  EXPECT_FALSE(first.has("its loader"));
  const auto at = first.body.find("\"next\":\"");
  ASSERT_NE(at, std::string::npos) << first.body;
  const std::string next = first.body.substr(at + 8, first.body.find('"', at + 8) - at - 8);
  const Answer second = get("rea", "/api/v1/indicators?limit=1&valid_at=2026-05-01T00:00:00Z&cursor=" + next);
  EXPECT_TRUE(second.has("its loader"));
  EXPECT_FALSE(second.has("its server"));
}

TEST_F(KnowledgeRoutes, ARuleIsGivenAsItWasWritten) {
  EXPECT_TRUE(get("rea", "/api/v1/indicators?pattern_type=yara").has("its loader"));
  EXPECT_EQ(get("rea", "/api/v1/indicators/indicator--00000000-0000-4000-8000-00000000000a/pattern").body, "rule loader { condition: true }");
  EXPECT_EQ(get("bob", "/api/v1/indicators/indicator--00000000-0000-4000-8000-00000000000a/pattern").status, 404);
}

TEST_F(KnowledgeRoutes, SourcesAreThoseOfImportsOneMaySee) {
  const Answer sources = get("rea", "/api/v1/sources");
  EXPECT_TRUE(sources.has("\"imports\":2")) << sources.body;
  EXPECT_TRUE(sources.has(R"("counts":{"added":12,)")) << sources.body;
  EXPECT_TRUE(sources.has(R"("last_counts":{"added":6,)")) << sources.body;
  EXPECT_TRUE(get("bob", "/api/v1/sources").has(R"("counts":{"added":6,)"));
  EXPECT_TRUE(get("bob", "/api/v1/sources").has("\"imports\":1"));
}

TEST_F(KnowledgeRoutes, DaysTellWhatCameInOfWhatOneMaySee) {
  const auto sources = house.knowledge->sources(intel::Viewer::owner());
  ASSERT_TRUE(sources && !sources->empty());
  house.now.ms = sources->front().last.at.ms;  // the time of the import, not of now: midnight may have passed
  const Answer all = get("rea", "/api/v1/sources/days");
  EXPECT_EQ(all.status, 200) << all.body;
  EXPECT_TRUE(all.has(R"("imports":2,"added":12,"updated":0})")) << all.body;
  EXPECT_TRUE(get("bob", "/api/v1/sources/days").has(R"("imports":1,"added":6,)"));
  EXPECT_EQ(get("rea", "/api/v1/sources/days?from=2026").status, 400);
  house.now.ms += std::int64_t{31} * 86'400'000;
  EXPECT_FALSE(get("rea", "/api/v1/sources/days").has("\"imports\"")) << "they came in longer ago";
}

TEST(Feeds, AreNarrowedByTheWordsOfTheListOfPublications) {
  House house;
  const std::string id = Publisher(house).publish("lynx");
  house.import(
      R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[{"type":"intrusion-set","spec_version":"2.1","id":"intrusion-set--00000000-0000-4000-8000-000000000001","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-02T00:00:00.000Z","name":"Amber Lynx","aliases":["Amber Lynx","APT-C-99"]}]})",
      intel::common, intel::Tlp::clear);
  const auto told = [&](std::string_view query, std::string_view form) {
    if (form == "list") return house.ask("rea", "GET", fmt::format("/api/v1/publications?{}", query)).has("Title of lynx");
    return house.ask("fee", "GET", fmt::format("/feeds/reports.{}?{}", form, query)).has("Title of lynx");
  };
  for (const std::string_view form : {"atom", "rss", "list"}) {
    for (const auto query : {"", "kind=crimeware", "kind=ics,crimeware", "actor=amber%20lynx", "actor=apt-c-99", "sector=Retail", "geography=japan",
                             "kind=crimeware&actor=APT-C-99&sector=retail&geography=Japan&limit=1"})
      EXPECT_TRUE(told(query, form)) << form << ' ' << query;
    for (const auto query : {"kind=apt", "actor=APT-C-9", "sector=energy", "geography=Norway", "tag=Paw", "kind=crimeware&sector=energy"})
      EXPECT_FALSE(told(query, form)) << form << ' ' << query;
  }
  EXPECT_TRUE(house.ask("fee", "GET", "/feeds/reports.atom?kind=crimeware").has("/publications/" + id)) << "to a page that people read";
  EXPECT_EQ(house.ask("fee", "GET", "/feeds/reports.atom?country=Japan").status, 400);
}

TEST(Feeds, TellOfAnIdOnce) {
  House house;
  const std::string id = Publisher(house).publish("lynx");
  const auto report = [](std::string_view of, std::string_view name, std::string_view modified) {
    return fmt::format(
        R"({{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[{{"type":"report","spec_version":"2.1","id":"report--{}","created":"2026-01-01T00:00:00.000Z","modified":"{}","name":"{}","published":"2026-01-01T00:00:00.000Z","object_refs":["malware--00000000-0000-4000-8000-000000000001"]}}]}})",
        of, modified, name);
  };
  house.import(report(id, "FAKE LYNX", "2030-01-01T00:00:00.000Z"), house.b, intel::Tlp::green);
  const std::string other = "00000000-0000-4000-8000-0000000000aa";
  house.import(report(other, "of the first", "2026-01-01T00:00:00.000Z"), house.a, intel::Tlp::green);
  house.import(report(other, "of the second", "2026-01-02T00:00:00.000Z"), house.b, intel::Tlp::green);
  for (const auto* form : {"atom", "rss"}) {
    const Answer all = house.ask("root", "GET", fmt::format("/feeds/reports.{}", form));
    EXPECT_TRUE(all.has("Title of lynx") && all.has("of the first")) << all.body;
    EXPECT_FALSE(all.has("FAKE") || all.has("of the second")) << all.body;
    EXPECT_TRUE(house.ask("ben", "GET", fmt::format("/feeds/reports.{}", form)).has("of the second")) << "its own words";
  }
}

TEST_F(KnowledgeRoutes, ReportsAsAtomAndRss) {
  const Answer atom = get("fee", "/feeds/reports.atom");
  EXPECT_EQ(atom.status, 200) << atom.body;
  EXPECT_TRUE(atom.has("<title>Heron &amp; &lt;others&gt;</title>")) << atom.body;
  EXPECT_TRUE(atom.has("<updated>2026-01-02T00:00:00"));
  EXPECT_TRUE(atom.has("<category term=\"crimeware\"/>"));
  EXPECT_TRUE(get("fee", "/feeds/reports.rss").has("<pubDate>Fri, 02 Jan 2026 00:00:00 +0000</pubDate>"));
  EXPECT_FALSE(get("bob", "/feeds/reports.atom").has("Heron"));
  EXPECT_EQ(get({}, "/feeds/reports.atom").status, 401);
}

TEST_F(KnowledgeRoutes, LinksOfFeedsLeadToThisServerWhateverHostIsAskedFor) {
  const auto asked = [&](const std::string& path) {
    Wire wire(house.port());
    wire.send(fmt::format("GET {} HTTP/1.1\r\nHost: elsewhere.example\r\n{}\r\n", path, house.bearer("fee")));
    return wire.read();
  };
  for (const std::string path : {"/feeds/reports.atom", "/feeds/reports.rss"}) {
    const Answer here = asked(path);
    EXPECT_EQ(here.status, 200) << here.body;
    EXPECT_FALSE(here.has("elsewhere.example")) << here.body;
    EXPECT_TRUE(here.has(fmt::format("http://127.0.0.1:{}/objects/report--", house.port()))) << here.body;
  }
  house.services->oidc.public_url = "https://mozu.example.com:8443";
  for (const std::string path : {"/feeds/reports.atom", "/feeds/reports.rss"}) {
    const Answer here = asked(path);
    EXPECT_TRUE(here.has("https://mozu.example.com:8443/objects/report--")) << here.body;
    EXPECT_FALSE(here.has("127.0.0.1") || here.has("elsewhere.example")) << here.body;
  }
}

TEST_F(KnowledgeRoutes, AMispFeedHoldsWhatOneMaySee) {
  const Answer manifest = get("fee", "/feeds/misp/everything/manifest.json");
  ASSERT_EQ(manifest.status, 200) << manifest.body;
  EXPECT_TRUE(manifest.has("Heron & <others>")) << manifest.body;
  const std::string uuid = manifest.body.substr(manifest.body.find('"') + 1, 36);
  EXPECT_TRUE(get("fee", "/feeds/misp/everything/" + uuid + ".json").has("cdn.copper-heron.example"));
  const Answer hashes = get("fee", "/feeds/misp/everything/hashes.csv");
  EXPECT_TRUE(hashes.header("content-type").starts_with("text/csv"));
  EXPECT_TRUE(hashes.has("556b7b9bb511cbc0fc99cfb7c1463388," + uuid + "\n")) << hashes.body;
  EXPECT_FALSE(get("bob", "/feeds/misp/everything/hashes.csv").has("556b7b9bb511cbc0fc99cfb7c1463388"));
  EXPECT_FALSE(get("bob", "/feeds/misp/everything/manifest.json").has("Heron"));
  EXPECT_EQ(get("bob", "/feeds/misp/everything/" + uuid + ".json").status, 404);
  EXPECT_EQ(get("fee", "/feeds/misp/everything/..%2Fmanifest.json").status, 404);
  EXPECT_EQ(get("fee", "/feeds/misp/nobody/manifest.json").status, 404) << "no such source";
}

TEST_F(KnowledgeRoutes, AnEventThatWasHiddenIsNotGivenFromACopy) {
  const auto lee = house.identities->add_user({"lee", "", std::string(password), "feed-client", house.a, intel::Tlp::amber});
  ASSERT_TRUE(lee);
  house.tokens["lee"] = house.identities->add_token({*lee, "test", "all"})->text;
  const Answer manifest = get("lee", "/feeds/misp/everything/manifest.json");
  const std::string event = "/feeds/misp/everything/" + manifest.body.substr(manifest.body.find('"') + 1, 36) + ".json";
  ASSERT_TRUE(get("lee", event).has("cdn.copper-heron.example"));
  std::string stricter(own);
  for (auto at = stricter.find("\"modified\":\"2026"); at != stricter.npos; at = stricter.find("\"modified\":\"2026", at))
    stricter.replace(at, 16, "\"modified\":\"2027");
  house.import(stricter, house.a, intel::Tlp::red);
  EXPECT_EQ(get("lee", event).status, 404) << "nobody asked for the manifest since";
}

}  // namespace
}  // namespace mozu::server::test
