// False positives: an organisation's own, for everybody where nobody's organisation says so; searched, paged, removed.
#include "mozu/store/false_positives.hpp"

#include <fmt/core.h>

#include <set>
#include <string>

#include "base.hpp"

namespace mozu::store::test {
namespace {

using intel::PatternKind;
const Timestamp marked{1'793'000'000'000};

FalsePositive mark(intel::OrganisationId organisation, std::string value, std::string reason = "our own host", PatternKind kind = PatternKind::domain) {
  return {organisation, kind, std::move(value), std::move(reason), "ann", marked};
}
std::set<std::string> values(Store& store, const intel::Viewer& v, FalsePositiveQuery query = {}) {
  std::set<std::string> out;
  do {
    auto page = must(store.false_positives(v, query));
    for (const auto& f : page.items) EXPECT_TRUE(out.insert(f.value).second) << f.value << " twice";
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return out;
}

class FalsePositives : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Engines, FalsePositives, testing::ValuesIn(engines), engine_name);

TEST_P(FalsePositives, AreTheOrganisationsAndTheCommonOnesEverybodys) {
  Home home(GetParam());
  const auto store = home.open();
  const FalsePositive all[] = {mark(intel::common, "everybody.example")}, a[] = {mark(1, "a.example")}, b[] = {mark(2, "b.example")};
  for (const std::span<const FalsePositive> marks : {std::span(all), std::span(a), std::span(b)}) OK(store->mark_false_positives(marks));
  using Set = std::set<std::string>;
  EXPECT_EQ(values(*store, {1, intel::Tlp::red}), (Set{"everybody.example", "a.example"}));
  EXPECT_EQ(values(*store, {2, intel::Tlp::green}), (Set{"everybody.example", "b.example"}));
  EXPECT_EQ(values(*store, intel::Viewer::owner()).size(), 3U);
  FalsePositiveQuery own;
  own.own = intel::common;
  EXPECT_EQ(values(*store, intel::Viewer::owner(), own), (Set{"everybody.example"}));
  EXPECT_FALSE(must(store->remove_false_positive(1, PatternKind::domain, "b.example")));
  EXPECT_FALSE(must(store->remove_false_positive(1, PatternKind::domain, "everybody.example")));
  EXPECT_TRUE(must(store->remove_false_positive(1, PatternKind::domain, "a.example")));
  EXPECT_EQ(values(*store, {1, intel::Tlp::red}), (Set{"everybody.example"}));
}

TEST_P(FalsePositives, KeepTheLastWordAndTellThatSomethingChanged) {
  Home home(GetParam());
  const auto store = home.open();
  const auto before = must(store->false_positives_changed());
  const FalsePositive first[] = {mark(1, "x.example", "once")};
  OK(store->mark_false_positives(first));
  const auto between = must(store->false_positives_changed());
  EXPECT_GT(between, before);
  FalsePositive again[] = {mark(1, "x.example", "now")};
  again[0].until = Timestamp{marked.ms + 1000};
  OK(store->mark_false_positives(again));
  EXPECT_GT(must(store->false_positives_changed()), between);
  const auto page = must(store->false_positives({1, intel::Tlp::red}, {}));
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(page.items[0].reason, "now");
  EXPECT_EQ(page.items[0].who, "ann");
  EXPECT_EQ(page.items[0].at.ms, marked.ms);
  EXPECT_TRUE(page.items[0].counts({marked.ms + 999}));
  EXPECT_FALSE(page.items[0].counts({marked.ms + 1000}));
  FalsePositiveQuery counting;
  counting.counting_at = Timestamp{marked.ms + 1000};
  EXPECT_TRUE(values(*store, {1, intel::Tlp::red}, counting).empty());
}

TEST_P(FalsePositives, AreSearchedAndPaged) {
  Home home(GetParam());
  const auto store = home.open();
  std::vector<FalsePositive> marks;
  for (int i = 0; i < 25; ++i) marks.push_back(mark(1, fmt::format("host{:02}.example", i), i % 5 == 0 ? "Content delivery" : "own"));
  marks.push_back(mark(1, "192.0.2.1", "own", PatternKind::ipv4));
  OK(store->mark_false_positives(marks));
  FalsePositiveQuery query;
  query.limit = 4;
  EXPECT_EQ(values(*store, {1, intel::Tlp::red}, query).size(), 26U);
  query.text = "content DELIVERY";
  EXPECT_EQ(values(*store, {1, intel::Tlp::red}, query).size(), 5U);
  query.text = "HOST07";
  EXPECT_EQ(values(*store, {1, intel::Tlp::red}, query), (std::set<std::string>{"host07.example"}));
  for (const auto* cursor : {"x", "f", "f1", "f1.x.y", "f1.4", "f99999999999999999999.1.x"}) {
    query.cursor = cursor;
    EXPECT_EQ(store->false_positives({1, intel::Tlp::red}, query).error().code, "cursor-invalid") << cursor;
  }
}

TEST_P(FalsePositives, RefuseWhatSaysNothing) {
  Home home(GetParam());
  const auto store = home.open();
  const FalsePositive marks[] = {mark(1, "good.example"), mark(1, "bad.example", "")};
  EXPECT_EQ(store->mark_false_positives(marks).error().code, "false-positive-reason");
  EXPECT_TRUE(values(*store, {1, intel::Tlp::red}).empty()) << "all or nothing";
}

}  // namespace
}  // namespace mozu::store::test
