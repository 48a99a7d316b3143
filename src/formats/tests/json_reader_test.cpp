#include <fmt/core.h>

#include "tree_support.hpp"

namespace mozu::formats::test {
namespace {

using intel::TypeHint;

KeepingEmitter json(std::string_view text, const FeedSettings& settings = {}) {
  const std::string reader = sniffed(text);
  EXPECT_TRUE(reader == "json" || reader == "ndjson") << reader << " for " << text.substr(0, 60);
  return read_with(reader.empty() ? "json" : reader, text, settings);
}

TEST(JsonReader, urlhaus) {
  const auto out = json(R"({
    "3412": [{"dateadded": "2026-01-02 03:04:05 UTC", "url": "http://evil.example/a.sh", "url_status": "online", "last_online": "2026-01-03", "threat": "malware_download",
              "tags": ["elf", "gnaw"], "urlhaus_link": "https://list.example/url/3412/", "reporter": "x"}],
    "3413": [{"dateadded": "2026-01-02 03:04:06 UTC", "url": "http://198.51.100.4/b", "tags": null, "host": "198.51.100.4"}]})");
  EXPECT_EQ(out.values(), (Values{"http://evil.example/a.sh", "http://198.51.100.4/b"}));
  const auto& k = out.kept[0];
  EXPECT_EQ(k.hint, TypeHint::url);
  EXPECT_EQ(k.record.labels, (Values{"elf", "gnaw"}));
  EXPECT_EQ(k.context("id"), "3412");
  EXPECT_EQ(k.context("threat"), "malware_download");
  EXPECT_EQ(k.context("reference"), "https://list.example/url/3412/");
  EXPECT_EQ(format_time(*k.record.first_seen), "2026-01-02T03:04:05Z");
  EXPECT_EQ(out.kept[1].context("host"), "198.51.100.4");
}

TEST(JsonReader, threatfox) {
  const std::string record =
      R"({"ioc_value": "198.51.100.7:443", "ioc_type": "ip:port", "threat_type": "botnet_cc", "malware": "win.gnaw", "malware_printable": "Gnaw",
      "first_seen_utc": "2026-01-02 03:04:05", "confidence_level": 75, "tags": "a,b", "reference": null})";
  for (const std::string& text :
       {R"({"1001": [)" + record + R"(], "1002": [{"ioc_value": "00112233445566778899aabbccddeeff", "ioc_type": "md5_hash"}]})",
        R"({"query_status": "ok", "data": [)" + record + R"(, {"ioc": "00112233445566778899aabbccddeeff", "ioc_type": "md5_hash"}]})"}) {
    const auto out = json(text);
    EXPECT_EQ(out.values(), (Values{"198.51.100.7:443", "00112233445566778899aabbccddeeff"}));
    EXPECT_EQ(out.kept[0].hint, TypeHint::ip);
    EXPECT_EQ(out.kept[0].record.confidence, 75);
    EXPECT_EQ(out.kept[0].record.labels, (Values{"a", "b"}));
    EXPECT_NE(out.kept[0].context("malware").find("Gnaw"), std::string::npos);
    EXPECT_EQ(out.kept[1].hint, TypeHint::hash);
  }
}

TEST(JsonReader, malware_bazaar_gives_every_hash_of_a_file) {
  const std::string sha(64, 'a'), sha1(40, 'b'), md5(32, 'c');
  const auto out = json(R"({"query_status":"ok","data":[{"sha256_hash":")" + sha + R"(","sha1_hash":")" + sha1 + R"(","md5_hash":")" + md5 +
                        R"(","imphash":"00112233445566778899aabbccddeeff","file_name":"x.exe","signature":"Gnaw"}]})");
  auto values = out.values();
  std::sort(values.begin(), values.end());
  EXPECT_EQ(values, (Values{sha, sha1, md5}));
  EXPECT_EQ(out.kept[0].context("file_name"), "x.exe");
  EXPECT_EQ(out.kept[0].context("malware"), "Gnaw");
}

