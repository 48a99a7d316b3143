// A document is read, reviewed, accepted, and then is knowledge.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "house.hpp"
#include "mozu/intel/indicator.hpp"
#include "mozu/match/builder.hpp"

namespace mozu::server::test {
namespace {

constexpr std::string_view known_names = R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[
{"type":"malware","spec_version":"2.1","id":"malware--22222222-2222-4222-8222-222222222222","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"HeronLoader","is_family":true},
{"type":"attack-pattern","spec_version":"2.1","id":"attack-pattern--33333333-3333-4333-8333-333333333333","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"PowerShell","external_references":[{"source_name":"mitre-attack","external_id":"T1059.001"}]}]})";

constexpr std::string_view report =
    "Heron returns\n\nThe HeronLoader malware talks to cdn[.]copper-heron[.]example and 203.0.113[.]9 and runs PowerShell (T1059.001). It drops\n"
    "5f1d0c9a7b3e48d2a6c4f0e1b2d3948576a1b2c3d4e5f60718293a4b5c6d7e8f.\n";

/// The index of the finding with this value.
std::string index_of(const Answer& answer, const std::string& value) {
  const auto at = answer.body.find("\"value\":\"" + value + "\"");
  if (at == std::string::npos) return "none";
  const auto begin = answer.body.rfind("\"index\":", at) + 8;
  return answer.body.substr(begin, answer.body.find(',', begin) - begin);
}

class Reviews : public ::testing::Test {
 protected:
  Reviews() { house.import(known_names, intel::common, intel::Tlp::clear); }
  Answer begin(std::string_view who = "ann") {
    return house.ask(who, "POST", "/api/v1/reviews?name=heron.txt", report, "Content-Type: application/octet-stream\r\n");
  }
  Answer change(const std::string& id, const std::string& body) {
    return house.ask("ann", "PATCH", "/api/v1/reviews/" + id, body, "Content-Type: application/json\r\n");
  }
  House house;
};

TEST_F(Reviews, NobodySpeaksAsThePlatform) {
  for (const std::string source : {"publications", "edits", "a%0Ab", "%E2%80%AEa", "%20"})
    EXPECT_EQ(house.ask("ann", "POST", "/api/v1/reviews?name=heron.txt&source=" + source, report, "Content-Type: application/octet-stream\r\n").status, 422)
        << source;
  const std::string id = text_of(begin(), "id");
  for (const std::string source : {"publications", "edits", "a\\nb", "\\u202Ea", " "})
    EXPECT_EQ(change(id, R"({"source":")" + source + R"("})").status, 422) << source;
  EXPECT_EQ(change(id, R"({"source":"CERT \u65E5\u672C"})").status, 200);
}

TEST_F(Reviews, WhatIsAcceptedBecomesKnowledge) {
  const Answer begun = begin();
  ASSERT_EQ(begun.status, 201) << begun.body;
  const std::string id = text_of(begun, "id");
  EXPECT_TRUE(begun.has("\"value\":\"cdn.copper-heron.example\"")) << begun.body;
  EXPECT_TRUE(begun.has("malware--22222222-2222-4222-8222-222222222222")) << "the name is known: " << begun.body;
  const Answer changed = change(id, R"({"title":"Heron, again","tlp":"green","findings":[{"index":)" + index_of(begun, "203.0.113.9") +
                                        R"(,"accepted":false},{"type":"domain-name","value":"hxxp://WWW.heron[.]example"}]})");
  EXPECT_EQ(changed.status, 422) << "a URL is no domain: " << changed.body;
  const Answer corrected = change(id, R"({"title":"Heron, again","tlp":"green","findings":[{"index":)" + index_of(begun, "203.0.113.9") +
                                          R"(,"accepted":false},{"type":"domain-name","value":"WWW.heron[.]example"}]})");
  ASSERT_EQ(corrected.status, 200) << corrected.body;
  EXPECT_TRUE(corrected.has("\"value\":\"www.heron.example\"")) << corrected.body;

  const Answer accepted = house.ask("ann", "POST", "/api/v1/reviews/" + id + "/acceptance");
  ASSERT_EQ(accepted.status, 200) << accepted.body;
  EXPECT_EQ(text_of(accepted, "status"), "accepted");
  const Answer object = house.ask("rea", "GET", "/api/v1/objects/" + text_of(accepted, "report"));
  ASSERT_EQ(object.status, 200) << object.body;
  EXPECT_TRUE(object.has("Heron, again"));
  EXPECT_TRUE(object.has("malware--22222222-2222-4222-8222-222222222222")) << object.body;
  EXPECT_TRUE(object.has("attack-pattern--33333333-3333-4333-8333-333333333333")) << object.body;
  const Answer indicators = house.ask("rea", "GET", "/api/v1/indicators?source=reviews");
  EXPECT_TRUE(indicators.has("cdn.copper-heron.example"));
  EXPECT_TRUE(indicators.has("www.heron.example"));
  EXPECT_FALSE(indicators.has("203.0.113.9"));
  EXPECT_EQ(house.ask("ann", "POST", "/api/v1/reviews/" + id + "/acceptance").status, 409);
  EXPECT_EQ(change(id, R"({"title":"x"})").status, 409);
  EXPECT_TRUE(house.ask("adam", "GET", "/api/v1/audit?action=accept").has(id));
  EXPECT_TRUE(house.ask("adam", "GET", "/api/v1/audit?action=review-change").has(id));
}

TEST_F(Reviews, WhatNobodyHasReadIsNeitherAcceptedNorDiscarded) {
  const std::string id = text_of(begin(), "id"), at = "/api/v1/reviews/" + id;
  ASSERT_EQ(change(id, R"({"version":1,"findings":[{"type":"domain-name","value":"sneaked.example"}]})").status, 200);
  const auto accept = [&](std::string_view body) { return house.ask("ann", "POST", at + "/acceptance", body); };
  for (const auto* body : {R"({"version":1})", R"({"version":0})"}) EXPECT_EQ(accept(body).status, 412) << body;
  EXPECT_EQ(house.ask("ann", "DELETE", at + "?version=1").status, 412);
  for (const auto* query : {"?version=x", "?versoin=2"}) EXPECT_EQ(house.ask("ann", "DELETE", at + query).status, 400);
  EXPECT_EQ(house.ask("ann", "GET", at + "/text").status, 200) << "a discard that was refused took nothing";
  EXPECT_EQ(house.ask("ann", "GET", at).status, 200);
  EXPECT_EQ(accept(R"({"version":2})").status, 200);
}

TEST_F(Reviews, AMarkingAboveTheOwnClearanceIsRefused) {
  const std::string id = text_of(begin(), "id");
  EXPECT_EQ(house.ask("root", "PATCH", "/api/v1/users/ann", R"({"clearance":"amber"})").status, 200);
  EXPECT_EQ(change(id, R"({"tlp":"red"})").status, 422);
  EXPECT_EQ(house.ask("ann", "POST", "/api/v1/reviews?name=heron.txt&tlp=red", report, "Content-Type: application/octet-stream\r\n").status, 422);
  EXPECT_EQ(change(id, R"({"tlp":"green"})").status, 200);
}

TEST_F(Reviews, WhatIsKnowledgeIsImportedInstead) {
  const auto send = [&](const std::string& query, std::string_view bytes) {
    return house.ask("ann", "POST", "/api/v1/reviews?" + query, bytes, "Content-Type: application/octet-stream\r\n");
  };
  const std::string table = "indicator,type,first_seen\ncdn.copper-heron.example,domain,2026-01-01\n203.0.113.9,ipv4,2026-01-02\n";
  for (const auto& [name, bytes] : {std::pair<std::string, std::string_view>{"apt1.json", known_names},
                                    {"iocs.csv", table},
                                    {"list.txt", "a.heron.example\nb.heron.example\n203.0.113.9\n"}}) {
    const Answer refused = send("name=" + name, bytes);
    EXPECT_EQ(refused.status, 422) << refused.body;
    EXPECT_TRUE(refused.has(R"("code":"is-knowledge")")) << refused.body;
  }
  EXPECT_EQ(send("name=iocs.csv&as=document", table).status, 201);
  EXPECT_EQ(send("name=iocs.csv&as=feed", table).status, 400);
  EXPECT_EQ(send("name=iocs.md", table).status, 201) << "whoever says that it is Markdown";
  EXPECT_EQ(begin().status, 201);
}

TEST_F(Reviews, ADocumentSaysItsMarking) {
  const auto tlp_of = [&](const std::string& text, const std::string& query = {}) {
    return text_of(house.ask("ann", "POST", "/api/v1/reviews?name=heron.txt" + query, text, "Content-Type: application/octet-stream\r\n"), "tlp");
  };
  EXPECT_EQ(tlp_of("Heron\nTLP:WHITE\n\n" + std::string(report) + "tlp: white\n"), "TLP:CLEAR");
  EXPECT_EQ(tlp_of("Heron, TLP:AMBER+STRICT\n\n" + std::string(report)), "TLP:AMBER+STRICT");
  EXPECT_EQ(tlp_of("Heron\nTLP:GREEN, unlike what is TLP:RED\n\n" + std::string(report)), "TLP:AMBER") << "no word is taken for the other";
  EXPECT_EQ(tlp_of(std::string(report)), "TLP:AMBER");
  EXPECT_EQ(tlp_of("TLP:WHITE\n\n" + std::string(report), "&tlp=green"), "TLP:GREEN") << "said by who sends it";
}

TEST_F(Reviews, BelongToTheirOrganisation) {
  const std::string id = text_of(begin(), "id");
  EXPECT_EQ(house.ask("bob", "GET", "/api/v1/reviews/" + id).status, 403) << "readers do not review";
  EXPECT_EQ(house.ask("ben", "GET", "/api/v1/reviews/" + id).status, 404) << "another organisation";
  EXPECT_EQ(house.ask("ben", "POST", "/api/v1/reviews/" + id + "/acceptance").status, 404);
  EXPECT_EQ(house.ask("ben", "DELETE", "/api/v1/reviews/" + id).status, 404);
  EXPECT_TRUE(house.ask("ann", "GET", "/api/v1/reviews").has(id));
  EXPECT_FALSE(house.ask("ben", "GET", "/api/v1/reviews").has(id));
}

TEST_F(Reviews, TwoOrganisationsReadOneReportEachForItself) {
  for (const char* who : {"ann", "ben"}) {
    const Answer accepted = house.ask(who, "POST", "/api/v1/reviews/" + text_of(begin(who), "id") + "/acceptance");
    ASSERT_EQ(accepted.status, 200) << accepted.body;
    EXPECT_EQ(house.ask(who, "GET", "/api/v1/objects/" + text_of(accepted, "report")).status, 200) << who;
    EXPECT_TRUE(house.ask(who, "GET", "/api/v1/indicators?value=203.0.113.9").has("203.0.113.9")) << who;
  }
}

TEST_F(Reviews, AChangeOfAnOldVersionIsRefused) {
  const std::string id = text_of(begin(), "id");
  EXPECT_EQ(change(id, R"({"version":1,"title":"one"})").status, 200);
  EXPECT_EQ(change(id, R"({"version":1,"title":"two"})").status, 412);
  EXPECT_TRUE(house.ask("ann", "GET", "/api/v1/reviews/" + id).has("\"title\":\"one\""));
}

TEST_F(Reviews, FindingsAreCorrectedAndAddedInCanonicalForm) {
  const Answer begun = begin();
  const std::string id = text_of(begun, "id");
  const std::string nine = index_of(begun, "203.0.113.9");
  const Answer refused = change(id, R"({"findings":[{"index":)" + nine + R"(,"type":"domain-name"}]})");
  EXPECT_EQ(refused.status, 422) << refused.body;
  EXPECT_TRUE(refused.has("'203.0.113.9' is no domain-name: it is ipv4")) << refused.body;
  EXPECT_TRUE(change(id, R"({"findings":[{"type":"sha256","value":"123"}]})").has("is no sha256: "));
  EXPECT_EQ(change(id, R"({"findings":[{"type":"vulnerability","value":"log4shell"}]})").status, 422);
  EXPECT_EQ(change(id, R"({"findings":[{"type":"attack-pattern","value":"PowerShell"}]})").status, 422);
  EXPECT_EQ(change(id, R"({"findings":[{"type":"malware","value":"  "}]})").status, 422);
  EXPECT_EQ(change(id, R"({"findings":[{"type":"malware","value":"a","span":[7,3]}]})").status, 422);
  EXPECT_EQ(change(id, R"({"findings":[{"type":"malware","value":"a","context":")" + std::string(500, 'x') + R"("}]})").status, 422);

  const Answer changed = change(id, R"({"version":1,"findings":[{"index":)" + nine + R"(,"value":"203[.]0[.]113[.]10"},
    {"type":"url","value":"hxxp://CDN.copper-heron[.]example:80/a","context":"It fetches a.","span":[10,20]},
    {"type":"vulnerability","value":"cve-2021-44228"},{"type":"attack-pattern","value":"t1059.001"},{"type":"malware","value":" HeronLoader "}]})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  const Answer read = house.ask("ann", "GET", "/api/v1/reviews/" + id);
  for (const char* said : {R"("value":"203.0.113.10")", R"("value":"cdn.copper-heron.example/a")", R"("context":"It fetches a.")", R"("span":[10,20])",
                           R"("value":"CVE-2021-44228")", R"("value":"T1059.001")", R"("value":"HeronLoader")"})
    EXPECT_TRUE(read.has(said)) << said << read.body;
  EXPECT_FALSE(read.has("203.0.113.9\"")) << read.body;
  const Answer accepted = house.ask("ann", "POST", "/api/v1/reviews/" + id + "/acceptance");
  ASSERT_EQ(accepted.status, 200) << accepted.body;
  const Answer indicators = house.ask("rea", "GET", "/api/v1/indicators?source=reviews");
  EXPECT_TRUE(indicators.has("203.0.113.10") && indicators.has("cdn.copper-heron.example/a")) << indicators.body;
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/objects/" + text_of(accepted, "report")).has("malware--22222222-2222-4222-8222-222222222222"));
}

TEST_F(Reviews, WhatWasFoundAlreadyIsNotAddedTwice) {
  const Answer begun = begin();
  const std::string id = text_of(begun, "id");
  ASSERT_EQ(change(id, R"({"findings":[{"index":)" + index_of(begun, "203.0.113.9") + R"(,"accepted":false}]})").status, 200);
  const Answer changed = change(id, R"({"findings":[{"type":"ipv4-addr","value":"203[.]0.113.9"}]})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  const auto at = changed.body.find("\"value\":\"203.0.113.9\"");
  EXPECT_EQ(changed.body.find("\"value\":\"203.0.113.9\"", at + 1), std::string::npos) << changed.body;
  EXPECT_TRUE(changed.has("\"accepted\":true"));
}

TEST_F(Reviews, WhatIsCorrectedIsNoLongerNoise) {
  const Answer begun =
      house.ask("ann", "POST", "/api/v1/reviews?name=x.txt", "It answers at 192.0.2.7 and 10.1.2.3 today.\n", "Content-Type: application/octet-stream\r\n");
  ASSERT_TRUE(begun.has("\"noise\":\"example\"")) << begun.body;
  const Answer changed = change(text_of(begun, "id"), R"({"findings":[{"index":)" + index_of(begun, "10.1.2.3") + R"(,"value":"203.0.113.3"}]})");
  const auto at = changed.body.find("\"value\":\"203.0.113.3\"");
  ASSERT_NE(at, std::string::npos) << changed.body;
  EXPECT_EQ(changed.body.substr(at, changed.body.find('}', at) - at).find("example"), std::string::npos) << changed.body;
}

TEST_F(Reviews, TheirTextIsKeptAsLongAsTheyAre) {
  const Answer begun = begin();
  const std::string id = text_of(begun, "id"), at = "/api/v1/reviews/" + id + "/text";
  const Answer text = house.ask("ann", "GET", at);
  ASSERT_EQ(text.status, 200) << text.body;
  EXPECT_TRUE(text.has("The HeronLoader malware talks to cdn[.]copper-heron[.]example")) << text.body;
  EXPECT_TRUE(text.has("\"cut\":false"));
  EXPECT_EQ(house.ask("ben", "GET", at).status, 404) << "another organisation";
  EXPECT_EQ(house.ask("bob", "GET", at).status, 403) << "readers do not review";
  EXPECT_EQ(house.ask("ann", "DELETE", "/api/v1/reviews/" + id).status, 204);
  EXPECT_EQ(house.ask("ann", "GET", at).status, 404);
  EXPECT_FALSE(*house.accounts->document("review-texts", id));
  std::string long_text = "It talks to 203.0.113.9.\n";
  while (long_text.size() < (std::size_t{5} << 20)) long_text += "\xE9\xB3\xA5 and so on, \"and so on\".\n";
  const Answer large = house.ask("ann", "POST", "/api/v1/reviews?name=large.txt", long_text, "Content-Type: application/octet-stream\r\n");
  ASSERT_EQ(large.status, 201) << large.body;
  const Answer cut = house.ask("ann", "GET", "/api/v1/reviews/" + text_of(large, "id") + "/text");
  EXPECT_TRUE(cut.has("\"cut\":true"));
  EXPECT_GT(cut.body.size(), std::size_t{1} << 20);
}

TEST_F(Reviews, IndicatorsIndicateOnlyWhatThePersonSays) {
  const std::string loader = "malware--22222222-2222-4222-8222-222222222222", related = "/api/v1/indicators?related_to=" + loader;
  const auto accept = [&](const std::string& id, const std::string& body) {
    return house.ask("ann", "POST", "/api/v1/reviews/" + id + "/acceptance", body, body.empty() ? "" : "Content-Type: application/json\r\n");
  };
  const std::string first = text_of(begin(), "id");
  for (const auto* wrong : {R"({"indicates":["malware--99999999-9999-4999-8999-999999999999"]})",
                            R"({"indicates":["report--22222222-2222-4222-8222-222222222222"]})", R"({"indicates":"all"})", "[]"})
    EXPECT_EQ(accept(first, wrong).status, wrong == std::string_view("[]") ? 400 : 422) << wrong;
  EXPECT_EQ(accept(first, "").status, 200);
  EXPECT_FALSE(house.ask("ann", "GET", related).has("203.0.113.9")) << "nobody said so";
  const Answer begun = begin();
  ASSERT_EQ(change(text_of(begun, "id"), R"({"findings":[{"index":)" + index_of(begun, "cdn.copper-heron.example") + R"(,"accepted":false}]})").status, 200);
  const Answer accepted = accept(text_of(begun, "id"), fmt::format(R"({{"indicates":["{}"]}})", loader));
  ASSERT_EQ(accepted.status, 200) << accepted.body;
  const Answer found = house.ask("ann", "GET", related);
  EXPECT_TRUE(found.has("203.0.113.9")) << found.body;
  EXPECT_FALSE(found.has("cdn.copper-heron.example")) << "not accepted";
}

TEST_F(Reviews, AnAcceptanceThatWasCutOffIsMadeOnceMore) {
  // A server died between the knowledge and the review's own record of it: the review is pending still.
  const std::string id = text_of(begin(), "id");
  auto document = house.accounts->document("reviews", id);
  ASSERT_TRUE(document && *document);
  const Answer first = house.ask("ann", "POST", "/api/v1/reviews/" + id + "/acceptance");
  ASSERT_EQ(first.status, 200) << first.body;
  auto pending = **house.accounts->document("reviews", id);
  pending.json = (*document)->json;
  ASSERT_TRUE(house.accounts->put_document(pending));
  house.now.ms += 60'000;
  const Answer again = house.ask("ann", "POST", "/api/v1/reviews/" + id + "/acceptance");
  ASSERT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(text_of(again, "report"), text_of(first, "report"));
  EXPECT_TRUE(house.ask("ann", "GET", "/api/v1/indicators?value=203.0.113.9").has("203.0.113.9"));
}

TEST_F(Reviews, WhatIsKnownToBeHarmlessIsNoise) {
  match::Builder builder;
  intel::FeedInfo list;
  list.name = "Well known hosts";
  const auto feed = builder.add_feed(list);
  intel::Indicator indicator;
  indicator.pattern.value = "cdn.copper-heron.example";
  builder.add(feed, indicator);
  ASSERT_TRUE(builder.write(house.services->warning_lists, Timestamp{}));
  const Answer begun = begin();
  EXPECT_TRUE(begun.has("warning-list")) << begun.body;
}

TEST_F(Reviews, ImportedWarningListsCountToo) {
  house.import(
      R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[{"type":"x-mozu-warning-list","spec_version":"2.1","id":"x-mozu-warning-list--00000000-0000-4000-8000-000000000001","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Well known hosts","list_type":"hostname","matching_attributes":["domain"],"list":["cdn.copper-heron.example"]}]})",
      house.a, intel::Tlp::amber);
  const Answer begun = begin();
  EXPECT_TRUE(begun.has("warning-list")) << begun.body;
}

TEST_F(Reviews, AreNotKeptWithoutEnd) {
  house.services->reviews_max = 2;
  EXPECT_EQ(begin().status, 201);
  const std::string second = text_of(begin(), "id");
  const Answer third = begin();
  EXPECT_EQ(third.status, 409) << third.body;
  EXPECT_TRUE(third.has("too-many-reviews"));
  EXPECT_EQ(begin("ben").status, 201) << "another organisation";
  EXPECT_EQ(house.ask("ann", "DELETE", "/api/v1/reviews/" + second).status, 204);
  EXPECT_EQ(begin().status, 201);
}

TEST_F(Reviews, NonsenseIsRefused) {
  EXPECT_EQ(house.ask("ann", "POST", "/api/v1/reviews?name=x.txt").status, 422);
  const Answer picture = house.ask("ann", "POST", "/api/v1/reviews?name=x.png", "\x89PNG\r\n\x1a\n0000", "Content-Type: application/octet-stream\r\n");
  EXPECT_EQ(picture.status, 415) << picture.body;
  const std::string id = text_of(begin(), "id");
  for (const char* body : {R"({"findings":[{"index":0,"accepted":"yes"}]})", R"({"findings":[{"index":0,"value":7}]})", R"({"findings":[{"index":999}]})",
                           R"({"findings":[{"index":-1}]})", R"({"findings":[{"value":"a.example"}]})", R"({"findings":[{"type":"moon","value":"a"}]})",
                           R"({"findings":7})", R"({"findings":[7]})", R"({"tlp":"moon"})", R"({"findings":[{"type":"ipv4-addr","value":"300.1.1.1"}]})"})
    EXPECT_EQ(change(id, body).status, 422) << body;
  EXPECT_EQ(house.ask("ann", "DELETE", "/api/v1/reviews/" + id).status, 204);
  EXPECT_EQ(house.ask("ann", "GET", "/api/v1/reviews/" + id).status, 404);
}

}  // namespace
}  // namespace mozu::server::test
