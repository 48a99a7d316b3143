// Renderings of detections: exact shapes, hostile values, and that each output is one line its reader can take apart again.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>

#include "mozu/base/text.hpp"
#include "mozu/base/version.hpp"
#include "mozu/formats/detection_writer.hpp"

namespace mozu::formats {
namespace {

intel::Detection example() {
  intel::Detection d;
  d.source = "proxy.log";
  d.line = 17;
  d.offset = 42;
  d.length = 16;
  d.event = {"zeek-json", from_civil({2026, 11, 1, 10, 0, 0, 0}), "192.0.2.5", "198.51.100.7", "ann", "query"};
  d.observable = {intel::ObservableType::domain_name, "cdn.evil.example"};
  d.relation = intel::Relation::subdomain;
  d.indicator_kind = intel::PatternKind::domain;
  d.indicator_value = "evil.example";
  d.indicator_id = "indicator--0f3c1d9a-0000-5000-8000-000000000001";
  d.feeds = {"acme"};
  d.labels = {"c2"};
  d.confidence = 80;
  return d;
}

intel::Detection rich() {
  intel::Detection d = example();
  d.feeds = {"acme", "other"};
  d.labels = {"c2", "ransomware"};
  d.tlp = intel::Tlp::amber;
  d.context = {{"acme", {{"threat", "Emotet"}, {"reference", "https://a.example/1"}, {"actor", "TA1"}, {"reference", "https://a.example/2"}}},
               {"other", {{"port", "443"}}}};
  return d;
}

intel::Detection hostile() {
  const std::string evil = std::string("a\"b\\c\n\r\t|=\x01\x1b[31m\xff\xc3(\0z", 22) + "\u202e";
  intel::Detection d = rich();
  d.source = d.event.source = d.event.destination = d.event.user = d.event.field = d.event.format = evil;
  d.observable.value = d.indicator_value = d.indicator_id = d.suppressed = evil;
  d.feeds = d.labels = {evil, evil};
  d.context = {{evil, {{evil, evil}, {evil, evil}, {"threat", evil}, {"reference", evil}}}};
  return d;
}

std::string render(const intel::Detection& d, DetectionFormat f, bool colour = false) {
  std::string out = "before\n";
  write_detection(out, d, f, {colour});
  EXPECT_TRUE(out.starts_with("before\n"));
  EXPECT_TRUE(out.ends_with('\n'));
  return out.substr(7);
}

simdjson::dom::element parsed(simdjson::dom::parser& parser, const std::string& json) {
  EXPECT_EQ(std::ranges::count(json, '\n'), 1);
  simdjson::dom::element e;
  EXPECT_EQ(parser.parse(simdjson::padded_string(json)).get(e), simdjson::SUCCESS) << json;
  return e;
}

std::string text_at(simdjson::dom::element e, std::string_view pointer) {
  std::string_view s;
  if (e.at_pointer(pointer).get(s) != simdjson::SUCCESS) return "(none)";
  return std::string(s);
}

TEST(DetectionJson, IsTheDocumentedShape) {
  intel::Detection d = example();
  d.event.format = d.event.source = d.event.destination = d.event.user = d.event.field = "";
  EXPECT_EQ(
      render(d, DetectionFormat::json),
      R"({"source":"proxy.log","line":17,"offset":42,"length":16,"time":"2026-11-01T10:00:00Z",)"
      R"("observable":{"type":"domain-name","value":"cdn.evil.example"},"relation":"subdomain",)"
      R"("indicator":{"type":"domain-name","value":"evil.example","feeds":["acme"],"id":"indicator--0f3c1d9a-0000-5000-8000-000000000001","labels":["c2"],"confidence":80}})"
      "\n");
}

TEST(DetectionJson, AddsWhatIsKnown) {
  EXPECT_EQ(render(rich(), DetectionFormat::json),
            R"({"source":"proxy.log","line":17,"offset":42,"length":16,"time":"2026-11-01T10:00:00Z",)"
            R"("observable":{"type":"domain-name","value":"cdn.evil.example"},"relation":"subdomain",)"
            R"("indicator":{"type":"domain-name","value":"evil.example","feeds":["acme","other"],"id":"indicator--0f3c1d9a-0000-5000-8000-000000000001",)"
            R"("labels":["c2","ransomware"],"confidence":80,"tlp":"TLP:AMBER",)"
            R"("context":{"acme":{"threat":"Emotet","reference":["https://a.example/1","https://a.example/2"],"actor":"TA1"},"other":{"port":"443"}}},)"
            R"("event":{"format":"zeek-json","source":"192.0.2.5","destination":"198.51.100.7","user":"ann","field":"query"}})"
            "\n");
}

TEST(DetectionJson, NoTimeIsNullAndHashesAreFiles) {
  intel::Detection d = example();
  d.event = {};
  d.observable = {intel::ObservableType::sha256, std::string(64, 'a')};
  d.indicator_kind = intel::PatternKind::sha256;
  d.indicator_value = d.observable.value;
  d.relation = intel::Relation::exact;
  d.suppressed = "warning list: x";
  simdjson::dom::parser parser;
  const std::string json = render(d, DetectionFormat::json);
  const auto e = parsed(parser, json);
  EXPECT_TRUE(e["time"].is_null());
  EXPECT_EQ(text_at(e, "/observable/type"), "file");
  EXPECT_EQ(text_at(e, "/observable/algorithm"), "SHA-256");
  EXPECT_EQ(text_at(e, "/indicator/type"), "file");
  EXPECT_EQ(text_at(e, "/suppressed"), "warning list: x");
  EXPECT_EQ(text_at(e, "/event/format"), "(none)");
}

TEST(DetectionJson, ManyContextFieldsAreGrouped) {
  intel::Detection d = example();
  intel::ContextFields fields;
  for (int i = 0; i < 200; ++i) fields.emplace_back(i % 2 == 0 ? "reference" : "tags", std::to_string(i));
  d.context = {{"acme", fields}};
  simdjson::dom::parser parser;
  const auto e = parsed(parser, render(d, DetectionFormat::json));
  simdjson::dom::array a;
  ASSERT_EQ(e.at_pointer("/indicator/context/acme/reference").get(a), simdjson::SUCCESS);
  EXPECT_EQ(a.size(), 100U);
}

TEST(DetectionJson, HostileValuesStayValues) {
  simdjson::dom::parser parser;
  const auto e = parsed(parser, render(hostile(), DetectionFormat::json));
  const std::string value = text_at(e, "/observable/value");
  EXPECT_TRUE(value.starts_with("a\"b\\c\n\r\t|=\x01\x1b[31m")) << value;
  EXPECT_TRUE(is_utf8(value));
  EXPECT_EQ(text_at(e, "/event/user"), value);
}

TEST(DetectionEcs, FollowsTheSchema) {
  simdjson::dom::parser parser;
  const auto e = parsed(parser, render(rich(), DetectionFormat::ecs));
  EXPECT_EQ(text_at(e, "/@timestamp"), "2026-11-01T10:00:00Z");
  EXPECT_EQ(text_at(e, "/event/kind"), "alert");
  EXPECT_EQ(text_at(e, "/event/category/0"), "threat");
  EXPECT_EQ(text_at(e, "/event/type/0"), "indicator");
  EXPECT_EQ(text_at(e, "/threat/indicator/type"), "domain-name");
  EXPECT_EQ(text_at(e, "/threat/indicator/url/domain"), "evil.example");
  EXPECT_EQ(text_at(e, "/threat/indicator/confidence"), "High");
  EXPECT_EQ(text_at(e, "/threat/indicator/marking/tlp"), "AMBER");
  EXPECT_EQ(text_at(e, "/threat/feed/name/1"), "other");
  EXPECT_EQ(text_at(e, "/threat/software/name/0"), "Emotet");
  EXPECT_EQ(text_at(e, "/threat/group/name/0"), "TA1");
  EXPECT_EQ(text_at(e, "/source/ip"), "192.0.2.5");
  EXPECT_EQ(text_at(e, "/destination/ip"), "198.51.100.7");
  EXPECT_EQ(text_at(e, "/user/name"), "ann");
  EXPECT_EQ(text_at(e, "/log/file/path"), "proxy.log");
  EXPECT_EQ(text_at(e, "/related/hosts/0"), "cdn.evil.example");
  EXPECT_EQ(text_at(e, "/mozu/relation"), "subdomain");
}

TEST(DetectionEcs, EveryKindHasItsField) {
  struct Case {
    intel::PatternKind kind;
    const char *value, *pointer, *expected;
  };
  for (const Case& c : {Case{intel::PatternKind::ipv4, "192.0.2.1", "/threat/indicator/ip", "192.0.2.1"},
                        Case{intel::PatternKind::ipv4_range, "192.0.2.0/24", "/threat/indicator/name", "192.0.2.0/24"},
                        Case{intel::PatternKind::ipv4_range, "192.0.2.0/24", "/threat/indicator/ip", "(none)"},
                        Case{intel::PatternKind::url, "evil.example:8080/x", "/threat/indicator/url/domain", "evil.example"},
                        Case{intel::PatternKind::url, "[2001:db8::1]/x", "/threat/indicator/url/domain", "2001:db8::1"},
                        Case{intel::PatternKind::url_mask, "*.evil.example/x*", "/threat/indicator/url/domain", "evil.example"},
                        Case{intel::PatternKind::email, "a@evil.example", "/threat/indicator/email/address", "a@evil.example"},
                        Case{intel::PatternKind::md5, "00", "/threat/indicator/file/hash/md5", "00"}}) {
    intel::Detection d = example();
    d.indicator_kind = c.kind;
    d.indicator_value = c.value;
    simdjson::dom::parser parser;
    EXPECT_EQ(text_at(parsed(parser, render(d, DetectionFormat::ecs)), c.pointer), c.expected) << c.value;
  }
  intel::Detection d = example();
  d.event.time.reset();
  d.event.source = "ws1.example";
  d.event.destination = "fe80::0001%5";
  simdjson::dom::parser parser;
  const auto e = parsed(parser, render(d, DetectionFormat::ecs));
  EXPECT_EQ(text_at(e, "/@timestamp"), "(none)");
  EXPECT_EQ(text_at(e, "/source/domain"), "ws1.example");
  EXPECT_EQ(text_at(e, "/destination/address"), "fe80::0001%5");
  EXPECT_EQ(text_at(e, "/destination/ip"), "fe80::1");
  EXPECT_EQ(text_at(e, "/related/ip/0"), "fe80::1");
  parsed(parser, render(hostile(), DetectionFormat::ecs));
}

TEST(DetectionCef, IsOneEscapedLine) {
  const std::string line = render(rich(), DetectionFormat::cef);
  EXPECT_TRUE(line.starts_with("CEF:0|Mozu|Matcher|" + std::string(version()) +
                               "|indicator-domain|Threat indicator seen: domain-name|8|rt=1793527200000 src=192.0.2.5 dst=198.51.100.7 suser=ann "))
      << line;
  for (const char* part : {"cs1Label=Observable cs1=cdn.evil.example ", "cs2=evil.example ", "cs3=acme,other ", "cs4=subdomain ", "cn1=80 ", "cn2=17 ",
                           "flexString1=TLP:AMBER ", "flexString2=query ", "fname=proxy.log ", "cs6=threat: Emotet; actor: TA1 "})
    EXPECT_NE(line.find(part), std::string::npos) << part << "\n" << line;
}

TEST(DetectionCef, EscapesAndChoosesKeys) {
  const std::string line = render(hostile(), DetectionFormat::cef);
  EXPECT_EQ(std::ranges::count(line, '\n'), 1);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  EXPECT_TRUE(is_utf8(line));
  intel::Detection d = example();
  d.observable = {intel::ObservableType::url, "evil.example/?a=b|c\\d\ne"};
  d.event.source = "2001:db8::1";
  d.event.destination = "www.example";
  const std::string url = render(d, DetectionFormat::cef);
  EXPECT_NE(url.find(R"( request=evil.example/?a\=b|c\\d\ne )"), std::string::npos) << url;
  EXPECT_NE(url.find(" c6a2Label=Source IPv6 Address c6a2=2001:db8::1 dhost=www.example "), std::string::npos) << url;
  // seven bars of the header, none of them escaped away; a bar in a value needs no escape
  EXPECT_EQ(std::ranges::count(url.substr(0, url.find("rt=")), '|'), 7);
}

TEST(DetectionSiem, ControlsOfTwoBytesAndSeparatorsDoNotReachTheTerminal) {
  intel::Detection d = example();
  d.event.user = d.observable.value = d.indicator_value = "a\u009b31m\u0085b\u2028c\u2029d\u00a0e";
  for (const DetectionFormat f : {DetectionFormat::cef, DetectionFormat::leef}) {
    const std::string line = render(d, f);
    EXPECT_EQ(line.find("\xC2\x9B"), std::string::npos) << line;
    EXPECT_NE(line.find("=a 31m b\\nc\\nd\u00a0e"), std::string::npos) << line;
  }
  for (const DetectionFormat f : {DetectionFormat::json, DetectionFormat::ecs}) EXPECT_NE(render(d, f).find("\"a\\u009b31m\\u0085b\u2028"), std::string::npos);
}

TEST(DetectionCef, SeverityFollowsConfidence) {
  const auto severity = [](std::uint8_t confidence, std::string suppressed = {}) {
    intel::Detection d = example();
    d.confidence = confidence;
    d.suppressed = std::move(suppressed);
    return split(render(d, DetectionFormat::cef), '|')[6] == "" ? std::string() : std::string(split(render(d, DetectionFormat::cef), '|')[6]);
  };
  EXPECT_EQ(severity(0), "3");
  EXPECT_EQ(severity(1), "1");
  EXPECT_EQ(severity(80), "8");
  EXPECT_EQ(severity(100), "10");
  EXPECT_EQ(severity(100, "known good"), "0");
}

TEST(DetectionLeef, IsTabSeparated) {
  const std::string line = render(rich(), DetectionFormat::leef);
  EXPECT_TRUE(line.starts_with("LEEF:2.0|Mozu|Matcher|" + std::string(version()) +
                               "|indicator-domain|x09|devTime=2026-11-01T10:00:00Z\tdevTimeFormat=yyyy-MM-dd'T'HH:mm:ssX\t"))
      << line;
  for (const char* part : {"\tsrc=192.0.2.5\t", "\tdst=198.51.100.7\t", "\tusrName=ann\t", "\tsev=8\t", "\tobservable=cdn.evil.example\t",
                           "\tfeeds=acme,other\t", "\ttlp=TLP:AMBER\t", "\treference=https://a.example/1\t"})
    EXPECT_NE(line.find(part), std::string::npos) << part << "\n" << line;
  const std::string evil = render(hostile(), DetectionFormat::leef);
  EXPECT_EQ(std::ranges::count(evil, '\n'), 1);
  EXPECT_TRUE(is_utf8(evil));
  for (const std::string_view pair : split(std::string_view(evil).substr(evil.find("|x09|") + 5), '\t'))
    EXPECT_NE(pair.find('='), std::string_view::npos) << pair;
}

TEST(DetectionText, ReadsWell) {
  EXPECT_EQ(render(rich(), DetectionFormat::text),
            "2026-11-01T10:00:00Z  proxy.log:17:43  domain-name cdn.evil.example\n"
            "    subdomain of evil.example · acme, other · confidence 80 · TLP:AMBER · c2, ransomware\n"
            "    192.0.2.5 → 198.51.100.7 · user ann · field query · zeek-json\n"
            "    threat: Emotet · actor: TA1 · port: 443 · reference: https://a.example/1\n"
            "    reference: https://a.example/2\n");
  for (const std::string_view line : split(render(rich(), DetectionFormat::text), '\n')) EXPECT_LE(line.size(), 110U);  // 100 columns; "·" takes two bytes
  intel::Detection hash = example();
  hash.observable = {intel::ObservableType::md5, std::string(32, 'a')};
  EXPECT_NE(render(hash, DetectionFormat::text).find("  file MD5 aaaa"), std::string::npos);
  EXPECT_NE(render(rich(), DetectionFormat::text, true).find("\x1b[1;31mcdn.evil.example\x1b[0m"), std::string::npos);
}

TEST(DetectionText, HostileTextCannotReachTheTerminal) {
  for (const char c : render(hostile(), DetectionFormat::text)) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
  EXPECT_EQ(render(hostile(), DetectionFormat::text).find("\u202e"), std::string::npos);
  EXPECT_NE(render(hostile(), DetectionFormat::text).find("suppressed: a"), std::string::npos);
}

TEST(DetectionFormats, HaveNames) {
  EXPECT_EQ(parse_detection_format("json"), DetectionFormat::json);
  EXPECT_EQ(parse_detection_format("cef"), DetectionFormat::cef);
  EXPECT_EQ(parse_detection_format("leef"), DetectionFormat::leef);
  EXPECT_EQ(parse_detection_format("ecs"), DetectionFormat::ecs);
  EXPECT_EQ(parse_detection_format("text"), DetectionFormat::text);
  EXPECT_EQ(parse_detection_format("JSON"), std::nullopt);
  EXPECT_EQ(parse_detection_format(""), std::nullopt);
}

TEST(DetectionFormats, LongValuesAreCutWhereTheFormatSaysSo) {
  intel::Detection d = example();
  d.observable = {intel::ObservableType::url, "evil.example/" + std::string(100000, 'x')};
  d.feeds.assign(10000, "feed");
  EXPECT_LT(render(d, DetectionFormat::cef).size(), 20000U);
  EXPECT_LT(render(d, DetectionFormat::leef).size(), 20000U);
  EXPECT_LT(render(d, DetectionFormat::text).size(), 2000U);
  EXPECT_GT(render(d, DetectionFormat::json).size(), 100000U);  // the record loses nothing
}

}  // namespace
}  // namespace mozu::formats
