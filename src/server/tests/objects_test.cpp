// Objects, search, tags and imports over the wire.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <future>

#include "house.hpp"

namespace mozu::server::test {
namespace {

constexpr std::string_view actor = "intrusion-set--11111111-1111-4111-8111-111111111111";
constexpr std::string_view malware = "malware--22222222-2222-4222-8222-222222222222";
constexpr std::string_view objects_bundle = R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[
{"type":"intrusion-set","spec_version":"2.1","id":"intrusion-set--11111111-1111-4111-8111-111111111111","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-02T00:00:00.123456Z","name":"Grey Example","description":"An actor made for tests."},
{"type":"malware","spec_version":"2.1","id":"malware--22222222-2222-4222-8222-222222222222","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"ExampleLoader","is_family":true},
{"type":"relationship","spec_version":"2.1","id":"relationship--33333333-3333-4333-8333-333333333333","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","relationship_type":"uses","source_ref":"intrusion-set--11111111-1111-4111-8111-111111111111","target_ref":"malware--22222222-2222-4222-8222-222222222222"}]})";

TEST(Objects, AreListedGivenAndFound) {
  House house;
  house.import(objects_bundle, intel::common, intel::Tlp::green);
  const Answer list = house.ask("rea", "GET", "/api/v1/objects?type=malware,tool");
  EXPECT_EQ(list.status, 200);
  EXPECT_TRUE(list.has(malware));
  EXPECT_FALSE(list.has(actor));
  EXPECT_EQ(list.header("cache-control"), "no-store");
  const Answer one = house.ask("rea", "GET", fmt::format("/api/v1/objects/{}", actor));
  EXPECT_EQ(one.status, 200);
  EXPECT_TRUE(one.has(R"("name":"Grey Example")"));
  EXPECT_TRUE(one.has(R"("modified":"2026-01-02T00:00:00.123456Z")"));
  EXPECT_TRUE(one.has(R"("tlp":"TLP:GREEN")"));
  EXPECT_TRUE(one.has(R"("object":{"type":"intrusion-set")")) << one.body;
  const Answer found = house.ask("rea", "GET", "/api/v1/search?q=actor+made&facets=true");
  EXPECT_EQ(found.status, 200);
  EXPECT_TRUE(found.has(actor));
  EXPECT_TRUE(found.has(R"("facets":{)"));
  const Answer beside = house.ask("rea", "GET", fmt::format("/api/v1/objects/{}/neighbours", actor));
  EXPECT_TRUE(beside.has(malware));
  EXPECT_TRUE(beside.has(R"("relation":"uses","outgoing":true)")) << beside.body;
  EXPECT_TRUE(house.ask("rea", "GET", fmt::format("/api/v1/objects/{}/neighbour-counts", actor)).has(R"("count":1)"));
  EXPECT_TRUE(house.ask("rea", "GET", fmt::format("/api/v1/objects/{}/versions", actor)).has(actor));
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/counts").has(R"("malware":1)"));
}

TEST(Objects, CursorsWalkOverAllOnce) {
  House house;
  house.import(objects_bundle, intel::common, intel::Tlp::green);
  std::string cursor, seen;
  int pages = 0;
  do {
    const Answer page = house.ask("rea", "GET", "/api/v1/objects?limit=1" + (cursor.empty() ? "" : "&cursor=" + percent_encode(cursor)));
    ASSERT_EQ(page.status, 200) << page.body;
    seen += page.body;
    const auto at = page.body.find(R"("next":")");
    cursor = at == std::string::npos ? "" : page.body.substr(at + 8, page.body.find('"', at + 8) - at - 8);
    ASSERT_LE(++pages, 4);
  } while (!cursor.empty());
  for (const auto id : {actor, malware}) EXPECT_EQ(seen.find(fmt::format("\"id\":\"{}\"", id)), seen.rfind(fmt::format("\"id\":\"{}\"", id))) << id;
  EXPECT_EQ(house.ask("rea", "GET", "/api/v1/objects?cursor=nonsense").status, 400);
}

TEST(Objects, EtagsSaveWhatIsKnown) {
  House house;
  house.import(objects_bundle, intel::common, intel::Tlp::green);
  const std::string target = fmt::format("/api/v1/objects/{}", actor);
  const std::string etag = house.ask("rea", "GET", target).header("etag");
  ASSERT_FALSE(etag.empty());
  const Answer again = house.ask("rea", "GET", target, {}, fmt::format("If-None-Match: {}\r\n", etag));
  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body.empty());
  EXPECT_EQ(house.ask("ann", "PUT", target + "/tags/seen%2Fhere", R"({"weight":70})").status, 204);
  const Answer tagged = house.ask("rea", "GET", target, {}, fmt::format("If-None-Match: {}\r\n", etag));
  EXPECT_EQ(tagged.status, 200);
  EXPECT_TRUE(tagged.has(R"("tags":{"seen/here":70})")) << tagged.body;
  EXPECT_EQ(house.ask("ann", "DELETE", target + "/tags/seen%2Fhere").status, 204);
  EXPECT_TRUE(house.ask("rea", "GET", target).has(R"("tags":{})"));
  EXPECT_EQ(house.ask("ann", "PUT", target + "/tags/x", R"({"weight":0})").status, 422);
}

