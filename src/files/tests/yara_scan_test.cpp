// YARA rules on all objects of a file, in the cell.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "cell.hpp"
#include "mozu/base/file.hpp"
#include "mozu/files/objects.hpp"
#include "program.hpp"
#include "temp_folder.hpp"
#include "wire_objects.hpp"

namespace mozu::files {
namespace {

OpenedFile looked_at(std::string_view bytes, const std::string& rules) {
  OpenOptions options;
  options.yara = rules;
  auto f = open_objects(bytes, options);
  EXPECT_TRUE(f) << (f ? "" : f.error().message);
  return f ? std::move(*f) : OpenedFile{{FileObject{}}, {}};
}

bool has_note(const FileObject& o, std::string_view code) { return std::ranges::find(o.notes, code, &Diagnostic::code) != o.notes.end(); }

constexpr std::string_view marker = R"(rule Marker : crimeware loader {
  meta: description = "the words of the marker"
  strings: $a = "marker words" $b = "absent words"
  condition: any of them
})";

TEST(Yara, ARuleThatFitsIsToldWithItsPlaces) {
  const auto f = looked_at("some marker words and marker words again\n", std::string(marker) + "\nrule Other { condition: filesize > 1000 }");
  ASSERT_EQ(f.objects[0].yara.size(), 1U);
  const YaraHit& hit = f.objects[0].yara[0];
  EXPECT_EQ(hit.rule, "Marker");
  EXPECT_EQ(hit.tags, (std::vector<std::string>{"crimeware", "loader"}));
  EXPECT_EQ(hit.description, "the words of the marker");
  ASSERT_EQ(hit.strings.size(), 2U);
  EXPECT_EQ(hit.strings[0].name, "$a");
  EXPECT_EQ(hit.strings[0].offset, 5U);
  EXPECT_EQ(hit.strings[1].offset, 22U);
}

TEST(Yara, WhatIsInAnArchiveIsLookedAtToo) {
  TempFolder folder;
  std::string text;
  for (int i = 0; i < 100; ++i) text += "some marker words\n";  // so many that zip packs them
  folder.write("inner.txt", text);
  ASSERT_EQ(run_program(folder.file(""), {"zip", "-q", "a.zip", "inner.txt"}), 0);
  const auto f = looked_at(*read_file(folder.file("a.zip"), 1 << 20), std::string(marker));
  ASSERT_EQ(f.objects.size(), 2U);
  EXPECT_TRUE(f.objects[0].yara.empty());
  ASSERT_EQ(f.objects[1].yara.size(), 1U);
}

TEST(Yara, ModulesSeeTheProgram) {
  const auto f =
      looked_at(*read_file("/usr/bin/env", 1 << 28), "import \"elf\"\nrule Elf { condition: elf.machine == elf.EM_X86_64 or elf.machine == elf.EM_AARCH64 }");
  ASSERT_EQ(f.objects[0].yara.size(), 1U);
}

TEST(Yara, RulesThatDoNotCompileCostNothingElse) {
  const auto f = looked_at("some marker words in a line of text\n", "rule Broken { condition: nothing_known }");
  EXPECT_TRUE(has_note(f.objects[0], "yara-refused"));
  EXPECT_FALSE(f.objects[0].genome.genes.empty());
  EXPECT_TRUE(f.objects[0].yara.empty());
  EXPECT_TRUE(has_note(looked_at("text\n", "include \"/etc/passwd\"").objects[0], "yara-refused"));
}

TEST(Yara, RulesThatTakeTooLongAndTooManyThatFit) {
  std::string many;
  for (int i = 0; i < 150; ++i) many += "rule R" + std::to_string(i) + " { condition: true }\n";
  const auto f = looked_at("text\n", many);
  EXPECT_EQ(f.objects[0].yara.size(), 100U);
  EXPECT_TRUE(has_note(f.objects[0], "yara-cut"));
  CellLimits few;
  few.cpu_s_max = 4;
  OpenOptions options;
  options.yara = "rule Slow { condition: for all i in (1..2000000000) : (for any j in (1..2000000000) : (i == j + 4000000000)) }";
  const auto slow = open_objects("text that is long enough to be one\n", options, few);
  ASSERT_TRUE(slow);
  EXPECT_TRUE(has_note(slow->objects[0], "yara-cut") || !slow->notes.empty());
}

TEST(Yara, AnswersThatWereNotAskedFor) {
  OpenOptions options;
  options.yara = std::string(marker);
  FileObject o;
  o.kind = "text", o.sha256 = std::string(64, 'a'), o.bytes = 100;
  const auto answer = [&](const YaraHit& hit, std::uint32_t index = 0) {
    return decode_objects(encode_object(o) + encode_object_yara(index, hit) + encode_objects_end(), options, 100, true);
  };
  ASSERT_TRUE(answer({"Marker", {"loader"}, "words", {{"$a", 99}}}));
  EXPECT_FALSE(answer({"Marker", {}, "", {{"$a", 100}}})) << "beyond the object";
  EXPECT_FALSE(answer({"Mar\nker", {}, "", {}}));
  EXPECT_FALSE(answer({"", {}, "", {}}));
  EXPECT_FALSE(answer({"Marker", {"\x1B"}, "", {}}));
  EXPECT_FALSE(answer({std::string(301, 'a'), {}, "", {}}));
  EXPECT_FALSE(answer({"Marker", {}, "", {}}, 1)) << "no such object";
  options.yara.clear();
  EXPECT_FALSE(answer({"Marker", {}, "", {}})) << "no rules were given";
}

}  // namespace
}  // namespace mozu::files
