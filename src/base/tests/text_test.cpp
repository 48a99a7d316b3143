#include "mozu/base/text.hpp"

#include <gtest/gtest.h>

#include "mozu/base/utf8.hpp"

namespace mozu {
namespace {

using namespace std::string_view_literals;

TEST(Text, FoldsOnlyAscii) {
  EXPECT_EQ(fold("EVIL.Example-Ä"), "evil.example-Ä");
  EXPECT_TRUE(iequals("HTTP", "http"));
  EXPECT_FALSE(iequals("http", "https"));
  EXPECT_TRUE(istarts_with("HXXPS://x", "hxxp"));
  EXPECT_FALSE(istarts_with("hx", "hxxp"));
  EXPECT_TRUE(icontains("aaB[DOT]c", "[dot]"));
  EXPECT_TRUE(icontains("abc", ""));
  EXPECT_FALSE(icontains("ab", "abc"));
}

TEST(Text, TrimsAndSplits) {
  EXPECT_EQ(trim(" \t\r\n x y \v\f"), "x y");
  EXPECT_EQ(trim("   "), "");
  EXPECT_EQ(split("a,,b,", ','), (std::vector<std::string_view>{"a", "", "b", ""}));
  EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
}

TEST(Text, ReadsUnsignedNumbersWhole) {
  EXPECT_EQ(to_uint("0"), 0U);
  EXPECT_EQ(to_uint("18446744073709551615"), 18446744073709551615ULL);
  for (const auto bad : {"", "18446744073709551616", "-1", "+1", " 1", "1 ", "0x1", "1.0"}) EXPECT_FALSE(to_uint(bad)) << bad;
}

TEST(Text, ChecksUtf8) {
  for (const auto good : {""sv, "plain ascii, longer than a word"sv, "Ä€𐍈"sv, "\xED\x9F\xBF"sv, "\xEE\x80\x80"sv, "\xF4\x8F\xBF\xBF"sv, "a\0b"sv})
    EXPECT_TRUE(is_utf8(good)) << good;
  for (const auto bad : {"\x80"sv, "\xC0\x80"sv, "\xC1\xBF"sv, "\xE0\x9F\xBF"sv, "\xED\xA0\x80"sv, "\xF0\x8F\xBF\xBF"sv, "\xF4\x90\x80\x80"sv,
                         "\xF5\x80\x80\x80"sv, "\xE2\x82"sv, "12345678\xFF"sv, "\xC3"sv})
    EXPECT_FALSE(is_utf8(bad));
}

TEST(Text, XmlGetsItsCharactersAlone) {
  EXPECT_EQ(escape_xml("<a b=\"c\">&\x01\x1b"), "&lt;a b=&quot;c&quot;&gt;&amp;");
  EXPECT_EQ(escape_xml("a\xEF\xBF\xBE\xEF\xBF\xBF\xEF\xBF\xBD"), "a\xEF\xBF\xBD") << "of U+FFFD to U+FFFF the first is a character";
}

TEST(Text, PlainTextHasNoControlCharacters) {
  for (const auto good : {""sv, "plain, Ä 日本"sv}) EXPECT_TRUE(is_plain_text(good)) << good;
  for (const auto bad : {"a\nb"sv, "a\tb"sv, "a\x7f"sv, "a\0b"sv, "\xFF"sv}) EXPECT_FALSE(is_plain_text(bad)) << printable(bad);
  EXPECT_TRUE(is_plain_text("a\n\tb", true));
  for (const auto bad : {"a\rb"sv, "a\x7f"sv, "\x1b[0m"sv}) EXPECT_FALSE(is_plain_text(bad, true)) << printable(bad);
}

TEST(Text, ShowsHostileTextHarmlessly) {
  EXPECT_EQ(printable("ok Ä"), "ok Ä");
  EXPECT_EQ(printable("\x1b[31mred\n"), "\\x1B[31mred\\x0A");
  EXPECT_EQ(printable("a\0b\xFF"sv), "a\\x00b\\xFF");
  EXPECT_EQ(printable("exe\u202Etxt"), "exe\\u{202E}txt");
  EXPECT_EQ(printable("\u200B\uFEFF\u0085"), "\\u{200B}\\u{FEFF}\\u{85}");
}

TEST(Text, CutsLongTextAtAWholeCharacter) {
  EXPECT_EQ(printable("abcdef", 3), "abc…");
  EXPECT_EQ(printable("abc", 3), "abc");
  EXPECT_EQ(printable("abÄ", 3), "ab…");
}

TEST(Text, WritesNumbersForPeople) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(512), "512 B");
  EXPECT_EQ(human_bytes(1000), "1.0 kB");
  EXPECT_EQ(human_bytes(999'999), "1.0 MB");
  EXPECT_EQ(human_bytes(1.23e9), "1.2 GB");
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1000), "1,000");
  EXPECT_EQ(with_commas(1'941'838), "1,941,838");
}

TEST(Text, TomlKeysOfTooManyPartsAreFound) {
  EXPECT_EQ(toml_line_too_deep("a.b = 'x.y.z'\n" + std::string(400, 'c') + "\n"), 0U);
  std::string deep = "ok = 1\na";
  for (int i = 0; i < 200; ++i) deep += ".a";
  EXPECT_EQ(toml_line_too_deep(deep + " = 1\n"), 2U);
}

}  // namespace
}  // namespace mozu
