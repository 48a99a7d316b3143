// Places of a file as people read them: instructions beside what objdump says of them, text without what terminals obey.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cell.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/files/objects.hpp"
#include "program.hpp"
#include "temp_folder.hpp"
#include "wire_objects.hpp"

namespace mozu::files::places_test {
namespace {

constexpr std::uint64_t any_size = std::uint64_t{1} << 30;

std::string sha_of(std::string_view bytes) { return to_hex(sha256(std::as_bytes(std::span(bytes)))); }

/// The first genes of a class in a file that is one object.
std::vector<gene::Gene> genes_of(const OpenedFile& f, gene::GeneClass c, std::size_t count) {
  std::vector<gene::Gene> out;
  for (const gene::Gene& g : f.objects.front().genome.genes)
    if (gene::class_of(g.key) == c && out.size() < count) out.push_back(g);
  return out;
}

std::vector<Place> places_of(std::string_view bytes, std::vector<PlaceWanted> wanted) {
  OpenOptions options;
  options.places = std::move(wanted);
  const auto f = open_objects(bytes, options);
  EXPECT_TRUE(f) << (f ? "" : f.error().message);
  if (!f) return {};
  EXPECT_TRUE(f->objects.front().genome.genes.empty());
  return f->objects.front().places;
}

TEST(Places, InstructionsAsObjdumpReadsThem) {
  const std::string path = "/usr/bin/env", bytes = read_file(path, any_size).value();
  const auto f = open_objects(bytes, {});
  ASSERT_TRUE(f);
  std::vector<PlaceWanted> exact, rough;
  for (const auto c : {gene::GeneClass::code, gene::GeneClass::function})
    for (const gene::Gene& g : genes_of(*f, c, 20)) {
      exact.push_back({sha_of(bytes), g.key, g.offset, g.length});
      rough.push_back({sha_of(bytes), g.key, g.offset / 16 * 16, 0});
    }
  ASSERT_GT(exact.size(), 30U);
  const auto places = places_of(bytes, exact);
  ASSERT_EQ(places.size(), exact.size());
  TempFolder folder;
  ASSERT_EQ(run_program(folder.file(""), {"sh", "-c", "objdump -d -M intel --no-show-raw-insn " + path + " > listing"}), 0);
  const std::string listing = read_file(folder.file("listing"), any_size).value();
  for (const Place& p : places) {
    ASSERT_TRUE(p.address);
    ASSERT_FALSE(p.lines.empty());
    EXPECT_GE(p.lines.size(), gene::class_of(exact[p.wanted].gene) == gene::GeneClass::code ? 4U : 10U);
    for (const std::string& line : p.lines) {
      if (line == "…") continue;
      const auto blank = line.find("  ");
      const std::string word = line.substr(blank + 2, line.find(' ', blank + 2) - blank - 2);
      const auto found = listing.find("    " + line.substr(0, blank) + ":\t");
      ASSERT_NE(found, listing.npos) << line;
      // The two name some instructions differently: it is enough that they agree on where each begins, and on common names.
      if (word == "call" || word == "push" || word == "mov" || word == "lea") {
        EXPECT_EQ(listing.substr(found + 4 + blank + 2, word.size()), word) << line;
      }
    }
  }
  // A place that is known to 16 bytes is found by its gene.
  const auto again = places_of(bytes, rough);
  ASSERT_EQ(again.size(), places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    EXPECT_EQ(again[i].offset, places[i].offset);
    EXPECT_EQ(again[i].length, places[i].length);
    EXPECT_EQ(again[i].lines, places[i].lines);
  }
}

TEST(Places, TextWithoutWhatTerminalsObey) {
  const std::string wide = std::string("W\0i\0d\0e\0 \0t\0e\0x\0t\0", 18);
  const std::string bytes = "first line \x1B[31mred\nsecond\n" + wide;
  const auto text = std::uint64_t{2} << 56U;
  const auto places = places_of(bytes, {{sha_of(bytes), text, 0, 26}, {sha_of(bytes), text, 27, 18}});
  ASSERT_EQ(places.size(), 2U);
  EXPECT_FALSE(places[0].address);
  EXPECT_EQ(places[0].lines, (std::vector<std::string>{"first line \\x1B[31mred", "second"}));
  EXPECT_EQ(places[1].lines, (std::vector<std::string>{"Wide text"}));
}

TEST(Places, WhatIsNotThere) {
  const std::string bytes = "just a line of text that is long enough\n";
  const auto text = std::uint64_t{2} << 56U;
  EXPECT_TRUE(places_of(bytes, {{sha_of("other"), text, 0, 5}}).empty());
  EXPECT_TRUE(places_of(bytes, {{sha_of(bytes), text, 1000, 5}}).empty());
  EXPECT_TRUE(places_of(bytes, {{sha_of(bytes), text, 38, 50}}).empty());
  EXPECT_TRUE(places_of(bytes, {{sha_of(bytes), text | 1U, 0, 0}}).empty()) << "no such gene";
  EXPECT_TRUE(places_of(bytes, {{sha_of(bytes), text, ~std::uint64_t{0}, 5}}).empty());
  OpenOptions many;
  many.places.resize(1001);
  EXPECT_EQ(open_objects(bytes, many).error().code, "open-places");
}

TEST(Places, AnswersThatWereNotAskedFor) {
  OpenOptions options;
  options.places = {{std::string(64, 'a'), 0, 32, 4}};
  FileObject o;
  o.kind = "text", o.sha256 = std::string(64, 'a'), o.bytes = 100;
  const auto answer = [&](const Place& p) { return decode_objects(encode_object(o) + encode_object_place(0, p) + encode_objects_end(), options, 100, true); };
  ASSERT_TRUE(answer({0, 32, 4, 0x401000, {"401000  push rbp"}}));
  EXPECT_EQ(answer({0, 32, 4, 0x401000, {"401000  push rbp"}})->objects[0].places[0].lines[0], "401000  push rbp");
  EXPECT_FALSE(answer({1, 32, 4, {}, {}})) << "was not wanted";
  EXPECT_FALSE(answer({0, 31, 4, {}, {}})) << "elsewhere";
  EXPECT_FALSE(answer({0, 48, 4, {}, {}})) << "too far";
  EXPECT_FALSE(answer({0, 32, 69, {}, {}})) << "beyond the object";
  EXPECT_FALSE(answer({0, 32, 4, {}, {"\x1B[31m"}}));
  EXPECT_FALSE(answer({0, 32, 4, {}, {std::string(201, 'a')}}));
  EXPECT_FALSE(answer({0, 32, 4, {}, std::vector<std::string>(65, "a")}));
  EXPECT_FALSE(decode_objects(encode_object(o) + encode_object_place(0, {0, 32, 4, {}, {}}) + encode_object_place(0, {0, 32, 4, {}, {}}) + encode_objects_end(),
                              options, 100, true))
      << "twice";
}

}  // namespace
}  // namespace mozu::files::places_test