TEST(JsonReader, feodo_and_certificates) {
  const auto out = json(
      R"([{"ip_address": "198.51.100.9", "port": 8080, "status": "online", "hostname": "host.isp.example", "as_name": "AS", "country": "XX", "first_seen": "2026-01-02 03:04:05", "malware": "Gnaw"}])");
  EXPECT_EQ(out.values(), Values{"198.51.100.9"});
  EXPECT_EQ(out.kept[0].context("port"), "8080");
  EXPECT_EQ(out.kept[0].context("hostname"), "host.isp.example");
  EXPECT_EQ(out.kept[0].record.where.path, "/0");
  const auto certificates = json(R"([{"listing_date": "2026-01-02", "sha1": "0123456789abcdef0123456789abcdef01234567", "listing_reason": "Gnaw C&C"}])");
  EXPECT_TRUE(certificates.kept.empty());
  EXPECT_EQ(certificates.passed.at("certificate"), 1);
}

TEST(JsonReader, masks_of_commercial_feeds) {
  const auto out = json(R"([
    {"id": 1, "mask": "evil.example", "type": 1, "threat": "Gnaw", "first_seen": "02.01.2026 03:04", "popularity": 5, "files": [{"MD5": "00112233445566778899AABBCCDDEEFF", "threat": "T"}]},
    {"id": 2, "mask": "host.evil.example", "type": 2},
    {"id": 3, "mask": "evil.example/gate/*", "type": 4},
    {"id": 4, "mask": "*.evil.example/gate", "type": 4},
    {"id": 5, "mask": "evil.example/one.php", "type": 3},
    {"id": 6, "mask": "b.evil.example/", "type": 1},
    {"id": 7, "mask": "c.evil.example/*", "type": 2},
    {"id": 8, "mask": "d.evil.example/e/", "type": 2}])");
  ASSERT_EQ(out.kept.size(), 8U);
  EXPECT_FALSE(out.kept[0].record.exact_only);
  EXPECT_EQ(format_time(*out.kept[0].record.first_seen), "2026-01-02T03:04:00Z");
  EXPECT_EQ(out.kept[0].context("threat"), "Gnaw");
  EXPECT_EQ(out.kept[0].context("file.md5"), "00112233445566778899AABBCCDDEEFF");
  EXPECT_EQ(out.kept[0].context("mask_type"), "1");
  EXPECT_TRUE(out.kept[1].record.exact_only);
  EXPECT_EQ(out.kept[2].hint, TypeHint::url_mask);
  EXPECT_EQ(out.kept[3].hint, TypeHint::url_mask);
  EXPECT_EQ(out.kept[4].hint, TypeHint::url);
  EXPECT_EQ(out.kept[5].value, "b.evil.example");
  EXPECT_FALSE(out.kept[5].record.exact_only);
  EXPECT_EQ(out.kept[6].value, "c.evil.example");
  EXPECT_TRUE(out.kept[6].record.exact_only);
  EXPECT_EQ(out.kept[7].value, "d.evil.example/e/");
}

TEST(JsonReader, confidence_in_numbers_and_words) {
  const auto out =
      json(R"([{"value": "a.example", "confidence": 40}, {"value": "b.example", "confidence": "High"}, {"value": "c.example", "confidence": "sure"}])");
  ASSERT_EQ(out.kept.size(), 3U);
  EXPECT_EQ(out.kept[0].record.confidence, 40);
  EXPECT_EQ(out.kept[1].record.confidence, 85);
  EXPECT_EQ(out.kept[2].record.confidence, 0);
  EXPECT_EQ(out.kept[2].context("confidence"), "sure");
}

