#include "mozu/base/time.hpp"

#include <gtest/gtest.h>

#include <ctime>

namespace mozu {
namespace {

std::string iso(std::string_view s) {
  const auto t = parse_time_iso(s);
  return t ? format_time(*t) : "none";
}
std::string any(std::string_view s) {
  const auto t = parse_time_any(s);
  return t ? format_time(*t) : "none";
}

TEST(Time, CivilRoundTripOverFourHundredYears) {
  for (std::int64_t day = -800'000; day <= 2'900'000; day += 13) {
    const Timestamp t{day * 86'400'000 + 45'296'789};
    const CivilTime c = to_civil(t);
    ASSERT_TRUE(is_valid(c));
    ASSERT_EQ(from_civil(c), t) << day;
  }
}

TEST(Time, CivilAgreesWithTheSystem) {
  for (std::int64_t s = -2'000'000'000; s < 4'000'000'000; s += 9'876'543) {
    const std::time_t seconds = static_cast<std::time_t>(s);
    std::tm tm{};
    gmtime_r(&seconds, &tm);
    const CivilTime c = to_civil({s * 1000});
    ASSERT_EQ(c.year, tm.tm_year + 1900);
    ASSERT_EQ(c.month, tm.tm_mon + 1);
    ASSERT_EQ(c.day, tm.tm_mday);
    ASSERT_EQ(c.hour * 3600 + c.minute * 60 + c.second, tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec);
  }
}

TEST(Time, ReadsIsoShapes) {
  EXPECT_EQ(iso("2026-11-01"), "2026-11-01T00:00:00Z");
  EXPECT_EQ(iso("2026-11-01T10:00:00Z"), "2026-11-01T10:00:00Z");
  EXPECT_EQ(iso("2026-11-01 10:00:00"), "2026-11-01T10:00:00Z");
  EXPECT_EQ(iso("2026-11-01T10:00"), "2026-11-01T10:00:00Z");
  EXPECT_EQ(iso("2026-11-01 10:00:00 UTC"), "2026-11-01T10:00:00Z");
  EXPECT_EQ(iso("2026-11-01T10:00:00.123456789Z"), "2026-11-01T10:00:00.123Z");
  EXPECT_EQ(iso("2026-11-01T10:00:00,5"), "2026-11-01T10:00:00.500Z");
  EXPECT_EQ(iso("2026-11-01T10:00:00+02:00"), "2026-11-01T08:00:00Z");
  EXPECT_EQ(iso("2026-11-01T10:00:00-0530"), "2026-11-01T15:30:00Z");
  EXPECT_EQ(iso("2026-11-01T10:00:00+09"), "2026-11-01T01:00:00Z");
  EXPECT_EQ(iso("2026-01-01T00:00:00+00:01"), "2025-12-31T23:59:00Z");
  EXPECT_EQ(iso("2016-12-31T23:59:60Z"), "2016-12-31T23:59:59.999Z");
  EXPECT_EQ(iso("2024-02-29"), "2024-02-29T00:00:00Z");
}

TEST(Time, RefusesWhatIsNoTime) {
  for (const auto bad : {"",
                         "2026",
                         "2026-11",
                         "2026-13-01",
                         "2026-00-01",
                         "2026-02-29",
                         "2100-02-29",
                         "2026-11-31",
                         "2026-11-01T",
                         "2026-11-01T1",
                         "2026-11-01T24:00:00",
                         "2026-11-01T10:60:00",
                         "2026-11-01T10:00:61",
                         "2026-11-01T10:00:00.",
                         "2026-11-01T10:00:00Zx",
                         "2026-11-01T10:00:00+",
                         "2026-11-01T10:00:00+2",
                         "2026-11-01T10:00:00+24:00",
                         "2026-11-01T10:00:00+02:60",
                         "1899-12-31",
                         "2026-11-01x",
                         " 2026-11-01",
                         "2026-11-01 ",
                         "2026/11/01",
                         "2026-11-01T10:00:00 PST"})
    EXPECT_EQ(iso(bad), "none") << bad;
}

TEST(Time, ReadsTheOtherShapesOfFeeds) {
  EXPECT_EQ(any("1793527200"), "2026-11-01T10:00:00Z");
  EXPECT_EQ(any("1793527200.25"), "2026-11-01T10:00:00.250Z");
  EXPECT_EQ(any("1793527200123"), "2026-11-01T10:00:00.123Z");
  EXPECT_EQ(any("01.11.2026"), "2026-11-01T00:00:00Z");
  EXPECT_EQ(any("1.11.2026 9:05"), "2026-11-01T09:05:00Z");
  EXPECT_EQ(any("01.11.2026 10:00:30"), "2026-11-01T10:00:30Z");
  EXPECT_EQ(any("2026/11/01"), "2026-11-01T00:00:00Z");
  EXPECT_EQ(any("2026/11/1 10:00:00.5"), "2026-11-01T10:00:00.500Z");
  EXPECT_EQ(any("2026-1-2"), "2026-01-02T00:00:00Z");
  EXPECT_EQ(any("Nov 22 2026"), "2026-11-22T00:00:00Z");
  EXPECT_EQ(any("Nov 22, 2026 10:11:12"), "2026-11-22T10:11:12Z");
  EXPECT_EQ(any("November 22, 2026"), "2026-11-22T00:00:00Z");
  EXPECT_EQ(any("22 Nov 2026 10:11:12 +0100"), "2026-11-22T09:11:12Z");
  EXPECT_EQ(any("Sun, 22 Nov 2026 10:11:12 GMT"), "2026-11-22T10:11:12Z");
  EXPECT_EQ(any("Sun Nov 22 10:11:12 2026"), "2026-11-22T10:11:12Z");
  EXPECT_EQ(any("22-Sep-2026"), "2026-09-22T00:00:00Z");
  EXPECT_EQ(any("  2026-11-01T10:00:00Z\n"), "2026-11-01T10:00:00Z");
}

TEST(Time, AnyRefusesNumbersAndWords) {
  for (const auto bad : {"", "now", "12", "123456789", "12345678901", "32.01.2026", "01.13.2026", "Foo 22 2026", "Nov 2026", "22 Nov", "Nov 31 2026",
                         "1793527200x", "2026/11-01"})
    EXPECT_EQ(any(bad), "none") << bad;
}

TEST(Time, FormatClampsToFourDigitYears) {
  EXPECT_EQ(format_time(Timestamp::min()), "0000-01-01T00:00:00Z");
  EXPECT_EQ(format_time(Timestamp::max()), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(format_time({-1}), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(format_time({0}), "1970-01-01T00:00:00Z");
}

}  // namespace
}  // namespace mozu
