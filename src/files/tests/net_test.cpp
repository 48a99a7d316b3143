// Assemblies of .NET, as compilers make them; what monodis reads of the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "cell.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "mozu/files/objects.hpp"
#include "mozu/files/program.hpp"
#include "mozu/gene/extract.hpp"
#include "program.hpp"
#include "temp_folder.hpp"

namespace mozu::files::net_test {
namespace {

constexpr std::uint64_t any_size = std::uint64_t{1} << 30;
constexpr std::string_view source = R"(using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
static class Native {
  [DllImport("kernel32")] public static extern IntPtr VirtualAlloc(IntPtr a, UIntPtr n, uint t, uint p);
}
class Program {
  static int Sum(List<int> list) { int s = 0; foreach (var x in list) s += x * 3; return s; }
  static string Word(int n) {
    switch (n) { case 0: return "zero"; case 1: return "one"; case 2: return "two"; case 3: return "three"; default: return n.ToString(); }
  }
  static byte[] Decode(byte[] data, byte[] key) {
    var r = new byte[data.Length];
    for (int i = 0; i < data.Length; i++) r[i] = (byte)(data[i] ^ key[i % key.Length] ^ 0x5a);
    return r;
  }
  static void Main(string[] args) {
    try {
      File.WriteAllText("out.txt", Word(args.Length) + Sum(new List<int> { 1, 2, 3 }));
      Native.VirtualAlloc(IntPtr.Zero, UIntPtr.Zero, 0x3000, 0x40);
    } catch (IOException e) { Console.WriteLine(e.Message); }
    finally { Console.WriteLine(Decode(new byte[] { 1, 2, 3 }, new byte[] { 9, 8 }).Length); }
  }
}
)";

std::span<const std::uint8_t> bytes_of(const std::string& s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }
std::set<std::uint64_t> keys_of(const std::string& file, gene::GeneClass c) {
  const auto p = read_program(bytes_of(file));
  std::set<std::uint64_t> out;
  if (!p) return out;
  for (const gene::Gene& g : gene::extract(*p, bytes_of(file), {}).genes)
    if (gene::class_of(g.key) == c) out.insert(g.key);
  return out;
}

class Net : public ::testing::Test {
 protected:
  TempFolder folder_;
  void SetUp() override {
    for (const std::string needed : {"mcs", "monodis"})
      if (!has_program(needed)) GTEST_SKIP() << needed << " is not installed";
  }
  std::string compiled(const std::string& name, std::string text) {
    folder_.write(name + ".cs", text);
    EXPECT_EQ(run_program(folder_.file(""), {"mcs", "-out:" + name + ".exe", name + ".cs"}), 0);
    return read_file(folder_.file(name + ".exe"), any_size).value();
  }
};

TEST_F(Net, MethodsAreTheCodeAndNamesOfOthersTheImports) {
  const std::string exe = compiled("a", std::string(source));
  const auto p = read_program(bytes_of(exe));
  ASSERT_TRUE(p);
  EXPECT_EQ(p->architecture, gene::Architecture::cil);
  EXPECT_EQ(std::ranges::count_if(p->sections, &gene::Section::code), 5) << "four methods and a constructor";
  for (const auto* import : {"!system.io.file.writealltext", "kernel32.dll!virtualalloc", "!system.exception.get_message"})
    EXPECT_TRUE(std::ranges::binary_search(p->imports, import)) << import;
  EXPECT_TRUE(std::ranges::is_sorted(p->members, {}, &gene::Member::token));
  const auto genome = gene::extract(*p, bytes_of(exe), {});
  EXPECT_EQ(genome.functions, 5U);
  EXPECT_FALSE(genome.cut);
}

TEST_F(Net, WhatWasAddedBesideChangesNoMethod) {
  const std::string exe = compiled("a", std::string(source));
  // Other names, rows and heaps: methods before and behind, further types, another name of the file.
  std::string more(source);
  more.replace(more.find("class Program {"), 15,
               "class Before { string n; public Before(string m) { n = m; Console.Error.Write(n.Trim().Length); } }\nclass Agent {\n"
               "  static long Extra(long a) { return a * 31 + Environment.TickCount; }");
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{{"Decode", "Xx"}, {"list", "l"}, {"data", "d"}})
    for (std::size_t at = 0; (at = more.find(from, at)) != std::string::npos; at += to.size())
      if (more.substr(at, from.size()) == from) more.replace(at, from.size(), to);
  const std::string other = compiled("b", more);
  for (const auto c : {gene::GeneClass::code, gene::GeneClass::function}) {
    const auto first = keys_of(exe, c), second = keys_of(other, c);
    EXPECT_GE(first.size(), c == gene::GeneClass::code ? 40U : 3U);
    EXPECT_GT(second.size(), c == gene::GeneClass::code ? first.size() : 2U);
    for (const auto key : first) EXPECT_TRUE(second.contains(key));
  }
}

