#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "feed_reading.hpp"
#include "temp_folder.hpp"

namespace mozu::formats::test {
namespace {

TEST(FeedConfig, ReadsEveryKey) {
  const auto feeds = parse_feed_config(R"([[feed]]
name = "acme"
source = "https://feeds.example.org/acme"
paths = ["a.csv", "/abs/b.csv", "-"]
format = "csv"
confidence = 80
labels = ["c2"]
categories = ["botnet"]
tlp = "amber+strict"
lifetime = "30d"
exact_only = true
allow_broad = true
suppression = true
all_attributes = true
type = "domain"
delimiter = ";"
[feed.mapping]
value = "Bad"
actor = 3

[[feed]]
name = "other"
paths = "x.txt"
)",
                                       "feeds.toml", "etc");
  ASSERT_TRUE(feeds) << feeds.error().message;
  ASSERT_EQ(feeds->size(), 2U);
  const FeedSettings& f = feeds->front();
  EXPECT_EQ(f.info.name, "acme");
  EXPECT_EQ(f.info.source, "https://feeds.example.org/acme");
  EXPECT_EQ(f.paths, (Strings{"etc/a.csv", "/abs/b.csv", "-"}));
  EXPECT_EQ(f.format, "csv");
  EXPECT_EQ(f.info.confidence, 80);
  EXPECT_EQ(f.info.labels, (Strings{"c2"}));
  EXPECT_EQ(f.info.categories, (Strings{"botnet"}));
  EXPECT_EQ(f.info.tlp, intel::Tlp::amber_strict);
  EXPECT_EQ(f.lifetime_ms, 30LL * 86'400'000);
  EXPECT_TRUE(f.exact_only && f.allow_broad && f.suppression && f.all_attributes);
  EXPECT_EQ(f.type, intel::TypeHint::domain);
  EXPECT_EQ(f.delimiter, ';');
  EXPECT_EQ(f.mapping.at("actor"), "3");
  EXPECT_EQ((*feeds)[1].paths, (Strings{"etc/x.txt"}));
}

void expect_error(std::string_view toml, std::uint64_t line, std::string_view part) {
  const auto feeds = parse_feed_config(toml, "feeds.toml", "");
  ASSERT_FALSE(feeds) << toml;
  EXPECT_EQ(feeds.error().code, "feed-config");
  EXPECT_EQ(feeds.error().where.file, "feeds.toml");
  EXPECT_EQ(feeds.error().where.line, line) << toml;
  EXPECT_NE((feeds.error().message + " " + feeds.error().hint).find(part), std::string::npos) << feeds.error().message << " / " << feeds.error().hint;
}

TEST(FeedConfig, MistakesAreLocatedAndSayWhatIsAllowed) {
  expect_error("[[feed]]\nname = \"a\"\npaths = [\"x\"]\nconfidense = 3\n", 4, "allow_broad");
  expect_error("[[feed]]\nname = \"a\"\npaths = [\"x\"]\nconfidence = \"high\"\n", 4, "1 to 100");
  expect_error("[[feed]]\nname = \"a\"\npaths = [\"x\"]\nconfidence = 101\n", 4, "1 to 100");
  expect_error("[[feed]]\nname = \"a\"\npaths = [1]\n", 3, "list of texts");
  expect_error("[[feed]]\nname = \"a\"\npaths = [\"x\"]\nlifetime = \"soon\"\n", 4, "30d");
  expect_error("[[feed]]\nname = \"a\"\npaths = [\"x\"]\nformat = \"nonsense\"\n", 4, "plain");
  expect_error("[[feed]]\nname = \"a\"\npaths = [\"x\"]\ntlp = \"purple\"\n", 4, "amber");
  expect_error("[[feed]]\nname = \"a\"\npaths = [\"x\"]\nexact_only = \"yes\"\n", 4, "true or false");
  expect_error("[[feed]]\npaths = [\"x\"]\n", 1, "name");
  expect_error("[[feed]]\nname = \"a\"\n", 1, "paths");
  expect_error("[feed]\nname = \"a\"\n", 1, "two brackets");
  expect_error("[[feeds]]\nname = \"a\"\n", 1, "[[feed]]");
  expect_error("[[feed]]\nname = \"a\"\npaths=[\"x\"]\n[[feed]]\nname = \"a\"\npaths=[\"y\"]\n", 5, "twice");
  expect_error("[[feed]\nname = \"a\"\n", 1, "TOML");
}

TEST(FeedPaths, FoldersGlobsAndMistakes) {
  const TempFolder folder;
  folder.write("b.txt", "x");
  folder.write("a.txt", "x");
  folder.write("sub/c.csv", "x");
  folder.write(".hidden", "x");
  folder.write("LICENSE", "x");
  Diagnostics diagnostics;
  EXPECT_EQ(expand_feed_paths({folder.file("")}, diagnostics), (Strings{folder.file("a.txt"), folder.file("b.txt"), folder.file("sub/c.csv")}));
  EXPECT_EQ(expand_feed_paths({folder.file("*.txt"), folder.file("a.txt"), "-"}, diagnostics), (Strings{folder.file("a.txt"), folder.file("b.txt"), "-"}));
  EXPECT_TRUE(diagnostics.empty());
  EXPECT_EQ(expand_feed_paths({folder.file("none"), folder.file("*.none"), folder.file("b.txt")}, diagnostics), (Strings{folder.file("b.txt")}));
  EXPECT_EQ(diagnostics.counts().at("feed-path"), 2U);
}

TEST(FeedPaths, AFolderThatCannotBeReadIsNamedAndTheOthersGoOn) {
  const TempFolder folder;
  folder.write("a.txt", "x");
  folder.write("m/shut/c.txt", "x");
  folder.write("z/d.txt", "x");
  std::filesystem::create_directory_symlink(".", folder.file("self"));
  std::filesystem::permissions(folder.file(""), std::filesystem::perms{0755});
  std::filesystem::permissions(folder.file("m/shut"), std::filesystem::perms::none);
  const bool root = ::geteuid() == 0;  // root may read everything
  if (root) {
    ASSERT_EQ(::seteuid(65534), 0);
  }
  Diagnostics diagnostics;
  const bool reachable = ::eaccess(folder.file("z/d.txt").c_str(), R_OK) == 0;
  const auto files = expand_feed_paths({folder.file("")}, diagnostics);
  if (root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  std::filesystem::permissions(folder.file("m/shut"), std::filesystem::perms::owner_all);
  if (!reachable) GTEST_SKIP() << "the folder for temporary files is closed to other users";
  EXPECT_EQ(files, (Strings{folder.file("a.txt"), folder.file("z/d.txt")}));
  ASSERT_EQ(diagnostics.kept().size(), 1U);
  EXPECT_EQ(diagnostics.kept()[0].where.file, folder.file("m/shut"));
  EXPECT_EQ(diagnostics.errors(), 1U);
}

TEST(FeedPaths, APatternPassesOverWhatIsNoFile) {
  const TempFolder folder;
  folder.write("a.txt", "x");
  ASSERT_EQ(::mkfifo(folder.file("pipe").c_str(), 0600), 0);
  Diagnostics diagnostics;
  EXPECT_EQ(expand_feed_paths({folder.file("*")}, diagnostics), (Strings{folder.file("a.txt")}));
  EXPECT_EQ(diagnostics.errors(), 0U);
  EXPECT_EQ(diagnostics.counts().at("feed-path"), 1U);
  EXPECT_EQ(expand_feed_paths({folder.file("pipe")}, diagnostics), (Strings{folder.file("pipe")}));
}

TEST(FeedPaths, OfAMispFeedOnlyTheEvents) {
  const TempFolder folder;
  folder.write("manifest.json", "{}");
  folder.write("hashes.csv", "x");
  folder.write("0e4d9b1c-1111-4222-8333-444455556666.json", "{}");
  Diagnostics diagnostics;
  EXPECT_EQ(expand_feed_paths({folder.file("")}, diagnostics), (Strings{folder.file("0e4d9b1c-1111-4222-8333-444455556666.json")}));
}

}  // namespace
}  // namespace mozu::formats::test
