// Nobody keeps all others from the workers.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>

#include "lanes.hpp"

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

}  // namespace
}  // namespace mozu::server
