// One value asked for: the rules of a scan, whatever the validity.
#include "mozu/match/values.hpp"

#include <gtest/gtest.h>

#include "mozu/match/builder.hpp"

namespace mozu::match {
namespace {

class ValuesTest : public testing::Test {
 protected:
  intel::Indicator indicator(std::string_view text) {
    intel::Indicator i;
    auto p = intel::read_pattern(text, intel::TypeHint::any, {.allow_broad = true});
    EXPECT_TRUE(p.has_value()) << text;
    if (p) i.pattern = std::move(*p);
    return i;
  }
  std::uint32_t feed(std::string_view name) { return builder_.add_feed({.name = std::string(name), .source = "", .labels = {}, .categories = {}}); }
  std::vector<ValueHit> find(std::string_view value) {
    ValueLookup lookup(*Index::from_bytes(*builder_.build({})));
    std::vector<ValueHit> out;
    lookup.find(value, out);
    return out;
  }
  Builder builder_;
};

TEST_F(ValuesTest, GivesEveryFeedsWordEvenWhenExpired) {
  auto old = indicator("evil.example");
  old.valid_until = Timestamp{1000};
  old.confidence = 30;
  builder_.add(feed("acme"), old);
  builder_.add(feed("globex"), indicator("evil.example"));
  const auto hits = find("evil.example");
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_EQ(hits[0].relation, intel::Relation::exact);
  ASSERT_EQ(hits[0].words.size(), 2U);
  EXPECT_EQ(hits[0].words[0].valid_until, Timestamp{1000});
  EXPECT_EQ(hits[0].words[0].confidence, 30);
}

TEST_F(ValuesTest, ParentsCountUnlessExactOnly) {
  builder_.add(feed("acme"), indicator("evil.example"));
  auto exact = indicator("evil.example");
  exact.exact_only = true;
  builder_.add(feed("globex"), exact);
  const auto hits = find("cdn.evil.example");
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_EQ(hits[0].relation, intel::Relation::subdomain);
  EXPECT_EQ(hits[0].indicator, "evil.example");
  ASSERT_EQ(hits[0].words.size(), 1U);
  EXPECT_EQ(hits[0].words[0].feed, 0U);
}

TEST_F(ValuesTest, UrlIsFoundByItselfItsMaskAndItsHostButNotByWhatItsPathHolds) {
  const auto acme = feed("acme");
  builder_.add(acme, indicator("http://evil.example/a"));
  builder_.add(acme, indicator("evil.example/*"));
  builder_.add(acme, indicator("evil.example"));
  builder_.add(acme, indicator("other.example"));
  const auto hits = find("http://evil.example/a");
  ASSERT_EQ(hits.size(), 3U);
  EXPECT_TRUE(find("http://harmless.example/other.example/").empty());
  EXPECT_TRUE(find("http://harmless.example/?u=http://evil.example/a").empty());
}

TEST_F(ValuesTest, MailIsFoundByAddressAndHost) {
  const auto acme = feed("acme");
  builder_.add(acme, indicator("who@evil.example"));
  builder_.add(acme, indicator("evil.example"));
  const auto hits = find("who@evil.example");
  ASSERT_EQ(hits.size(), 2U);
  for (const auto& h : hits) EXPECT_EQ(h.relation, h.kind == intel::PatternKind::domain ? intel::Relation::email_host : intel::Relation::exact);
  // The local part of an address is no host.
  EXPECT_TRUE(find("evil.example@harmless.example").empty());
}

TEST_F(ValuesTest, AddressesRangesHashesAndSuppression) {
  const auto acme = feed("acme");
  builder_.add(acme, indicator("192.0.2.0/24"));
  builder_.add(acme, indicator("2001:db8::1"));
  builder_.add(acme, indicator("d41d8cd98f00b204e9800998ecf8427f"));
  builder_.add_suppression(indicator("192.0.2.8").pattern, "own address");
  EXPECT_EQ(find("192.0.2.7").at(0).relation, intel::Relation::range);
  EXPECT_EQ(find("192.0.2.7").at(0).suppressed, "");
  EXPECT_EQ(find("192.0.2.8").at(0).suppressed, "own address");
  EXPECT_EQ(find("2001:db8:0::1").size(), 1U);
  EXPECT_EQ(find("D41D8CD98F00B204E9800998ECF8427F").size(), 1U);
  EXPECT_TRUE(find("192.0.3.7").empty());
}

TEST_F(ValuesTest, AnythingElseFindsNothing) {
  builder_.add(feed("acme"), indicator("evil.example"));
  EXPECT_TRUE(find("").empty());
  EXPECT_TRUE(find("no value at all evil.example").empty());
  EXPECT_TRUE(find(std::string(100'000, '.')).empty());
}

}  // namespace
}  // namespace mozu::match
