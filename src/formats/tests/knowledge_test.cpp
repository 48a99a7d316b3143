// What becomes of each tongue: small inputs of every format, the objects they give, and that they give the same ones again.
#include "mozu/formats/knowledge.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "object_text.hpp"
#include "shared_data.hpp"
#include "yara_rules.hpp"

namespace mozu::formats::knowledge_test {
namespace {

using intel::KeyKind;
using intel::StixObject;

struct Read {
  std::vector<StixObject> objects;
  Diagnostics diagnostics;
  KnowledgeStatistics statistics;
  Status status;

  const StixObject* find(std::string_view type, std::string_view name = {}) const {
    for (const auto& o : objects)
      if (o.type == type && (name.empty() || o.name == name)) return &o;
    return nullptr;
  }
  std::size_t count(std::string_view type) const {
    return static_cast<std::size_t>(std::count_if(objects.begin(), objects.end(), [&](const auto& o) { return o.type == type; }));
  }
  bool related(std::string_view type, std::string_view from, std::string_view to) const {
    return std::any_of(objects.begin(), objects.end(),
                       [&](const auto& o) { return o.relationship_type == type && o.source_ref == from && o.target_ref == to; });
  }
};

Read read(std::string_view text, KnowledgeSettings settings = {}, std::string name = "t.x") {
  Read r;
  if (settings.source.empty()) settings.source = "test";
  r.status = read_knowledge_memory(
      name, text, settings,
      [&](StixObject&& o) -> Status {
        r.objects.push_back(std::move(o));
        return {};
      },
      r.diagnostics, r.statistics);
  std::vector<std::string> again;
  Diagnostics diagnostics;
  KnowledgeStatistics statistics;
  static_cast<void>(read_knowledge_memory(
      name, text, settings,
      [&](StixObject&& o) -> Status {
        again.push_back(o.json);
        return {};
      },
      diagnostics, statistics));
  EXPECT_EQ(again.size(), r.objects.size());
  for (std::size_t i = 0; i < std::min(again.size(), r.objects.size()); ++i) EXPECT_EQ(again[i], r.objects[i].json) << "the same input gives the same objects";
  return r;
}
bool has_key(const StixObject& o, KeyKind kind, std::string_view value) {
  return std::find(o.keys.begin(), o.keys.end(), intel::Key{kind, std::string(value)}) != o.keys.end();
}
bool holds(const StixObject* o, std::string_view part) { return o != nullptr && o->json.find(part) != std::string::npos; }

TEST(Knowledge, FeedsBecomeIndicators) {
  const auto r = read("# c2\nevil.example\n198.51.100.7\nhttp://bad.example/x*\n");
  EXPECT_EQ(r.count("indicator"), 3U);
  const auto* domain = r.find("indicator", "evil.example");
  ASSERT_NE(domain, nullptr);
  EXPECT_TRUE(has_key(*domain, KeyKind::domain, "evil.example"));
  EXPECT_EQ(domain->created_us, 0) << "the list tells no date";
  EXPECT_TRUE(holds(domain, R"("description":"Listed by test")")) << "STIX wants a description";
  EXPECT_EQ(domain->text, "") << "which is no prose to search";
  EXPECT_TRUE(std::any_of(r.objects.begin(), r.objects.end(), [](const auto& o) { return has_key(o, KeyKind::url_mask, "bad.example/x*"); }))
      << "masks survive the way through a pattern";
  EXPECT_NE(read("evil.example\nbad.example\n", {.source = "other"}).find("indicator", "evil.example")->id, domain->id) << "each source has its own word";
}

TEST(Knowledge, PatternsGiveBackWhatWentIn) {
  for (const std::string_view text :
       {"evil.example", "198.51.100.7", "198.51.100.0/24", "2001:db8::7", "2001:db8::/48", "bad.example:8080/a/b?c=d", "*.bad.example/x*", "bad.example/x*",
        "a@evil.example", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1"}) {
    const auto p = intel::read_pattern(text);
    ASSERT_TRUE(p) << text;
    StixObjectReader reader;
    StixObject o;
    std::string json = R"({"type":"indicator","id":"indicator--1","created":"2020-01-01T00:00:00Z","pattern":)";
    append_json_string(json, stix_pattern_of(*p));
    ASSERT_TRUE(reader.read(json + "}", o));
    EXPECT_TRUE(has_key(o, intel::key_kind(p->kind), p->value)) << text << " as " << stix_pattern_of(*p);
  }
  const auto range = intel::read_pattern("198.51.100.1-198.51.100.6");
  ASSERT_TRUE(range);
  EXPECT_EQ(stix_pattern_of(*range),
            "[ipv4-addr:value ISSUBSET '198.51.100.1/32' OR ipv4-addr:value ISSUBSET '198.51.100.2/31' OR ipv4-addr:value ISSUBSET '198.51.100.4/31' OR "
            "ipv4-addr:value ISSUBSET '198.51.100.6/32']");
}

constexpr std::string_view kev_json =
    R"({"title":"KEV","catalogVersion":"1","count":1,"vulnerabilities":[{"cveID":"CVE-2021-44228","vendorProject":"V","product":"P","vulnerabilityName":"Log hole",
  "dateAdded":"2021-12-10","shortDescription":"It logs.","requiredAction":"Patch.","dueDate":"2021-12-24","knownRansomwareCampaignUse":"Known","notes":"https://example.org/a ; see","cwes":["CWE-20","CWE-400"]}]})";
