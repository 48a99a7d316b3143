// Pages and their printing with the browser that is installed: the text and fonts of the PDF, that nothing is fetched, and what comes of a browser that fails.
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mozu/base/jail.hpp"
#include "mozu/base/text.hpp"
#include "mozu/publications/page.hpp"
#include "mozu/publications/print.hpp"
#include "pixel.hpp"

namespace mozu::publications {
namespace {

struct Sample {
  Published published;
  Publication publication;
  std::vector<PublishedItem> items;

  explicit Sample(std::string_view language = "en") {
    published.id = "2f1c9a3e-aaaa-4bbb-8ccc-0123456789ab", published.version = 3, published.kind = "apt", published.tlp = intel::Tlp::amber_strict;
    published.published = *parse_time_iso("2026-11-10"), published.updated = *parse_time_iso("2026-11-20T10:00:00Z");
    published.actors = {"Amber Lynx"};
    const bool ja = language == "ja";
    publication.texts = {
        {std::string(language), ja ? "新しいローダー" : "A new loader", ja ? "電力会社が**攻撃**されました。\n" : "Two companies were *attacked*.\n",
         (ja ? std::string("# 何が起きたか\n\n本文です。\n\n") : std::string("# What happened\n\nThe mails came from `post[@]lynx.example`.\n\n")) +
             "![map](map.png)\n\n## Deeper\n\nText.\n"}};
    publication.techniques = {{"T1566.001", "Each mail carried an archive."}};
    publication.references = {{"Earlier", "https://reports.example/earlier"}};
    publication.attachments = {{AttachmentKind::figure, "map.png", "", pixel.size()}};
    for (int i = 0; i < 90; ++i) add("domain", fmt::format("c{}.lynx.example", i));
    add("yara", "rule lynx { condition: true }", "lynx");
  }
  void add(std::string kind, std::string value, std::string name = {}) {
    PublishedItem i;
    i.kind = std::move(kind), i.value = std::move(value), i.name = std::move(name);
    items.push_back(std::move(i));
  }
  Result<std::string> page(Part part = Part::report, const PageNumbers& numbers = {}) const {
    return page_html({published,
                      publication,
                      "",
                      part,
                      items,
                      [](const Attachment&) -> Result<std::string> { return std::string(pixel); },
                      {{"T1566.001", "Spearphishing Attachment"}},
                      numbers});
  }
  Result<std::string> pdf(const PrintOptions& options = {}) const {
    return print_pdf([this](const PageNumbers& numbers) { return page(Part::report, numbers); }, published.updated, options);
  }
};

/// What a program of poppler-utils says of the PDF.
std::string told(const std::string& program, std::vector<std::string> arguments, std::string_view pdf) {
  const auto folder = PrivateFolder::make();
  EXPECT_TRUE(folder->write("x.pdf", pdf));
  JailOptions options;
  options.program = program;
  options.arguments = std::move(arguments);
  options.output_bytes_max = 1 << 20;
  const auto end = run_in_jail(*folder, options);
  EXPECT_TRUE(end && end->done()) << (end ? end->output : end.error().message);
  return end ? end->output : std::string();
}
std::vector<std::string> pages_of(std::string_view pdf) {
  std::vector<std::string> out;
  const std::string text = told("/usr/bin/pdftotext", {"-layout", "x.pdf", "-"}, pdf);
  for (const auto page : split(text, '\f')) out.emplace_back(page);
  if (!out.empty() && trim(out.back()).empty()) out.pop_back();
  return out;
}

#define NEEDS_BROWSER() \
  if (!can_print()) GTEST_SKIP() << "there is no Chromium here"

TEST(Page, StandsByItself) {
  const auto page = Sample().page();
  ASSERT_TRUE(page);
  EXPECT_NE(page->find("data:image/png;base64,"), std::string::npos);
  EXPECT_EQ(page->find("<script"), std::string::npos);
  EXPECT_EQ(page->find("<link"), std::string::npos);
  EXPECT_EQ(page->find(" style="), std::string::npos);
  EXPECT_EQ(page->find("src=\"http"), std::string::npos);
  EXPECT_NE(page->find("c1[.]lynx[.]example"), std::string::npos) << "nobody follows it by mistake";
  EXPECT_NE(page->find("Spearphishing Attachment"), std::string::npos);
  EXPECT_NE(page_policy(*page).find("default-src 'none'; style-src 'sha256-"), std::string::npos);
}

TEST(Page, TextOfAuthorsStaysText) {
  Sample s;
  const std::string evil = "</style></title><script>alert(1)</script>\"'\\ ; } @import url(http://evil.example/x);";
  s.publication.texts[0].title = evil;
  s.published.kind = s.published.actors[0] = s.publication.techniques[0].evidence = s.publication.references[0].title = evil;
  s.publication.references[0].url = "javascript:alert(1)";
  s.add("sigma", evil, evil);
  s.add("url", "http://a.example/\"><script>", "");
  const auto page = s.page();
  ASSERT_TRUE(page);
  EXPECT_EQ(page->find("<script"), std::string::npos);
  EXPECT_EQ(page->find("javascript:"), std::string::npos);
  EXPECT_EQ(page->find("</style>"), page->rfind("</style>"));
  const std::string style = page->substr(page->find("<style>"), page->find("</style>") - page->find("<style>"));
  EXPECT_EQ(style.find("@import"), std::string::npos);
  EXPECT_EQ(style.find("evil.example"), std::string::npos) << "what is no letter is a number there";
}

TEST(Page, InJapaneseItsSubjectsAreJapanese) {
  for (const std::string_view language : {"ja", "en", "de"}) {
    Sample s(language);
    s.published.sectors = {"Healthcare", "energy", "our own sector"};
    s.published.geography = {"Japan", "KR", "viet nam", "Europe"};
    const auto page = s.page();
    ASSERT_TRUE(page);
    const auto has = [&](std::string_view word) { return page->find(fmt::format("<span class=\"tag\">{}</span>", word)) != std::string::npos; };
    const bool ja = language == "ja";
    for (const std::string_view word : {"医療", "エネルギー", "日本", "韓国", "ベトナム"}) EXPECT_EQ(has(word), ja) << language << word;
    for (const std::string_view word : {"Healthcare", "energy", "Japan", "KR", "viet nam"}) EXPECT_EQ(has(word), !ja) << language << word;
    EXPECT_TRUE(has("our own sector") && has("Europe")) << "what has no word stays as it was written";
    EXPECT_EQ(page->find("<dd>日本, 韓国, ベトナム, Europe</dd>") != std::string::npos, ja) << "on the cover, too";
  }
}

TEST(Page, LongListsAreBounded) {
  Sample s;
  for (int i = 0; i < 1000; ++i) s.add("ipv4", fmt::format("192.0.2.{}", i));
  s.add("yara", std::string(page_rules_bytes_max, 'x'), "large");
  const auto page = s.page();
  ASSERT_TRUE(page);
  EXPECT_NE(page->find("690 more indicators"), std::string::npos);
  EXPECT_NE(page->find("1 more rules"), std::string::npos);
  s.publication.attachments[0].bytes = page_figures_bytes_max + 1;
  EXPECT_EQ(s.page()->find("data:image"), std::string::npos);
}

TEST(Print, APdfHasCoverContentsNumbersAndMark) {
  NEEDS_BROWSER();
  const auto pdf = Sample().pdf();
  ASSERT_TRUE(pdf) << pdf.error().message;
  const auto pages = pages_of(*pdf);
  ASSERT_GE(pages.size(), 5U);
  EXPECT_NE(pages[0].find("A new loader"), std::string::npos);
  for (std::size_t i = 0; i < pages.size(); ++i) {
    EXPECT_NE(pages[i].find("TLP:AMBER+STRICT"), std::string::npos) << i;
    if (i == 0) continue;
    std::string dense = pages[i];
    std::erase(dense, ' ');
    EXPECT_NE(dense.find(fmt::format("{}/{}", i + 1, pages.size())), std::string::npos) << i << pages[i];
    EXPECT_NE(pages[i].find("A new loader"), std::string::npos) << "running head of " << i;
  }
  std::size_t where = 0;
  for (std::size_t i = 2; i < pages.size() && where == 0; ++i)
    if (pages[i].find("What happened") != std::string::npos) where = i + 1;
  ASSERT_GT(where, 0U);
  const auto line = pages[1].substr(pages[1].find("What happened"));
  EXPECT_EQ(std::string(trim(line.substr(13, line.find('\n') - 13))), std::to_string(where)) << "the contents lead there";
  const std::string info = told("/usr/bin/pdfinfo", {"x.pdf"}, *pdf);
  EXPECT_NE(info.find("Fri Nov 20 10:00:00 2026"), std::string::npos) << info;
  EXPECT_NE(info.find("JavaScript:      no"), std::string::npos) << info;
  EXPECT_NE(info.find("A4"), std::string::npos) << info;
}

TEST(Print, JapaneseIsThereWithItsFont) {
  NEEDS_BROWSER();
  const auto pdf = Sample("ja").pdf();
  ASSERT_TRUE(pdf) << pdf.error().message;
  const auto pages = pages_of(*pdf);
  ASSERT_GE(pages.size(), 5U);
  EXPECT_NE(pages[0].find("新しいローダー"), std::string::npos) << pages[0];
  EXPECT_NE(pages[1].find("目次"), std::string::npos) << pages[1];
  const std::string fonts = told("/usr/bin/pdffonts", {"x.pdf"}, *pdf);
  std::size_t listed = 0;
  for (const auto line : split(fonts, '\n')) {
    if (line.size() < 60 || line.starts_with("name") || line.starts_with("---")) continue;
    ++listed;
    EXPECT_NE(line.find("yes"), std::string_view::npos) << "not embedded: " << line;
    EXPECT_EQ(line.find("no  no"), std::string_view::npos) << line;
  }
  EXPECT_GE(listed, 2U) << fonts;
}

TEST(Print, TheSamePageIsTheSameBytes) {
  NEEDS_BROWSER();
  const auto one = Sample().pdf(), two = Sample().pdf();
  ASSERT_TRUE(one && two);
  EXPECT_TRUE(*one == *two);
  Sample other;
  other.publication.texts[0].summary += "More.";
  EXPECT_FALSE(*other.pdf() == *one);
}

TEST(Print, NothingIsFetched) {
  NEEDS_BROWSER();
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listener, 50), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length), 0);
  const std::string at = fmt::format("http://127.0.0.1:{}", ntohs(address.sin_port));
  // A page that no writer of ours would make, without a policy: what holds is the jail.
  const std::string page = fmt::format(
      "<!doctype html><title>x</title><link rel=stylesheet href={0}/a.css><style>@import url({0}/b.css); body {{ background: url({0}/c.png) }}</style><img "
      "src={0}/d.png><iframe src={0}/e></iframe>"
      "<object data={0}/f></object><script>fetch('{0}/g')</script><iframe src=file:///etc/passwd></iframe><p>printed</p>",
      at);
  const auto pdf = print_pdf([&](const PageNumbers&) -> Result<std::string> { return page; }, Timestamp{});
  ASSERT_TRUE(pdf) << pdf.error().message;
  EXPECT_NE(pages_of(*pdf)[0].find("printed"), std::string::npos);
  pollfd p{listener, POLLIN, 0};
  EXPECT_EQ(::poll(&p, 1, 0), 0) << "the browser came to ask";
  ::close(listener);
  // Pictures of other places do not even get into our own pages.
  Sample s;
  s.publication.texts[0].full = "![x](" + at + "/x.png) <img src=" + at + "/y.png>";
  EXPECT_EQ(s.page()->find("<img"), std::string::npos);
}

TEST(Print, ABrowserThatFailsIsAClearError) {
  PrintOptions options;
  options.program = "/nonexistent/chromium";
  EXPECT_FALSE(can_print(options));
  EXPECT_EQ(Sample().pdf(options).error().code, "print-missing");
  options.program = "/bin/false";
  EXPECT_EQ(Sample().pdf(options).error().code, "print-failed");
  options.program = "/bin/true";
  EXPECT_EQ(Sample().pdf(options).error().code, "print-failed") << "it left nothing";
}

TEST(Print, ABrowserWithoutTimeOrMemoryEnds) {
  NEEDS_BROWSER();
  PrintOptions options;
  options.wall_s_max = 0;
  EXPECT_EQ(Sample().pdf(options).error().code, "print-time");
  options = {};
  options.memory_bytes_max = std::uint64_t{24} << 20;
  EXPECT_EQ(Sample().pdf(options).error().code, "print-failed");
  std::atomic<bool> stop = true;
  options = {};
  options.stop = &stop;
  EXPECT_EQ(Sample().pdf(options).error().code, "print-time");
}

}  // namespace
}  // namespace mozu::publications