/// Names of all operations as monodis lists them, short forms by the long one's. Methods that are alike share a body, which is listed for each: it counts once.
std::vector<std::string> listed(const std::string& listing) {
  std::vector<std::string> out;
  std::set<std::string, std::less<>> bodies;
  bool is_new = false;
  for (const std::string_view whole : split(listing, '\n')) {
    const std::string_view line = trim(whole);
    if (line.starts_with("// Method begins at RVA")) is_new = bodies.emplace(line).second;
    if (!is_new || !line.starts_with("IL_") || line.find(":  ") == line.npos) continue;
    std::string name(line.substr(line.find(":  ") + 3));
    name.resize(std::min(name.size(), name.find(' ')));
    if (name.ends_with(".s")) name.resize(name.size() - 2);
    for (const std::string_view many : {"ldarg.", "ldloc.", "stloc.", "ldc.i4."})
      if (name.starts_with(many) && !name.empty()) name.resize(many.size() - 1);
    out.push_back(std::move(name));
  }
  return out;
}

TEST_F(Net, OperationsAreThoseOfMonodis) {
  for (const std::string assembly : {"mscorlib.dll", "System.Xml.dll"}) {
    const std::string path = "/usr/lib/mono/4.5/" + assembly;
    const std::string file = read_file(path, any_size).value();
    ASSERT_EQ(run_program(folder_.file(""), {"sh", "-c", "monodis " + path + " > listing 2> errors"}), 0);
    const auto theirs = listed(read_file(folder_.file("listing"), any_size).value());
    const auto p = read_program(bytes_of(file));
    ASSERT_TRUE(p);
    std::multiset<std::string> ours;
    std::size_t bad = 0;
    for (const auto& s : p->sections)
      for (std::size_t at = 0; s.code && at < s.bytes.size();) {
        const auto i = gene::decode_cil(s.bytes.subspan(at), p->members);
        if (i.flow == gene::Flow::bad) ++bad;
        const std::string text = gene::cil_text(s.bytes.subspan(at), s.address + at);
        ours.insert(text.substr(0, text.find(' ')));
        at += i.length;
      }
    EXPECT_EQ(bad, 0U);
    ASSERT_GT(theirs.size(), 100'000U) << assembly;
    EXPECT_TRUE(std::ranges::equal(ours, std::multiset<std::string>(theirs.begin(), theirs.end())))
        << assembly << ": " << ours.size() << " and " << theirs.size();
  }
}

TEST_F(Net, EvidenceIsReadable) {
  const std::string exe = compiled("a", std::string(source));
  const auto f = open_objects(exe, {});
  ASSERT_TRUE(f);
  EXPECT_EQ(f->objects.front().architecture, gene::Architecture::cil);
  OpenOptions options;
  for (const gene::Gene& g : f->objects.front().genome.genes)
    if (gene::class_of(g.key) != gene::GeneClass::text && g.length != 0) options.places.push_back({f->objects.front().sha256, g.key, g.offset, g.length});
  ASSERT_FALSE(options.places.empty());
  const auto again = open_objects(exe, options);
  ASSERT_TRUE(again);
  std::string all;
  for (const Place& place : again->objects.front().places) {
    EXPECT_TRUE(place.address);
    for (const auto& line : place.lines) all += line + '\n';
  }
  for (const auto* word : {"  ldarg 1\n", "  ldc.i4 3\n", "  callvirt 0x0a0000", "  xor\n"}) EXPECT_TRUE(all.contains(word)) << word << '\n' << all;
  EXPECT_FALSE(all.contains(".byte")) << all;
}

TEST_F(Net, BrokenOnesAreReadAsFarAsTheyGo) {
  const std::string exe = compiled("a", std::string(source));
  for (std::size_t cut = 0; cut < exe.size(); cut += 13) static_cast<void>(keys_of(exe.substr(0, cut), gene::GeneClass::code));
  const std::size_t root = exe.find("BSJB");
  ASSERT_NE(root, std::string::npos);
  for (std::size_t at = root; at < std::min(exe.size(), root + 1200); ++at)
    for (const char c : {'\0', '\x7f', '\xff'}) {
      std::string broken = exe;
      broken[at] = c;
      static_cast<void>(keys_of(broken, gene::GeneClass::code));
    }
  std::string none = exe;
  none.replace(root, 4, "XXXX");
  Diagnostics notes;
  ASSERT_TRUE(read_program(bytes_of(none), &notes));
  ASSERT_FALSE(notes.kept().empty());
  EXPECT_TRUE(notes.kept()[0].message.contains("its metadata is not there")) << notes.kept()[0].message;
}

}  // namespace
}  // namespace mozu::files::net_test