constexpr std::string_view kev_csv =
    "cveID,vendorProject,product,vulnerabilityName,dateAdded,shortDescription,requiredAction,dueDate,knownRansomwareCampaignUse,notes,cwes\n"
    "CVE-2021-44228,V,P,Log hole,2021-12-10,It logs.,Patch.,2021-12-24,Known,https://example.org/a ; see,\"CWE-20, CWE-400\"\n";

TEST(Knowledge, EpssOfTheApi) {
  const auto r = read(R"({"status":"OK","status-code":200,"version":"1.0","total":3,"offset":0,"limit":100,"data":[
    {"cve":"CVE-2021-44228","epss":"0.970000000","percentile":"0.999000000","date":"2025-12-26","time-series":[{"epss":"0.960000000","percentile":"0.998","date":"2025-12-25"},{"epss":0.95,"percentile":0.99,"date":"2025-12-24"}]},
    {"cve":"CVE-2022-27225","epss":"0.00187","percentile":"1.000000000","date":"2025-12-26"},{"cve":"CVE-2022-1","epss":"0.1","percentile":"0.1","date":"2025-12-26"},{"cve":"CVE-2022-27226","epss":"none","percentile":"0.1"}]})");
  EXPECT_EQ(r.statistics.format, "epss-json");
  ASSERT_EQ(r.count("note"), 4U);
  EXPECT_EQ(r.statistics.refused, 2U);
  EXPECT_EQ(r.diagnostics.kept()[0].where.path, "/data/2");
  EXPECT_TRUE(holds(&r.objects[5], R"("x_mozu_epss":{"epss":0.970000000,"percentile":0.999000000,"score_date":"2025-12-26T00:00:00.000Z"})"))
      << r.objects[5].json;
  EXPECT_EQ(r.objects[1].id, r.objects[5].id);
  EXPECT_LT(r.objects[1].modified_us, r.objects[5].modified_us) << "days before are older versions";
  EXPECT_EQ(r.objects[5].id, read("cve,epss,percentile\nCVE-2021-44228,0.97,0.999\n").objects[1].id) << "the same note as of the CSV";
}