TEST(Objects, PeopleSayWhatIsTheSame) {
  House house;
  house.import(objects_bundle, house.a, intel::Tlp::amber);
  const auto say = [&](std::string_view who, std::string_view word) {
    return house.ask(who, "POST", "/api/v1/decisions", fmt::format(R"({{"id":"{}","other":"{}","sameness":"{}"}})", actor, malware, word)).status;
  };
  EXPECT_EQ(say("ann", "different"), 204);
  EXPECT_EQ(say("ann", "perhaps"), 422);
  EXPECT_EQ(say("rea", "same"), 403);
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/decisions").has(R"("sameness":"different","who":"ann")"));
  EXPECT_EQ(house.ask("bob", "GET", "/api/v1/decisions").body, R"({"items":[]})");
  EXPECT_TRUE(house.ask("adam", "GET", "/api/v1/audit?action=decide").has("different as malware--"));
}

TEST(Objects, OfOthersDoNotExist) {
  House house;
  house.import(objects_bundle, house.a, intel::Tlp::amber);
  const std::string target = fmt::format("/api/v1/objects/{}", actor);
  EXPECT_EQ(house.ask("rea", "GET", target).status, 200);
  EXPECT_EQ(house.ask("bob", "GET", target).status, 404);
  EXPECT_EQ(house.ask("bob", "GET", target + "/versions").status, 404);
  EXPECT_EQ(house.ask("bob", "GET", target + "/neighbours").status, 404);
  EXPECT_EQ(house.ask("bob", "GET", target + "/neighbour-counts").status, 404);
  EXPECT_FALSE(house.ask("bob", "GET", "/api/v1/objects").has(actor));
  EXPECT_FALSE(house.ask("bob", "GET", "/api/v1/search?q=Grey").has(actor));
  EXPECT_FALSE(house.ask("bob", "GET", "/api/v1/counts").has("intrusion-set"));
}

TEST(Objects, NamesOfOthersAreAnsweredAsThoseOfNobody) {
  House house;
  house.import(
      R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[{"type":"x-secret","id":"x-secret--11111111-1111-4111-8111-111111111111",
"created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Hidden Thing","labels":["hidden"]}]})",
      house.a, intel::Tlp::amber);
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/search?q=thing&type=x-secret&label=hidden&facets=true").has("x-secret--"));
  for (const std::string query : {"q=thing&facets=true&{}=", "q=thing&{}="})
    for (const auto& [field, hidden] : {std::pair<std::string, std::string>{"type", "x-secret"}, {"label", "hidden"}, {"source", "test"}}) {
      std::string target = "/api/v1/search?" + query;
      target.replace(target.find("{}"), 2, field);
      EXPECT_EQ(house.ask("bob", "GET", target + hidden).body, house.ask("bob", "GET", target + "nobodys").body) << target << hidden;
    }
}

