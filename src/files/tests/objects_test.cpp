// Containers that real tools made, opened in the cell: what is in them, what cannot be read, what limits leave.
#include "mozu/files/objects.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <string>
#include <vector>

#include "made_files.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/files/genome.hpp"
#include "places.hpp"
#include "program.hpp"
#include "temp_folder.hpp"
#include "wire_objects.hpp"

namespace mozu::files::objects_test {
namespace {

constexpr std::uint64_t any_size = std::uint64_t{1} << 30;

CellLimits limits() {
  CellLimits l;
  l.program = cell_program;
  return l;
}

OpenedFile opened(std::string_view bytes, const OpenOptions& options = {}) {
  auto f = open_objects(bytes, options, limits());
  EXPECT_TRUE(f) << (f ? "" : f.error().message);
  return f ? std::move(*f) : OpenedFile{{FileObject{}}, {}};
}

std::string sha_of(std::string_view bytes) { return to_hex(sha256(std::as_bytes(std::span(bytes)))); }

std::vector<std::string> codes(const FileObject& o) {
  std::vector<std::string> out;
  for (const auto& n : o.notes) out.push_back(n.code);
  return out;
}
const FileObject* at_path(const OpenedFile& f, std::string_view path) {
  const auto found = std::ranges::find(f.objects, path, &FileObject::path);
  return found == f.objects.end() ? nullptr : &*found;
}

/// A program of this machine in b/c.exe, ready to be packed.
struct Sample {
  TempFolder folder;
  std::string program = read_file("/usr/bin/env", any_size).value();
  Sample() { folder.write("b/c.exe", program); }
  std::string made(const std::string& name, const std::vector<std::string>& command) const {
    EXPECT_EQ(run_program(folder.file(""), command), 0) << command.front();
    return read_file(folder.file(name), any_size).value_or("");
  }
};

#define NEEDS(program) \
  if (!has_program(program)) GTEST_SKIP() << program << " is not installed"

/// One member, b/c.exe, with the genes of the program itself.
void expect_program(const Sample& s, std::string_view archive, const std::string& path, const OpenOptions& options = {}) {
  const auto f = opened(archive, options);
  const FileObject* o = at_path(f, path);
  ASSERT_NE(o, nullptr) << (f.objects.size() > 1 ? f.objects.back().path : "nothing in it");
  EXPECT_EQ(o->sha256, sha_of(s.program));
  EXPECT_EQ(o->kind, "elf");
  EXPECT_TRUE(codes(*o).empty());
  const auto alone = read_genome(s.program, limits());
  ASSERT_TRUE(alone);
  ASSERT_GT(alone->genome.genes.size(), 100U);
  EXPECT_TRUE(std::ranges::equal(o->genome.genes, alone->genome.genes, {}, &gene::Gene::key, &gene::Gene::key));
  EXPECT_EQ(o->architecture, alone->architecture);
  EXPECT_TRUE(f.objects.front().genome.genes.empty()) << "what packs it says nothing";
}

TEST(Objects, AFileThatHoldsNothing) {
  const auto f = opened("just a line of text that is long enough\n");
  ASSERT_EQ(f.objects.size(), 1U);
  EXPECT_EQ(f.objects[0].path, "");
  EXPECT_EQ(f.objects[0].kind, "text");
  EXPECT_EQ(f.objects[0].genome.genes.size(), 1U);
  EXPECT_EQ(open_objects("", {}, limits()).error().code, "file-empty");
}

TEST(Objects, Zip) {
  NEEDS("zip");
  const Sample s;
  expect_program(s, s.made("a.zip", {"zip", "-q", "a.zip", "b/c.exe"}), "b/c.exe");
  expect_program(s, s.made("wide.zip", {"zip", "-q", "-fz", "wide.zip", "b/c.exe"}), "b/c.exe");
  expect_program(s, s.made("locked.zip", {"zip", "-q", "-P", "infected", "locked.zip", "b/c.exe"}), "b/c.exe");
}

TEST(Objects, SevenZip) {
  NEEDS("7zz");
  const Sample s;
  expect_program(s, s.made("a.7z", {"7zz", "a", "a.7z", "b/c.exe"}), "b/c.exe");
  expect_program(s, s.made("bcj.7z", {"7zz", "a", "-m0=BCJ2", "-m1=LZMA", "-m2=LZMA", "-m3=LZMA", "-mb0:1", "-mb0s1:2", "-mb0s2:3", "bcj.7z", "b/c.exe"}),
                 "b/c.exe");
  for (const std::string method : {"LZMA", "LZMA2"})
    for (const std::string hidden : {"-mhe=off", "-mhe=on"})
      expect_program(s, s.made(method + hidden + ".7z", {"7zz", "a", "-pinfected", "-m0=" + method, hidden, method + hidden + ".7z", "b/c.exe"}), "b/c.exe");
  expect_program(s, s.made("own.7z", {"7zz", "a", "-pgehëim", "own.7z", "b/c.exe"}), "b/c.exe", {.passwords = {"gehëim"}});
  const auto locked = opened(s.made("locked.7z", {"7zz", "a", "-punknown", "locked.7z", "b/c.exe"}));
  ASSERT_EQ(locked.objects.size(), 2U);
  EXPECT_EQ(codes(locked.objects[1]), std::vector<std::string>{"object-encrypted"});
  const auto hidden = opened(s.made("hidden.7z", {"7zz", "a", "-punknown", "-mhe=on", "hidden.7z", "b/c.exe"}));
  EXPECT_EQ(codes(hidden.objects[0]), std::vector<std::string>{"object-encrypted"});
  s.folder.write("b/a.txt", "the first member is a text that is long enough\n");
  const auto stored = opened(s.made("stored.7z", {"7zz", "a", "-pinfected", "-m0=Copy", "stored.7z", "b/a.txt"}));
  ASSERT_EQ(stored.objects.size(), 2U);
  EXPECT_EQ(stored.objects[1].genome.genes.size(), 1U);
  s.folder.write("b/empty", "");
  const auto several = opened(s.made("several.7z", {"7zz", "a", "-pmalware", "several.7z", "b"}));
  ASSERT_NE(at_path(several, "b/a.txt"), nullptr);
  EXPECT_EQ(at_path(several, "b/a.txt")->genome.genes.size(), 1U);
  ASSERT_NE(at_path(several, "b/c.exe"), nullptr);
  EXPECT_EQ(at_path(several, "b/c.exe")->sha256, sha_of(s.program));
  for (const std::string method : {"AES128", "AES256", "ZipCrypto"})
    expect_program(s, s.made(method + ".zip", {"7zz", "a", "-pmalware", "-tzip", "-mem=" + method, method + ".zip", "b/c.exe"}), "b/c.exe");
  for (const std::string method : {"BZip2", "LZMA", "Deflate", "Copy", "PPMd"})
    expect_program(s, s.made(method + ".zip", {"7zz", "a", "-tzip", "-mm=" + method, method + ".zip", "b/c.exe"}), "b/c.exe");
}

TEST(Objects, TarAndItsPackers) {
  const Sample s;
  expect_program(s, s.made("a.tar", {"tar", "cf", "a.tar", "b"}), "b/c.exe");
  for (const auto& [flag, end] : std::vector<std::pair<std::string, std::string>>{{"-z", "gz"}, {"-j", "bz2"}, {"-J", "xz"}, {"--zstd", "zst"}})
    expect_program(s, s.made("a.tar." + end, {"tar", flag, "-cf", "a.tar." + end, "b"}), "a.tar/b/c.exe", {.name = "a.tar." + end});
}

std::string vint(std::uint64_t v) {
  std::string out;
  for (; v >= 0x80; v >>= 7U) out += static_cast<char>(0x80U | (v & 0x7FU));
  return out + static_cast<char>(v);
}
std::string number(std::uint64_t v, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(v >> (8 * i));
  return out;
}
std::uint32_t crc(std::string_view s) { return static_cast<std::uint32_t>(::crc32_z(0, reinterpret_cast<const Bytef*>(s.data()), s.size())); }
std::string rar_block(const std::string& fields) {
  const std::string sized = vint(fields.size()) + fields;
  return number(crc(sized), 4) + sized;
}

/// No tool of Debian makes these, so one by hand (RAR 5.0 archive format), stored.
TEST(Objects, Rar) {
  const Sample s;
  const std::string name = "b/c.exe";
  const std::string file = vint(2) + vint(2) + vint(s.program.size()) + vint(4) + vint(s.program.size()) + vint(0x20) + number(crc(s.program), 4) + vint(0) +
                           vint(1) + vint(name.size()) + name;
  const std::string rar =
      std::string("Rar!\x1A\x07\x01\0", 8) + rar_block(vint(1) + vint(0) + vint(0)) + rar_block(file) + s.program + rar_block(vint(5) + vint(0) + vint(0));
  expect_program(s, rar, "b/c.exe");
  const auto cut = opened(std::string_view(rar).substr(0, 20'000));
  ASSERT_EQ(cut.objects.size(), 2U);
  EXPECT_EQ(codes(cut.objects[1]), std::vector<std::string>{"object-damaged"});
}

TEST(Objects, Cabinet) {
  NEEDS("gcab");
  const Sample s;
  expect_program(s, s.made("a.cab", {"gcab", "-c", "a.cab", "b/c.exe"}), "b/c.exe");
  expect_program(s, s.made("z.cab", {"gcab", "-c", "-z", "z.cab", "b/c.exe"}), "b/c.exe");
}

TEST(Objects, Iso) {
  NEEDS("genisoimage");
  const Sample s;
  expect_program(s, s.made("a.iso", {"genisoimage", "-quiet", "-J", "-r", "-o", "a.iso", "b"}), "c.exe");
}

TEST(Objects, ArchivesOfUnix) {
  NEEDS("ar");
  const Sample s;
  expect_program(s, s.made("a.a", {"ar", "rc", "a.a", "b/c.exe"}), "c.exe");
}

TEST(Objects, OwnPasswords) {
  NEEDS("zip");
  const Sample s;
  const auto locked = s.made("a.zip", {"zip", "-q", "-P", "of our own", "a.zip", "b/c.exe"});
  expect_program(s, locked, "b/c.exe", {.passwords = {"another", "of our own"}});
  const auto f = opened(locked);
  ASSERT_EQ(f.objects.size(), 2U);
  EXPECT_EQ(f.objects[1].path, "b/c.exe");
  EXPECT_EQ(f.objects[1].kind, "");
  EXPECT_EQ(codes(f.objects[1]), std::vector<std::string>{"object-encrypted"});
  EXPECT_EQ(open_objects("x", {.passwords = {""}}, limits()).error().code, "open-passwords");
}

/// The old encryption knows a wrong password by one byte: of 300 wrong ones, some pass, and give nonsense.
TEST(Objects, AWrongPasswordThatSeemsToFit) {
  NEEDS("zip");
  const Sample s;
  const auto locked = s.made("a.zip", {"zip", "-q", "-0", "-P", "right", "a.zip", "b/c.exe"});
  for (int round = 0; round < 6; ++round) {
    OpenOptions o;
    for (int i = 0; i < 99; ++i) o.passwords.push_back("wrong" + std::to_string(round * 100 + i));
    o.passwords.emplace_back("right");
    const auto f = opened(locked, o);
    ASSERT_NE(at_path(f, "b/c.exe"), nullptr);
    EXPECT_EQ(at_path(f, "b/c.exe")->sha256, sha_of(s.program)) << round;
  }
}

TEST(Objects, WhatIsLockedHidesNoOther) {
  NEEDS("zip");
  const Sample s;
  s.folder.write("note.txt", "a line of text that anybody may read\n");
  s.made("a.zip", {"zip", "-q", "-P", "secret", "a.zip", "b/c.exe"});
  const auto f = opened(s.made("a.zip", {"zip", "-q", "a.zip", "note.txt"}));
  ASSERT_EQ(f.objects.size(), 3U);
  EXPECT_EQ(at_path(f, "note.txt")->genome.genes.size(), 1U);
  EXPECT_EQ(codes(*at_path(f, "b/c.exe")), std::vector<std::string>{"object-encrypted"});
}

TEST(Objects, AnEncryptedZipThatBreaksOffIsDamagedAndNotLocked) {
  NEEDS("zip");
  const Sample s;
  std::string zip = s.made("a.zip", {"zip", "-q", "-0", "-P", "infected", "a.zip", "b/c.exe"});
  zip.resize(zip.size() / 2);
  const auto f = opened(zip);
  ASSERT_EQ(f.objects.size(), 2U);
  EXPECT_EQ(codes(f.objects[0]), std::vector<std::string>{"object-damaged"});
  EXPECT_EQ(codes(f.objects[1]), std::vector<std::string>{"object-damaged"});
}

TEST(Objects, CutAndDamagedArchivesGiveWhatIsLeft) {
  const Sample s;
  s.folder.write("b/a.txt", "the first member is whole and is long enough\n");
  s.made("a.tar", {"tar", "cf", "a.tar", "b/a.txt", "b/c.exe"});
  const auto tar = read_file(s.folder.file("a.tar"), any_size).value();
  const auto f = opened(std::string_view(tar).substr(0, 20'000));
  ASSERT_NE(at_path(f, "b/a.txt"), nullptr);
  EXPECT_TRUE(codes(*at_path(f, "b/a.txt")).empty());
  ASSERT_NE(at_path(f, "b/c.exe"), nullptr);
  EXPECT_EQ(codes(*at_path(f, "b/c.exe")), std::vector<std::string>{"object-damaged"});
  EXPECT_GT(at_path(f, "b/c.exe")->bytes, 10'000U);

  auto zip = made::zip(
      {{"one", "first content that is long enough"}, {"two", std::string(5000, 'x') + "second content"}, {"three", "third content that is long enough"}});
  zip[zip.find("two") + 5] ^= 0x55;
  const auto g = opened(zip);
  EXPECT_TRUE(codes(*at_path(g, "one")).empty());
  EXPECT_EQ(codes(*at_path(g, "two")), std::vector<std::string>{"object-damaged"});
  EXPECT_TRUE(codes(*at_path(g, "three")).empty());
}

TEST(Objects, NestedDeep) {
  std::string bytes = "at the bottom there is a line of text\n", path = "text";
  for (int i = 0; i < 20; ++i) bytes = made::zip({{i == 0 ? "text" : "z", bytes}});
  for (int i = 1; i < 20; ++i) path = "z/" + path;
  const auto f = opened(bytes);
  ASSERT_EQ(f.objects.size(), 21U);
  EXPECT_EQ(f.objects.back().path, path);
  EXPECT_EQ(f.objects.back().genome.genes.size(), 1U);

  const auto shallow = opened(bytes, {.depth_max = 16});
  ASSERT_EQ(shallow.objects.size(), 17U);
  EXPECT_EQ(codes(shallow.objects.back()), std::vector<std::string>{"objects-left"});
}

TEST(Objects, WhatIsPackedInAContainer) {
  const auto packed = read_file(std::string(source_dir) + "/fuzz/corpus/upx/pe32-lzma", any_size).value();
  const auto f = opened(made::zip({{"inner.zip", made::zip({{"b/c.exe", packed}})}}));
  ASSERT_EQ(f.objects.size(), 4U);
  EXPECT_EQ(f.objects[3].path, "inner.zip/b/c.exe/unpacked");
  EXPECT_EQ(f.objects[3].parent, 2U);
  EXPECT_GT(f.objects[3].genome.functions, 0U);
}

TEST(Objects, BudgetsEndItAndAreTold) {
  std::vector<std::pair<std::string, std::string>> many;
  for (int i = 0; i < 50; ++i) many.emplace_back(std::to_string(i), "content number " + std::to_string(i));
  const auto few = opened(made::zip(many), {.objects_max = 10});
  EXPECT_EQ(few.objects.size(), 10U);
  EXPECT_EQ(codes(few.objects[0]), std::vector<std::string>{"objects-left"});

  std::string large;
  for (int i = 0; large.size() < 100'000; ++i) large += "line number " + std::to_string(i) + "\n";
  const auto cut = opened(made::zip({{"large", large}, {"small", "a small one of long enough text"}}), {.object_bytes_max = 10'000});
  EXPECT_EQ(at_path(cut, "large")->bytes, 10'000U);
  EXPECT_EQ(codes(*at_path(cut, "large")), std::vector<std::string>{"object-cut"});
  EXPECT_TRUE(codes(*at_path(cut, "small")).empty());

  const auto all = opened(made::zip({{"a", large}, {"b", large + "b"}, {"c", large + "c"}}), {.bytes_max = 150'000});
  EXPECT_EQ(codes(all.objects[0]), std::vector<std::string>{"objects-left"});
  ASSERT_EQ(all.objects.size(), 3U);
  EXPECT_EQ(codes(all.objects[2]), std::vector<std::string>{"object-cut"});
}

TEST(Objects, ABombIsLeftOut) {
  const auto bomb = made::zip({{"before", "a member that is long enough"}, {"bomb", std::string(64 << 20, '\0')}, {"after", "another member, long enough"}});
  const auto f = opened(bomb, {.ratio_max = 100});
  EXPECT_TRUE(codes(*at_path(f, "before")).empty());
  EXPECT_EQ(codes(*at_path(f, "bomb")), std::vector<std::string>{"object-bomb"});
  EXPECT_EQ(at_path(f, "bomb")->kind, "");
}

TEST(Objects, TheSameBytesAreReadOnce) {
  const std::string text = "the same line of text, twice in it\n";
  const auto f = opened(made::zip({{"one", text}, {"two", text}}));
  ASSERT_EQ(f.objects.size(), 3U);
  EXPECT_EQ(f.objects[1].genome.genes.size(), 1U);
  EXPECT_TRUE(f.objects[2].genome.genes.empty());
  EXPECT_EQ(codes(f.objects[2]), std::vector<std::string>{"object-known"});
}

TEST(Objects, HostileNamesAreShownSafely) {
  const auto f = opened(made::zip({{std::string("../../etc/\x1b[31m\xff") + "x", "some content that is long enough"}}));
  ASSERT_EQ(f.objects.size(), 2U);
  EXPECT_EQ(f.objects[1].path.find('\x1b'), std::string::npos);
}

TEST(Objects, WhatWasFoundBeforeTheCellEndedIsKept) {
  CellLimits l = limits();
  l.program = cell_trial_program;
  const auto f = open_objects("%PDF-objects", {}, l);
  ASSERT_TRUE(f) << f.error().message;
  EXPECT_EQ(f->objects.size(), 1U);
  ASSERT_EQ(f->notes.size(), 1U);
  EXPECT_EQ(f->notes[0].code, "cell-crash");
}

std::string record(const FileObject& o) { return encode_object(o); }
FileObject object() {
  FileObject o;
  o.path = "name", o.how = "member", o.kind = "text", o.sha256 = std::string(64, 'a'), o.bytes = 5;
  o.facts = {{"entropy", "1.0"}};
  return o;
}

TEST(WireOfObjects, NothingIsBelieved) {
  FileObject root = object();
  root.kind = "zip";
  gene::Genome g;
  g.genes = {{1, 0, 5, 0}};
  const std::string good = record(root) + record(object()) + encode_object_note(1, {Severity::warning, "object-cut", "cut", {}, {}}) +
                           encode_object_genome(1, gene::Architecture::none, g);
  const auto read = [](const std::string& s, bool complete = true, OpenOptions o = {}) { return decode_objects(s, o, 5, complete); };
  ASSERT_TRUE(read(good + encode_objects_end()));
  EXPECT_EQ(read(good + encode_objects_end())->objects[1].facts.size(), 1U);
  EXPECT_FALSE(read(good)) << "no end";
  EXPECT_TRUE(read(good, false));
  for (std::size_t n = 0; n < good.size(); ++n) {
    EXPECT_FALSE(read(good.substr(0, n))) << n;
    EXPECT_TRUE(read(good.substr(0, n), false)) << n;
  }
  const auto refused = [&](auto change) {
    FileObject o = object();
    change(o);
    return !read(record(root) + record(o) + encode_objects_end());
  };
  EXPECT_FALSE(refused([](FileObject&) {}));
  EXPECT_TRUE(refused([](FileObject& o) { o.parent = 1; })) << "in itself";
  EXPECT_TRUE(refused([](FileObject& o) { o.kind = "Text!"; }));
  EXPECT_TRUE(refused([](FileObject& o) { o.sha256 = "abc"; }));
  EXPECT_TRUE(refused([](FileObject& o) { o.path = "a\x1b[0m"; }));
  EXPECT_TRUE(refused([](FileObject& o) { o.bytes = ~std::uint64_t{0}; }));
  EXPECT_FALSE(read(record(root) + encode_object_note(7, {Severity::warning, "x", "y", {}, {}}) + encode_objects_end()));
  g.genes = {{1, 3, 5, 0}};
  EXPECT_FALSE(read(record(root) + encode_object_genome(0, gene::Architecture::none, g) + encode_objects_end())) << "a gene beyond the object";
  EXPECT_FALSE(read(good + encode_objects_end(), true, {.objects_max = 1}));
  EXPECT_FALSE(read(good + encode_objects_end(), true, {.genes_max = 0}));
}

TEST(WireOfObjects, OptionsComeBack) {
  OpenOptions o;
  o.name = "a.tar.gz";
  o.passwords = {"one", "two"};
  o.depth_max = 7;
  OpenOptions back;
  ASSERT_TRUE(read_options(encode_options(o), back));
  EXPECT_FALSE(read_options(encode_options(o) + "x", back));
  EXPECT_EQ(back.passwords, o.passwords);
  EXPECT_EQ(back.depth_max, 7U);
  EXPECT_EQ(back.name, o.name);
}

}  // namespace
}  // namespace mozu::files::objects_test
