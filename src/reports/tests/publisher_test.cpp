// Whose report it is, and what else is written for readers.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "mozu/reports/extract.hpp"

namespace mozu::reports {
namespace {

/// "value noise" of each host, URL and e-mail address.
std::string judged(const ReportText& report) {
  std::string out;
  for (const auto& f : extract(report, Dictionary()).findings)
    if (f.type <= FindingType::email) out += (out.empty() ? "" : "|") + f.value + " " + std::string(name(f.noise));
  return out;
}
std::string judged(std::string text) {
  ReportText report;
  report.text = std::move(text);
  return judged(report);
}

TEST(Publisher, ALineOfCopyrightNamesIt) {
  EXPECT_EQ(judged("The server was evil.test.\n\nCopyright © Acme All rights reserved.\nacme.test\n"), "evil.test none|acme.test vendor");
  EXPECT_EQ(judged("The server was evil.test.\n\n© 2020 Acme Labs Inc.\nhttps://portal.acmelabs.test/\n"), "evil.test none|portal.acmelabs.test/ vendor");
  EXPECT_EQ(judged("It stole what is under copyright of others.\nThe server was evil.test.\n"), "evil.test none");
}

TEST(Publisher, NamesOfSeveralWordsAreWordsOfTheProse) {
  EXPECT_EQ(judged("Acme Labs saw it. Acme Labs wrote. So says Acme Labs.\nServers: evil.test and www.acmelabs.test\n"),
            "evil.test none|www.acmelabs.test vendor");
  EXPECT_EQ(judged("an acme labs of acme labs, acme labs.\nServers: www.acmelabs.test\n"), "www.acmelabs.test none");
}

TEST(Publisher, TheEndOfTheTitleAndTheAddress) {
  ReportText report;
  report.text = "The server was evil.test, says acme.test.";
  report.title = "How it came | Acme Blog";
  EXPECT_EQ(judged(report), "evil.test none|acme.test vendor");
  report.title = "How it came";
  report.address = "https://blog.acme.test/how-it-came";
  EXPECT_EQ(judged(report), "evil.test none|acme.test vendor");
  report.address = "https://evil.test/";
  EXPECT_EQ(judged(report), "evil.test vendor|acme.test none");
}

TEST(Publisher, AccountsThatItLinksTo) {
  ReportText report;
  report.text = "The server was evil.test, says acme.test.";
  report.links = {{0, 0, "https://twitter.com/acme_labs"}};
  EXPECT_EQ(judged(report), "evil.test none|acme.test vendor");
  report.links = {{0, 0, "https://twitter.com/anotheracme"}};
  EXPECT_EQ(judged(report), "evil.test none|acme.test none");
}

TEST(Publisher, AFootOfEveryPage) {
  ReportText report;
  for (std::uint32_t page = 1; page <= 4; ++page) {
    report.pages.push_back({report.text.size(), page});
    report.text += "Head\n\nOne line.\nThe server was evil.test here.\nAnother line.\nMore lines.\n\nwww.acme.test\n";
  }
  EXPECT_EQ(judged(report), "evil.test none|www.acme.test vendor");
  report.pages.clear();
  EXPECT_EQ(judged(report), "evil.test none|www.acme.test none");
}

TEST(Publisher, WhatIsDefangedIsNobodysOwn) { EXPECT_EQ(judged("© Acme\nThe false sites acme[.]test and bad[.]test"), "acme.test none|bad.test none"); }

TEST(Publisher, InvitationsAndOffices) {
  EXPECT_EQ(judged("Learn more at www.acme.test.\nThe server was evil.test."), "www.acme.test vendor|evil.test none");
  EXPECT_EQ(judged("The server was evil.test.\nReport it to www.police.gov or cert.gov.uk."), "evil.test none|www.police.gov reference|cert.gov.uk reference");
  EXPECT_EQ(judged("Indicators:\n\nevil.test\nwww.town.gov\n"), "evil.test none|www.town.gov none");
  EXPECT_EQ(judged("|www.town.gov|visited in May|\n"), "www.town.gov none");
}

TEST(Publisher, PagesOfCodeHosts) {
  EXPECT_EQ(judged("The lists:\n\nhttps://github.com/acme/lists\nhttps://github.com/acme/lists/blob/main/a.py\n"),
            "github.com/acme/lists reference|github.com/acme/lists/blob/main/a.py reference");
  EXPECT_EQ(judged("URLs:\n\nhttps://github.com/evil/drop/raw/main/a.exe\nhttps://github.com/evil/drop\n"),
            "github.com/evil/drop/raw/main/a.exe none|github.com/evil/drop none");
}

}  // namespace
}  // namespace mozu::reports
