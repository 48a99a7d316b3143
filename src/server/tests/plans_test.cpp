// Plans from outside: what is locked shows its title and nothing else, on every way; ten open and no eleventh; quotas; who may change what.
#include <gtest/gtest.h>

#include <fmt/core.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "house.hpp"
#include "mozu/base/text.hpp"
#include "publishing.hpp"

namespace mozu::server::test {
namespace {

class Plans : public ::testing::Test {
 protected:
  House house;
  Publisher publisher{house};

  Answer tell(std::string_view who, std::string_view method, const std::string& path, const std::string& body) {
    return house.ask(who, method, path, body, json_type);
  }
  Answer get(std::string_view who, const std::string& path) { return house.ask(who, "GET", path); }
  std::string subscriptions() const { return fmt::format("/api/v1/organisations/{}/subscriptions", house.b); }
  /// B holds a plan of this JSON, which lacks its name.
  void holds(const std::string& plan, const std::string& subscription = {}) {
    const Answer made = tell("root", "PUT", "/api/v1/plans/p", R"({"name":"p",)" + plan + "}");
    ASSERT_EQ(made.status, 201) << made.body;
    const Answer given = tell("root", "PUT", subscriptions(), R"({"subscriptions":[{"plan":"p")" + subscription + "}]}");
    ASSERT_EQ(given.status, 200) << given.body;
  }
  Answer open(const std::string& id, std::string_view who = "bob") { return house.ask(who, "POST", "/api/v1/publications/" + id + "/open"); }
};

TEST_F(Plans, WithoutAnyEverythingIsOpen) {
  const std::string id = publisher.publish("lynx");
  EXPECT_EQ(get("bob", "/api/v1/publications/" + id).status, 200);
  const Answer own = get("bob", "/api/v1/plan");
  EXPECT_TRUE(own.has(R"("state":"unlimited")")) << own.body;
  EXPECT_FALSE(get("bob", "/api/v1/publications").has("locked"));
}

TEST_F(Plans, WhatIsLockedShowsItsTitle) {
  const std::string id = publisher.publish("lynx");
  holds(R"("trial":10)");
  const Answer list = get("bob", "/api/v1/publications");
  EXPECT_TRUE(list.has("Title of lynx") && list.has(R"("locked":true)") && list.has(R"("kind":"crimeware")") && list.has("Amber Lynx")) << list.body;
  EXPECT_FALSE(list.has(Publisher::canary)) << list.body;
  const Answer one = get("bob", "/api/v1/publications/" + id + "?include=execsum,full,html,iocs,yara,stix");
  EXPECT_EQ(one.status, 403);
  EXPECT_EQ(one.header("content-type"), "application/problem+json");
  EXPECT_TRUE(one.has(R"("type":"/problems/locked")") && one.has("Title of lynx") && one.has(R"("left":10)")) << one.body;
  EXPECT_FALSE(one.has(Publisher::canary)) << one.body;
  EXPECT_EQ(get("bob", "/api/v1/publications/" + id + "/files/r.yar").status, 403);
  const Answer compatible = get("bob", "/api/publications/get_one?include_info=all&publication_id=" + id);
  EXPECT_EQ(compatible.status, 403) << compatible.body;
  EXPECT_TRUE(get("bob", "/api/publications/get_list").has("Title of lynx"));
  EXPECT_EQ(get("bob", "/api/v1/objects/report--" + id).status, 404);
  EXPECT_EQ(get("rea", "/api/v1/publications/" + id).status, 200) << "who publishes sees their own";
  EXPECT_EQ(get("root", "/api/v1/publications/" + id).status, 200) << "who runs the installation sees all";
}

TEST_F(Plans, TenOpenAndNoEleventh) {
  std::vector<std::string> ids;
  for (int i = 0; i < 12; ++i) ids.push_back(publisher.publish(fmt::format("p{}", i)));
  holds(R"("trial":10)");
  for (int i = 0; i < 9; ++i) {
    const Answer opened = open(ids[static_cast<std::size_t>(i)]);
    EXPECT_EQ(opened.status, 200) << opened.body;
    EXPECT_EQ(opened.body, fmt::format(R"({{"open":true,"opened":{},"left":{}}})", i + 1, 9 - i));
  }
  EXPECT_EQ(open(ids[0]).body, R"({"open":true,"opened":9,"left":1})") << "not counted twice";
  EXPECT_EQ(open("00000000-0000-4000-8000-000000000000").status, 404) << "what is not there costs nothing";
  EXPECT_EQ(open(ids[9]).status, 200);
  const Answer eleventh = open(ids[10]);
  EXPECT_EQ(eleventh.status, 403);
  EXPECT_TRUE(eleventh.has(R"("type":"/problems/trial-spent")")) << eleventh.body;
  EXPECT_EQ(get("bob", "/api/v1/publications/" + ids[10]).status, 403);
  const Answer seen = get("bob", "/api/v1/publications/" + ids[3] + "?include=execsum,iocs,yara");
  EXPECT_TRUE(seen.status == 200 && seen.has("zibeth-p3") && seen.has("p3.quokka.example")) << seen.body;
  EXPECT_EQ(get("ben", "/api/v1/publications/" + ids[3]).status, 200) << "for all of the organisation";
  EXPECT_TRUE(get("bob", "/api/v1/plan").has(R"("trial":{"total":10,"opened":10,"left":0})"));
  EXPECT_TRUE(get("root", "/api/v1/audit?action=publication-open").has(ids[9]));
}

TEST_F(Plans, ThoseWhoAskAtOnceOpenTenInAll) {
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(publisher.publish(fmt::format("p{}", i)));
  holds(R"("trial":10)");
  std::atomic<int> opened{0}, refused{0};
  std::vector<std::thread> readers;
  for (std::size_t i = 0; i < ids.size(); ++i)
    readers.emplace_back([&, i] {
      const Answer answer = open(ids[i], i % 2 == 0 ? "bob" : "ben");
      if (answer.status == 200) ++opened;
      else if (answer.status == 403) ++refused;
    });
  for (auto& r : readers) r.join();
  EXPECT_EQ(opened, 10);
  EXPECT_EQ(refused, 10);
  int seen = 0;
  for (const auto& id : ids) seen += get("bob", "/api/v1/publications/" + id).status == 200;
  EXPECT_EQ(seen, 10);
}

TEST_F(Plans, AnEndedPlanClosesAgainAndSaysWhy) {
  const std::string id = publisher.publish("lynx");
  holds(R"("opens":{"all":true},"days":30)");
  EXPECT_EQ(get("bob", "/api/v1/publications/" + id).status, 200);
  house.now.ms += std::int64_t{31} * 24 * 3'600'000;
  const Answer closed = get("bob", "/api/v1/publications/" + id);
  EXPECT_EQ(closed.status, 403);
  EXPECT_TRUE(closed.has("your plan ended on ")) << closed.body;
  EXPECT_TRUE(get("bob", "/api/v1/plan").has(R"("state":"expired")"));
  EXPECT_TRUE(open(id).has(R"("type":"/problems/plan-expired")"));
  EXPECT_FALSE(get("bob", "/api/v1/search?q=zibeth").has("report--"));
  EXPECT_TRUE(get("bob", "/api/ip/203.0.113.200").has(R"("AccessType":"Expired")"));
}

TEST_F(Plans, APlanOpensByKindActorAndSector) {
  const std::string id = publisher.publish("lynx");
  holds(R"("opens":{"kinds":["apt"]})");
  EXPECT_EQ(get("bob", "/api/v1/publications/" + id).status, 403);
  const auto again = [&](const std::string& opens, int version) {
    return tell("root", "PUT", "/api/v1/plans/p", fmt::format(R"({{"name":"p","version":{},"opens":{{{}}}}})", version, opens)).status;
  };
  int version = 0;
  for (const auto opens : {R"("kinds":["Crimeware"])", R"("actors":["amber lynx","x"])", R"("sectors":["retail"])", R"("geography":["JAPAN"])",
                           R"("kinds":["crimeware"],"sectors":["retail"])"}) {
    ASSERT_EQ(again(opens, ++version), 200) << opens;
    EXPECT_EQ(get("bob", "/api/v1/publications/" + id).status, 200) << opens;
  }
  ASSERT_EQ(again(R"("kinds":["crimeware"],"sectors":["energy"])", ++version), 200);
  EXPECT_EQ(get("bob", "/api/v1/publications/" + id).status, 403) << "all lists count";
}

TEST_F(Plans, WhatNeverCameWholeIsNotCounted) {
  holds(R"("opens":{"all":true},"quotas":{"requests":1000000})");
  std::int64_t asked = 0;
  // Requests that were counted beside those that ask.
  const auto beside = [&] { return ++asked, number_of(get("bob", "/api/v1/plan"), "spent") - asked; };
  const auto comes_to = [&](std::int64_t count) {
    for (int tries = 0; tries < 20'000; ++tries)
      if (beside() == count) return true;
    return false;
  };
  ASSERT_EQ(beside(), 0);
  {
    Wire wire(house.port());
    wire.send("POST /api/v1/lookup HTTP/1.1\r\nHost: mozu\r\n" + house.bearer("bob") + "Content-Type: text/plain\r\nContent-Length: 1000\r\n\r\na.exam");
    EXPECT_TRUE(comes_to(1)) << "its head was read";
  }
  EXPECT_TRUE(comes_to(0)) << "it is given back";
  EXPECT_TRUE(house.logged(R"("status":499)"));
}

TEST_F(Plans, QuotasEndTheDay) {
  holds(R"("opens":{"all":true},"quotas":{"requests":8,"lookups":3})");
  const Answer first = get("bob", "/api/v1/plan");
  EXPECT_EQ(first.header("ratelimit-limit"), "8");
  EXPECT_EQ(first.header("ratelimit-remaining"), "7");
  EXPECT_TRUE(first.has(R"("requests":{"quota":8,"spent":1})") && first.has(R"("downloads":null)")) << first.body;
  EXPECT_EQ(get("bob", "/api/v1/lookup?value=a.example").header("ratelimit-remaining"), "2") << "the narrowest is told";
  const Answer licence = get("ben", "/api/ip/203.0.113.200");
  EXPECT_TRUE(licence.has(R"("LicenseInfo":{"AccessType":"Commercial","DayRequests":2,"DayQuota":3)")) << licence.body;
  const Answer many = house.ask("bob", "POST", "/api/v1/lookup", "a.example\nb.example\nc.example\n", "Content-Type: text/plain\r\n");
  EXPECT_EQ(many.status, 429) << "three are more than what is left";
  EXPECT_TRUE(many.has("3 lookups are asked for; left of the 3 a day of your organisation's plan: 1")) << many.body;
  EXPECT_EQ(many.header("ratelimit-remaining"), "1");
  EXPECT_EQ(many.header("retry-after"), "") << "to wait is not what helps";
  EXPECT_EQ(get("bob", "/api/v1/lookup?value=a.example").status, 200) << "and none of them was counted";
  const Answer spent = get("bob", "/api/v1/lookup?value=a.example");
  EXPECT_EQ(spent.status, 429) << spent.body;
  EXPECT_TRUE(spent.has(R"("type":"/problems/quota-spent")") && spent.has("3 lookups a day")) << spent.body;
  EXPECT_GT(to_uint(spent.header("retry-after")).value_or(0), 0U);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(get("bob", "/api/v1/version").status, 200) << i << ": of ten, the two that were refused are none";
  EXPECT_EQ(get("bob", "/api/v1/version").status, 429);
  EXPECT_EQ(get("rea", "/api/v1/version").status, 200) << "others are not concerned";
  house.now.ms += std::int64_t{24} * 3'600'000;
  EXPECT_EQ(get("bob", "/api/v1/version").status, 200) << "the next day";
}

TEST_F(Plans, FilesOfFeedsAndListsAreDownloads) {
  publisher.publish("lynx");
  holds(R"("opens":{"all":true},"quotas":{"downloads":4})");
  EXPECT_EQ(get("bob", "/api/v1/false-positives").status, 200);
  EXPECT_TRUE(get("bob", "/api/v1/plan").has(R"("downloads":{"quota":4,"spent":0})")) << "to read the list is none";
  EXPECT_EQ(get("bob", "/api/v1/false-positives?format=csv").header("ratelimit-remaining"), "3");
  const Answer manifest = get("bob", "/feeds/misp/everything/manifest.json");
  ASSERT_EQ(manifest.status, 200) << manifest.body;
  EXPECT_EQ(manifest.header("ratelimit-remaining"), "2");
  const Answer same = house.ask("bob", "GET", "/feeds/misp/everything/manifest.json", {}, "If-None-Match: " + manifest.header("etag") + "\r\n");
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.header("ratelimit-remaining"), "2") << "they have it";
  EXPECT_EQ(get("bob", "/feeds/misp/everything/nosuch.json").status, 404);
  EXPECT_EQ(get("bob", "/feeds/misp/everything/hashes.csv").status, 200);
  EXPECT_TRUE(get("bob", "/api/v1/plan").has(R"("downloads":{"quota":4,"spent":3})"));
  EXPECT_EQ(get("bob", "/feeds/misp/everything/manifest.json").status, 200);
  for (const auto path : {"/feeds/misp/everything/hashes.csv", "/feeds/misp/everything/manifest.json", "/api/v1/false-positives?format=csv"})
    EXPECT_EQ(get("bob", path).status, 429) << path;
  EXPECT_EQ(get("bob", "/api/v1/false-positives").status, 200);
}

TEST_F(Plans, EveryWayToAFileIsADownload) {
  const std::string id = publisher.publish("lynx"), of = "/api/v1/publications/" + id, one = "/api/publications/get_one?publication_id=" + id;
  const Answer graph =
      house.ask("ben", "POST", "/api/v1/graphs", fmt::format(R"({{"title":"One","nodes":[{{"id":"report--{}"}}],"edges":[]}})", id), json_type);
  ASSERT_EQ(graph.status, 201) << graph.body;
  const auto at = graph.body.find("\"id\":\"") + 6;
  const std::string stix = "/api/v1/graphs/" + graph.body.substr(at, graph.body.find('"', at) - at) + "/stix";
  const std::vector<std::pair<std::string, int>> ways = {{of + "?include=yara", 1},
                                                         {of + "?include=iocs,stix", 2},
                                                         {of + "?include=stix&include=stix", 1},
                                                         {of + "?include=html,full,execsum", 0},
                                                         {of, 0},
                                                         {of + "/files/r.yar", 1},
                                                         {of + "/zip", 1},
                                                         {one + "&include_info=yara,iocs", 2},
                                                         {one + "&include_info=html,execsum", 0},
                                                         {one + "&include_info=all", 3},
                                                         {stix, 1},
                                                         {"/api/v1/publications/bundles/yara", 1},
                                                         {"/api/publications/get_master_ioc", 1}};
  int all = 1;
  for (const auto& [path, downloads] : ways) all += downloads;
  holds(fmt::format(R"("opens":{{"all":true}},"quotas":{{"downloads":{}}})", all));
  int left = all;
  for (const auto& [path, downloads] : ways) {
    const Answer given = house.ask("ben", "GET", path);
    ASSERT_EQ(given.status, 200) << path << given.body;
    left -= downloads;
    EXPECT_TRUE(house.ask("ben", "GET", "/api/v1/plan").has(fmt::format(R"("downloads":{{"quota":{},"spent":{}}})", all, all - left))) << path;
  }
  // What is more than is left is refused whole, and takes nothing.
  EXPECT_EQ(house.ask("ben", "GET", of + "?include=iocs,yara").status, 429);
  const Answer last = house.ask("ben", "GET", of + "?include=iocs");
  EXPECT_EQ(last.status, 200) << last.body;
  EXPECT_EQ(last.header("ratelimit-remaining"), "0");
  for (const auto& [path, downloads] : ways) EXPECT_EQ(house.ask("ben", "GET", path).status, downloads == 0 ? 200 : 429) << path;
}

TEST_F(Plans, WhatIsRefusedCostsNothing) {
  const std::string id = publisher.publish("lynx");
  holds(R"("trial":1,"quotas":{"requests":9,"lookups":3,"downloads":2})");
  const auto json = [&](const std::string& path, const std::string& body) { return house.ask("bob", "POST", path, body, json_type).status; };
  EXPECT_EQ(get("bob", "/api/v1/publications/" + id + "/zip").status, 403);
  EXPECT_EQ(get("bob", "/api/v1/publications/" + id + "/files/r.yar").status, 403);
  EXPECT_EQ(get("bob", "/api/v1/publications/nosuch/zip").status, 404);
  EXPECT_EQ(get("bob", "/api/v1/exports?format=zzz").status, 400);
  EXPECT_EQ(get("bob", "/api/v1/lookup").status, 400);
  EXPECT_EQ(get("bob", "/api/v1/lookup?value=a.example&related=9999").status, 400);
  EXPECT_EQ(json("/api/v1/lookup", R"({"value":[]})"), 422);
  EXPECT_EQ(json("/api/v1/lookup", R"({"values":["a.example","b.example"],)"), 400);
  EXPECT_EQ(house.ask("bob", "POST", "/api/v1/lookup?related=9999", "a.example\nb.example\n").status, 400);
  EXPECT_EQ(house.ask("bob", "POST", "/api/v1/lookup", "a.example\n", "Content-Encoding: gzip\r\n").status, 415) << "refused before it has a body";
  const Answer plan = get("bob", "/api/v1/plan");
  EXPECT_TRUE(plan.has(R"("requests":{"quota":9,"spent":1})")) << plan.body;
  EXPECT_TRUE(plan.has(R"("lookups":{"quota":3,"spent":0})")) << plan.body;
  EXPECT_TRUE(plan.has(R"("downloads":{"quota":2,"spent":0})")) << plan.body;
  EXPECT_EQ(house.ask("bob", "POST", "/api/v1/lookup", "a.example\nb.example\nc.example\n").status, 200) << "all that the day has";
  EXPECT_EQ(get("bob", "/api/v1/lookup?value=a.example").status, 429);
}

TEST_F(Plans, ThoseWhoAskAtOnceSpendTheQuotaAndNoMore) {
  holds(R"("opens":{"all":true},"quotas":{"lookups":25})");
  std::atomic<int> granted{0}, refused{0};
  std::vector<std::thread> askers;
  for (int t = 0; t < 8; ++t)
    askers.emplace_back([&] {
      for (int i = 0; i < 5; ++i) {
        const Answer answer = get("bob", "/api/v1/lookup?value=a.example");
        if (answer.status == 200) ++granted;
        else if (answer.status == 429) ++refused;
      }
    });
  for (auto& a : askers) a.join();
  EXPECT_EQ(granted, 25);
  EXPECT_EQ(refused, 15);
}

TEST_F(Plans, OnlyOperatorsGiveThem) {
  holds(R"("trial":1)");
  for (const std::string_view who : {"adam", "ann", "bob"}) {
    EXPECT_EQ(get(who, "/api/v1/plans").status, 403) << who;
    EXPECT_EQ(tell(who, "PUT", "/api/v1/plans/q", R"({"name":"q"})").status, 403) << who;
    EXPECT_EQ(house.ask(who, "DELETE", "/api/v1/plans/p").status, 403) << who;
    EXPECT_EQ(tell(who, "PUT", subscriptions(), R"({"version":1,"subscriptions":[]})").status, 403) << who;
  }
  EXPECT_EQ(get("adam", subscriptions()).status, 404) << "of another organisation";
  EXPECT_EQ(get("adam", fmt::format("/api/v1/organisations/{}/subscriptions", house.a)).status, 200);
  EXPECT_EQ(get("root", "/api/v1/organisations/999/subscriptions").status, 404);
  EXPECT_EQ(house.ask("root", "DELETE", "/api/v1/plans/p").status, 409) << "held";
  EXPECT_EQ(tell("root", "PUT", subscriptions(), R"({"subscriptions":[]})").status, 412) << "without the version that was read";
  EXPECT_EQ(tell("root", "PUT", subscriptions(), R"({"version":1,"subscriptions":[{"plan":"p","start":"soon"}]})").status, 422);
  EXPECT_EQ(tell("root", "PUT", subscriptions(), R"({"version":1,"subscriptions":[{"plan":"p","until":"2026-12-31T00:00:00Z"}]})").status, 422)
      << "no such member";
  EXPECT_EQ(tell("root", "PUT", subscriptions(), R"({"version":1,"subscriptions":[{"plan":"none"}]})").status, 422);
  const Answer past =
      tell("root", "PUT", subscriptions(), R"({"version":1,"subscriptions":[{"plan":"p","start":"2020-01-01T00:00:00Z","end":"2020-02-01T00:00:00Z"}]})");
  EXPECT_EQ(past.status, 422);
  EXPECT_TRUE(past.has("would have ended already, on 2020-02-01T00:00:00Z") && past.has("/subscriptions/0/end") && past.has(R"("hint":)")) << past.body;
  EXPECT_EQ(tell("root", "PUT", "/api/v1/plans/q", R"({"name":"q","trial":"ten"})").status, 422);
  EXPECT_EQ(tell("root", "PUT", "/api/v1/plans/q", R"({"name":"r"})").status, 422);
  EXPECT_EQ(tell("root", "PUT", subscriptions(), R"({"version":1,"subscriptions":[]})").status, 200);
  EXPECT_EQ(house.ask("root", "DELETE", "/api/v1/plans/p").status, 204);
  EXPECT_EQ(get("root", "/api/v1/plans/p").status, 404);
}

TEST_F(Plans, WaysToSignInAreToldToEverybody) {
  const Answer ways = get("", "/api/v1/session/ways");
  EXPECT_EQ(ways.status, 200);
  EXPECT_EQ(ways.body, R"({"password":true,"oidc":false,"welcome":false})");
}

TEST_F(Plans, AdministratorsTakeTokensOfTheirPeopleBack) {
  const Answer list = get("adam", "/api/v1/users/rea/tokens");
  ASSERT_EQ(list.status, 200) << list.body;
  EXPECT_TRUE(list.has(R"("scopes":"all")") && !list.has("mozu_") && !list.has("hash")) << list.body;
  const auto at = list.body.find("\"id\":");
  const auto id = fmt::format("{}", std::strtoll(list.body.c_str() + at + 5, nullptr, 10));
  EXPECT_EQ(get("adam", "/api/v1/users/bob/tokens").status, 404) << "of another organisation";
  EXPECT_EQ(get("ann", "/api/v1/users/rea/tokens").status, 403);
  EXPECT_EQ(house.ask("adam", "DELETE", "/api/v1/users/bob/tokens/" + id).status, 404);
  EXPECT_EQ(house.ask("adam", "DELETE", "/api/v1/users/ann/tokens/" + id).status, 404) << "of another user";
  EXPECT_EQ(get("rea", "/api/v1/version").status, 200);
  EXPECT_EQ(house.ask("adam", "DELETE", "/api/v1/users/rea/tokens/" + id).status, 204);
  EXPECT_EQ(get("rea", "/api/v1/version").status, 401);
  EXPECT_TRUE(get("root", "/api/v1/audit?action=token-remove").has("of rea"));
}

}  // namespace
}  // namespace mozu::server::test
