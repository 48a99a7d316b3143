// Sources over HTTP: what two have in common, who is told of it, and the indicators that both have.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <string>

#include "publishing.hpp"

namespace mozu::server::test {
namespace {

/// A plain list of domains as one import.
void import_domains(House& house, std::string_view who, std::string_view source, std::initializer_list<int> hosts, std::string_view more = {}) {
  std::string body;
  for (const int host : hosts) body += fmt::format("host{}.example\n", host);
  ASSERT_EQ(house.ask(who, "POST", fmt::format("/api/v1/imports?source={}&name=list.txt{}", source, more), body).status, 201);
}

Answer counted(House& house, std::string_view who) {
  for (;;)
    if (Answer answer = house.ask(who, "GET", "/api/v1/sources/overlaps"); answer.status != 200 || answer.has(R"("newest":true)")) return answer;
}

TEST(SourceOverlaps, AreCountedAnewAfterAnImport) {
  House house;
  EXPECT_TRUE(counted(house, "root").has(R"("sources":[],"pairs":[])"));
  import_domains(house, "root", "alpha", {1, 2, 3});
  import_domains(house, "root", "beta", {3, 4});
  const Answer answer = counted(house, "rea");
  EXPECT_TRUE(answer.has(R"({"source":"alpha","values":3,"only_here":2,"kinds":{"domain":3}})")) << answer.body;
  EXPECT_TRUE(answer.has(R"("pairs":[{"a":"alpha","b":"beta","both":1}])")) << answer.body;
  import_domains(house, "root", "beta", {1, 3, 4});
  EXPECT_TRUE(counted(house, "rea").has(R"({"a":"alpha","b":"beta","both":2})"));
}

TEST(SourceOverlaps, TellOthersNothingOfWhatIsOnesOwn) {
  House house;
  import_domains(house, "root", "alpha", {1, 2});
  import_domains(house, "ann", "secret-list", {1});
  EXPECT_TRUE(counted(house, "rea").has("secret-list"));
  const Answer other = counted(house, "bob");
  EXPECT_FALSE(other.has("secret-list")) << other.body;
  EXPECT_TRUE(other.has(R"("only_here":2)")) << other.body;
  EXPECT_EQ(house.ask("fee", "GET", "/api/v1/sources/overlaps").status, 403);
}

TEST(SourceOverlaps, TheIndicatorsThatBothHave) {
  House house;
  import_domains(house, "root", "alpha", {1, 2, 3, 4});
  import_domains(house, "root", "beta", {3, 4, 5});
  import_domains(house, "ann", "gamma", {1});
  const Answer both = house.ask("rea", "GET", "/api/v1/indicators?source=alpha&also=beta");
  EXPECT_EQ(both.status, 200) << both.body;
  for (const int host : {3, 4}) EXPECT_TRUE(both.has(fmt::format("host{}.example", host))) << both.body;
  for (const int host : {1, 2, 5}) EXPECT_FALSE(both.has(fmt::format("host{}.example", host))) << both.body;
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/indicators?source=alpha&also=gamma").has("host1.example"));
  EXPECT_TRUE(house.ask("bob", "GET", "/api/v1/indicators?source=alpha&also=gamma").has(R"("items":[])"));
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/indicators?value=host3.example&also=beta").has("host3.example"));
  EXPECT_EQ(house.ask("rea", "GET", "/api/v1/indicators?also=").status, 400);
}

TEST(ImportNames, NobodySpeaksAsThePlatform) {
  House house;
  for (const std::string_view source : {"publications", "edits", "Publications", "a%0Ab", "a%09b", "%E2%80%AEa", "%20", "a%20"}) {
    const Answer a = house.ask("ann", "POST", fmt::format("/api/v1/imports?source={}&name=list.txt", source), "a.example\n");
    EXPECT_EQ(a.status, 422) << source << a.body;
  }
  EXPECT_TRUE(house.ask("root", "POST", "/api/v1/imports?source=publications", "a.example\n").has("the platform's own"));
  for (const std::string_view name : {"a%0Ab", "%E2%80%AEa", "%20"})
    EXPECT_EQ(house.ask("ann", "POST", fmt::format("/api/v1/imports?source=feed&name={}", name), "a.example\n").status, 422) << name;
  EXPECT_EQ(house.ask("ann", "GET", "/api/v1/imports").body, R"({"items":[]})");
  EXPECT_FALSE(house.ask("ann", "GET", "/api/v1/imports/failures").has("publications"));
  EXPECT_EQ(house.ask("ann", "POST", "/api/v1/imports?source=CERT%20%E6%97%A5%E6%9C%AC&name=%E6%97%A5%20list.txt", "a.example\n").status, 201);
}

TEST(ImportNames, WhatIsPublishedStaysSo) {
  House house;
  const std::string id = Publisher(house).publish("lynx");
  const Answer stix = house.ask("rea", "GET", "/api/v1/publications/" + id + "?include=stix");
  ASSERT_EQ(stix.status, 200) << stix.body;
  std::string bundle = stix.body.substr(stix.body.find(R"({"type":"bundle")"));
  bundle.resize(bundle.rfind("]}") + 2);
  for (std::size_t at = 0; (at = bundle.find("\"modified\":\"20", at)) != bundle.npos;) bundle.replace(at + 12, 4, "2101"), at += 12;
  for (std::size_t at = 0; (at = bundle.find("Title of lynx", at)) != bundle.npos; ++at) bundle.replace(at, 13, "Another title");
  const auto stays = [&](std::string_view how) {
    const Answer seen = house.ask("rea", "GET", "/api/v1/objects/report--" + id);
    EXPECT_TRUE(seen.has("Title of lynx")) << how << seen.body;
    EXPECT_EQ(house.ask("rea", "GET", "/api/v1/publications/" + id).status, 200) << how;
    EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/publications/" + id + "?include=iocs").has("lynx.quokka.example")) << how;
    EXPECT_FALSE(house.ask("rea", "GET", "/api/v1/objects/report--" + id + "/versions").has("Another title")) << how;
  };
  for (const std::string_view who : {"ann", "root"}) {
    const Answer done = house.ask(who, "POST", "/api/v1/imports?source=vendor&name=z.json", bundle);
    ASSERT_EQ(done.status, 201) << done.body;
    EXPECT_TRUE(done.has(R"("code":"stays-published")")) << done.body;
    EXPECT_TRUE(done.has("3 of its objects stay as they are published here")) << done.body;
    stays(who);
  }
  const std::string envelope = "{" + bundle.substr(bundle.find(R"("objects":)"));
  const Answer taxii =
      Wire(house.port())
          .ask("POST", "/taxii2/knowledge/collections/inbox/objects/", house.bearer("ann") + "Content-Type: application/taxii+json;version=2.1\r\n", envelope);
  EXPECT_TRUE(taxii.has("published here")) << taxii.body;
  stays("TAXII");
}

TEST(ImportFailures, StayUntilOneSucceedsAndAreOnesOrganisations) {
  House house;
  EXPECT_EQ(house.ask("ann", "POST", "/api/v1/imports?source=broken&name=x.bin", std::string("\x00\x01\x02\xff nothing", 12)).status, 422);
  const Answer own = house.ask("ann", "GET", "/api/v1/imports/failures");
  EXPECT_TRUE(own.has(R"("source":"broken","by":"ann")") && own.has(R"("code":"not-knowledge")")) << own.body;
  EXPECT_TRUE(house.ask("ben", "GET", "/api/v1/imports/failures").has(R"("items":[])"));
  EXPECT_EQ(house.ask("rea", "GET", "/api/v1/imports/failures").status, 403);
  import_domains(house, "ann", "broken", {1});
  EXPECT_TRUE(house.ask("ann", "GET", "/api/v1/imports/failures").has(R"("items":[])"));
}

}  // namespace
}  // namespace mozu::server::test