TEST(Objects, UnknownQueriesAreRefused) {
  House house;
  EXPECT_EQ(house.ask("rea", "GET", "/api/v1/objects?typ=malware").status, 400);
  EXPECT_EQ(house.ask("rea", "GET", "/api/v1/objects?limit=0").status, 400);
  EXPECT_EQ(house.ask("rea", "GET", "/api/v1/objects?limit=100000").status, 400);
  EXPECT_EQ(house.ask("rea", "GET", "/api/v1/objects?tlp=purple").status, 400);
  EXPECT_EQ(house.ask("rea", "GET", "/api/v1/objects?modified_from=yesterday").status, 400);
  EXPECT_EQ(house.ask("rea", "GET", "/api/v1/objects?modified_from=").status, 400);
  EXPECT_EQ(house.ask("rea", "GET", "/api/v1/search").status, 400);
  EXPECT_EQ(house.ask("rea", "GET", "/api/v1/search?q=%22OR+1%3D1+--+NEAR(*").status, 200);
}

TEST(Imports, TakeAnyFormatAndStayWithTheirOrganisation) {
  House house;
  const Answer trial = house.ask("ann", "POST", "/api/v1/imports?source=test&name=bundle.json&dry_run=true", objects_bundle);
  EXPECT_EQ(trial.status, 200) << trial.body;
  EXPECT_TRUE(trial.has(R"("added":3)")) << trial.body;
  EXPECT_FALSE(house.ask("ann", "GET", "/api/v1/objects").has(actor));
  const Answer done = house.ask("ann", "POST", "/api/v1/imports?source=test&name=bundle.json", objects_bundle);
  EXPECT_EQ(done.status, 201) << done.body;
  EXPECT_TRUE(done.has(R"("import":1)"));
  EXPECT_TRUE(house.ask("ann", "GET", "/api/v1/objects").has(actor));
  EXPECT_FALSE(house.ask("bob", "GET", "/api/v1/objects").has(actor));
  EXPECT_TRUE(house.ask("ann", "GET", "/api/v1/imports").has("bundle.json"));
  EXPECT_EQ(house.ask("ann", "POST", "/api/v1/imports?source=test&shared=true", objects_bundle).status, 403);
  EXPECT_EQ(house.ask("adam", "POST", "/api/v1/imports?source=test&shared=true", objects_bundle).status, 403) << "of one organisation";
  EXPECT_EQ(house.ask("root", "POST", "/api/v1/imports?source=test2&shared=true", objects_bundle).status, 201);
  EXPECT_TRUE(house.ask("bob", "GET", "/api/v1/objects").has(actor));
  EXPECT_TRUE(house.ask("root", "GET", "/api/v1/audit?action=import").has("test2"));
}

TEST(Imports, ThatRunAreShownAndCanBeStopped) {
  House house;
  store::Provenance provenance;
  provenance.source = "other";
  auto other = house.knowledge->begin_import(provenance, true);  // while it writes, the next one waits
  ASSERT_TRUE(other);
  auto answer = std::async(std::launch::async, [&] { return house.ask("ann", "POST", "/api/v1/imports?source=test&name=bundle.json", objects_bundle); });
  Answer running = house.ask("ann", "GET", "/api/v1/imports/running");
  for (int i = 0; i < 1000 && !running.has("waiting"); ++i) running = house.ask("ann", "GET", "/api/v1/imports/running");
  EXPECT_TRUE(running.has(R"("by":"ann","source":"test","origin":"bundle.json","dry_run":false,"state":"waiting")")) << running.body;
  const std::size_t at = running.body.find(R"("id":")") + 6;
  const std::string one = "/api/v1/imports/running/" + running.body.substr(at, running.body.find('"', at) - at);
  EXPECT_FALSE(house.ask("ben", "GET", "/api/v1/imports/running").has("bundle.json")) << "another organisation";
  EXPECT_EQ(house.ask("ben", "DELETE", one).status, 404);
  EXPECT_EQ(house.ask("ann", "DELETE", one).status, 204);
  other->reset();
  const Answer stopped = answer.get();
  EXPECT_EQ(stopped.status, 409) << stopped.body;
  EXPECT_TRUE(stopped.has("import-stopped"));
  EXPECT_FALSE(house.ask("ann", "GET", "/api/v1/objects").has(actor));
  EXPECT_FALSE(house.ask("ann", "GET", "/api/v1/imports/running").has("bundle.json"));
  EXPECT_EQ(house.ask("ann", "DELETE", one).status, 404);
}

