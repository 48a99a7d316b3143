// Whose code is it?
#include <fmt/core.h>

#include <algorithm>

#include "data_folder.hpp"
#include "gene_files.hpp"
#include "mozu/base/json_write.hpp"
#include "mozu/base/text.hpp"
#include "mozu/files/identify.hpp"
#include "mozu/gene/attribute.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

using gene::Attribution;
using gene::GeneClass;
using gene::Verdict;

gene::AttributeOptions options_of(const GeneArguments& a) {
  gene::AttributeOptions o;
  o.weak = a.weak;
  if (a.classes.empty()) return o;
  const auto has = [&](std::string_view c) { return std::ranges::find(a.classes, c) != a.classes.end(); };
  o.classes = {has("code"), has("code"), has("strings"), has("imports")};
  return o;
}

void write_evidence(JsonWriter& w, const Verdict& v) {
  w.key("evidence").begin_array();
  for (const gene::Evidence& e : v.evidence) {
    w.begin_object().field("class", name(e.gene_class)).field("offset", e.offset).field("length", e.length).field("entities", e.entities);
    if (e.gene_class <= GeneClass::function) w.field("function", e.function);
    w.field("sample", e.sample).field("sample_file", e.sample_file).field("sample_offset", e.sample_offset).end_object();
  }
  w.end_array();
}

/// What an answer does not say by itself.
std::vector<std::string> notes_of(const files::FileGenome& f, const gene::Index& index) {
  std::vector<std::string> out;
  if (index.genes() == 0) out.emplace_back("there is nothing to compare with: the gene index is empty; `mozu gene add` adds samples");
  if (files::is_archive_kind(f.kind)) out.emplace_back("an archive: what is inside is not looked at; unpack it first");
  else if (files::is_packed_kind(f.kind)) out.emplace_back("its content is packed and not looked at: only bytes as they stand in the file were compared");
  const bool is_program = f.kind == "elf" || f.kind == "pe";
  if (is_program && f.genome.code_bytes == 0)
    out.emplace_back("a program of which no code could be read (cut off, damaged, or for a processor that is not read): its strings alone were compared");
  return out;
}

std::string json_of(const std::string& path, const files::FileGenome& f, const Attribution& a, const std::vector<std::string>& notes) {
  std::string out;
  JsonWriter w(out);
  w.begin_object().field("file", path).field("sha256", f.sha256).field("kind", f.kind).key("objects").begin_array();
  w.begin_object()
      .field("path", "")
      .field("kind", f.kind)
      .field("architecture", name(f.architecture))
      .field("code_bytes", f.genome.code_bytes)
      .field("functions", f.genome.functions);
  w.field("genes", a.genes)
      .field("clean_genes", a.clean)
      .field("library_genes", a.library)
      .field("known_genes", a.known)
      .field("cut", f.genome.cut)
      .end_object()
      .end_array();
  w.key("libraries").begin_array();
  for (const auto& l : a.libraries) w.begin_object().field("name", l.name).field("genes", l.genes).end_object();
  w.end_array().key("verdicts").begin_array();
  for (const Verdict& v : a.verdicts) {
    w.begin_object().field("entity", v.entity.name).field("entity_type", name(v.entity.type)).field("named", v.is_named).field("similarity", v.similarity);
    w.field("containment", v.containment).field("confidence", v.confidence);
    if (v.p_value) w.field("p_value", *v.p_value);
    else w.key("p_value").null();
    w.key("similarity_of").begin_object();
    for (std::size_t c = 0; c < gene::gene_classes; ++c) w.field(name(static_cast<GeneClass>(c)), v.similarity_of[c]);
    w.end_object().field("shared_genes", v.shared_genes).field("exclusive_genes", v.exclusive_genes).field("functions", v.functions);
    w.field("nearest_sample", v.nearest).field("nearest_file", v.nearest_file);
    write_evidence(w, v);
    w.end_object();
  }
  w.end_array().key("notes").begin_array();
  for (const auto& note : notes) w.value(std::string_view(note));
  w.end_array().end_object();
  out += '\n';
  return out;
}

std::string percent(double x) { return fmt::format("{:.1f} %", x * 100); }

std::string text_of(const std::string& path, const files::FileGenome& f, const Attribution& a, const std::vector<std::string>& notes, bool compared) {
  const bool colour = stdout_colour();
  std::string out = fmt::format("{}  {}{}{}, {}, {}, {} ({} clean, {} of libraries)\n", bold(printable(path, 500), colour), f.kind,
                                f.architecture == gene::Architecture::none ? "" : " ", name(f.architecture), human_bytes(static_cast<double>(f.bytes)),
                                plural(f.genome.functions, "function"), plural(a.genes, "gene"), with_commas(a.clean), with_commas(a.library));
  for (const auto& l : a.libraries) out += fmt::format("  library: {} ({})\n", printable(l.name), plural(l.genes, "gene"));
  for (const auto& note : notes) out += fmt::format("  note: {}\n", note);
  if (a.verdicts.empty()) return out + (compared ? "  shares nothing with anybody known\n" : "");
  Table table("llrrrrrl");
  table.header({"", "entity", "confidence", "similarity", "of its sample", "exclusive", "functions", "nearest sample"});
  for (const Verdict& v : a.verdicts)
    table.row({std::string(name(v.entity.type)), printable(v.entity.name) + (v.is_named ? "" : " (weak)"), percent(v.confidence), percent(v.similarity),
               percent(v.containment), with_commas(v.exclusive_genes), with_commas(v.functions), printable(v.nearest_file)});
  out += table.text(colour);
  const Verdict& best = a.verdicts.front();
  if (std::ranges::none_of(best.evidence, [](const gene::Evidence& e) { return e.entities == 1; })) return out;
  out += fmt::format("  what {} alone has:\n", printable(best.entity.name));
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
  std::uint64_t failed = 0;
  for (const std::string& path : files_below(a.paths, failed)) {
    const auto genome = genome_of_file(path);
    if (!genome) {
      say(Diagnostic(genome.error()).at(path));
      ++failed;
      continue;
    }
    const Attribution found = gene::attribute(genome->genome, *index, options_of(a));
    const auto notes = notes_of(*genome, *index);
    if (const auto written = write_stdout(a.json ? json_of(path, *genome, found, notes) : text_of(path, *genome, found, notes, index->genes() > 0)); !written)
      return finish_stdout("", exit_failed);
  }
  return failed == 0 ? exit_done : exit_failed;
}

}  // namespace mozu::cli
