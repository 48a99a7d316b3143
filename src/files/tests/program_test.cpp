// Loaders of programs, on this program and on broken ones; genes through the cell.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "mozu/base/file.hpp"
#include "mozu/files/genome.hpp"
#include "mozu/files/program.hpp"
#include "mozu/gene/extract.hpp"
#include "places.hpp"
#include "program.hpp"
#include "wire_genome.hpp"

namespace mozu::files::program_test {
namespace {

std::span<const std::uint8_t> bytes_of(const std::string& s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }

CellLimits limits() {
  CellLimits l;
  l.program = cell_program;
  return l;
}

/// The smallest PE32+ with a section of code, an import and an entry.
std::string made_pe() {
  std::string s(0x600, '\0');
  const auto put = [&](std::size_t at, std::uint64_t v, int n) {
    for (int i = 0; i < n; ++i) s[at + static_cast<std::size_t>(i)] = static_cast<char>(v >> (8 * i));
  };
  s.replace(0, 2, "MZ");
  put(0x3C, 0x40, 4);
  s.replace(0x40, 4, std::string("PE\0\0", 4));
  put(0x44, 0x8664, 2), put(0x46, 1, 2), put(0x54, 240, 2);
  const std::size_t optional = 0x58;
  put(optional, 0x20B, 2), put(optional + 16, 0x1000, 4), put(optional + 24, 0x140000000, 8), put(optional + 108, 16, 4);
  put(optional + 112 + 8, 0x1100, 4), put(optional + 112 + 12, 40, 4);  // imports
  const std::size_t section = optional + 240;
  s.replace(section, 5, ".text");
  put(section + 8, 0x400, 4), put(section + 12, 0x1000, 4), put(section + 16, 0x400, 4), put(section + 20, 0x200, 4), put(section + 36, 0x60000020, 4);
  s.replace(0x200, 4, "\x48\x31\xC0\xC3");
  put(0x300, 0x1140, 4), put(0x30C, 0x1180, 4), put(0x310, 0x1160, 4);  // one library
  put(0x340, 0x11A0, 8), put(0x348, 0x8000000000000073, 8);
  s.replace(0x380, 12, "KERNEL32.dll");
  s.replace(0x3A2, 12, "CreateFileA\0", 12);
  return s;
}

TEST(Program, ElfOfThisTest) {
  const std::string self = read_file("/proc/self/exe", std::uint64_t{1} << 32).value();
  const auto p = read_program(bytes_of(self));
  ASSERT_TRUE(p) << p.error().message;
  EXPECT_NE(p->architecture, gene::Architecture::none);
  EXPECT_GT(p->starts.size(), 1000U);
  EXPECT_GT(p->imports.size(), 10U);
  EXPECT_TRUE(std::ranges::any_of(p->sections, &gene::Section::code));
}

TEST(Program, ObjectFilesHavePlacesOfTheirOwn) {
  const std::string folder = testing::TempDir();
  std::ofstream(folder + "/two.c")
      << "int f(int n){int s=0;for(int i=0;i<n;i++)s+=i*i^n;return s;}\nint other(int);int g(int n){return other(f(n)*3+other(n))+7;}\n";
  ASSERT_EQ(run_program(folder, {"cc", "-O2", "-ffunction-sections", "-c", "two.c", "-o", "two.o"}), 0);
  ASSERT_EQ(run_program(folder, {"cc", "-O2", "-shared", "-fPIC", "two.c", "-o", "two.so"}), 0);
  const std::string object = read_file(folder + "/two.o").value(), linked = read_file(folder + "/two.so").value();
  const auto a = read_program(bytes_of(object)), b = read_program(bytes_of(linked));
  ASSERT_TRUE(a) << a.error().message;
  ASSERT_TRUE(b) << b.error().message;
  EXPECT_EQ(a->starts.size(), 2U);
  EXPECT_EQ(a->imports, (std::vector<std::string>{"!other"}));
  for (std::size_t i = 1; i < a->sections.size(); ++i) EXPECT_GE(a->sections[i].address, a->sections[i - 1].address + a->sections[i - 1].bytes.size());
  const auto x = gene::extract(*a, bytes_of(object)), y = gene::extract(*b, bytes_of(linked));
  EXPECT_EQ(x.functions, 2U);
  std::size_t functions = 0;
  for (const gene::Gene& g : x.genes)
    functions += gene::class_of(g.key) == gene::GeneClass::function && std::ranges::find(y.genes, g.key, &gene::Gene::key) != y.genes.end();
  EXPECT_GE(functions, 1U) << "what is linked is what was compiled";
}

TEST(Program, Pe) {
  const std::string pe = made_pe();
  const auto p = read_program(bytes_of(pe));
  ASSERT_TRUE(p) << p.error().message;
  EXPECT_EQ(p->architecture, gene::Architecture::x64);
  ASSERT_EQ(p->sections.size(), 1U);
  EXPECT_TRUE(p->sections[0].code);
  EXPECT_EQ(p->sections[0].address, 0x140001000U);
  EXPECT_EQ(p->starts, (std::vector<std::uint64_t>{0x140001000}));
  EXPECT_EQ(p->imports, (std::vector<std::string>{"kernel32.dll!#115", "kernel32.dll!createfilea"}));
}

TEST(Program, OthersAreRefused) {
  EXPECT_EQ(read_program(bytes_of("#!/bin/sh\n")).error().code, "program-kind");
  EXPECT_EQ(read_program({}).error().code, "program-kind");
  EXPECT_EQ(read_program(bytes_of(std::string("\x7F"
                                              "ELF\x02\x01\x01",
                                              7)))
                .error()
                .code,
            "program-damaged");
}

TEST(Program, CutAndChangedOnesAreSurvived) {
  const std::string self = read_file("/proc/self/exe", std::uint64_t{1} << 32).value();
  std::mt19937 dice(11);
  for (const std::string& whole : {made_pe(), self.substr(0, 20'000)}) {
    for (std::size_t n = 0; n < whole.size(); n += 61) (void)read_program(bytes_of(std::string(whole, 0, n)));
    for (int i = 0; i < 3000; ++i) {
      std::string bad = whole;
      for (int k = 0; k < 4; ++k) bad[dice() % std::min<std::size_t>(bad.size(), 1200)] = static_cast<char>(dice());
      const auto p = read_program(bytes_of(bad));
      if (!p) continue;
      for (std::size_t s = 1; s < p->sections.size(); ++s) EXPECT_GE(p->sections[s].address - p->sections[s - 1].address, p->sections[s - 1].bytes.size());
    }
  }
}

TEST(GenomeOfFile, IsTakenInTheCell) {
  const std::string self = read_file("/proc/self/exe", std::uint64_t{1} << 32).value();
  const auto inside = read_genome(self, limits());
  ASSERT_TRUE(inside) << inside.error().message;
  EXPECT_EQ(inside->kind, "elf");
  EXPECT_EQ(inside->sha256.size(), 64U);
  const auto p = read_program(bytes_of(self));
  const gene::Genome outside = gene::extract(*p, bytes_of(self));
  ASSERT_EQ(inside->genome.genes.size(), outside.genes.size());
  EXPECT_EQ(inside->genome.functions, outside.functions);
  for (std::size_t i = 0; i < outside.genes.size(); i += 97) EXPECT_EQ(inside->genome.genes[i].key, outside.genes[i].key);
}

TEST(GenomeOfFile, StringsOfWhatIsNoProgram) {
  const auto g = read_genome("just a line of text that is long enough\n", limits());
  ASSERT_TRUE(g) << g.error().message;
  EXPECT_EQ(g->architecture, gene::Architecture::none);
  ASSERT_EQ(g->genome.genes.size(), 1U);
  EXPECT_EQ(gene::class_of(g->genome.genes[0].key), gene::GeneClass::text);
  EXPECT_EQ(read_genome("", limits()).error().code, "file-empty");
}

TEST(GenomeOfFile, AnAnswerIsNotBelieved) {
  FileGenome f;
  f.genome.genes = {{1, 0, 4, 0}, {2, 4, 4, 0}};
  const std::string good = encode(f);
  EXPECT_TRUE(decode_genome(good, 8));
  EXPECT_FALSE(decode_genome(good, 7)) << "a gene beyond the file";
  EXPECT_FALSE(decode_genome(good.substr(0, good.size() - 1), 8));
  f.genome.genes = {{2, 0, 4, 0}, {1, 4, 4, 0}};
  EXPECT_FALSE(decode_genome(encode(f), 8)) << "not ascending";
  f.genome.genes = {{std::uint64_t{9} << 56U, 0, 4, 0}};
  EXPECT_FALSE(decode_genome(encode(f), 8)) << "a class that is none";
  EXPECT_FALSE(decode_genome("", 8));
  EXPECT_FALSE(decode_genome("Gx", 8));
}

}  // namespace
}  // namespace mozu::files::program_test
