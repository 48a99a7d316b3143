// A review is accepted once, by whichever server, on both engines.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>

#include "house.hpp"
#include "postgres_schema.hpp"
#include "watched_store.hpp"

namespace mozu::server::test {
namespace {

constexpr std::string_view one = "malware--22222222-2222-4222-8222-222222222222", other = "malware--33333333-3333-4333-8333-333333333333";
constexpr std::string_view two_loaders = R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[
{"type":"malware","spec_version":"2.1","id":"malware--22222222-2222-4222-8222-222222222222","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"HeronLoader","is_family":true},
{"type":"malware","spec_version":"2.1","id":"malware--33333333-3333-4333-8333-333333333333","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"EgretLoader","is_family":true}]})";

/// Who comes to it waits for the other; not for ever, so that one who never comes fails the test rather than stops it.
class MeetingPoint {
 public:
  void come() {
    std::unique_lock held(lock_);
    ++here_;
    changed_.notify_all();
    met_ &= changed_.wait_for(held, std::chrono::seconds(10), [&] { return here_ >= 2; });
  }
  bool met() const { return met_; }

 private:
  std::mutex lock_;
  std::condition_variable changed_;
  int here_ = 0;
  bool met_ = true;
};

Settings settings_of(std::string_view engine, const House* beside, const Moments& moments) {
  Settings out;
  if (beside == nullptr && engine == "postgres") out.base = mozu::test::new_postgres_schema();
  out.beside = beside;
  out.wrap = [&moments](auto store) { return std::make_unique<WatchedStore>(std::move(store), moments); };
  return out;
}

class Acceptance : public testing::TestWithParam<const char*> {
 protected:
  Acceptance() { house.import(two_loaders, intel::common, intel::Tlp::clear); }
  std::string begin(const std::string& value) {
    const auto answer =
        house.ask("ann", "POST", "/api/v1/reviews?name=heron.txt", "The heron talks to " + value + ".\n", "Content-Type: application/octet-stream\r\n");
    const auto at = answer.body.find("\"id\":\"") + 6;
    return "/api/v1/reviews/" + answer.body.substr(at, answer.body.find('"', at) - at);
  }
  static Answer accept(House& at, const std::string& review, std::string_view target) {
    return at.ask("ann", "POST", review + "/acceptance", fmt::format(R"({{"indicates":["{}"]}})", target), json_type);
  }
  bool indicates(std::string_view target, const std::string& value) {
    return house.ask("ann", "GET", fmt::format("/api/v1/indicators?related_to={}", target)).has(value);
  }
  Moments here, there;
  House house{settings_of(GetParam(), nullptr, here)};
  House second{settings_of(GetParam(), &house, there)};
};
INSTANTIATE_TEST_SUITE_P(Engines, Acceptance, testing::Values("sqlite", "postgres"), [](const auto& p) { return std::string(p.param); });

TEST_P(Acceptance, OfTwoWhoReadTheSameOneDoes) {
  for (int round = 0; round < 6; ++round) {
    auto& beside = round % 2 == 0 ? second : house;  // at two servers, and at one
    const auto value = fmt::format("round{}.copper-heron.example", round), review = begin(value);
    MeetingPoint point;
    here.before_import = there.before_import = [&] { point.come(); };
    auto first = std::async(std::launch::async, [&] { return accept(house, review, one); });
    auto then = std::async(std::launch::async, [&] { return accept(beside, review, other); });
    const int a = first.get().status, b = then.get().status;
    here = there = {};
    EXPECT_TRUE(point.met()) << round;
    EXPECT_TRUE((a == 200 && b == 412) || (a == 412 && b == 200)) << round << ": " << a << " " << b;
    EXPECT_EQ(indicates(one, value), a == 200) << round;
    EXPECT_EQ(indicates(other, value), b == 200) << round;
  }
}

TEST_P(Acceptance, WhoComesBeforeTheReviewSaysSoFindsItTaken) {
  const std::string value = "late.copper-heron.example", review = begin(value);
  here.after_commit = [&] {
    EXPECT_EQ(accept(second, review, other).status, 412);
    EXPECT_EQ(second.ask("ann", "PATCH", review, R"({"title":"mine"})", json_type).status, 412);
    EXPECT_EQ(second.ask("ann", "DELETE", review).status, 412);
  };
  const auto answer = accept(house, review, one);
  here = {};
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_TRUE(answer.has(R"("status":"accepted")")) << answer.body;
  EXPECT_TRUE(indicates(one, value));
  EXPECT_FALSE(indicates(other, value));
  EXPECT_EQ(accept(second, review, other).status, 409);
}

/// The server that accepted died before the review said so.
TEST_P(Acceptance, ThatWasCutOffIsMadeOnceMoreAfterAWhile) {
  const std::string value = "cut.copper-heron.example", review = begin(value), id = review.substr(review.rfind('/') + 1);
  std::string claimed;
  here.after_commit = [&] { claimed = (**house.accounts->document("reviews", id)).json; };
  ASSERT_EQ(accept(house, review, one).status, 200);
  here = {};
  const auto indicator = [&] { return house.ask("ann", "GET", "/api/v1/indicators?value=" + value).body; };
  const auto before = indicator();
  auto document = **house.accounts->document("reviews", id);
  document.json = claimed;
  ASSERT_TRUE(house.accounts->put_document(document));
  EXPECT_EQ(accept(second, review, one).status, 412);
  second.services->acceptance_ms = 0;
  EXPECT_EQ(accept(second, review, one).status, 200);
  EXPECT_EQ(indicator(), before) << "the same review brings the same objects";
}

}  // namespace
}  // namespace mozu::server::test
