// Research graphs: kept by their owner, shown to their organisation, and never more of them than their reader may see.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "house.hpp"

namespace mozu::server::test {
namespace {

constexpr std::string_view known = R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[
{"type":"intrusion-set","spec_version":"2.1","id":"intrusion-set--11111111-1111-4111-8111-111111111111","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Copper Heron"},
{"type":"malware","spec_version":"2.1","id":"malware--22222222-2222-4222-8222-222222222222","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"HeronLoader","is_family":true},
{"type":"relationship","spec_version":"2.1","id":"relationship--44444444-4444-4444-8444-444444444444","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","relationship_type":"uses","source_ref":"intrusion-set--11111111-1111-4111-8111-111111111111","target_ref":"malware--22222222-2222-4222-8222-222222222222"}]})";
constexpr std::string_view secret = R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000001","objects":[
{"type":"malware","spec_version":"2.1","id":"malware--33333333-3333-4333-8333-333333333333","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"SecretLoader","is_family":true},
{"type":"relationship","spec_version":"2.1","id":"relationship--55555555-5555-4555-8555-555555555555","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","relationship_type":"uses","source_ref":"intrusion-set--11111111-1111-4111-8111-111111111111","target_ref":"malware--33333333-3333-4333-8333-333333333333"},
{"type":"relationship","spec_version":"2.1","id":"relationship--66666666-6666-4666-8666-666666666666","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","relationship_type":"related-to","source_ref":"malware--22222222-2222-4222-8222-222222222222","target_ref":"intrusion-set--11111111-1111-4111-8111-111111111111"}]})";

constexpr std::string_view nodes =
    R"("nodes":[{"id":"intrusion-set--11111111-1111-4111-8111-111111111111","x":1.4,"y":-20,"pinned":true,"note":"who is this?","mark":"suspect"},{"id":"malware--22222222-2222-4222-8222-222222222222"},{"id":"malware--33333333-3333-4333-8333-333333333333","note":"hushed"}])";
constexpr std::string_view edges =
    R"("edges":[{"from":0,"to":1,"relation":"uses","relationship_id":"relationship--44444444-4444-4444-8444-444444444444"},{"from":0,"to":2,"relation":"uses","relationship_id":"relationship--55555555-5555-4555-8555-555555555555"},{"from":1,"to":0,"relation":"related-to","relationship_id":"relationship--66666666-6666-4666-8666-666666666666"}],"groups":[{"of":2,"outgoing":true,"relation":"uses","type":"attack-pattern"}])";

class Graphs : public ::testing::Test {
 protected:
  Graphs() {
    house.import(known, intel::common, intel::Tlp::clear);
    house.import(secret, house.a, intel::Tlp::red);
    for (const auto& [name, clearance] : {std::pair{"sue", intel::Tlp::red}, {"gil", intel::Tlp::green}, {"amy", intel::Tlp::amber}}) {
      const auto id = house.identities->add_user({name, "", std::string(password), "reader", house.a, clearance});
      house.tokens[name] = house.identities->add_token({*id, "test", "all"})->text;
    }
  }
  static std::string body(std::string_view more = {}) { return fmt::format(R"({{"title":"Herons",{},{}{}}})", nodes, edges, more); }
  Answer send(std::string_view who, std::string_view method, const std::string& target, const std::string& json) {
    return house.ask(who, method, target, json, "Content-Type: application/json\r\n");
  }
  std::string keep(std::string_view who, std::string_view more = {}) {
    const Answer kept = send(who, "POST", "/api/v1/graphs", body(more));
    EXPECT_EQ(kept.status, 201) << kept.body;
    const auto at = kept.body.find("\"id\":\"") + 6;
    return kept.body.substr(at, kept.body.find('"', at) - at);
  }
  House house;
};

TEST_F(Graphs, AreKeptAndReadAsTheyWere) {
  const std::string id = keep("sue");
  const Answer read = house.ask("sue", "GET", "/api/v1/graphs/" + id);
  ASSERT_EQ(read.status, 200) << read.body;
  for (const auto* part : {"\"name\":\"Copper Heron\"", "\"x\":1,\"y\":-20,\"pinned\":true,\"note\":\"who is this?\",\"mark\":\"suspect\"", "SecretLoader",
                           "\"from\":0,\"to\":2", "\"own\":true", "\"tlp\":\"TLP:AMBER\"", "\"type\":\"attack-pattern\""})
    EXPECT_TRUE(read.has(part)) << part << "\n" << read.body;
  EXPECT_TRUE(house.ask("sue", "GET", "/api/v1/graphs").has(id));
  EXPECT_TRUE(house.ask("adam", "GET", "/api/v1/audit?action=graph-keep").has(id));
}