TEST(Knowledge, OneVulnerabilityOfAllSources) {
  const auto kev = read(kev_json), csv = read(kev_csv),
             epss =
                 read("#model_version:v1,score_date:2025-12-26T12:55:00Z\ncve,epss,percentile\nCVE-2021-44228,0.97,0.999\nCVE-x,1,1\nCVE-2021-44229,1.5,1\n");
  ASSERT_EQ(kev.objects.size(), 2U);
  ASSERT_EQ(csv.objects.size(), 2U);
  EXPECT_EQ(kev.objects[1].json, csv.objects[1].json) << "JSON and CSV say the same";
  EXPECT_EQ(kev.objects[0].json, epss.objects[0].json) << "one object, equal to the byte, whoever speaks of it";
  EXPECT_TRUE(has_key(kev.objects[0], KeyKind::external_id, "CVE-2021-44228"));
  EXPECT_TRUE(has_key(kev.objects[1], KeyKind::external_id, "CWE-400"));
  EXPECT_NE(kev.objects[1].id, epss.objects[1].id) << "each source's words stand for themselves";
  EXPECT_EQ(kev.objects[1].references, epss.objects[1].references);
  EXPECT_EQ(kev.objects[1].labels, (std::vector<std::string>{"known-exploited", "ransomware"}));
  EXPECT_TRUE(holds(&epss.objects[1], R"("x_mozu_epss":{"epss":0.97,"percentile":0.999,"model_version":"v1","score_date":"2025-12-26T12:55:00.000Z"})"));
  EXPECT_EQ(epss.statistics.refused, 2U);
  EXPECT_EQ(epss.diagnostics.kept()[0].where.line, 4U);
  const auto cve = read(
      R"({"dataType":"CVE_RECORD","dataVersion":"5.1","cveMetadata":{"cveId":"CVE-2021-44228","state":"PUBLISHED","dateUpdated":"2024-02-01T00:00:00.000Z"},
    "containers":{"cna":{"title":"T","descriptions":[{"lang":"de","value":"nein"},{"lang":"en","value":"It logs."}],"problemTypes":[{"descriptions":[{"cweId":"CWE-502"}]}],"references":[{"url":"https://example.org/b"}]}}})");
  ASSERT_EQ(cve.objects.size(), 1U);
  EXPECT_EQ(cve.objects[0].id, kev.objects[0].id);
  EXPECT_GT(cve.objects[0].modified_us, kev.objects[0].modified_us) << "the record hides the stub, never the other way";
  EXPECT_EQ(cve.objects[0].created_us, kev.objects[0].created_us);
  EXPECT_EQ(cve.objects[0].text, "T\n\nIt logs.");
  EXPECT_TRUE(has_key(cve.objects[0], KeyKind::external_id, "CWE-502"));
  const auto nvd = read(
      R"({"resultsPerPage":1,"format":"NVD_CVE","version":"2.0","vulnerabilities":[{"cve":{"id":"CVE-2021-44228","sourceIdentifier":"s","published":"2021-12-10T10:15:09.143","lastModified":"2023-04-03T20:15:06.507",
    "descriptions":[{"lang":"en","value":"Logs."}],"weaknesses":[{"description":[{"value":"CWE-917"}]}]}}]})");
  ASSERT_EQ(nvd.objects.size(), 2U);
  EXPECT_EQ(nvd.objects[0].json, kev.objects[0].json);
  EXPECT_EQ(nvd.objects[1].text, "Logs.") << "content; the abstract is its name";
}

TEST(Knowledge, AdvisoriesBecomeReports) {
  const auto r =
      read(R"({"document":{"category":"csaf_vex","csaf_version":"2.0","title":"Bad","distribution":{"tlp":{"label":"AMBER"}},"publisher":{"name":"Vendor"},
    "tracking":{"id":"V-1","initial_release_date":"2023-10-11T00:00:00+00:00","current_release_date":"2024-10-11T00:00:00+00:00"}},"product_tree":{"branches":[]},
    "vulnerabilities":[{"cve":"CVE-2023-38545","title":"heap","notes":[{"category":"description","text":"Overflow."}],"product_status":{"known_affected":["p"]}},{"title":"no CVE"}]})");
  EXPECT_EQ(r.statistics.format, "csaf");
  const auto* report = r.find("report");
  ASSERT_NE(report, nullptr);
  EXPECT_EQ(report->name, "V-1: Bad");
  EXPECT_EQ(report->tlp, intel::Tlp::amber);
  ASSERT_NE(r.find("note"), nullptr);
  EXPECT_EQ(r.find("note")->labels, (std::vector<std::string>{"vex:known_affected"}));
  EXPECT_TRUE(holds(report, r.find("note")->id) && holds(report, r.find("vulnerability")->id));
  EXPECT_EQ(r.statistics.passed_over, 1U);
}

