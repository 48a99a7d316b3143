// What documents, mails and installers carry.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "cfb.hpp"
#include "made_files.hpp"
#include "mozu/base/base64.hpp"
#include "mozu/base/file.hpp"
#include "mozu/files/objects.hpp"
#include "ovba.hpp"
#include "places.hpp"
#include "program.hpp"
#include "temp_folder.hpp"

namespace mozu::files {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr std::uint64_t any_size = std::uint64_t{1} << 30;

OpenedFile opened(std::string_view bytes) {
  CellLimits limits;
  limits.program = cell_program;
  auto f = open_objects(bytes, {}, limits);
  EXPECT_TRUE(f) << (f ? "" : f.error().message);
  EXPECT_TRUE(!f || f->notes.empty()) << f->notes[0].message;
  return f ? std::move(*f) : OpenedFile{{FileObject{}}, {}};
}
const FileObject* at_path(const OpenedFile& f, std::string_view path) {
  const auto found = std::ranges::find(f.objects, path, &FileObject::path);
  return found == f.objects.end() ? nullptr : &*found;
}
std::string paths(const OpenedFile& f) {
  std::string out;
  for (const auto& o : f.objects) out += o.path + " (" + o.how + ", " + o.kind + ")\n";
  return out;
}
std::span<const std::uint8_t> bytes_of(std::string_view s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }

const std::string inner = made::zip({{"note.txt", "a line of text that somebody hid in it"}});

#define EXPECT_PATHS(f, ...) \
  for (const std::string path : {__VA_ARGS__}) EXPECT_NE(at_path(f, path), nullptr) << path << " not in:\n" << paths(f)

TEST(Embedded, Mail) {
  const std::string mail =
      "From: a@example.com\r\nTo: b@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"zz\"\r\n\r\n"
      "--zz\r\nContent-Type: text/plain\r\n\r\nthe body of the mail is a line\r\n--zz\r\nContent-Type: application/zip; name=\"a.zip\"\r\n"
      "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"a.zip\"\r\n\r\n" +
      base64(inner) + "\r\n--zz--\r\n";
  const auto f = opened(mail);
  EXPECT_PATHS(f, "part 1", "a.zip", "a.zip/note.txt");
  EXPECT_EQ(at_path(f, "a.zip/note.txt")->genome.genes.size(), 1U);
  const auto box = opened("From x Thu Jan  1 00:00:00 2026\n" + mail +
                          "\n\nFrom y Thu Jan  1 00:00:00 2026\nFrom: c@example.com\nTo: d@example.com\nSubject: y\n\nanother body of a mail\n");
  EXPECT_PATHS(box, "message 1/a.zip/note.txt", "message 2/part 1");
}

std::string hex(std::string_view s) {
  std::string out;
  for (const char c : s) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += digits[static_cast<unsigned char>(c) >> 4U];
    out += digits[static_cast<unsigned char>(c) & 15U];
    if (out.size() % 120 == 0) out += "\r\n";
  }
  return out;
}
std::string number(std::uint64_t v, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(v >> (8 * i));
  return out;
}

TEST(Embedded, Rtf) {
  const std::string object = number(0x501, 4) + number(2, 4) + number(8, 4) + "Package\0"s + number(0, 8) + number(inner.size(), 4) + inner;
  const auto f = opened("{\\rtf1 text {\\object\\objemb{\\*\\objclass Package}{\\*\\objdata " + hex(object) +
                        "}{\\result x}}{\\object{\\*\\objdata {\\x1 y}zz" + hex(object) + "}}");
  EXPECT_PATHS(f, "object 1 Package/note.txt");
  const auto hidden = opened("{\\rt {\\object\\objdata\\objupdate" + hex(object) + "}}");
  EXPECT_EQ(hidden.objects[0].kind, "text") << "no RTF by its mark";
}

TEST(Embedded, OneNote) {
  const std::string mark = "\xE7\x16\xE3\xBD\x65\x26\x11\x45\xA4\xC4\x8D\x4D\x0B\x7A\x9E\xAC"s;
  const std::string file = "\xE4\x52\x5C\x7B\x8C\xD8\xA7\x4D\xAE\xB1\x53\x78\xD0\x29\x96\xD3"s + std::string(100, '\0') + mark + number(inner.size(), 8) +
                           std::string(12, '\0') + inner + mark + number(1000, 8) + std::string(12, '\0') + "the rest of it is not there";
  const auto f = opened(file);
  EXPECT_PATHS(f, "file 1/note.txt", "file 2");
  EXPECT_EQ(at_path(f, "file 2")->notes.at(0).code, "object-damaged");
}

