// TAXII 2.1 over the wire.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <set>

#include "house.hpp"
#include "mozu/base/base64.hpp"
#include "mozu/server/http.hpp"
#include "taxii.hpp"

namespace mozu::server::test {
namespace {

std::string object(int n, std::string_view modified = "2026-01-01T00:00:00.000Z") {
  return fmt::format(
      R"({{"type":"tool","spec_version":"2.1","id":"tool--00000000-0000-4000-8000-{:012}","created":"2026-01-01T00:00:00.000Z","modified":"{}","name":"Tool {}"}})",
      n, modified, n);
}
std::string envelope(int from, int to) {
  std::string out = R"({"objects":[)";
  for (int i = from; i < to; ++i) out += (i == from ? "" : ",") + object(i);
  return out + "]}";
}

Answer get(House& house, std::string_view target, std::string_view who = "fee") {
  return house.ask(who, "GET", target, {}, "Accept: application/taxii+json;version=2.1\r\n");
}

std::vector<std::string> ids(const Answer& a) {
  std::vector<std::string> out;
  for (auto at = a.body.find(R"("id":"tool--)"); at != std::string::npos; at = a.body.find(R"("id":"tool--)", at + 1)) out.push_back(a.body.substr(at + 6, 42));
  return out;
}
std::string next_of(const Answer& a) {
  const auto at = a.body.find(R"("next":")");
  return at == std::string::npos ? "" : a.body.substr(at + 8, a.body.find('"', at + 8) - at - 8);
}

constexpr std::string_view everything = "/taxii2/knowledge/collections/everything";

TEST(Taxii, DiscoveryLeadsToCollections) {
  House house;
  house.import(envelope(0, 2), intel::common, intel::Tlp::green);
  const Answer discovery = get(house, "/taxii2/");
  EXPECT_EQ(discovery.status, 200);
  EXPECT_EQ(discovery.header("content-type"), taxii_type);
  EXPECT_TRUE(discovery.has(R"("api_roots":["/taxii2/knowledge/"])"));
  EXPECT_TRUE(get(house, "/taxii2/knowledge/").has(R"("versions":["application/taxii+json;version=2.1"])"));
  const Answer all = get(house, "/taxii2/knowledge/collections/");
  for (const auto alias : {"everything", "tlp:green", "tlp:amber+strict", "type:tool", "source:test", "inbox"})
    EXPECT_TRUE(all.has(fmt::format(R"("alias":"{}")", alias))) << alias;
  const auto at = all.body.find(R"("id":")") + 6;
  const std::string id = all.body.substr(at, 36);
  EXPECT_TRUE(get(house, fmt::format("/taxii2/knowledge/collections/{}/", id)).has(R"("title":"Everything")"));
  EXPECT_EQ(ids(get(house, "/taxii2/knowledge/collections/tlp:green/objects/")).size(), 2U);
  EXPECT_EQ(ids(get(house, "/taxii2/knowledge/collections/tlp:red/objects/")).size(), 0U);
  EXPECT_EQ(ids(get(house, "/taxii2/knowledge/collections/type:tool/objects/")).size(), 2U);
  EXPECT_EQ(ids(get(house, "/taxii2/knowledge/collections/source:test/objects/")).size(), 2U);
  EXPECT_EQ(get(house, "/taxii2/knowledge/collections/source:other/objects/").status, 404);
}

TEST(Taxii, OtherMediaTypesAreRefused) {
  House house;
  EXPECT_EQ(house.ask("fee", "GET", "/taxii2/", {}, "Accept: application/json\r\n").status, 406);
  EXPECT_EQ(house.ask("fee", "GET", "/taxii2/", {}, "Accept: application/taxii+json;version=2.0\r\n").status, 406);
  EXPECT_EQ(house.ask("fee", "GET", "/taxii2/", {}, "Accept: application/taxii+json; version=2.1\r\n").status, 200);
  EXPECT_EQ(house.ask("", "GET", "/taxii2/").status, 401);
}

TEST(Taxii, PagesLoseAndRepeatNothingOfOneDate) {
  House house;
  house.import(envelope(0, 25), intel::common, intel::Tlp::green);  // one import: one date_added
  std::multiset<std::string> seen;
  std::string next;
  int pages = 0;
  do {
    const Answer page = get(house, fmt::format("{}/objects/?limit=7{}", everything, next.empty() ? "" : "&next=" + percent_encode(next)));
    ASSERT_EQ(page.status, 200) << page.body;
    if (pages == 0) {
      EXPECT_EQ(page.header("x-taxii-date-added-first"), page.header("x-taxii-date-added-last"));
    }
    for (const auto& id : ids(page)) seen.insert(id);
    next = next_of(page);
    EXPECT_EQ(page.has(R"("more":true)"), !next.empty());
    // What others write meanwhile does not move the pages.
    if (++pages == 2) house.import(envelope(100, 103), intel::common, intel::Tlp::green);
    ASSERT_LE(pages, 6);
  } while (!next.empty());
  EXPECT_EQ(seen.size(), 28U);
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 28U);
}

TEST(Taxii, FiltersSelect) {
  House house;
  house.import(envelope(0, 3), intel::common, intel::Tlp::green);
  house.import(fmt::format(R"({{"objects":[{}]}})", object(1, "2026-02-01T00:00:00.000001Z")), intel::common, intel::Tlp::green);
  const std::string id1 = "tool--00000000-0000-4000-8000-000000000001", base = fmt::format("{}/objects/", everything);
  EXPECT_EQ(ids(get(house, base)).size(), 3U);
  EXPECT_EQ(ids(get(house, base + "?match[id]=" + id1)).size(), 1U);
  EXPECT_EQ(ids(get(house, base + "?match[type]=malware,tool")).size(), 3U);
  EXPECT_EQ(ids(get(house, base + "?match[type]=malware")).size(), 0U);
  EXPECT_EQ(ids(get(house, base + "?match[spec_version]=2.0")).size(), 0U);
  EXPECT_EQ(ids(get(house, base + "?match[version]=all")).size(), 4U);
  const Answer first = get(house, base + "?match[version]=first&match[id]=" + id1);
  EXPECT_EQ(ids(first).size(), 1U);
  EXPECT_TRUE(first.has("2026-01-01T00:00:00.000Z"));
  EXPECT_FALSE(first.has("2026-02-01T00:00:00.000001Z"));
  EXPECT_EQ(ids(get(house, base + "?match[version]=2026-02-01T00:00:00.000001Z")).size(), 1U);
  EXPECT_EQ(ids(get(house, base + "?match[version]=2026-02-01T00:00:00.000002Z")).size(), 0U);
  EXPECT_EQ(get(house, base + "?match[version]=newest").status, 400);
  const Answer versions = get(house, base + id1 + "/versions/");
  EXPECT_TRUE(versions.has(R"("versions":["2026-01-01T00:00:00.000Z","2026-02-01T00:00:00.000001Z"])")) << versions.body;
  EXPECT_EQ(ids(get(house, base + id1 + "/")).size(), 1U);
  EXPECT_EQ(get(house, base + "tool--00000000-0000-4000-8000-000000000099/").status, 404);
  const Answer manifest = get(house, fmt::format("{}/manifest/?match[id]={}", everything, id1));
  EXPECT_TRUE(manifest.has(R"("version":"2026-02-01T00:00:00.000001Z","media_type":"application/stix+json;version=2.1")")) << manifest.body;
}

TEST(Taxii, AddedAfterIsExact) {
  House house;
  house.import(envelope(0, 3), intel::common, intel::Tlp::green);
  const std::string base = fmt::format("{}/objects/", everything);
  const std::string added = get(house, base).header("x-taxii-date-added-last");
  ASSERT_FALSE(added.empty());
  EXPECT_EQ(ids(get(house, base + "?added_after=" + added)).size(), 0U);
  EXPECT_EQ(ids(get(house, base + "?added_after=2020-01-01T00:00:00Z")).size(), 3U);
  EXPECT_EQ(ids(get(house, base + "?added_after=" + taxii_time(*taxii_time_us(added) - 1000))).size(), 3U);
  EXPECT_EQ(get(house, base + "?added_after=yesterday").status, 400);
}

TEST(Taxii, InboxTakesObjectsAndTellsOfThem) {
  House house;
  const std::string inbox = "/taxii2/knowledge/collections/inbox/objects/";
  const std::string media = "Content-Type: application/taxii+json;version=2.1\r\n";
  // A refusal that comes before the body was read ends the connection: each writing has its own.
  const auto write = [&](std::string_view to, std::string_view who, std::string_view type, std::string_view what) {
    Wire wire(house.port());
    return wire.ask("POST", to, house.bearer(who) + std::string(type), what);
  };
  const std::string body = fmt::format(R"({{"objects":[{},{{"type":"tool","id":"malware--1"}}]}})", object(1));
  const Answer written = write(inbox, "ann", media, body);
  EXPECT_EQ(written.status, 202) << written.body;
  EXPECT_TRUE(written.has(R"("success_count":1,"failure_count":1)")) << written.body;
  const std::string id = written.body.substr(7, 36);
  EXPECT_EQ(get(house, "/taxii2/knowledge/status/" + id + "/", "ann").body, written.body);
  EXPECT_EQ(get(house, "/taxii2/knowledge/status/" + id + "/", "bob").status, 404);
  constexpr std::int64_t day_ms = 86'400'000;
  house.now.ms = Timestamp::now().ms + 6 * day_ms;
  EXPECT_EQ(write(inbox, "ann", media, body).status, 202);
  EXPECT_EQ(get(house, "/taxii2/knowledge/status/" + id + "/", "ann").status, 200);
  house.now.ms = Timestamp::now().ms + 8 * day_ms;
  const std::string later = write(inbox, "ann", media, body).body.substr(7, 36);
  EXPECT_EQ(get(house, "/taxii2/knowledge/status/" + id + "/", "ann").status, 404) << "kept for seven days";
  EXPECT_EQ(get(house, "/taxii2/knowledge/status/" + later + "/", "ann").status, 200);
  EXPECT_EQ(ids(get(house, fmt::format("{}/objects/", everything))).size(), 1U);
  EXPECT_EQ(ids(get(house, fmt::format("{}/objects/", everything), "bob")).size(), 0U) << "another organisation's";
  EXPECT_EQ(write(inbox, "fee", media, body).status, 403);
  EXPECT_EQ(write(fmt::format("{}/objects/", everything), "ann", media, body).status, 403);
  EXPECT_EQ(write(inbox, "ann", media, "{").status, 422);
  EXPECT_EQ(write(inbox, "ann", "Content-Type: application/json\r\n", body).status, 415);
}

TEST(Taxii, BasicWithATokenWorks) {
  House house;
  const std::string encoded = base64("x:" + house.tokens.at("fee"));
  const std::string basic = fmt::format("Authorization: Basic {}\r\n", encoded);
  EXPECT_EQ(house.ask("", "GET", "/taxii2/", {}, basic).status, 200);
  EXPECT_EQ(house.ask("", "DELETE", "/api/v1/tokens/999", {}, basic).status, 404);
  EXPECT_EQ(house.ask("", "DELETE", "/api/v1/tokens/999", {}, basic + "Origin: https://elsewhere.example\r\n").status, 403) << "browsers send it unasked";
  EXPECT_EQ(house.ask("", "DELETE", "/api/v1/tokens/999", {}, basic + "Sec-Fetch-Site: cross-site\r\n").status, 403);
}

}  // namespace
}  // namespace mozu::server::test
