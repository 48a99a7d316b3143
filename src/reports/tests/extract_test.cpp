#include "mozu/reports/extract.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "mozu/reports/document_text.hpp"

namespace mozu::reports {
namespace {

Dictionary small_dictionary() {
  return Dictionary({{EntityKind::actor, "G9001", "Example Bear", {"APT-99", "Royal"}},
                     {EntityKind::malware, "S9001", "EvilLoader", {"Evil Loader"}},
                     {EntityKind::malware, "S9002", "Play", {"PlayCrypt"}},
                     {EntityKind::actor, "G9002", "Other Group", {"Shared Name"}},
                     {EntityKind::actor, "G9003", "Third Group", {"Shared Name"}},
                     {EntityKind::tool, "S9003", "Reg", {"reg.exe"}},
                     {EntityKind::technique, "T1566.001", "Spearphishing Attachment", {}},
                     {EntityKind::technique, "T1059.001", "PowerShell", {}}});
}

Findings run(std::string_view text) {
  static const Dictionary dictionary = small_dictionary();
  ReportText report;
  report.text = text;
  return extract(report, dictionary);
}

/// "type value" of each finding that is no noise, joined by '|'; references left out.
std::string good(std::string_view text) {
  std::string out;
  for (const auto& f : run(text).findings)
    if (f.noise == Noise::none && f.type != FindingType::reference) out += (out.empty() ? "" : "|") + std::string(name(f.type)) + " " + f.value;
  return out;
}
/// The same of noise, with its class.
std::string noise(std::string_view text) {
  std::string out;
  for (const auto& f : run(text).findings)
    if (f.noise != Noise::none) out += (out.empty() ? "" : "|") + std::string(name(f.type)) + " " + f.value + " " + std::string(name(f.noise));
  return out;
}

TEST(ReportText, ATitleThatSaysNothingGivesWayToTheText) {
  for (const auto& [own, title] : std::vector<std::pair<std::string, std::string>>{
           {"", "Heron returns"}, {".", "Heron returns"}, {" - ", "Heron returns"}, {"復", "復"}, {"Heron II", "Heron II"}}) {
    files::DocumentText document;
    document.title = own;
    document.text = "Heron returns\n\nIt does.\n";
    EXPECT_EQ(report_text(std::move(document)).title, title) << own;
  }
}

TEST(ReportText, WhatLeadsElsewhereIsNoTitle) {
  EXPECT_EQ(title_of("TLP:WHITE\n\n.\nView this email in your browser\n\n21/01/2021\n\nHeron returns\n"), "Heron returns");
  for (const auto* json : {"{\n \"type\": \"bundle\"}", "\n[ {\"value\": \"a.example\"}]", "[\"Heron\"]"}) EXPECT_EQ(title_of(json), "") << json;
  EXPECT_EQ(title_of("[Update] Heron returns\n"), "[Update] Heron returns");
  EXPECT_EQ(title_of("Skip to content\n# How to view mail in your browser\n"), "How to view mail in your browser");
}

TEST(Extract, RegistryKeysThatLinesCut) {
  EXPECT_EQ(good("It writes HKCU\\Software\\Microsoft\\Windows\\CurrentVers\nion\\Run first."),
            "windows-registry-key HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Run");
  EXPECT_EQ(good("It writes HKCU\\Software\\Microsoft\\\nWindows\\Run first."), "windows-registry-key HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\Run");
  EXPECT_EQ(good("It writes HKCU\\Software\\One\nand goes on."), "windows-registry-key HKEY_CURRENT_USER\\Software\\One");
  EXPECT_EQ(good("HKCU\\Software\\One\nHKCU\\Software\\Two\n"),
            "windows-registry-key HKEY_CURRENT_USER\\Software\\One|windows-registry-key HKEY_CURRENT_USER\\Software\\Two");
}

TEST(Extract, EveryStyleOfDefanging) {
  for (const char* text : {"c2 at evil[.]example now",
                           "c2 at evil(.)example now",
                           "c2 at evil{.}example now",
                           "c2 at evil[dot]example now",
                           "c2 at evil (dot) example now",
                           "c2 at evil[.example now",
                           "c2 at evil.]example now",
                           "c2 at evil[.]\nexample now",
                           "c2 at evil\\.example now",
                           "c2 at evil dot example now",
                           "c2 at evil．example now",
                           "c2 at evil。example now",
                           "c2 at ev\xE2\x80\x8Bil[.]example now",
                           "c2 at evil [.] example now",
                           "c2 at ｅｖｉｌ．ｅｘａｍｐｌｅ now",
                           "c2 at EVIL[.]Example, now",
                           "通信先はevil[.]exampleです。",
                           "通信先はevil（ドット）exampleです。",
                           "通信先はｅｖｉｌ［．］ｅｘａｍｐｌｅです。",
                           "通信先はevil[．]exampleです。"})
    EXPECT_EQ(good(text), "domain-name evil.example") << text;
}

TEST(Extract, UrlsAsPeopleBreakThem) {
  for (const char* text :
       {"get hxxp://evil.example/a.php", "get hXXps[:]//evil[.]example/a.php,", "get http[://]evil[.]example/a.php.", "get hxxp[:]//evil[.]example[/]a.php",
        "get h**p://evil[.]example/a.php", "get (hxxp://evil[.]example/a.php)", "get \"hxxp:\\\\evil[.]example/a.php\"", "get hxxp//evil[.]example/a.php",
        "get evil[.]example/a.php", "get meow://evil[.]example/a.php", "接続先「hxxp://evil[.]example/a.php」に"})
    EXPECT_EQ(good(text), "url evil.example/a.php") << text;
}

TEST(Extract, AUrlGoesOnInTheNextLine) {
  EXPECT_EQ(good("from hxxp://evil[.]example/a-very-long-folder/and-\nanother/one.php to"), "url evil.example/a-very-long-folder/and-another/one.php");
  EXPECT_EQ(good("- hxxp://evil[.]example/a/\n- hxxp://bad[.]example/b"), "url evil.example/a/|url bad.example/b");
  EXPECT_EQ(good("hxxp://evil[.]example/a/\nbad[.]example"), "domain-name bad.example|url evil.example/a/");
}

TEST(Extract, AddressesAndPorts) {
  EXPECT_EQ(good("192.0.2[.]1:443 and 198.51.100[.]7/24, 2001:db8[:]:1"), "ipv4-addr 192.0.2.1|ipv4-addr 198.51.100.0/24|ipv6-addr 2001:db8::1");
  EXPECT_EQ(good("hxxp://192.0.2[.]1:8080/x"), "url 192.0.2.1:8080/x");
  EXPECT_EQ(noise("version 192.0.2.1 of the tool; the router at 10.0.0.1"), "ipv4-addr 192.0.2.1 version|ipv4-addr 10.0.0.1 example");
}

TEST(Extract, HashesWholeAndInPieces) {
  const std::string sha256 = "26c91532833a8851be5c8df8c04d3c4b8e29ef8d6e2b16d207f053eb71cfa590";
  EXPECT_EQ(good("SHA256: " + sha256), "sha256 " + sha256);
  EXPECT_EQ(good("| 26C91532833A8851BE5C8DF8C04D3C4B8E29EF8D6E2B16D207\nF053EB71CFA590 |"), "sha256 " + sha256);
  EXPECT_EQ(good("SHA-256\n26C91532833A8851BE5C8DF8C04D3C4B\n8E29EF8D6E2B16D207F053EB71CFA590"), "sha256 " + sha256);
  EXPECT_EQ(good("MD5\n26C91532833A8851BE5C8DF8C04D3C4B\n8E29EF8D6E2B16D207F053EB71CFA590"),
            "md5 26c91532833a8851be5c8df8c04d3c4b|md5 8e29ef8d6e2b16d207f053eb71cfa590");
  // Columns: the second half stands below the first.
  EXPECT_EQ(good("loader   26C91532833A8851BE5C8DF8C04D3C4B8E29EF8D6E   first stage\n         2B16D207F053EB71CFA590                       of it"),
            "sha256 " + sha256);
  EXPECT_EQ(noise("d41d8cd98f00b204e9800998ecf8427e"), "md5 d41d8cd98f00b204e9800998ecf8427e example");
  EXPECT_EQ(good("GET /a?userid=1&auth=1_26c91532833a8851be5c8df8c04d3c4b"), "");
  EXPECT_EQ(good("26c91532833a8851be5c8df8c04d3c4b.evil[.]example"), "domain-name 26c91532833a8851be5c8df8c04d3c4b.evil.example");
  EXPECT_EQ(good("|`magnet:?xt=a&b=1`|`26c91532833a8851be5c8df8c04d3c4b`|"), "md5 26c91532833a8851be5c8df8c04d3c4b");
  EXPECT_EQ(good("MD5=26c91532833a8851be5c8df8c04d3c4b"), "md5 26c91532833a8851be5c8df8c04d3c4b");
  EXPECT_EQ(noise("its GUID 26c91532833a8851be5c8df8c04d3c4b"), "md5 26c91532833a8851be5c8df8c04d3c4b guid");
}

TEST(Extract, HashesThatPagesAndCellsCut) {
  const std::string sha256 = "26c91532833a8851be5c8df8c04d3c4b8e29ef8d6e2b16d207f053eb71cfa590";
  ReportText report;
  report.text = "SHA-256\n" + sha256.substr(0, 40) + "\nNotes\t2020 / 2\n\n";
  report.pages = {{0, 1}, {report.text.size(), 2}};
  report.text += "TLP:CLEAR\n\n" + sha256.substr(40) + "\nend\n";
  ASSERT_EQ(extract(report, Dictionary()).findings.size(), 1U);
  EXPECT_EQ(extract(report, Dictionary()).findings[0].value, sha256);
  report.pages.clear();
  EXPECT_EQ(extract(report, Dictionary()).findings[0].value, sha256.substr(0, 40));
  // A cell of two lines, with cells before and behind it.
  EXPECT_EQ(good("a.dll\t" + sha256.substr(0, 32) + "\n" + sha256.substr(32) + "\tloader"), "sha256 " + sha256 + "|file-name a.dll");
  EXPECT_EQ(good("first\t" + sha256.substr(0, 32) + "\nsecond\t" + sha256.substr(32)), "md5 " + sha256.substr(0, 32) + "|md5 " + sha256.substr(32));
}

TEST(Extract, UrlsThatCellsCut) {
  EXPECT_EQ(good("hxxps://evil[.]example/very/\nlong/path/that/does/not/fit/on/one/li\nne/of/a/column/index.php?session=\n0123456789abcdef&id=42\n"),
            "url evil.example/very/long/path/that/does/not/fit/on/one/line/of/a/column/index.php?session=0123456789abcdef&id=42");
  EXPECT_EQ(good("hxxp://evil[.]example/a/b-\tThe first\nc/d.php?e=1\taddress\n"), "url evil.example/a/b-c/d.php?e=1");
  EXPECT_EQ(good("hxxp://evil[.]example/a\tThe first\nbad[.]example/b?c=d&e=f\tThe second\n"), "url evil.example/a|url bad.example/b?c=d&e=f");
  EXPECT_EQ(good("hxxp://evil[.]example/a\nand/or words\n"), "url evil.example/a");
}

TEST(Extract, MarkdownEscapesAndPictures) {
  EXPECT_EQ(good("| hxxps://evil[.]example/a\\_b\\_c[.]xls | URL |"), "url evil.example/a_b_c.xls");
  EXPECT_EQ(good("at C:\\Users\\_loader.dll and a\\_b.dll"), "file-name _loader.dll|file-name a_b.dll");
  EXPECT_EQ(noise("![](img/1.png) and uk.exe"), "file-name 1.png reference");
  EXPECT_EQ(good("![](img/1.png) and uk.exe"), "file-name uk.exe");
}

TEST(Extract, IdsWrittenOut) {
  EXPECT_EQ(good("CVE-2021-44228, cve_2017_0144 and CVE\xE2\x80\x91"
                 "2020\xE2\x80\x91"
                 "0601"),
            "vulnerability CVE-2021-44228|vulnerability CVE-2017-0144|vulnerability CVE-2020-0601");
  EXPECT_EQ(good("T1566.001, T1059/001; TA0001, G9001 S9001"), "attack-pattern T1566.001|attack-pattern T1059.001|tactic TA0001");
  EXPECT_EQ(good("see https://attack.mitre.org/techniques/T1566/001/"), "attack-pattern T1566.001");
  EXPECT_EQ(good("G0999 and S0999 (M1036)"), "threat-actor G0999|malware S0999|course-of-action M1036");
}

TEST(Extract, NamesAsPeopleVaryThem) {
  EXPECT_EQ(good("EXAMPLE BEAR used evilloader."), "threat-actor Example Bear|malware EvilLoader");
  EXPECT_EQ(good("APT99 used Evil-Loader."), "threat-actor Example Bear|malware EvilLoader");
  EXPECT_EQ(good("apt 99とEvilLoaderは"), "threat-actor Example Bear|malware EvilLoader");
  EXPECT_EQ(good("by spearphishing attachment"), "attack-pattern T1566.001");
  EXPECT_EQ(good("evilloaders, xEvilLoader"), "");
}

TEST(Extract, EverydayWordsNeedEvidence) {
  EXPECT_EQ(good("They play a game. Play with it."), "");
  EXPECT_EQ(good("The Play ransomware encrypts."), "malware Play");
  EXPECT_EQ(good("Victims of the Play ransomware paid. Later Play changed."), "malware Play");
  EXPECT_EQ(noise("The theatre gives a Play tonight."), "malware Play common-word");
  EXPECT_EQ(good("the royal family"), "");
  EXPECT_EQ(good("The Royal group wrote."), "threat-actor Example Bear");
}

TEST(Extract, ASharedNameStaysOpen) {
  const auto found = run("It was Shared Name again.");
  ASSERT_EQ(found.findings.size(), 1U);
  EXPECT_EQ(found.findings[0].value, "Shared Name");
  EXPECT_EQ(found.findings[0].id, "");
  EXPECT_NE(found.findings[0].reason.find("Other Group, Third Group"), std::string::npos);
}

TEST(Extract, CountriesAndSectors) {
  EXPECT_EQ(good("against banks in Japan and the U.S. energy sector"), "country Japan|country United States|sector energy");
  EXPECT_EQ(good("日本の金融機関と米国を標的"), "country Japan|country United States|sector financial-services");
  EXPECT_EQ(good("contact us; it takes energy"), "");
}

TEST(Extract, RulesAreQuotedWhole) {
  const std::string yara = "rule Evil_1 : tag {\n strings:\n  $a = \"}\" // }\n  $h = { 41 42 }\n condition:\n  any of them\n}";
  EXPECT_EQ(good("Rule:\n\n" + yara + "\nend"), "yara-rule " + yara);
  const std::string suricata = "alert http any any -> any any (msg:\"a (b) c\"; content:\"x\"; sid:1000001; rev:1;)";
  EXPECT_EQ(good(suricata), "suricata-rule " + suricata);
  const std::string sigma = "title: Evil\nlogsource:\n  product: windows\ndetection:\n  selection:\n    Image: x\n  condition: selection";
  EXPECT_EQ(good("A rule\n\n" + sigma + "\n\nThen prose follows."), "sigma-rule " + sigma);
}

TEST(Extract, LiveLinksInAReportThatDefangs) {
  const std::string prose = "We saw evil[.]example and bad[.]example. See https://blog.news.test/post for more.";
  EXPECT_EQ(good(prose), "domain-name evil.example|domain-name bad.example");
  EXPECT_EQ(noise(prose), "url blog.news.test/post reference");
  EXPECT_EQ(good("Domains:\nevil.test\nbad.test\nhttp://evil.test/a"), "domain-name evil.test|domain-name bad.test|url evil.test/a");
}

TEST(Extract, FileNamesAndCodeThatReadAsHosts) {
  EXPECT_EQ(noise("run setup.py, then System.Net and com.acme.app here"),
            "domain-name setup.py file-name|domain-name system.net file-name|domain-name com.acme.app file-name");
}

TEST(Extract, SpansLeadBackToTheOriginal) {
  const std::string text = "通信先は「ｈｘｘｐ：／／evil[.]example／ａ」、evil (dot) test。";
  std::string spans;
  for (const auto& f : run(text).findings) spans += text.substr(f.begin, f.end - f.begin) + "|";
  EXPECT_EQ(spans, "evil (dot) test|ｈｘｘｐ：／／evil[.]example／ａ|");
}

TEST(Extract, ContextIsTheSentence) {
  const auto found = run("First sentence. The server evil[.]example\nanswered. Last one.");
  ASSERT_EQ(found.findings.size(), 1U);
  EXPECT_EQ(found.findings[0].context, "The server evil[.]example answered.");
}

TEST(Extract, PagesAreCounted) {
  ReportText report;
  report.text = "one\nevil[.]example\n";
  report.pages = {{0, 3}, {4, 4}};
  const auto found = extract(report, Dictionary());
  ASSERT_EQ(found.findings.size(), 1U);
  EXPECT_EQ(found.findings[0].page, 4U);
}

TEST(Extract, LinksThatTheTextDoesNotShow) {
  ReportText report;
  report.text = "Read our blog and evil[.]example.";
  report.author = "Acme Labs";
  report.links = {{9, 13, "https://blog.news.test/a"}, {9, 13, "https://blog.news.test/a"}, {0, 0, "mailto:a@news.test"}};
  const auto found = extract(report, Dictionary());
  ASSERT_EQ(found.findings.size(), 2U);
  EXPECT_EQ(found.findings[1].type, FindingType::reference);
  EXPECT_EQ(found.findings[1].value, "blog.news.test/a");
  EXPECT_EQ(found.findings[1].context, "blog");
}

TEST(Extract, OfTooMuchTheFirstInTheTextIsKept) {
  const Dictionary dictionary = small_dictionary();
  ReportText report;
  report.text = "evil[.]example 192.0.2[.]1 hxxp://worse[.]example/a and EvilLoader\n203.0.113[.]7 and PlayCrypt";
  const auto found = [&](std::size_t findings_max, std::size_t places_max, bool& cut) {
    ExtractOptions options;
    options.findings_max = findings_max;
    options.places_max = places_max;
    const auto f = extract(report, dictionary, options);
    cut = f.cut;
    std::string out;
    for (const auto& x : f.findings) out += x.value + "|";
    return out;
  };
  bool cut = false;
  EXPECT_EQ(found(3, 100, cut), "192.0.2.1|evil.example|worse.example/a|");
  EXPECT_TRUE(cut);
  EXPECT_EQ(found(100, 2, cut), "192.0.2.1|evil.example|");
  EXPECT_TRUE(cut);
  EXPECT_EQ(found(100, 100, cut), "192.0.2.1|203.0.113.7|evil.example|worse.example/a|EvilLoader|Play|");
  EXPECT_FALSE(cut);
}

TEST(Extract, WhoWroteItIsTheVendor) {
  ReportText report;
  report.text = "Questions: www.acmelabs.test. The server was evil.test";
  report.author = "AcmeLabs Research";
  std::string out;
  for (const auto& f : extract(report, Dictionary()).findings) out += f.value + " " + std::string(name(f.noise)) + "|";
  EXPECT_EQ(out, "www.acmelabs.test vendor|evil.test none|");
}

}  // namespace
}  // namespace mozu::reports
