// What a list asks, as the knowledge base is asked.
#include "mozu/publications/about_filter.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "mozu/publications/desk.hpp"

namespace mozu::publications::test {
namespace {

/// As the store compares: of each list one.
bool fits(const AboutFilter& f, const Published& p) {
  const auto subjects = p.subjects();
  return std::ranges::all_of(f.subjects(), [&](const auto& list) {
    return std::ranges::any_of(list, [&](auto wanted) { return std::ranges::find(subjects, wanted) != subjects.end(); });
  });
}

TEST(AboutFilter, EachListAsksForOneOfItsNames) {
  Published p;
  p.id = "x", p.kind = "apt";
  p.actors = {"Amber Lynx"}, p.sectors = {"energy"}, p.geography = {"Japan"}, p.malware = {"LynxPaw"}, p.campaigns = {"Winter"};
  AboutFilter f;
  EXPECT_TRUE(f.subjects().empty());
  EXPECT_TRUE(fits(f, p));
  f.kinds = {"ics", "apt"}, f.actors = {"nobody", "amber  LYNX"}, f.sectors = {"Energy"}, f.geography = {"JAPAN"}, f.tags = {"winter"};
  EXPECT_EQ(f.subjects().size(), 5U);
  EXPECT_TRUE(fits(f, p));
  for (auto* list : {&f.kinds, &f.actors, &f.sectors, &f.geography, &f.tags}) {
    const auto before = *list;
    *list = {"Lynx"};
    EXPECT_FALSE(fits(f, p)) << "a part of a name is none";
    *list = before;
  }
  f.tags = {"lynxpaw"};
  EXPECT_TRUE(fits(f, p));
}

}  // namespace
}  // namespace mozu::publications::test