TEST(JsonReader, records_of_commercial_feeds) {
  const auto ip = json(
      R"({"id":"7","ip":"198.51.100.3","threat_score":90,"category":"spam","first_seen":"01.02.2026 10:00","last_seen":"02.02.2026 10:00","ip_whois":{"net_name":"N","country":"XX"},"files":[{"MD5":"00112233445566778899AABBCCDDEEFF"}]}
{"id":"8","ip":"198.51.100.4","threat_score":10,"category":"tor"})");
  EXPECT_EQ(ip.values(), (Values{"198.51.100.3", "198.51.100.4"}));
  EXPECT_EQ(ip.kept[0].context("category"), "spam");
  EXPECT_EQ(ip.kept[0].context("ip_whois.country"), "XX");
  EXPECT_EQ(ip.kept[0].context("threat_score"), "90");
  EXPECT_EQ(ip.kept[1].record.where.line, 2U);
  const auto exact = json(
      R"([{"id":9,"threat":"Gnaw","urls":[{"url":"http://evil.example/x"}],"hosts":[{"host":"h.evil.example"}],"domains":[{"domain":"evil.example"}],"files":[{"MD5":"00112233445566778899AABBCCDDEEFF"}]}])");
  EXPECT_EQ(exact.values(), (Values{"http://evil.example/x", "h.evil.example", "evil.example"}));
  EXPECT_EQ(exact.kept[2].context("threat"), "Gnaw");
  EXPECT_EQ(exact.kept[2].record.where.path, "/0/domains/0");
  const auto hash = json(
      R"([{"MD5":"00112233445566778899AABBCCDDEEFF","SHA1":"0123456789abcdef0123456789abcdef01234567","threat":"T","IP":["198.51.100.1"],"urls":[{"url":"http://evil.example/"}]}])");
  EXPECT_EQ(hash.kept.size(), 2U);
  EXPECT_EQ(hash.kept[0].context("urls.url"), "http://evil.example/");
  const auto mobile = json(R"([{"MD5":"00112233445566778899AABBCCDDEEFF","verdict":"V","Details":[{"Mask":"c2.evil.example"}]}])");
  EXPECT_EQ(mobile.values(), (Values{"00112233445566778899AABBCCDDEEFF", "c2.evil.example"}));
  const auto phishing = json(
      R"([{"phishing_url":"http://login.evil.example/","brand":"Bank","first_seen":1767225600,"resolver_ips":["198.51.100.2"],"stolen_data":"passwords"}])");
  EXPECT_EQ(phishing.values(), Values{"http://login.evil.example/"});
  EXPECT_EQ(phishing.kept[0].context("brand"), "Bank");
  EXPECT_EQ(format_time(*phishing.kept[0].record.first_seen), "2026-01-01T00:00:00Z");
}

TEST(JsonReader, numbers_of_any_size_cost_nothing) {
  const auto out =
      json(R"([{"value":"a.evil.example","serial":99999999999999999999,"extra":"1e400 \"9","confidence":40}, {"value":"b.evil.example","confidence":1e400},
    {"value":"c.evil.example","serial":-18446744073709551617,"score":-0.5E+999,"list":[1,2.5,123456789012345678901234567890]}, {"value":"d.evil.example","serial":12-3}])");
  EXPECT_EQ(out.values(), (Values{"a.evil.example", "b.evil.example", "c.evil.example"}));
  EXPECT_EQ(out.kept[0].context("serial"), "99999999999999999999");
  EXPECT_EQ(out.kept[0].context("extra"), "1e400 \"9");
  EXPECT_EQ(out.kept[0].record.confidence, 40);
  EXPECT_EQ(out.kept[1].record.confidence, 0);
  EXPECT_EQ(out.kept[2].context("serial"), "-18446744073709551617");
  ASSERT_EQ(out.refused.size(), 1U);
  EXPECT_EQ(out.refused[0].code, "json-invalid");
  EXPECT_EQ(out.lost, 0);
}

TEST(JsonReader, lists_of_strings) {
  EXPECT_EQ(json(R"(["evil.example", "198.51.100.1"])").values(), (Values{"evil.example", "198.51.100.1"}));
  EXPECT_EQ(json(R"({"allow": ["good.example"], "deny": ["evil.example"], "version": 3})").values(), Values{"evil.example"});
  EXPECT_EQ(json(R"({"c2": ["198.51.100.1"], "domains": ["evil.example"], "references": ["https://report.example/"]})").values(),
            (Values{"198.51.100.1", "evil.example"}));
}

TEST(JsonReader, types_and_unknown_kinds) {
  const auto out = json(
      R"({"results":[{"name":"pulse","indicators":[{"indicator":"0123456789abcdef0123456789abcdef01234567","type":"FileHash-SHA1"},{"indicator":"evil.example","type":"hostname"},
      {"indicator":"CVE-2026-0001","type":"CVE"},{"indicator":"Global\\x","type":"Mutex"}]}]})");
  EXPECT_EQ(out.values(), (Values{"0123456789abcdef0123456789abcdef01234567", "evil.example"}));
  EXPECT_EQ(out.passed, (std::map<std::string, int>{{"cve", 1}, {"mutex", 1}}));
  EXPECT_EQ(out.kept[1].context("name"), "pulse");
}