TEST(Embedded, Pdf) {
  const std::string stream =
      "<</Type/Embedded#46ile/Subtype/application#2Foctet-stream/Length " + std::to_string(inner.size()) + ">>stream\n" + inner + "\nendstream";
  const std::string pdf =
      "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\('opened by a "
      "script'\\);)>>/Names<</EmbeddedFiles<</Names[(a.zip)3 0 R]>>>>>>endobj\n"
      "2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n3 0 obj<</Type/Filespec/F(a.zip)/EF<</F 4 0 R>>>>endobj\n4 0 obj" +
      stream + "endobj\n5 0 obj<</S/JavaScript/JS(this.other\\(\\'a second script\\'\\);)>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
  const auto f = opened(pdf);
  EXPECT_PATHS(f, "object 4", "object 4/note.txt", "object 1.js", "object 5.js");
}

TEST(Embedded, OleByGsf) {
  if (!has_program("gsf")) GTEST_SKIP() << "gsf is not installed";
  const TempFolder folder;
  folder.write("in/note.txt", "a line of text in a small stream\n");
  folder.write("in/deep/inner.zip", inner);
  std::string large;
  for (int i = 0; i < 20'000; ++i) large += "line number " + std::to_string(i) + "\n";
  folder.write("in/large.txt", large);
  ASSERT_EQ(run_program(folder.file(""), {"gsf", "createole", "a.ole", "in/note.txt", "in/deep", "in/large.txt"}), 0);
  const auto f = opened(read_file(folder.file("a.ole"), any_size).value());
  EXPECT_PATHS(f, "note.txt", "large.txt", "deep/inner.zip/note.txt");
  EXPECT_EQ(at_path(f, "note.txt")->bytes, 33U);
  EXPECT_EQ(at_path(f, "large.txt")->bytes, large.size());
}

std::string wide(std::string_view s) {
  std::string out;
  for (const char c : s) out += c, out += '\0';
  return out;
}

TEST(Embedded, OutlookAndPackagesByGsf) {
  if (!has_program("gsf")) GTEST_SKIP() << "gsf is not installed";
  const TempFolder folder;
  const std::string attachment = "__attach_version1.0_#00000000/";
  folder.write(attachment + "__substg1.0_37010102", inner);
  folder.write(attachment + "__substg1.0_3707001F", wide("a file.zip"));
  folder.write("\x01Ole10Native",
               number(0, 4) + number(2, 2) + "b.zip\0C:\\b.zip\0"s + number(0x30000, 4) + number(9, 4) + "C:\\b.zip\0"s + number(inner.size(), 4) + inner);
  ASSERT_EQ(run_program(folder.file(""), {"gsf", "createole", "a.msg", "__attach_version1.0_#00000000", "\x01Ole10Native"}), 0);
  const auto f = opened(read_file(folder.file("a.msg"), any_size).value());
  EXPECT_PATHS(f, "a file.zip", "b.zip", "b.zip/note.txt");  // the same bytes are opened once
  EXPECT_EQ(at_path(f, "a file.zip")->how, "attachment");
  EXPECT_EQ(at_path(f, "b.zip")->how, "embedded");
}

TEST(Embedded, WindowsInstaller) {
  if (!has_program("msibuild") || !has_program("gcab")) GTEST_SKIP() << "msibuild or gcab is not installed";
  const TempFolder folder;
  folder.write("note.txt", "a line of text in a cabinet in an installer\n");
  ASSERT_EQ(run_program(folder.file(""), {"gcab", "-c", "a.cab", "note.txt"}), 0);
  ASSERT_EQ(run_program(folder.file(""), {"msibuild", "a.msi", "-s", "Title", "Author"}), 0);
  ASSERT_EQ(run_program(folder.file(""), {"msibuild", "a.msi", "-a", "a.cab", "a.cab"}), 0);
  const auto f = opened(read_file(folder.file("a.msi"), any_size).value());
  EXPECT_PATHS(f, "a.cab/note.txt");
}

/// The example of MS-OVBA 3.2.2.
TEST(Vba, CompressionOfTheSpecification) {
  const auto packed =
      "\x01\x2F\xB0\x00\x23\x61\x61\x61\x62\x63\x64\x65\x82\x66\x00\x70\x61\x67\x68\x69\x6A\x01\x38\x08\x61\x6B\x6C\x00\x30\x6D\x6E\x6F\x70\x06\x71\x02\x70\x04\x10\x72\x73\x74\x75\x76\x10\x77\x78\x79\x7A\x00\x3C"sv;
  EXPECT_EQ(unpack_ovba(packed, 1000), "#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa");
  EXPECT_EQ(unpack_ovba(packed, 10)->size(), 10U);
  EXPECT_FALSE(unpack_ovba("\x02\x2F\xB0"sv, 1000));
  EXPECT_FALSE(unpack_ovba("", 1000));
}

/// Every byte as it is: one flag byte before eight of them.
std::string packed_vba(std::string_view s) {
  std::string out = "\x01", chunk;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (i % 8 == 0) chunk += '\0';
    chunk += s[i];
  }
  return out + number(0xB000U | (chunk.size() - 1), 2) + chunk;
}
std::string field(unsigned id, std::string_view content) { return number(id, 2) + number(content.size(), 4) + std::string(content); }