constexpr std::string_view event =
    R"({"Event":{"uuid":"11111111-0000-4000-8000-000000000001","info":"Moles","date":"2020-01-02","timestamp":"1580000000","published":true,"threat_level_id":"1",
 "Orgc":{"name":"Org","uuid":"11111111-0000-4000-8000-000000000002"},"Tag":[{"name":"tlp:amber"},{"name":"x:y"}],
 "Attribute":[
  {"uuid":"11111111-0000-4000-8000-000000000003","type":"domain","category":"Network activity","value":"evil.example","to_ids":true,"timestamp":"1580000000","comment":"c2",
   "Galaxy":[{"type":"threat-actor","name":"Threat Actor","GalaxyCluster":[{"uuid":"11111111-0000-4000-8000-00000000000a","type":"threat-actor","value":"Mole","meta":{"synonyms":["Talpa"],"refs":["https://example.org/m"]}}]}],
   "Sighting":[{"uuid":"11111111-0000-4000-8000-00000000000b","type":"0","date_sighting":"1580000001","Organisation":{"name":"Org","uuid":"11111111-0000-4000-8000-000000000002"}}],
   "ShadowAttribute":[{"uuid":"11111111-0000-4000-8000-00000000000c","type":"domain","value":"evil2.example","timestamp":"1580000002"}]},
  {"uuid":"11111111-0000-4000-8000-000000000004","type":"ip-dst","value":"198.51.100.9","to_ids":false,"timestamp":"1580000000"},
  {"uuid":"11111111-0000-4000-8000-000000000005","type":"text","value":"prose","to_ids":false,"deleted":true},
  {"uuid":"11111111-0000-4000-8000-000000000006","type":"vulnerability","value":"CVE-2020-0601"},
  {"type":"domain"}],
 "Object":[{"uuid":"11111111-0000-4000-8000-000000000007","name":"file","meta-category":"file","Attribute":[
   {"uuid":"11111111-0000-4000-8000-000000000008","type":"filename|md5","value":"a.exe|aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1","to_ids":true,"object_relation":"x"}],
   "ObjectReference":[{"referenced_uuid":"11111111-0000-4000-8000-000000000003","relationship_type":"Connects-To"},{"referenced_uuid":"11111111-0000-4000-8000-0000000000ff","relationship_type":"x"}]}],
 "EventReport":[{"uuid":"11111111-0000-4000-8000-00000000000d","name":"R","content":"Long story."}]}})";

/// As /sightings/restSearch and /sightings/index answer.
TEST(Knowledge, MispSightingsAlone) {
  constexpr std::string_view answer = R"({"response":[
    {"Sighting":{"id":"1","attribute_id":"7","event_id":"2","org_id":"1","date_sighting":"1580000001","uuid":"22222222-0000-4000-8000-000000000001","source":"proxy","type":"0",
      "attribute_uuid":"11111111-0000-4000-8000-0000000000cc","Organisation":{"id":"1","uuid":"22222222-0000-4000-8000-0000000000aa","name":"Example Org"}}},
    {"Sighting":{"date_sighting":"1580000002","uuid":"22222222-0000-4000-8000-000000000002","type":"1",
      "Attribute":{"uuid":"22222222-0000-4000-8000-0000000000bb","type":"domain","value":"seen.example","to_ids":true,"timestamp":"1580000000"}}},
    {"Sighting":{"date_sighting":"1580000003","uuid":"22222222-0000-4000-8000-000000000003","type":"0","attribute_uuid":"11111111-0000-4000-8000-0000000000dd"}}]})";
  KnowledgeSettings settings;
  settings.id_of_uuid = [](std::string_view uuid) { return uuid.ends_with("cc") ? "indicator--" + std::string(uuid) : std::string(); };
  const auto r = read(answer, settings);
  EXPECT_EQ(r.statistics.format, "misp");
  EXPECT_EQ(r.count("sighting"), 2U);
  EXPECT_TRUE(r.related("sighting-of", "sighting--22222222-0000-4000-8000-000000000001", "indicator--11111111-0000-4000-8000-0000000000cc"));
  EXPECT_TRUE(r.related("sighting-of", "sighting--22222222-0000-4000-8000-000000000002", "indicator--22222222-0000-4000-8000-0000000000bb"));
  ASSERT_NE(r.find("indicator", "seen.example"), nullptr) << "the answer holds its attribute";
  EXPECT_NE(r.find("identity", "Example Org"), nullptr);
  ASSERT_EQ(r.statistics.refused, 1U) << "nobody knows of what it is";
  EXPECT_EQ(r.diagnostics.kept()[0].code, "misp-sighting");
  EXPECT_EQ(
      read(
          R"([{"id":"1","attribute_id":"7","date_sighting":"1580000001","uuid":"22222222-0000-4000-8000-000000000001","type":"2","attribute_uuid":"11111111-0000-4000-8000-0000000000cc"}])",
          settings)
          .count("sighting"),
      1U);
}

