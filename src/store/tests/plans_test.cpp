// Publications that a plan keeps closed: whatever a reader asks of the store, nothing of them comes.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base.hpp"

namespace mozu::store::test::plans_test {
namespace {

using intel::Opened;
using intel::subject_of;
using intel::Tlp;
using intel::Viewer;

constexpr intel::OrganisationId publisher = 3, reader = 4;
const std::string report = id_of("report", 1), bad = id_of("indicator", 2), fox = id_of("intrusion-set", 3), other_report = id_of("report", 4);

intel::StixObject indicator(std::string_view value, std::string_view modified = "2024-01-01T00:00:00.000Z") {
  return object("indicator", 2,
                fmt::format(R"("name":"{0}","pattern":"[domain-name:value = '{0}']","pattern_type":"stix","valid_from":"2024-01-01T00:00:00Z")", value),
                modified);
}
intel::StixObject report_of(unsigned number, std::string_view words, std::string_view modified = "2024-01-01T00:00:00.000Z") {
  return object("report", number,
                fmt::format(R"("name":"Numbat {}","description":"{}","published":"2024-01-01T00:00:00Z","labels":["kind:apt"],"object_refs":["{}","{}"])",
                            number, words, bad, fox),
                modified);
}

class StorePlans : public testing::TestWithParam<const char*> {
 protected:
  Home home{GetParam()};
  std::unique_ptr<Store> store = home.open();

