#include "mozu/feeds/load.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "mozu/feeds/diff.hpp"
#include "temp_folder.hpp"

namespace mozu::feeds {
namespace {

constexpr std::string_view list_text = "evil.example\n192.0.2.7\n10.0.0.0/8\nnot an indicator!\n";

std::shared_ptr<const match::Index> index_of(match::Builder& builder) {
  auto bytes = builder.build({0});
  EXPECT_TRUE(bytes) << bytes.error().message;
  auto index = match::Index::from_bytes(std::move(*bytes));
  EXPECT_TRUE(index) << index.error().message;
  return *index;
}
std::vector<std::string> values(const match::Index& index) {
  std::vector<std::string> out;
  for (match::EntryId e = 0; e < index.size(); ++e) out.push_back(index.value(e));
  std::sort(out.begin(), out.end());
  return out;
}

TEST(FeedList, NamesPathsAfterTheirFilesAndKeepsThemApart) {
  Diagnostics diagnostics;
  LoadRequest request;
  request.feeds = {"lists/ipsum.txt", "other/ipsum.txt.gz", "a/b/", ".hidden", "-"};
  request.suppress = {"warning.json"};
  const auto list = feed_list(request, diagnostics);
  std::vector<std::string> names;
  for (const auto& f : list) names.push_back(f.info.name);
  EXPECT_EQ(names, (std::vector<std::string>{"lists-ipsum", "other-ipsum", "b", ".hidden", "stdin", "warning"}));
  EXPECT_FALSE(list[0].suppression);
  EXPECT_TRUE(list[5].suppression);
  EXPECT_TRUE(list[5].allow_broad);
}

std::vector<std::string> names_of(std::vector<std::string> paths) {
  Diagnostics diagnostics;
  LoadRequest request;
  request.feeds = std::move(paths);
  std::vector<std::string> names;
  for (const auto& f : feed_list(request, diagnostics)) {
    names.push_back(f.info.name);
    EXPECT_EQ(f.info.source, f.paths.front());
  }
  return names;
}

TEST(FeedList, EqualNamesGetFoldersThenEndingsThenNumbers) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(names_of({"eset/turla/samples.md5", "eset/cosmic/samples.md5", "other.txt"}), (Names{"turla-samples", "cosmic-samples", "other"}));
  EXPECT_EQ(names_of({"/a/x/2021/iocs.csv", "/a/y/2021/iocs.csv"}), (Names{"x-2021-iocs", "y-2021-iocs"}));
  EXPECT_EQ(names_of({"t/samples.md5", "t/samples.sha1", "u/samples.md5"}), (Names{"t-samples.md5", "t-samples.sha1", "u-samples"}));
  EXPECT_EQ(names_of({"levels/3.txt", "./levels/../levels/4.txt"}), (Names{"levels-3", "levels-4"}));
  EXPECT_EQ(names_of({"d/a.txt", "d/a.txt", "3"}), (Names{"a", "a-2", "3"}));
}

TEST(FeedList, SettingsGiveTheirFeedsAndBadOnesAreNamed) {
  const TempFolder folder;
  folder.write("list.txt", list_text);
  const auto good = folder.write("feeds.toml", "[[feed]]\nname = \"acme\"\npaths = [\"list.txt\"]\nconfidence = 80\n");
  const auto bad = folder.write("bad.toml", "[[feed]\n");
  Diagnostics diagnostics;
  LoadRequest request;
  request.feeds = {good, bad};
  request.allow_broad = true;
  const auto list = feed_list(request, diagnostics);
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].info.name, "acme");
  EXPECT_TRUE(list[0].allow_broad);
  EXPECT_EQ(diagnostics.errors(), 1U);
}

TEST(LoadFeeds, FillsTheBuilderAndReports) {
  const TempFolder folder;
  LoadRequest request;
  request.feeds = {folder.write("list.txt", list_text), folder.file("missing.txt")};
  match::Builder builder;
  Diagnostics diagnostics;
  const auto reports = load_feeds(request, builder, diagnostics);
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[0].statistics.indicators, 2U);
  EXPECT_GE(reports[0].statistics.refused, 1U);
  EXPECT_EQ(reports[0].files_failed, 0U);
  EXPECT_EQ(reports[1].files_failed, 1U);
  EXPECT_EQ(values(*index_of(builder)), (std::vector<std::string>{"192.0.2.7", "evil.example"}));
}

TEST(LoadFeeds, AFeedCutOffIsAFailureAndItsRestIsKept) {
  const TempFolder folder;
  LoadRequest request;
  request.feeds = {folder.write("cut.json", "[{\"value\":\"a.evil.example\"},{\"val"), folder.write("whole.json", "[{\"value\":\"b.evil.example\"}]"),
                   folder.write("row.json", "{\"value\":\"c.evil.example\"}\n{\"value\":}\n{\"value\":\"d.evil.example\"}\n"),
                   folder.write("cut.xml",
                                "<OpenIOC><criteria><Indicator operator=\"OR\"><IndicatorItem condition=\"is\"><Context search=\"PortItem/remoteIP\"/>"
                                "<Content type=\"IP\">192.0.2.1</Content></IndicatorItem><IndicatorItem cond")};
  match::Builder builder;
  Diagnostics diagnostics;
  const auto reports = load_feeds(request, builder, diagnostics);
  ASSERT_EQ(reports.size(), 4U);
  EXPECT_EQ(reports[0].files_failed, 1U);
  EXPECT_EQ(reports[0].statistics.indicators, 1U);
  ASSERT_EQ(reports[0].diagnostics.errors(), 1U);
  EXPECT_EQ(reports[0].diagnostics.kept()[0].where.path, "/1");
  EXPECT_FALSE(reports[0].diagnostics.kept()[0].hint.empty());
  EXPECT_EQ(reports[1].files_failed, 0U);
  EXPECT_EQ(reports[2].files_failed, 0U);  // a bad line is a refused row
  EXPECT_EQ(reports[2].statistics.refused, 1U);
  EXPECT_EQ(reports[2].diagnostics.errors(), 0U);
  EXPECT_EQ(reports[3].files_failed, 1U);
  EXPECT_EQ(reports[3].statistics.indicators, 1U);
  EXPECT_EQ(reports[3].diagnostics.kept()[0].code, "xml-broken");
}