TEST(JsonReader, broken_lines_and_elements) {
  const auto lines = json("{\"ip\":\"198.51.100.1\"}\n{\"ip\":\"198.51.100.2\n{\"ip\":\"198.51.100.3\"}\n{\"ip\":}\n{\"ip\":\"198.51.100.5\"}\n");
  EXPECT_EQ(lines.values(), (Values{"198.51.100.1", "198.51.100.3", "198.51.100.5"}));
  ASSERT_EQ(lines.refused.size(), 2U);
  EXPECT_EQ(lines.refused[0].where.line, 2U);
  EXPECT_EQ(lines.refused[1].where.line, 4U);
  EXPECT_EQ(lines.refused[1].code, "json-invalid");
}

TEST(JsonReader, a_large_document_is_read_in_pieces) {
  std::string text = "{\"query_status\": \"ok\", \"category\": \"c2\", \"result\": {\"inner\": [\n";
  for (int i = 0; i < 5000; ++i) text += fmt::format("{}{{\"domain\": \"d{}.evil.example\", \"pad\": \"{}\"}}\n", i == 0 ? "" : ",", i, std::string(30, 'x'));
  text += "]}}";
  const auto out = json(text);
  EXPECT_EQ(out.kept.size(), 5000U);
  EXPECT_EQ(out.kept.back().record.where.path, "/result/inner/4999");
  EXPECT_EQ(out.kept.back().record.where.line, 5001U);
  EXPECT_EQ(out.kept.back().context("category"), "c2");
}

TEST(JsonReader, what_is_no_feed_is_said_to_be_none) {
  for (const std::string_view text :
       {R"({"$schema":"x","type":"object","properties":{"value":{"type":"string"}}})", R"({"name":"layer","domain":"d","techniques":[{"techniqueID":"T1"}]})",
        R"({"/discovery":{"title":"x"}})", "{\n}", R"([{"Threat actor name":"x","Other names":"y"}])", R"({"timestamp":"1","type":"bar","value":"1"})",
        R"({"properties":{"a":{}}})", "[]"}) {
    Status status;
    const auto out = read_with("json", text, {}, 1 << 16, &status);
    ASSERT_FALSE(status.has_value()) << text;
    EXPECT_EQ(status.error().code, "not-a-feed") << text;
    EXPECT_TRUE(out.kept.empty());
  }
}

