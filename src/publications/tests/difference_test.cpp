// Differences between texts and publications.
#include <gtest/gtest.h>

#include <random>

#include "mozu/base/text.hpp"
#include "mozu/publications/difference.hpp"

namespace mozu::publications {
namespace {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  if (text.empty()) return out;
  for (const auto line : split(text.substr(0, text.size() - 1), '\n')) out.emplace_back(line);
  return out;
}

/// Puts the hunks over `from`; empty if they do not fit.
std::vector<std::string> applied(const std::vector<std::string>& from, const std::vector<Hunk>& hunks, std::size_t& edits) {
  std::vector<std::string> out;
  std::size_t x = 0;
  for (const Hunk& h : hunks) {
    while (x + 1 < h.from) out.push_back(from[x++]);
    if (out.size() + 1 != h.to) return {};
    for (const DifferentLine& l : h.lines) {
      if (l.kind != '+' && (x >= from.size() || from[x++] != l.text)) return {};
      if (l.kind != '-') out.emplace_back(l.text);
      if (l.kind != ' ') ++edits;
    }
  }
  while (x < from.size()) out.push_back(from[x++]);
  return out;
}

std::size_t shortest(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<std::vector<std::size_t>> common(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < b.size(); ++j) common[i + 1][j + 1] = a[i] == b[j] ? common[i][j] + 1 : std::max(common[i][j + 1], common[i + 1][j]);
  return a.size() + b.size() - 2 * common[a.size()][b.size()];
}

TEST(Difference, LeadsFromOneToTheOtherOnTheShortestWay) {
  std::mt19937 random(7);
  for (int turn = 0; turn < 5000; ++turn) {
    std::string a, b;
    for (auto* text : {&a, &b})
      for (auto n = random() % 20; n > 0; --n) *text += std::string(1, static_cast<char>('a' + random() % 4)) + "\n";
    std::size_t edits = 0;
    ASSERT_EQ(applied(lines_of(a), difference(a, b), edits), lines_of(b)) << a << "--\n" << b;
    ASSERT_EQ(edits, shortest(lines_of(a), lines_of(b))) << a << "--\n" << b;
  }
}

TEST(Difference, ShowsWhatIsAround) {
  EXPECT_TRUE(difference("a\nb\n", "a\nb\n").empty());
  EXPECT_TRUE(difference("a", "a\n").empty()) << "the end of the last line is none";
  const std::string from = "1\n2\n3\n4\n5\n6\n7\n8\n9\n", to = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n";
  const auto hunks = difference(from, to);
  ASSERT_EQ(hunks.size(), 1U);
  EXPECT_EQ(hunks[0].from, 2U);
  ASSERT_EQ(hunks[0].lines.size(), 8U);
  EXPECT_EQ(hunks[0].lines[3].kind, '-');
  EXPECT_EQ(hunks[0].lines[4].text, "five");
  EXPECT_EQ(difference("", "new\n")[0].lines.size(), 1U);
}

TEST(Difference, ChangesFarApartStandApart) {
  std::string from, to;
  for (int i = 0; i < 40; ++i) from += std::to_string(i) + "\n", to += (i == 5 || i == 30 ? "x" : std::to_string(i)) + "\n";
  EXPECT_EQ(difference(from, to).size(), 2U);
}

TEST(Difference, TextsThatHaveNothingInCommonCostLittle) {
  std::string a, b;
  for (int i = 0; i < 200'000; ++i) a += "a" + std::to_string(i % 7) + "\n", b += "b" + std::to_string(i % 5) + "\n";
  const auto hunks = difference(a, b);
  ASSERT_EQ(hunks.size(), 1U);
  EXPECT_EQ(hunks[0].lines.size(), 400'000U);
}

TEST(Difference, OfPublicationsTellsMembersTextsAndFiles) {
  Publication a;
  a.slug = "x", a.tlp = intel::Tlp::green, a.actors = {"Amber Lynx"};
  a.texts = {{"en", "Title", "Summary\n", "Full\n"}, {"ja", "題", "要約\n", ""}};
  a.attachments = {{AttachmentKind::yara, "a.yar", "11", 1}, {AttachmentKind::yara, "b.yar", "22", 1}};
  Publication b = a;
  EXPECT_TRUE(difference(a, b).texts.empty() && difference(a, b).members.empty() && difference(a, b).files.empty());
  b.tlp = intel::Tlp::amber;
  b.texts[0].title = "Another";
  b.texts.pop_back();
  b.attachments = {{AttachmentKind::yara, "b.yar", "33", 1}, {AttachmentKind::figure, "c.png", "44", 1}};
  const auto d = difference(a, b);
  ASSERT_EQ(d.members.size(), 1U);
  EXPECT_EQ(d.members[0].member, "tlp");
  EXPECT_NE(d.members[0].from, d.members[0].to);
  ASSERT_EQ(d.texts.size(), 3U) << "the title, and title and summary of the language that is gone";
  EXPECT_EQ(d.texts[0].part, "title");
  EXPECT_EQ(d.texts[1].language, "ja");
  ASSERT_EQ(d.files.size(), 3U);
  EXPECT_EQ(d.files[0].change, "changed");
  EXPECT_EQ(d.files[1].change, "added");
  EXPECT_EQ(d.files[2].name, "a.yar");
}

}  // namespace
}  // namespace mozu::publications
