// From what is new to rows of who is to be told: once each, only to whom it may be told, whatever died in between.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "delivery.hpp"
#include "mozu/notify/service.hpp"
#include "temp_folder.hpp"
#include "watch.hpp"

namespace mozu::notify::test {
namespace {

template <class T>
T must(Result<T> r) {
  EXPECT_TRUE(r.has_value()) << (r ? "" : r.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*r);
}

/// Happenings in memory, under the one rule of who may see.
class Happenings final : public Source {
 public:
  std::map<std::int64_t, Event> events;
  std::int64_t last = 0;
  std::size_t page = 2;
  void add(Event e) {
    e.subject = e.key;
    e.texts = {{"en", "Title of " + e.key, "Summary of " + e.key}};
    events[++last] = std::move(e);
  }
  Result<std::int64_t> last_sequence() override { return last; }
  Result<News> after(std::int64_t sequence) override {
    News out;
    out.sequence = last;
    for (auto it = events.upper_bound(sequence); it != events.end(); ++it) {
      if (out.events.size() == page) {
        out.more = true, out.sequence = out.events.back().sequence;
        break;
      }
      out.events.push_back({it->second.key, it->first});
    }
    return out;
  }
  Result<std::optional<Event>> seen_by(const intel::Viewer& v, const std::string& key) override {
    for (const auto& [sequence, e] : events)
      if (e.key == key && intel::may_see(v, e.organisation, e.tlp)) return e;
    return std::nullopt;
  }
  std::map<std::string, std::vector<std::string>> aliases;
  int asked = 0;
  Result<std::vector<std::string>> names_of(const intel::Viewer& /*v*/, const std::vector<std::string>& actors) override {
    ++asked;
    std::vector<std::string> out = actors;
    for (const auto& a : actors)
      for (const auto& alias : aliases[a]) out.push_back(alias);
    return out;
  }
};

Event event(std::string key, intel::Tlp tlp = intel::Tlp::green, intel::OrganisationId organisation = 1) {
  Event e;
  e.key = std::move(key), e.tlp = tlp, e.organisation = organisation, e.kind = "apt";
  return e;
}

class Watching : public testing::Test {
 protected:
  TempFolder folder;
  std::unique_ptr<store::Accounts> people = must(store::Accounts::open({folder.file("base")}));
  Happenings news;
  std::map<store::UserId, Recipient> users;
  House house{*people, news, {}, {}, {}, {}, "https://mozu.example"};
  SeenEvents seen{news};
  Settings settings;
  std::atomic<bool> stop{false};

