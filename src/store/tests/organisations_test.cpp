// Organisations that speak of the same ids: each has its own words, and learns nothing of the others'.
#include <fmt/core.h>

#include <algorithm>

#include "base.hpp"
#include "connection.hpp"

namespace mozu::store::test {
namespace {

using intel::Tlp;
using intel::Viewer;

constexpr intel::OrganisationId a = 3, b = 4;

class StoreOrganisations : public testing::TestWithParam<const char*> {
 protected:
  Home home{GetParam()};
  std::unique_ptr<Store> store = home.open();

  static Viewer eyes(intel::OrganisationId organisation) { return {organisation, Tlp::red, false}; }
  ImportCounts say(intel::OrganisationId organisation, std::vector<intel::StixObject> objects) {
    return say(organisation, organisation == intel::common ? Tlp::none : Tlp::amber, std::move(objects));
  }
  ImportCounts say(intel::OrganisationId organisation, Tlp tlp, std::vector<intel::StixObject> objects) {
    Provenance p;
    p.source = "test";
    p.organisation = organisation;
    p.tlp = tlp;
    return import(*store, std::move(objects), p).counts;
  }
  std::string name(intel::OrganisationId organisation, std::string_view id) {
    const auto found = must(store->object(eyes(organisation), id));
    return found ? found->name : "";
  }
  std::vector<std::string> neighbours(intel::OrganisationId organisation, std::string_view id) {
    std::vector<std::string> out;
    for (const auto& n : must(store->neighbours(eyes(organisation), id, {})).items) out.push_back(n.object.name);
    std::ranges::sort(out);
    return out;
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, StoreOrganisations, testing::ValuesIn(engines_and_parts), engine_name);

const std::string fox = id_of("malware", 1), bear = id_of("intrusion-set", 2);
intel::StixObject fox_as(std::string_view name) { return object("malware", 1, std::string(R"("is_family":true,"name":")") + std::string(name) + '"'); }
intel::StixObject bear_as(std::string_view name) { return object("intrusion-set", 2, std::string(R"("name":")") + std::string(name) + '"'); }
using Names = std::vector<std::string>;

TEST_P(StoreOrganisations, EachHasItsOwnWordsAboutAnId) {
  EXPECT_EQ(say(a, {fox_as("of A"), bear_as("bear of A"), relation(9, "uses", bear, fox)}).added, 3U);
  const auto counts = say(b, {fox_as("of B"), bear_as("bear of B"), relation(9, "uses", bear, fox)});
  EXPECT_EQ(counts.added, 3U) << "B cannot tell that A has them";
  EXPECT_EQ(name(a, fox), "of A");
  EXPECT_EQ(name(b, fox), "of B");
  EXPECT_EQ(name(5, fox), "");
  EXPECT_EQ(neighbours(a, bear), Names{"of A"});
  EXPECT_EQ(neighbours(b, bear), Names{"of B"});
  EXPECT_EQ(neighbours(b, fox), Names{"bear of B"});
  EXPECT_EQ(must(store->neighbour_counts(eyes(b), bear)).at(0).count, 1U);
  EXPECT_EQ(must(store->versions(eyes(b), fox, {}, 10)).items.size(), 1U);
  EXPECT_EQ(must(store->list(eyes(b), {})).items.size(), 3U);
  EXPECT_EQ(say(b, {fox_as("of B"), bear_as("bear of B"), relation(9, "uses", bear, fox)}).unchanged, 3U);
  EXPECT_EQ(say(b, {fox_as("of B, later")}).updated, 1U);
  EXPECT_EQ(name(b, fox), "of B, later");
  EXPECT_EQ(name(a, fox), "of A");
  EXPECT_EQ(neighbours(b, bear), Names{"of B, later"});
  EXPECT_EQ(must(store->object(Viewer::owner(), fox))->name, "of A");
  for (const auto& d : must(store->verify())) ADD_FAILURE() << said(d);
}

TEST_P(StoreOrganisations, AWordOfOnesOwnStandsBesideTheCommonOne) {
  say(intel::common, {fox_as("common"), bear_as("bear"), relation(9, "uses", bear, fox)});
  EXPECT_EQ(say(a, {fox_as("common")}).unchanged, 1U);
  EXPECT_EQ(say(a, {fox_as("of A")}).added, 1U);
  EXPECT_EQ(name(a, fox), "of A");
  EXPECT_EQ(name(b, fox), "common");
  EXPECT_EQ(neighbours(a, fox), Names{"bear"}) << "what is common about the id stays in sight";
  EXPECT_EQ(say(intel::common, {fox_as("common, later")}).updated, 1U);
  EXPECT_EQ(name(a, fox), "of A");
  EXPECT_EQ(name(b, fox), "common, later");
  EXPECT_EQ(say(a, {fox_as("of A")}).unchanged, 1U);
  EXPECT_EQ(say(a, {object("relationship", 7, R"("relationship_type":"targets","source_ref":")" + fox + R"(","target_ref":")" + bear + '"')}).added, 1U);
  EXPECT_EQ(neighbours(a, fox), (Names{"bear", "bear"}));
  EXPECT_EQ(neighbours(b, fox), Names{"bear"});
  EXPECT_EQ(must(store->versions(eyes(a), fox, {}, 10)).items.size(), 3U);
}

TEST_P(StoreOrganisations, WhatWasRelatedBeforeFollowsTheWordsOfOnesOwn) {
  const auto report =
      object("report", 5, R"("name":"report","object_refs":[")" + fox + R"("],"published":"2024-01-01T00:00:00Z","report_types":["threat-report"])");
  say(a, {report, bear_as("bear of A"), relation(9, "uses", bear, fox), relation(8, "derived-from", fox, bear)});  // nobody knows the fox yet
  say(b, {fox_as("of B")});
  EXPECT_EQ(neighbours(a, bear), Names{});
  EXPECT_EQ(neighbours(a, report.id), Names{}) << "that of B is none of A's business";
  EXPECT_EQ(neighbours(b, fox), Names{});
  EXPECT_EQ(say(a, {fox_as("of A")}).added, 1U);
  EXPECT_EQ(neighbours(a, bear), (Names{"of A", "of A"}));
  EXPECT_EQ(neighbours(a, report.id), Names{"of A"});
  EXPECT_EQ(neighbours(a, fox), (Names{"bear of A", "bear of A", "report"}));
  EXPECT_EQ(neighbours(b, fox), Names{});
  EXPECT_EQ(name(b, fox), "of B");
}

TEST_P(StoreOrganisations, ARelationToWhatOthersHaveLeadsToNothingUntilOneKnowsIt) {
  say(b, {fox_as("of B")});
  say(a, {bear_as("bear of A"), relation(9, "uses", bear, fox)});
  EXPECT_EQ(neighbours(a, bear), Names{});
  say(a, {fox_as("of A")});
  EXPECT_EQ(neighbours(a, bear), Names{"of A"});
  EXPECT_EQ(say(a, {relation(9, "uses", bear, bear)}).updated, 1U);
  EXPECT_EQ(neighbours(a, fox), Names{}) << "the relation was taken away from there";
}

TEST_P(StoreOrganisations, ARelationToWhatOthersShowIsOneForWhoSeesBothEnds) {
  constexpr intel::OrganisationId c = 5;
  const auto counted = [&](intel::OrganisationId who, std::string_view id) {
    std::uint64_t n = 0;
    for (const auto& count : must(store->neighbour_counts(eyes(who), id))) n += count.count;
    return n;
  };
  say(a, Tlp::green, {fox_as("of A")});
  EXPECT_EQ(say(b, Tlp::green, {bear_as("bear of B"), relation(9, "uses", bear, fox)}).added, 2U);
  for (const auto who : {a, b, c}) {
    EXPECT_EQ(neighbours(who, bear), Names{"of A"}) << who;
    EXPECT_EQ(neighbours(who, fox), Names{"bear of B"}) << who;
    EXPECT_EQ(counted(who, bear) + counted(who, fox), 2U) << who;
  }
  EXPECT_EQ(say(b, {relation(8, "targets", bear, fox)}).added, 1U);
  EXPECT_EQ(neighbours(b, bear), (Names{"of A", "of A"}));
  for (const auto who : {a, c}) EXPECT_EQ(neighbours(who, fox), Names{"bear of B"}) << "the relation is amber: " << who;
  EXPECT_EQ(say(a, Tlp::amber, {object("malware", 1, R"("is_family":true,"name":"of A")", "2025-01-01T00:00:00.000Z")}).updated, 1U);
  EXPECT_EQ(neighbours(b, bear), Names{}) << "it is out of sight by now";
  EXPECT_EQ(neighbours(b, fox), Names{});
  EXPECT_EQ(counted(b, bear), 0U);
  EXPECT_EQ(neighbours(a, bear), Names{"of A"});
  EXPECT_EQ(say(b, {fox_as("of B")}).added, 1U);
  EXPECT_EQ(neighbours(b, bear), (Names{"of B", "of B"}));
  EXPECT_EQ(neighbours(b, fox), (Names{"bear of B", "bear of B"}));
  EXPECT_EQ(say(b, {relation(8, "targets", bear, bear)}).updated, 1U);
  EXPECT_EQ(neighbours(b, fox), Names{"bear of B"}) << "the relation was taken away from there";
  for (const auto& d : must(store->verify())) ADD_FAILURE() << said(d);
}

/// Words that one does not see about an id do not take the relations away that one sees.
TEST_P(StoreOrganisations, HiddenWordsHideNoRelation) {
  constexpr intel::OrganisationId c = 5;
  const auto counted = [&](intel::OrganisationId who, std::string_view id) {
    std::uint64_t n = 0;
    for (const auto& count : must(store->neighbour_counts(eyes(who), id))) n += count.count;
    return n;
  };
  say(a, Tlp::green, {fox_as("of A"), bear_as("bear of A")});
  say(b, Tlp::red, {fox_as("of B")});
  say(b, Tlp::green, {relation(9, "uses", bear, fox)});
  for (const auto who : {a, b, c}) {
    EXPECT_EQ(neighbours(who, bear), Names{who == b ? "of B" : "of A"}) << who;
    EXPECT_EQ(neighbours(who, fox), Names{"bear of A"}) << who;
    EXPECT_EQ(counted(who, bear), 1U) << who;
    EXPECT_EQ(counted(who, fox), 1U) << who;
  }
  // The other way about: what A hides is no end of B's relation for others, but B's own words are one.
  const auto tool = id_of("tool", 7);
  say(a, Tlp::red, {object("tool", 7, R"("name":"tool of A")")});
  say(b, Tlp::red, {object("tool", 7, R"("name":"tool of B")")});
  say(b, Tlp::green, {relation(8, "uses", bear, tool)});
  EXPECT_EQ(neighbours(c, bear), Names{"of A"});
  EXPECT_EQ(neighbours(c, tool), Names{});
  EXPECT_EQ(neighbours(a, tool), Names{"bear of A"}) << "A sees the relation and both ends";
  EXPECT_EQ(neighbours(b, tool), Names{"bear of A"});
  // A reference is what the words say: those that nobody else sees tell nobody.
  const auto report = [&](std::string_view name) {
    return object("report", 5,
                  fmt::format(R"("name":"{}","object_refs":["{}"],"published":"2024-01-01T00:00:00Z","report_types":["threat-report"])", name, fox));
  };
  say(a, Tlp::green, {object("report", 5, R"("name":"of A","object_refs":[")" + bear + R"("],"published":"2024-01-01T00:00:00Z")")});
  say(b, Tlp::red, {report("of B")});
  EXPECT_EQ(neighbours(c, id_of("report", 5)), Names{"bear of A"});
  EXPECT_EQ(neighbours(c, fox), Names{"bear of A"});
  EXPECT_EQ(neighbours(b, fox), (Names{"bear of A", "of B"}));
  // Nor do words that are not seen any more count as one's own.
  Viewer narrow = eyes(b);
  narrow.clearance = Tlp::green;
  const auto seen = must(store->neighbours(narrow, bear, {})).items;
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_TRUE(std::ranges::all_of(seen, [](const auto& n) { return n.object.name == "of A"; })) << "the report and the fox, as A says them";
  for (const auto& d : must(store->verify())) ADD_FAILURE() << said(d);
}

/// Of a relation that both say, each sees the own.
TEST_P(StoreOrganisations, ARelationOfOnesOwnTakesThePlaceOfAnothers) {
  say(intel::common, {fox_as("fox"), bear_as("bear"), relation(9, "uses", bear, fox)});
  say(a, {object("relationship", 9, R"("relationship_type":"targets","source_ref":")" + bear + R"(","target_ref":")" + fox + '"')});
  const auto relations = [&](intel::OrganisationId who) {
    Names out;
    for (const auto& n : must(store->neighbours(eyes(who), bear, {})).items) out.push_back(n.relation);
    return out;
  };
  EXPECT_EQ(relations(a), Names{"targets"});
  EXPECT_EQ(relations(b), Names{"uses"});
  EXPECT_EQ(must(store->state()).relations, (std::vector<std::pair<std::string, std::uint64_t>>{{"targets", 1}, {"uses", 1}}));
  EXPECT_EQ(say(intel::common, {relation(9, "targets", bear, fox, R"("description":"later")")}).updated, 1U);
  EXPECT_EQ(must(store->state()).relations, (std::vector<std::pair<std::string, std::uint64_t>>{{"targets", 2}}));
}

TEST_P(StoreOrganisations, WhatPeopleSayStaysWithTheirs) {
  using Tags = std::vector<std::pair<std::string, int>>;
  must(store->tag(a, fox, "watched", 70, "ann"));
  must(store->tag(intel::common, fox, "watched", 20, "adam"));
  must(store->tag(intel::common, fox, "known", 90, "adam"));
  EXPECT_EQ(must(store->tags(eyes(a), fox)), (Tags{{"known", 90}, {"watched", 70}}));
  EXPECT_EQ(must(store->tags(eyes(b), fox)), (Tags{{"known", 90}, {"watched", 20}}));
  EXPECT_EQ(must(store->tags(eyes(intel::common), fox)), (Tags{{"known", 90}, {"watched", 20}}));
  must(store->tag(b, fox, "watched", 0, "ben"));
  EXPECT_EQ(must(store->tags(eyes(a), fox)), (Tags{{"known", 90}, {"watched", 70}})) << "nobody takes away what others said";
  must(store->decide(a, fox, bear, Store::Sameness::same, "ann"));
  EXPECT_TRUE(must(store->decisions(eyes(b))).empty());
  EXPECT_TRUE(must(store->decisions(eyes(intel::common))).empty());
  must(store->decide(intel::common, fox, bear, Store::Sameness::different, "adam"));
  const auto of_a = must(store->decisions(eyes(a))), of_b = must(store->decisions(eyes(b)));
  ASSERT_EQ(of_a.size(), 1U) << "one word a pair: the own";
  EXPECT_EQ(of_a[0].who, "ann");
  ASSERT_EQ(of_b.size(), 1U);
  EXPECT_EQ(of_b[0].who, "adam");
  EXPECT_EQ(must(store->decisions(Viewer::owner())).size(), 2U);
}

TEST_P(StoreOrganisations, DecisionsHaveAnEndOfTheirOwn) {
  must(store->decide(a, fox, bear, Store::Sameness::same, "ann"));
  {
    const auto db = must(connect(place_of(home.options().location, "people.db"), {true, false, 8 << 20}));
    const std::string_view bytes = db->engine() == Engine::sqlite ? "CAST(i AS BLOB)" : "convert_to(CAST(i AS TEXT), 'UTF8')";
    must(
        db->script(fmt::format("WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
                               "INSERT INTO decision(organisation, id, other, sameness, who, at_ms) SELECT {}, {}, {}, 0, {}, 1 FROM n",
                               decisions_max, a, bytes, bytes, bytes)));
  }
  const auto further = store->decide(a, fox, id_of("tool", 5), Store::Sameness::same, "ann");
  ASSERT_FALSE(further.has_value());
  EXPECT_EQ(further.error().code, "too-many-decisions");
  must(store->decide(a, fox, bear, Store::Sameness::different, "ann"));  // minds change
  must(store->decide(b, fox, bear, Store::Sameness::same, "ben"));
}

TEST_P(StoreOrganisations, HeadsAreThoseOfTheViewer) {
  say(a, {fox_as("of A")});
  say(b, {fox_as("of B"), bear_as("bear of B")});
  const std::vector<std::string> ids{bear, "nothing", fox, id_of("malware", 77)};
  const auto names = [&](intel::OrganisationId who) {
    Names out;
    for (const auto& h : must(store->heads(eyes(who), ids))) out.push_back(h.name);
    return out;
  };
  EXPECT_EQ(names(a), (Names{"of A"}));
  EXPECT_EQ(names(b), (Names{"bear of B", "of B"}));
}

// Of a common word no begins are sought: whether it is one must not tell what others have.
TEST_P(StoreOrganisations, HowCommonAWordIsAmongOthersDoesNotShow) {
  std::vector<intel::StixObject> many;
  for (unsigned i = 0; i < 1000; ++i) many.push_back(object("tool", 1000 + i, R"("name":"alpha")"));
  many.push_back(object("tool", 1, R"("name":"alphabet")"));
  say(a, std::move(many));
  say(b, {object("tool", 2, R"("name":"alphabet")")});
  EXPECT_EQ(ids(must(store->search(eyes(b), {"alpha", {}})).items), Names{id_of("tool", 2)});
  EXPECT_EQ(must(store->search(eyes(a), {"alpha", {}})).total, 1000U);
}

}  // namespace
}  // namespace mozu::store::test
