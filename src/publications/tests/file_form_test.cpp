// A publication as a file: what it says is what is read, and a mistake is told with its line.
#include <gtest/gtest.h>

#include <filesystem>

#include "mozu/base/file.hpp"
#include "mozu/publications/file_form.hpp"
#include "places.hpp"

namespace mozu::publications {
namespace {

TEST(FileForm, HoldsWhatAPublicationHas) {
  const auto read = parse_publication(
      "+++\nslug = \"lynx\"\nkind = \"apt\"\ntlp = \"green\"\ndate = 2026-11-10\n[title]\nen = \"Returns\"\nja = \"再来\"\n[[technique]]\nid = "
      "\"T1566.001\"\nevidence = \"Each mail.\"\n"
      "[[technique]]\nid = \"T1071.001\"\n[[reference]]\ntitle = \"r\"\nurl = \"https://reports.example/lynx\"\n[[attachment]]\nkind = \"indicators\"\nfile = "
      "\"a.csv\"\n"
      "[[attachment]]\nkind = \"yara\"\nfile = \"a.yar\"\n+++ en summary\nShort.\n+++ en full\n# Long\n\ntext\n+++ ja summary\n短い。\n+++ ja full\n# 長い\n",
      "lynx.md");
  ASSERT_TRUE(read) << read.error().message << read.error().where.line;
  const Publication& p = read->publication;
  EXPECT_EQ(p.slug, "lynx");
  EXPECT_EQ(p.kind, "apt");
  EXPECT_EQ(p.tlp, intel::Tlp::green);
  EXPECT_EQ(format_time(p.date.value()), "2026-11-10T00:00:00Z");
  ASSERT_EQ(p.texts.size(), 2U);
  EXPECT_EQ(p.texts[0].language, "en");
  EXPECT_EQ(p.texts[0].title, "Returns");
  EXPECT_EQ(p.texts[0].summary, "Short.\n");
  EXPECT_EQ(p.texts[0].full, "# Long\n\ntext\n");
  EXPECT_EQ(p.texts[1].full, "# 長い\n");
  EXPECT_EQ(p.techniques.at(1).id, "T1071.001");
  EXPECT_EQ(p.references.at(0).url, "https://reports.example/lynx");
  ASSERT_EQ(read->files.size(), 2U);
  EXPECT_EQ(read->files[1].kind, AttachmentKind::yara);
  EXPECT_TRUE(check_complete(p));
}

TEST(FileForm, TheSamplesReadInBothLanguages) {
  std::size_t samples = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(source_dir) + "/examples/publications")) {
    if (entry.path().extension() != ".md" || entry.path().filename() == "README.md") continue;
    ++samples;
    const auto name = entry.path().filename().string();
    const auto read = parse_publication(read_file(entry.path().string()).value(), name);
    ASSERT_TRUE(read) << name << read.error().message;
    EXPECT_TRUE(check_complete(read->publication)) << name;
    ASSERT_EQ(read->publication.texts.size(), 2U) << name;
    for (const auto& text : read->publication.texts) EXPECT_FALSE(text.summary.empty() || text.full.empty()) << name << text.language;
  }
  EXPECT_GE(samples, 12U);
}

struct Mistake {
  const char* text;
  std::uint64_t line;
  const char* says;
};

