// Actors over the wire: records of two catalogues become one profile, until a person says otherwise.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "house.hpp"

namespace mozu::server::test {
namespace {

constexpr std::string_view first = "intrusion-set--11111111-1111-4111-8111-111111111111", second = "threat-actor--22222222-2222-4222-8222-222222222222";
constexpr std::string_view actors_bundle = R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[
{"type":"intrusion-set","spec_version":"2.1","id":"intrusion-set--11111111-1111-4111-8111-111111111111","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Grey Example","aliases":["Grey Example","Example Bear"],"description":"Made for tests."},
{"type":"threat-actor","spec_version":"2.1","id":"threat-actor--22222222-2222-4222-8222-222222222222","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Grey Example","aliases":["Example Bear","EXAMPLE-7"]}]})";

TEST(Actors, AreOneUntilAPersonSaysOtherwise) {
  House house;
  house.import(actors_bundle, house.a, intel::Tlp::amber);
  const Answer together = house.ask("rea", "GET", "/api/v1/actors?name=example+bear");
  EXPECT_EQ(together.status, 200);
  EXPECT_TRUE(together.has(R"("total":1)")) << together.body;
  EXPECT_TRUE(together.has(R"({"name":"EXAMPLE-7")")) << together.body;
  const Answer one = house.ask("rea", "GET", fmt::format("/api/v1/actors/{}", second));
  EXPECT_EQ(one.status, 200);
  EXPECT_TRUE(one.has(first));
  EXPECT_TRUE(one.has(R"("description":"Made for tests.")")) << one.body;
  const auto looked_up = [&] { return house.ask("rea", "GET", "/api/v1/lookup?value=EXAMPLE-7&history=false"); };
  EXPECT_TRUE(looked_up().has(fmt::format(R"("records":["{}","{}"])", first, second))) << "by the name of one record: " << looked_up().body;
  EXPECT_EQ(house.ask("bob", "GET", fmt::format("/api/v1/actors/{}", first)).status, 404);
  EXPECT_TRUE(house.ask("bob", "GET", "/api/v1/actors").has(R"("total":0)"));
  ASSERT_EQ(house.ask("ann", "POST", "/api/v1/decisions", fmt::format(R"({{"id":"{}","other":"{}","sameness":"different"}})", first, second)).status, 204);
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/actors").has(R"("total":2)"));
  EXPECT_TRUE(looked_up().has(fmt::format(R"("records":["{}"])", second))) << looked_up().body;
  EXPECT_EQ(house.ask("rea", "GET", "/api/v1/actors/nobody").status, 404);
  ASSERT_EQ(house.ask("ann", "POST", "/api/v1/decisions", fmt::format(R"({{"id":"{}","other":"{}","sameness":"undecided"}})", first, second)).status, 204);
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/actors").has(R"("total":1)")) << "taken back";
}

TEST(Actors, RevokedOnesAreWhoeverTheyWereRevokedBy) {
  House house;
  house.import(R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[
{"type":"intrusion-set","spec_version":"2.1","id":"intrusion-set--11111111-1111-4111-8111-111111111111","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Old Example","revoked":true,"external_references":[{"source_name":"mitre-attack","external_id":"G9998"}]},
{"type":"intrusion-set","spec_version":"2.1","id":"intrusion-set--22222222-2222-4222-8222-222222222222","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"New Example","external_references":[{"source_name":"mitre-attack","external_id":"G9999"}]},
{"type":"relationship","spec_version":"2.1","id":"relationship--33333333-3333-4333-8333-333333333333","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","relationship_type":"revoked-by","source_ref":"intrusion-set--11111111-1111-4111-8111-111111111111","target_ref":"intrusion-set--22222222-2222-4222-8222-222222222222"}]})",
               house.a, intel::Tlp::amber);
  const Answer all = house.ask("rea", "GET", "/api/v1/actors");
  EXPECT_TRUE(all.has(R"("total":1)")) << all.body;
  EXPECT_TRUE(all.has(R"("name":"New Example","attack_id":"G9999","aliases":[{"name":"Old Example"}])")) << all.body;
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/lookup?value=G9998").has(R"("actor_profiles":[{"id":"intrusion-set--22222222)"));
}

}  // namespace
}  // namespace mozu::server::test