constexpr std::string_view warning_list =
    R"({"name": "Known", "type": "string", "matching_attributes": ["domain"], "list": ["evil.example", ".good.example"]})";

TEST(LoadFeeds, SuppressionsKeepHowFarTheyReach) {
  const TempFolder folder;
  LoadRequest request;
  request.suppress = {folder.write("list.json", warning_list)};
  match::Builder builder;
  Diagnostics diagnostics;
  load_feeds(request, builder, diagnostics);
  const auto index = index_of(builder);
  std::map<std::string, bool> exact_only;
  for (const auto& s : index->suppressions()) exact_only[s.pattern.value] = s.exact_only;
  EXPECT_EQ(exact_only, (std::map<std::string, bool>{{"evil.example", true}, {"good.example", false}}));
}

TEST(LoadFeeds, WarningListsAmongTheFeedsAreTold) {
  const TempFolder folder;
  const auto list = folder.write("list.json", warning_list), feed = folder.write("feed.txt", list_text);
  const auto told = [](std::vector<std::string> feeds, std::vector<std::string> suppress) {
    LoadRequest request;
    request.feeds = std::move(feeds);
    request.suppress = std::move(suppress);
    match::Builder builder;
    Diagnostics diagnostics;
    load_feeds(request, builder, diagnostics);
    return diagnostics.kept().size();
  };
  EXPECT_EQ(told({feed, list}, {}), 1U);
  EXPECT_EQ(told({feed}, {list}), 0U);
  EXPECT_EQ(told({list}, {}), 0U) << "an index of warning lists is what `mozu lookup` asks";
}

TEST(LoadFeeds, BroadOnesOnDemandAndSuppressionsApart) {
  const TempFolder folder;
  LoadRequest request;
  request.feeds = {folder.write("list.txt", list_text)};
  request.suppress = {folder.write("own.txt", "198.51.100.0/24\n10.0.0.0/8\n")};
  request.allow_broad = true;
  match::Builder builder;
  Diagnostics diagnostics;
  const auto reports = load_feeds(request, builder, diagnostics);
  EXPECT_TRUE(reports[1].suppression);
  const auto index = index_of(builder);
  EXPECT_EQ(values(*index), (std::vector<std::string>{"10.0.0.0/8", "192.0.2.7", "evil.example"}));
  EXPECT_EQ(index->feeds().size(), 1U);
  ASSERT_EQ(index->suppressions().size(), 2U);
  EXPECT_EQ(index->suppressions()[0].reason, "suppression list: own");
}

intel::Indicator indicator(std::string_view text, std::string label = {}) {
  intel::Indicator i;
  i.pattern = *intel::read_pattern(text);
  if (!label.empty()) i.labels.push_back(std::move(label));
  return i;
}

TEST(DiffIndexes, FindsWhatWasAddedRemovedAndChanged) {
  match::Builder before, after;
  intel::FeedInfo feed_a, feed_b;
  feed_a.name = "a";
  feed_b.name = "b";
  const auto a = before.add_feed(feed_a);
  before.add(a, indicator("gone.example"));
  before.add(a, indicator("same.example"));
  before.add(a, indicator("changed.example", "old"));
  before.add(a, indicator("moved.example"));
  const auto b = after.add_feed(feed_b);
  const auto a2 = after.add_feed(feed_a);  // another number
  after.add(b, indicator("192.0.2.1"));
  after.add(a2, indicator("same.example"));
  after.add(a2, indicator("changed.example", "new"));
  after.add(b, indicator("moved.example"));
  std::vector<std::string> seen;
  const auto totals = diff_indexes(*index_of(before), *index_of(after), [&](const IndexChange& c) {
    std::string s = c.what == IndexChange::What::added ? "+" : c.what == IndexChange::What::removed ? "-" : "~";
    s += c.value;
    for (const auto& f : c.feeds_before) s += " <" + f;
    for (const auto& f : c.feeds_after) s += " >" + f;
    for (const auto& w : c.changed) s += " " + w;
    seen.push_back(s);
  });
  EXPECT_EQ(seen, (std::vector<std::string>{"+192.0.2.1 >b", "~changed.example <a >a labels", "-gone.example <a", "~moved.example <a >b feeds"}));
  EXPECT_EQ(totals.added, 1U);
  EXPECT_EQ(totals.removed, 1U);
  EXPECT_EQ(totals.changed, 2U);
  EXPECT_EQ(totals.same, 1U);
}

}  // namespace
}  // namespace mozu::feeds