TEST(Knowledge, MispEventsWhole) {
  const auto r = read(event);
  EXPECT_EQ(r.statistics.format, "misp");
  const auto* report = r.find("report");
  ASSERT_NE(report, nullptr);
  EXPECT_EQ(report->id, "report--11111111-0000-4000-8000-000000000001");
  EXPECT_EQ(report->name, "Moles");
  EXPECT_EQ(report->tlp, intel::Tlp::amber);
  EXPECT_EQ(report->labels, (std::vector<std::string>{"threat-report", "x:y"}));
  const auto* indicator = r.find("indicator", "evil.example");
  ASSERT_NE(indicator, nullptr);
  EXPECT_EQ(indicator->id, "indicator--11111111-0000-4000-8000-000000000003");
  EXPECT_EQ(indicator->tlp, intel::Tlp::amber) << "what the event is marked with, its attributes are";
  EXPECT_EQ(indicator->text, "c2");
  const auto* actor = r.find("intrusion-set", "Mole");
  ASSERT_NE(actor, nullptr);
  EXPECT_EQ(actor->aliases, (std::vector<std::string>{"Talpa"}));
  EXPECT_TRUE(r.related("indicates", indicator->id, actor->id));
  EXPECT_TRUE(r.related("sighting-of", "sighting--11111111-0000-4000-8000-00000000000b", indicator->id));
  EXPECT_TRUE(r.related("connects-to", "grouping--11111111-0000-4000-8000-000000000007", indicator->id));
  EXPECT_TRUE(has_key(*r.find("ipv4-addr"), KeyKind::ipv4, "198.51.100.9"));
  EXPECT_TRUE(holds(r.find("observed-data"), r.find("ipv4-addr")->id)) << "not for detection: seen, not bad";
  EXPECT_TRUE(r.find("x-misp-attribute", "prose")->revoked) << "deleted";
  EXPECT_NE(r.find("vulnerability", "CVE-2020-0601"), nullptr);
  EXPECT_EQ(r.find("x-misp-proposal")->name, "evil2.example");
  EXPECT_EQ(r.find("note")->text, "Long story.");
  const auto* pair = r.find("indicator", "a.exe|aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1");
  ASSERT_NE(pair, nullptr);
  EXPECT_TRUE(has_key(*pair, KeyKind::file_name, "a.exe") && has_key(*pair, KeyKind::md5, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1"));
  EXPECT_EQ(r.statistics.refused, 1U);
  EXPECT_EQ(r.diagnostics.kept()[0].where.path, "/Event/Attribute/4");
  EXPECT_EQ(r.statistics.passed_over, 1U) << "a reference to nowhere";
  EXPECT_EQ(read(fmt::format("{{\"response\":[{}]}}", event)).objects.size(), r.objects.size()) << "a server's answer";
}

TEST(Knowledge, GalaxiesBecomeActors) {
  constexpr std::string_view galaxy =
      R"({"authors":["a"],"category":"actor","name":"Threat Actor","type":"threat-actor","uuid":"11111111-0000-4000-8000-000000000020","version":7,"values":[
    {"value":"Mole","uuid":"11111111-0000-4000-8000-00000000000A","description":"Digs.","meta":{"synonyms":["Talpa","Mole"],"country":"XX","refs":["https://example.org/m"]},
     "related":[{"dest-uuid":"11111111-0000-4000-8000-00000000000b","type":"similar","tags":["likely"]},{"dest-uuid":"11111111-0000-4000-8000-0000000000cc","type":"uses"}]},
    {"value":"Vole","uuid":"11111111-0000-4000-8000-00000000000b"},{"value":"no uuid"}]})";
  auto r = read(galaxy);
  EXPECT_EQ(r.count("intrusion-set"), 2U);
  EXPECT_EQ(r.statistics.refused, 1U);
  EXPECT_EQ(r.statistics.passed_over, 1U) << "uses what nobody knows";
  const auto* mole = r.find("intrusion-set", "Mole");
  EXPECT_EQ(mole->aliases, (std::vector<std::string>{"Talpa"}));
  EXPECT_EQ(mole->id, "intrusion-set--11111111-0000-4000-8000-00000000000a");
  EXPECT_EQ(mole->modified_us, 7'000'000) << "its version: older than anything with a date, newer than an event's copy";
  EXPECT_TRUE(holds(mole, R"("x_misp_meta":{"synonyms":["Talpa","Mole"],"country":"XX")"));
  EXPECT_TRUE(r.related("similar", mole->id, r.find("intrusion-set", "Vole")->id));
  KnowledgeSettings settings;
  settings.id_of_uuid = [](std::string_view uuid) { return uuid.ends_with("cc") ? "tool--" + std::string(uuid) : std::string(); };
  r = read(galaxy, settings);
  EXPECT_TRUE(r.related("uses", r.find("intrusion-set", "Mole")->id, "tool--11111111-0000-4000-8000-0000000000cc")) << "another file's cluster";
}

