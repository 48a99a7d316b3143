#include "mozu/base/base64.hpp"

#include <gtest/gtest.h>

using namespace mozu;
using namespace std::string_view_literals;

// RFC 4648 §10.
TEST(Base64, WritesAndReadsTheExamplesOfTheStandard) {
  constexpr std::pair<std::string_view, std::string_view> examples[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : examples) {
    EXPECT_EQ(base64(bytes), text);
    for (const auto rule : {Base64::padded, Base64::unpadded, Base64::mail}) EXPECT_EQ(from_base64(text, rule), bytes) << text;
  }
}

TEST(Base64, EveryByteComesBack) {
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  EXPECT_EQ(from_base64(base64(all)), all);
  EXPECT_EQ(from_base64(base64url(all), Base64::mail), all);
}

TEST(Base64, UrlsHaveTheirOwnAlphabetAndNoPadding) {
  EXPECT_EQ(base64("\xfb\xff"sv), "+/8=");
  EXPECT_EQ(base64url("\xfb\xff"sv), "-_8");
  EXPECT_EQ(from_base64("-_8=", Base64::padded), std::nullopt);
  EXPECT_EQ(from_base64("-_8=", Base64::unpadded), std::nullopt);
}

TEST(Base64, PaddedTakesNothingButGroupsOfFour) {
  for (const auto text : {"Zg"sv, "Zg="sv, "Zm9vYg="sv, "="sv, "===="sv, "Z==="sv, "Zg==Zg=="sv, "Z g="sv, "Zm9v\n"sv, "Zm\0v"sv, "Zm\xc3\xa4"sv})
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
}

TEST(Base64, UnpaddedTakesFewerSignsAtTheEndAndNoneWithin) {
  for (const auto text : {"Zg"sv, "Zg="sv, "Zg=="sv}) EXPECT_EQ(from_base64(text, Base64::unpadded), "f") << text;
  for (const auto text : {"Zg==="sv, "Zg=a"sv, "Z g"sv}) EXPECT_EQ(from_base64(text, Base64::unpadded), std::nullopt) << text;
}

TEST(Base64, MailPassesOverWhatIsInNoAlphabet) {
  EXPECT_EQ(from_base64("Zm9v\r\nYm Fy!", Base64::mail), "foobar");
  EXPECT_EQ(from_base64("Zg==\r\nZg==", Base64::mail)->size(), 3U);  // as mail programs do: the second text is not begun anew
}
