#include "tree_support.hpp"

namespace mozu::formats::test {
namespace {

using intel::TypeHint;

constexpr std::string_view event = R"({"Event": {
  "Attribute": [
    {"type": "domain", "category": "Network activity", "value": "evil.example", "to_ids": true, "comment": "c2", "uuid": "5a3c2fda-78f4-44b7-8366-46da02de0b81",
     "first_seen": "2026-01-01T00:00:00+00:00", "last_seen": "2026-02-01", "Tag": [{"name": "misp-galaxy:mitre-attack-pattern=\"Web Protocols - T1071.001\""}]},
    {"type": "ip-dst|port", "value": "198.51.100.7|8443", "to_ids": "1"},
    {"type": "hostname|port", "value": "c2.evil.example|80"},
    {"type": "domain|ip", "value": "two.evil.example|198.51.100.8", "to_ids": true},
    {"type": "filename|sha1", "value": "a|b.exe|0123456789abcdef0123456789abcdef01234567", "to_ids": true},
    {"type": "malware-sample", "value": "x.exe|0123456789abcdef0123456789abcdef", "to_ids": true},
    {"type": "malware-sample", "value": "x.exe", "to_ids": true},
    {"type": "ip-src", "value": "198.51.100.9", "to_ids": false},
    {"type": "url", "value": "http://gone.example/", "to_ids": true, "deleted": true},
    {"type": "mutex", "value": "m", "to_ids": true},
    {"type": "uri", "value": "/gate.php", "to_ids": true},
    {"type": "sha256", "to_ids": true},
    "no object"
  ],
  "Object": [
    {"name": "file", "meta-category": "file", "comment": "dropper", "Attribute": [
      {"type": "filename", "object_relation": "filename", "value": "drop.exe", "to_ids": true},
      {"type": "md5", "object_relation": "md5", "value": "00112233445566778899aabbccddeeff", "to_ids": true}]},
    {"name": "url", "deleted": true, "Attribute": [{"type": "url", "value": "http://gone.example/2", "to_ids": true}]}
  ],
  "Galaxy": [{"name": "x", "GalaxyCluster": [{"tag_name": "misp-galaxy:malpedia=\"Gnaw\""}]}],
  "Tag": [{"name": "tlp:amber"}, {"name": "misp-galaxy:threat-actor=\"Grey Shrike\""}, {"name": "osint"}, {"name": "misp:confidence-level=\"usually-confident\""}],
  "Orgc": {"name": "Watch"}, "date": "2026-01-05", "info": "Autumn campaign", "uuid": "5a4cb19a-f550-437f-bd29-48ed950d210f"
}})";

TEST(MispReader, an_event) {
  EXPECT_EQ(sniffed(event), "misp");
  const auto out = read_with("misp", event);
  EXPECT_EQ(out.values(), (Values{"evil.example", "198.51.100.7", "c2.evil.example", "two.evil.example", "198.51.100.8",
                                  "0123456789abcdef0123456789abcdef01234567", "0123456789abcdef0123456789abcdef", "00112233445566778899aabbccddeeff"}));
  const auto& k = out.at("evil.example");
  EXPECT_EQ(k.hint, TypeHint::domain);
  EXPECT_EQ(k.record.id, "indicator--5a3c2fda-78f4-44b7-8366-46da02de0b81");
  EXPECT_EQ(k.record.confidence, 75);
  EXPECT_EQ(format_time(*k.record.first_seen), "2026-01-01T00:00:00Z");
  EXPECT_EQ(k.record.where.path, "/Event/Attribute/0");
  EXPECT_EQ(k.record.where.line, 3U);
  EXPECT_EQ(k.context("description"), "c2");
  EXPECT_EQ(k.context("category"), "Network activity");
  EXPECT_EQ(k.context("tlp"), "TLP:AMBER");
  EXPECT_EQ(k.context("actor"), "Grey Shrike");
  EXPECT_EQ(k.context("malware"), "Gnaw");
  EXPECT_EQ(k.context("attack"), "T1071.001");
  EXPECT_EQ(k.context("threat"), "Autumn campaign");
  EXPECT_EQ(k.context("event_uuid"), "5a4cb19a-f550-437f-bd29-48ed950d210f");
  EXPECT_EQ(k.context("created_by"), "Watch");
  EXPECT_EQ(out.at("198.51.100.7").context("port"), "8443");
  EXPECT_EQ(out.at("198.51.100.7").hint, TypeHint::ip);
  EXPECT_EQ(out.at("0123456789abcdef0123456789abcdef01234567").context("file_name"), "a|b.exe");
  EXPECT_EQ(out.at("00112233445566778899aabbccddeeff").context("file_name"), "drop.exe");
  EXPECT_EQ(out.at("00112233445566778899aabbccddeeff").record.where.path, "/Event/Object/0/Attribute/1");
  EXPECT_EQ(out.passed, (std::map<std::string, int>{{"deleted", 2}, {"file name", 1}, {"filename", 1}, {"mutex", 1}, {"to_ids is false", 1}, {"uri", 1}}));
  EXPECT_EQ(out.refused.size(), 2U);
}

