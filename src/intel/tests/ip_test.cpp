#include <gtest/gtest.h>

#include <random>

#include "mozu/intel/ip.hpp"

namespace mozu::intel {
namespace {

TEST(Ipv4, TakesFourDecimalParts) {
  EXPECT_EQ(parse_ipv4("192.0.2.1"), 0xC0000201U);
  EXPECT_EQ(parse_ipv4("0.0.0.0"), 0U);
  EXPECT_EQ(parse_ipv4("255.255.255.255"), 0xFFFFFFFFU);
  EXPECT_EQ(parse_ipv4("010.001.000.009"), 0x0A010009U) << "leading zeros are decimal";
}

TEST(Ipv4, RefusesEverythingElse) {
  for (const char* s : {"",       "1",        "1.2.3",    "1.2.3.",  ".1.2.3",    "1.2.3.4.",   "1.2.3.4.5",  "256.1.1.1", "1.1.1.256", "0001.1.1.1",
                        "1..2.3", "1.2.3.4 ", " 1.2.3.4", "1.2.3.a", "0x1.2.3.4", "1.2.3.4/24", "1.2.3.1234", "-1.2.3.4",  "1.2.3.+4",  "1,2,3,4"})
    EXPECT_FALSE(parse_ipv4(s)) << s;
  EXPECT_FALSE(parse_ipv4(std::string_view("1.2.3.4\0", 8)));
  EXPECT_FALSE(parse_ipv4(std::string(1 << 16, '1')));
}

TEST(Ipv4, FormatsWhatItParses) {
  std::mt19937 random(7);
  for (int i = 0; i < 200000; ++i) {
    const Ipv4 a = static_cast<Ipv4>(random()) >> (random() % 32);
    ASSERT_EQ(parse_ipv4(format_ipv4(a)), a);
  }
  EXPECT_EQ(format_ipv4(0x01020304), "1.2.3.4");
}

std::string again(std::string_view s) {
  const auto a = parse_ipv6(s);
  return a ? format_ipv6(*a) : "refused";
}

TEST(Ipv6, ReadsEveryFormOfRfc4291) {
  EXPECT_EQ(again("2001:DB8:0:0:8:800:200C:417A"), "2001:db8::8:800:200c:417a");
  EXPECT_EQ(again("FF01::101"), "ff01::101");
  EXPECT_EQ(again("::1"), "::1");
  EXPECT_EQ(again("::"), "::");
  EXPECT_EQ(again("1::"), "1::");
  EXPECT_EQ(again("0:0:0:0:0:0:13.1.68.3"), "::d01:4403");
  EXPECT_EQ(again("::13.1.68.3"), "::d01:4403");
  EXPECT_EQ(again("::FFFF:129.144.52.38"), "::ffff:129.144.52.38");
  EXPECT_EQ(again("::ffff:8190:3426"), "::ffff:129.144.52.38");
  EXPECT_EQ(again("64:ff9b::192.0.2.033"), "64:ff9b::c000:221") << "embedded parts are decimal too";
  EXPECT_EQ(again("1:2:3:4:5:6:7::"), "1:2:3:4:5:6:7:0");
  EXPECT_EQ(again("::2:3:4:5:6:7:8"), "0:2:3:4:5:6:7:8");
  EXPECT_EQ(again("0001:0002:0003:0004:0005:0006:255.255.255.255"), "1:2:3:4:5:6:ffff:ffff");
}

TEST(Ipv6, WritesRfc5952) {
  EXPECT_EQ(again("2001:0db8::0001"), "2001:db8::1");
  EXPECT_EQ(again("2001:db8:0:0:0:0:2:1"), "2001:db8::2:1");
  EXPECT_EQ(again("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1") << "one zero group is not shortened";
  EXPECT_EQ(again("2001:0:0:1:0:0:0:1"), "2001:0:0:1::1") << "the longest run";
  EXPECT_EQ(again("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1") << "the first of equal runs";
  EXPECT_EQ(again("0:0:1::"), "0:0:1::");
  EXPECT_EQ(again("1:0:0:2:0:0:0:0"), "1:0:0:2::");
}

TEST(Ipv6, RefusesEverythingElse) {
  for (const char* s : {"",
                        ":",
                        ":::",
                        "1",
                        "1:2:3:4:5:6:7",
                        "1:2:3:4:5:6:7:8:9",
                        "1:2:3:4:5:6:7:8::",
                        "::1:2:3:4:5:6:7:8",
                        "1::2::3",
                        "12345::",
                        "g::",
                        "1:",
                        ":1",
                        "1:2:3:4:5:6:7:",
                        ":1:2:3:4:5:6:7:8",
                        "::1.2.3",
                        "::1.2.3.256",
                        "1:2:3:4:5:6:7:1.2.3.4",
                        "1.2.3.4",
                        "1.2.3.4::",
                        "::1.2.3.4:1",
                        "fe80::1%eth0",
                        "[::1]",
                        " ::1",
                        "::1 ",
                        "::ffff:1.2.3.4.5",
                        "1:2:3:4:5:6:1.2.3.4.",
                        "::1/128",
                        "::.1.2.3"})
    EXPECT_FALSE(parse_ipv6(s)) << s;
  EXPECT_FALSE(parse_ipv6(std::string(1 << 16, ':')));
}

TEST(Ipv6, FormatsWhatItParses) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 100000; ++i) {
    Ipv6 a;
    for (auto& b : a.bytes) b = random() % 3 == 0 ? static_cast<std::uint8_t>(random()) : std::uint8_t{0};
    ASSERT_EQ(parse_ipv6(format_ipv6(a)), a) << format_ipv6(a);
  }
}

TEST(Range, CidrCoversItsBlock) {
  const auto r = cidr_range(0xC0000237, 24);
  EXPECT_EQ(r.first, 0xC0000200U);
  EXPECT_EQ(r.last, 0xC00002FFU);
  EXPECT_EQ(cidr_range(5, 0), (Ipv4Range{0, 0xFFFFFFFF}));
  EXPECT_EQ(cidr_range(5, 32), (Ipv4Range{5, 5}));
  const auto a = *parse_ipv6("2001:db8:1234:5678::1");
  EXPECT_EQ(format_ipv6(cidr_range(a, 36).first), "2001:db8:1000::");
  EXPECT_EQ(format_ipv6(cidr_range(a, 36).last), "2001:db8:1fff:ffff:ffff:ffff:ffff:ffff");
  EXPECT_EQ(cidr_range(a, 128), (Ipv6Range{a, a}));
  EXPECT_EQ(format_ipv6(cidr_range(a, 0).last), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

TEST(Range, TextIsCidrWhereItIsOneBlock) {
  EXPECT_EQ(format_range(Ipv4Range{0xC0000200, 0xC00002FF}), "192.0.2.0/24");
  EXPECT_EQ(format_range(Ipv4Range{0xC0000201, 0xC00002FF}), "192.0.2.1-192.0.2.255");
  EXPECT_EQ(format_range(Ipv4Range{0xC0000201, 0xC0000201}), "192.0.2.1");
  EXPECT_EQ(format_range(Ipv4Range{0xC00002FF, 0xC0000300}), "192.0.2.255-192.0.3.0") << "two neighbours of different blocks";
  EXPECT_EQ(format_range(Ipv4Range{0, 0xFFFFFFFF}), "0.0.0.0/0");
  EXPECT_EQ(format_range(cidr_range(*parse_ipv6("2001:db8::"), 32)), "2001:db8::/32");
  EXPECT_EQ(format_range(Ipv6Range{*parse_ipv6("2001:db8::1"), *parse_ipv6("2001:db8::3")}), "2001:db8::1-2001:db8::3");
  std::mt19937 random(3);
  for (int i = 0; i < 20000; ++i) {
    const int bits = static_cast<int>(random() % 32);
    const auto r = cidr_range(static_cast<Ipv4>(random()), bits);
    ASSERT_EQ(format_range(r), format_ipv4(r.first) + "/" + std::to_string(bits));
  }
}

}  // namespace
}  // namespace mozu::intel
