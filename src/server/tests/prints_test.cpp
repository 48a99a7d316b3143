// Publications as pages and PDF over HTTP, what changed between versions, drafts that end.
#include <gtest/gtest.h>

#include <fmt/core.h>

#include <cstdlib>

#include "authors.hpp"
#include "mozu/base/base64.hpp"
#include "mozu/base/jail.hpp"
#include "mozu/publications/print.hpp"

namespace mozu::server::test {
namespace {

class Prints : public Publications {
 protected:
  /// Printing takes longer on a busy machine than a client of these tests waits.
  Answer pdf(std::string_view who, const std::string& query = {}) {
    for (int turn = 0;; ++turn) {
      Answer answer = house.ask(who, "GET", "/api/v1/publications/" + id + "/pdf" + query);
      if ((answer.status != 0 && answer.status != 503) || turn == 30) return answer;
    }
  }
};

TEST_F(Prints, ThePageStandsByItselfAndRunsNothing) {
  published();
  const std::string page = "/api/v1/publications/" + id + "/html";
  const Answer full = house.ask("rea", "GET", page);
  ASSERT_EQ(full.status, 200) << full.body;
  EXPECT_EQ(full.header("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(full.header("content-disposition"), "inline; filename=\"lynx-report-en.html\"");
  EXPECT_TRUE(full.header("content-security-policy").starts_with("default-src 'none'; style-src 'sha256-")) << full.header("content-security-policy");
  EXPECT_FALSE(full.has("<script"));
  EXPECT_TRUE(full.has("&lt;script&gt;"));
  EXPECT_TRUE(full.has("data:image/png;base64,"));
  EXPECT_TRUE(full.has("evil[.]lynx[.]example"));
  const Answer summary = house.ask("rea", "GET", page + "?part=summary");
  EXPECT_TRUE(summary.has("They came <em>back</em>"));
  EXPECT_FALSE(summary.has("evil[.]lynx"));
  EXPECT_EQ(house.ask("rea", "GET", page + "?part=all").status, 400);
  EXPECT_EQ(house.ask("rea", "GET", page, {}, "If-None-Match: " + full.header("etag") + "\r\n").status, 304);
}

TEST_F(Prints, WhoMayNotReadItGetsNeitherPageNorPdf) {
  published("amber");
  for (const std::string what : {"html", "pdf"}) {
    const std::string path = "/api/v1/publications/" + id + "/" + what;
    EXPECT_EQ(house.ask("bob", "GET", path).status, 404) << what;
    EXPECT_EQ(house.ask("", "GET", path).status, 401) << what;
    EXPECT_EQ(house.ask("fee", "GET", path).status, 403) << what;
  }
  ASSERT_EQ(tell("ann", "POST", "/api/v1/publications/" + id + "/withdrawal", "{}").status, 200);
  for (const std::string what : {"html", "pdf"}) EXPECT_EQ(house.ask("rea", "GET", "/api/v1/publications/" + id + "/" + what).status, 404) << what;
}

TEST_F(Prints, ThePdfIsMadeOnceAndKept) {
  if (!publications::can_print()) GTEST_SKIP() << "there is no Chromium here";
  published();
  const Answer first = pdf("rea");
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.header("content-type"), "application/pdf");
  EXPECT_EQ(first.header("content-disposition"), "inline; filename=\"lynx-report-en.pdf\"");
  EXPECT_TRUE(first.body.starts_with("%PDF-"));
  EXPECT_EQ(pdf("bob").body, first.body);
  EXPECT_EQ(house.ask("rea", "GET", "/api/v1/publications/" + id + "/pdf", {}, "If-None-Match: " + first.header("etag") + "\r\n").status, 304);
  EXPECT_NE(pdf("rea", "?part=summary").body, first.body);
  // What is kept is given also where nothing can print any more.
  ::setenv("MOZU_CHROMIUM", "/nonexistent/chromium", 1);
  EXPECT_EQ(pdf("rea").body, first.body);
  const Answer shape = house.ask("rea", "GET", "/api/publications/get_one?publication_id=" + id + "&include_info=pdf");
  ::unsetenv("MOZU_CHROMIUM");
  EXPECT_EQ(from_base64(text_of(shape, "report_pdf")), first.body);
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/publications/" + id + "?include=pdf").has("\"report_pdf\":\"" + base64(first.body).substr(0, 100)));
}

TEST_F(Prints, WithoutABrowserEverythingElseWorks) {
  ::setenv("MOZU_CHROMIUM", "/nonexistent/chromium", 1);
  published();
  const std::string one = "/api/v1/publications/" + id;
  EXPECT_TRUE(house.ask("rea", "GET", one).has("\"pdf\":false"));
  EXPECT_EQ(house.ask("rea", "GET", one + "/html").status, 200);
  const Answer refused = house.ask("rea", "GET", one + "/pdf");
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.has("print-missing") && refused.has("Chromium")) << refused.body;
  const Answer all = house.ask("rea", "GET", "/api/publications/get_one?publication_id=" + id + "&include_info=all");
  EXPECT_EQ(all.status, 200);
  EXPECT_TRUE(all.has("report_execsum") && !all.has("report_pdf")) << all.body;
  EXPECT_NE(house.ask("rea", "GET", "/api/publications/get_one?publication_id=" + id + "&include_info=pdf").status, 200);
  ::unsetenv("MOZU_CHROMIUM");
}

