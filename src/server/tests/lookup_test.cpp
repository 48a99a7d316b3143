// Lookups over the wire: one value, many values, and an index that is replaced while the server runs.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "house.hpp"

namespace mozu::server::test {
namespace {

constexpr std::string_view lookup_bundle = R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[
{"type":"indicator","spec_version":"2.1","id":"indicator--11111111-1111-4111-8111-111111111111","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"c2","pattern":"[domain-name:value = 'evil.example.com']","pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z","confidence":90,"indicator_types":["malicious-activity"]}]})";

TEST(Lookup, OneValueHasOneAnswer) {
  House house;
  house.import(lookup_bundle, house.a, intel::Tlp::amber);
  const Answer known = house.ask("rea", "GET", "/api/v1/lookup?value=evil%5B.%5Dexample.com");
  EXPECT_EQ(known.status, 200);
  EXPECT_TRUE(known.has("indicator--11111111-1111-4111-8111-111111111111")) << known.body;
  EXPECT_TRUE(known.has("evil.example.com"));
  EXPECT_FALSE(known.has(R"("zone":"grey")"));
  const Answer other = house.ask("bob", "GET", "/api/v1/lookup?value=evil.example.com");
  EXPECT_EQ(other.status, 200);
  EXPECT_FALSE(other.has("indicator--")) << "another organisation's";
  EXPECT_EQ(house.ask("rea", "GET", "/api/v1/lookup").status, 400);
  EXPECT_EQ(house.ask("rea", "GET", "/api/v1/lookup?value=x&related=100000").status, 400);
  EXPECT_EQ(house.ask("fee", "GET", "/api/v1/lookup?value=x").status, 403);
}

TEST(Lookup, ManyValuesGiveALineEach) {
  House house;
  house.import(lookup_bundle, intel::common, intel::Tlp::green);
  const Answer json = house.ask("rea", "POST", "/api/v1/lookup", R"({"values":["192.0.2.1","evil.example.com",""]})");
  EXPECT_EQ(json.status, 200) << json.body;
  EXPECT_EQ(json.header("content-type"), "application/x-ndjson");
  EXPECT_EQ(std::ranges::count(json.body, '\n'), 3);
  EXPECT_GT(json.body.find("indicator--"), json.body.find('\n'));
  const Answer lines = house.ask("rea", "POST", "/api/v1/lookup", "192.0.2.1\r\nevil.example.com\n\n", "Content-Type: text/plain\r\n");
  EXPECT_EQ(std::ranges::count(lines.body, '\n'), 2);
  EXPECT_EQ(house.ask("rea", "POST", "/api/v1/lookup", R"({"values":[1]})").status, 422);
  EXPECT_EQ(house.ask("rea", "POST", "/api/v1/lookup", "{}").status, 422);
  std::string many;
  for (int i = 0; i < 100'001; ++i) many += "x\n";
  EXPECT_EQ(house.ask("rea", "POST", "/api/v1/lookup", many, "Content-Type: text/plain\r\n").status, 413);
}

}  // namespace
}  // namespace mozu::server::test