  static Provenance publication(std::string_view id, std::string_view kind, Tlp tlp = Tlp::green) {
    return {"publications",
            fmt::format("publication {}", id),
            "",
            "ann",
            publisher,
            tlp,
            intel::confidence_unknown,
            {subject_of("publication", id), subject_of("kind", kind), subject_of("sector", "energy")}};
  }
  static Viewer eyes(std::vector<Opened::Way> ways, intel::OrganisationId organisation = reader) {
    return {organisation, Tlp::red, false, std::make_shared<const Opened>(Opened{std::move(ways)})};
  }
  void publish() {
    import(*store, {object("intrusion-set", 3, R"("name":"Fox")")});
    import(*store, {indicator("quokka.example.com"), report_of(1, "zibeth words")}, publication("one", "apt"));
  }
  /// Everything that may be asked, and whether anything of the publication came.
  std::set<std::string> shown_to(const Viewer& v) {
    std::set<std::string> out;
    const auto came = [&](std::string_view by, bool any) {
      if (any) out.emplace(by);
    };
    const std::vector<std::string> ids{report, bad};
    came("object", must(store->object(v, report)).has_value() || must(store->object(v, bad)).has_value());
    came("objects", !must(store->objects(v, ids)).empty());
    came("heads", !must(store->heads(v, ids)).empty());
    came("versions", !must(store->versions(v, report, {}, 10)).items.empty() || !must(store->versions(v, bad, {}, 10)).items.empty());
    ListQuery list;
    list.source = "publications";
    came("list", !must(store->list(v, list)).items.empty());
    list.all_versions = true;
    list.newest_first = true;
    came("list_objects", !must(store->list_objects(v, list)).items.empty());
    for (const auto* text : {"zibeth", "quokka", "numbat", "quokka.example.com"}) {
      SearchQuery q;
      q.text = text;
      q.facets = true;
      const auto page = must(store->search(v, q));
      came("search", !page.items.empty() || page.total != 0U || std::ranges::any_of(page.facets, [](const Facet& f) { return !f.values.empty(); }));
    }
    const intel::Key key{intel::KeyKind::domain, "quokka.example.com"};
    const auto hits = must(store->find(v, std::span(&key, 1)));
    came("find", !hits.empty() && !hits[0].objects.empty());
    came("neighbours", !must(store->neighbours(v, fox, {})).items.empty() || !must(store->neighbours(v, bad, {})).items.empty());
    came("neighbour_counts", !must(store->neighbour_counts(v, fox)).empty());
    came("counts", std::ranges::any_of(must(store->counts(v)), [](const auto& one) { return one.first == "report" || one.first == "indicator"; }));
    came("imports", std::ranges::any_of(must(store->imports(v, {}, 10)).items, [](const ImportRecord& r) { return r.provenance.source == "publications"; }));
    came("sources", std::ranges::any_of(must(store->sources(v)), [](const SourceRecord& r) { return r.last.provenance.source == "publications"; }));
    return out;
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, StorePlans, testing::ValuesIn(engines_and_parts), engine_name);

constexpr std::size_t ways_to_ask = 13;

TEST_P(StorePlans, WhatNoPlanOpensIsNowhere) {
  publish();
  EXPECT_EQ(shown_to({reader, Tlp::red, false}).size(), ways_to_ask) << "without a plan everything is open, and each way shows it";
  EXPECT_EQ(shown_to(eyes({})), std::set<std::string>());
  EXPECT_EQ(shown_to(eyes({{{subject_of("kind", "ics")}}})), std::set<std::string>());
  EXPECT_EQ(shown_to(eyes({{{subject_of("kind", "apt")}, {subject_of("sector", "retail")}}})), std::set<std::string>()) << "all parts of a way";
  EXPECT_TRUE(must(store->object(eyes({}), fox)).has_value()) << "what others say stays";
  EXPECT_EQ(must(store->counts(eyes({}))), (std::vector<std::pair<std::string, std::uint64_t>>{{"intrusion-set", 1}}));
}

TEST_P(StorePlans, WhatAPlanOpensIsEverywhere) {
  publish();
  for (const auto& ways : std::vector<std::vector<Opened::Way>>{
           {{{subject_of("kind", "APT")}}},
           {{{subject_of("publication", "one")}}},
           {{}},
           {{{subject_of("kind", "ics")}}, {{subject_of("kind", "apt"), subject_of("kind", "ics")}, {subject_of("sector", "energy")}}}})
    EXPECT_EQ(shown_to(eyes(ways)).size(), ways_to_ask);
  EXPECT_EQ(shown_to(eyes({}, publisher)).size(), ways_to_ask) << "who publishes sees their own";
}

TEST_P(StorePlans, OthersWhoSayTheSameStillSayIt) {
  publish();
  import(*store, {object("indicator", 9,
                         R"("name":"x","pattern":"[domain-name:value = 'quokka.example.com']","pattern_type":"stix","valid_from":"2024-01-01T00:00:00Z")")});
  const intel::Key key{intel::KeyKind::domain, "quokka.example.com"};
  const auto hits = must(store->find(eyes({}), std::span(&key, 1)));
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_EQ(ids(hits[0].objects), (std::vector<std::string>{id_of("indicator", 9)}));
}

TEST_P(StorePlans, WhatAPublicationNamesIsShownAsItsTagsAre) {
  import(*store, {object("malware", 8, R"("name":"Paw","is_family":true)"), report_of(1, "x")}, publication("one", "apt"));
  EXPECT_TRUE(must(store->object(eyes({}), id_of("malware", 8))).has_value());
  EXPECT_FALSE(must(store->object(eyes({}), report)).has_value());
}

TEST_P(StorePlans, EachEditionIsJudgedByWhatItIsAbout) {
  publish();
  import(*store, {indicator("wombat.example.com", "2025-01-01T00:00:00.000Z"), report_of(1, "later words", "2025-01-01T00:00:00.000Z")},
         publication("one", "ics"));
  const auto apt = eyes({{{subject_of("kind", "apt")}}});
  EXPECT_FALSE(must(store->object(apt, report)).has_value()) << "it is of another kind by now";
  EXPECT_TRUE(must(store->versions(apt, report, {}, 10)).items.empty()) << "and with it what it was";
  ListQuery past;
  past.types = {"report"}, past.all_versions = true;
  EXPECT_TRUE(must(store->list_objects(apt, past)).items.empty());
  EXPECT_EQ(must(store->counts(apt)), (std::vector<std::pair<std::string, std::uint64_t>>{{"intrusion-set", 1}}));
  EXPECT_EQ(must(store->versions(eyes({{{subject_of("publication", "one")}}}), report, {}, 10)).items.size(), 2U);
  EXPECT_EQ(shown_to(eyes({})), std::set<std::string>());
}

TEST_P(StorePlans, TlpHoldsWhateverAPlanOpens) {
  import(*store, {report_of(1, "x")}, publication("one", "apt", Tlp::amber));
  EXPECT_FALSE(must(store->object(eyes({{}}), report)).has_value());
}

/// Lists of the newest leave out long runs of what is closed: page by page they give what they give to whoever looks at each version.
TEST_P(StorePlans, TheNewestOfWhatIsOpenStandAroundWhatIsClosed) {
  unsigned number = 100;
  std::vector<std::string> open;
  const auto indicators = [&](std::size_t n, const Provenance& p, bool is_open) {
    std::vector<intel::StixObject> out;
    for (std::size_t i = 0; i < n; ++i) {
      out.push_back(object(
          "indicator", ++number,
          fmt::format(R"("name":"n","pattern":"[domain-name:value = 'n{}.example.com']","pattern_type":"stix","valid_from":"2024-01-01T00:00:00Z")", number)));
      if (is_open) open.push_back(out.back().id);
    }
    import(*store, std::move(out), p);
  };
  indicators(3, {"feed", "f", "", "cli", intel::common, Tlp::none, intel::confidence_unknown, {}}, true);
  indicators(600, publication("a", "ics"), false);
  indicators(300, publication("b", "ics"), false);
  indicators(4, publication("c", "apt"), true);
  indicators(700, publication("d", "ics"), false);
  indicators(2, publication("e", "ics"), false);
  indicators(5, {"feed", "f", "", "cli", intel::common, Tlp::none, intel::confidence_unknown, {}}, true);
  indicators(800, publication("f", "ics"), false);
  std::ranges::reverse(open);
  const auto v = eyes({{{subject_of("kind", "apt")}}});
  for (const std::size_t limit : {1, 4, 5, 12, 100}) {
    ListQuery q;
    q.types = {"indicator"}, q.newest_first = true, q.limit = limit;
    std::vector<std::string> got;
    do {
      const auto page = must(store->list(v, q));
      EXPECT_LE(page.items.size(), limit);
      for (const auto& head : page.items) got.push_back(head.id);
      q.cursor = page.next;
    } while (!q.cursor.empty() && got.size() < 100);
    EXPECT_EQ(got, open) << limit;
  }
  EXPECT_EQ(must(store->counts(v)), (std::vector<std::pair<std::string, std::uint64_t>>{{"indicator", open.size()}}));
}

/// What a publication held is counted out as it stands now, also when later editions took its versions' place.
TEST_P(StorePlans, CountsFollowLaterEditions) {
  publish();
  import(*store, {indicator("quokka2.example.com", "2025-01-01T00:00:00.000Z")}, publication("one", "apt"));
  import(*store, {report_of(4, "more")}, publication("two", "ics"));
  for (const auto& d : must(store->verify())) ADD_FAILURE() << d.message;
  using Counts = std::vector<std::pair<std::string, std::uint64_t>>;
  EXPECT_EQ(must(store->counts(eyes({}))), (Counts{{"intrusion-set", 1}}));
  EXPECT_EQ(must(store->counts(eyes({{{subject_of("kind", "ics")}}}))), (Counts{{"intrusion-set", 1}, {"report", 1}}));
  EXPECT_EQ(must(store->counts(eyes({{{subject_of("kind", "apt")}}}))), (Counts{{"indicator", 1}, {"intrusion-set", 1}, {"report", 1}}));
}

TEST_P(StorePlans, DaysTellOfWhatIsOpenAlone) {
  publish();
  import(*store, {object("tool", 7, R"("name":"t")")}, {"edits", "e", "", "ann", intel::common, Tlp::none, intel::confidence_unknown, {}});
  const auto sum = [&](const Viewer& v, std::int64_t from) {
    std::pair<std::uint64_t, std::uint64_t> out;
    for (const auto& d : must(store->import_days(v, {from}, {INT64_MAX}))) out.first += d.imports, out.second += d.added;
    return out;
  };
  EXPECT_EQ(sum(eyes({{{subject_of("kind", "apt")}}}), 0), (std::pair<std::uint64_t, std::uint64_t>{2, 3}));
  EXPECT_EQ(sum(eyes({}), 0), (std::pair<std::uint64_t, std::uint64_t>{1, 1}));
  EXPECT_EQ(sum(eyes({}), INT64_MAX - 1), (std::pair<std::uint64_t, std::uint64_t>{0, 0}));
}

TEST_P(StorePlans, ADryRunMarksNothing) {
  auto dry = must(store->begin_import(publication("one", "apt"), true));
  must(dry->put(report_of(1, "x")));
  must(dry->commit());
  dry.reset();
  import(*store, {object("report", 4, R"("name":"free","published":"2024-01-01T00:00:00Z","object_refs":["identity--00000000-0000-4000-8000-000000000001"])")});
  EXPECT_TRUE(must(store->object(eyes({}), other_report)).has_value());
}

}  // namespace
}  // namespace mozu::store::test::plans_test