TEST(JsonReader, hostile_shapes_are_bounded) {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "{\"data\":[";
  deep += "{\"ip\":\"198.51.100.1\"}";
  for (int i = 0; i < 100; ++i) deep += "]}";
  Status status;
  EXPECT_LE(read_with("json", deep, {}, 1 << 16, &status).kept.size(), 1U);
  std::string keys = "{";
  for (int i = 0; i < 20'000; ++i) keys += fmt::format("\"k{}\":{{\"x\":1}},", i);
  keys += "\"ip\":\"198.51.100.1\"}";
  read_with("json", keys, {}, 1 << 16, &status);
  const auto dup =
      read_with("json", R"({"ip":"198.51.100.1","ip":"198.51.100.2","tags":5,"first_seen":{"a":1},"confidence":-3,"port":[1]})", {}, 1 << 16, &status);
  EXPECT_EQ(dup.kept.size(), 2U);
}

TEST(JsonReader, dictionaries_with_any_number_of_names) {
  std::string text = "[";
  for (int i = 0; i < 6000; ++i) text += fmt::format("{}{{\"ip\":\"198.51.100.{}\",\"x{}\":1,\"id{}\":{{\"y{}\":2}}}}", i == 0 ? "" : ",\n", i % 250, i, i, i);
  const auto out = json(text + "]");
  ASSERT_EQ(out.kept.size(), 6000U);
  EXPECT_EQ(out.kept.back().context("x5999"), "1");
  EXPECT_EQ(out.kept.back().context("id5999.y5999"), "2");
}

FeedSettings mapped(std::initializer_list<std::pair<const std::string, std::string>> list) {
  FeedSettings s;
  for (const auto& m : list) s.mapping.insert(m);
  return s;
}

TEST(JsonMapping, paths_and_roles) {
  const auto s = mapped({{"value", "data[].ioc.value"},
                         {"type", "data[].ioc.kind"},
                         {"labels", "data[].tags[]"},
                         {"threat", "meta.campaign"},
                         {"actor", "data[].by"},
                         {"first_seen", "data[].seen"}});
  const auto out = json(R"({"meta":{"campaign":"Autumn"},"data":[
    {"ioc":{"value":"evil.example","kind":"domain"},"tags":["a","b"],"by":"Shrike","seen":"2026-01-01"},
    {"ioc":{"value":"x","kind":"mutex"}},
    {"ioc":{"value":"198.51.100.1"}}, {"ioc":5}, 7]})",
                        s);
  EXPECT_EQ(out.values(), (Values{"evil.example", "198.51.100.1"}));
  const auto& k = out.kept[0];
  EXPECT_EQ(k.hint, TypeHint::domain);
  EXPECT_EQ(k.record.labels, (Values{"a", "b"}));
  EXPECT_EQ(k.context("threat"), "Autumn");
  EXPECT_EQ(k.context("actor"), "Shrike");
  EXPECT_EQ(k.record.where.path, "/data/0/ioc/value");
  EXPECT_EQ(k.record.where.line, 2U);
  EXPECT_TRUE(k.record.first_seen.has_value());
  EXPECT_EQ(out.passed.at("mutex"), 1);
}

TEST(JsonMapping, nested_lists_and_root_forms) {
  const auto nested = json(R"([{"actor":"A","hosts":[{"h":"a.example"},{"h":"b.example"}]},{"actor":"B","hosts":[{"h":"c.example"}]}])",
                           mapped({{"value", "[].hosts[].h"}, {"actor", "[].actor"}}));
  EXPECT_EQ(nested.values(), (Values{"a.example", "b.example", "c.example"}));
  EXPECT_EQ(nested.kept[1].context("actor"), "A");
  EXPECT_EQ(nested.kept[2].context("actor"), "B");
  const auto lines = json("{\"q\":{\"n\":\"a.example\"}}\n{\"q\":{\"n\":\"b.example\"}}\n", mapped({{"value", "q.n"}}));
  EXPECT_EQ(lines.values(), (Values{"a.example", "b.example"}));
  EXPECT_EQ(json(R"([{"n":"a.example"},{"n":"b.example"}])", mapped({{"value", "n"}})).values(), (Values{"a.example", "b.example"}));
  EXPECT_EQ(json(R"({"x.y":["a.example","b.example"]})", mapped({{"value", "x\\.y[]"}})).values(), (Values{"a.example", "b.example"}));
  EXPECT_EQ(json(R"([{"l":["a.example"]},{"l":["b.example"]}])", mapped({{"value", "l[]"}})).values(), (Values{"a.example", "b.example"}));
}

TEST(JsonMapping, mistakes_are_told) {
  for (const auto& s :
       {mapped({{"value", "no.such[].path"}}), mapped({{"value", "a..b"}}), mapped({{"value", "a[0]"}}), mapped({{"value", ""}}), mapped({{"type", "a"}})}) {
    Status status;
    read_with("json", R"({"a":[{"b":"evil.example"}]})", s, 1 << 16, &status);
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, "json-mapping");
  }
}

}  // namespace
}  // namespace mozu::formats::test
