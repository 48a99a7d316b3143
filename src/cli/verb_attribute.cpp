// Whose code is it?
#include <fmt/core.h>

#include <algorithm>

#include "data_folder.hpp"
#include "gene_files.hpp"
#include "mozu/attribution/answer.hpp"
#include "mozu/base/text.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

using attribution::Answer;
using attribution::notes_of;
using attribution::object_path;
using attribution::opened_ones;
using gene::Attribution;
using gene::Verdict;

gene::AttributeOptions options_of(const GeneArguments& a) {
  gene::AttributeOptions o;
  o.weak = a.weak;
  if (a.classes.empty()) return o;
  const auto has = [&](std::string_view c) { return std::ranges::find(a.classes, c) != a.classes.end(); };
  o.classes = {has("code"), has("code"), has("strings"), has("imports")};
  return o;
}

std::string percent(double x) { return fmt::format("{:.1f} %", x * 100); }

std::string object_line(const Answer& x, std::size_t i, bool opened, bool colour) {
  const files::FileObject& o = x.opened.objects[i];
  const Attribution& a = x.each[i];
  const std::string shown = i == 0 ? bold(printable(x.file, 500), colour) : "  " + printable(object_path(x.file, o), 500);
  std::string out = shown + "  ";
  if (o.kind.empty()) out += "not read";
  else
    out += fmt::format("{}{}{}, {}", o.kind, o.architecture == gene::Architecture::none ? "" : " ", name(o.architecture),
                       human_bytes(static_cast<double>(o.bytes)));
  if (i == 0 && x.opened.objects.size() > 1) out += fmt::format(", {} in it", plural(x.opened.objects.size() - 1, "object"));
  if (a.genes > 0 || x.opened.objects.size() == 1)
    out += fmt::format(", {}, {} ({} clean, {} of libraries)", plural(o.genome.functions, "function"), plural(a.genes, "gene"), with_commas(a.clean),
                       with_commas(a.library));
  out += '\n';
  for (const Diagnostic& d : notes_of(o, opened)) out += fmt::format("{}  note: {}\n", i == 0 ? "" : "  ", printable(d.message, 500));
  return out;
}

std::string text_of(const Answer& x) {
  const bool colour = stdout_colour();
  const auto opened = opened_ones(x.opened);
  std::string out;
  for (std::size_t i = 0; i < x.opened.objects.size(); ++i) out += object_line(x, i, opened[i], colour);
  for (const auto& l : x.joined.libraries) out += fmt::format("  library: {} ({})\n", printable(l.name), plural(l.genes, "gene"));
  for (const auto& note : x.notes) out += fmt::format("  note: {}\n", printable(note, 500));
  if (x.joined.verdicts.empty()) {
    if (!x.compared) return out;
    const bool is_read = std::ranges::none_of(x.opened.objects, [](const files::FileObject& o) { return o.kind.empty(); });
    if (x.joined.weak == 0) return out + (is_read ? "  shares nothing with anybody known\n" : "  what could be read shares nothing with anybody known\n");
    return out + fmt::format("  nobody is named; {}: --weak shows what is shared\n", plural(x.joined.weak, "weak link"));
  }
  const auto p_value = [](const Verdict& v) { return v.p_value ? fmt::format("{:.2g}", *v.p_value) : std::string("-"); };
  Table table("llrrrrrrl");
  table.header({"", "entity", "confidence", "p", "similarity", "of its sample", "exclusive", "functions", "nearest sample"});
  for (const gene::JoinedVerdict& j : x.joined.verdicts) {
    const Verdict& v = j.verdict;
    table.row({std::string(name(v.entity.type)), printable(v.entity.name) + (v.is_named ? "" : " (weak)"), percent(v.confidence), p_value(v),
               percent(v.similarity), percent(v.containment), with_commas(v.exclusive_genes), with_commas(v.functions), printable(v.nearest_file)});
  }
  out += table.text(colour);
  const gene::JoinedVerdict& first = x.joined.verdicts.front();
  const Verdict& best = first.verdict;
  if (std::ranges::none_of(best.evidence, [](const gene::Evidence& e) { return e.entities == 1; })) return out;
  const std::string in = x.opened.objects.size() == 1 ? "" : " in " + printable(object_path(x.file, x.opened.objects[first.object]), 500);
  out += fmt::format("  what {} alone has{}:\n", printable(best.entity.name), in);
  for (std::size_t i = 0; i < std::min<std::size_t>(best.evidence.size(), 5); ++i) {
    const gene::Evidence& e = best.evidence[i];
    if (e.entities == 1)
      out += fmt::format("    {} at 0x{:x}, {} bytes = {} at 0x{:x}\n", name(e.gene_class), e.offset, e.length, printable(e.sample_file), e.sample_offset);
  }
  return out;
}

}  // namespace

int attribute_verb(const GeneArguments& a) {
  const auto index = gene::Index::open_existing(DataFolder(a.data).genes());
  if (!index) {
    say(index.error());
    return exit_failed;
  }
  auto options = open_options(a.passwords);
  if (!options) {
    say(options.error());
    return exit_failed;
  }
  options->fuzzy_hashes = a.fuzzy;
  std::uint64_t failed = 0;
  for (const std::string& path : files_below(a.paths, failed)) {
    auto opened = open_file(path, *options);
    if (!opened) {
      say(Diagnostic(opened.error()).at(path));
      ++failed;
      continue;
    }
    const auto x = attribution::answer(path, std::move(*opened), *index, {options_of(a), {}});
    if (!x) {
      say(x.error());
      return exit_failed;
    }
    if (const auto written = write_stdout(a.json ? attribution::json_of(*x) : text_of(*x)); !written) return finish_stdout("", exit_failed);
  }
  return failed == 0 ? exit_done : exit_failed;
}

}  // namespace mozu::cli