class Mistakes : public ::testing::TestWithParam<Mistake> {};
TEST_P(Mistakes, AreToldWithTheirLine) {
  const auto read = parse_publication(GetParam().text, "x.md");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().where.file, "x.md");
  EXPECT_EQ(read.error().where.line, GetParam().line) << read.error().message;
  EXPECT_NE(read.error().message.find(GetParam().says), std::string::npos) << read.error().message;
}
INSTANTIATE_TEST_SUITE_P(FileForm, Mistakes,
                         ::testing::Values(Mistake{"", 1, "empty"}, Mistake{"# Title\n", 1, "first line"}, Mistake{"+++\nslug = \"a\"\n", 2, "no end"},
                                           Mistake{"+++\nslug = a\n+++\n", 2, ""}, Mistake{"+++\nslug = \"a\"\nfoo = 1\n+++\n", 3, "\"foo\" is not known"},
                                           Mistake{"+++\nslug = 5\n+++\n", 2, "must be a text"},
                                           Mistake{"+++\nslug = \"a\"\ntlp = \"blue\"\n+++\n", 3, "'blue' is no TLP"},
                                           Mistake{"+++\nslug = \"a\"\ndate = \"soon\"\n+++\n", 3, "no date"},
                                           Mistake{"+++\nslug = \"a\"\n[[technique]]\nname = \"x\"\n+++\n", 4, "\"name\" is not known in [[technique]]"},
                                           Mistake{"+++\nslug = \"a\"\n[[attachment]]\nkind = \"pdf\"\nfile = \"x\"\n+++\n", 3, "'pdf' is no kind"},
                                           Mistake{"+++\nslug = \"a\"\n[[attachment]]\nkind = \"yara\"\nfile = \"../x\"\n+++\n", 3, "no file beside"},
                                           Mistake{"+++\nslug = \"a\"\n+++\nlost\n+++ en full\nx\n", 4, "before the first section"},
                                           Mistake{"+++\nslug = \"a\"\n+++ en body\nx\n", 3, "begins no section"},
                                           Mistake{"+++\nslug = \"a\"\n+++ en full\nx\n+++\ny\n", 5, "within the texts"},
                                           Mistake{"+++\nslug = \"a\"\n+++ en full\nx\n+++ en full\ny\n", 5, "two sections"},
                                           Mistake{"+++\nslug = \"A b\"\n+++ en full\nx\n", 0, "'A b' is no name"},
                                           Mistake{"+++\nslug = \"a\"\n[[technique]]\nid = \"T15\"\n+++ en full\nx\n", 0, "'T15' is no technique"},
                                           Mistake{"+++\nslug = \"a\"\n[[reference]]\nurl = \"javascript:x\"\n+++ en full\nx\n", 0, "no address"},
                                           Mistake{"+++\nslug = \"a\"\n+++ english full\nx\n", 0, "'english' is no language"}));

TEST(FileForm, WindowsLineEndsAreNoPartOfTheText) {
  const auto read = parse_publication("\xEF\xBB\xBF+++\r\nslug = \"a\"\r\n+++ en full\r\nx\r\ny\r\n", "x.md");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->publication.texts.at(0).full, "x\ny\n");
}

TEST(PublicationJson, ComesBackAsItWas) {
  const auto lynx = parse_publication(read_file(std::string(source_dir) + "/examples/publications/amber-lynx.md").value(), "amber-lynx.md");
  ASSERT_TRUE(lynx);
  Publication p = lynx->publication;
  p.attachments.push_back({AttachmentKind::sigma, "a.yml", "00ff", 12});
  const auto json = [](const Publication& of) {
    std::string out;
    JsonWriter w(out);
    w.begin_object();
    write_fields(w, of);
    w.end_object();
    return out;
  };
  Publication back;
  ASSERT_TRUE(read_fields(json(p), true, back));
  EXPECT_EQ(json(back), json(p));
  const auto forged = read_fields(json(p), false, back);
  ASSERT_FALSE(forged) << "hashes come from files, not from clients";
  EXPECT_EQ(forged.error().where.path, "/attachments");
}

TEST(PublicationJson, AChangeLeavesWhatItDoesNotName) {
  Publication p;
  ASSERT_TRUE(read_fields(R"({"slug":"a","tlp":"amber","sectors":["energy"],"texts":[{"language":"en","title":"T"}]})", false, p));
  ASSERT_TRUE(read_fields(R"({"version":7,"sectors":[],"date":"2026-11-01"})", false, p));
  EXPECT_EQ(p.tlp, intel::Tlp::amber);
  EXPECT_TRUE(p.sectors.empty());
  EXPECT_EQ(p.texts.size(), 1U);
  for (const auto& [json, path] : {std::pair{R"({"sector":[]})", "/sector"},
                                   {R"({"texts":[{"language":"en"},{"language":"en"}]})", "/texts/1/language"},
                                   {R"({"texts":[{"lang":"en"}]})", "/texts/0/lang"},
                                   {R"({"actors":["a\nb"]})", "/actors/0"},
                                   {R"({"kind":7})", "/kind"},
                                   {R"({"references":[{"url":"https://a.example/\"x"}]})", "/references/0/url"}}) {
    Publication changed = p;
    const auto read = read_fields(json, false, changed);
    ASSERT_FALSE(read) << json;
    EXPECT_EQ(read.error().where.path, path) << json;
  }
}

}  // namespace
}  // namespace mozu::publications
