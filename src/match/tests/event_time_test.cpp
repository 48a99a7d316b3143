// Times as logs write them.
#include <gtest/gtest.h>

#include "event_time.hpp"

namespace mozu::match::detail {
namespace {

const TimeRules rules{from_civil({2026, 11, 22, 12, 0, 0, 0}), 0, 0};

std::string scanned(std::string_view s, std::string_view rest = "") {
  const auto t = scan_time(s, rules);
  if (!t) return "none";
  EXPECT_EQ(s.substr(t->length), rest) << s;
  return format_time(t->time);
}

TEST(EventTime, ShapesOfDates) {
  EXPECT_EQ(scanned("2026-11-22T10:00:00Z"), "2026-11-22T10:00:00Z");
  EXPECT_EQ(scanned("2026-11-22T10:00:00.123456+05:30"), "2026-11-22T04:30:00.123Z");
  EXPECT_EQ(scanned("2026-11-22 10:00:00,5 x", " x"), "2026-11-22T10:00:00.500Z");
  EXPECT_EQ(scanned("2026/11/22 10:00:00 [error]", " [error]"), "2026-11-22T10:00:00Z");
  EXPECT_EQ(scanned("2026/11/22 - 10:00:00 |", " |"), "2026-11-22T10:00:00Z");
  EXPECT_EQ(scanned("2026-11-09  5:13:12 8 [Warning]", " 8 [Warning]"), "2026-11-09T05:13:12Z");
  EXPECT_EQ(scanned("2026-11-22 10:00:00.311 -05:00 [WRN]", " [WRN]"), "2026-11-22T15:00:00.311Z");
  EXPECT_EQ(scanned("2026-11-22 10:00 x", " x"), "2026-11-22T10:00:00Z");
  EXPECT_EQ(scanned("20261122T100000Z"), "2026-11-22T10:00:00Z");
  EXPECT_EQ(scanned("10/Oct/2000:13:55:36 -0700]", "]"), "2000-10-10T20:55:36Z");
  EXPECT_EQ(scanned("19-Oct-2022 05:34:02.425 client", " client"), "2022-10-19T05:34:02.425Z");
  EXPECT_EQ(scanned("11/22/2026, 7:32:47 PM x", " x"), "2026-11-22T19:32:47Z");
  EXPECT_EQ(scanned("Nov 22 10:00:00 2026"), "2026-11-22T10:00:00Z");
  EXPECT_EQ(scanned("Nov 22 2026 10:00:00.250 CET"), "2026-11-22T09:00:00.250Z");
  EXPECT_EQ(scanned("Oct 26, 2025 at 7:59:41.239 PM UNIFI", " UNIFI"), "2025-10-26T19:59:41.239Z");
  EXPECT_EQ(scanned("Sun Dec 04 04:47:44 2005] x", "] x"), "2005-12-04T04:47:44Z");
  EXPECT_EQ(scanned("Mon Oct 11 09:01:35 CEST 2021|", "|"), "2021-10-11T07:01:35Z");
  EXPECT_EQ(scanned("Wed, 08 Dec 2021 14:02:43 GMT"), "2021-12-08T14:02:43Z");
  EXPECT_EQ(scanned("Nov  2 10:00:00 h", " h"), "2026-11-02T10:00:00Z");
  EXPECT_EQ(scanned("Dec 31 23:59:60 h", " h"), "2025-12-31T23:59:59Z");
}

TEST(EventTime, WhatIsNoTime) {
  for (const char* s :
       {"", "2026", "2026-11-22", "2026-13-22T10:00:00", "2026-11-22T25:00:00", "2026-11-22T10:61:00", "1226-11-22T10:00:00", "99/Foo/2000:10:00:00", "May be",
        "Nov 31 10:00:00", "12345678", "22/11/2026 10:00:00", "March", "10:00:00", "2026-11-22T10", "Nov 22", "2026-02-29 10:00:00", "20261122T10", "2026.11"})
    EXPECT_EQ(scanned(s), "none") << s;
}

TEST(EventTime, Epochs) {
  const auto epoch = [](std::string_view s) {
    const auto t = scan_epoch(s);
    return t ? format_time(t->time) : "none";
  };
  EXPECT_EQ(epoch("1588205199.82437"), "2020-04-30T00:06:39.824Z");
  EXPECT_EQ(epoch("1588205199"), "2020-04-30T00:06:39Z");
  EXPECT_EQ(epoch("1588205199824"), "2020-04-30T00:06:39.824Z");
  EXPECT_EQ(epoch("1588205199824370"), "2020-04-30T00:06:39.824Z");
  EXPECT_EQ(epoch("1588205199824370123"), "2020-04-30T00:06:39.824Z");
  EXPECT_EQ(epoch("9999999999999999999"), "2286-11-20T17:46:39.999Z");
  for (const char* s : {"", "1", "15882051998", "158820519982437012345", "x", "-1588205199"}) EXPECT_EQ(epoch(s), "none") << s;
}

TEST(EventTime, FoundOnlyAtTheFront) {
  std::size_t at = 0;
  const auto found = find_time("W, [2023-03-13T09:25:23.245316 #1]", 64, rules, &at);
  ASSERT_TRUE(found);
  EXPECT_EQ(at, 4U);
  EXPECT_FALSE(find_time(std::string(70, ' ') + "2023-03-13T09:25:23", 64, rules));
  EXPECT_FALSE(find_time("x2023-03-13T09:25:23", 64, rules));
}

TEST(EventTime, RulesFillZoneAndYear) {
  const TimeRules local{rules.reference, 2001, -60};
  EXPECT_EQ(format_time(scan_time("Nov 22 10:00:00", local)->time), "2001-11-22T11:00:00Z");
  EXPECT_FALSE(scan_time("Nov 22 10:00:00", local)->zoned);
  EXPECT_EQ(format_time(scan_time("2026-11-22T10:00:00Z", local)->time), "2026-11-22T10:00:00Z");
  EXPECT_TRUE(scan_time("2026-11-22T10:00:00Z", local)->zoned);
}

}  // namespace
}  // namespace mozu::match::detail
