#include "mozu/publications/id_list.hpp"

#include <gtest/gtest.h>

namespace mozu::publications {
namespace {

TEST(IdList, GivesWhatWasAddedInItsOrder) {
  IdList ids;
  EXPECT_TRUE(ids.empty());
  ids.reserve(3, 40);
  ids.add("indicator--1");
  ids.add("");
  ids.add("x--2");
  ASSERT_EQ(ids.size(), 3u);
  EXPECT_EQ(ids[0], "indicator--1");
  EXPECT_EQ(ids[1], "");
  EXPECT_EQ(ids[2], "x--2");
  ids.clear();
  EXPECT_TRUE(ids.empty());
  ids.add("again");
  EXPECT_EQ(ids[0], "again");
}

}  // namespace
}  // namespace mozu::publications
