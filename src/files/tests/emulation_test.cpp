// Programs whose packer nobody described: run by the unpacker until they have unpacked themselves. tests/packers makes them.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "emulated.hpp"
#include "mozu/base/file.hpp"
#include "mozu/files/objects.hpp"
#include "mozu/files/program.hpp"
#include "places.hpp"
#include "program.hpp"
#include "program_parts.hpp"
#include "temp_folder.hpp"
#include "windows_program.hpp"

namespace mozu::files::emulation_test {
namespace {

CellLimits limits() {
  CellLimits l;
  l.program = cell_program;
  l.unpacker = unpacker_program;
  return l;
}
bool is_built() { return !read_file(unpacker_program, std::uint64_t{1} << 30).value_or("").empty(); }

std::string packed(const TempFolder& folder, const std::string& kind, const std::string& from) {
  EXPECT_EQ(run_program(folder.file(""), {"python3", std::string(source_dir) + "/tests/packers/pack.py", kind, from, "packed"}), 0) << kind;
  return read_file(folder.file("packed"), std::uint64_t{1} << 26).value_or("");
}

std::set<std::uint64_t> keys(const FileObject& o, gene::GeneClass c) {
  std::set<std::uint64_t> out;
  for (const auto& g : o.genome.genes)
    if (gene::class_of(g.key) == c) out.insert(g.key);
  return out;
}
double share(const std::set<std::uint64_t>& of, const std::set<std::uint64_t>& in) {
  return static_cast<double>(std::ranges::count_if(of, [&](auto k) { return in.contains(k); })) / static_cast<double>(of.size());
}

/// Small, packed by UPX, with nothing left by which that is known.
std::string veiled(const TempFolder& folder) { return packed(folder, "veil", std::string(source_dir) + "/fuzz/corpus/upx/pe64-nrv"); }

TEST(Emulation, AVeiledProgramIsUnpackedByRunningIt) {
  if (!is_built()) GTEST_SKIP() << "mozu-unpacker was not built: libunicorn-dev is not installed";
  const TempFolder folder;
  const auto f = open_objects(veiled(folder), {}, limits());
  ASSERT_TRUE(f);
  ASSERT_EQ(f->objects.size(), 2U) << (f->objects[0].notes.empty() ? "" : f->objects[0].notes[0].message);
  EXPECT_EQ(f->objects[1].how, "unpacked by emulation (1 layer)");
  EXPECT_TRUE(f->objects[0].genome.genes.empty()) << "the packer's own code is nobody's";
  EXPECT_EQ(keys(f->objects[1], gene::GeneClass::import).size(), 5U) << "those of the program, and the three that only the stub calls";
}

TEST(Emulation, WithoutTheUnpackerANoteSaysSo) {
  const TempFolder folder;
  auto without = limits();
  without.unpacker = "no/such/program";
  const auto f = open_objects(veiled(folder), {}, without);
  ASSERT_TRUE(f);
  ASSERT_EQ(f->objects.size(), 1U);
  ASSERT_EQ(f->objects[0].notes.size(), 1U);
  EXPECT_EQ(f->objects[0].notes[0].code, "object-packed");
  EXPECT_NE(f->objects[0].notes[0].message.find("not installed"), std::string::npos);
  EXPECT_FALSE(f->objects[0].genome.genes.empty());
  OpenOptions still;
  still.emulate = false;
  EXPECT_TRUE(open_objects(veiled(folder), still, without)->objects[0].notes.empty());
}

TEST(Emulation, WhatCrashesTheUnpackerCostsItselfAlone) {
  const TempFolder folder;
  auto broken = limits();
  broken.unpacker = "/bin/false";
  const auto f = open_objects(veiled(folder), {}, broken);
  ASSERT_TRUE(f);
  EXPECT_TRUE(f->notes.empty());
  ASSERT_EQ(f->objects[0].notes.size(), 1U);
  EXPECT_NE(f->objects[0].notes[0].message.find("ended badly"), std::string::npos);
}

TEST(Emulation, ToyPackersOfBothWidthsAreUndone) {
  if (!is_built()) GTEST_SKIP() << "mozu-unpacker was not built: libunicorn-dev is not installed";
  const TempFolder folder;
  for (const std::string compiler : {"x86_64-w64-mingw32-gcc", "i686-w64-mingw32-gcc"}) {
    if (!has_program(compiler)) GTEST_SKIP() << compiler << " is not installed";
    ASSERT_TRUE(made::windows_program(folder, compiler));
    const auto plain = open_objects(read_file(folder.file("a.exe"), std::uint64_t{1} << 26).value(), {}, limits());
    ASSERT_EQ(plain->objects.size(), 1U);
    EXPECT_TRUE(plain->objects[0].notes.empty()) << "it does not look packed";
    for (const auto& [kind, layers] : {std::pair<std::string, std::string>{"xor", "1 layer"}, {"lz", "2 layers"}}) {
      const auto f = open_objects(packed(folder, kind, "a.exe"), {}, limits());
      ASSERT_EQ(f->objects.size(), 2U) << compiler << " " << kind << ": " << (f->objects[0].notes.empty() ? "" : f->objects[0].notes[0].message);
      EXPECT_EQ(f->objects[1].how, "unpacked by emulation (" + layers + ")") << compiler;
      for (const auto c : {gene::GeneClass::code, gene::GeneClass::text, gene::GeneClass::import})
        EXPECT_GT(share(keys(plain->objects[0], c), keys(f->objects[1], c)), 0.95) << compiler << " " << kind << " " << name(c);
    }
  }
}

TEST(Emulation, WhatTheUnpackerTellsIsChecked) {
  const Emulated e{"it ended itself", 2, 0x1000, {{0x2000, "kernel32.dll", "Sleep"}}, {{0, std::string(5000, 'x')}}};
  const std::string whole = encode(e);
  const auto read = decode_emulated(whole);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->imports[0].name, "Sleep");
  EXPECT_EQ(read->parts[0].bytes, e.parts[0].bytes);
  for (std::size_t n = 0; n < whole.size(); n += 7) EXPECT_FALSE(decode_emulated(std::string_view(whole).substr(0, n))) << n;
  EXPECT_FALSE(decode_emulated(whole + "x"));
  EXPECT_FALSE(rebuild(e)) << "there is no head";
  EXPECT_FALSE(rebuild({}));
}

}  // namespace
}  // namespace mozu::files::emulation_test
