#include "mozu/files/document.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "made_files.hpp"
#include "places.hpp"

namespace mozu::files {
namespace {

CellLimits limits() {
  CellLimits l;
  l.program = cell_program;
  l.cpu_s_max = 60;
  return l;
}

DocumentText read(const std::string& name, std::string_view bytes) {
  const auto d = read_document_memory(name, bytes, limits());
  DocumentText text;
  if (d) text = *d;
  else ADD_FAILURE() << name << ": " << d.error().code << ": " << d.error().message;
  return text;
}

std::string error_of(const std::string& name, std::string_view bytes, const CellLimits& l = limits()) {
  const auto d = read_document_memory(name, bytes, l);
  return d ? "read: " + d->text : d.error().code;
}

std::string linked(const DocumentText& d, std::size_t i) {
  return i < d.links.size() ? d.text.substr(d.links[i].begin, d.links[i].end - d.links[i].begin) + " -> " + d.links[i].target : "no such link";
}

TEST(Pdf, TextPagesLinksAndMetadata) {
  const auto d = read("a.pdf", made::pdf({{{{50, 700, "First page."}, {50, 680, "See our site now"}}, {{66, 678, 105, 692, "https://example.com/x"}}},
                                          {{{50, 700, "Second page"}}, {}}},
                                         "/Title(A title)/Author(The desk)/CreationDate(D:20201028120000-05'00')"));
  EXPECT_EQ(d.kind, "pdf");
  EXPECT_EQ(d.title, "A title");
  EXPECT_EQ(d.author, "The desk");
  EXPECT_EQ(d.created, "2020-10-28T17:00:00Z");
  EXPECT_EQ(d.sha256.size(), 64U);
  EXPECT_EQ(d.text.find("First page."), 0U);
  ASSERT_EQ(d.pages.size(), 2U);
  EXPECT_EQ(d.pages[0].offset, 0U);
  EXPECT_EQ(d.text.substr(d.pages[1].offset, 11), "Second page");
  EXPECT_EQ(linked(d, 0), "our site -> https://example.com/x");
}

TEST(Pdf, CellsOfARowArePartedByTabs) {
  const auto d = read(
      "a.pdf", made::pdf({{{{50, 700, "one"}, {200, 700, "192.0.2.1"}, {350, 700, "c2"}, {50, 685, "two"}, {200, 685, "192.0.2.2"}, {350, 685, "drop"}}, {}}}));
  EXPECT_NE(d.text.find("one\t192.0.2.1\tc2\n"), d.text.npos) << d.text;
  EXPECT_NE(d.text.find("two\t192.0.2.2\tdrop\n"), d.text.npos) << d.text;
}

TEST(Pdf, WhatIsBrokenIsAnError) {
  EXPECT_EQ(error_of("a.pdf", "%PDF-1.7\nnothing more"), "document-damaged");
  const auto whole = made::pdf({{{{50, 700, "text"}}, {}}});
  for (std::size_t n = 20; n < whole.size(); n += 97) {
    const auto d = read_document_memory("a.pdf", std::string_view(whole).substr(0, n), limits());
    EXPECT_EQ(d ? "document-damaged" : d.error().code, "document-damaged") << n;
  }
}

TEST(Pdf, PagesAndTextAreLimited) {
  const std::vector<made::DrawnPage> pages(5, {{{50, 700, "a page of text"}}, {}});
  auto l = limits();
  l.pages_max = 2;
  auto d = read_document_memory("a.pdf", made::pdf(pages), l);
  ASSERT_TRUE(d);
  EXPECT_EQ(d->pages.size(), 2U);
  EXPECT_EQ(d->notes.counts().count("pages-cut"), 1U);
  l = limits();
  l.text_bytes_max = 20;
  d = read_document_memory("a.pdf", made::pdf(pages), l);
  ASSERT_TRUE(d);
  EXPECT_LE(d->text.size(), 20U);
  EXPECT_EQ(d->notes.counts().count("text-cut"), 1U);
}

TEST(Pdf, OneThatNeverEndsIsAnErrorOrCut) {
  // A form that draws itself, and pages that are their own children.
  std::string endless =
      "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 2000000000/Kids[2 0 R 3 0 R 2 0 R]>>endobj\n"
      "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>/Contents 5 0 R>>endobj\n"
      "4 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>/Length 12>>stream\n/X Do /X Do \nendstream endobj\n"
      "5 0 obj<</Length 6>>stream\n/X Do \nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
  auto l = limits();
  l.cpu_s_max = 5;
  const auto d = read_document_memory("a.pdf", endless, l);
  EXPECT_TRUE(d || std::set<std::string>({"cell-time", "cell-memory", "cell-crash", "document-damaged"}).contains(d.error().code)) << d.error().code;
}

TEST(Pdf, APageThatNeverEndsIsCutAndTheOthersAreRead) {
  // Each of forty forms draws the next one twice.
  std::string forms;
  for (int i = 10; i < 50; ++i)
    forms += fmt::format(
        "{} 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {} 0 R>>>>/Length 12>>stream\n/X Do /X Do \nendstream endobj\n", i, i + 1);
  const std::string twice =
      "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 2/Kids[3 0 R 6 0 R]>>endobj\n"
      "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</XObject<</X 10 0 R>>>>/Contents 5 0 R>>endobj\n"
      "5 0 obj<</Length 6>>stream\n/X Do \nendstream endobj\n"
      "6 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F 8 0 R>>>>/Contents 7 0 R>>endobj\n"
      "7 0 obj<</Length 38>>stream\nBT /F 10 Tf 50 700 Td (a page) Tj ET \nendstream endobj\n"
      "8 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n" +
      forms + "50 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 4>>stream\nq Q \nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
  auto l = limits();
  l.cpu_s_max = 10;
  const auto d = read_document_memory("a.pdf", twice, l);
  ASSERT_TRUE(d) << d.error().code;
  EXPECT_NE(d->text.find("a page"), d->text.npos) << d->text;
  EXPECT_EQ(d->notes.counts().at("pdf-page"), 1U);
}

/// One line for each font: its character map, its collection, and bytes of text in hex.
std::string east_asian_pdf(const std::vector<std::array<std::string, 3>>& lines) {
  std::string fonts, content, objects;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto& [map, collection, text] = lines[i];
    fonts += fmt::format("/F{} {} 0 R", i, 10 + 2 * i);
    content += fmt::format("BT /F{} 10 Tf 50 {} Td <{}> Tj ET\n", i, 700 - 20 * i, text);
    objects += fmt::format("{} 0 obj<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/{}/DescendantFonts[{} 0 R]>>endobj\n", 10 + 2 * i, map, 11 + 2 * i);
    objects += fmt::format("{} 0 obj<</Type/Font/Subtype/CIDFontType0/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering({})/Supplement 2>>/DW 1000>>endobj\n",
                           11 + 2 * i, collection);
  }
  return fmt::format(
      "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
      "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<<{}>>>>/Contents 4 0 R>>endobj\n"
      "4 0 obj<</Length {}>>stream\n{}endstream endobj\n{}trailer<</Root 1 0 R>>\n%%EOF\n",
      fonts, content.size(), content, objects);
}

TEST(Pdf, PredefinedEastAsianCharacterMaps) {
  ASSERT_TRUE(std::filesystem::exists("/usr/share/poppler/cMap")) << "the package poppler-data (setup/build.packages) is missing";
  const auto d = read("a.pdf", east_asian_pdf({{"UniJIS-UCS2-H", "Japan1", "901A4FE15148"},
                                               {"90ms-RKSJ-H", "Japan1", "92CA904D90E6"},
                                               {"EUC-H", "Japan1", "C4CCBFAEC0E8"},
                                               {"H", "Japan1", "444C3F2E4068"},
                                               {"UniGB-UCS2-H", "GB1", "901A4FE1"},
                                               {"ETen-B5-H", "CNS1", "B371AB48"},
                                               {"KSCms-UHC-H", "Korea1", "C5EBBDC5"}}));
  EXPECT_EQ(d.text, "通信先\n通信先\n通信先\n通信先\n通信\n通信\n통신\n\n");
  EXPECT_EQ(d.notes.counts().count("pdf-fonts"), 0U);
}

TEST(Pdf, ACharacterMapThatNobodyHasIsNoted) {
  const auto d = read(
      "a.pdf", east_asian_pdf({{"UniJIS-UCS2-H", "Japan1", "901A"}, {"NoSuchMap-H", "Japan1", "901A4FE1"}, {"..#2F..#2Fetc#2Fpasswd", "Japan1", "901A4FE1"}}));
  EXPECT_EQ(d.notes.counts().count("pdf-fonts"), 1U);
}

TEST(Html, BlocksTablesLinksAndMetadata) {
  const auto d = read("a.html", R"(<!DOCTYPE html><html><head><title> A
  title </title><meta name="author" content="The desk"><link rel="canonical" href="https://example.com/report"><meta property="article:published_time" content="2024-05-06T07:08:09+02:00"><style>p { color: red }</style></head>
<body><h1>Report</h1><p>One  sentence
on two lines, <b>bo</b>ld. See <a href="https://example.com/a?b=1&amp;c=2">our site</a>.</p><script>evil()</script><p hidden>unseen</p>
<table><tr><th>Kind</th><th>Value</th></tr><tr><td></td><td><p>192.0.2.1</p><p>192.0.2.2</p></td><td>x</td></tr></table><pre>a
  b</pre>end<br>last</body></html>)");
  EXPECT_EQ(d.kind, "html");
  EXPECT_EQ(d.title, "A title");
  EXPECT_EQ(d.author, "The desk");
  EXPECT_EQ(d.address, "https://example.com/report");
  EXPECT_EQ(d.created, "2024-05-06T05:08:09Z");
  EXPECT_EQ(d.text, "Report\n\nOne sentence on two lines, bold. See our site.\n\nKind\tValue\n\t192.0.2.1\n192.0.2.2\tx\n\na\n  b\n\nend\nlast\n");
  EXPECT_EQ(linked(d, 0), "our site -> https://example.com/a?b=1&c=2");
  EXPECT_TRUE(d.pages.empty());
}

TEST(Html, CharacterSets) {
  EXPECT_EQ(read("a.html", "<html><meta charset=shift_jis><body>\x83\x65\x83\x58\x83\x67</body></html>").text, "テスト\n");
  EXPECT_EQ(read("a.html", "<html><body>f\xFCr</body></html>").text, "für\n");
}

TEST(Html, DepthIsNoMatterUntilItTakesTooLong) {
  const auto deep = [](int n, std::string_view tag) {
    std::string out = "<html><body>";
    for (int i = 0; i < n; ++i) out += tag;
    return out + "text";
  };
  const auto code = error_of("a.html", deep(15'000, "<div>"));
  EXPECT_TRUE(code == "read: text\n" || code == "cell-crash") << code;
  EXPECT_EQ(error_of("a.html", deep(200'000, "<div>")), "document-damaged");
  EXPECT_TRUE(error_of("a.html", deep(50'000, "<path d=''/><br>")).ends_with("text\n")) << "what closes itself is not deep";
}

TEST(Docx, TextTablesLinksAndMetadata) {
  const auto d = read(
      "a.docx",
      made::docx(
          R"(<w:p><w:pPr><w:rPr/></w:pPr><w:r><w:t>One sen</w:t></w:r><w:r><w:t xml:space="preserve">tence, </w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>
<w:hyperlink r:id="rId1"><w:r><w:t>our site</w:t></w:r></w:hyperlink></w:p>
<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "https://example.com/field" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>field</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p/></w:tc><w:tc><w:p><w:r><w:t>192.0.2.1</w:t></w:r></w:p><w:p><w:r><w:t>192.0.2.2</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr></w:tbl>)",
          {{"rId1", "https://example.com/a"}}));
  EXPECT_EQ(d.kind, "docx");
  EXPECT_EQ(d.title, "A title");
  EXPECT_EQ(d.author, "The desk");
  EXPECT_EQ(d.created, "2024-05-06T07:08:09Z");
  EXPECT_EQ(d.text, "One sentence, our site\nfield\n\t192.0.2.1\n192.0.2.2\na\tb\n");
  EXPECT_EQ(linked(d, 0), "our site -> https://example.com/a");
  EXPECT_EQ(linked(d, 1), "field -> https://example.com/field");
}

TEST(Docx, TablesThatOnlyLayOutLinesAreReadByColumns) {
  std::string rows;
  const auto row = [&](const std::string& first, const std::string& third) {
    rows += "<w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"2\"/></w:tcPr><w:p><w:r><w:t>" + first +
            "</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc><w:tc><w:p/></w:tc><w:tc><w:p><w:hyperlink r:id=\"rId1\"><w:r><w:t>" + third +
            "</w:t></w:r></w:hyperlink></w:p></w:tc><w:tc><w:p/></w:tc></w:tr>";
  };
  row("Command and Scripting", "one");
  row("", "");
  row("Interpreter [T1059]", "two");
  row("", "");
  const auto d = read("a.docx", made::docx("<w:p><w:r><w:t>before</w:t></w:r></w:p><w:tbl>" + rows + "</w:tbl><w:p><w:r><w:t>after</w:t></w:r></w:p>",
                                           {{"rId1", "https://example.com/"}}));
  EXPECT_EQ(d.text, "before\nCommand and Scripting\nInterpreter [T1059]\none\ntwo\nafter\n");
  ASSERT_EQ(d.links.size(), 2U);
  EXPECT_EQ(linked(d, 1), "two -> https://example.com/");
}

TEST(Docx, ABombIsAnError) { EXPECT_EQ(error_of("a.docx", made::zip({{"word/document.xml", std::string(std::size_t{300} << 20, ' ')}})), "document-damaged"); }

TEST(Docx, WhatIsBrokenIsAnError) {
  EXPECT_EQ(error_of("a.docx", made::zip({{"[Content_Types].xml", "<x/>"}, {"word/other.xml", "<x/>"}})), "document-damaged");
  EXPECT_EQ(error_of("a.docx", made::zip({{"word/document.xml", "no markup"}})), "document-damaged");
}

TEST(Email, HeadBodyAndAttachments) {
  const auto d = read(
      "a.eml",
      "From: =?utf-8?B?VGhlIGRlc2s=?= <desk@example.com>\r\nTo: b@example.com\r\nSubject: =?iso-8859-1?Q?f=FCr_?=\r\n =?utf-8?Q?you?=\r\nDate: Wed, 28 Oct "
      "2020 12:00:00 -0500\r\n"
      "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"B\"\r\n\r\npreamble\r\n--B\r\nContent-Type: multipart/alternative; boundary=A\r\n\r\n"
      "--A\r\nContent-Type: text/plain\r\n\r\nplain\r\n--A\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
      "<p>rich <a href=3D\"https://example.com/=\r\nx\">link</a></p>\r\n--A--\r\n--B\r\nContent-Type: application/octet-stream; name=\"notes.txt\"\r\n"
      "Content-Disposition: attachment; filename*=utf-8''n%C3%B6tes.txt\r\nContent-Transfer-Encoding: base64\r\n\r\nMTkyLjAuMi4xCg==\r\n--B\r\n"
      "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=a.exe\r\nContent-Transfer-Encoding: "
      "base64\r\n\r\nTVqQAAMAAAAEAAAA\r\n--B--\r\n");
  EXPECT_EQ(d.kind, "email");
  EXPECT_EQ(d.title, "für you");
  EXPECT_EQ(d.author, "The desk <desk@example.com>");
  EXPECT_EQ(d.created, "2020-10-28T17:00:00Z");
  EXPECT_NE(d.text.find("rich link"), d.text.npos) << d.text;
  EXPECT_EQ(d.text.find("plain"), d.text.npos) << d.text;
  EXPECT_EQ(linked(d, 0), "link -> https://example.com/x");
  ASSERT_EQ(d.attachments.size(), 2U);
  EXPECT_EQ(d.attachments[0].name, "nötes.txt");
  EXPECT_EQ(d.attachments[0].kind, "text");
  EXPECT_EQ(d.attachments[0].bytes, 10U);
  EXPECT_EQ(d.text.substr(d.attachments[0].begin, 9), "192.0.2.1");
  EXPECT_EQ(d.attachments[1].name, "a.exe");
  EXPECT_EQ(d.attachments[1].kind, "pe");
  EXPECT_EQ(d.attachments[1].begin, d.attachments[1].end);
}

TEST(Email, AttachedDocumentsAreRead) {
  const auto d = read("a.eml", "From: a@example.com\nTo: b@example.com\nSubject: x\nContent-Type: application/pdf; name=r.pdf\n\n" +
                                   made::pdf({{{{50, 700, "evil.example"}}, {}}}));
  ASSERT_EQ(d.attachments.size(), 1U);
  EXPECT_EQ(d.attachments[0].kind, "pdf");
  EXPECT_EQ(d.text.substr(d.attachments[0].begin, 12), "evil.example");
  EXPECT_TRUE(d.pages.empty());
}

TEST(Email, DepthIsLimited) {
  std::string nested = "From: a@example.com\nTo: b@example.com\nSubject: x\n";
  for (int i = 0; i < 1000; ++i) nested += fmt::format("Content-Type: multipart/mixed; boundary=b{}\n\n--b{}\n", i, i);
  EXPECT_EQ(read("a.eml", nested).notes.counts().count("part-unread"), 1U);
}

TEST(Email, AMailboxIsAllItsMessages) {
  const std::string message = "From x@example.com Mon Jan  1 00:00:00 2024\nFrom: x@example.com\nTo: y@example.com\nSubject: s\n\nbody\n\n";
  const auto d = read("a.mbox", message + message);
  EXPECT_EQ(d.kind, "mbox");
  const auto first = d.text.find("body");
  EXPECT_NE(first, d.text.npos);
  EXPECT_NE(d.text.find("body", first + 1), d.text.npos) << d.text;
}

TEST(PlainText, StaysAsItIs) {
  const auto d = read("a.md", "\xEF\xBB\xBF# Title\r\n\r\nSee [our site](https://example.com/a \"t\").\r\n");
  EXPECT_EQ(d.kind, "markdown");
  EXPECT_EQ(d.text, "# Title\n\nSee [our site](https://example.com/a \"t\").\n");
  EXPECT_EQ(linked(d, 0), "our site -> https://example.com/a");
  EXPECT_EQ(linked(read("a.adoc", "= T\n\nhttps://example.com/b[site]\n"), 0), "site -> https://example.com/b");
  EXPECT_EQ(read("a.txt", std::string_view("\xFF\xFEh\0i\0", 6)).text, "hi");
  EXPECT_EQ(read("a.txt", "\x93\xFA\x96\x7B\x82\xCC").text, "日本の");
}

TEST(Document, WhatIsNotReadIsNamed) {
  EXPECT_EQ(error_of("a.txt", ""), "document-empty");
  EXPECT_EQ(error_of("a.doc", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 old"), "document-kind");
  EXPECT_EQ(error_of("a.txt", std::string_view("\0\0\0\1", 4)), "document-kind");
  auto l = limits();
  l.input_bytes_max = 3;
  EXPECT_EQ(error_of("a.txt", "four", l), "file-too-large");
  const auto missing = read_document("no/such/file", limits());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, "file-open");
}

TEST(Document, EveryRealReportIsRead) {
  const char* given = std::getenv("MOZU_SHARED");
  const auto folder = std::filesystem::path(given != nullptr ? std::string(given) : std::string(source_dir) + "/../shared") / "data/reports";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "no shared data beside the repository";
  std::size_t pages = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const auto d = read_document(entry.path().string(), limits());
    if (!d && d.error().code == "document-kind") continue;  // pictures beside the reports
    ASSERT_TRUE(d) << entry.path() << ": " << d.error().code << ": " << d.error().message;
    pages += d->pages.size();
  }
  EXPECT_GE(pages, 60U);
}

}  // namespace
}  // namespace mozu::files