TEST_F(Graphs, AreSeenByTheirOwnerAloneUntilShared) {
  const std::string own = keep("sue"), shared = keep("sue", R"(,"shared":true)");
  for (const auto* who : {"amy", "ann", "adam", "bob", "ben", "root", "gil"}) {
    EXPECT_EQ(house.ask(who, "GET", "/api/v1/graphs/" + own).status, 404) << who;
    EXPECT_FALSE(house.ask(who, "GET", "/api/v1/graphs").has(own)) << who;
    EXPECT_EQ(house.ask(who, "GET", "/api/v1/graphs/" + own + "/stix").status, 404) << who;
  }
  for (const auto* who : {"amy", "ann"}) {
    EXPECT_EQ(house.ask(who, "GET", "/api/v1/graphs/" + shared).status, 200) << who;
    EXPECT_TRUE(house.ask(who, "GET", "/api/v1/graphs").has(shared)) << who;
  }
  for (const auto* who : {"bob", "ben", "root"}) EXPECT_EQ(house.ask(who, "GET", "/api/v1/graphs/" + shared).status, 404) << who;
  EXPECT_EQ(house.ask("gil", "GET", "/api/v1/graphs/" + shared).status, 404) << "it is AMBER";
  EXPECT_EQ(house.ask("fee", "GET", "/api/v1/graphs").status, 403);
  EXPECT_EQ(send("fee", "POST", "/api/v1/graphs", body()).status, 403);
}

TEST_F(Graphs, ShowNobodyWhatTheyMayNotSee) {
  const std::string id = keep("sue", R"(,"shared":true)");
  for (const std::string& target : {"/api/v1/graphs/" + id, "/api/v1/graphs/" + id + "/stix"}) {
    const Answer read = house.ask("amy", "GET", target);
    ASSERT_EQ(read.status, 200) << read.body;
    EXPECT_TRUE(read.has("HeronLoader")) << read.body;
    EXPECT_TRUE(read.has("44444444")) << read.body;
    for (const auto* hidden : {"SecretLoader", "33333333", "55555555", "66666666", "hushed", "attack-pattern"})
      EXPECT_FALSE(read.has(hidden)) << hidden << "\n" << read.body;
  }
}

TEST_F(Graphs, AreChangedByTheirOwnerAloneAndNeverBlindly) {
  const std::string id = keep("sue", R"(,"shared":true)");
  EXPECT_EQ(send("amy", "PUT", "/api/v1/graphs/" + id, body(R"(,"version":1)")).status, 403);
  EXPECT_EQ(house.ask("amy", "DELETE", "/api/v1/graphs/" + id).status, 403);
  EXPECT_EQ(house.ask("ben", "DELETE", "/api/v1/graphs/" + id).status, 404);
  EXPECT_EQ(send("sue", "PUT", "/api/v1/graphs/" + id, body()).status, 422) << "no version";
  const Answer changed = send("sue", "PUT", "/api/v1/graphs/" + id, R"({"title":"Fewer","version":1,"nodes":[]})");
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(send("sue", "PUT", "/api/v1/graphs/" + id, body(R"(,"version":1)")).status, 412) << "overtaken";
  const Answer read = house.ask("sue", "GET", "/api/v1/graphs/" + id);
  EXPECT_TRUE(read.has("Fewer") && read.has("\"nodes\":[]")) << "what was refused changed nothing: " << read.body;
  EXPECT_EQ(house.ask("amy", "GET", "/api/v1/graphs/" + id).status, 404) << "it is shared no longer";
  EXPECT_EQ(house.ask("sue", "GET", "/api/v1/graphs/" + id + "/stix").status, 422) << "a grouping of nothing";
  EXPECT_EQ(house.ask("sue", "DELETE", "/api/v1/graphs/" + id).status, 204);
  EXPECT_EQ(house.ask("sue", "GET", "/api/v1/graphs/" + id).status, 404);
  // Of all that was written one thing after the other nothing is left over.
  store::Accounts::DocumentQuery query;
  query.collection = "graph-contents";
  EXPECT_TRUE(house.accounts->documents(query)->items.empty());
}

