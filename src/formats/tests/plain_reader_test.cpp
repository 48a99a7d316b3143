#include <gtest/gtest.h>

#include "feed_reading.hpp"

namespace mozu::formats::test {
namespace {

TEST(PlainReader, ReadsMixedValuesOneALine) {
  const auto r = read(
      "evil.example\n192.0.2.7\n2001:db8::7\nhttp://evil.example/a?b=1\nbad@evil.example\n"
      "0123456789abcdef0123456789abcdef\n198.51.100.0/24\r\n203.0.113.9:8080\n");
  ASSERT_TRUE(r.status) << r.status.error().message;
  EXPECT_EQ(r.statistics.format, "plain");
  EXPECT_EQ(r.values(), (Strings{"domain evil.example", "ipv4 192.0.2.7", "ipv6 2001:db8::7", "url evil.example/a?b=1", "email bad@evil.example",
                                 "md5 0123456789abcdef0123456789abcdef", "ipv4-range 198.51.100.0/24", "ipv4 203.0.113.9"}));
  EXPECT_EQ(r.context(7, "port"), "8080");
  EXPECT_EQ(r.statistics.rows, 8U);
  EXPECT_EQ(r.statistics.by_kind[static_cast<std::size_t>(intel::PatternKind::ipv4)], 2U);
}

TEST(PlainReader, PassesCommentsByAndKeepsTrailingOnesAsContext) {
  const auto r = read("# a list\n; another\n// third\nevil.example # seen in mail\n192.0.2.0/24 ; SBL1\nhttp://evil.example/x#y // note\n\n");
  EXPECT_EQ(r.values(), (Strings{"domain evil.example", "ipv4-range 192.0.2.0/24", "url evil.example/x"}));
  EXPECT_EQ(r.context(0, "description"), "seen in mail");
  EXPECT_EQ(r.context(1, "description"), "SBL1");
  EXPECT_EQ(r.statistics.refused, 0U);
}

TEST(PlainReader, ReadsHostsFiles) {
  const auto r = read("127.0.0.1 localhost\n::1 ip6-localhost\n0.0.0.0 evil.example www.evil.example # both\n127.0.0.1\tbad.example\n");
  EXPECT_EQ(r.values(), (Strings{"domain evil.example", "domain www.evil.example", "domain bad.example"}));
  EXPECT_EQ(r.statistics.refused, 0U);
}

TEST(PlainReader, ReadsFirewallLists) {
  const auto r = read("create black hash:net family inet\nadd black 192.0.2.0/25\nadd black 198.51.100.3 timeout 60\n-A black 203.0.113.4,tcp:80\nCOMMIT\n");
  EXPECT_EQ(r.values(), (Strings{"ipv4-range 192.0.2.0/25", "ipv4 198.51.100.3", "ipv4 203.0.113.4"}));
}

TEST(PlainReader, ReadsAdBlockRules) {
  const auto r =
      read("[Adblock Plus 2.0]\n! Title: x\n||evil.example^\n||ads.example^$third-party\n||evil.example/bad/path\n@@||good.example^\nexample.org##.banner\n");
  EXPECT_EQ(r.values(), (Strings{"domain evil.example", "domain ads.example", "url-mask *.evil.example/bad/path*"}));
  EXPECT_EQ(r.passed_over("exception-rule"), 1U);
  EXPECT_EQ(r.passed_over("cosmetic-rule"), 1U);
}

TEST(PlainReader, ReadsResolverLines) {
  const auto r = read(
      "address=/evil.example/0.0.0.0\nserver=/bad.example/\nlocal-zone: \"worse.example\" always_nxdomain\n"
      "$TTL 60\n@ SOA localhost. root.localhost. 1 2 3 4 5\nrpz.evil.example CNAME .\n*.rpz2.example 60 IN CNAME .\n32.1.2.0.192.rpz-ip CNAME .\n");
  EXPECT_EQ(r.values(), (Strings{"domain evil.example", "domain bad.example", "domain worse.example", "domain rpz.evil.example", "domain rpz2.example"}));
  EXPECT_EQ(r.passed_over("policy-zone-trigger"), 1U);
}

TEST(PlainReader, RefangsAndTakesCounts) {
  const auto r = read("hxxp://evil[.]example/a\nbad[.]example\n192.0.2[.]5\n198.51.100.77\t9\n203.0.113.1 - 203.0.113.9\n.dot.example\n");
  EXPECT_EQ(r.values(), (Strings{"url evil.example/a", "domain bad.example", "ipv4 192.0.2.5", "ipv4 198.51.100.77", "ipv4-range 203.0.113.1-203.0.113.9",
                                 "domain dot.example"}));
  EXPECT_EQ(r.context(3, "count"), "9");
}

TEST(PlainReader, RefusesWithLineReasonAndValue) {
  const auto r = read("evil.example\nbad.example\nworse.example\n10.0.0.0/8\nnot a value at all\nmutex_of_something\n");
  EXPECT_EQ(r.statistics.indicators, 3U);
  EXPECT_EQ(r.refused("indicator-too-broad"), 1U);     // a private range
  EXPECT_EQ(r.refused("indicator-unrecognised"), 1U);  // a single word
  EXPECT_EQ(r.passed_over("text"), 1U);
  ASSERT_FALSE(r.diagnostics.kept().empty());
  const Diagnostic& d = r.diagnostics.kept().front();
  EXPECT_EQ(d.where.file, "feed");
  EXPECT_EQ(d.where.line, 4U);
  EXPECT_NE(d.message.find("10.0.0.0/8"), std::string::npos) << d.message;
  EXPECT_EQ(d.severity, Severity::warning);
}

TEST(PlainReader, FileNamesAndPathsAreNoIndicators) {
  const auto r = read("evil.example\nbad.example\ndropper.exe\nC:\\Windows\\x.dll\nHKEY_CURRENT_USER\\Software\\x\nCVE-2021-1234\n/gate.php\n");
  EXPECT_EQ(r.statistics.indicators, 2U);
  EXPECT_EQ(r.passed_over("file-name"), 1U);
  EXPECT_EQ(r.passed_over("file-path"), 1U);
  EXPECT_EQ(r.passed_over("registry-key"), 1U);
}

TEST(PlainReader, TakesWhatIsClearOutOfSentences) {
  const auto r = read("evil.example\nbad.example\nThe C2 was at hxxp://c2[.]example/gate and 192.0.2.99, see https://blog.example.org/post.\n");
  EXPECT_EQ(r.values(), (Strings{"domain evil.example", "domain bad.example", "url c2.example/gate", "ipv4 192.0.2.99"}));
}

TEST(PlainReader, SentencesWithAddressesAreNoList) {
  EXPECT_EQ(read("Our resolver is 192.0.2.8, and the gateway\nwas 192.0.2.9 before it moved.\n").error(), "not-a-feed");
}

TEST(PlainReader, SurvivesNulAndVeryLongLines) {
  std::string text = "evil.example\n";
  text += std::string("192.0.2.1\0junk", 14) + "\n";
  text += std::string(3 << 20, 'a') + "\nbad.example\n";
  const auto r = read_as("plain", text);
  ASSERT_TRUE(r.status);
  EXPECT_EQ(r.refused("line-too-long"), 1U);
  ASSERT_GE(r.indicators.size(), 2U);
  EXPECT_EQ(r.indicators.back().pattern.value, "bad.example");
}

TEST(PlainReader, ReadsUtf16AndMixedLineEnds) {
  std::string utf16 = "\xff\xfe";
  for (const char c : std::string_view("evil.example\r\n192.0.2.1\n")) utf16 += std::string{c, '\0'};
  EXPECT_EQ(read(utf16).values(), (Strings{"domain evil.example", "ipv4 192.0.2.1"}));
  EXPECT_EQ(read("\xef\xbb\xbf"
                 "evil.example\r\nbad.example")
                .values(),
            (Strings{"domain evil.example", "domain bad.example"}));
}

}  // namespace
}  // namespace mozu::formats::test
