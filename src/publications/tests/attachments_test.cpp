// What is attached reads to its end, or is refused with file and line.
#include <gtest/gtest.h>

#include <cstdlib>

#include "cell.hpp"
#include "mozu/base/file.hpp"
#include "mozu/publications/attachments.hpp"
#include "mozu/publications/picture.hpp"
#include "pixel.hpp"
#include "places.hpp"

namespace mozu::publications {
namespace {

struct Read {
  Contents contents;
  Diagnostics diagnostics;
  std::string first() const {
    for (const auto& d : diagnostics.kept())
      if (d.severity != Severity::note) return d.code;
    return {};
  }
  std::uint64_t line() const {
    for (const auto& d : diagnostics.kept())
      if (d.severity != Severity::note) return d.where.line;
    return 0;
  }
};
Read read(AttachmentKind kind, std::string_view bytes, const KnownHarmless& harmless = {}) {
  Read out;
  read_attachment({kind, "x.txt", {}, bytes.size()}, bytes, harmless, out.contents, out.diagnostics);
  return out;
}
std::string sample(const std::string& name) { return read_file(std::string(source_dir) + "/examples/publications/" + name).value(); }

TEST(Attachments, IndicatorsOfEveryFormatAreCanonical) {
  const Read csv = read(AttachmentKind::indicators,
                        "type,value,description\ndomain,cdn.amber-lynx[.]example,c2\ndomain,mail.amber-lynx[.]example,sender\nip,203.0.113[.]77,c2\n"
                        "url,hxxps://cdn.amber-lynx[.]example/tasks/next,tasks\nmd5,0f1e2d3c4b5a69788796a5b4c3d2e1f0,shortcut\n");
  EXPECT_EQ(csv.first(), "");
  ASSERT_EQ(csv.contents.indicators.size(), 5U);
  EXPECT_EQ(csv.contents.indicators[0].value, "cdn.amber-lynx.example");
  EXPECT_EQ(csv.contents.indicators[3].value, "cdn.amber-lynx.example/tasks/next");
  const Read again = read(AttachmentKind::indicators, "Evil.Example\nevil.example\n");
  EXPECT_EQ(again.contents.indicators.size(), 1U) << "each once";
  const Read stix = read(AttachmentKind::indicators, read_file(std::string(source_dir) + "/examples/feeds/copper-heron.stix.json").value());
  EXPECT_EQ(stix.first(), "");
  EXPECT_EQ(stix.contents.indicators.size(), 8U);
}

TEST(Attachments, AsManyIndicatorsAsThereMayBe) {
  std::string lines;
  for (std::size_t i = 0; i < indicators_max; ++i) lines += "h" + std::to_string(i) + ".lynx.example\n";
  EXPECT_EQ(read(AttachmentKind::indicators, lines + "h7.lynx.example\n").first(), "") << "one of them twice is no more";
  const Read more = read(AttachmentKind::indicators, lines + "one-more.lynx.example\n");
  EXPECT_EQ(more.first(), "attachment-too-large");
  EXPECT_EQ(more.contents.indicators.size(), indicators_max);
}

TEST(Attachments, RowsAndUnpackedBytesHaveAnEnd) {
  // zstd of a repeated block: a frame of 4-byte RLE blocks of 128 KiB each.
  const auto zeros = [](std::size_t blocks) {
    std::string out("\x28\xb5\x2f\xfd\x00\x38", 6);
    for (std::size_t i = 0; i < blocks; ++i) out += std::string(i + 1 == blocks ? "\x03\x00\x10" : "\x02\x00\x10", 3) + 'a';
    return out;
  };
  EXPECT_TRUE(check_unpacked(AttachmentKind::indicators, "x.zst", zeros(400)));
  for (const auto kind : {AttachmentKind::indicators, AttachmentKind::sigma, AttachmentKind::suricata, AttachmentKind::yara}) {
    const auto refused = check_unpacked(kind, "x.zst", zeros(600));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "attachment-too-large");
    EXPECT_EQ(read(kind, zeros(600)).first(), "attachment-too-large");
  }
  std::string lines;
  for (std::uint64_t i = 0; i <= attachment_rows_max; ++i) lines += "a.b\n";
  EXPECT_FALSE(check_unpacked(AttachmentKind::indicators, "x.csv", lines));
  std::string array = "[";
  while (array.size() < attachment_rows_max * 10) array += "\"1.1.1.1\",";
  array += "\"1.1.1.1\",\"1.1.1.1\"]";
  ASSERT_TRUE(check_unpacked(AttachmentKind::indicators, "x.json", array));
  EXPECT_EQ(read(AttachmentKind::indicators, array).first(), "attachment-too-large") << "rows that are no lines";
}

TEST(Attachments, ConditionsOfSigmaHaveAnEnd) {
  const auto rule = [](std::size_t depth) {
    return "title: x\nlogsource: {category: process_creation}\ndetection:\n  s: {a: b}\n  condition: " + std::string(depth, '(') + "s" +
           std::string(depth, ')') + "\n";
  };
  EXPECT_EQ(read(AttachmentKind::sigma, rule(50)).first(), "");
  EXPECT_EQ(read(AttachmentKind::sigma, rule(200'000)).first(), "sigma-rule");
}

TEST(Attachments, ARowThatIsNoneIsAnErrorWithItsLine) {
  const Read broad = read(AttachmentKind::indicators, "evil.example\nlocalhost\n");
  EXPECT_EQ(broad.first(), "indicator-too-broad");
  EXPECT_EQ(broad.line(), 2U);
  EXPECT_EQ(broad.diagnostics.errors(), 1U);
  EXPECT_NE(read(AttachmentKind::indicators, "").first(), "");
  EXPECT_NE(read(AttachmentKind::indicators, "just some prose here\n").first(), "");
}

TEST(Attachments, NoRowIsLostWithoutAWord) {
  const auto lines = [](std::string_view bytes) {
    std::vector<std::uint64_t> out;
    const Read r = read(AttachmentKind::indicators, bytes);
    for (const auto& d : r.diagnostics.kept())
      if (d.severity == Severity::error) out.push_back(d.where.line);
    return std::pair(out, r.contents.indicators.size());
  };
  using Lines = std::vector<std::uint64_t>;
  EXPECT_EQ(lines("8.8.8.8\nnot an indicator\nthis is free text, with a comma\nfoo-bad.example\n999.9.9.9\nevil.c0m\ndeadbeef\n"),
            std::pair(Lines({2, 3, 5, 6, 7}), std::size_t{2}));
  EXPECT_EQ(lines("8.8.8.8\nfoo-bad.example\nnot an indicator\n"), std::pair(Lines({3}), std::size_t{2}));
  EXPECT_EQ(lines("# IOCs of the malware\n\n8.8.8.8  # a resolver\n; more\nDomains:\nfoo-bad.example\n-----\n"), std::pair(Lines({5, 7}), std::size_t{2}));
  EXPECT_EQ(lines("type,value\ndomain,foo-bad.example\n\nmutex,Global\\x1\nip,\n"), std::pair(Lines({4, 5}), std::size_t{1}));
  EXPECT_EQ(lines("## Indicators of the malware\nThe malware is old.\nfoo-bad[.]example\n"), std::pair(Lines({2}), std::size_t{1}))
      << "prose says nothing surely";
}

TEST(Attachments, WhatIsKnownToBeHarmlessIsAWarning) {
  const Read r = read(AttachmentKind::indicators, "evil.example\n192.0.2.8\n",
                      [](std::string_view v) { return v == "192.0.2.8" ? std::string("resolvers") : std::string(); });
  EXPECT_EQ(r.first(), "known-harmless");
  EXPECT_EQ(r.diagnostics.warnings(), 1U);
  EXPECT_EQ(r.diagnostics.errors(), 0U);
  EXPECT_EQ(r.contents.indicators.size(), 2U);
}

TEST(Attachments, AHostileYaraRuleCostsAnError) {
  // Compiled in a process of its own: what it does to its compiler is told, and we are still here.
  std::string deep = "rule a { condition: ";
  for (int i = 0; i < 100'000; ++i) deep += "(not ";
  EXPECT_NE(read(AttachmentKind::yara, deep).first(), "");
  std::string many = "rule a { strings:\n";
  for (int i = 0; i < 100'000; ++i) many += "$a" + std::to_string(i) + " = /[a-z]{1,100}.{1,1000}[^x]{5}/\n";
  EXPECT_NE(read(AttachmentKind::yara, many.substr(0, yara_bytes_max - 100) + "\ncondition: any of them }").first(), "");
  ::setenv("MOZU_CELL", "/nonexistent/mozu-cell", 1);
  EXPECT_EQ(read(AttachmentKind::yara, "rule a { condition: true }").first(), "cell-missing");
  ::setenv("MOZU_CELL", cell_program, 1);
}

class Suricata : public ::testing::Test {
 protected:
  static std::string told(std::string_view rules, const std::string& program = {}) {
    Diagnostics diagnostics;
    check_suricata("x.rules", rules, diagnostics, program);
    std::string out;
    for (const auto& d : diagnostics.kept()) out += d.code + ":" + std::to_string(d.where.line) + " ";
    return out;
  }
};

TEST_F(Suricata, RulesAreTestedBySuricataItself) {
  if (told("alert ip any any -> any any (msg:\"x\"; sid:1;)") == "suricata-absent:0 ") GTEST_SKIP() << "suricata is not installed here";
  EXPECT_EQ(told("# one\nalert http $HOME_NET any -> $EXTERNAL_NET any (msg:\"lynx\"; http.host; content:\"lynx.example\"; classtype:trojan-activity; sid:1; "
                 "rev:1;)\n"),
            "");
  EXPECT_EQ(told("alert ip any any -> any any (msg:\"x\"; sid:1;)\nalert ip any any -> any any (msg:\"y\"; frobnicate:1; sid:2;)\n\nalert tcp any any -> any "
                 "(sid:3;)\n"),
            "suricata:2 suricata:4 ");
  EXPECT_EQ(told("alert ip any any -> any any (msg:\"x\"; pcre:\"/(/\"; sid:1;)"), "suricata:1 ");
  // What a rule names is not opened: it may write and read nowhere but in a folder of its own.
  EXPECT_NE(told("alert ip any any -> any any (msg:\"x\"; luajit:/etc/passwd; sid:1;)"), "");
}

TEST_F(Suricata, WithoutItTheRulesAreParsedOnlyAndThatIsSaid) {
  EXPECT_EQ(told("alert ip any any -> any any (sid:1;)", "/nonexistent/suricata"), "suricata-absent:0 ");
  EXPECT_EQ(told("alert ip any any -> any any (sid:1;)", "/bin/false"), "suricata:0 ") << "one that fails without a word refuses";
  EXPECT_EQ(told("alert ip any any -> any any (sid:1;)", "/bin/true"), "");
}

TEST(Attachments, YaraCompiles) {
  const Read r = read(AttachmentKind::yara, sample("amber-lynx.yar"));
  EXPECT_EQ(r.first(), "") << r.diagnostics.kept().front().message;
  ASSERT_EQ(r.contents.rules.size(), 2U);
  EXPECT_EQ(r.contents.rules[0].name, "Sample_LynxPaw_Loader");
  EXPECT_TRUE(r.contents.rules[0].text.starts_with("import \"pe\"")) << r.contents.rules[0].text;
  const Read wrong = read(AttachmentKind::yara, "rule a { condition: true }\nrule b {\n strings: $x = \"y\"\n condition: $z }\n");
  EXPECT_EQ(wrong.first(), "yara");
  EXPECT_EQ(wrong.line(), 4U) << wrong.diagnostics.kept().front().message;
  EXPECT_TRUE(wrong.contents.rules.empty());
  EXPECT_EQ(read(AttachmentKind::yara, "include \"/etc/hostname\"\nrule a { condition: true }").first(), "yara") << "no file of the machine";
  EXPECT_EQ(read(AttachmentKind::yara, std::string_view("rule a { condition: true }\0x", 28)).first(), "yara");
  EXPECT_EQ(read(AttachmentKind::yara, "// nothing\n").first(), "attachment-empty");
}

TEST(Attachments, SigmaAndSuricataParse) {
  const Read sigma = read(AttachmentKind::sigma, sample("amber-lynx.sigma.yml"));
  EXPECT_EQ(sigma.first(), "");
  ASSERT_EQ(sigma.contents.rules.size(), 1U);
  EXPECT_EQ(sigma.contents.rules[0].language, "sigma");
  EXPECT_EQ(read(AttachmentKind::sigma, "title: x\nlogsource: [\n").first(), "sigma-yaml");
  EXPECT_EQ(read(AttachmentKind::sigma, "title: x\nlogsource:\n  product: windows\n").first(), "sigma-rule");
  const Read suricata = read(AttachmentKind::suricata, "alert dns any any -> any any (msg:\"x\"; dns.query; content:\"evil.example\"; sid:1;)\n");
  EXPECT_EQ(suricata.first(), "");
  EXPECT_EQ(suricata.contents.rules.size(), 1U);
  EXPECT_EQ(read(AttachmentKind::suricata, "alert dns any any\n").first(), "ids-rule");
}

TEST(Attachments, FiguresArePictures) {
  EXPECT_EQ(read(AttachmentKind::figure, pixel).first(), "");
  EXPECT_EQ(read(AttachmentKind::figure, pixel.substr(0, 40)).first(), "figure-damaged");
  EXPECT_EQ(read(AttachmentKind::figure, "<svg onload=x>").first(), "figure-kind");
  EXPECT_EQ(read(AttachmentKind::figure, "").first(), "figure-kind");
  EXPECT_EQ(picture_type("\xff\xd8\xff\xe0"), "image/jpeg");
}

TEST(Attachments, AFigureThatATextShowsIsAttached) {
  Publication p;
  p.texts = {{"en", "T", "![a](map.png)", "![a](map.png) and ![b](other.png)"}, {"ja", "T", "x", "![b](rows.csv)"}};
  p.attachments = {{AttachmentKind::figure, "map.png", "", 70}, {AttachmentKind::indicators, "rows.csv", "", 1}};
  Diagnostics said;
  check_figures(p, said);
  ASSERT_EQ(said.kept().size(), 2U);
  EXPECT_EQ(said.kept()[0].code, "figure-missing");
  EXPECT_EQ(said.kept()[0].severity, Severity::warning);
  EXPECT_NE(said.kept()[0].message.find("the full report (en) shows the figure 'other.png'"), std::string::npos) << said.kept()[0].message;
  EXPECT_NE(said.kept()[1].message.find("(ja)"), std::string::npos) << "what is attached as something else is no figure";
}

}  // namespace
}  // namespace mozu::publications
