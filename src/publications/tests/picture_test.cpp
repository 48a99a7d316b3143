// Pictures are made here byte by byte; the smallest of each kind that a browser shows.
#include "mozu/publications/picture.hpp"

#include <gtest/gtest.h>

#include <string>

#include "mozu/publications/attachments.hpp"

namespace mozu::publications {
namespace {

using std::string_literals::operator""s;

std::string big(std::uint32_t n) { return {static_cast<char>(n >> 24), static_cast<char>(n >> 16), static_cast<char>(n >> 8), static_cast<char>(n)}; }
std::string chunk(const std::string& name, const std::string& content) { return big(static_cast<std::uint32_t>(content.size())) + name + content + "crc!"; }
std::string png(std::uint32_t width, std::uint32_t height) {
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", big(width) + big(height) + "\x08\x02\0\0\0"s) + chunk("IDAT", "pixels") + chunk("IEND", "");
}
std::string jpeg(char high, char wide) { return "\xff\xd8\xff\xe0\0\x04JF\xff\xc0\0\x08\x08\0"s + high + "\0"s + wide + "\x01\xff\xda\0\x02pixels\xff\xd9"s; }
std::string code(std::string_view bytes) {
  const auto trouble = picture_trouble(bytes);
  return trouble ? trouble->code : std::string();
}

/// 10 by 20, two colours, a comment, one picture.
std::string gif() {
  return "GIF89a\x0a\0\x14\0\x80\0\0\0\0\0\xff\xff\xff"
         "!\xfe\x03; ;\0"
         ",\0\0\0\0\x0a\0\x14\0\0\x02\x02\x4c\x01\0;"s;
}

TEST(Picture, IsTakenIfItIsThereToItsEnd) {
  EXPECT_EQ(code(png(10, 20)), "");
  EXPECT_EQ(code(jpeg(10, 20)), "");
  EXPECT_EQ(code(gif()), "");
  EXPECT_EQ(code("RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x09\0\0\x13\0\0"s), "");
}

TEST(Picture, CutAnywhereIsTold) {
  for (const std::string& whole : {png(10, 20), jpeg(10, 20), gif(), "RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x09\0\0\x13\0\0"s})
    for (std::size_t n = 0; n < whole.size(); ++n) EXPECT_NE(code(whole.substr(0, n)), "") << picture_type(whole) << " cut at " << n;
}

TEST(Picture, TooLargeForABrowserIsTold) {
  EXPECT_EQ(code(png(60'000, 10)), "figure-too-large");
  EXPECT_EQ(code(png(20'000, 20'000)), "figure-too-large");
  EXPECT_EQ(code(png(0xffffffff, 0xffffffff)), "figure-too-large");
  EXPECT_EQ(code(png(0, 20)), "figure-damaged");
}

TEST(Picture, WhatIsNoneIsNone) {
  for (const std::string_view other : {"", "x", "<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "%PDF-1.7", "\x89PNG", "RIFFxxxxWAVE"})
    EXPECT_EQ(code(other), "figure-kind");
  // Lengths that lead beyond the end, or nowhere.
  EXPECT_EQ(code("\x89PNG\r\n\x1a\n"s + "\xff\xff\xff\xffIHDR"s + std::string(40, 'x')), "figure-damaged");
  EXPECT_EQ(code("\xff\xd8\xff\xe0\0\0rest"s), "figure-damaged");
  EXPECT_EQ(code("\xff\xd8"s + std::string(1000, '\xff')), "figure-damaged");
}

}  // namespace
}  // namespace mozu::publications
