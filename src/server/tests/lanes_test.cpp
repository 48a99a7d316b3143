// Nobody keeps all others from the workers.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <string>

#include "house.hpp"
#include "lanes.hpp"
#include "mozu/server/routes.hpp"

namespace mozu::server {
namespace {

TEST(Lanes, OneTakesHalfAndOthersComeThrough) {
  std::atomic<int> done = 0;
  {
    std::latch end(1), begun(2), other(1);
    Lanes lanes(4, 8);
    const auto stays = [&] {
      begun.count_down();
      end.wait();
      ++done;
    };
    const auto waits = [&] { ++done; };
    EXPECT_TRUE(lanes.run("a", stays));
    EXPECT_TRUE(lanes.run("a", stays));
    begun.wait();
    EXPECT_TRUE(lanes.run("a", waits));
    EXPECT_TRUE(lanes.run("a", waits));
    EXPECT_FALSE(lanes.run("a", waits)) << "half of what may wait is the most of one";
    EXPECT_TRUE(lanes.run("b", [&] { other.count_down(); }));
    other.wait();  // though two of the four workers are free, none of them took what "a" has waiting
    EXPECT_EQ(done, 0);
    end.count_down();
  }
  EXPECT_EQ(done, 4);
}

TEST(Lanes, AllTogetherHaveAnEnd) {
  std::latch end(1);
  Lanes lanes(2, 2);
  EXPECT_TRUE(lanes.run("a", [&] { end.wait(); }));
  EXPECT_FALSE(lanes.run("a", [] {}));
  EXPECT_TRUE(lanes.run("b", [&] { end.wait(); }));
  EXPECT_FALSE(lanes.run("c", [] {}));
  end.count_down();
}

TEST(Lanes, ChecksOfAllPeopleAreOne) {
  test::House house;
  const Router router = make_routes(*house.services);
  const auto lane = [&](Method method, const std::string& target, store::UserId user) {
    auto who = std::make_shared<Identity>();
    who->user = user;
    return lane_of(router.find(method, *parse_target(target)).route->options, who, "127.0.0.1");
  };
  const std::string report = "/api/v1/publications/report--1";
  EXPECT_EQ(lane(Method::get, report + "/draft/check", 1), lane(Method::get, report + "/draft/check", 2));
  EXPECT_EQ(lane(Method::get, report + "/draft/check", 1), lane(Method::post, "/api/v1/publications/preview", 2));
  EXPECT_NE(lane(Method::get, report + "/draft/check", 1), lane(Method::get, report, 1)) << "who reads does not wait for them";
  EXPECT_NE(lane(Method::get, report, 1), lane(Method::get, report, 2));
}

}  // namespace
}  // namespace mozu::server