TEST(Knowledge, VersionsThatAreDatesAreTaken) {
  const auto modified = [](std::string_view version, std::string_view of_cluster = {}) {
    const auto r = read(fmt::format(
        R"({{"authors":["a"],"name":"Threat Actor","type":"threat-actor","version":{},"values":[{{"value":"Mole","uuid":"11111111-0000-4000-8000-00000000000a"{}}}]}})",
        version, of_cluster));
    return r.find("intrusion-set", "Mole")->modified_us / 1000;
  };
  const auto ms = [](std::string_view time) { return parse_time_iso(time)->ms; };
  EXPECT_EQ(modified("20240229"), ms("2024-02-29"));
  EXPECT_EQ(modified("1700000000"), ms("2023-11-14T22:13:20Z"));
  EXPECT_EQ(modified("3", R"(,"version":"1700000000")"), ms("2023-11-14T22:13:20Z")) << "a server's cluster has a version of its own";
  EXPECT_LT(modified("349"), modified("350"));
  for (const std::string_view counter : {"0", "349", "20241399", "86400", "999999999", "18446744073709551615"})
    EXPECT_FALSE(intel::is_dated(modified(counter) * 1000)) << counter;
  EXPECT_GT(modified("86399"), modified("350"));
}

TEST(Knowledge, WarningListsAreKept) {
  const auto r = read(R"({"name":"Resolvers","description":"d","type":"string","version":5,"matching_attributes":["ip-src"],"list":["192.0.2.53"]})");
  ASSERT_EQ(r.count("x-mozu-warning-list"), 1U);
  EXPECT_TRUE(holds(&r.objects[0], R"("list":["192.0.2.53"])"));
  EXPECT_EQ(read(R"({"name":"Resolvers","description":"d","type":"string","version":20240615,"matching_attributes":["ip-src"],"list":["192.0.2.53"]})")
                    .objects[0]
                    .modified_us /
                1000,
            parse_time_iso("2024-06-15")->ms);
}

