// Sample content: everybody sees it, twice changes nothing, and a load that died is completed.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "house.hpp"
#include "mozu/publications/desk.hpp"
#include "mozu/server/samples.hpp"

namespace mozu::server::test {
namespace {

TEST(Samples, AreLoadedByOneWhoBelongsToNobody) {
  House house;
  EXPECT_TRUE(house.ask("root", "GET", "/api/v1/samples").has(R"("loaded":false)"));
  EXPECT_EQ(house.ask("adam", "POST", "/api/v1/samples").status, 403);
  EXPECT_EQ(house.ask("ann", "POST", "/api/v1/samples").status, 403);
  const Answer loaded = house.ask("root", "POST", "/api/v1/samples");
  ASSERT_EQ(loaded.status, 200) << loaded.body;
  EXPECT_TRUE(loaded.has(R"("publications":14,"published":14)")) << loaded.body;
  EXPECT_TRUE(house.ask("root", "GET", "/api/v1/samples").has(R"("loaded":true)"));
  // Of another organisation, and yet all of it is there for them.
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/search?q=lynxpaw&type=report").has("Amber Lynx"));
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/objects?type=observed-data&limit=100").has("observed-data--"));
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/attack/matrix?domain=ics").has("T0873"));
  // Again: nothing is new.
  EXPECT_EQ(house.ask("root", "POST", "/api/v1/samples").body, R"({"objects":0,"publications":14,"published":0})");
}

TEST(Samples, AreInBothLanguagesWithSummaryAndReport) {
  House house;
  ASSERT_TRUE(load_samples(*house.knowledge, *house.accounts, house.folder + "/spool", "test"));
  publications::Desk desk(*house.accounts, *house.knowledge);
  const auto list = desk.published_list({house.a, intel::Tlp::green, false}, {});
  ASSERT_TRUE(list);
  ASSERT_EQ(list->items.size(), 14U);
  std::map<std::string, int> kinds;
  for (const auto& p : list->items) {
    ++kinds[p.kind];
    const auto content = desk.content(p);
    ASSERT_TRUE(content) << p.slug;
    ASSERT_EQ(content->texts.size(), 2U) << p.slug;
    for (const std::string_view language : {"en", "ja"}) {
      const auto* text = content->text(language);
      ASSERT_EQ(text->language, language) << p.slug;
      EXPECT_NE(text->title.find(language == "en" ? "Sample" : "サンプル"), std::string::npos) << p.slug;
      EXPECT_NE(text->summary.find(language == "en" ? "made up" : "架空"), std::string::npos) << p.slug;
      EXPECT_GT(text->full.size(), 1500U) << p.slug << ' ' << language;
    }
  }
  EXPECT_EQ(kinds.size(), 5U);
  EXPECT_GE(kinds["apt"], 4);
  EXPECT_GE(kinds["crimeware"], 4);
  EXPECT_GE(kinds["ics"], 3);
}

TEST(Samples, ALoadThatDiedIsCompletedByTheNext) {
  House whole, half;
  const auto all = load_samples(*whole.knowledge, *whole.accounts, whole.folder + "/spool", "test");
  ASSERT_TRUE(all);
  ASSERT_TRUE(load_samples(*half.knowledge, *half.accounts, half.folder + "/spool", "test"));
  // As if it had ended before one was published and the last word said: withdrawn ones stay withdrawn, drafts are published.
  publications::Desk desk(*half.accounts, *half.knowledge);
  const auto organisations = half.accounts->organisations();
  ASSERT_TRUE(organisations);
  const intel::OrganisationId sample = organisations->back().id;
  ASSERT_EQ(organisations->back().name, sample_organisation);
  const publications::Author author{{sample, intel::Tlp::red, true}, 0, "test"};
  const std::string id = publications::Desk::id_of(sample, "sample-amber-lynx");
  ASSERT_TRUE(desk.withdraw(author, id));
  const auto again = load_samples(*half.knowledge, *half.accounts, half.folder + "/spool", "test");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->published, 0U);
  EXPECT_TRUE(std::filesystem::is_empty(half.folder + "/spool"));
}

}  // namespace
}  // namespace mozu::server::test
