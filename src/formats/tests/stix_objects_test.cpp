#include "mozu/formats/stix_objects.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace mozu::formats {
namespace {

using intel::Key;
using intel::KeyKind;
using intel::StixObject;

StixObject read_one(std::string_view json) {
  StixObjectReader reader;
  StixObject o;
  const auto status = reader.read(json, o);
  EXPECT_TRUE(status) << (status ? "" : status.error().message);
  return o;
}
std::string error_of(std::string_view json) {
  StixObjectReader reader;
  StixObject o;
  const auto status = reader.read(json, o);
  return status ? "" : status.error().code + " " + status.error().where.path;
}
bool has(const StixObject& o, KeyKind kind, std::string_view value) {
  return std::find(o.keys.begin(), o.keys.end(), Key{kind, std::string(value)}) != o.keys.end();
}

TEST(StixObjectReader, ReadsAnActor) {
  const auto o = read_one(R"({ "type":"intrusion-set", "id":"intrusion-set--1", "spec_version":"2.1", "created":"2017-05-31T21:31:47.955Z",
    "modified":"2025-03-10T22:48:02.1234567Z", "name":"APT 0", "aliases":["APT 0","Sand \"Mole\""], "x_mitre_aliases":["Mole"],
    "description":"It digs.", "goals":["dig"], "revoked":false, "x_mitre_deprecated":true, "confidence":70, "labels":["a","b","a"],
    "external_references":[{"source_name":"mitre-attack","external_id":"g9999","url":"https://example.org"},{"source_name":"Citation","external_id":"no id"}],
    "created_by_ref":"identity--2", "object_marking_refs":["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82","marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"],
    "extensions":{"x":{"deep_refs":["malware--3"],"other_ref":"17"}} })");
  EXPECT_EQ(o.id, "intrusion-set--1");
  EXPECT_EQ(o.type, "intrusion-set");
  EXPECT_EQ(o.created_us, 1496266307955000);
  EXPECT_EQ(o.modified_us, 1741646882123456);
  EXPECT_TRUE(o.revoked) << "deprecated counts";
  EXPECT_EQ(o.confidence, 70);
  EXPECT_EQ(o.tlp, intel::Tlp::amber) << "the strictest";
  EXPECT_EQ(o.name, "APT 0");
  EXPECT_EQ(o.aliases, (std::vector<std::string>{"Sand \"Mole\"", "Mole"}));
  EXPECT_EQ(o.text, "It digs.\ndig");
  EXPECT_EQ(o.labels, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(o.keys, (std::vector<Key>{{KeyKind::name, "apt0"}, {KeyKind::name, "mole"}, {KeyKind::name, "sandmole"}, {KeyKind::external_id, "G9999"}}));
  ASSERT_EQ(o.references.size(), 4U);
  EXPECT_EQ(o.references[0], (intel::Reference{"created_by_ref", "identity--2"}));
  EXPECT_EQ(o.references[3], (intel::Reference{"deep_refs", "malware--3"}));
  EXPECT_TRUE(o.json.starts_with(R"({"type":"intrusion-set","id":"intrusion-set--1","spec_version":"2.1",)")) << o.json;
  EXPECT_TRUE(o.json.find(R"("Sand \"Mole\"")") != std::string::npos) << "escapes as written";
}

TEST(StixObjectReader, BringsTwoZeroToTwoOne) {
  EXPECT_EQ(
      read_one(R"({"type":"malware","id":"malware--1","created":"2020-01-01T00:00:00Z","name":"M","x_n":1.50})").json,
      R"({"type":"malware","id":"malware--1","created":"2020-01-01T00:00:00Z","name":"M","x_n":1.50,"spec_version":"2.1","modified":"2020-01-01T00:00:00Z","is_family":true})");
  EXPECT_EQ(
      read_one(
          R"({"type":"indicator","id":"indicator--1","spec_version":"2.0","created":"2020-01-01T00:00:00Z","modified":"2020-01-01T00:00:00Z","pattern":"[url:value = 'http://a.example/b']"})")
          .json,
      R"({"type":"indicator","id":"indicator--1","spec_version":"2.1","created":"2020-01-01T00:00:00Z","modified":"2020-01-01T00:00:00Z","pattern":"[url:value = 'http://a.example/b']","pattern_type":"stix"})");
  const auto seen = read_one(R"({"type":"observed-data","id":"observed-data--1","created":"2020-01-01T00:00:00Z","modified":"2020-01-01T00:00:00Z",
    "objects":{"0":{"type":"ipv4-addr","value":"198.51.100.7"},"1":{"type":"network-traffic","src_ref":"0","protocols":["tcp"]}}})");
  EXPECT_TRUE(has(seen, KeyKind::ipv4, "198.51.100.7"));
  EXPECT_EQ(seen.name, "198.51.100.7");
  EXPECT_TRUE(seen.references.empty()) << "numbers are no ids";
  EXPECT_TRUE(seen.json.find("\"src_ref\":\"0\"") != std::string::npos) << "kept";
  const std::string address = R"({"type":"ipv4-addr","id":"ipv4-addr--1","value":"192.0.2.1"})";
  EXPECT_EQ(read_one(address).json, address) << "observables need nothing";
}

TEST(StixObjectReader, FindsKeysOfIndicatorsAndObservables) {
  auto o = read_one(R"({"type":"indicator","id":"indicator--1","created":"2020-01-01T00:00:00Z","valid_from":"2020-01-01T00:00:00Z","valid_until":"2021-01-01",
    "pattern":"[file:name = 'Evil.EXE' AND file:hashes.'SHA-256' = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1'] OR [domain-name:value = 'EVIL.example'] OR [ipv4-addr:value ISSUBSET '10.0.0.0/8'] OR [mutex:name = 'Gl\\\\x']"})");
  EXPECT_TRUE(has(o, KeyKind::file_name, "evil.exe"));
  EXPECT_TRUE(has(o, KeyKind::sha256, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1"));
  EXPECT_TRUE(has(o, KeyKind::domain, "evil.example"));
  EXPECT_TRUE(has(o, KeyKind::ipv4_range, "10.0.0.0/8")) << "broad values are knowledge, too";
  EXPECT_TRUE(has(o, KeyKind::other_value, "Gl\\x"));
  EXPECT_EQ(o.name, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1");
  EXPECT_EQ(format_time(*o.valid_until), "2021-01-01T00:00:00Z");
  o = read_one(R"({"type":"file","id":"file--1","name":"A.dll","hashes":{"MD5":"BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB1","SSDEEP":"3:a:b"}})");
  EXPECT_TRUE(has(o, KeyKind::md5, "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb1"));
  EXPECT_TRUE(has(o, KeyKind::file_name, "a.dll"));
  EXPECT_TRUE(has(o, KeyKind::other_value, "3:a:b"));
  EXPECT_EQ(o.name, "A.dll");
  EXPECT_EQ(read_one(R"({"type":"autonomous-system","id":"autonomous-system--1","number":64500})").name, "AS64500");
  EXPECT_TRUE(has(read_one(R"({"type":"windows-registry-key","id":"windows-registry-key--1","key":"HKLM\\x"})"), KeyKind::other_value, "HKLM\\x"));
  o = read_one(R"({"type":"vulnerability","id":"vulnerability--1","created":"2020-01-01T00:00:00Z","name":"cve-2021-44228"})");
  EXPECT_TRUE(has(o, KeyKind::external_id, "CVE-2021-44228"));
}

TEST(StixObjectReader, ReadsRelations) {
  auto o = read_one(
      R"({"type":"relationship","id":"relationship--1","created":"2020-01-01T00:00:00Z","modified":"2020-01-01T00:00:00Z","relationship_type":"uses","source_ref":"malware--1","target_ref":"tool--2"})");
  EXPECT_EQ(o.relationship_type + o.source_ref + o.target_ref, "usesmalware--1tool--2");
  EXPECT_TRUE(o.references.empty());
  o = read_one(
      R"({"type":"sighting","id":"sighting--1","created":"2020-01-01T00:00:00Z","sighting_of_ref":"indicator--1","where_sighted_refs":["identity--2"]})");
  EXPECT_EQ(o.relationship_type + o.source_ref + o.target_ref, "sighting-ofsighting--1indicator--1");
  EXPECT_EQ(o.references, (std::vector<intel::Reference>{{"where_sighted_refs", "identity--2"}}));
}

TEST(StixObjectReader, RefusesWithPlace) {
  EXPECT_EQ(error_of("{"), "json-invalid ");
  EXPECT_EQ(error_of("[]"), "stix-type ");
  EXPECT_EQ(error_of(R"({"id":"malware--1"})"), "stix-type /type");
  EXPECT_EQ(error_of(R"({"type":7,"id":"malware--1"})"), "stix-type /type");
  EXPECT_EQ(error_of(R"({"type":"malware"})"), "stix-id /id");
  EXPECT_EQ(error_of(R"({"type":"malware","id":"malware-1"})"), "stix-id /id");
  EXPECT_EQ(error_of(R"({"type":"malware","id":"tool--1"})"), "stix-id /id");
  EXPECT_EQ(error_of(R"({"type":"malware","id":"malware--1","created":"yesterday"})"), "stix-time /created");
  EXPECT_EQ(error_of(R"({"type":"malware","id":"malware--1","created_by_ref":"me"})"), "stix-reference /created_by_ref");
  EXPECT_EQ(error_of(R"({"type":"report","id":"report--1","object_refs":["malware--1",2]})"), "stix-reference /object_refs/1");
  EXPECT_EQ(error_of(R"({"type":"relationship","id":"relationship--1","relationship_type":"uses","source_ref":"malware--1"})"), "stix-reference /target_ref");
  EXPECT_EQ(error_of(R"({"type":"x-a","id":"x-a--1","x_any_ref":"me"})"), "") << "custom properties may mean something else";
  const std::string deep = std::string(200, '[') + std::string(200, ']');
  EXPECT_EQ(error_of(R"({"type":"x-a","id":"x-a--1","x":)" + deep + "}"), "json-invalid ");
}

TEST(StixObjectReader, MendsWhatItCan) {
  const auto o = read_one("{\"type\":\"x-a\",\"id\":\"x-a--1\",\"name\":\"a\xff\",\"description\":\"n\\u0000l\",\"serial\":123456789012345678901234567890}");
  EXPECT_EQ(o.name, "a\uFFFD");
  EXPECT_EQ(o.text, "n l");
  EXPECT_TRUE(o.json.find("\"serial\":\"123456789012345678901234567890\"") != std::string::npos) << "every JSON reader can read it";
}

struct Collected {
  std::vector<StixObject> objects;
  Diagnostics diagnostics;
  StixReadStatistics statistics;
  Status status;
};
void collect(std::string_view text, Collected& c) {
  c.status = read_stix_objects(
      "t.json", text,
      [&](StixObject&& o) -> Status {
        c.objects.push_back(std::move(o));
        return {};
      },
      c.diagnostics, c.statistics);
}

TEST(ReadStixObjects, ReadsEveryWrapping) {
  const std::string a = R"({"type":"x-a","id":"x-a--1"})", b = R"({"type":"x-b","id":"x-b--1"})";
  for (const auto& text :
       {R"({"type":"bundle","id":"bundle--1","objects":[)" + a + "," + b + "]}", R"({"id":"bundle--1","objects":[)" + a + "," + b + R"(],"type":"bundle"})",
        R"({"more":false,"objects":[)" + a + "," + b + "]}", "[" + a + "," + b + "]", a + "\n" + b + "\n",
        R"({"x":"pad","a1":1,"a2":1,"a3":1,"a4":1,"a5":1,"a6":1,"a7":1,"a8":1,"a9":1,"b1":1,"b2":1,"b3":1,"type":"bundle","objects":[)" + a + "," + b + "]}"}) {
    Collected c;
    collect(text, c);
    ASSERT_EQ(c.objects.size(), 2U) << text;
    EXPECT_EQ(c.objects[1].id, "x-b--1");
    EXPECT_EQ(c.statistics.refused, 0U) << text;
  }
}

TEST(ReadStixObjects, KeepsTheGoodRest) {
  Collected c;
  collect(
      "{\"type\":\"bundle\",\"objects\":[\n{\"type\":\"x-a\",\"id\":\"x-a--1\"},\n17,\n{\"type\":\"x-a\"},\n{\"type\":\"x-a\",\"id\":\"x-a--2\",}\n,{\"type\":"
      "\"x-a\",\"id\":\"x-a--3\"}]}",
      c);
  EXPECT_EQ(c.objects.size(), 2U);
  EXPECT_EQ(c.statistics.refused, 3U);
  ASSERT_GE(c.diagnostics.kept().size(), 2U);
  EXPECT_EQ(c.diagnostics.kept()[1].where.file, "t.json");
  EXPECT_EQ(c.diagnostics.kept()[1].where.line, 4U);
  EXPECT_EQ(c.diagnostics.kept()[1].where.path, "/objects/2/id");
}

TEST(ReadStixObjects, BoundsDepthAndSize) {
  Collected c;
  collect(
      "[\n"
      R"({"type":"x-a","id":"x-a--1","x":)" +
          std::string(100'000, '[') + std::string(100'000, ']') + "}\n,\n" + R"({"type":"x-a","id":"x-a--2","name":")" +
          std::string(stix_object_bytes_max, 'a') + "\"}\n,\n" + R"({"type":"x-a","id":"x-a--3"}])",
      c);
  ASSERT_EQ(c.objects.size(), 1U);
  EXPECT_EQ(c.objects[0].id, "x-a--3");
  EXPECT_EQ(c.statistics.refused, 2U);
}

TEST(ReadStixObjects, EndsWithTheSink) {
  Diagnostics diagnostics;
  StixReadStatistics statistics;
  int calls = 0;
  const auto status = read_stix_objects(
      "t", R"([{"type":"x-a","id":"x-a--1"},{"type":"x-a","id":"x-a--2"}])",
      [&](StixObject&&) -> Status {
        ++calls;
        return fail("store-full", "full");
      },
      diagnostics, statistics);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, "store-full");
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace mozu::formats
