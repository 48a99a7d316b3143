#include "mozu/live/refang.hpp"

#include <gtest/gtest.h>

namespace mozu::live {
namespace {

std::string text(std::string_view s) {
  Refanged r;
  return r.refang(s) ? std::string(r.text()) : "unchanged";
}

TEST(Refang, ReplacesMarksOnly) {
  EXPECT_EQ(text("hxxp://evil[.]example/a"), "http://evil.example/a");
  EXPECT_EQ(text("HXXPS[://]evil(dot)example"), "httpS://evil.example");
  EXPECT_EQ(text("a[at]evil{.}example b[@]x[DOT]example"), "a@evil.example b@x.example");
  EXPECT_EQ(text("192[.]0[.]2[.]1[:]443"), "192.0.2.1:443");
  EXPECT_EQ(text("[a] (b) {c} h hx {\"k\":[1,\".\"]}"), "unchanged");
  EXPECT_EQ(text(""), "unchanged");
  EXPECT_EQ(text("end["), "unchanged");
}

// Every range of the text comes from the smallest raw range that covers it.
TEST(Refang, LeadsBackToTheRawBytes) {
  const std::string_view raw = "x hxxp://evil[.]example/ [dot]z";
  Refanged r;
  ASSERT_TRUE(r.refang(raw));
  EXPECT_EQ(r.text(), "x http://evil.example/ .z");
  const auto raw_of = [&](std::string_view part) {
    const auto at = r.text().find(part);
    const auto begin = r.raw_begin(at), end = r.raw_end(at + part.size());
    return std::string(raw.substr(begin, end - begin));
  };
  EXPECT_EQ(raw_of("x"), "x");
  EXPECT_EQ(raw_of("http://evil.example/"), "hxxp://evil[.]example/");
  EXPECT_EQ(raw_of("evil.example"), "evil[.]example");
  EXPECT_EQ(raw_of("evil"), "evil");
  EXPECT_EQ(raw_of("example"), "example");
  EXPECT_EQ(raw_of("evil."), "evil[.]");
  EXPECT_EQ(raw_of("tp:"), "xp:");
  EXPECT_EQ(raw_of(".z"), "[dot]z");
  EXPECT_EQ(raw_of("z"), "z");
  EXPECT_EQ(r.raw_end(r.text().size()), raw.size());
}

}  // namespace
}  // namespace mozu::live