  void SetUp() override {
    house.recipient = [this](store::UserId id) -> Result<std::optional<Recipient>> {
      const auto found = users.find(id);
      if (found == users.end()) return std::nullopt;
      return found->second;
    };
    house.secret = [](const Rule&) { return std::optional<std::string>("x"); };
    house.unsubscribe = [](const Rule&) { return std::string("https://mozu.example/u"); };
    house.log = [](const Diagnostic& d) { ADD_FAILURE() << d.message; };
    users[1] = {1, "kay", "kay@mail.example", {1, intel::Tlp::red, false}};
    users[2] = {2, "lee", "lee@mail.example", {2, intel::Tlp::green, false}};
    users[3] = {3, "mo", "mo@mail.example", {1, intel::Tlp::clear, false}};
  }
  void rule(std::string id, store::UserId owner, std::string_view filter = "{}", std::int64_t since = 0, bool enabled = true) {
    Rule r;
    r.id = std::move(id), r.owner = owner, r.since = since, r.enabled = enabled;
    must(read_fields(R"({"name":"x","filter":)" + std::string(filter) + "}", r));
    must(people->put_document(document_of(r)));
  }
  std::vector<std::string> rows() {
    std::vector<std::string> out;
    for (const auto& n : must(people->notices({})).items) out.push_back(n.rule + " " + n.event);
    std::ranges::sort(out);
    return out;
  }
  Watch started() {
    Watch w(house, seen);
    must(w.begin());
    return w;
  }
};

TEST_F(Watching, TellsEachOnlyWhatTheyMaySee) {
  auto watch = started();
  rule("kay", 1), rule("lee", 2), rule("mo", 3), rule("nobody", 9), rule("off", 1, "{}", 0, false), rule("picky", 1, R"({"kinds":["ics"]})");
  news.add(event("green"));
  news.add(event("amber", intel::Tlp::amber));
  news.add(event("red-of-2", intel::Tlp::red, 2));
  news.add(event("clear", intel::Tlp::clear, 2));
  EXPECT_EQ(must(watch.look()), 6U);
  EXPECT_EQ(rows(), (std::vector<std::string>{"kay amber", "kay clear", "kay green", "lee clear", "lee green", "mo clear"}));
  EXPECT_EQ(must(watch.look()), 0U);
}

TEST_F(Watching, WhatIsOlderThanTheFirstStartOrTheRuleIsToldToNobody) {
  news.add(event("before the start"));
  rule("kay", 1);
  auto watch = started();
  EXPECT_EQ(must(watch.look()), 0U);
  news.add(event("before the rule"));
  rule("later", 1, "{}", news.last);
  news.add(event("after"));
  must(watch.look());
  EXPECT_EQ(rows(), (std::vector<std::string>{"kay after", "kay before the rule", "later after"}));
}

TEST_F(Watching, GoesOnWhereTheLastOneEnded) {
  rule("kay", 1);
  started();
  for (int i = 0; i < 5; ++i) news.add(event(std::to_string(i)));  // while nobody watches
  auto watch = started();
  EXPECT_EQ(must(watch.look()), 5U);
  must(people->set_setting(cursor_setting, "0"));  // as if it had died before the cursor moved
  auto again = started();
  EXPECT_EQ(must(again.look()), 0U);
  EXPECT_EQ(rows().size(), 5U);
  news.last = 3, news.events.clear();  // the knowledge base is an older one now
  auto older = started();
  EXPECT_EQ(must(older.look()), 0U);
  news.add(event("new"));
  EXPECT_EQ(must(older.look()), 1U);
}

TEST_F(Watching, ARuleKnowsActorsByTheirOtherNames) {
  auto watch = started();
  news.aliases["Amber Lynx"] = {"APT-C-99"};
  rule("named", 1, R"({"actors":["Amber Lynx"]})"), rule("alias", 1, R"({"actors":["apt-c-99"]})"), rule("other", 1, R"({"actors":["Heron"]})");
  auto e = event("lynx");
  e.actors = {"Amber Lynx"};
  news.add(e);
  must(watch.look());
  EXPECT_EQ(rows(), (std::vector<std::string>{"alias lynx", "named lynx"}));
  EXPECT_EQ(news.asked, 2) << "not for the rule that names the actor as the publication does";
}

Event detected(std::string key) {
  auto e = event(std::move(key), intel::Tlp::amber);
  e.happened = Happened::detected;
  e.detected = 30;
  e.detections.resize(detections_told_max);
  return e;
}

TEST_F(Watching, DetectionsAreToldTogether) {
  auto watch = started();
  rule("all", 1), rule("seen", 1, R"({"events":["detected"]})"), rule("mo", 3, R"({"events":["detected"]})");
  for (const auto* key : {"1", "2", "3"}) {
    news.add(detected(key));
    must(watch.look());
  }
  auto waiting = must(people->notices({})).items;
  ASSERT_EQ(waiting.size(), 3U) << "who did not ask, and who may not see, are told nothing";
  std::ranges::sort(waiting, {}, &store::Notice::id);
  EXPECT_LE(waiting[0].due, Timestamp::now()) << "the first at once";
  EXPECT_EQ(waiting[1].due.ms, waiting[0].due.ms + detections_pause_ms);
  EXPECT_EQ(waiting[2].due, waiting[1].due) << "what comes meanwhile is told with it";
  // Claimed together; that they are one mail is seen at a real server (tests/clients/test_notifications.py).
  Delivery delivery(house, settings, seen);
  Carrier carrier({}, {}, {}, {}, stop);
  const Timestamp later{waiting[2].due.ms + 1}, until{Timestamp::now().ms + 600'000};
  settings.mail.host = "mail.example", users[1].email = "no address";
  std::string why;
  EXPECT_FALSE(must(delivery.deliver({must(people->claim_notices({0, later, until, 10, 10})), until}, carrier, why)));
  for (const auto& n : must(people->notices({})).items) EXPECT_EQ(n.tries, 1);
}

TEST_F(Watching, WhatMayNotBeSeenAnyMoreIsNotSent) {
  auto watch = started();
  rule("kay", 1);
  news.add(event("amber", intel::Tlp::amber));
  must(watch.look());
  users[1].viewer.clearance = intel::Tlp::green;
  Delivery delivery(house, settings, seen);
  Carrier carrier({}, {}, {}, {}, stop);
  const auto deliver = [&] {
    std::string why;
    EXPECT_FALSE(must(delivery.deliver(
        {must(people->claim_notices({0, Timestamp::now(), {Timestamp::now().ms + 600'000}, 10, 10})), {Timestamp::now().ms + 600'000}}, carrier, why)));
    return must(people->notices({})).items.at(0);
  };
  EXPECT_EQ(deliver().state, store::NoticeState::dropped);
  news.add(event("second"));
  must(watch.look());
  users.erase(1);
  EXPECT_EQ(deliver().state, store::NoticeState::dropped) << "the account is gone";
  users[1] = {1, "kay", "not an address\r\n", {1, intel::Tlp::red, false}};
  news.add(event("third"));
  must(watch.look());
  settings.mail.host = "mail.example";
  const auto last = deliver();
  EXPECT_EQ(last.state, store::NoticeState::failed);
  EXPECT_NE(last.why.find("address"), std::string::npos);
}

}  // namespace
}  // namespace mozu::notify::test
