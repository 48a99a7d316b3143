// Mach-O, and programs as they lie in memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "memory_image.hpp"
#include "mozu/base/file.hpp"
#include "mozu/files/objects.hpp"
#include "mozu/files/program.hpp"
#include "mozu/gene/extract.hpp"
#include "places.hpp"
#include "program.hpp"
#include "program_parts.hpp"
#include "temp_folder.hpp"

namespace mozu::files::memory_test {
namespace {

constexpr std::uint64_t any_size = std::uint64_t{1} << 30;

std::span<const std::uint8_t> bytes_of(const std::string& s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }
OpenedFile opened(std::string_view bytes) {
  CellLimits limits;
  limits.program = cell_program;
  auto f = open_objects(bytes, {}, limits);
  EXPECT_TRUE(f) << (f ? "" : f.error().message);
  return f ? std::move(*f) : OpenedFile{{FileObject{}}, {}};
}
std::string number(std::uint64_t v, int bytes, bool big = false) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(v >> (8 * (big ? bytes - 1 - i : i)));
  return out;
}
std::vector<std::uint64_t> code_genes(const gene::Genome& g) {
  std::vector<std::uint64_t> out;
  for (const auto& x : g.genes)
    if (gene::class_of(x.key) <= gene::GeneClass::function) out.push_back(x.key);
  return out;
}
gene::Genome genome_of(const std::string& file) {
  const auto p = read_program(bytes_of(file));
  return gene::extract(p ? *p : gene::Program{}, bytes_of(file));
}
/// How many of `of` are in `in`, from 0 to 1.
double share(const std::vector<std::uint64_t>& of, const std::vector<std::uint64_t>& in) {
  std::vector<std::uint64_t> both;
  std::ranges::set_intersection(of, in, std::back_inserter(both));
  return of.empty() ? 0 : static_cast<double>(both.size()) / static_cast<double>(of.size());
}

TEST(MachO, ObjectsByClang) {
  if (!has_program("clang-19")) GTEST_SKIP() << "clang-19 is not installed";
  const TempFolder folder;
  folder.write("a.c",
               "int printf(const char*, ...);\nint f(int n, char** v) { int s = 0; for (int i = 0; i < n; i++) s += printf(\"argument %d is %s\", i, v[i]); "
               "return s; }\n"
               "int g(int* p, int n) { int s = 1; for (int i = 0; i < n; i++) s = s * p[i] + (p[i] ^ n); return s; }\nint main(int n, char** v) { return f(n, "
               "v) + g((int*)v, n); }\n");
  std::string fat = number(0xCAFEBABE, 4, true) + number(2, 4, true), parts;
  for (const auto& [target, architecture, processor] : std::vector<std::tuple<std::string, gene::Architecture, std::uint64_t>>{
           {"x86_64-apple-macos11", gene::Architecture::x64, 0x01000007}, {"arm64-apple-macos11", gene::Architecture::arm64, 0x0100000C}}) {
    ASSERT_EQ(run_program(folder.file(""), {"clang-19", "-target", target, "-O1", "-c", "a.c", "-o", "a.o"}), 0);
    const auto file = read_file(folder.file("a.o"), any_size).value();
    const auto p = read_program(bytes_of(file));
    ASSERT_TRUE(p) << p.error().message;
    EXPECT_EQ(p->architecture, architecture);
    EXPECT_EQ(p->starts.size(), 3U);
    EXPECT_EQ(p->imports, std::vector<std::string>{"!printf"});
    EXPECT_TRUE(std::ranges::any_of(p->sections, &gene::Section::code));
    EXPECT_GE(genome_of(file).functions, 3U);
    fat += number(processor, 4, true) + number(3, 4, true) + number(48 + parts.size(), 4, true) + number(file.size(), 4, true) + number(0, 4, true);
    parts += file;
    for (std::size_t n = 0; n < file.size(); n += 13) (void)read_program(bytes_of(file.substr(0, n)));
    std::mt19937 dice(9);
    for (int i = 0; i < 2000; ++i) {
      std::string bad = file;
      for (int k = 0; k < 3; ++k) bad[dice() % std::min<std::size_t>(bad.size(), 800)] = static_cast<char>(dice());
      (void)read_program(bytes_of(bad));
    }
  }
  const auto f = opened(fat + parts);
  ASSERT_EQ(f.objects.size(), 3U);
  EXPECT_EQ(f.objects[0].kind, "mach-o");
  EXPECT_EQ(f.objects[1].path, "1 x86-64");
  EXPECT_EQ(f.objects[2].path, "2 AArch64");
  EXPECT_GE(f.objects[2].genome.functions, 3U);
  EXPECT_TRUE(f.objects[0].genome.genes.empty());
}

/// A core of a process with one program in it, its segments as a loader maps them, apart from each other in the file.
std::string made_core(const std::string& program, std::uint64_t base) {
  const View v{bytes_of(program)};
  std::string heads, memory;
  std::size_t count = 0;
  const std::uint64_t table = v.u64(32);
  for (std::uint64_t i = 0; i < v.u16(56); ++i) count += v.u32(table + i * 56) == 1;
  const std::uint64_t data = 64 + 56 * count;
  for (std::uint64_t i = 0; i < v.u16(56); ++i) {
    const std::uint64_t at = table + i * 56;
    if (v.u32(at) != 1) continue;
    const std::uint64_t address = v.u64(at + 16) & ~std::uint64_t{0xFFF}, skip = v.u64(at + 16) - address;
    std::string pages = std::string(skip, '\0') + program.substr(v.u64(at + 8), v.u64(at + 32));
    pages.resize((skip + v.u64(at + 40) + 0xFFF) & ~std::uint64_t{0xFFF}, '\0');
    heads += number(1, 4) + number(5, 4) + number(data + memory.size(), 8) + number(base + address, 8) + number(0, 8) + number(pages.size(), 8) +
             number(pages.size(), 8) + number(4096, 8);
    memory += pages;
  }
  return std::string(
             "\x7F"
             "ELF\x02\x01\x01",
             7) +
         std::string(9, '\0') + number(4, 2) + number(62, 2) + number(1, 4) + number(0, 8) + number(64, 8) + number(0, 8) + number(0, 4) + number(64, 2) +
         number(56, 2) + number(count, 2) + number(0, 6) + heads + memory;
}

TEST(Memory, ModuleInACore) {
  const std::string program = read_file("/usr/bin/env", any_size).value();
  if (program[4] != 2 || View{bytes_of(program)}.u16(16) != 3) GTEST_SKIP() << "not a position-independent program of 64 bits";
  const auto f = opened(made_core(program, 0x555555554000));
  EXPECT_EQ(f.objects[0].kind, "elf-core");
  ASSERT_EQ(f.objects.size(), 2U);
  EXPECT_EQ(f.objects[1].path, "module at 0x555555554000");
  EXPECT_EQ(f.objects[1].how, "module");
  EXPECT_GT(share(code_genes(genome_of(program)), code_genes(f.objects[1].genome)), 0.95) << "no table of sections in memory, so edges differ";
}

TEST(Memory, CoreByGdb) {
  if (!has_program("gdb")) GTEST_SKIP() << "gdb is not installed";
  const TempFolder folder;
  const auto exit = run_program(folder.file(""), {"gdb", "-batch", "-ex", "set startup-with-shell off", "-ex", "break exit", "-ex", "run", "-ex",
                                                  "generate-core-file a.core", "-ex", "kill", "--args", "/usr/bin/env", "-i", "true"});
  const auto core = read_file(folder.file("a.core"), any_size);
  if (exit != 0 || !core) GTEST_SKIP() << "gdb may not trace here";
  const auto f = opened(*core);
  EXPECT_EQ(f.objects[0].kind, "elf-core");
  EXPECT_TRUE(std::ranges::any_of(f.objects, [](const FileObject& o) { return o.path.starts_with("libc") && o.kind == "elf" && o.genome.functions > 100; }));
}

/// One section at 0x1000 in memory, at 0x400 in the file; an import.
std::string made_pe() {
  std::string s(0x800, '\0');
  const auto put = [&](std::size_t at, std::uint64_t v, int n) { s.replace(at, static_cast<std::size_t>(n), number(v, n)); };
  s.replace(0, 2, "MZ");
  put(0x3C, 0x40, 4);
  s.replace(0x40, 4, std::string("PE\0\0", 4));
  put(0x44, 0x8664, 2), put(0x46, 1, 2), put(0x54, 240, 2);
  put(0x58, 0x20B, 2), put(0x58 + 16, 0x1000, 4), put(0x58 + 24, 0x140000000, 8), put(0x58 + 56, 0x2000, 4), put(0x58 + 108, 16, 4);
  put(0x58 + 112 + 8, 0x1100, 4), put(0x58 + 112 + 12, 40, 4);
  const std::size_t section = 0x58 + 240;
  put(section + 8, 0x400, 4), put(section + 12, 0x1000, 4), put(section + 16, 0x400, 4), put(section + 20, 0x400, 4), put(section + 36, 0x60000020, 4);
  put(0x500, 0x1140, 4), put(0x50C, 0x1180, 4), put(0x510, 0x1160, 4), put(0x540, 0x11A0, 8);
  s.replace(0x580, 12, "KERNEL32.dll");
  s.replace(0x5A2, 11, "CreateFileA");
  return s;
}
std::string in_memory(const std::string& pe) {
  std::string out(0x2000, '\0');
  out.replace(0, 0x400, pe, 0, 0x400);
  out.replace(0x1000, 0x400, pe, 0x400, 0x400);
  return out;
}
const std::vector<std::string> create_file{"kernel32.dll!createfilea"};

TEST(Memory, RawMemoryIsSearched) {
  const std::string raw = std::string(0x3000, '\x01') + in_memory(made_pe()) + std::string(0x1000, '\x02') + made_pe() + std::string(0x800, '\x03');
  const auto f = opened(raw);
  EXPECT_EQ(f.objects[0].kind, "binary");
  ASSERT_EQ(f.objects.size(), 3U);
  EXPECT_EQ(f.objects[1].path, "module at 0x3000");
  EXPECT_EQ(f.objects[2].path, "module at 0x6000");
  EXPECT_EQ(f.objects[2].bytes, 0x800U) << "as it was in its file";
  const auto relaid = module_at(bytes_of(in_memory(made_pe())));
  ASSERT_TRUE(relaid);
  EXPECT_EQ(read_program(bytes_of(*relaid))->imports, create_file);
}

/// Larger than what the cell may have beside it, and not copied.
TEST(Memory, ALargeDumpOnDisk) {
  const TempFolder folder;
  const std::string path = folder.write("dump", std::string(0x3000, '\x01'));
  constexpr std::uint64_t at = std::uint64_t{400} << 20;
  {
    std::ofstream file(path, std::ios::binary | std::ios::in);
    file.seekp(static_cast<std::streamoff>(at));
    file << in_memory(made_pe());
  }
  CellLimits limits;
  limits.program = cell_program;
  limits.memory_bytes_max = std::uint64_t{350} << 20;
  const auto f = open_objects_of_file(path, {}, limits);
  ASSERT_TRUE(f) << f.error().message;
  EXPECT_TRUE(f->notes.empty());
  ASSERT_EQ(f->objects.size(), 2U);
  EXPECT_EQ(f->objects[0].bytes, at + 0x2000);
  EXPECT_EQ(f->objects[1].path, "module at 0x19000000");
  EXPECT_EQ(open_objects_of_file(folder.file("none"), {}, limits).error().code, "file-open");
  EXPECT_EQ(open_objects_of_file(folder.file(""), {}, limits).error().code, "file-read");
}

TEST(Memory, Minidump) {
  const std::string memory = in_memory(made_pe()), wide_name = std::string("a\0.\0e\0x\0e\0", 10);
  const std::uint64_t list = 32 + 24, name = list + 4 + 108, ranges = name + 4 + wide_name.size() + 2, data = ranges + 16 + 16;
  const std::string dump = "MDMP" + number(0, 4) + number(2, 4) + number(32, 4) + std::string(16, '\0') + number(4, 4) + number(112, 4) + number(list, 4) +
                           number(9, 4) + number(32, 4) + number(ranges, 4) + number(1, 4) + number(0x7FF600000000, 8) + number(0x2000, 4) + number(0, 8) +
                           number(name, 4) + std::string(84, '\0') + number(wide_name.size(), 4) + wide_name + number(0, 2) + number(1, 8) + number(data, 8) +
                           number(0x7FF600000000, 8) + number(memory.size(), 8) + memory;
  const auto f = opened(dump);
  EXPECT_EQ(f.objects[0].kind, "minidump");
  ASSERT_EQ(f.objects.size(), 2U);
  EXPECT_EQ(f.objects[1].path, "a.exe at 0x7ff600000000");
  EXPECT_EQ(f.objects[1].kind, "pe");
  std::mt19937 dice(4);
  for (int i = 0; i < 3000; ++i) {
    std::string bad = dump;
    for (int k = 0; k < 3; ++k) bad[dice() % 300] = static_cast<char>(dice());
    const auto d = read_dump(bytes_of(bad)).value_or(Dump{});
    for (const auto& r : d.ranges) EXPECT_LE(r.offset + r.bytes, bad.size());
    (void)module_at(bytes_of(bad.substr(data)));
  }
}

TEST(Memory, WindowsProgramsCarryOthers) {
  std::string outer = made_pe();
  outer += std::string(100, '\x05') + made_pe() + "the end";
  const auto f = opened(outer);
  ASSERT_EQ(f.objects.size(), 2U);
  EXPECT_EQ(f.objects[1].path, "program at 0x864");
  EXPECT_EQ(f.objects[1].bytes, 0x800U);
  EXPECT_FALSE(f.objects[0].genome.genes.empty()) << "what carries something keeps its own genes";
}

std::string core_head(std::uint64_t segments) {
  return std::string(
             "\x7F"
             "ELF\x02\x01\x01",
             7) +
         std::string(9, '\0') + number(4, 2) + number(62, 2) + number(1, 4) + number(0, 8) + number(64, 8) + number(0, 8) + number(0, 4) + number(64, 2) +
         number(56, 2) + number(segments, 2) + std::string(6, '\0');
}
std::string segment(std::uint64_t type, std::uint64_t offset, std::uint64_t address, std::uint64_t bytes) {
  return number(type, 4) + number(4, 4) + number(offset, 8) + number(address, 8) + number(0, 8) + number(bytes, 8) + number(bytes, 8) + number(4096, 8);
}

TEST(Memory, NotesBeyondTheEndOfNumbersEnd) {
  const std::string core = core_head(1) + segment(4, ~std::uint64_t{0} - 11, 0, 64);
  const auto dump = read_dump(bytes_of(core));
  ASSERT_TRUE(dump);
  EXPECT_TRUE(dump->modules.empty());
}

TEST(Memory, OverlappingRangesSayEachAddressOnce) {
  const std::string memory(8192, 'x');
  const std::string core =
      core_head(4) + segment(1, 512, 0x10000, 4096) + segment(1, 512, 0x10100, 16) + segment(1, 512, 0x10800, 4096) + segment(1, 512, 0x20000, 16);
  const auto dump = read_dump(bytes_of(core + std::string(512 - core.size(), '\0') + memory));
  ASSERT_TRUE(dump);
  ASSERT_EQ(dump->ranges.size(), 3U);
  for (std::size_t i = 1; i < dump->ranges.size(); ++i) EXPECT_GE(dump->ranges[i].address, dump->ranges[i - 1].address + dump->ranges[i - 1].bytes);
  EXPECT_EQ(dump->ranges[1].address, 0x11000U);
  EXPECT_EQ(dump->ranges[1].offset, 512U + 0x800U);
  EXPECT_EQ(dump->ranges[1].bytes, 0x800U);
}

}  // namespace
}  // namespace mozu::files::memory_test