TEST(Vba, SourceOfModules) {
  if (!has_program("gsf")) GTEST_SKIP() << "gsf is not installed";
  const TempFolder folder;
  const std::string dir = field(0x03, number(1252, 2)) + number(0x09, 2) + number(4, 4) + std::string(6, '\0') + field(0x19, "Module1") +
                          field(0x1A, "Module1") + field(0x31, number(5, 4)) + number(0x2B, 2) + number(0, 4);
  folder.write("VBA/dir", packed_vba(dir));
  folder.write("VBA/_VBA_PROJECT", "what Office compiled, with many names");
  folder.write("VBA/Module1",
               "12345" + packed_vba("Attribute VB_Name = \"Module1\"\r\nSub AutoOpen()\r\n  MsgBox \"a message for the reader\"\r\nEnd Sub\r\n"));
  ASSERT_EQ(run_program(folder.file(""), {"gsf", "createole", "vbaProject.bin", "VBA"}), 0);
  const auto bin = read_file(folder.file("vbaProject.bin"), any_size).value();
  const auto f = opened(made::zip({{"[Content_Types].xml", "<Types/>"}, {"word/document.xml", "<w/>"}, {"word/vbaProject.bin", bin}}));
  EXPECT_EQ(f.objects[0].kind, "docx");
  EXPECT_PATHS(f, "word/vbaProject.bin/Module1.bas");
  EXPECT_EQ(std::ranges::count_if(f.objects, [](const FileObject& o) { return o.path.starts_with("word/vbaProject.bin/"); }), 1) << paths(f);
  const FileObject* source = at_path(f, "word/vbaProject.bin/Module1.bas");
  ASSERT_NE(source, nullptr);
  EXPECT_EQ(source->how, "macro");
  EXPECT_GT(source->genome.genes.size(), 1U);
}

TEST(Cfb, BrokenOnesAreSurvived) {
  if (!has_program("gsf")) GTEST_SKIP() << "gsf is not installed";
  const TempFolder folder;
  folder.write("a", std::string(10'000, 'x'));
  folder.write("b", "small");
  ASSERT_EQ(run_program(folder.file(""), {"gsf", "createole", "o", "a", "b"}), 0);
  const auto whole = read_file(folder.file("o"), any_size).value();
  const auto read_all_of = [](const std::string& s) {
    const auto file = Cfb::open(bytes_of(s));
    if (!file) return;
    for (std::size_t i = 0; i < file->entries().size(); ++i) {
      EXPECT_LE(file->read(file->entries()[i], 1 << 20).size(), std::size_t{1} << 20);
      (void)file->path(i);
    }
  };
  for (std::size_t n = 0; n < whole.size(); n += 101) read_all_of(whole.substr(0, n));
  std::mt19937 dice(5);
  for (int i = 0; i < 2000; ++i) {
    std::string bad = whole;
    for (int k = 0; k < 4; ++k) bad[dice() % bad.size()] = static_cast<char>(dice());
    for (int k = 0; k < 2; ++k) bad[dice() % 512] = static_cast<char>(dice() % 8);
    read_all_of(bad);
  }
}

}  // namespace
}  // namespace mozu::files
