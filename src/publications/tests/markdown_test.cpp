// Whatever an author writes: no script, no address but http(s) and mailto, nothing loaded from elsewhere; and what they meant stands there.
#include <gtest/gtest.h>

#include <fmt/core.h>

#include <set>

#include "mozu/base/text.hpp"
#include "mozu/publications/markdown.hpp"

namespace mozu::publications {
namespace {

std::string html(std::string_view markdown) {
  HtmlOptions options;
  options.figure = [](std::string_view name) { return name == "map.png" ? std::string("/files/map.png?a=1&b=\"2\"") : std::string(); };
  const auto made = render_html(markdown, options);
  return made ? made->html : made.error().code;
}

TEST(Markdown, SaysWhatTheAuthorMeant) {
  EXPECT_EQ(html("# Loader & *co*\n\ntext"), "<h2 id=\"t-s1\">Loader &amp; <em>co</em></h2>\n<p>text</p>\n");
  EXPECT_EQ(html("- a\n- b"), "<ul><li>a</li>\n<li>b</li>\n</ul>\n");
  EXPECT_EQ(html("3. a\n\n4. b"), "<ol start=\"3\"><li><p>a</p>\n</li>\n<li><p>b</p>\n</li>\n</ol>\n");
  EXPECT_EQ(html("~~old~~ **new** `x<y`\\\nz"), "<p><del>old</del> <strong>new</strong> <code>x&lt;y</code><br>\nz</p>\n");
  EXPECT_EQ(html("```Python x\"y\nif a < b:\n```"), "<pre><code class=\"language-python\">if a &lt; b:\n</code></pre>\n");
  EXPECT_EQ(html("> said"), "<blockquote><p>said</p>\n</blockquote>\n");
  EXPECT_EQ(html("[a](https://reports.example/x?a=1&b=2)"),
            "<p><a href=\"https://reports.example/x?a=1&amp;b=2\" rel=\"nofollow noopener noreferrer\">a</a></p>\n");
  EXPECT_EQ(html("![Map of <it>](map.png)"), "<p><img src=\"/files/map.png?a=1&amp;b=&quot;2&quot;\" alt=\"Map of &lt;it&gt;\" loading=\"lazy\"></p>\n");
}

TEST(Markdown, TablesAndFootnotes) {
  EXPECT_EQ(html("|a|b|\n|--|--:|\n|1|2|\n|3|"),
            "<table>\n<thead><tr><th scope=\"col\">a</th><th scope=\"col\" class=\"right\">b</th></tr></thead>\n<tbody>\n<tr><td>1</td><td "
            "class=\"right\">2</td></tr>\n<tr><td>3</td><td class=\"right\"></td></tr>\n</tbody></table>\n");
  EXPECT_EQ(html("one[^x]\n\n[^x]: first"),
            "<p>one<sup><a href=\"#t-f1\" id=\"t-r1\">1</a></sup></p>\n<section class=\"footnotes\"><ol>\n<li id=\"t-f1\"><p>first</p>\n<a href=\"#t-r1\" "
            "class=\"footnote-back\" aria-label=\"1\">↩</a></li>\n</ol></section>\n");
  const std::string notes = html("one[^x] two[^y] again[^x]\n\n[^y]: second\n[^x]: first");
  EXPECT_NE(notes.find("<sup><a href=\"#t-f1\" id=\"t-r1\">1</a></sup>"), notes.npos) << notes;
  EXPECT_NE(notes.find("<li id=\"t-f1\"><p>first"), notes.npos) << notes;
  EXPECT_NE(notes.find("<li id=\"t-f2\"><p>second"), notes.npos) << notes;
  EXPECT_TRUE(notes.ends_with("</ol></section>\n")) << notes;
  EXPECT_EQ(notes.find("id=\"t-r1\""), notes.rfind("id=\"t-r1\"")) << "an id stands once";
}

TEST(Markdown, TheContentsAreItsHeadings) {
  const auto made = render_html("# One *two*\n\n### Three\n\n# One *two*", {{}, "full-"});
  ASSERT_TRUE(made);
  ASSERT_EQ(made->contents.size(), 3U);
  EXPECT_EQ(made->contents[0].text, "One two");
  EXPECT_EQ(made->contents[0].level, 2);
  EXPECT_EQ(made->contents[1].level, 4);
  EXPECT_EQ(made->contents[1].id, "full-s2");
  EXPECT_NE(made->contents[0].id, made->contents[2].id);
}

TEST(Markdown, PlainTextHasNoMarks) {
  EXPECT_EQ(plain_text("# A\n\n*b* [c](https://d.example) `e`\n\n- f\n- g").value(), "A\nb c e\nf\ng");
  EXPECT_EQ(plain_text("Who:\n\n| Kind | Count |\n|---|---|\n| *domain* | 12 |\n| | 3 |\n| url | |\n| | |\n\nEnd.").value(),
            "Who:\nKind · Count\ndomain · 12\n3\nurl\nEnd.");
  EXPECT_EQ(plain_text("\xE6\x94\xBB\xE6\x92\x83").value(), "\xE6\x94\xBB\xE6\x92\x83");
}

/// Elements and attributes of HTML that our writer made, taken apart strictly; anything else fails.
void expect_harmless(const std::string& html, std::string_view of) {
  static const std::set<std::string_view> elements = {"a",      "blockquote", "br",    "code",  "del", "em", "h2",    "h3",  "h4",
                                                      "h5",     "h6",         "hr",    "img",   "li",  "ol", "p",     "pre", "section",
                                                      "strong", "sup",        "table", "tbody", "td",  "th", "thead", "tr",  "ul"};
  static const std::set<std::string_view> attributes = {"href", "rel", "id", "class", "src", "alt", "loading", "scope", "start", "aria-label"};
  std::string_view rest = html;
  while (true) {
    const auto open = rest.find('<');
    if (open == rest.npos) break;
    rest.remove_prefix(open + 1);
    if (rest.starts_with('/')) rest.remove_prefix(1);
    const auto name = rest.substr(0, rest.find_first_of(" >"));
    ASSERT_TRUE(elements.contains(name)) << name << " in " << html << " of " << of;
    rest.remove_prefix(name.size());
    while (rest.starts_with(' ')) {
      rest.remove_prefix(1);
      const auto attribute = rest.substr(0, rest.find('='));
      ASSERT_TRUE(attributes.contains(attribute)) << attribute << " in " << html;
      rest.remove_prefix(attribute.size());
      ASSERT_TRUE(rest.starts_with("=\"")) << html;
      rest.remove_prefix(2);
      const auto value = rest.substr(0, rest.find('"'));
      if (attribute == "href") {
        EXPECT_TRUE(value.starts_with("#t-") || istarts_with(value, "https://") || istarts_with(value, "http://") || istarts_with(value, "mailto:"))
            << value << " of " << of;
      }
      if (attribute == "src") {
        EXPECT_TRUE(value.starts_with("/files/map.png")) << value << " of " << of;
      }
      EXPECT_EQ(value.find('<'), value.npos) << html;
      rest.remove_prefix(value.size() + 1);
    }
    ASSERT_TRUE(rest.starts_with('>')) << html;
  }
}

TEST(Markdown, StoredScriptsAreText) {
  const std::string_view attacks[] = {"<script>alert(1)</script>",
                                      "<img src=x onerror=alert(1)>",
                                      "text <b onclick='x'>b</b>",
                                      "<svg/onload=alert(1)>",
                                      "<iframe src=//evil.example></iframe>",
                                      "<!-- --><script>alert(1)</script>",
                                      "<style>*{background:url(//evil.example)}</style>",
                                      "<a href='javascript:alert(1)'>x</a>",
                                      "<math><mi xlink:href='data:x'>",
                                      "[x](javascript:alert(1))",
                                      "[x](JaVaScRiPt:alert(1))",
                                      "[x](java&#10;script:alert(1))",
                                      "[x](&#106;avascript:alert(1))",
                                      "[x](<javascript:alert(1)>)",
                                      "[x](\x01javascript:alert(1))",
                                      "[x](data:text/html;base64,PHNjcmlwdD4=)",
                                      "[x](vbscript:x)",
                                      "[x](file:///etc/passwd)",
                                      "[x](//evil.example)",
                                      "[x](/api/v1/session)",
                                      "[x](#t-s1)",
                                      "<javascript:alert(1)>",
                                      "[x]: javascript:alert(1)\n\n[x]",
                                      "[x](https://a.example/\"onmouseover=\"alert(1))",
                                      "[x](https://a.example 'a\" onclick=\"b')",
                                      "[x](https://a.example/<script>)",
                                      "![x](https://evil.example/pixel.png)",
                                      "![x](javascript:alert(1))",
                                      "![x](data:image/svg+xml,<svg onload=x>)",
                                      "![\"><script>](map.png)",
                                      "![a](map.png \"t\\\" onerror=x\")",
                                      "![x](../map.png)",
                                      "![a ![b](map.png) c](map.png)",
                                      "[![x](https://evil.example/p.png)](javascript:alert(1))",
                                      "```\"><script>alert(1)</script>\nx\n```",
                                      "~~~ x' onclick='y\nz\n~~~",
                                      "# <script>alert(1)</script>",
                                      "|<script>|\n|--|\n|[x](javascript:y)|",
                                      "x[^<script>]\n\n[^<script>]: [y](javascript:z)",
                                      "x[^a\"b]\n\n[^a\"b]: y",
                                      "`<script>`",
                                      "&lt;script&gt;",
                                      "<https://a.example/\"onclick>",
                                      "<p\nonclick=alert(1)>x</p>",
                                      "<![CDATA[<script>]]>",
                                      "<?php x ?>",
                                      "<!DOCTYPE x>",
                                      "**<script>**",
                                      "- <script>\n- [x](javascript:1)",
                                      "\\<script>",
                                      "[x](https://a.example/\\\"><script>)"};
  for (const auto attack : attacks) {
    const std::string made = html(attack);
    EXPECT_EQ(made.find("<script"), made.npos) << attack << " → " << made;
    expect_harmless(made, attack);
  }
}

TEST(Markdown, AnAddressIsNoLinkUnlessTheAuthorMadeItOne) {
  EXPECT_EQ(html("see https://evil.example and www.evil.example"), "<p>see https://evil.example and www.evil.example</p>\n");
  EXPECT_EQ(html("![gone](other.png)"), "<p>gone</p>\n");
}

TEST(Markdown, NulAndBrokenUtf8BecomeReplacementCharacters) {
  EXPECT_EQ(html(std::string_view("a\0b", 3)),
            "<p>a\xEF\xBF\xBD"
            "b</p>\n");
  EXPECT_EQ(html("a\xC3(b"), "<p>a\xEF\xBF\xBD(b</p>\n");
}

std::string many(std::string_view piece, std::size_t bytes) {
  std::string out;
  while (out.size() < bytes) out += piece;
  return out;
}

TEST(Markdown, BombsAreRefusedOrCostLittle) {
  EXPECT_EQ(html(many(">", 1000)), "markdown-too-deep");
  EXPECT_EQ(html(many("> ", 1000)), "markdown-too-deep");
  EXPECT_EQ(html(many("- ", 1000) + "x"), "markdown-too-deep");
  EXPECT_EQ(html("|" + many("a|", 2000) + "\n|" + many("-|", 2000) + "\n" + many("|\n", 4000)), "markdown-table");
  EXPECT_EQ(html(many("![[]()", 100'000)), "markdown-pictures");
  EXPECT_EQ(html(many("a", markdown_bytes_max + 1)), "markdown-too-large");
  std::string stairs;
  for (std::size_t i = 0; i < 100; ++i) stairs += std::string(i * 2, ' ') + "- x\n";
  EXPECT_EQ(html(stairs), "markdown-too-deep");
  EXPECT_EQ(html(many("[^a]:", 1000)), "markdown-too-deep");
  EXPECT_EQ(html("x\r" + many("> ", 1000) + "\rx"), "markdown-too-deep");
  EXPECT_EQ(html("|" + many("a|", 2000) + "\r|" + many("-\f|", 2000) + "\r" + many("|\r", 4000)), "markdown-table") << "as lines and blanks are to the parser";
  EXPECT_EQ(html(many("|", 100'000) + "\n|-|\n"), "markdown-table") << "cells of a row are walked for each";
  EXPECT_EQ(html("|a|\n|-|\n" + many(many("|", 1000) + "\n", 900'000)), "markdown-table");
  EXPECT_EQ(html(many("a|a\n|-|-|-|\n", 200'000)), "markdown-table") << "each line that may stand under a head has its paragraph read again";
  EXPECT_EQ(html(many("a\n", 200'000) + ":-\n"), "markdown-table");
  EXPECT_EQ(html("|a|\n|-|\n|\n" + many("b\n|-|-|\n", 200'000)), "markdown-table");
  EXPECT_EQ(html(many("*~_a", 500'000)), "markdown-marks");
  EXPECT_EQ(html(many("*a **a ", 100'000)).find("markdown"), std::string::npos);
  const auto refused = render_html("fine\n\n" + many("> ", 1000));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where.line, 3U);
}

TEST(Markdown, ReferencesDoNotSwell) {
  const std::string address = "http://x.example/" + many("u", 100'000);
  const auto refused = [&](std::string_view definition, std::string_view use) {
    return html(std::string(definition) + "\n\n" + many(use, 50'000)) == "markdown-references";
  };
  EXPECT_TRUE(refused("[a]: " + address, "[a] "));
  EXPECT_TRUE(refused("[a]: <" + address + ">", "[x][ A ] ")) << "cases and blanks are the same";
  EXPECT_TRUE(refused("[a]: x \"" + many("t ]: u\n", 100'000) + "\"", "[a][] ")) << "titles, too, over lines";
  EXPECT_TRUE(refused("> [a\n> b]:\n> " + address, "[a b] ")) << "marks of quotes between";
  EXPECT_TRUE(refused("[\u00c4]: " + address, "[\u00e4] ")) << "letters beyond ASCII";
  EXPECT_TRUE(refused("[a|b]: " + address, "|[a\\|b]|\n")) << "a bar in a table is escaped";
  EXPECT_TRUE(refused("- [^n]: [a]: " + address, "[a]"));
  EXPECT_TRUE(refused("[\u8b66\u544a]: " + address, "[\u8b66\u544a]"));
  EXPECT_FALSE(refused("[a]: " + address, "[b] ")) << "not used";
  EXPECT_FALSE(refused("[1]: https://a.example/report", "203.0.113[.]7 [2] [1](https://a.example) "));
  std::string list, text;
  for (int i = 0; i < 300; ++i) {
    list += "[r" + std::to_string(i) + "]: https://a.example/a/long/way/to/a/report-" + std::to_string(i) + " \"What it says\"\n";
    text += "As said in [r" + std::to_string(i) + "][] and [there][r" + std::to_string(i) + "].\n";
  }
  EXPECT_NE(html(text + "\n" + list).find("report-299\""), std::string::npos) << "as many as a long report has";
  std::string rows = "|a|b|c|\n|-|-|-|\n";
  for (int i = 0; i < 5000; ++i) rows += "| - | - | - |\n";
  EXPECT_NE(html(rows).find("<td>-</td>"), std::string::npos) << "rows that look like those under heads";
}

}  // namespace
}  // namespace mozu::publications
