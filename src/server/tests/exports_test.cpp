// Exports over the wire.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "house.hpp"
#include "publishing.hpp"

namespace mozu::server::test {
namespace {

constexpr std::string_view exports_bundle = R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[
{"type":"tool","spec_version":"2.1","id":"tool--11111111-1111-4111-8111-111111111111","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"ExampleTool"},
{"type":"malware","spec_version":"2.1","id":"malware--22222222-2222-4222-8222-222222222222","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"ExampleLoader","is_family":true}]})";

TEST(Exports, GiveASelectionAndLeaveNothingBehind) {
  House house;
  house.import(exports_bundle, house.a, intel::Tlp::amber);
  const Answer stix = house.ask("rea", "GET", "/api/v1/exports?format=stix&type=malware");
  EXPECT_EQ(stix.status, 200) << stix.body;
  EXPECT_TRUE(stix.has("ExampleLoader"));
  EXPECT_FALSE(stix.has("ExampleTool"));
  EXPECT_FALSE(house.ask("bob", "GET", "/api/v1/exports?format=stix").has("Example"));
  const Answer head = house.ask("rea", "HEAD", "/api/v1/exports?format=stix&type=malware");
  EXPECT_EQ(head.header("content-length"), stix.header("content-length"));
  EXPECT_EQ(house.ask("rea", "GET", "/api/v1/exports?format=parchment").status, 400);
  EXPECT_TRUE(house.ask("adam", "GET", "/api/v1/audit?action=export").has(R"("object":"stix")"));
  for (const auto& entry : std::filesystem::directory_iterator(house.folder))
    EXPECT_FALSE(entry.path().filename().string().starts_with("export-")) << entry.path();
}

TEST(Exports, OfAPublicationTheIndicatorsAlone) {
  House house;
  const std::string id = "report--" + Publisher(house).publish("lynx");
  const std::string all = "/api/v1/exports?format=csv&neighbours=true&id=" + id;
  EXPECT_TRUE(house.ask("rea", "GET", all).has("report,")) << "everything that is related";
  const Answer alone = house.ask("rea", "GET", all + "&indicators_only=true");
  EXPECT_EQ(alone.status, 200) << alone.body;
  EXPECT_EQ(std::ranges::count(alone.body, '\n'), 2) << alone.body;
  EXPECT_TRUE(alone.has("\nlynx.quokka.example,domain-name:value,indicator,")) << alone.body;
}

}  // namespace
}  // namespace mozu::server::test
