#include "mozu/files/identify.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace mozu::files {
namespace {

using namespace std::string_view_literals;

TEST(Identify, GoesByContentNotByName) {
  EXPECT_EQ(identify("%PDF-1.7\n...", "a.txt"), "pdf");
  EXPECT_EQ(identify("junk before\n%PDF-1.4\n"), "pdf");
  EXPECT_EQ(identify("<!-- c --><!DOCTYPE html><html>", "a.txt"), "html");
  EXPECT_EQ(identify("\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<html xmlns=\"x\">"), "html");
  EXPECT_EQ(identify("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 old", "a.doc"), "ole");
  EXPECT_EQ(identify("\x1F\x8B\x08"sv, "a.txt"), "gzip");
  EXPECT_EQ(identify("MZ\x90\0\x03"sv, "a.pdf"), "pe");
  EXPECT_EQ(identify("\0\0\0\1"sv, "a.txt"), "binary");
  EXPECT_EQ(identify(""), "empty");
}

TEST(Identify, KindsThatAreOpenedForAttribution) {
  EXPECT_EQ(identify("MSCF\0\0\0\0"sv), "cab");
  EXPECT_EQ(identify("!<arch>\na/"), "ar");
  EXPECT_EQ(identify("070701\0"sv), "cpio");
  EXPECT_EQ(identify("0707011234 is a number to call\n"), "text");
  EXPECT_EQ(identify("MDMP\x93\xA7\0\0"sv), "minidump");
  EXPECT_EQ(identify("MDMP is a mark, and this is a text\n"), "text");
  EXPECT_EQ(identify("ls -l a-b\n"), "text");
  EXPECT_EQ(identify("\x20\x80-lh5-\0"sv), "lha");
  EXPECT_EQ(identify("\xCA\xFE\xBA\xBE\0\0\0\2\0"sv), "mach-o");
  EXPECT_EQ(identify("\xCA\xFE\xBA\xBE\0\0\0\x34\0"sv), "java-class");
  EXPECT_EQ(identify("\x7F"
                     "ELF\2\1\1\0\0\0\0\0\0\0\0\0\4\0\x3E\0"sv),
            "elf-core");
  EXPECT_EQ(identify("\x7F"
                     "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\x3E\0"sv),
            "elf");
  EXPECT_EQ(identify(std::string(0x8001, '\0') + "CD001"), "iso");
}

TEST(Identify, TellsKindsOfZipByTheirMembers) {
  EXPECT_EQ(identify("PK\x03\x04....[Content_Types].xml....word/document.xml"), "docx");
  EXPECT_EQ(identify("PK\x03\x04....[Content_Types].xml....xl/workbook.xml"), "xlsx");
  EXPECT_EQ(identify("PK\x03\x04....a.txt"), "zip");
}

TEST(Identify, TellsKindsOfText) {
  EXPECT_EQ(identify("a line\nMZ is no program here\n"), "text");
  EXPECT_EQ(identify("MZ begins this line of text, and it goes on\n"), "text");
  EXPECT_EQ(identify("# Title\n\n## Part\n\ntext\n"), "markdown");
  EXPECT_EQ(identify("# Where it listens.\n# Only this machine is told.\nlisten = 127.0.0.1\n\n# How long it waits.\ntimeout = 3\n"), "text");
  EXPECT_EQ(identify("# Title\n\n## Part\n\ntext\n", "a.txt"), "text");
  EXPECT_EQ(identify("= Title\n\n== Part\n"), "asciidoc");
  EXPECT_EQ(identify("plain", "notes.ADOC"), "asciidoc");
  EXPECT_EQ(identify("\xFF\xFEh\0i\0"sv), "text");
}

TEST(Identify, TellsMailFromWhatLooksLikeIt) {
  EXPECT_EQ(identify("From: a@example.com\r\nTo: b@example.com\r\nSubject: x\r\n\r\nbody"), "email");
  EXPECT_EQ(identify("From a@example.com Mon Jan  1 00:00:00 2024\nFrom: a@example.com\nMessage-ID: <1@example.com>\nSubject: x\n\nbody"), "mbox");
  EXPECT_EQ(identify("Date: 2024-01-01\nFrom: the desk\n\nA note that begins like a mail.\n"), "text");
  EXPECT_EQ(identify("From here on: nothing\n"), "text");
}

TEST(Identify, KnowsWhatIsRead) {
  for (const auto kind : {"pdf", "docx", "html", "markdown", "asciidoc", "text", "email", "mbox"}) EXPECT_TRUE(is_readable_kind(kind)) << kind;
  for (const auto kind : {"ole", "zip", "pe", "binary", "empty", ""}) EXPECT_FALSE(is_readable_kind(kind)) << kind;
}

}  // namespace
}  // namespace mozu::files
