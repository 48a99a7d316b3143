// Where in a file whose genes stand: maps and labels.
#include <gtest/gtest.h>

#include <string>

#include "cell.hpp"
#include "mozu/attribution/answer.hpp"
#include "temp_folder.hpp"

namespace mozu::attribution {
namespace {

std::string lines_of(int from, int count, std::string_view words) {
  std::string out;
  for (int i = from; i < from + count; ++i) out += "line " + std::to_string(i) + " of what " + std::string(words) + "\n";
  return out;
}

const std::string lynx_text = lines_of(100, 40, "the lynx alone has in its samples"),
                  crow_text = lines_of(200, 40, "the crow wrote for itself and nobody else"),
                  clean_text = lines_of(300, 40, "clean files have, whatever they are"), reed_text = lines_of(400, 40, "the library of reeds says to many"),
                  new_text = lines_of(500, 40, "nobody has ever seen before this day");

struct MapIndex {
  TempFolder folder;
  gene::Index index = *gene::Index::open(folder.file("genes"));

  MapIndex() {
    add("1", lynx_text, {gene::EntityType::actor, "Amber Lynx"});
    add("2", crow_text, {gene::EntityType::malware, "CROWBAR"});
    add("3", clean_text, {gene::EntityType::goodware, ""});
    add("4", reed_text, {gene::EntityType::library, "Reed 1.0"});
  }
  void add(const std::string& digit, const std::string& text, gene::Entity whose) {
    auto opened = *files::open_objects(text, {.name = "s.txt"});
    gene::Sample sample{std::string(63, '0') + digit, "s" + digit, "text", text.size(), 0, {std::move(whose)}};
    EXPECT_TRUE(index.add({{std::move(sample), std::move(opened.objects.front().genome)}}));
  }
  Answer answered(const std::string& text, bool weak = false) {
    const gene::AttributeOptions compare{.weak = weak};
    Answer x = *answer("asked.txt", *files::open_objects(text, {.name = "asked.txt"}), index, {compare, {}});
    draw(x, index, compare);
    return x;
  }
};

TEST(Map, ShowsWhoseEachPartIs) {
  MapIndex k;
  const std::string parts[] = {lynx_text, new_text, clean_text, reed_text, crow_text};
  std::string text;
  for (const auto& p : parts) text += p;
  const Answer x = k.answered(text);
  ASSERT_EQ(x.joined.verdicts.size(), 2U);
  ASSERT_EQ(x.maps.size(), 1U);
  const ObjectMap& map = x.maps[0];
  ASSERT_EQ(map.whose.size(), 2U);
  EXPECT_LE(map.cells.size(), 1024U);
  EXPECT_EQ(map.cells.size(), (text.size() + map.cell_bytes - 1) / map.cell_bytes);
  const char lynx = map.whose[0].name == "Amber Lynx" ? 'A' : 'B', crow = static_cast<char>('A' + 'B' - lynx);
  std::size_t at = 0;
  for (const auto& [part, letter] : {std::pair{parts[0], lynx}, {parts[1], '-'}, {parts[2], 'c'}, {parts[3], 'l'}, {parts[4], crow}}) {
    // The cells at its ends are its neighbour's, too.
    const std::size_t first = at / map.cell_bytes + 1, end = (at += part.size()) / map.cell_bytes;
    EXPECT_EQ(map.cells.substr(first, end - first), std::string(end - first, letter));
  }
  EXPECT_NE(json_of(x).find("\"cells\":\"" + map.cells), std::string::npos);
  const std::string html = html_of(x);
  for (const std::string_view part : {"Whose code stands where in asked.txt", "fill=\"url(#clean)\"", "fill=\"#a3161c\"", "libraries ", "Amber Lynx "})
    EXPECT_NE(html.find(part), std::string::npos) << part;
}

TEST(Map, LargeFilesHaveNoMoreCells) {
  MapIndex k;
  const std::string text = lynx_text + std::string(3'000'000, '\n') + crow_text;
  const ObjectMap map = k.answered(text).maps.at(0);
  ASSERT_LE(map.cells.size(), 1024U);
  EXPECT_GE(map.cells.size(), 1000U);
  EXPECT_EQ(map.cells.substr(1, map.cells.size() - 3), std::string(map.cells.size() - 3, '.'));
  EXPECT_NE(map.cells.front(), map.cells.back());
  EXPECT_TRUE(map.cells.front() >= 'A' && map.cells.back() >= 'A');
}

TEST(Map, WithoutVerdictsItShowsWhatIsClean) {
  MapIndex k;
  const Answer x = k.answered(clean_text + new_text);
  EXPECT_TRUE(x.joined.verdicts.empty());
  ASSERT_EQ(x.maps.size(), 1U);
  EXPECT_EQ(x.maps[0].cells.front(), 'c');
  EXPECT_EQ(x.maps[0].cells.back(), '-');
  EXPECT_TRUE(x.labels.labels.empty());
}

TEST(Map, WhatIsWeakIsOthersUnlessAskedFor) {
  MapIndex k;
  const std::string text = lynx_text + lines_of(200, 3, "the crow wrote for itself and nobody else");
  EXPECT_EQ(k.answered(text).maps.at(0).cells.back(), 'o');
  EXPECT_EQ(k.answered(text, true).maps.at(0).cells.back(), 'B');
}

TEST(Labels, SayWhatStandsWhere) {
  MapIndex k;
  const Answer x = k.answered(new_text + lynx_text);
  ASSERT_EQ(x.labels.labels.size(), 40U);
  std::size_t at = new_text.size();
  for (const Label& l : x.labels.labels) {
    EXPECT_EQ(l.offset, at);
    EXPECT_EQ(l.gene_class, gene::GeneClass::text);
    at += l.length + 1;
  }
  EXPECT_EQ(at, new_text.size() + lynx_text.size());
}

/// A program of this machine: genes of code stand in each other's bytes.
TEST(Labels, OfCodeDoNotOverlap) {
  MapIndex k;
  auto opened = *files::open_objects_of_file("/usr/bin/env");
  const gene::Sample sample{std::string(63, '0') + "5", "env", "elf", 1, 0, {{gene::EntityType::tool, "ENV"}}};
  const std::size_t genes = opened.objects.front().genome.genes.size();
  ASSERT_TRUE(k.index.add({{sample, std::move(opened.objects.front().genome)}}));
  Answer x = *answer("env", *files::open_objects_of_file("/usr/bin/env"), k.index, {});
  draw(x, k.index, {});
  const auto& labels = x.labels.labels;
  ASSERT_GT(labels.size(), 50U);
  EXPECT_LT(labels.size(), genes / 2);
  std::uint64_t code_end = 0, function_end = 0;
  for (const Label& l : labels) {
    if (l.gene_class == gene::GeneClass::code) {
      EXPECT_GE(l.offset, code_end);
      EXPECT_GT(l.offset + l.length, function_end);
      code_end = l.offset + l.length;
    }
    if (l.gene_class == gene::GeneClass::function) function_end = std::max(function_end, l.offset + l.length);
  }
  const std::string script = label_script(x, LabelTool::ida);
  EXPECT_NE(script.find("function, "), std::string::npos);
}

}  // namespace
}  // namespace mozu::attribution