TEST(MispReader, to_ids_can_be_ignored) {
  FeedSettings settings;
  settings.all_attributes = true;
  EXPECT_EQ(read_with("misp", event, settings).at("198.51.100.9").hint, TypeHint::ip);
}

TEST(MispReader, an_event_without_any_to_ids_says_so) {
  const auto out = read_with("misp", R"({"info":"x","analysis":"1","Attribute":[{"type":"domain","to_ids":false,"value":"a.example"}]})");
  EXPECT_TRUE(out.kept.empty());
  EXPECT_TRUE(out.noted("misp-to-ids"));
  EXPECT_FALSE(read_with("misp", event).noted("misp-to-ids"));
}

TEST(MispReader, answers_arrays_and_bare_events) {
  const std::string a = R"({"info":"one","threat_level_id":"1","Attribute":[{"type":"domain","category":"x","to_ids":true,"value":"a.example"}]})";
  const std::string b = R"({"Attribute":[{"type":"domain","category":"x","to_ids":true,"value":"b.example"}],"info":"two","analysis":"1"})";
  for (const std::string& text :
       {R"({"response":[{"Event":)" + a + R"(},{"Event":)" + b + "}]}", "[" + a + "," + b + "]", R"([{"Event":)" + a + R"(},{"Event":)" + b + "}]",
        R"({"Event":)" + a + "}\n" + R"({"Event":)" + b + "}", R"({"response":[)" + a + "," + b + "]}"}) {
    EXPECT_EQ(sniffed(text), "misp") << text;
    const auto out = read_with("misp", text, {}, 11);
    EXPECT_EQ(out.values(), (Values{"a.example", "b.example"})) << text;
    EXPECT_EQ(out.at("a.example").context("threat"), "one") << text;
    EXPECT_EQ(out.at("b.example").context("threat"), "two") << text;
  }
  const auto search =
      read_with("misp", R"({"response":{"Attribute":[{"type":"domain","to_ids":true,"value":"c.example","Event":{"info":"three","uuid":"u"}}]}})");
  EXPECT_EQ(search.at("c.example").context("threat"), "three");
}

TEST(MispReader, the_index_of_a_feed_is_no_feed) {
  const std::string_view manifest =
      R"({"dad88707-beb8-4a14-94e2-5ffecf5a5f85": {"info": "x", "Orgc": {}, "timestamp": "1"}, "6c1c6c4f-5cde-474f-bb69-8e5b8b041f81": {"info": "y"}})";
  EXPECT_EQ(sniffed(manifest), "misp");
  Status status;
  read_with("misp", manifest, {}, 1 << 16, &status);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, "not-a-feed");
}

TEST(MispReader, a_cut_event_keeps_its_attributes) {
  const auto out = read_with("misp", event.substr(0, event.find("\"hostname|port\"")));
  EXPECT_EQ(out.values(), (Values{"evil.example", "198.51.100.7"}));
  EXPECT_FALSE(out.refused.empty());
}

TEST(WarninglistReader, types) {
  const std::string_view text =
      R"({"description":"d","list":[".evil.example","one.example","one.example/b","word"],"matching_attributes":["domain","hostname","url"],"name":"Names","type":"string","version":1})";
  EXPECT_EQ(sniffed(text), "warninglist");
  const auto out = read_with("warninglist", text);
  EXPECT_EQ(out.values(), (Values{"evil.example", "one.example", "one.example/b"}));
  EXPECT_FALSE(out.kept[0].record.exact_only);
  EXPECT_TRUE(out.kept[1].record.exact_only);
  EXPECT_EQ(out.kept[1].context("description"), "warning list: Names");
  EXPECT_EQ(out.kept[1].record.where.path, "/list/1");
  EXPECT_EQ(out.passed, (std::map<std::string, int>{{"top-level domain or word", 1}}));

  const auto hosts = read_with("warninglist", R"({"list":["evil.example"],"matching_attributes":["hostname"],"name":"n","type":"hostname"})");
  EXPECT_FALSE(hosts.kept[0].record.exact_only);
  const auto cidr = read_with("warninglist", R"({"list":["192.0.2.0/24", "2001:DB8::/32", 5, ""],"matching_attributes":["ip-src"],"name":"n","type":"cidr"})");
  EXPECT_EQ(cidr.values(), (Values{"192.0.2.0/24", "2001:DB8::/32"}));
  EXPECT_EQ(cidr.kept[0].hint, TypeHint::ip);
  EXPECT_EQ(cidr.refused.size(), 2U);
  const auto regex = read_with("warninglist", R"({"list":["/^x$/"],"matching_attributes":["email-src"],"name":"n","type":"regex"})");
  EXPECT_EQ(regex.passed, (std::map<std::string, int>{{"regex entry", 1}}));
}

}  // namespace
}  // namespace mozu::formats::test