TEST(Knowledge, RulesOneByOne) {
  const auto yara = read(
      "import \"pe\"\nimport \"hash\"\n// rule no { condition: true }\nprivate rule A : t1 { meta: description = \"d\\\"q\" date = \"2020-02-03\" mitre = "
      "\"T1059.001\" reference = \"https://example.org/r\"\n"
      " strings: $a = { 0A [4-6] ( 0B | 0C ) } $b = /}\\/{/ $c = \"}\" /* } */\n condition: pe.is_pe and $a }\nrule {\n}\nrule B { condition: 4 / 2 == 2 }\n");
  EXPECT_EQ(yara.statistics.format, "yara");
  EXPECT_EQ(yara.count("indicator"), 2U);
  EXPECT_EQ(yara.statistics.refused, 1U);
  EXPECT_EQ(yara.diagnostics.kept()[0].where.line, 7U);
  const auto* a = yara.find("indicator", "A");
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(a->text, "d\"q");
  EXPECT_TRUE(has_key(*a, KeyKind::external_id, "T1059.001"));
  EXPECT_TRUE(holds(a, R"("pattern":"import \"pe\"\nprivate rule A)") && holds(a, "2020-02-03T00:00:00.000Z")) << a->json;
  KnowledgeSettings settings;
  settings.id_of_technique = [](std::string_view t) { return t == "T1071.004" ? "attack-pattern--1" : ""; };
  const auto sigma = read(
      "title: One\nid: 2975af79-28c4-4d2f-a951-9095f229df29\nstatus: test\nlevel: high\ndate: 2018/05/10\ntags:\n  - attack.t1071.004\n  - "
      "cve.2020-0601\nlogsource:\n  category: dns\ndetection:\n  s: {a: b}\n  condition: s\n"
      "---\ntitle: Two\nlogsource: {product: x}\ndetection: [\n---\ntitle: Three\nlogsource: {product: x}\ndetection: {condition: a}\n",
      settings);
  EXPECT_EQ(sigma.count("indicator"), 2U);
  EXPECT_EQ(sigma.statistics.refused, 1U);
  EXPECT_GT(sigma.diagnostics.kept()[0].where.line, 14U);
  EXPECT_TRUE(sigma.related("indicates", "indicator--2975af79-28c4-4d2f-a951-9095f229df29", "attack-pattern--1"));
  EXPECT_TRUE(has_key(*sigma.find("indicator", "One"), KeyKind::external_id, "CVE-2020-0601"));
  const auto ids = read(
      "alert tcp any any -> any 80 (msg:\"A \\; \\\"b\\\"\"; reference:cve,2017-0144; reference:url,example.org/x; classtype:trojan-activity; sid:2000001; "
      "rev:3; metadata:created_at 2010_07_30, updated_at 2017_01_02, mitre_technique_id T1190;)\n"
      "#alert udp any any -> any 53 \\\n (msg:\"off\"; sid:2000002;)\nalert tcp any any -> any 80 (msg:\"no sid\";)\n# words\n");
  EXPECT_EQ(ids.count("indicator"), 2U);
  const auto* first = ids.find("indicator", "A ; \"b\"");
  ASSERT_NE(first, nullptr) << ids.objects[0].name;
  EXPECT_TRUE(has_key(*first, KeyKind::external_id, "CVE-2017-0144") && has_key(*first, KeyKind::external_id, "T1190"));
  EXPECT_TRUE(holds(first, "\"created\":\"2010-07-30T00:00:00.000Z\",\"modified\":\"2017-01-02T00:00:00.000Z\""));
  EXPECT_EQ(ids.find("indicator", "off")->labels, (std::vector<std::string>{"disabled"}));
  EXPECT_EQ(ids.statistics.refused, 1U);
}

TEST(Knowledge, LayersDnsAndWhois) {
  const auto layer = read(
      R"({"name":"L","versions":{"layer":"4.5"},"domain":"enterprise-attack","techniques":[{"techniqueID":"T1059","score":5},{"techniqueID":"T1059"},{"techniqueID":"x"}]})");
  ASSERT_EQ(layer.count("x-mozu-attack-layer"), 1U);
  EXPECT_TRUE(has_key(layer.objects[0], KeyKind::external_id, "T1059"));
  EXPECT_TRUE(holds(&layer.objects[0], "\"score\":5"));
  const auto dns = read(
      "{\"rrname\":\"Evil.example.\",\"rrtype\":\"A\",\"rdata\":[\"198.51.100.1\",\"198.51.100.2\"],\"time_first\":1580000000,\"time_last\":1590000000,"
      "\"count\":9}\n"
      "{\"rrname\":\"evil.example\",\"rrtype\":\"CNAME\",\"rdata\":\"b.example.\",\"time_first\":1580000000,\"time_last\":1580000000}\n{\"rrname\":\"evil."
      "example\",\"rrtype\":\"TXT\",\"rdata\":\"v\"}\n"
      "{\"rrname\":\"evil.example\",\"rrtype\":\"A\",\"rdata\":\"nowhere\"}\n");
  EXPECT_TRUE(dns.related("resolves-to", observable_id("domain-name", "evil.example"), observable_id("ipv4-addr", "198.51.100.2")));
  EXPECT_TRUE(dns.related("resolves-to", observable_id("domain-name", "evil.example"), observable_id("domain-name", "b.example")));
  EXPECT_TRUE(holds(dns.find("relationship"),
                    "\"start_time\":\"2020-01-26T00:53:20.000Z\",\"stop_time\":\"2020-05-20T18:40:00.000Z\",\"x_mozu_rrtype\":\"A\",\"x_mozu_count\":9"));
  EXPECT_EQ(dns.statistics.refused, 1U);
  EXPECT_EQ(dns.statistics.passed_over, 1U);
  const auto whois =
      read(R"({"domain_name":"EVIL.EXAMPLE","registrar":"R","creation_date":"2019-05-06","updated_date":"2020-05-06","emails":["a@evil.example"]})");
  ASSERT_NE(whois.find("note"), nullptr);
  EXPECT_EQ(whois.find("note")->name, "WHOIS: evil.example");
  EXPECT_EQ(whois.find("domain-name")->id, observable_id("domain-name", "evil.example"));
}

