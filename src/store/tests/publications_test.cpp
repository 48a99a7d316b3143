// What is published stays as it was published, whoever imports words about its ids; and takes the place of copies that were there before.
#include "base.hpp"

namespace mozu::store::test::publications_test {
namespace {

using intel::Tlp;
using intel::Viewer;

constexpr intel::OrganisationId publisher = 3;
const std::string report = id_of("report", 5), item = id_of("indicator", 6), malware = id_of("malware", 7);

class StorePublications : public testing::TestWithParam<const char*> {
 protected:
  Home home{GetParam()};
  std::unique_ptr<Store> store = home.open();

  ImportReceipt say(std::string source, intel::OrganisationId organisation, Tlp tlp, std::vector<intel::StixObject> objects) {
    return import(*store, std::move(objects), {std::move(source), "here", "", "cli", organisation, tlp, intel::confidence_unknown});
  }
  ImportReceipt publish(std::vector<intel::StixObject> objects) { return say("publications", publisher, Tlp::amber, std::move(objects)); }
  StoredObject seen(std::string_view id) { return must(store->object({publisher, Tlp::red, false}, id)).value(); }
  std::size_t versions(std::string_view id) { return must(store->versions(Viewer::owner(), id, {}, 10)).items.size(); }
};
INSTANTIATE_TEST_SUITE_P(Engines, StorePublications, testing::ValuesIn(engines_and_parts), engine_name);

std::vector<intel::StixObject> edition(std::string_view name, std::string_view modified) {
  const auto named = R"("name":")" + std::string(name) + '"';
  std::vector<intel::StixObject> out;
  out.push_back(
      object("indicator", 6, named + R"(,"pattern":"[domain-name:value = 'a.example']","pattern_type":"stix","valid_from":"2024-01-01T00:00:00Z")", modified));
  out.push_back(object("malware", 7, named + R"(,"is_family":true)", modified));
  out.push_back(object("report", 5, named + R"(,"published":"2024-01-01T00:00:00Z","object_refs":[")" + item + R"("])", modified));
  return out;
}
constexpr std::string_view early = "2024-01-01T00:00:00.000Z", now = "2024-02-01T00:00:00.000Z", later = "2024-03-01T00:00:00.000Z";

TEST_P(StorePublications, NoImportTakesTheirPlace) {
  publish(edition("published", now));
  for (const auto organisation : {publisher, intel::common})
    for (const auto modified : {early, now, later}) {
      const auto receipt = say("vendor", organisation, Tlp::green, edition("of a vendor", modified));
      EXPECT_EQ(receipt.counts.published, 2U) << organisation << modified;
      EXPECT_GE(receipt.counts.unchanged, 2U);
      EXPECT_EQ(receipt.published, (std::vector<std::string>{item, report}));
      for (const auto& id : {report, item}) {
        EXPECT_EQ(seen(id).name, "published") << organisation << modified;
        EXPECT_EQ(seen(id).source, "publications");
        EXPECT_EQ(seen(id).organisation, publisher);
        EXPECT_EQ(seen(id).tlp, Tlp::amber);
        EXPECT_EQ(versions(id), 1U) << "nor among its versions";
      }
    }
  EXPECT_EQ(seen(malware).name, "of a vendor") << "what is only named may be told more of";
  EXPECT_EQ(publish(edition("second", later)).counts.published, 0U);
  EXPECT_EQ(seen(report).name, "second");
  for (const auto& d : must(store->verify())) ADD_FAILURE() << said(d);
}

TEST_P(StorePublications, AnotherOrganisationHasItsOwnWordsAndLearnsNothing) {
  publish(edition("published", now));
  const auto counts = say("vendor", 4, Tlp::amber, edition("of four", later)).counts;
  EXPECT_EQ(counts.added, 3U);
  EXPECT_EQ(counts.published, 0U);
  EXPECT_EQ(seen(report).name, "published");
}

TEST_P(StorePublications, WhoSpokeOfTheirIdsFirstIsInNobodysWay) {
  const Viewer third{5, Tlp::amber, false}, squatter{4, Tlp::red, false};
  say("fake", 4, Tlp::green, edition("fake", later));
  say("fakes", 6, Tlp::green, edition("of six", later));
  const std::string link = id_of("relationship", 9), named = id_of("malware", 8);
  say("others", 5, Tlp::green,
      {object("malware", 8, R"("name":"known","is_family":true)", now),
       object("relationship", 9, R"("relationship_type":"indicates","source_ref":")" + item + R"(","target_ref":")" + named + '"', now)});
  EXPECT_EQ(must(store->object(third, report)).value().name, "fake");
  for (const auto* name : {"published", "second"}) {
    say("publications", publisher, Tlp::green, edition(name, std::string_view(name) == "second" ? later : now));
    for (const auto& id : {report, item}) {
      for (const Viewer& v : {third, Viewer::owner(), Viewer{publisher, Tlp::red, false}}) {
        const auto found = must(store->object(v, id)).value();
        EXPECT_EQ(found.name, name) << id << v.organisation;
        EXPECT_EQ(found.source, "publications");
      }
      EXPECT_EQ(must(store->object(squatter, id)).value().name, "fake") << "its own words it keeps";
      EXPECT_EQ(must(store->object({6, Tlp::red, false}, id)).value().name, "of six");
    }
    const auto found = must(store->neighbours(third, named, {})).items;
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].object.name, name) << "what others relate leads to what is published";
    for (const auto& d : must(store->verify())) ADD_FAILURE() << said(d);
  }
}

TEST_P(StorePublications, TheyTakeIdsBackThatTheirPublisherHadAsItsOwn) {
  const Viewer third{5, Tlp::amber, false}, squatter{4, Tlp::red, false};
  say("fake", 4, Tlp::green, edition("fake", later));
  say("copy", publisher, Tlp::green, edition("copy", now));
  EXPECT_EQ(must(store->object(third, report)).value().name, "fake");
  EXPECT_EQ(seen(report).name, "copy");
  for (const auto* name : {"published", "second"}) {
    say("publications", publisher, Tlp::green, edition(name, later));
    for (const auto& id : {report, item}) {
      EXPECT_EQ(must(store->object(third, id)).value().name, name);
      EXPECT_EQ(seen(id).name, name);
      EXPECT_EQ(must(store->object(squatter, id)).value().name, "fake");
    }
    for (const auto& d : must(store->verify())) ADD_FAILURE() << said(d);
  }
}

TEST_P(StorePublications, TheyTakeThePlaceOfCopies) {
  for (const auto organisation : {publisher, intel::common})
    for (const bool same : {true, false}) {
      const Home fresh(GetParam());
      store = fresh.open();
      say("copy", organisation, Tlp::green, edition("copy", later));
      publish(same ? edition("copy", later) : edition("published", now));
      for (const auto& id : {report, item}) {
        EXPECT_EQ(seen(id).source, "publications") << organisation << same;
        EXPECT_EQ(seen(id).name, same ? "copy" : "published") << organisation;
      }
      EXPECT_EQ(publish(same ? edition("copy", later) : edition("published", now)).counts.updated, 0U) << "once";
      for (const auto& d : must(store->verify())) ADD_FAILURE() << said(d);
      store = nullptr;
    }
}

}  // namespace
}  // namespace mozu::store::test::publications_test