TEST_F(Prints, ABrowserThatFailsFailsNoPublishing) {
  ::setenv("MOZU_CHROMIUM", "/bin/false", 1);
  published();
  EXPECT_TRUE(house.logged("was not printed"));
  const Answer refused = house.ask("rea", "GET", "/api/v1/publications/" + id + "/pdf");
  ::unsetenv("MOZU_CHROMIUM");
  EXPECT_EQ(refused.status, 502) << house.log();
  EXPECT_TRUE(refused.has("print-failed")) << refused.body;
}

TEST_F(Prints, AllOfItIsInOneArchive) {
  ::setenv("MOZU_CHROMIUM", "/nonexistent/chromium", 1);
  published();
  const std::string path = "/api/v1/publications/" + id + "/zip";
  const Answer zip = house.ask("rea", "GET", path);
  ASSERT_EQ(zip.status, 200) << zip.body;
  EXPECT_EQ(zip.header("content-disposition"), "attachment; filename=\"lynx.zip\"");
  EXPECT_EQ(house.ask("bob", "GET", path).body, zip.body) << "the same edition is the same bytes";
  EXPECT_EQ(house.ask("fee", "GET", path).status, 403);
  ::unsetenv("MOZU_CHROMIUM");
  const auto folder = PrivateFolder::make();
  ASSERT_TRUE(folder && folder->write("x.zip", zip.body));
  JailOptions options{"/usr/bin/python3",
                      {"-c",
                       "import zipfile\nz = zipfile.ZipFile('x.zip')\nprint(z.testzip())\nfor n in z.namelist(): "
                       "print(n)\nprint(z.read('lynx/indicators/indicators.csv').decode())\nprint(z.read('lynx/rules/attached/r.yar').decode())"}};
  const auto listed = run_in_jail(*folder, options);
  ASSERT_TRUE(listed && listed->done()) << (listed ? listed->output : listed.error().message);
  EXPECT_TRUE(listed->output.starts_with("None\n")) << listed->output;
  for (const std::string name : {"en/summary.md", "en/report.html", "indicators/indicators.json", "indicators/misp.json", "indicators/openioc.ioc", "stix.json",
                                 "rules/all.yar", "figures/map.png", "evil.lynx.example,domain", "rule lynx {"})
    EXPECT_NE(listed->output.find(name), std::string::npos) << name << "\n" << listed->output;
}

TEST_F(Prints, ADraftThatNobodyReadIsDeleted) {
  ASSERT_EQ(begin().status, 201);
  ASSERT_EQ(attach("r.yar", "yara", "rule lynx { condition: true }").status, 200);
  ASSERT_EQ(attach("only.csv", "indicators", "only.lynx.example\n").status, 200);
  const std::string first = id;
  const std::int64_t newest = version;
  ASSERT_EQ(begin("green", "other").status, 201);
  ASSERT_EQ(attach("same.yar", "yara", "rule lynx { condition: true }").status, 200);
  const std::string kept = draft() + "/files/same.yar";
  const std::string path = "/api/v1/publications/" + first + "/draft";
  EXPECT_EQ(house.ask("rea", "DELETE", path + fmt::format("?version={}", newest)).status, 403);
  EXPECT_EQ(house.ask("ben", "DELETE", path + fmt::format("?version={}", newest)).status, 404);
  EXPECT_EQ(house.ask("aki", "DELETE", path + "?version=1").status, 412) << "another version is there by now";
  EXPECT_EQ(house.ask("aki", "DELETE", path).status, 400);
  ASSERT_EQ(house.ask("aki", "DELETE", path + fmt::format("?version={}", newest)).status, 204);
  EXPECT_EQ(house.ask("aki", "GET", path).status, 404);
  EXPECT_EQ(house.ask("aki", "GET", path + "?version=1").status, 404);
  EXPECT_EQ(house.ask("aki", "GET", kept).status, 200) << "the file that another one has stays";
  store::Accounts::DocumentQuery files;
  files.collection = "publication-files";
  EXPECT_EQ(house.accounts->documents(files)->items.size(), 1U);
  files.collection = "publication-versions";
  const auto left = house.accounts->documents(files);
  for (const auto& d : left->items) EXPECT_FALSE(d.id.starts_with(first)) << d.id;
  EXPECT_TRUE(house.ask("adam", "GET", "/api/v1/audit?action=publication-delete").has(first));
  EXPECT_EQ(begin().status, 201) << "its slug is free again";
}

TEST_F(Prints, WhatWasPublishedIsNotDeleted) {
  published();
  const std::string path = fmt::format("{}?version={}", draft(), version);
  EXPECT_EQ(house.ask("aki", "DELETE", path).status, 409);
  ASSERT_EQ(tell("ann", "POST", "/api/v1/publications/" + id + "/withdrawal", "{}").status, 200);
  EXPECT_EQ(house.ask("aki", "DELETE", path).status, 409);
}

TEST_F(Prints, WorkingCopiesHaveALimit) {
  house.services->publications_max = 2;
  ASSERT_EQ(begin("green", "one").status, 201);
  ASSERT_EQ(begin("green", "two").status, 201);
  const Answer more = begin("green", "three");
  EXPECT_EQ(more.status, 409);
  EXPECT_TRUE(more.has("too-many-publications")) << more.body;
}

}  // namespace
}  // namespace mozu::server::test
