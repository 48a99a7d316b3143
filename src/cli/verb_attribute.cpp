// Whose code is it?
#include <fmt/core.h>

#include <algorithm>

#include "data_folder.hpp"
#include "gene_files.hpp"
#include "mozu/base/json_write.hpp"
#include "mozu/base/text.hpp"
#include "mozu/files/identify.hpp"
#include "mozu/gene/attribute.hpp"
#include "mozu/gene/join.hpp"
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

/// A file, all that is in it, and whose it is.
struct Answer {
  std::string path;
  files::OpenedFile file;
  std::vector<Attribution> each;  // of its objects
  gene::Joined joined;
  std::vector<std::string> notes;
};

/// What an answer does not say by itself.
std::vector<std::string> notes_of(const files::OpenedFile& f, const gene::Index& index) {
  std::vector<std::string> out;
  if (index.genes() == 0) out.emplace_back("there is nothing to compare with: the gene index is empty; `mozu gene add` adds samples");
  const auto& calibration = index.calibration();
  if (index.genes() > 0 && !calibration)
    out.emplace_back("not calibrated: there are no p-values, and only the strongest verdicts are named; see `mozu gene calibrate`");
  if (calibration && index.genes() > calibration->index_genes() + calibration->index_genes() / 4)
    out.push_back(fmt::format("calibrated when the index had {} genes, it has {} now: run `mozu gene calibrate` again", with_commas(calibration->index_genes()),
                              with_commas(index.genes())));
  for (const Diagnostic& d : f.notes) out.push_back(d.message + ": what was found before is here");
  return out;
}

/// What is told about an object beside what its opener noted.
std::vector<Diagnostic> notes_of(const files::FileObject& o, bool opened) {
  std::vector<Diagnostic> out = o.notes;
  const auto add = [&](const char* code, const char* message) { out.push_back({Severity::note, code, message, {}, {}}); };
  const bool is_program = o.kind == "elf" || o.kind == "pe" || o.kind == "mach-o";
  if (!opened && o.notes.empty() && files::is_archive_kind(o.kind)) add("object-unopened", "nothing was found in it");
  else if (!opened && o.notes.empty() && files::is_packed_kind(o.kind))
    add("object-unopened", "its content is packed and not looked at: only bytes as they stand in the file were compared");
  if (is_program && !opened && !o.genome.genes.empty() && o.genome.code_bytes == 0)
    add("object-no-code", "a program of which no code could be read (cut off, damaged, or for a processor that is not read): its strings alone were compared");
  return out;
}

std::vector<bool> opened_ones(const files::OpenedFile& f) {
  std::vector<bool> out(f.objects.size());
  for (std::size_t i = 1; i < f.objects.size(); ++i) out[f.objects[i].parent] = true;
  return out;
}

void write_object(JsonWriter& w, const Answer& x, std::size_t i, bool opened) {
  const files::FileObject& o = x.file.objects[i];
  const Attribution& a = x.each[i];
  w.begin_object().field("path", object_path(x.path, o)).field("how", o.how).field("kind", o.kind).field("sha256", o.sha256).field("bytes", o.bytes);
  w.field("architecture", name(o.architecture)).field("code_bytes", o.genome.code_bytes).field("functions", o.genome.functions);
  w.field("genes", a.genes).field("clean_genes", a.clean).field("library_genes", a.library).field("known_genes", a.known).field("cut", o.genome.cut);
  w.key("facts").begin_object();
  for (const auto& [fact, value] : o.facts) w.field(fact, value);
  w.end_object().key("notes").begin_array();
  for (const Diagnostic& d : notes_of(o, opened)) w.begin_object().field("code", d.code).field("message", d.message).end_object();
  w.end_array().end_object();
}

std::string json_of(const Answer& x) {
  std::string out;
  JsonWriter w(out);
  const files::FileObject& whole = x.file.objects.front();
  w.begin_object().field("file", x.path).field("sha256", whole.sha256).field("kind", whole.kind).key("objects").begin_array();
  const auto opened = opened_ones(x.file);
  for (std::size_t i = 0; i < x.file.objects.size(); ++i) write_object(w, x, i, opened[i]);
  w.end_array().key("libraries").begin_array();
  for (const auto& l : x.joined.libraries) w.begin_object().field("name", l.name).field("genes", l.genes).end_object();
  w.end_array().key("verdicts").begin_array();
  for (const gene::JoinedVerdict& j : x.joined.verdicts) {
    const Verdict& v = j.verdict;
    w.begin_object().field("entity", v.entity.name).field("entity_type", name(v.entity.type)).field("named", v.is_named);
    w.field("object", object_path(x.path, x.file.objects[j.object])).field("objects", static_cast<std::uint64_t>(j.objects));
    w.field("similarity", v.similarity).field("containment", v.containment).field("confidence", v.confidence);
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
  for (const auto& note : x.notes) w.value(std::string_view(note));
  w.end_array().end_object();
  out += '\n';
  return out;
}

std::string percent(double x) { return fmt::format("{:.1f} %", x * 100); }

std::string object_line(const Answer& x, std::size_t i, bool opened, bool colour) {
  const files::FileObject& o = x.file.objects[i];
  const Attribution& a = x.each[i];
  const std::string shown = i == 0 ? bold(printable(x.path, 500), colour) : "  " + printable(object_path(x.path, o), 500);
  std::string out = shown + "  ";
  if (o.kind.empty()) out += "not read";
  else
    out += fmt::format("{}{}{}, {}", o.kind, o.architecture == gene::Architecture::none ? "" : " ", name(o.architecture),
                       human_bytes(static_cast<double>(o.bytes)));
  if (i == 0 && x.file.objects.size() > 1) out += fmt::format(", {} in it", plural(x.file.objects.size() - 1, "object"));
  if (a.genes > 0 || x.file.objects.size() == 1)
    out += fmt::format(", {}, {} ({} clean, {} of libraries)", plural(o.genome.functions, "function"), plural(a.genes, "gene"), with_commas(a.clean),
                       with_commas(a.library));
  out += '\n';
  for (const Diagnostic& d : notes_of(o, opened)) out += fmt::format("{}  note: {}\n", i == 0 ? "" : "  ", printable(d.message, 500));
  return out;
}

std::string text_of(const Answer& x, bool compared) {
  const bool colour = stdout_colour();
  const auto opened = opened_ones(x.file);
  std::string out;
  for (std::size_t i = 0; i < x.file.objects.size(); ++i) out += object_line(x, i, opened[i], colour);
  for (const auto& l : x.joined.libraries) out += fmt::format("  library: {} ({})\n", printable(l.name), plural(l.genes, "gene"));
  for (const auto& note : x.notes) out += fmt::format("  note: {}\n", printable(note, 500));
  if (x.joined.verdicts.empty()) {
    if (!compared) return out;
    const bool is_read = std::ranges::none_of(x.file.objects, [](const files::FileObject& o) { return o.kind.empty(); });
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
  const std::string in = x.file.objects.size() == 1 ? "" : " in " + printable(object_path(x.path, x.file.objects[first.object]), 500);
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
    Answer x{path, std::move(*opened), {}, {}, {}};
    for (const files::FileObject& o : x.file.objects)
      x.each.push_back(o.genome.genes.empty() ? Attribution{} : gene::attribute(o.genome, *index, options_of(a)));
    x.joined = gene::join(x.each);
    x.notes = notes_of(x.file, *index);
    if (const auto written = write_stdout(a.json ? json_of(x) : text_of(x, index->genes() > 0)); !written) return finish_stdout("", exit_failed);
  }
  return failed == 0 ? exit_done : exit_failed;
}

}  // namespace mozu::cli