TEST(Imports, OfOthersLeaveNoHolesInPages) {
  House house;
  house.import(objects_bundle, intel::common, intel::Tlp::green);
  for (int i = 0; i < 3; ++i) house.import(objects_bundle, house.a, intel::Tlp::amber);
  const Answer page = house.ask("ben", "GET", "/api/v1/imports?limit=1");
  EXPECT_TRUE(page.has(R"("import":1)")) << page.body;
  EXPECT_FALSE(page.has("\"next\"")) << page.body;
}

TEST(Imports, SayWhatIsWrong) {
  House house;
  const Answer nothing = house.ask("ann", "POST", "/api/v1/imports?source=test&name=x.bin",
                                   std::string("\x7f"
                                               "ELF\0\0\1",
                                               7));
  EXPECT_EQ(nothing.status, 422) << nothing.body;
  EXPECT_EQ(nothing.body.find(house.folder), std::string::npos) << nothing.body;
  EXPECT_EQ(house.ask("ann", "POST", "/api/v1/imports?source=test").status, 422);
  EXPECT_EQ(house.ask("ann", "POST", "/api/v1/imports?source=test&format=parchment", objects_bundle).status, 422);
  EXPECT_EQ(house.ask("ann", "POST", "/api/v1/imports", objects_bundle).status, 400);
  EXPECT_EQ(house.ask("ann", "POST", "/api/v1/imports?source=test", std::string((1 << 20) + 1, 'x')).status, 413);
  const Answer half = house.ask(
      "ann", "POST", "/api/v1/imports?source=test&name=half.json",
      R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[{"type":"malware","id":"tool--1"},{"type":"malware","spec_version":"2.1","id":"malware--22222222-2222-4222-8222-222222222222","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"ExampleLoader","is_family":true}]})");
  EXPECT_EQ(half.status, 201) << half.body;
  EXPECT_TRUE(half.has(R"("refused":1)"));
  EXPECT_TRUE(half.has(R"("file":"half.json")")) << half.body;
  EXPECT_TRUE(half.has(R"("added":1)"));
  const Answer cut = house.ask("ann", "POST", "/api/v1/imports?source=test&name=cut.json", std::string(objects_bundle.substr(0, objects_bundle.size() - 40)));
  EXPECT_EQ(cut.status, 201) << "what can be read is kept: " << cut.body;
  EXPECT_TRUE(cut.has(R"("cut_off":1)")) << cut.body;
  const Answer broken = house.ask("ann", "POST", "/api/v1/imports?source=test", objects_bundle.substr(0, 150));
  EXPECT_EQ(broken.status, 422) << "not one object: " << broken.body;
  EXPECT_TRUE(broken.has("broken JSON")) << broken.body;
  const Answer empty =
      house.ask("ann", "POST", "/api/v1/imports?source=test", R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[]})");
  EXPECT_EQ(empty.status, 200) << empty.body;
  EXPECT_FALSE(empty.has("\"import\"")) << "nothing to keep is no import";
}

}  // namespace
}  // namespace mozu::server::test
