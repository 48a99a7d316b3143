#include "page_style.hpp"

#include <fmt/core.h>

#include "mozu/base/text.hpp"

namespace mozu::publications {
namespace {

/// As a string of CSS: whatever is no letter or digit is a number, so that neither the string nor the element that it stands in ends early.
std::string css_string(std::string_view s) {
  std::string out = "\"";
  for (const char c : s) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_alnum(byte) || byte >= 0x80 || c == ' ') out += c;
    else if (byte >= 0x20 && byte != 0x7f) out += fmt::format("\\{:x} ", byte);
  }
  return out + '"';
}

// A4 for the printer; on a screen the same page in one column. Colours stay in print: a cover is no ink saver.
constexpr std::string_view sheet = R"css(
:root { color-scheme: light; --ink: #16202c; --soft: #55636f; --line: #d5dce3; --wash: #f3f6f9; --accent: #1a5aa3; --warm: #d9622b; }
* { box-sizing: border-box; }
html { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
body { margin: 0; color: var(--ink); background: #fff; font: 10pt/1.6 "Open Sans", "Noto Sans", "BIZ UDPGothic", "Noto Sans CJK JP", "IPAexGothic", "IPAPGothic", "Liberation Sans", sans-serif; font-kerning: normal; overflow-wrap: break-word; }
:lang(ja) { line-break: strict; }
:lang(ja) p, :lang(ja) li { line-height: 1.75; }
a { color: var(--accent); text-decoration: none; }
h1, h2, h3, h4, h5, h6 { line-height: 1.28; margin: 1.5em 0 .45em; color: var(--ink); break-after: avoid; font-weight: 700; text-wrap: balance; }
h1.section { font-size: 20pt; margin: 0 0 5mm; padding: 0 0 3mm; border-bottom: .6mm solid var(--accent); letter-spacing: -.01em; }
section.flow h1.section { font-size: 15.5pt; margin-bottom: 3.5mm; padding-bottom: 2mm; border-bottom-width: .35mm; }
h2 { font-size: 14pt; color: var(--accent); }
h3 { font-size: 11.5pt; }
h4, h5, h6 { font-size: 10pt; }
p { margin: 0 0 .8em; orphans: 3; widows: 3; }
ul, ol { margin: 0 0 .9em; padding-left: 1.5em; }
li { margin: .2em 0; }
li::marker { color: var(--accent); }
blockquote { margin: 0 0 1em; padding: .2em 0 .2em 1.1em; border-left: 1mm solid var(--accent); color: var(--soft); }
hr { border: 0; border-top: .3mm solid var(--line); margin: 1.6em 0; }
img { display: block; max-width: 100%; max-height: 215mm; margin: .4em auto 1em; break-inside: avoid; }
code, pre, .mono { font-family: "DejaVu Sans Mono", "Noto Sans Mono", "BIZ UDGothic", "IPAGothic", monospace; font-size: .84em; }
code { background: var(--wash); border-radius: .6mm; padding: .1em .32em; }
pre { background: var(--wash); border: .25mm solid var(--line); border-left: 1mm solid var(--accent); border-radius: .6mm; padding: 2.6mm 3.4mm; margin: 0 0 1.1em; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.5; }
pre code { background: none; padding: 0; font-size: 1em; }
table { width: 100%; border-collapse: collapse; margin: .4em 0 1.3em; font-size: .92em; line-height: 1.45; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th { text-align: left; vertical-align: bottom; color: #fff; background: var(--ink); font-weight: 600; padding: 1.5mm 2.2mm; }
td { vertical-align: top; padding: 1.4mm 2.2mm; border-bottom: .25mm solid var(--line); overflow-wrap: anywhere; }
tbody tr:nth-child(even) td { background: var(--wash); }
.right { text-align: right; }
.center { text-align: center; }
sup { line-height: 0; font-size: .72em; }
.footnotes { margin-top: 2em; border-top: .25mm solid var(--line); padding-top: .7em; font-size: .88em; color: var(--soft); }
.note { color: var(--soft); font-size: .9em; }
.mark { display: inline-block; font-weight: 700; padding: .6mm 2.4mm; letter-spacing: .02em; white-space: nowrap; }
.cover { position: relative; display: flex; flex-direction: column; color: #eef3f8; background: var(--ink); overflow: hidden; }
.cover svg.pattern { position: absolute; inset: 0; width: 100%; height: 100%; }
.cover > div { position: relative; }
.cover .top { display: flex; justify-content: space-between; align-items: center; font-size: 9.5pt; }
.cover .brand { display: flex; align-items: center; gap: 3mm; font-weight: 700; font-size: 12pt; letter-spacing: .02em; }
.cover .brand svg { width: 10mm; height: 10mm; }
.cover .mark { font-size: 12pt; }
.cover .middle { margin: auto 0; padding: 16mm 0; }
.cover .kind { display: inline-block; color: #ffb48a; font-weight: 700; letter-spacing: .08em; text-transform: uppercase; font-size: 10pt; margin: 0 0 4mm; }
.cover h1 { color: #fff; font-size: 30pt; line-height: 1.22; margin: 0 0 6mm; letter-spacing: -.015em; max-width: 165mm; }
.cover h1.long { font-size: 23pt; }
.cover .part { font-size: 14pt; color: #b9c8d8; padding-top: 5mm; border-top: .8mm solid var(--warm); display: inline-block; min-width: 46mm; }
.cover dl { display: grid; grid-template-columns: repeat(3, 1fr); gap: 5mm 8mm; margin: 0; font-size: 9.5pt; line-height: 1.45; }
.cover dt { color: #93a7bb; font-size: 8pt; letter-spacing: .03em; margin: 0 0 .6mm; }
.cover dd { margin: 0; color: #fff; }
.glance { display: grid; grid-template-columns: 34mm 1fr; margin: 0 0 6mm; font-size: .95em; border-top: .25mm solid var(--line); }
.glance dt, .glance dd { margin: 0; padding: 1.2mm 0; border-bottom: .25mm solid var(--line); }
.glance dt { color: var(--soft); }
.tag { display: inline-block; background: var(--wash); border: .25mm solid var(--line); border-radius: 3mm; padding: 0 2.4mm; margin: .3mm 1mm .3mm 0; }
.figures { display: flex; gap: 4mm; margin: 0 0 8mm; padding: 0; list-style: none; }
.figures li { flex: 1; margin: 0; background: var(--wash); border-top: .8mm solid var(--accent); padding: 2.6mm 3.4mm; color: var(--soft); font-size: .88em; line-height: 1.35; }
.figures b { display: block; color: var(--ink); font-size: 19pt; line-height: 1.2; }
.contents { list-style: none; padding: 0; margin: 0; }
.contents li, :lang(ja) .contents li { margin: 0; line-height: 1.4; }
.contents a { display: flex; align-items: baseline; gap: 2mm; color: var(--ink); padding: .5mm 0; }
.contents a span:first-child { flex: 0 1 auto; }
.contents a::before { content: ""; order: 1; flex: 1; min-width: 6mm; border-bottom: .3mm dotted #9aa8b5; }
.contents .page { order: 2; width: 9mm; text-align: right; font-variant-numeric: tabular-nums; }
.contents .l1 { font-weight: 700; padding-top: 1mm; }
.contents .l2 { padding-left: 5mm; }
.contents .l3 { padding-left: 10mm; font-size: .93em; color: var(--soft); }
.chart { margin: 0 0 7mm; break-inside: avoid; }
.chart svg { width: 100%; height: auto; display: block; }
.chart figcaption { font-weight: 600; margin: 0 0 2mm; }
.chart text { font: 10px "Open Sans", "BIZ UDPGothic", "Noto Sans CJK JP", "IPAPGothic", sans-serif; fill: #16202c; }
.technique { white-space: nowrap; font-weight: 600; }
.name { display: block; color: var(--soft); font-weight: 400; white-space: normal; }
td.short { white-space: nowrap; width: 32mm; }
table.dense { font-size: .86em; line-height: 1.35; }
table.dense td { padding-top: .7mm; padding-bottom: .7mm; }
.imprint { margin-top: 5mm; padding-top: 3mm; border-top: .25mm solid var(--line); color: var(--soft); font-size: .85em; }
@media screen {
  body { background: #e6ebf0; }
  main, .cover { max-width: 52rem; margin: 0 auto; }
  main { background: #fff; }
  section.part { padding: 2.2rem clamp(1.1rem, 5vw, 3.4rem); border-bottom: 1px solid var(--line); }
  .cover { min-height: 30rem; padding: clamp(1.2rem, 5vw, 3rem); }
  .cover dl { grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); }
  .contents .page, .contents a::before { display: none; }
  .figures { flex-wrap: wrap; }
  .scroll { overflow-x: auto; }
}
@media (max-width: 40rem) {
  .cover h1 { font-size: 1.8rem; }
  .glance { grid-template-columns: 1fr; }
  .glance dt { border: 0; padding-bottom: 0; }
}
@media print {
  .cover { page: cover; width: 210mm; height: 297mm; padding: 19mm 20mm 18mm; break-after: page; }
  section.part { break-before: page; }
  section.part:first-of-type, section.flow { break-before: auto; }
  section.flow { margin-top: 9mm; }
  section.about { break-inside: avoid; }
  .footnote-back { display: none; }
}
)css";

}  // namespace

TlpColours colours_of(intel::Tlp tlp) {
  switch (tlp) {
    case intel::Tlp::red: return {"#ff2b2b", "#000"};
    case intel::Tlp::amber:
    case intel::Tlp::amber_strict: return {"#ffc000", "#000"};
    case intel::Tlp::green: return {"#33ff00", "#000"};
    case intel::Tlp::clear: return {"#fff", "#000"};
    default: return {"#fff", "transparent"};
  }
}

std::string style_sheet(const RunningText& r) {
  const TlpColours tlp = colours_of(r.tlp);
  const std::string font = "font-family: \"Open Sans\", \"BIZ UDPGothic\", \"Noto Sans CJK JP\", \"IPAPGothic\", sans-serif;";
  const std::string quiet = font + " font-size: 8pt; color: #55636f;";
  // FIRST's TLP 2.0: in capitals, at least 12 pt high, in head and foot of every page.
  const std::string mark =
      r.tlp == intel::Tlp::none
          ? "content: none;"
          : fmt::format("content: {}; {} font-size: 12pt; font-weight: 700; color: {}; background: {}; padding: 1mm 2.5mm; white-space: nowrap; ",
                        css_string(intel::name(r.tlp)), font, tlp.text, tlp.ground);
  std::string out = "@page { size: A4; margin: 27mm 20mm 25mm; ";
  out += fmt::format("@top-left {{ content: {}; {} vertical-align: middle; text-align: left; width: 120mm; }} ", css_string(r.head), quiet);
  out += fmt::format("@top-right {{ {} width: min-content; height: 7.5mm; margin: auto 0; vertical-align: middle; }} ", mark);
  out += fmt::format("@bottom-left {{ content: {}; {} vertical-align: middle; text-align: left; }} ", css_string(r.foot), quiet);
  out += fmt::format("@bottom-center {{ {} width: min-content; height: 7.5mm; margin: auto; vertical-align: middle; }} ", mark);
  out += fmt::format("@bottom-right {{ content: counter(page) \" / \" counter(pages); {} vertical-align: middle; text-align: right; }} }}\n", quiet);
  out +=
      "@page cover { margin: 0; @top-left { content: none; } @top-right { content: none; } @bottom-left { content: none; } @bottom-center { content: none; } "
      "@bottom-right { content: none; } }";
  out += fmt::format("\n.mark {{ color: {}; background: {}; }}", tlp.text, tlp.ground);
  return out + std::string(sheet);
}

}  // namespace mozu::publications