TEST_F(Graphs, OfAPersonHaveALimitAlsoForRequestsAtTheSameTime) {
  const auto sue = *house.accounts->user_named("sue");
  for (int i = 0; i < 198; ++i) {
    store::Document d;
    d.collection = "graphs", d.id = fmt::format("kept-{:03}", i), d.organisation = house.a, d.owner = sue->id;
    d.json = R"({"title":"Before","tlp":"none","shared":false,"by":"sue","content":"none","nodes":0})";
    ASSERT_TRUE(house.accounts->put_document(d));
  }
  std::atomic<int> made{0}, refused{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 12; ++t)
    threads.emplace_back([&] {
      const Answer answer = send("sue", "POST", "/api/v1/graphs", body());
      made += answer.status == 201;
      refused += answer.status == 409 && answer.has("too-many-graphs");
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(made, 2);
  EXPECT_EQ(refused, 10);
  const auto count = [&](std::string collection) {
    store::Accounts::DocumentQuery query;
    query.collection = std::move(collection), query.owner = sue->id, query.limit = 1000;
    return house.accounts->documents(query)->items.size();
  };
  EXPECT_EQ(count("graphs"), 200);
  EXPECT_EQ(count("graph-contents"), 2) << "nothing is left of those that were refused";
  keep("amy");
}

TEST_F(Graphs, RefuseWhatIsNoGraph) {
  for (const std::string_view wrong :
       {R"({"nodes":[]})", R"({"title":" "})", R"({"title":"x","nodes":[{"id":"nonsense"}]})", R"({"title":"x","nodes":[{}]})", R"({"title":"x","nodes":{}})",
        R"({"title":"x","nodes":[1]})", R"({"title":"x","edges":[{"from":0,"to":0,"relation":"uses"}]})", R"({"title":"x","unknown":1})",
        R"({"title":"x","tlp":"purple"})", R"({"title":"x","shared":"yes"})",
        R"({"title":"x","nodes":[{"id":"malware--22222222-2222-4222-8222-222222222222"},{"id":"malware--22222222-2222-4222-8222-222222222222"}]})",
        R"({"title":"x","nodes":[{"id":"malware--22222222-2222-4222-8222-222222222222","mark":"<b>"}]})",
        R"({"title":"x","nodes":[{"id":"malware--22222222-2222-4222-8222-222222222222","x":"1"}]})",
        R"({"title":"x","nodes":[{"id":"malware--22222222-2222-4222-8222-222222222222"}],"edges":[{"from":0,"to":0,"relation":"a b"}]})",
        R"({"title":"x","nodes":[{"id":"malware--22222222-2222-4222-8222-222222222222"}],"groups":[{"of":1,"relation":"uses","type":"tool"}]})"}) {
    const Answer answer = send("sue", "POST", "/api/v1/graphs", std::string(wrong));
    EXPECT_EQ(answer.status, 422) << wrong << "\n" << answer.body;
  }
  EXPECT_EQ(send("amy", "POST", "/api/v1/graphs", R"({"title":"x","tlp":"red"})").status, 422) << "stricter than what she may see";
  EXPECT_EQ(send("sue", "POST", "/api/v1/graphs",
                 fmt::format(R"({{"title":"x","nodes":[{{"id":"malware--22222222-2222-4222-8222-222222222222","note":"{}"}}]}})", std::string(2001, 'x')))
                .status,
            422);
}

TEST_F(Graphs, AreGroupingsInStix) {
  const std::string id = keep("sue");
  const Answer bundle = house.ask("sue", "GET", "/api/v1/graphs/" + id + "/stix");
  ASSERT_EQ(bundle.status, 200) << bundle.body;
  EXPECT_EQ(bundle.header("content-type"), "application/stix+json;version=2.1");
  for (const auto* part : {"\"type\":\"grouping\"", "\"name\":\"Herons\"", "\"context\":\"unspecified\"", "\"type\":\"note\"", "\"content\":\"who is this?\"",
                           "\"name\":\"HeronLoader\"", "relationship--44444444-4444-4444-8444-444444444444"})
    EXPECT_TRUE(bundle.has(part)) << part << "\n" << bundle.body;
  EXPECT_EQ(house.ask("sue", "GET", "/api/v1/graphs/" + id + "/stix").body.find("grouping--"), bundle.body.find("grouping--"));
}

TEST_F(Graphs, LinksAreThoseOneMaySee) {
  const std::string ids =
      R"({"ids":["intrusion-set--11111111-1111-4111-8111-111111111111","malware--22222222-2222-4222-8222-222222222222","malware--33333333-3333-4333-8333-333333333333"]})";
  const Answer all = send("sue", "POST", "/api/v1/objects/links", ids);
  ASSERT_EQ(all.status, 200) << all.body;
  for (const auto* one : {"44444444", "55555555", "66666666"}) {
    const auto at = all.body.find(one);
    EXPECT_NE(at, std::string::npos) << one;
    EXPECT_EQ(all.body.find(fmt::format("relationship--{}", one), at + 1), std::string::npos) << "once";
  }
  const Answer fewer = send("bob", "POST", "/api/v1/objects/links", ids);
  EXPECT_TRUE(fewer.has("44444444")) << fewer.body;
  for (const auto* hidden : {"33333333", "55555555", "66666666"}) EXPECT_FALSE(fewer.has(hidden)) << fewer.body;
  EXPECT_EQ(send("sue", "POST", "/api/v1/objects/links", R"({"ids":[1]})").status, 422);
}

}  // namespace
}  // namespace mozu::server::test
