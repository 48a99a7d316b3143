#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "mozu/intel/indicator.hpp"

namespace mozu::intel {
namespace {

TEST(Refang, UndoesDots) {
  for (const char* s : {"evil[.]example",
                        "evil(.)example",
                        "evil{.}example",
                        "evil<.>example",
                        "evil[dot]example",
                        "evil(DOT)example",
                        "evil{dot}example",
                        "evil [.] example",
                        "evil [dot] example",
                        "evil[ . ]example",
                        "evil\\.example",
                        "evil[\\.]example",
                        "evil[.example",
                        "evil.]example",
                        "evil[.example]",
                        "evil[[.]]example",
                        "[evil[.]example]",
                        "evil.example.",
                        "evil[.]example[.]",
                        "\"evil.example\"",
                        "'evil.example',",
                        " evil.example\t",
                        "<evil.example>",
                        "(evil.example)",
                        "`evil.example`",
                        "\xE2\x80\x9C"
                        "evil.example\xE2\x80\x9D",
                        "\xC2\xA0"
                        "evil.example",
                        "evil.example;",
                        "((evil.example))",
                        "[evil.]example"})
    EXPECT_EQ(refang(s), "evil.example") << s;
  EXPECT_EQ(refang("1.2.3[.]4"), "1.2.3.4");
  EXPECT_EQ(refang("a[.]b[.]c[.]evil[.]example"), "a.b.c.evil.example");
}

TEST(Refang, UndoesSchemes) {
  for (const char* s : {"hxxp://evil.example/a", "hXXp://evil[.]example/a", "h**p://evil.example/a", "meow://evil.example/a", "http[:]//evil.example/a",
                        "http[://]evil.example/a", "http:[//]evil.example/a", "hxxp[:]//evil[.]example[/]a", "http[:/]/evil.example/a",
                        "http:\\\\evil.example/a", "hxxp//evil.example/a", "htxp://evil.example/a", "http:/evil.example/a", "http:////evil.example/a",
                        "HTTP://evil.example/a", "hxxp(:)//evil.example/a", "<hxxp://evil.example/a>"})
    EXPECT_EQ(refang(s), "http://evil.example/a") << s;
  EXPECT_EQ(refang("hxxps[://]evil.example"), "https://evil.example");
  EXPECT_EQ(refang("meows://evil.example"), "https://evil.example");
  EXPECT_EQ(refang("fxp://evil.example/x"), "ftp://evil.example/x");
  EXPECT_EQ(refang("tcp://evil.example:1"), "tcp://evil.example:1") << "other schemes are left alone";
}

TEST(Refang, UndoesAtAndPort) {
  EXPECT_EQ(refang("user[@]evil.example"), "user@evil.example");
  EXPECT_EQ(refang("user[at]evil[.]example"), "user@evil.example");
  EXPECT_EQ(refang("user (at) evil (dot) example"), "user@evil.example");
  EXPECT_EQ(refang("192.0.2[.]1[:]8080"), "192.0.2.1:8080");
}

TEST(Refang, LeavesTheRestAlone) {
  for (const char* s : {"", "evil.example", "http://[2001:db8::1]:8080/x", "[2001:db8::1]:443", "http://evil.example/a(1).php", "http://evil.example/foo;",
                        "http://evil.example/a.", "bücher.example", "http://evil.example/?a[0]=1&b={x}", "*.evil.example/*", "httpd.example", "http.example",
                        "hop://x", "evil.example/[x]", "http://evil.example/\\d"})
    EXPECT_EQ(refang(s), s);
  EXPECT_EQ(refang("[2001:db8::1]"), "2001:db8::1");
}

TEST(Refang, IsIdempotent) {
  static const std::string_view pieces[] = {"[", "]", "(",   ")",   "{",    "}",    "<",   ">",    ".",       "dot",      "at", "@",
                                            ":", "/", "//",  "\\",  "hxxp", "http", "s",   "evil", "example", " ",        "*",  "\"",
                                            "'", ",", "[.]", "[:]", "://",  "meow", "fxp", "1",    "::",      "\xC2\xA0", "ü"};
  std::mt19937 random(17);
  for (int i = 0; i < 60000; ++i) {
    std::string text;
    for (auto n = random() % 12; n > 0; --n) text += pieces[random() % std::size(pieces)];
    const auto once = refang(text);
    ASSERT_EQ(refang(once), once) << text;
  }
}

TEST(Refang, TakesLinearTime) {
  const auto begin = std::chrono::steady_clock::now();
  for (const std::string_view piece : {"[.", "[", "]", "(((", "[.]", "http:", "\\.", ". ", "[[.]", "\"", ".]"}) {
    std::string text;
    while (text.size() < 1'000'000) text += piece;
    refang(text);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

}  // namespace
}  // namespace mozu::intel
