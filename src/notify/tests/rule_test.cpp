// Rules: what fits, when it is told, what is taken.
#include <gtest/gtest.h>

#include "mozu/notify/rule.hpp"

namespace mozu::notify::test::rule_test {
namespace {

Event event() {
  Event e;
  e.kind = "apt";
  e.tlp = intel::Tlp::green;
  e.actors = {"Amber Lynx", "Quiet Heron"};
  e.sectors = {"energy"};
  e.countries = {"Japan"};
  e.tags = {"LynxPaw"};
  return e;
}

Rule rule_of(std::string_view json) {
  Rule r;
  const auto read = read_fields(json, r);
  EXPECT_TRUE(read.has_value()) << json << (read ? "" : read.error().message);
  return r;
}
std::string refused(std::string_view json) {
  Rule r;
  r.name = "mine";
  const auto read = read_fields(json, r);
  return read ? "taken" : read.error().where.path.empty() ? read.error().code : read.error().where.path;
}

TEST(Rules, ListsAskNothingOrOneOfThem) {
  EXPECT_TRUE(*fits({}, event()));
  for (const auto* filter : {R"({"kinds":["ics","apt"]})", R"({"actors":["amber  LYNX"]})", R"({"sectors":["Energy"]})", R"({"countries":["japan","France"]})",
                             R"({"tags":["lynxpaw"]})", R"({"tlp":["green","amber"]})", R"({"events":["published"]})",
                             R"({"kinds":["apt"],"actors":["Quiet Heron"],"countries":["Japan"]})"})
    EXPECT_TRUE(*fits(rule_of(R"({"name":"x","filter":)" + std::string(filter) + "}").filter, event())) << filter;
  for (const auto* filter :
       {R"({"kinds":["ics"]})", R"({"actors":["Amber"]})", R"({"sectors":["finance"]})", R"({"countries":["France"]})", R"({"tags":["Heron"]})",
        R"({"tlp":["amber"]})", R"({"events":["revised","withdrawn"]})", R"({"kinds":["apt"],"actors":["Somebody else"]})"})
    EXPECT_FALSE(*fits(rule_of(R"({"name":"x","filter":)" + std::string(filter) + "}").filter, event())) << filter;
}

TEST(Rules, AnActorFitsUnderEachOfTheirNames) {
  int asked = 0;
  const ActorNames names = [&](const std::vector<std::string>& actors) -> Result<std::vector<std::string>> {
    ++asked;
    EXPECT_EQ(actors, event().actors);
    return std::vector<std::string>{"Amber Lynx", "APT-C-99", "G9001"};
  };
  const auto filter = [](std::string_view json) { return rule_of(R"({"name":"x","filter":)" + std::string(json) + "}").filter; };
  EXPECT_TRUE(*fits(filter(R"({"actors":["apt-c-99"]})"), event(), names));
  EXPECT_TRUE(*fits(filter(R"({"actors":["g9001"],"kinds":["apt"]})"), event(), names));
  EXPECT_FALSE(*fits(filter(R"({"actors":["APT-C-9"]})"), event(), names));
  EXPECT_EQ(asked, 3);
  EXPECT_TRUE(*fits(filter(R"({"actors":["Amber Lynx"]})"), event(), names));
  EXPECT_FALSE(*fits(filter(R"({"actors":["APT-C-99"],"kinds":["ics"]})"), event(), names));
  EXPECT_EQ(asked, 3) << "only where nothing else decides";
}

TEST(Rules, DetectionsAreToldToWhomAsksForThem) {
  Event seen;
  seen.happened = Happened::detected, seen.tlp = intel::Tlp::amber;
  const auto fit = [&](std::string_view json) { return *fits(rule_of(R"({"name":"x","filter":)" + std::string(json) + "}").filter, seen); };
  EXPECT_FALSE(fit("{}")) << "who asked for nothing was told of publications";
  EXPECT_FALSE(fit(R"({"events":["published"]})"));
  EXPECT_TRUE(fit(R"({"events":["published","detected"],"kinds":["apt"],"actors":["Amber Lynx"]})"));
  EXPECT_TRUE(fit(R"({"events":["detected"],"tlp":["amber"]})"));
  EXPECT_FALSE(fit(R"({"events":["detected"],"tlp":["green"]})"));
}

TEST(Rules, WhatIsNoRuleIsNotTaken) {
  EXPECT_EQ(refused("[]"), "json-invalid");
  EXPECT_EQ(refused(R"({"nam":"x"})"), "/nam");
  EXPECT_EQ(refused(R"({"name":""})"), "/name");
  EXPECT_EQ(refused(R"({"name":"a\r\nBcc: everybody@mail.example"})"), "/name");
  EXPECT_EQ(refused(R"({"name":"a\u0000b"})"), "/name");
  EXPECT_EQ(refused(R"({"channel":"pigeon"})"), "/channel");
  EXPECT_EQ(refused(R"({"channel":"webhook"})"), "/url");
  EXPECT_EQ(refused(R"({"url":"https://hooks.example.com/"})"), "/url");
  EXPECT_EQ(refused(R"({"language":"xx"})"), "/language");
  EXPECT_EQ(refused(R"({"rhythm":"hourly"})"), "/rhythm");
  EXPECT_EQ(refused(R"({"hour":24})"), "/hour");
  EXPECT_EQ(refused(R"({"hour":"8"})"), "/hour");
  EXPECT_EQ(refused(R"({"weekday":7})"), "/weekday");
  EXPECT_EQ(refused(R"({"utc_offset":900})"), "/utc_offset");
  EXPECT_EQ(refused(R"({"enabled":1})"), "/enabled");
  EXPECT_EQ(refused(R"({"filter":[]})"), "/filter");
  EXPECT_EQ(refused(R"({"filter":{"colour":["red"]}})"), "/filter/colour");
  EXPECT_EQ(refused(R"({"filter":{"events":["burnt"]}})"), "/filter/events");
  EXPECT_EQ(refused(R"({"filter":{"actors":["a\nb"]}})"), "/filter/actors");
  EXPECT_EQ(refused(R"({"filter":{"actors":[""]}})"), "/filter/actors");
  EXPECT_EQ(refused(R"({"filter":{"tlp":["pink"]}})"), "/filter/tlp");
  EXPECT_EQ(refused(R"({"secret":"mine"})"), "/secret");
}

TEST(Rules, AreKeptAsTheyAre) {
  Rule r = rule_of(
      R"({"name":"Heron 速報","channel":"webhook","url":"https://hooks.example.com/x","language":"ja","rhythm":"weekly","hour":7,"weekday":0,"utc_offset":540,"enabled":false,
    "filter":{"events":["revised"],"kinds":["ics"],"actors":["Quiet Heron"],"sectors":["energy"],"countries":["Japan"],"tags":["x"],"tlp":["none","amber+strict"]}})");
  r.id = "a", r.owner = 4, r.organisation = 2, r.since = 77, r.secret = "sealed", r.stopped = "gone";
  const auto again = read_rule(document_of(r));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(document_of(*again).json, document_of(r).json);
  EXPECT_EQ(again->since, 77);
  EXPECT_EQ(again->secret, "sealed");
  EXPECT_EQ(again->filter.tlp, (std::vector{intel::Tlp::none, intel::Tlp::amber_strict}));
  store::Document broken;
  broken.json = "{";
  EXPECT_FALSE(read_rule(broken).has_value());
}

TEST(Rules, ADigestComesAtThePersonsOwnHour) {
  const auto at = [](std::string_view text) { return *parse_time_iso(text); };
  Rule r;
  EXPECT_EQ(due(r, at("2026-11-27T10:00:00Z")), at("2026-11-27T10:00:00Z"));
  r.rhythm = Rhythm::daily, r.hour = 8, r.utc_offset = 540;  // 08:00 in Tokyo is 23:00 UTC the day before
  EXPECT_EQ(due(r, at("2026-11-27T10:00:00Z")), at("2026-11-27T23:00:00Z"));
  EXPECT_EQ(due(r, at("2026-11-27T23:00:00Z")), at("2026-11-28T23:00:00Z"));
  EXPECT_EQ(due(r, at("2026-11-27T23:30:00Z")), at("2026-11-28T23:00:00Z"));
  r.utc_offset = -300;
  EXPECT_EQ(due(r, at("2026-11-27T12:59:59Z")), at("2026-11-27T13:00:00Z"));
  r.rhythm = Rhythm::weekly, r.weekday = 1, r.utc_offset = 0;  // 2026-11-30 is a Monday
  EXPECT_EQ(due(r, at("2026-11-27T10:00:00Z")), at("2026-11-30T08:00:00Z"));
  EXPECT_EQ(due(r, at("2026-11-30T07:59:00Z")), at("2026-11-30T08:00:00Z"));
  EXPECT_EQ(due(r, at("2026-11-30T08:00:00Z")), at("2026-12-07T08:00:00Z"));
  r.weekday = 0, r.hour = 0, r.utc_offset = 840;
  EXPECT_EQ(due(r, at("2026-11-27T10:00:00Z")), at("2026-11-28T10:00:00Z"));
}

}  // namespace
}  // namespace mozu::notify::test::rule_test
