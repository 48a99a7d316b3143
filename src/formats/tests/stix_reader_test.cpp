#include "tree_support.hpp"

namespace mozu::formats::test {
namespace {

using intel::TypeHint;

constexpr std::string_view bundle = R"({
  "type": "bundle",
  "id": "bundle--5d0092c5-5f74-4287-9642-33f4c354e56d",
  "objects": [
    {"type": "indicator", "spec_version": "2.1", "id": "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
     "created_by_ref": "identity--f431f809-377b-45e0-aa1c-6a4751cae5ff", "name": "Gate", "description": "where it phones",
     "indicator_types": ["malicious-activity"], "labels": ["c2", "malicious-activity"], "confidence": 85,
     "pattern": "[url:value = 'http://evil.example/gate'] OR [domain-name:value = 'evil.example']", "pattern_type": "stix",
     "valid_from": "2026-01-01T00:00:00Z", "valid_until": "2027-01-01T00:00:00.5Z",
     "kill_chain_phases": [{"kill_chain_name": "mitre-attack", "phase_name": "command-and-control"}],
     "external_references": [{"source_name": "mitre-attack", "external_id": "T1071"}, {"source_name": "blog", "url": "https://report.example/"}],
     "object_marking_refs": ["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"]},
    {"type": "indicator", "id": "indicator--00000000-0000-4000-8000-000000000001", "revoked": true, "pattern": "[domain-name:value = 'old.example']"},
    {"type": "indicator", "id": "indicator--00000000-0000-4000-8000-000000000002", "pattern": "[domain-name:value = 'broken.example'"},
    {"type": "indicator", "id": "indicator--00000000-0000-4000-8000-000000000003", "pattern_type": "yara", "pattern": "rule x {condition: true}"},
    {"type": "indicator", "id": "indicator--00000000-0000-4000-8000-000000000004", "pattern": "[mutex:name = 'm' AND file:hashes.MD5 = '0123456789abcdef0123456789abcdef']"},
    {"type": "indicator", "id": "indicator--00000000-0000-4000-8000-000000000005", "pattern": "[domain-name:value LIKE 'ev%']"},
    {"type": "ipv4-addr", "id": "ipv4-addr--00000000-0000-4000-8000-000000000006", "value": "192.0.2.77"},
    {"type": "malware", "id": "malware--162d917e-766f-4611-b5d6-652791454fca", "name": "Gnaw", "is_family": true},
    {"type": "attack-pattern", "id": "attack-pattern--1", "name": "Web", "external_references": [{"source_name": "mitre-attack", "external_id": "T1071.001"}]},
    {"type": "identity", "id": "identity--f431f809-377b-45e0-aa1c-6a4751cae5ff", "name": "Shrike Watch"},
    {"type": "report", "id": "report--1", "name": "Autumn", "object_refs": ["indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"]},
    {"type": "relationship", "id": "relationship--1", "relationship_type": "indicates", "source_ref": "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f", "target_ref": "malware--162d917e-766f-4611-b5d6-652791454fca"},
    {"type": "relationship", "id": "relationship--2", "relationship_type": "indicates", "source_ref": "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f", "target_ref": "attack-pattern--1"}
  ]
})";

TEST(StixReader, a_bundle) {
  EXPECT_EQ(sniffed(bundle), "stix");
  const auto out = read_with("stix", bundle);
  EXPECT_EQ(out.values(), (Values{"http://evil.example/gate", "evil.example", "0123456789abcdef0123456789abcdef"}));
  const auto& k = out.at("evil.example");
  EXPECT_EQ(k.hint, TypeHint::domain);
  EXPECT_EQ(k.record.id, "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f");
  EXPECT_EQ(k.record.confidence, 85);
  EXPECT_EQ(k.record.labels, (Values{"c2", "malicious-activity"}));
  EXPECT_EQ(format_time(*k.record.valid_from), "2026-01-01T00:00:00Z");
  EXPECT_EQ(format_time(*k.record.valid_until), "2027-01-01T00:00:00.500Z");
  EXPECT_EQ(k.record.where.line, 5U);
  EXPECT_EQ(k.record.where.path, "/objects/0");
  EXPECT_EQ(k.context("name"), "Gate");
  EXPECT_EQ(k.context("malware"), "Gnaw");
  EXPECT_EQ(k.context("report"), "Autumn");
  EXPECT_EQ(k.context("attack"), "T1071.001; T1071");
  EXPECT_EQ(k.context("killchain"), "mitre-attack:command-and-control");
  EXPECT_EQ(k.context("created_by"), "Shrike Watch");
  EXPECT_EQ(k.context("reference"), "https://report.example/");
  EXPECT_EQ(k.context("tlp"), "TLP:AMBER");
  EXPECT_EQ(k.context("note"), "");
  EXPECT_EQ(out.at("0123456789abcdef0123456789abcdef").context("note"), "part of an AND pattern");
  ASSERT_EQ(out.refused.size(), 2U);
  EXPECT_EQ(out.refused[0].code, "stix-pattern");
  EXPECT_EQ(out.refused[0].where.path, "/objects/2/pattern");
  EXPECT_NE(out.refused[0].where.line, 0U);
  EXPECT_EQ(out.refused[1].code, "stix-inexpressible");
  EXPECT_EQ(out.passed, (std::map<std::string, int>{{"revoked", 1}, {"pattern:yara", 1}, {"mutex", 1}, {"STIX observable", 1}}));
  EXPECT_TRUE(out.noted("stix-revoked"));
}

