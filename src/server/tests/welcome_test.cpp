// The first administrator: the link is good once, for an hour, and only while nobody is there.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "house.hpp"
#include "mozu/base/text.hpp"

namespace mozu::server::test {
namespace {

/// A house that nobody has moved into.
class Welcome : public ::testing::Test {
 protected:
  House house;
  void SetUp() override {
    const auto users = house.accounts->users();
    ASSERT_TRUE(users);
    for (const auto& user : *users) ASSERT_TRUE(house.accounts->remove_user(user.id));
    house.identities->forget();
  }
  std::string link() {
    const auto made = house.identities->make_welcome();
    EXPECT_TRUE(made && *made);
    return made && *made ? **made : std::string();
  }
  Answer come(std::string_view secret, std::string_view name = "first", std::string_view word = password) {
    return house.ask("", "POST", "/api/v1/welcome", fmt::format(R"({{"secret":"{}","name":"{}","password":"{}"}})", secret, name, word));
  }
  std::size_t people() { return house.accounts->users().value_or(std::vector<store::User>(99)).size(); }
};

TEST_F(Welcome, MakesAnAdministratorOfEverythingWhoIsSignedIn) {
  const Answer in = come(link());
  ASSERT_EQ(in.status, 201) << in.body;
  EXPECT_TRUE(in.has(R"("role":"administrator")"));
  EXPECT_TRUE(in.has(R"("organisation":0)"));
  EXPECT_TRUE(in.has(R"("clearance":"TLP:RED")"));
  const std::string cookie = in.header("set-cookie");
  EXPECT_TRUE(cookie.find("; HttpOnly; Secure; SameSite=Strict") != cookie.npos) << cookie;
  EXPECT_EQ(house.ask("", "GET", "/api/v1/users", {}, fmt::format("Cookie: {}\r\n", cookie.substr(0, cookie.find(';')))).status, 200);
  EXPECT_EQ(house.ask("", "POST", "/api/v1/session", fmt::format(R"({{"name":"first","password":"{}"}})", password)).status, 201);
  store::AuditQuery query;
  query.action = "welcome";
  const auto log = house.accounts->audit_log(query);
  ASSERT_TRUE(log);
  ASSERT_EQ(log->items.size(), 1U);
  EXPECT_EQ(log->items[0].who, "first");
}

TEST_F(Welcome, IsGoodOnce) {
  const std::string secret = link();
  ASSERT_EQ(come(secret).status, 201);
  EXPECT_EQ(come(secret, "second").status, 403);
  // Nor when all are gone again: a new start prints a new link.
  const auto users = house.accounts->users();
  ASSERT_TRUE(users && users->size() == 1);
  ASSERT_TRUE(house.accounts->remove_user(users->front().id));
  EXPECT_EQ(come(secret, "second").status, 403);
  EXPECT_EQ(people(), 0U);
}

TEST_F(Welcome, EverybodyIsToldWhetherALinkIsGoodNow) {
  const auto awaited = [&] { return house.ask("", "GET", "/api/v1/session/ways").has(R"("welcome":true)"); };
  EXPECT_FALSE(awaited());
  const std::string secret = link();
  EXPECT_TRUE(awaited());
  house.now.ms += welcome_life_ms;
  EXPECT_FALSE(awaited());
  house.now.ms -= welcome_life_ms;
  ASSERT_EQ(come(secret).status, 201);
  EXPECT_FALSE(awaited());
}

TEST_F(Welcome, IsGoodForOneOfManyWhoComeAtOnce) {
  const std::string secret = link();
  std::vector<int> said(6);
  std::vector<std::thread> all;
  for (std::size_t i = 0; i < said.size(); ++i) all.emplace_back([&, i] { said[i] = come(secret, fmt::format("one-{}", i)).status; });
  for (auto& one : all) one.join();
  EXPECT_EQ(std::ranges::count(said, 201), 1);
  EXPECT_EQ(std::ranges::count(said, 403), 5);
  EXPECT_EQ(people(), 1U);
}

TEST_F(Welcome, EndsAfterAnHour) {
  const std::string secret = link();
  house.now.ms += welcome_life_ms;
  EXPECT_EQ(come(secret).status, 403);
  house.now.ms -= 2;
  EXPECT_EQ(come(secret).status, 201);
}

TEST_F(Welcome, OfAClockThatWasAheadIsOver) {
  house.now.ms += 10 * welcome_life_ms;
  const std::string secret = link();
  house.now.ms -= 10 * welcome_life_ms;
  EXPECT_EQ(come(secret).status, 403);
}

TEST_F(Welcome, ANewLinkEndsTheOneBefore) {
  const std::string before = link(), now = link();
  EXPECT_EQ(come(before).status, 403);
  EXPECT_EQ(come("").status, 403);
  EXPECT_EQ(come(now).status, 201);
}

TEST_F(Welcome, AWeakPasswordOrANoNameDoesNotUseItUp) {
  const std::string secret = link();
  EXPECT_EQ(come(secret, "first", "short").status, 422);
  EXPECT_EQ(come(secret, "first", "").status, 422);
  EXPECT_EQ(come(secret, "two words").status, 422);
  EXPECT_EQ(come(secret, "").status, 422);
  EXPECT_EQ(people(), 0U);
  EXPECT_EQ(come(secret).status, 201);
}

TEST_F(Welcome, IsNotThereOnceSomebodyIs) {
  const std::string secret = link();
  ASSERT_TRUE(house.identities->add_user({"cli", "", std::string(password), "administrator", intel::common, intel::Tlp::amber, {}}));
  EXPECT_EQ(come(secret).status, 403);
  const auto again = house.identities->make_welcome();
  ASSERT_TRUE(again.has_value());
  EXPECT_FALSE(again->has_value());
  EXPECT_EQ(people(), 1U);
}

TEST_F(Welcome, GuessesAreCountedAndAudited) {
  link();
  int refused = 0, status = 0;
  while ((status = come("guess").status) == 403) ++refused;
  EXPECT_EQ(status, 429);
  EXPECT_EQ(refused, 20);
  store::AuditQuery query;
  query.action = "welcome-failed";
  const auto log = house.accounts->audit_log(query);
  ASSERT_TRUE(log);
  EXPECT_EQ(log->items.size(), 20U);
}

TEST_F(Welcome, TheSecretIsNotKept) {
  const std::string secret = link();
  const auto kept = house.accounts->document("welcome", "administrator");
  ASSERT_TRUE(kept && *kept);
  EXPECT_EQ((*kept)->json.find(secret), std::string::npos);
  EXPECT_EQ(come(secret).status, 201);
  EXPECT_TRUE(house.logged("/api/v1/welcome"));
  EXPECT_EQ(house.log().find(secret), std::string::npos);
}

}  // namespace
}  // namespace mozu::server::test
