// What is to be told to somebody, on every engine: written once, claimed by one, lost by nobody.
#include <fmt/core.h>

#include <atomic>
#include <set>
#include <thread>

#include "base.hpp"
#include "mozu/store/accounts.hpp"

namespace mozu::store::test::notices_test {
namespace {

class Notices : public testing::TestWithParam<const char*> {
 protected:
  Home home{GetParam()};
  std::unique_ptr<Accounts> accounts = must(Accounts::open(home.options()));
  std::uint64_t add(std::vector<Notice> notices, std::string_view cursor = "1") { return must(accounts->add_notices(notices, "cursor", cursor)); }
  std::vector<Notice> claim(std::int64_t now, std::int64_t until, std::size_t rules = 100, std::int64_t channel = 0) {
    return must(accounts->claim_notices({channel, {now}, {until}, rules, 100}));
  }
  Notice newest() { return must(accounts->notices({})).items.at(0); }
};
INSTANTIATE_TEST_SUITE_P(Engines, Notices, testing::ValuesIn(engines), engine_name);

Notice notice(std::string rule, std::string event, std::int64_t due = 0, UserId owner = 1, std::int64_t channel = 0) {
  Notice n;
  n.rule = std::move(rule), n.event = std::move(event), n.owner = owner, n.channel = channel, n.due = {due};
  return n;
}

TEST_P(Notices, ARuleIsToldAnEventOnceAndTheCursorGoesWithIt) {
  EXPECT_EQ(add({notice("a", "x"), notice("b", "x"), notice("a", "x")}, "7"), 2U);
  EXPECT_EQ(must(accounts->setting("cursor")), "7");
  EXPECT_EQ(add({notice("a", "x"), notice("a", "y")}, "8"), 1U);
  EXPECT_EQ(add({}, "9"), 0U);
  EXPECT_EQ(must(accounts->setting("cursor")), "9");
  EXPECT_EQ(must(accounts->notices({})).items.size(), 3U);
}

TEST_P(Notices, WhatIsClaimedComesAgainOnlyWhenTheClaimHasEnded) {
  add({notice("a", "x", 100), notice("a", "y", 100), notice("b", "x", 200), notice("c", "x", 100, 1, 5)});
  EXPECT_TRUE(claim(99, 500).empty()) << "not due";
  const auto first = claim(100, 500);
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].event, "x");
  EXPECT_EQ(first[0].tries, 1);
  EXPECT_TRUE(claim(100, 500).empty());
  EXPECT_EQ(claim(200, 600).size(), 1U);
  const auto again = claim(500, 900);  // whoever had them died
  ASSERT_EQ(again.size(), 2U);
  EXPECT_EQ(again[0].tries, 2);
  EXPECT_EQ(claim(200, 600, 100, 5).size(), 1U) << "of another channel";
}

TEST_P(Notices, AllOfARuleComeTogetherAndRulesAreBounded) {
  for (int i = 0; i < 30; ++i) add({notice("digest", fmt::format("{:02}", i), 10)});
  add({notice("b", "x", 20), notice("c", "x", 20)});
  const auto claimed = claim(20, 500, 2);
  EXPECT_EQ(claimed.size(), 31U);
  EXPECT_EQ(claimed.back().rule, "b");
}

TEST_P(Notices, WhatIsSettledStaysSo) {
  add({notice("a", "x"), notice("b", "x"), notice("c", "x")});
  const auto all = claim(1, 500);
  ASSERT_EQ(all.size(), 3U);
  const std::int64_t sent[] = {all[0].id}, later[] = {all[1].id};
  must(accounts->settle_notices(sent, NoticeState::sent, {}, ""));
  must(accounts->settle_notices(sent, NoticeState::failed, {}, "too late"));
  must(accounts->settle_notices(later, NoticeState::waiting, {900}, "451 busy"));
  must(accounts->release_notices(std::span(all).subspan(2), {700}));
  const auto page = must(accounts->notices({}));
  ASSERT_EQ(page.items.size(), 3U);
  EXPECT_EQ(page.items[2].state, NoticeState::sent);
  EXPECT_EQ(page.items[1].why, "451 busy");
  EXPECT_EQ(page.items[1].tries, 1);
  EXPECT_EQ(page.items[0].tries, 0) << "released: as if it had not been claimed";
  EXPECT_EQ(claim(700, 800).size(), 1U);
  EXPECT_EQ(claim(900, 990).size(), 2U);
  const auto counts = must(accounts->count_notices());
  EXPECT_EQ(counts, (std::vector<std::pair<NoticeState, std::uint64_t>>{{NoticeState::waiting, 2}, {NoticeState::sent, 1}}));
  must(accounts->remove_notices(Timestamp::max()));
  EXPECT_EQ(must(accounts->notices({})).items.size(), 2U) << "what waits is not removed";
}

TEST_P(Notices, EverybodySeesTheirOwnNewestFirst) {
  for (int i = 0; i < 5; ++i) add({notice("a", fmt::format("{}", i), 0, 1), notice("b", fmt::format("{}", i), 0, 2)});
  Accounts::NoticeQuery query;
  query.owner = 2, query.limit = 3;
  auto page = must(accounts->notices(query));
  ASSERT_EQ(page.items.size(), 3U);
  EXPECT_EQ(page.items[0].event, "4");
  query.cursor = page.next;
  page = must(accounts->notices(query));
  ASSERT_EQ(page.items.size(), 2U);
  EXPECT_EQ(page.items[1].event, "0");
  EXPECT_TRUE(page.next.empty());
  query.cursor.clear(), query.rule = "a";
  EXPECT_TRUE(must(accounts->notices(query)).items.empty());
  query.cursor = "x";
  EXPECT_EQ(accounts->notices(query).error().code, "cursor-invalid");
}

TEST_P(Notices, SeveralServersNeverGetTheSameOne) {
  std::vector<Notice> many;
  for (int i = 0; i < 200; ++i) many.push_back(notice(fmt::format("r{}", i), "x"));
  add(many);
  std::vector<std::unique_ptr<Accounts>> servers;
  for (int i = 0; i < 3; ++i) servers.push_back(must(Accounts::open(home.options())));
  std::vector<std::vector<std::int64_t>> got(servers.size());
  std::atomic<int> failures{0};
  {
    std::vector<std::jthread> threads;
    for (std::size_t s = 0; s < servers.size(); ++s)
      threads.emplace_back([&, s] {
        for (;;) {
          const auto claimed = servers[s]->claim_notices({0, {10}, {1'000'000}, 7, 100});
          if (!claimed) failures++;
          if (!claimed || claimed->empty()) return;
          for (const auto& n : *claimed) got[s].push_back(n.id);
        }
      });
  }
  EXPECT_EQ(failures, 0);
  std::multiset<std::int64_t> all;
  for (const auto& ids : got) all.insert(ids.begin(), ids.end());
  EXPECT_EQ(all.size(), 200U);
  EXPECT_EQ(std::set<std::int64_t>(all.begin(), all.end()).size(), 200U);
}

TEST_P(Notices, OutliveTheProcess) {
  add({notice("a", "x", 5)});
  EXPECT_EQ(claim(5, 50).size(), 1U);
  accounts.reset();
  accounts = must(Accounts::open(home.options()));
  EXPECT_EQ(newest().tries, 1);
  EXPECT_EQ(claim(50, 90).size(), 1U);
}

}  // namespace
}  // namespace mozu::store::test::notices_test
