// What sources have in common: the same numbers as comparing their values one by one, for each viewer.
#include "mozu/store/source_values.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "base.hpp"

namespace mozu::store::test {
namespace {

intel::StixObject indicator(unsigned number, std::string_view pattern, std::string_view more = {}) {
  return object("indicator", number, fmt::format(R"("pattern_type":"stix","pattern":"{}","valid_from":"2024-01-01T00:00:00Z"{})", pattern, more));
}
std::string domain(int i) { return fmt::format("[domain-name:value = 'host{}.example']", i); }

Provenance from(std::string source, intel::OrganisationId organisation = intel::common, intel::Tlp tlp = intel::Tlp::none) {
  return {std::move(source), "here", "", "cli", organisation, tlp, intel::confidence_unknown};
}

const SourceShare* share(const SourceOverlaps& o, std::string_view source) {
  const auto at = std::ranges::find(o.sources, source, &SourceShare::source);
  return at == o.sources.end() ? nullptr : &*at;
}
std::uint64_t both(const SourceOverlaps& o, std::string_view a, std::string_view b) {
  for (const auto& p : o.pairs)
    if (o.sources[p.a].source == a && o.sources[p.b].source == b) return p.both;
  return 0;
}

class SourceValuesTest : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Engines, SourceValuesTest, testing::ValuesIn(engines_and_parts), engine_name);

TEST_P(SourceValuesTest, EqualComparingValuesOneByOne) {
  Home home(GetParam());
  const auto store = home.open();
  std::map<std::string, std::set<int>> lists = {{"alpha", {}}, {"beta", {}}, {"gamma", {}}};
  unsigned number = 0;
  for (auto& [source, values] : lists) {
    const int step = source == "alpha" ? 2 : source == "beta" ? 3 : 5;
    std::vector<intel::StixObject> objects;
    for (int i = 0; i < 300; i += step) {
      values.insert(i);
      objects.push_back(indicator(++number, domain(i)));
    }
    objects.push_back(indicator(++number, domain(0)));  // said twice by one source: one value
    import(*store, std::move(objects), from(source));
  }
  const auto counted = must(store->source_values({}));
  EXPECT_FALSE(counted.cut);
  EXPECT_EQ(counted.sequence, must(store->last_sequence()));
  const auto overlaps = overlaps_of(counted, intel::Viewer::owner());
  for (const auto& [a, of_a] : lists) {
    ASSERT_NE(share(overlaps, a), nullptr);
    EXPECT_EQ(share(overlaps, a)->values, of_a.size()) << a;
    std::set<int> only = of_a;
    for (const auto& [b, of_b] : lists) {
      if (a == b) continue;
      for (const int v : of_b) only.erase(v);
      if (a > b) continue;
      std::vector<int> common;
      std::ranges::set_intersection(of_a, of_b, std::back_inserter(common));
      EXPECT_EQ(both(overlaps, a, b), common.size()) << a << ' ' << b;
    }
    EXPECT_EQ(share(overlaps, a)->only_here, only.size()) << a;
  }
}

TEST_P(SourceValuesTest, CountKindsEachValueOfAPatternAndNothingRevokedOrReplaced) {
  Home home(GetParam());
  const auto store = home.open();
  import(*store,
         {indicator(1, "[domain-name:value = 'a.example'] OR [ipv4-addr:value = '192.0.2.1']"), indicator(2, domain(2), R"(,"revoked":true)"),
          indicator(3, domain(3)), object("malware", 4, R"("name":"host5.example","is_family":true)")},
         from("alpha"));
  import(*store,
         {object("indicator", 3, R"("pattern_type":"stix","pattern":"[ipv4-addr:value = '192.0.2.3']","valid_from":"2024-01-01T00:00:00Z")",
                 "2024-02-01T00:00:00.000Z")},
         from("alpha"));
  const auto overlaps = overlaps_of(must(store->source_values({})), intel::Viewer::owner());
  ASSERT_EQ(overlaps.sources.size(), 1U);
  using Kinds = std::vector<std::pair<intel::KeyKind, std::uint64_t>>;
  EXPECT_EQ(overlaps.sources[0].by_kind, (Kinds{{intel::KeyKind::ipv4, 2}, {intel::KeyKind::domain, 1}}));
  EXPECT_EQ(overlaps.sources[0].values, 3U);
}

TEST_P(SourceValuesTest, TellNobodyOfSourcesOrValuesThatTheyMayNotSee) {
  Home home(GetParam());
  const auto store = home.open();
  const auto accounts = must(Accounts::open(home.options()));
  const auto a = must(accounts->add_organisation({0, "A", false})), b = must(accounts->add_organisation({0, "B", false}));
  import(*store, {indicator(1, domain(1)), indicator(2, domain(2))}, from("open"));
  import(*store, {indicator(3, domain(1))}, from("of-a", a, intel::Tlp::amber));
  import(*store, {indicator(4, domain(2))}, from("of-b", b, intel::Tlp::red));
  const auto counted = must(store->source_values({}));
  const auto for_a = overlaps_of(counted, {a, intel::Tlp::amber, false}), for_b = overlaps_of(counted, {b, intel::Tlp::amber, false}),
             for_red_b = overlaps_of(counted, {b, intel::Tlp::red, false});
  EXPECT_EQ(share(for_a, "open")->only_here, 1U);
  EXPECT_EQ(both(for_a, "of-a", "open"), 1U);
  EXPECT_EQ(share(for_a, "of-b"), nullptr);
  EXPECT_EQ(for_b.sources.size(), 1U) << "its clearance does not reach";
  EXPECT_EQ(share(for_b, "open")->only_here, 2U);
  EXPECT_EQ(both(for_red_b, "of-b", "open"), 1U);
  EXPECT_EQ(share(for_red_b, "of-a"), nullptr);
}

TEST_P(SourceValuesTest, KeepPublicationsFromWhomAPlanLimits) {
  Home home(GetParam());
  const auto store = home.open();
  auto published = from("publications", 7);
  published.subjects = {intel::subject_of("kind", "apt")};
  import(*store, {indicator(1, domain(1))}, from("open"));
  import(*store, {indicator(2, domain(1))}, published);
  const auto counted = must(store->source_values({}));
  intel::Viewer viewer{8, intel::Tlp::green, false};
  EXPECT_EQ(both(overlaps_of(counted, viewer), "open", "publications"), 1U);
  viewer.opened = std::make_shared<const intel::Opened>();
  EXPECT_EQ(overlaps_of(counted, viewer).sources.size(), 1U);
  viewer.organisation = 7;
  EXPECT_EQ(overlaps_of(counted, viewer).sources.size(), 2U);
}

TEST_P(SourceValuesTest, EndWhenToldTo) {
  Home home(GetParam());
  const auto store = home.open();
  std::vector<intel::StixObject> many;
  for (int i = 0; i < 70'000; ++i) many.push_back(indicator(static_cast<unsigned>(i + 1), domain(i)));
  import(*store, std::move(many));
  const auto ended = store->source_values([] { return fail("enough", "no more"); });
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, "enough");
}

}  // namespace
}  // namespace mozu::store::test