TEST(StixReader, the_pieces_of_the_stream_do_not_matter) {
  for (const std::size_t step : {1, 7, 100}) EXPECT_EQ(read_with("stix", bundle, {}, step).values().size(), 3U);
}

TEST(StixReader, bare_objects_arrays_lines_and_envelopes) {
  const std::string one = R"({"type":"indicator","id":"indicator--1","pattern":"[domain-name:value = 'a.example']"})";
  const std::string two = R"({"type":"indicator","id":"indicator--2","pattern":"[domain-name:value = 'b.example']"})";
  for (const std::string& text :
       {one, "[" + one + "]", one + "\n" + two, "[" + one + ",\n" + two + "]", R"({"more":false,"objects":[)" + one + "," + two + "]}",
        R"({"type":"bundle","spec_version":"2.0","objects":[)" + two + "]}\n{\"type\":\"bundle\",\"objects\":[" + one + "]}",
        R"([{"type":"bundle","objects":[)" + one + "]}]", R"({"id":"bundle--1","objects":[)" + one + R"(],"type":"bundle"})"}) {
    EXPECT_EQ(sniffed(text), "stix") << text;
    const auto out = read_with("stix", text);
    EXPECT_EQ(out.kept.size(), static_cast<std::size_t>(text.find("a.example") != text.npos) + static_cast<std::size_t>(text.find("b.example") != text.npos))
        << text;
    EXPECT_TRUE(out.refused.empty()) << text;
  }
}

TEST(StixReader, a_bundle_without_indicators_gives_its_observables) {
  const auto out = read_with("stix", R"({"type":"bundle","objects":[
    {"type":"ipv4-addr","id":"ipv4-addr--1","value":"198.51.100.0/24"},
    {"type":"domain-name","id":"domain-name--1","value":"evil.example"},
    {"type":"file","id":"file--1","hashes":{"SHA-1":"0123456789abcdef0123456789abcdef01234567","SSDEEP":"3:x:y"}},
    {"type":"mutex","id":"mutex--1","name":"m"},
    {"type":"observed-data","id":"observed-data--1","first_observed":"2026-01-01T00:00:00Z","objects":{"0":{"type":"url","value":"http://evil.example/"},"1":{"type":"process"}}}]})");
  EXPECT_EQ(out.values(), (Values{"198.51.100.0/24", "evil.example", "0123456789abcdef0123456789abcdef01234567", "http://evil.example/"}));
  EXPECT_TRUE(out.noted("stix-observables"));
  EXPECT_TRUE(out.kept.back().record.first_seen.has_value());
  EXPECT_EQ(out.passed.size(), 3U);
}

TEST(StixReader, broken_bundles_keep_the_good_rest) {
  std::string text = "{\n  \"type\": \"bundle\",\n  \"objects\": [\n";
  for (int i = 0; i < 5; ++i) {
    const std::string pattern = i == 2 ? "\"[domain-name:value = 'cut\n" : "\"[domain-name:value = 'd" + std::to_string(i) + ".example']\"\n";
    text += "    {\n      \"type\": \"indicator\",\n      \"id\": \"indicator--1\",\n      \"pattern\": " + pattern + "    }" + (i < 4 ? ",\n" : "\n");
  }
  text += "  ]\n}\n";
  const auto out = read_with("stix", text);
  EXPECT_EQ(out.values(), (Values{"d0.example", "d1.example", "d3.example", "d4.example"}));
  ASSERT_EQ(out.refused.size(), 1U);
  EXPECT_EQ(out.refused[0].code, "json-broken");
  EXPECT_EQ(out.refused[0].where.path, "/objects/2");
  EXPECT_EQ(out.refused[0].where.line, 17U);

  const auto cut = read_with("stix", std::string_view(text).substr(0, text.find("indicator--1\",\n      \"pattern\": \"[domain-name:value = 'd1")));
  EXPECT_EQ(cut.values(), Values{"d0.example"});
  EXPECT_FALSE(cut.refused.empty());
}

TEST(StixReader, wrong_types_and_bytes) {
  const auto out =
      read_with("stix",
                "{\"type\":\"bundle\",\"objects\":[5,\"x\",[],{\"id\":3},{\"type\":7},"
                "{\"type\":\"indicator\",\"id\":\"indicator--1\",\"pattern\":5},"
                "{\"type\":\"indicator\",\"id\":\"indicator--2\",\"pattern\":\"[domain-name:value = "
                "'a.example']\",\"labels\":\"x\",\"confidence\":\"high\",\"valid_from\":\"soon\",\"kill_chain_phases\":[1],\"external_references\":{}},"
                "{\"type\":\"indicator\",\"id\":\"indicator--3\",\"name\":\"bad \xff utf\",\"pattern\":\"[domain-name:value = 'b.example']\"},"
                "{\"type\":\"indicator\",\"type\":\"malware\",\"id\":\"indicator--4\",\"pattern\":\"[domain-name:value = 'c.example']\"},"
                "{\"type\":\"indicator\" \"pattern\":\"[domain-name:value = 'd.example']\"}]}");
  EXPECT_EQ(out.values(), (Values{"a.example", "b.example", "c.example"}));
  EXPECT_EQ(out.at("b.example").context("name"), "bad \xEF\xBF\xBD utf");
  EXPECT_TRUE(out.noted("json-repaired"));
  EXPECT_TRUE(out.noted("stix-time"));
  EXPECT_EQ(out.refused.size(), 7U);
}

}  // namespace
}  // namespace mozu::formats::test
