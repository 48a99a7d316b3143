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
    "td.n,th.n{text-align:right;white-space:nowrap}td.k,th.k{white-space:nowrap}code{font-family:'DejaVu Sans "
    "Mono',monospace}p.note{color:#525e6e}@page{size:A4;margin:18mm}";

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
  out +=
      "<table><thead><tr><th class=\"k\">What</th><th>In this file</th><th>In a known sample</th><th class=\"n\">Entities with it</th></tr></thead><tbody>\n";
  for (const gene::Evidence& e : j.verdict.evidence) {
    out += fmt::format("<tr><td class=\"k\">{}</td><td><code>0x{:x}</code>, {} bytes</td><td>{} <code>0x{:x}</code></td><td class=\"n\">{}</td></tr>\n",
                       name(e.gene_class), e.offset, e.length, text(e.sample_file), e.sample_offset, e.entities);
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

constexpr std::size_t map_columns = 64;
constexpr std::string_view map_colours[] = {"#a3161c", "#1a5aa3", "#1c6332", "#6b3fa0", "#92450a", "#9b1f6b", "#0f6370", "#6e5500"};

/// What a letter of ObjectMap::cells looks like: known by more than its colour where it is nobody's.
std::string_view fill_of(char letter) {
  if (letter >= 'A' && letter < 'A' + static_cast<int>(std::size(map_colours))) return map_colours[letter - 'A'];
  switch (letter) {
    case 'c': return "url(#clean)";
    case 'l': return "url(#library)";
    case 'o': return "#4c5867";
    case '-': return "#d3dae3";
    default: return "none";
  }
}

std::string meaning_of(const ObjectMap& map, char letter) {
  if (letter >= 'A' && static_cast<std::size_t>(letter - 'A') < map.whose.size()) return text(map.whose[static_cast<std::size_t>(letter - 'A')].name);
  switch (letter) {
    case 'c': return "clean files";
    case 'l': return "libraries";
    case 'o': return "others that are known";
    case '-': return "unknown";
    default: return "nothing to compare";
  }
}

std::string map_figure(const Answer& x, const ObjectMap& map) {
  const std::size_t rows = (map.cells.size() + map_columns - 1) / map_columns;
  std::string out = fmt::format(
      "<h2>Whose code stands where in {}</h2>\n<svg viewBox=\"0 0 640 {}\" width=\"100%\" role=\"img\" aria-label=\"a map of the file; what it says stands "
      "below\">"
      "<defs><pattern id=\"clean\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\"><path d=\"M0 4L4 0\" stroke=\"#4c5867\" fill=\"none\"/></pattern>"
      "<pattern id=\"library\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\"><circle cx=\"2\" cy=\"2\" r=\"1\" "
      "fill=\"#4c5867\"/></pattern></defs>\n",
      text(object_path(x.file, x.opened.objects[map.object])), rows * 10);
  for (std::size_t from = 0, end = 0; from < map.cells.size(); from = end) {
    const std::size_t row_end = std::min(map.cells.size(), (from / map_columns + 1) * map_columns);
    for (end = from + 1; end < row_end && map.cells[end] == map.cells[from];) ++end;
    if (map.cells[from] == '.') continue;
    out += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"9\" fill=\"{}\"/>\n", from % map_columns * 10, from / map_columns * 10, (end - from) * 10,
                       fill_of(map.cells[from]));
  }
  out += "</svg>\n<p>";
  for (const char letter : std::string_view("ABCDEFGHolc-.")) {
    const auto cells = std::ranges::count(map.cells, letter);
    if (cells == 0) continue;
    out += fmt::format(
        "<svg viewBox=\"0 0 10 9\" width=\"12\" height=\"11\" aria-hidden=\"true\"><rect width=\"10\" height=\"9\" stroke=\"#8592a3\" fill=\"{}\"/></svg> {} "
        "{}\n",
        fill_of(letter), meaning_of(map, letter), percent(static_cast<double>(cells) / static_cast<double>(map.cells.size())));
  }
  return out + fmt::format("</p>\n<p class=\"note\">Each cell {} bytes, {} a row.</p>\n", with_commas(map.cell_bytes), map_columns);
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
  for (const ObjectMap& map : x.maps) out += map_figure(x, map);
  for (std::size_t i = 0; i < std::min(x.joined.verdicts.size(), evidence_of); ++i) out += evidence_table(x, x.joined.verdicts[i]);
  out += object_table(x);
  for (const auto& l : x.joined.libraries) out += fmt::format("<p>Library: {} ({} genes)</p>\n", text(l.name), with_commas(l.genes));
  for (const auto& note : x.notes) out += fmt::format("<p class=\"note\">{}</p>\n", text(note));
  return out + "</body>\n</html>\n";
}

}  // namespace mozu::attribution
