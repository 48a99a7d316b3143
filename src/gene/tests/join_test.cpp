// Verdicts of several objects joined.
#include "mozu/gene/join.hpp"

#include <gtest/gtest.h>

namespace mozu::gene {
namespace {

Verdict verdict(const std::string& who, double confidence, bool named = true) {
  Verdict v;
  v.entity = {EntityType::actor, who};
  v.confidence = v.similarity = confidence;
  v.is_named = named;
  return v;
}

TEST(Join, TheBestObjectSpeaksForTheFile) {
  std::vector<Attribution> each(4);
  each[1].verdicts = {verdict("A", 0.4), verdict("B", 0.3)};
  each[2].verdicts = {verdict("A", 0.9), verdict("C", 0.95, false)};
  each[1].libraries = {{"L", 5}, {"K", 2}};
  each[3].libraries = {{"K", 9}};
  const Joined j = join(each);
  ASSERT_EQ(j.verdicts.size(), 3U);
  EXPECT_EQ(j.verdicts[0].verdict.entity.name, "A");
  EXPECT_EQ(j.verdicts[0].verdict.confidence, 0.9);
  EXPECT_EQ(j.verdicts[0].object, 2U);
  EXPECT_EQ(j.verdicts[0].objects, 2U);
  EXPECT_EQ(j.verdicts[1].verdict.entity.name, "B");
  EXPECT_EQ(j.verdicts[1].object, 1U);
  EXPECT_EQ(j.verdicts[2].verdict.entity.name, "C") << "weak ones last";
  ASSERT_EQ(j.libraries.size(), 2U);
  EXPECT_EQ(j.libraries[0].name, "K");
  EXPECT_EQ(j.libraries[0].genes, 11U);
}

TEST(Join, OfOneObjectItIsThatObjects) {
  std::vector<Attribution> each(1);
  each[0].verdicts = {verdict("A", 0.4), verdict("B", 0.3)};
  const Joined j = join(each);
  ASSERT_EQ(j.verdicts.size(), 2U);
  EXPECT_EQ(j.verdicts[1].object, 0U);
  EXPECT_TRUE(join({}).verdicts.empty());
}

}  // namespace
}  // namespace mozu::gene
