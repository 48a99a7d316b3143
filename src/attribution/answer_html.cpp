// An answer as a page by itself, to be read and printed.
#include <fmt/core.h>

#include <algorithm>

#include "mozu/attribution/answer.hpp"
#include "mozu/base/text.hpp"

namespace mozu::attribution {
namespace {

constexpr std::size_t lines_shown = 12;     // of a place; the JSON has more
constexpr std::size_t evidence_of = 3;      // of so many verdicts
constexpr std::size_t objects_shown = 200;  // the JSON has all
constexpr std::size_t verdicts_shown = 200;

constexpr std::string_view style =
    "body{font:10pt/1.4 'DejaVu Sans','Noto Sans CJK JP',sans-serif;margin:2em auto;max-width:60em;padding:0 "
    "1em;color:#1a2330}h1{font-size:16pt;overflow-wrap:anywhere}h2{font-size:12pt}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.2em .5em;border-bottom:1px solid "
    "#d3dae3;vertical-align:top;overflow-wrap:anywhere}"
    "td.n,th.n{text-align:right;white-space:nowrap}code{font-family:'DejaVu Sans Mono',monospace}p.note{color:#525e6e}@page{size:A4;margin:18mm}";

/// What others wrote is text here, whatever it says.
std::string text(std::string_view s) { return escape_xml(printable(s, 1000)); }

std::string percent(double x) { return fmt::format("{:.1f} %", x * 100); }

std::string verdict_table(const Answer& x) {
  std::string out =
      "<table><thead><tr><th>Who</th><th class=\"n\">Confidence</th><th class=\"n\">p</th><th class=\"n\">Similarity</th><th class=\"n\">Exclusive genes</th>"
      "<th class=\"n\">Functions</th><th>Nearest sample</th></tr></thead><tbody>\n";
  const auto& all = x.joined.verdicts;
  for (std::size_t i = 0; i < std::min(all.size(), verdicts_shown); ++i) {
    const gene::Verdict& v = all[i].verdict;
    out += fmt::format(
        "<tr><td>{} ({})</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td "
        "class=\"n\">{}</td><td>{}</td></tr>\n",
        text(v.entity.name), name(v.entity.type), percent(v.confidence), v.p_value ? fmt::format("{:.2g}", *v.p_value) : "–", percent(v.similarity),
        with_commas(v.exclusive_genes), with_commas(v.functions), text(v.nearest_file));
  }
  return out + "</tbody></table>\n";
}

std::string lines_of(const files::Place& p) {
  std::string out = "<pre>";
  for (std::size_t i = 0; i < std::min(p.lines.size(), lines_shown); ++i) out += text(p.lines[i]) + "\n";
  if (p.lines.size() > lines_shown) out += "…\n";
  return out + "</pre>";
}

std::string evidence_table(const Answer& x, const gene::JoinedVerdict& j) {
  std::string out = fmt::format("<h2>Shared with {}, in {}</h2>\n", text(j.verdict.entity.name), text(object_path(x.file, x.opened.objects[j.object])));
  out += "<table><thead><tr><th>What</th><th>In this file</th><th>In a known sample</th><th class=\"n\">Entities with it</th></tr></thead><tbody>\n";
  for (const gene::Evidence& e : j.verdict.evidence) {
    out += fmt::format("<tr><td>{}</td><td><code>0x{:x}</code>, {} bytes</td><td>{} <code>0x{:x}</code></td><td class=\"n\">{}</td></tr>\n", name(e.gene_class),
                       e.offset, e.length, text(e.sample_file), e.sample_offset, e.entities);
    const auto here = x.here.find({j.object, e.key});
    const auto there = x.there.find({e.sample, e.key});
    if (here == x.here.end() && there == x.there.end()) continue;
    out += fmt::format("<tr><td></td><td>{}</td><td>{}</td><td></td></tr>\n", here == x.here.end() ? "" : lines_of(here->second),
                       there == x.there.end() ? "" : lines_of(there->second));
  }
  out += "</tbody></table>\n";
  for (const gene::ReusedFunction& f : j.verdict.reused)
    out += fmt::format("<p>Function at <code>0x{:x}</code>, {} bytes: {}{} of {} genes</p>\n", f.offset, f.length, f.is_whole ? "the same function, " : "",
                       f.shared, f.genes);
  return out;
}

std::string object_table(const Answer& x) {
  std::string out =
      "<h2>What is in the file</h2>\n<table><thead><tr><th>Object</th><th>Kind</th><th class=\"n\">Bytes</th><th "
      "class=\"n\">Genes</th><th>SHA-256</th></tr></thead><tbody>\n";
  const auto& all = x.opened.objects;
  for (std::size_t i = 0; i < std::min(all.size(), objects_shown); ++i)
    out += fmt::format("<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td><code>{}</code></td></tr>\n",
                       text(object_path(x.file, all[i])), all[i].kind.empty() ? "not read" : text(all[i].kind), with_commas(all[i].bytes),
                       with_commas(x.each[i].genes), all[i].sha256);
  out += "</tbody></table>\n";
  for (std::size_t i = 0; i < std::min(all.size(), objects_shown); ++i)
    for (const files::YaraHit& hit : all[i].yara)
      out += fmt::format("<p>YARA: <code>{}</code> fits {}{}</p>\n", text(hit.rule), text(object_path(x.file, all[i])),
                         hit.description.empty() ? "" : ": " + text(hit.description));
  if (all.size() > objects_shown) out += fmt::format("<p class=\"note\">{} more objects are in the JSON.</p>\n", with_commas(all.size() - objects_shown));
  return out;
}

}  // namespace

std::string html_of(const Answer& x) {
  const files::FileObject& whole = x.opened.objects.front();
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Attribution of {}</title>\n<style>{}</style>\n</head>\n<body>\n",
      text(x.file), style);
  out += fmt::format("<h1>Whose code is in {}?</h1>\n<p>SHA-256 <code>{}</code>, {}, {} bytes</p>\n", text(x.file), whole.sha256, text(whole.kind),
                     with_commas(whole.bytes));
  if (x.joined.verdicts.empty())
    out += "<p>Nobody is named: nothing above the thresholds is shared with anybody known. That is no proof that it is harmless.</p>\n";
  else
    out +=
        verdict_table(x) +
        "<p class=\"note\">Shared code is no proof of who acted: code is copied, sold and planted. p: how often a clean file comes as near to anybody.</p>\n";
  for (std::size_t i = 0; i < std::min(x.joined.verdicts.size(), evidence_of); ++i) out += evidence_table(x, x.joined.verdicts[i]);
  out += object_table(x);
  for (const auto& l : x.joined.libraries) out += fmt::format("<p>Library: {} ({} genes)</p>\n", text(l.name), with_commas(l.genes));
  for (const auto& note : x.notes) out += fmt::format("<p class=\"note\">{}</p>\n", text(note));
  return out + "</body>\n</html>\n";
}

}  // namespace mozu::attribution
