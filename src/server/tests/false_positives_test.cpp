// False positives over HTTP: who may mark and see them, and what they change of lookups, reviews and exports.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <string>

#include "house.hpp"

namespace mozu::server::test {
namespace {

constexpr std::string_view marked = R"({"values":["hxxp://evil[.]example/a","evil.example"],"reason":"our own test host"})";

void list_evil(House& house) { ASSERT_EQ(house.ask("root", "POST", "/api/v1/imports?source=feed&name=list.txt", "evil.example\nworse.example\n").status, 201); }

TEST(FalsePositives, AreMarkedListedAndRemovedByWhoMay) {
  House house;
  for (const auto* who : {"rea", "aki", "bob", "fee"}) EXPECT_EQ(house.ask(who, "POST", "/api/v1/false-positives", marked).status, 403) << who;
  const Answer made = house.ask("ann", "POST", "/api/v1/false-positives", marked);
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_TRUE(made.has(R"("value":"evil.example/a","kind":"url","reason":"our own test host","who":"ann")")) << made.body;
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/false-positives").has("evil.example/a"));
  EXPECT_TRUE(house.ask("bob", "GET", "/api/v1/false-positives").has(R"("items":[])"));
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/false-positives?q=nothing").has(R"("items":[])"));
  EXPECT_EQ(house.ask("ben", "DELETE", "/api/v1/false-positives?value=evil.example").status, 404);
  EXPECT_EQ(house.ask("ann", "DELETE", "/api/v1/false-positives?value=evil%5B.%5Dexample").status, 204);
  EXPECT_EQ(house.ask("ann", "DELETE", "/api/v1/false-positives?value=evil.example").status, 404);
  const Answer log = house.ask("adam", "GET", "/api/v1/audit");
  EXPECT_TRUE(log.has(R"("false-positive")") && log.has("false-positive-remove")) << log.body;
}

TEST(FalsePositives, KeepAllOrNothingOfWhatIsSent) {
  House house;
  const auto refused = [&](std::string_view body, std::string_view code) {
    const Answer answer = house.ask("ann", "POST", "/api/v1/false-positives", body);
    EXPECT_EQ(answer.status, 422) << body;
    EXPECT_TRUE(answer.has(code)) << answer.body;
  };
  refused(R"({"values":["good.example","not a value at all"],"reason":"x"})", "value-unknown");
  refused(R"({"values":["good.example"],"reason":"  "})", "field-invalid");
  refused(R"({"values":[],"reason":"x"})", "field-invalid");
  refused(R"({"values":["good.example"],"reason":"x","until":"soon"})", "field-invalid");
  EXPECT_TRUE(house.ask("ann", "GET", "/api/v1/false-positives").has(R"("items":[])"));
}

TEST(FalsePositives, AreWhyALookupIsMilder) {
  House house;
  list_evil(house);
  const Answer before = house.ask("rea", "GET", "/api/v1/lookup?value=evil.example");
  EXPECT_TRUE(before.has("listed by feed") && !before.has("false positive")) << before.body;
  ASSERT_EQ(house.ask("ann", "POST", "/api/v1/false-positives", marked).status, 201);
  const Answer after = house.ask("rea", "GET", "/api/v1/lookup?value=evil.example");
  EXPECT_TRUE(after.has("listed as false positive by ann because our own test host")) << after.body;
  EXPECT_TRUE(after.has(R"("marked_by":"ann")")) << after.body;
  EXPECT_NE(after.body.substr(after.body.find("\"score\""), 12), before.body.substr(before.body.find("\"score\""), 12));
  // What is below the name is listed by the same indicator.
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/lookup?value=www.evil.example").has("listed as false positive by ann"));
  EXPECT_FALSE(house.ask("rea", "GET", "/api/v1/lookup?value=worse.example").has("false positive"));
  EXPECT_FALSE(house.ask("bob", "GET", "/api/v1/lookup?value=evil.example").has("false positive")) << "of another organisation";
  ASSERT_EQ(house.ask("ann", "DELETE", "/api/v1/false-positives?value=evil.example").status, 204);
  EXPECT_FALSE(house.ask("rea", "GET", "/api/v1/lookup?value=evil.example").has("false positive"));
}

TEST(FalsePositives, OfTheInstallationAreEverybodysUntilTheyEnd) {
  House house;
  list_evil(house);
  ASSERT_EQ(house.ask("root", "POST", "/api/v1/false-positives", R"({"values":["evil.example"],"reason":"sinkhole","until":"2020-01-01T00:00:00Z"})").status,
            201);
  EXPECT_FALSE(house.ask("bob", "GET", "/api/v1/lookup?value=evil.example").has("false positive")) << "it is over";
  EXPECT_TRUE(house.ask("bob", "GET", "/api/v1/false-positives").has(R"("until":"2020-01-01T00:00:00Z","counts":false)"));
  ASSERT_EQ(house.ask("root", "POST", "/api/v1/false-positives", R"({"values":["evil.example"],"reason":"sinkhole","until":"2099-01-01T00:00:00Z"})").status,
            201);
  EXPECT_TRUE(house.ask("bob", "GET", "/api/v1/lookup?value=evil.example").has("by root because sinkhole"));
  EXPECT_EQ(house.ask("ben", "DELETE", "/api/v1/false-positives?value=evil.example").status, 404) << "not theirs to take away";
}

TEST(FalsePositives, AreLeftOutOfExportedListsAndFeeds) {
  House house;
  list_evil(house);
  ASSERT_EQ(house.ask("ann", "POST", "/api/v1/false-positives", marked).status, 201);
  for (const auto* target :
       {"/api/v1/exports?format=csv&type=indicator", "/api/v1/exports?format=plain", "/api/v1/exports?format=misp", "/feeds/misp/feed/hashes.csv"}) {
    const Answer own = house.ask("ann", "GET", target);
    EXPECT_EQ(own.status, 200) << target << own.body;
    EXPECT_FALSE(own.has("evil.example")) << target << own.body;
    if (std::string_view(target).find("hashes") == std::string_view::npos) {
      EXPECT_TRUE(own.has("worse.example")) << target << own.body;
      EXPECT_TRUE(house.ask("bob", "GET", target).has("evil.example")) << target;
    }
  }
  EXPECT_TRUE(house.ask("ann", "GET", "/api/v1/exports?format=stix").has("evil.example")) << "knowledge is exchanged as it is";
}

TEST(FalsePositives, AreCellsThatNoSpreadsheetRuns) {
  House house;
  ASSERT_EQ(house.ask("ann", "POST", "/api/v1/false-positives", R"({"values":["evil.example"],"reason":"=cmd|' /C calc'!A0 \"x\""})").status, 201);
  const Answer csv = house.ask("rea", "GET", "/api/v1/false-positives?format=csv");
  EXPECT_EQ(csv.header("content-type"), "text/csv; charset=utf-8");
  EXPECT_TRUE(csv.has(R"(evil.example,domain,"'=cmd|' /C calc'!A0 ""x""",ann,)")) << csv.body;
}

}  // namespace
}  // namespace mozu::server::test
