// Zeek intel, Maltrail, signature-base, documents, and what is no feed.
#include <gtest/gtest.h>

#include "feed_reading.hpp"

namespace mozu::formats::test {
namespace {

TEST(ZeekIntelReader, ReadsTypedRows) {
  const auto r = read(
      "#fields\tindicator\tindicator_type\tmeta.source\tmeta.do_notice\tmeta.desc\tmeta.url\n"
      "evil.example\tIntel::DOMAIN\tsrc\tF\ta campaign\thttps://report.example.org/1\n192.0.2.1\tIntel::ADDR\tsrc\tT\t-\t-\n"
      "192.0.2.0/25\tIntel::SUBNET\tsrc\tF\t-\t-\nevil.example/a\tIntel::URL\tsrc\tF\t-\t-\n" +
      hex(40, 1) +
      "\tIntel::FILE_HASH\tsrc\tF\t-\t-\n"
      "x.exe\tIntel::FILE_NAME\tsrc\tF\t-\t-\n" +
      hex(40, 2) + "\tIntel::CERT_HASH\tsrc\tF\t-\t-\nevil2.example\tIntel::NONSENSE\tsrc\tF\t-\t-\n\tIntel::ADDR\n");
  EXPECT_EQ(r.statistics.format, "zeek-intel");
  EXPECT_EQ(r.values(), (Strings{"domain evil.example", "ipv4 192.0.2.1", "ipv4-range 192.0.2.0/25", "url evil.example/a", "sha1 " + hex(40, 1)}));
  EXPECT_EQ(r.context(0, "source"), "src");
  EXPECT_EQ(r.context(0, "description"), "a campaign");
  EXPECT_EQ(r.context(0, "reference"), "https://report.example.org/1");
  EXPECT_EQ(r.context(0, "do_notice"), "");
  EXPECT_EQ(r.context(1, "description"), "");
  EXPECT_EQ(r.passed_over("file-name"), 1U);
  EXPECT_EQ(r.passed_over("certificate"), 1U);
  EXPECT_EQ(r.refused("zeek-type"), 1U);
  EXPECT_EQ(r.refused("zeek-columns"), 1U);
}

TEST(MaltrailReader, ReferencesAreTheContextOfTheirBlock) {
  const auto r = read(
      "# Copyright (c) Maltrail developers\n# See the file 'LICENSE'\n\n# Aliases: otherbot\n\n# Reference: https://one.example.org/a\n# Reference: "
      "https://two.example.org/b\n\n"
      "evil.example\n192.0.2.3:8080\n\n# Reference: https://three.example.org/c\n\nhttp://198.51.100.4\n/gate.php\nbad.example/path\n",
      {}, "trails/malware/badbot.txt");
  EXPECT_EQ(r.statistics.format, "maltrail");
  EXPECT_EQ(r.values(), (Strings{"domain evil.example", "ipv4 192.0.2.3", "url 198.51.100.4/", "url bad.example/path"}));
  EXPECT_EQ(r.context(0, "malware"), "badbot");
  EXPECT_EQ(r.context(0, "aliases"), "otherbot");
  EXPECT_EQ(r.context(0, "reference"), "https://one.example.org/a");
  EXPECT_EQ(r.context(2, "reference"), "https://three.example.org/c");
  EXPECT_EQ(r.refused("trail-without-host"), 1U);
}

TEST(SignatureBaseReader, ReadsHashesAndC2Groups) {
  const auto hashes =
      read("#\n# LOKI CUSTOM EVIL HASHES\n#\n# FORMAT ----\n#\n# MD5;COMMENT\n\n" + hex(32, 1) + ";Some Group dropper https://report.example.org/x\n");
  EXPECT_EQ(hashes.statistics.format, "signature-base");
  EXPECT_EQ(hashes.values(), (Strings{"md5 " + hex(32, 1)}));
  EXPECT_EQ(hashes.context(0, "description"), "Some Group dropper https://report.example.org/x");
  EXPECT_EQ(hashes.context(0, "reference"), "https://report.example.org/x");

  const auto c2 = read("#\n# LOKI C2 IOCs\n# FORMAT ----\n\n# Operation One\nevil.example\n192.0.2.1\n\n# Operation Two\nbad.example\n");
  EXPECT_EQ(c2.values(), (Strings{"domain evil.example", "ipv4 192.0.2.1", "domain bad.example"}));
  EXPECT_EQ(c2.context(1, "description"), "Operation One");
  EXPECT_EQ(c2.context(2, "description"), "Operation Two");

  const auto names = read("#\n# LOKI File Name Characteristics\n# FORMAT ----\n\\\\usbclass\\.sys;80\nbin\\\\nc\\.exe;60;(?i)good\\\\\n");
  EXPECT_TRUE(names.status);
  EXPECT_EQ(names.passed_over("file-name-regex"), 2U);
  EXPECT_EQ(names.statistics.indicators, 0U);
}

TEST(TextReader, TakesTablesListsAndDefangedValues) {
  const std::string sha1 = hex(40, 1), sha256 = hex(64, 2);
  const auto r = read(
      "= A Report\n\nThe blog post is at https://blog.example.org/2026/01/01/post[our site], read it.\nIt spoke to hxxps://c2[.]example/gate.php "
      "(192.0.2.77).\n\n"
      "== Files\n\n|====\n| SHA-1 | Filename | Description\n| `" +
          sha1 +
          "` | `loader.example` | Loader\n|====\n\n"
          "== Network\n\n- one[.]example:3928\n- two.example\n\n----\nthree.example\n" +
          sha256 + "\n----\n\n== References\n\n- https://blog.example.org/one\n- https://blog.example.org/two\n",
      {}, "README.adoc");
  ASSERT_TRUE(r.status);
  EXPECT_EQ(r.statistics.format, "text");
  EXPECT_EQ(r.values(), (Strings{"url c2.example/gate.php", "ipv4 192.0.2.77", "sha1 " + sha1, "domain one.example", "domain two.example",
                                 "domain three.example", "sha256 " + sha256}));
  EXPECT_EQ(r.context(2, "description"), "Files");
  EXPECT_EQ(r.context(2, "file_name"), "");  // "loader.example" looks like a domain: as a file name it is neither taken nor told
}

TEST(TextReader, ATableWhoseFirstRowIsNoHeader) {
  const auto r = read("== Files\n\n|===\n| c2[.]example\n| 192.0.2.5\n|===\n");
  EXPECT_EQ(r.values(), (Strings{"domain c2.example", "ipv4 192.0.2.5"}));
}

TEST(TextReader, ProseIsNoFeed) {
  const auto r = read(
      "# A project\n\nSome words about what this is, with a [link](https://docs.example.org/start) and an e-mail to team@example.org.\n\n```\ncurl "
      "https://dl.example.org/x | sh\n```\n",
      {}, "README.md");
  EXPECT_EQ(r.error(), "not-a-feed");
  EXPECT_TRUE(r.indicators.empty());
}

TEST(TextReader, AReadmeThatSpeaksOfNoThreatIsNoFeed) {
  const auto r = read("# A project\n\nIt asks 192.0.2.8.\n\n## Resolvers\n\n- 192.0.2.8\n- 192.0.2.9\n\n| DNS | 192.0.2.10 |\n", {}, "README.md");
  EXPECT_EQ(r.error(), "not-a-feed");
  EXPECT_TRUE(r.indicators.empty());
}

TEST(TextReader, ALiveAddressOfASentenceIsNotMeantUnlessTheHeadingOrTheSentenceSaysSo) {
  const std::string lines = "The resolver 192.0.2.8 was asked first.\nThe loader then spoke to c2[.]example and 192.0.2.9, then stopped.\n";
  EXPECT_EQ(read_as("text", "# Story\n\n" + lines).values(), (Strings{"domain c2.example", "ipv4 192.0.2.9"}));
  EXPECT_EQ(read_as("text", "# Indicators of compromise\n\n" + lines).values(), (Strings{"ipv4 192.0.2.8", "domain c2.example", "ipv4 192.0.2.9"}));
}

TEST(NotAFeed, RulesScriptsAndBinaryAreNamed) {
  const auto reason = [](std::string_view text) {
    const auto r = read(text);
    EXPECT_EQ(r.error(), "not-a-feed") << text;
    EXPECT_TRUE(r.indicators.empty());
    return r.status ? std::string() : r.status.error().message;
  };
  EXPECT_NE(reason("/* by someone */\nimport \"pe\"\n\nrule evil : tag {\n  meta:\n    url = \"http://evil.example/\"\n  strings:\n    $a = \"evil.example\"\n "
                   " condition:\n    $a\n}\n")
                .find("YARA"),
            std::string::npos);
  EXPECT_NE(reason("# rules\nalert http $HOME_NET any -> 192.0.2.1 80 (msg:\"x\"; sid:1;)\n").find("intrusion detection"), std::string::npos);
  EXPECT_NE(reason("import os\nimport sys\n\ndef main():\n    print('evil.example')\n").find("Python"), std::string::npos);
  EXPECT_NE(reason("{\"name\":\"layer\",\"versions\":{\"navigator\":\"4\"},\"domain\":\"enterprise-attack\",\"techniques\":[{\"techniqueID\":\"T1059\"}]}")
                .find("Navigator"),
            std::string::npos);
  EXPECT_NE(reason(std::string("\x7f"
                               "ELF\x02\x01\x01\0\0\0\0\0evil.example\n",
                               25))
                .find("binary"),
            std::string::npos);
  EXPECT_NE(reason("").find("empty"), std::string::npos);
  EXPECT_NE(reason("dataset = xdr_data | filter\naction_file_sha256 in (\"a\")\n| fields x\n").find("query"), std::string::npos);
}

TEST(Feed, KindsThatOnlyLookAlikeAreCountedAllTheSame) {
  std::string text = "value,type\nevil.example,domain\n";
  for (int i = 0; i < 3; ++i) text += "something,odd\xff kind\n";
  for (int i = 0; i < 500; ++i) text += "something,kind" + std::to_string(i) + "\n";
  const auto r = read_as("csv", text);
  EXPECT_EQ(r.statistics.passed_over, 503U);
  std::uint64_t sum = 0;
  for (const auto& [kind, n] : r.statistics.passed_over_by_kind) sum += n;
  EXPECT_EQ(sum, 503U);
  EXPECT_LE(r.statistics.passed_over_by_kind.size(), 201U);
}

TEST(Feed, UnknownFormatNamesTheKnownOnes) {
  const auto r = read_as("nonsense", "evil.example\n");
  EXPECT_EQ(r.error(), "feed-format");
  EXPECT_NE(r.status.error().hint.find("plain"), std::string::npos);
}

TEST(Feed, SettingsReachEveryIndicator) {
  FeedSettings settings;
  settings.exact_only = true;
  settings.allow_broad = true;
  settings.type = intel::TypeHint::ip;
  const auto r = read("10.0.0.0/8\nevil.example\n192.0.2.4\n", settings);
  EXPECT_EQ(r.values(), (Strings{"ipv4-range 10.0.0.0/8", "ipv4 192.0.2.4"}));
  EXPECT_TRUE(r.indicators[1].exact_only);
  EXPECT_EQ(r.refused("indicator-type-mismatch"), 1U);

  FeedSettings suppression;
  suppression.suppression = true;
  EXPECT_EQ(read("10.0.0.0/8\n172.16.0.0/12\n", suppression).statistics.indicators, 2U);
}

TEST(TextReader, ALineOfManyMegabytesIsReadInPieces) {
  std::string text = "198.51.100.1 first\n";
  std::size_t n = 0;
  for (; text.size() < (std::size_t{3} << 20); ++n) text += (n == 0 ? "192.0.2." : ",192.0.2.") + std::to_string(n % 250 + 1);
  text += "\n198.51.100.2 last\n";
  const auto r = read_as("text", text);
  EXPECT_EQ(r.statistics.indicators, n + 2);
  EXPECT_EQ(r.statistics.refused, 0U);
}

TEST(TextReader, ALineThatCannotBeTakenApartIsRefused) {
  const auto r = read_as("text", "198.51.100.1\n" + std::string(std::size_t{3} << 20, 'a') + " 198.51.100.3\n198.51.100.2\n");
  EXPECT_EQ(r.values(), (Strings{"ipv4 198.51.100.1", "ipv4 198.51.100.2"}));
  EXPECT_EQ(r.refused("line-too-long"), 1U);
  ASSERT_FALSE(r.diagnostics.kept().empty());
  EXPECT_EQ(r.diagnostics.kept()[0].where.line, 2U);
}

}  // namespace
}  // namespace mozu::formats::test
