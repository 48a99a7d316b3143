// UPX: what `upx` packed is unpacked to what it was, with every method and level, with its marks and without.
#include "upx.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "mozu/base/file.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/files/objects.hpp"
#include "mozu/files/program.hpp"
#include "mozu/gene/extract.hpp"
#include "places.hpp"
#include "program.hpp"
#include "temp_folder.hpp"
#include "windows_program.hpp"

namespace mozu::files::upx_test {
namespace {

constexpr std::uint64_t any_size = std::uint64_t{1} << 30;

Bytes bytes_of(const std::string& s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }
std::string sample(const std::string& name) { return read_file(std::string(source_dir) + "/fuzz/corpus/upx/" + name, any_size).value(); }

std::vector<std::uint64_t> genes(const std::string& file, bool with_text) {
  const auto p = read_program(bytes_of(file));
  const auto g = gene::extract(p ? *p : gene::Program{}, bytes_of(file));
  std::vector<std::uint64_t> out;
  for (const auto& x : g.genes)
    if (with_text || gene::class_of(x.key) != gene::GeneClass::text) out.push_back(x.key);
  return out;
}

/// Half of what UPX leaves to know it by, gone: its mark with the head behind it, and the names of sections.
std::string without_marks(std::string packed) {
  const bool pe = packed.starts_with("MZ");
  for (auto at = packed.find("UPX!"); at != packed.npos; at = packed.find("UPX!", at + 1)) packed.replace(at, pe ? 32 : 4, std::string(pe ? 32 : 4, 'A'));
  for (const std::string name : {"UPX0", "UPX1", "UPX2"})
    if (const auto at = packed.find(name); at != packed.npos) packed.replace(at, 4, ".abc");
  return packed;
}

TEST(Upx, KeptSamples) {
  const auto text_in = [](const std::string& name) {
    const auto u = unpack_upx(bytes_of(sample(name)), any_size);
    EXPECT_TRUE(u) << name << ": " << u.error().message;
    return u ? u->program.find("a line of text in a packed program") : std::string::npos;
  };
  for (const std::string name : {"elf64-nrv", "elf64-lzma", "pe64-nrv", "pe32-nrv", "pe32-lzma", "pe64-no-mark"})
    EXPECT_NE(text_in(name), std::string::npos) << name;
  const auto with = unpack_upx(bytes_of(sample("pe64-nrv")), any_size), without = unpack_upx(bytes_of(sample("pe64-no-mark")), any_size);
  EXPECT_EQ(with->odd.size(), 0U);
  EXPECT_EQ(without->odd.size(), 1U);
  EXPECT_EQ(genes(with->program, true), genes(without->program, true));
  const auto p = read_program(bytes_of(with->program));
  EXPECT_EQ(p->imports, (std::vector<std::string>{"kernel32.dll!exitprocess", "user32.dll!messageboxa"}));
}

TEST(Upx, OthersAreRefused) {
  const auto code = [](const std::string& s) { return unpack_upx(bytes_of(s), any_size).error().code; };
  EXPECT_EQ(code(""), "upx-none");
  EXPECT_EQ(code("MZ"), "upx-none");
  EXPECT_EQ(code(read_file("/usr/bin/env", any_size).value()), "upx-none");
  EXPECT_EQ(unpack_upx(bytes_of(sample("elf64-nrv")), 10'000).error().code, "upx-none") << "its segments are larger";
  EXPECT_EQ(unpack_upx(bytes_of(sample("pe64-nrv")), 4000).error().code, "upx-too-large");
}

TEST(Upx, DamagedOnesAreSurvived) {
  std::mt19937 dice(3);
  for (const std::string name : {"elf64-nrv", "elf64-lzma", "pe64-nrv", "pe32-lzma", "pe64-no-mark"}) {
    const std::string whole = sample(name);
    for (std::size_t n = 0; n < whole.size(); n += 97) (void)unpack_upx(bytes_of(whole.substr(0, n)), 1 << 20);
    for (int i = 0; i < 400; ++i) {
      std::string bad = whole;
      for (int k = 0; k < 3; ++k) bad[dice() % bad.size()] = static_cast<char>(dice());
      const auto u = unpack_upx(bytes_of(bad), 1 << 20);
      EXPECT_LE(u ? u->program.size() : 0, std::size_t{1} << 20);
    }
  }
}

const std::vector<std::vector<std::string>> levels{{"-1"}, {"-5"}, {"-9"}, {"--best"}, {"--lzma"}, {"--nrv2b"}, {"--nrv2d"}, {"--nrv2e"}, {"--brute"}};

std::string packed(const TempFolder& folder, const std::string& program, std::vector<std::string> level) {
  std::vector<std::string> command{"upx", "-q", "--force", "-o", "packed"};
  command.insert(command.end(), level.begin(), level.end());
  command.push_back(program);
  run_program(folder.file(""), {"rm", "-f", "packed"});
  EXPECT_EQ(run_program(folder.file(""), command), 0) << level[0];
  return read_file(folder.file("packed"), any_size).value_or("");
}

TEST(Upx, ElfOfThisMachineComesBackByteForByte) {
  if (!has_program("upx")) GTEST_SKIP() << "upx is not installed (Debian 12: bookworm-backports)";
  const TempFolder folder;
  for (const std::string path : {"/usr/bin/env", "/usr/bin/xz", "/usr/bin/tar"}) {
    const auto original = read_file(path, any_size);
    if (!original) continue;
    for (const auto& level : levels) {
      const std::string p = packed(folder, path, level);
      const auto u = unpack_upx(bytes_of(p), any_size);
      ASSERT_TRUE(u) << path << " " << level[0] << ": " << u.error().message;
      EXPECT_TRUE(u->program == *original) << path << " " << level[0];
      EXPECT_TRUE(u->odd.empty());
      const auto hidden = unpack_upx(bytes_of(without_marks(p)), any_size);
      ASSERT_TRUE(hidden) << path << " " << level[0] << ": " << hidden.error().message;
      EXPECT_TRUE(hidden->program == *original) << path << " " << level[0];
    }
  }
}

TEST(Upx, WindowsProgramsHaveTheGenesTheyHad) {
  if (!has_program("upx")) GTEST_SKIP() << "upx is not installed (Debian 12: bookworm-backports)";
  const TempFolder folder;
  for (const std::string compiler : {"x86_64-w64-mingw32-gcc", "i686-w64-mingw32-gcc"}) {
    if (!has_program(compiler)) GTEST_SKIP() << compiler << " is not installed";
    ASSERT_TRUE(made::windows_program(folder, compiler));
    const auto original = read_file(folder.file("a.exe"), any_size).value();
    ASSERT_GT(genes(original, false).size(), 1000U);
    for (const auto& level : levels) {
      const std::string p = packed(folder, "a.exe", level);
      const auto u = unpack_upx(bytes_of(p), any_size);
      ASSERT_TRUE(u) << compiler << " " << level[0] << ": " << u.error().message;
      EXPECT_EQ(genes(u->program, false), genes(original, false)) << compiler << " " << level[0];
      ASSERT_EQ(run_program(folder.file(""), {"upx", "-q", "-d", "packed"}), 0);
      EXPECT_EQ(genes(u->program, true), genes(read_file(folder.file("packed"), any_size).value(), true)) << compiler << " " << level[0];
      const auto hidden = unpack_upx(bytes_of(without_marks(p)), any_size);
      ASSERT_TRUE(hidden) << compiler << " " << level[0] << ": " << hidden.error().message;
      EXPECT_EQ(genes(hidden->program, true), genes(u->program, true)) << compiler << " " << level[0];
    }
    for (const std::string filter : {"0x11", "0x16", "0x24", "0x25", "0x26", "0x46", "0x49"}) {
      const auto u = unpack_upx(bytes_of(packed(folder, "a.exe", {"--filter=" + filter})), any_size);
      ASSERT_TRUE(u) << filter;
      EXPECT_EQ(genes(u->program, false), genes(original, false)) << compiler << " " << filter << " " << u->how;
    }
  }
}

TEST(Upx, IsAnObjectOfItsOwn) {
  CellLimits limits;
  limits.program = cell_program;
  const auto f = open_objects(sample("pe64-nrv"), {}, limits);
  ASSERT_TRUE(f);
  ASSERT_EQ(f->objects.size(), 2U);
  EXPECT_TRUE(f->objects[0].genome.genes.empty()) << "the packer's own code is nobody's";
  EXPECT_EQ(f->objects[1].how, "unpacked by upx (NRV2B)");
  EXPECT_EQ(f->objects[1].path, "unpacked");
  EXPECT_GT(f->objects[1].genome.functions, 0U);
}

}  // namespace
}  // namespace mozu::files::upx_test