TEST(Knowledge, WhatIsNone) {
  const auto r = read("Dear reader, nothing to see here.\nGo away, please.\n");
  ASSERT_FALSE(r.status);
  EXPECT_EQ(r.status.error().code, "not-knowledge");
  EXPECT_EQ(read("evil.example\n", {.format = "nonsense"}).status.error().code, "feed-format");
  EXPECT_EQ(read(kev_json, {.format = "plain"}).statistics.format, "plain") << "a named format is believed";
}

TEST(Knowledge, JsonThatNamesNoThreatIsNoFeed) {
  for (const std::string_view text : {R"({"name":"x","dns":["192.0.2.8"],"server":{"host":"db.example.com","ip":"192.0.2.9"}})",
                                      R"([{"name":"Ann","email":"ann@corp.example.com","ip":"192.0.2.9"}])",
                                      "{\"src_ip\":\"192.0.2.8\",\"host\":\"a.example\"}\n{\"src_ip\":\"192.0.2.9\",\"host\":\"a.example\"}\n", "{}", "[]"}) {
    const auto r = read(text);
    ASSERT_FALSE(r.status) << text;
    EXPECT_EQ(r.status.error().code, "not-knowledge");
    EXPECT_TRUE(r.objects.empty());
  }
  KnowledgeSettings named;
  named.format = "json";
  EXPECT_EQ(read(R"([{"name":"Ann","ip":"192.0.2.9"}])", named).count("indicator"), 1U);
  EXPECT_EQ(read(R"(["192.0.2.8","evil.example"])").count("indicator"), 2U);
  EXPECT_EQ(read(R"({"data":[{"ioc":"192.0.2.9"}]})").count("indicator"), 1U);
  EXPECT_EQ(read(R"([{"type":"domain","value":"evil.example"}])").count("indicator"), 1U);
  EXPECT_EQ(read(R"([{"ip":"192.0.2.9","malware":"Grunf"}])").count("indicator"), 1U);
}

TEST(Knowledge, SinkEndsReading) {
  Diagnostics diagnostics;
  KnowledgeStatistics statistics;
  int calls = 0;
  for (const auto text : {event, kev_json, std::string_view("evil.example\nbad.example\n")}) {
    calls = 0;
    const auto status = read_knowledge_memory(
        "t", text, {},
        [&](StixObject&&) -> Status {
          ++calls;
          return fail("store-full", "full");
        },
        diagnostics, statistics);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, "store-full");
    EXPECT_EQ(calls, 1);
  }
}

/// What the real files gave when they were looked at by hand; less would be a loss.
TEST(Knowledge, RealData) {
  MOZU_SHARED_OR_SKIP(root, ".");
  struct Case {
    std::string_view path, format, type;
    std::uint64_t count, refused;
  };
  for (const auto& c :
       {Case{"vuln/kev/known_exploited_vulnerabilities.json.zst", "kev", "note", 1404, 0},
        Case{"vuln/kev/known_exploited_vulnerabilities.csv", "kev-csv", "note", 1404, 0},
        Case{"misp-galaxy/clusters/threat-actor.json.zst", "misp-galaxy", "intrusion-set", 1041, 0},
        Case{"misp-galaxy/clusters/ransomware.json.zst", "misp-galaxy", "malware", 2135, 0},
        Case{"attack/enterprise-attack-18.1.stix20.json.zst", "stix", "intrusion-set", 187, 0},
        Case{"vuln/csaf-vex/rhsa-2022-0011.json", "csaf", "report", 1, 0}, Case{"vuln/vulnrichment-cve5.tar.zst", "cve", "vulnerability", 402, 0}}) {
    Diagnostics diagnostics;
    KnowledgeStatistics statistics;
    const auto status = read_knowledge(root + "/" + std::string(c.path), {}, [](StixObject&&) -> Status { return {}; }, diagnostics, statistics);
    ASSERT_TRUE(status) << c.path;
    EXPECT_EQ(statistics.format, c.format) << c.path;
    EXPECT_EQ(statistics.by_type[std::string(c.type)], c.count) << c.path;
    EXPECT_EQ(statistics.refused, c.refused) << c.path;
  }
}

}  // namespace
}  // namespace mozu::formats::knowledge_test
