// An owner closes once, and only what it owns.
#include "mozu/base/fd.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <utility>

namespace mozu {
namespace {

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }
int opened() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

TEST(Fd, ClosesAtItsEndWhatItOwns) {
  const int number = opened();
  {
    const Fd owner(number);
    EXPECT_EQ(owner.get(), number);
    EXPECT_TRUE(owner.is_open());
  }
  EXPECT_FALSE(is_open(number));
}

TEST(Fd, GoesFromHandToHand) {
  Fd first(opened());
  const int number = first.get();
  Fd second(std::move(first));
  EXPECT_EQ(first.get(), -1);  // NOLINT(bugprone-use-after-move): that it is empty is what is asked
  Fd third(opened());
  const int replaced = third.get();
  third = std::move(second);
  EXPECT_FALSE(is_open(replaced));
  EXPECT_EQ(third.get(), number);
  Fd& same = third;
  third = std::move(same);
  EXPECT_TRUE(is_open(number)) << "to itself";
  EXPECT_EQ(third.close(), 0);
  EXPECT_EQ(third.close(), 0) << "twice is as good as once";
  EXPECT_FALSE(is_open(number));
  third.reset(opened());
  EXPECT_TRUE(third.is_open());
}

}  // namespace
}  // namespace mozu
