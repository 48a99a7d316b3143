#include <fmt/core.h>
#include <gtest/gtest.h>

#include "csv_rows.hpp"
#include "feed_reading.hpp"

namespace mozu::formats::test {
namespace {

TEST(CsvReader, MapsWellKnownColumns) {
  const auto r = read(
      "Indicator,Type,Description,First Seen,Tags,Confidence\n"
      "evil[.]example,domain,\"C2, second stage\",2026-01-02,\"rat;c2\",80\n"
      "192.0.2.4,IP,,2026-01-03T04:05:06Z,,\n"
      "ABCDEF0123456789ABCDEF0123456789,FileHash-MD5,dropper,,,\n");
  ASSERT_TRUE(r.status);
  EXPECT_EQ(r.statistics.format, "csv");
  EXPECT_EQ(r.values(), (Strings{"domain evil.example", "ipv4 192.0.2.4", "md5 abcdef0123456789abcdef0123456789"}));
  EXPECT_EQ(r.context(0, "description"), "C2, second stage");
  EXPECT_EQ(r.context(0, "first_seen"), "2026-01-02T00:00:00Z");
  EXPECT_EQ(r.indicators[0].labels, (Strings{"rat", "c2"}));
  EXPECT_EQ(r.indicators[0].confidence, 80);
  EXPECT_EQ(r.context(1, "first_seen"), "2026-01-03T04:05:06Z");
  EXPECT_EQ(r.context(1, "description"), "");
  EXPECT_TRUE(r.indicators[1].labels.empty());
}

TEST(CsvReader, ConfidenceInNumbersAndWords) {
  const auto r = read("indicator,type,confidence\na.example,domain,40%\nb.example,domain,High\nc.example,domain,sure\n");
  ASSERT_EQ(r.indicators.size(), 3U);
  EXPECT_EQ(r.indicators[0].confidence, 40);
  EXPECT_EQ(r.indicators[1].confidence, 85);
  EXPECT_EQ(r.context(2, "confidence"), "sure");
}

TEST(CsvReader, FindsEveryDelimiter) {
  for (const std::string d : {",", ";", "\t", "|"}) {
    const auto r = read("value" + d + "type" + d + "notes\nevil.example" + d + "hostname" + d + "x\n192.0.2.1" + d + "ipaddress" + d + "y\n");
    EXPECT_EQ(r.values(), (Strings{"domain evil.example", "ipv4 192.0.2.1"})) << "delimiter " << d;
    EXPECT_EQ(r.context(1, "description"), "y") << "delimiter " << d;
  }
}

TEST(CsvReader, SeveralValueColumnsShareTheContext) {
  const auto r = read("sha256,md5,C2,Filename\n" + hex(64, 1) + "," + hex(32, 2) + ",evil.example,x.exe\n");
  EXPECT_EQ(r.values(), (Strings{"sha256 " + hex(64, 1), "md5 " + hex(32, 2), "domain evil.example"}));
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(r.context(i, "file_name"), "x.exe");
}

TEST(CsvReader, JudgesColumnsByContentWithoutHeader) {
  const auto r = read("hxxp://evil.example/p,2017-07-27 06:20:28," + hex(64, 3) + ",x\nhxxp://bad.example/,2017-07-28 06:20:28," + hex(64, 4) + ",y\n");
  EXPECT_EQ(r.values(), (Strings{"url evil.example/p", "sha256 " + hex(64, 3), "url bad.example/", "sha256 " + hex(64, 4)}));
  EXPECT_EQ(r.context(0, "first_seen"), "2017-07-27T06:20:28Z");
  EXPECT_EQ(r.context(0, "column4"), "x");
}

TEST(CsvReader, TakesListsInACell) {
  const auto r = read("value,entity_type,description\n\"" + hex(32, 1) + "," + hex(40, 2) + "\",file,two\n" + hex(32, 3) + ";" + hex(64, 4) + ",file,more\n");
  EXPECT_EQ(r.values(), (Strings{"md5 " + hex(32, 1), "sha1 " + hex(40, 2), "md5 " + hex(32, 3), "sha256 " + hex(64, 4)}));
}

TEST(CsvReader, TakesStixPatternsInACell) {
  const auto r = read(
      "IOC, Valid From, Valid Until\n[network-traffic:dst_ip = '192.0.2.9' AND network-traffic:dst_port = "
      "80],2026-01-01T00:00:00Z,2026-02-01T00:00:00Z\nevil.example,2026-01-01T00:00:00Z,\n");
  EXPECT_EQ(r.values(), (Strings{"ipv4 192.0.2.9", "domain evil.example"}));
  EXPECT_EQ(format_time(*r.indicators[0].valid_from), "2026-01-01T00:00:00Z");
  EXPECT_EQ(format_time(*r.indicators[0].valid_until), "2026-02-01T00:00:00Z");
  EXPECT_FALSE(r.indicators[1].valid_until);
}

TEST(CsvReader, OtherKindsArePassedOverByName) {
  const auto r =
      read("Indicator,Type,Description\nevil.example,domain,\n" + hex(32, 1) + ",Public Key,looks like a hash\nSome\\Mutex,Mutex,\nx.exe,Filename,\n");
  EXPECT_EQ(r.values(), (Strings{"domain evil.example"}));
  EXPECT_EQ(r.passed_over("public-key"), 1U);
  EXPECT_EQ(r.passed_over("mutex"), 1U);
  EXPECT_EQ(r.passed_over("file-name"), 1U);
  EXPECT_EQ(r.statistics.refused, 0U);
}

TEST(CsvReader, HarmlessRowsAreNoIndicators) {
  const auto r = read("type,indicator,classification,detected_date\ndomain,evil[.]example,phishing,2026-01-01\ndomain,good[.]example,legitimate,2026-01-01\n");
  EXPECT_EQ(r.values(), (Strings{"domain evil.example"}));
  EXPECT_EQ(r.context(0, "category"), "phishing");
  EXPECT_EQ(r.passed_over("harmless"), 1U);
}

TEST(CsvReader, MappingByNameAndNumber) {
  FeedSettings settings;
  settings.format = "csv";
  settings.mapping = {{"value", "Bad Thing"}, {"actor", "3"}, {"first_seen", "when"}};
  const auto r = read("Bad Thing,when,who\nevil.example,2026-03-04,Some Group\n", settings);
  ASSERT_TRUE(r.status) << r.status.error().message;
  EXPECT_EQ(r.values(), (Strings{"domain evil.example"}));
  EXPECT_EQ(r.context(0, "actor"), "Some Group");
  EXPECT_EQ(r.context(0, "first_seen"), "2026-03-04T00:00:00Z");

  settings.mapping = {{"value", "no such"}};
  const auto wrong = read("Bad Thing,when\nevil.example,2026-03-04\n", settings);
  EXPECT_EQ(wrong.error(), "csv-column");
  settings.mapping = {{"value", "2"}};
  EXPECT_EQ(read("x;evil.example\ny;bad.example\n", settings).values(), (Strings{"domain evil.example", "domain bad.example"}));
}

TEST(CsvReader, MissingColumnsRefuseTheRowOnly) {
  const auto r = read("type,indicator,note\ndomain,evil.example,a\ndomain\ndomain,bad.example,b\n");
  EXPECT_EQ(r.values(), (Strings{"domain evil.example", "domain bad.example"}));
  EXPECT_EQ(r.refused("csv-no-value"), 1U);
  ASSERT_EQ(r.diagnostics.kept().size(), 1U);
  EXPECT_EQ(r.diagnostics.kept()[0].where.line, 3U);
}

TEST(CsvReader, UnclosedQuoteCostsOneRow) {
  const auto r = read("value,type,notes\nevil.example,domain,\"never closed\nbad.example,domain,x\nworse.example,domain,y\n");
  EXPECT_EQ(r.values(), (Strings{"domain bad.example", "domain worse.example"}));
  EXPECT_EQ(r.refused("csv-unclosed-quote"), 1U);
  EXPECT_EQ(r.diagnostics.kept().at(0).where.line, 2U);
}

TEST(CsvReader, UnclosedQuoteIsBoundedInSizeAndTime) {
  std::string text = "value,type,notes\nevil.example,domain,\"open\n";
  for (int i = 0; i < 100'000; ++i) text += "bad" + std::to_string(i) + ".example,domain,x\n";
  const auto r = read(text);
  EXPECT_EQ(r.statistics.indicators, 100'000U);
  EXPECT_EQ(r.refused("csv-unclosed-quote"), 1U);

  // Every line opens a quotation that the next lines keep open: without a bound each would swallow a mebibyte.
  std::string hostile = "value,type\n";
  for (int i = 0; i < 200'000; ++i) hostile += "x\"y,\"z\n";
  EXPECT_GE(read_as("csv", hostile).refused("csv-unclosed-quote"), 100U);
}

TEST(CsvReader, QuotedFieldsMayHoldLineEndsAndDoubledQuotes) {
  const auto r = read("Indicator,Type,Description\nevil.example,domain,\"line one\nline \"\"two\"\"\"\nbad.example,domain,x\n");
  EXPECT_EQ(r.values(), (Strings{"domain evil.example", "domain bad.example"}));
  EXPECT_EQ(r.context(0, "description"), "line one\nline \"two\"");
}

TEST(CsvReader, IsFoundWhereQuotedFieldsHoldMostLines) {
  const std::string note = "\"Seen in a campaign.\n\nIt did:\n- one thing, really\n- \"\"another\"\"; and\n# more\nSee the report.\"";
  std::string text = "name,ioc,note\n";
  for (int i = 0; i < 3; ++i) text += fmt::format("n{},host{}.evil.example,{}\n", i, i, note);
  const auto r = read(text);
  EXPECT_EQ(r.statistics.format, "csv");
  EXPECT_EQ(r.values(), (Strings{"domain host0.evil.example", "domain host1.evil.example", "domain host2.evil.example"}));
}

TEST(CsvReader, IsFoundWhereTheHeadEndsWithinAQuotedField) {
  std::string text = "ioc,note\n";
  for (int i = 0; i < 20; ++i) text += fmt::format("host{}.evil.example,x\n", i);
  text += "last.evil.example,\"";
  while (text.size() < std::size_t{200} << 10) text += "a line of text\n";
  const auto r = read(text + "\"\n");
  EXPECT_EQ(r.statistics.format, "csv");
  EXPECT_EQ(r.indicators.size(), 21U);
}

TEST(CsvReader, AStrayQuoteHidesNoTable) {
  const auto r = read("ioc,size\na.evil.example,\"3\nb.evil.example,4\nc.evil.example,5\" disk\nd.evil.example,6\n");
  EXPECT_EQ(r.statistics.format, "csv");
  EXPECT_TRUE(r.values().size() >= 2);
}

TEST(CsvReader, AbuseChHeaderStandsInAComment) {
  const auto r = read(
      "################\n# Some database dump (CSV)     #\n################\n#\n# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter\n"
      "\"1\",\"2026-01-02 03:04:05\",\"http://evil.example/x.sh\",\"online\",\"2026-01-03 "
      "00:00:00\",\"malware_download\",\"elf,mirai\",\"https://lookup.example.org/url/1/\",\"someone\"\n");
  EXPECT_EQ(r.statistics.format, "abusech-csv");
  EXPECT_EQ(r.values(), (Strings{"url evil.example/x.sh"}));
  EXPECT_EQ(r.context(0, "first_seen"), "2026-01-02T03:04:05Z");
  EXPECT_EQ(r.context(0, "last_seen"), "2026-01-03T00:00:00Z");
  EXPECT_EQ(r.context(0, "threat"), "malware_download");
  EXPECT_EQ(r.context(0, "reference"), "https://lookup.example.org/url/1/");
  EXPECT_EQ(r.indicators[0].labels, (Strings{"elf", "mirai"}));
}

TEST(CsvReader, AbuseChOtherShapes) {
  const auto threatfox = read(
      "# "
      "\"first_seen_utc\",\"ioc_id\",\"ioc_value\",\"ioc_type\",\"threat_type\",\"fk_malware\",\"malware_alias\",\"malware_printable\",\"last_seen_utc\","
      "\"confidence_level\",\"reference\",\"tags\",\"anonymous\",\"reporter\"\n"
      "\"2026-01-02 03:04:05\", \"77\", \"192.0.2.55:4443\", \"ip:port\", \"botnet_cc\", \"win.x\", \"None\", \"X Stealer\", \"\", \"75\", \"None\", \"c2\", "
      "\"0\", \"r\"\n");
  EXPECT_EQ(threatfox.values(), (Strings{"ipv4 192.0.2.55"}));
  EXPECT_EQ(threatfox.context(0, "port"), "4443");
  EXPECT_EQ(threatfox.context(0, "malware"), "X Stealer");
  EXPECT_EQ(threatfox.indicators[0].confidence, 75);

  const auto feodo =
      read("# first_seen_utc,dst_ip,dst_port,c2_status,last_online,malware\n\"2026-01-02 03:04:05\",\"192.0.2.8\",\"443\",\"online\",\"2026-01-03\",\"Bot\"\n");
  EXPECT_EQ(feodo.values(), (Strings{"ipv4 192.0.2.8"}));
  EXPECT_EQ(feodo.context(0, "port"), "443");
  EXPECT_EQ(feodo.context(0, "malware"), "Bot");
}

TEST(CsvReader, LifetimeCountsFromLastSeen) {
  FeedSettings settings;
  settings.lifetime_ms = 86'400'000;
  const auto r = read("value,first_seen,last_seen\nevil.example,2026-01-01,2026-01-05\nbad.example,2026-01-01,\nworse.example,,\n", settings);
  ASSERT_EQ(r.indicators.size(), 3U);
  EXPECT_EQ(format_time(*r.indicators[0].valid_until), "2026-01-06T00:00:00Z");
  EXPECT_EQ(format_time(*r.indicators[1].valid_until), "2026-01-02T00:00:00Z");
  EXPECT_EQ(r.indicators[2].valid_until->ms, read_time.ms + 86'400'000);
}

}  // namespace
}  // namespace mozu::formats::test
