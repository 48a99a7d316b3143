// Bulk edits over HTTP: who may, what is refused, the audit log, and taking them back.
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <chrono>
#include <future>
#include <string>
#include <vector>

#include "house.hpp"

namespace mozu::server::test {
namespace {

constexpr std::chrono::seconds patience{60};

/// {"id":…,"sequence":…} of every indicator of a source.
std::string items_of(House& house, std::string_view who, std::string_view source) {
  const Answer answer = house.ask(who, "GET", fmt::format("/api/v1/indicators?source={}", source));
  simdjson::dom::parser parser;
  simdjson::dom::element page;
  std::string out;
  if (parser.parse(answer.body).get(page) != simdjson::SUCCESS) return out;
  for (const simdjson::dom::element one : simdjson::dom::array(page["items"]))
    out += fmt::format(R"({}{{"id":"{}","sequence":{}}})", out.empty() ? "" : ",", std::string_view(one["id"]), std::int64_t(one["sequence"]));
  return out;
}
Answer edit(House& house, std::string_view who, std::string_view items, std::string_view change) {
  return house.ask(who, "POST", "/api/v1/indicators/edits", fmt::format(R"({{"items":[{}],{}}})", items, change));
}
void import_hosts(House& house, std::string_view who, std::string_view source, std::string_view hosts) {
  ASSERT_EQ(house.ask(who, "POST", fmt::format("/api/v1/imports?source={}&name=list.txt", source), hosts).status, 201);
}

TEST(IndicatorEdits, AreMadeListedAndTakenBack) {
  House house;
  import_hosts(house, "ann", "mine", "one.example\ntwo.example\n");
  const std::string items = items_of(house, "ann", "mine");
  const Answer done = edit(house, "ann", items, R"("confidence":5,"add_labels":["checked"])");
  ASSERT_EQ(done.status, 201) << done.body;
  EXPECT_TRUE(done.has(R"("changed":2)")) << done.body;
  const std::string number = done.body.substr(8, done.body.find(',') - 8);
  EXPECT_TRUE(house.ask("ann", "GET", "/api/v1/indicators?source=mine&label=checked").has(R"("confidence":5)"));
  EXPECT_EQ(edit(house, "ann", items, R"("confidence":6)").status, 412) << "as they were before the edit";
  EXPECT_TRUE(house.ask("ann", "GET", "/api/v1/indicators/edits").has(R"("what":"confidence 5, +checked","undone":false)"));
  EXPECT_EQ(house.ask("ben", "POST", "/api/v1/indicators/edits/" + number + "/undo").status, 404) << "of another organisation";
  EXPECT_TRUE(house.ask("ben", "GET", "/api/v1/indicators/edits").has(R"("items":[])"));
  const Answer undone = house.ask("ann", "POST", "/api/v1/indicators/edits/" + number + "/undo");
  EXPECT_EQ(undone.status, 200);
  EXPECT_TRUE(undone.has(R"("changed":2)")) << undone.body;
  EXPECT_TRUE(house.ask("ann", "GET", "/api/v1/indicators?source=mine&label=checked").has(R"("items":[])"));
  EXPECT_TRUE(house.ask("ann", "GET", "/api/v1/indicators/edits").has(R"("undone":true)"));
  EXPECT_TRUE(house.ask("ann", "GET", "/api/v1/indicators?source=mine").has("one.example")) << "still of its source";
  EXPECT_FALSE(house.ask("ann", "GET", "/api/v1/sources").has(R"("source":"edits")"));
  const Answer log = house.ask("adam", "GET", "/api/v1/audit");
  EXPECT_TRUE(log.has("2 indicators: confidence 5, +checked") && log.has("indicator-edit-undo")) << log.body;
}

TEST(IndicatorEdits, WhatWasCutOffBeforeItsNoteIsInTheListNextTime) {
  House house;
  import_hosts(house, "ann", "mine", "one.example\ntwo.example\n");
  const auto intents = [&] {
    return house.accounts->documents({.collection = "indicator-edit-intents", .organisation = {}, .owner = {}, .with_json = true, .cursor = {}})->items;
  };
  const auto edits = [&](std::string_view who = "ann") { return house.ask(who, "GET", "/api/v1/indicators/edits"); };
  for (const bool without_items : {true, false}) {
    const std::string label = without_items ? "first" : "second", items = items_of(house, "ann", "mine");
    auto writing = house.knowledge->begin_import({"other", "other", "", "ann", house.a, intel::Tlp::amber, intel::confidence_unknown});
    ASSERT_TRUE(writing);
    auto asked = std::async(std::launch::async, [&] { return edit(house, "ann", items, fmt::format(R"("add_labels":["{}"])", label)); });
    // An edit that ends, or hangs, without having said what it intends would be waited for without an end.
    const auto end = std::chrono::steady_clock::now() + patience;
    while (intents().empty() && std::chrono::steady_clock::now() < end && asked.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {}
    const auto intended = intents();
    if (intended.empty()) {
      writing->reset();
      FAIL() << "no intent was written; the edit: " << asked.get().body;
    }
    store::Document intent = intended.at(0);
    EXPECT_FALSE(edits().has(label)) << "it is not made yet";
    ASSERT_EQ(intents().size(), 1U);
    writing->reset();
    const Answer done = asked.get();
    ASSERT_EQ(done.status, 201) << done.body;
    EXPECT_TRUE(done.has(R"("undoable":true)")) << done.body;
    EXPECT_TRUE(intents().empty());
    // As a server leaves it that was killed between the edit and the note.
    const std::string number = done.body.substr(8, done.body.find(',') - 8), id = fmt::format("{}.{:0>12}", house.a, number);
    ASSERT_TRUE(house.accounts->remove_document("indicator-edits", id));
    if (without_items) {
      ASSERT_TRUE(house.accounts->remove_document("indicator-edit-items", id));
    }
    intent.version = 0;
    ASSERT_TRUE(house.accounts->put_document(intent));
    EXPECT_FALSE(edits("ben").has(label)) << "another organisation's";
    if (without_items) {
      EXPECT_TRUE(edits().has(fmt::format(R"("edit":{},"changed":2,"by":"ann")", number))) << edits().body;
    }
    EXPECT_EQ(house.ask("ann", "POST", "/api/v1/indicators/edits/" + number + "/undo").status, 200) << "also before somebody looked";
    EXPECT_TRUE(edits().has(fmt::format(R"("what":"+{}","undone":true)", label))) << edits().body;
    EXPECT_TRUE(intents().empty());
    EXPECT_TRUE(house.ask("ann", "GET", "/api/v1/indicators?source=mine&label=" + label).has(R"("items":[])"));
    EXPECT_TRUE(house.ask("adam", "GET", "/api/v1/audit").has("2 indicators: +" + label));
  }
  EXPECT_EQ(edit(house, "ann", items_of(house, "ann", "mine"), R"("remove_labels":["none"])").status, 200) << "nothing is changed";
  EXPECT_EQ(edit(house, "ann", R"({"id":"indicator--00000000-0000-4000-8000-000000000000","sequence":1})", R"("confidence":5)").status, 412);
  EXPECT_TRUE(intents().empty());
}

TEST(IndicatorEdits, AreForWhoCuratesAndOfTheirOwnAlone) {
  House house;
  import_hosts(house, "root", "everybodys", "one.example\n");
  const std::string items = items_of(house, "ann", "everybodys");
  for (const std::string_view who : {"rea", "aki", "fee", ""}) EXPECT_EQ(edit(house, who, items, R"("confidence":5)").status, who.empty() ? 401 : 403) << who;
  const Answer others = edit(house, "ann", items, R"("confidence":5)");
  EXPECT_EQ(others.status, 403);
  EXPECT_TRUE(others.has("false positive")) << others.body;
  EXPECT_EQ(edit(house, "root", items, R"("revoke":true)").status, 201);
}

TEST(IndicatorEdits, RefuseWhatSaysNothingOrWrongly) {
  House house;
  import_hosts(house, "ann", "mine", "one.example\n");
  const std::string items = items_of(house, "ann", "mine");
  for (const auto* change :
       {R"("revoke":false)", R"("confidence":101)", R"("valid_until":"soon")", R"("tlp":"purple")", R"("add_labels":[""])", R"("labels":["x"])"})
    EXPECT_EQ(edit(house, "ann", items, change).status, 422) << change;
  EXPECT_EQ(edit(house, "ann", "", R"("confidence":1)").status, 422);
  EXPECT_EQ(edit(house, "ann", R"({"id":"indicator--00000000-0000-4000-8000-000000000000","sequence":1})", R"("confidence":1)").status, 412);
}

}  // namespace
}  // namespace mozu::server::test
