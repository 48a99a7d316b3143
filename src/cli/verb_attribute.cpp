// Whose code is it?
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "data_folder.hpp"
#include "gene_files.hpp"
#include "mozu/attribution/answer.hpp"
#include "mozu/attribution/kept_samples.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

constexpr std::uint64_t yara_bytes_max = 32 << 20;

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
  for (const files::YaraHit& hit : o.yara)
    out += fmt::format("{}  yara: {}{}{}\n", i == 0 ? "" : "  ", printable(hit.rule), hit.description.empty() ? "" : ": ", printable(hit.description, 300));
  for (const Diagnostic& d : notes_of(o, opened)) out += fmt::format("{}  note: {}\n", i == 0 ? "" : "  ", printable(d.message, 500));
  return out;
}

/// The lines of the file, and beside them those of the sample.
std::string side_by_side(const files::Place* here, const files::Place* there) {
  constexpr std::size_t lines_shown = 12, left_width = 60;
  std::string out;
  const auto line = [](const files::Place* p, std::size_t i) { return p != nullptr && i < p->lines.size() ? p->lines[i] : std::string(); };
  const std::size_t lines = std::max(here == nullptr ? 0 : here->lines.size(), there == nullptr ? 0 : there->lines.size());
  for (std::size_t i = 0; i < std::min(lines, lines_shown); ++i) {
    const std::string left = line(here, i), right = line(there, i);
    if (right.empty()) out += fmt::format("      {}\n", left);
    else out += fmt::format("      {:{}}  | {}\n", left, left_width, right);
  }
  if (lines > lines_shown) out += fmt::format("      … {} more\n", plural(lines - lines_shown, "line"));
  return out;
}

/// Which functions of the file are an entity's, and why that names it.
std::string reused_of(const Verdict& v) {
  constexpr std::size_t functions_shown = 8;
  if (v.reused.empty()) return {};
  std::string out = fmt::format("  functions that are {}'s: {}", printable(v.entity.name), with_commas(v.reused_functions));
  if (v.is_by_reuse) out += "; p is theirs, the share of the whole file alone is less rare";
  out += '\n';
  for (std::size_t i = 0; i < std::min(v.reused.size(), functions_shown); ++i) {
    const gene::ReusedFunction& f = v.reused[i];
    out += fmt::format("    at 0x{:x}, {} bytes: {}{} of {} genes\n", f.offset, f.length, f.is_whole ? "the same function, " : "", f.shared, f.genes);
  }
  if (v.reused_functions > functions_shown) out += fmt::format("    … {} more\n", with_commas(v.reused_functions - functions_shown));
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
  for (std::size_t i = 0; i < x.joined.verdicts.size(); ++i)  // of the best, and of those that are named by them
    if (const Verdict& v = x.joined.verdicts[i].verdict; i == 0 || (v.is_named && v.is_by_reuse)) out += reused_of(v);
  const gene::JoinedVerdict& first = x.joined.verdicts.front();
  const Verdict& best = first.verdict;
  if (std::ranges::none_of(best.evidence, [](const gene::Evidence& e) { return e.entities == 1; })) return out;
  const std::string in = x.opened.objects.size() == 1 ? "" : " in " + printable(object_path(x.file, x.opened.objects[first.object]), 500);
  out += fmt::format("  what {} alone has{}:\n", printable(best.entity.name), in);
  for (std::size_t i = 0; i < std::min<std::size_t>(best.evidence.size(), 5); ++i) {
    const gene::Evidence& e = best.evidence[i];
    if (e.entities != 1) continue;
    out += fmt::format("    {} at 0x{:x}, {} bytes = {} at 0x{:x}\n", name(e.gene_class), e.offset, e.length, printable(e.sample_file), e.sample_offset);
    const auto here = x.here.find({first.object, e.key});
    const auto there = x.there.find({e.sample, e.key});
    out += side_by_side(here == x.here.end() ? nullptr : &here->second, there == x.there.end() ? nullptr : &there->second);
  }
  return out;
}

/// What the evidence looks like. Without a folder of samples the file's own side is shown.
void show(Answer& x, const std::string& path, files::OpenOptions options, const gene::Index& index, const DataFolder& data) {
  options.name = std::filesystem::path(path).filename().string();
  std::unique_ptr<attribution::KeptSamples> samples;
  std::error_code ec;
  if (std::filesystem::is_directory(data.gene_samples(), ec) && !std::filesystem::exists(data.path + "/secret.key", ec)) {
    // A new one, made here, would open nothing.
    x.notes.emplace_back("samples cannot be shown: secret.key, which they are encrypted with, is not in the data folder");
  } else if (std::filesystem::is_directory(data.gene_samples(), ec)) {
    auto opened = open_kept_samples(data);
    if (opened) samples = std::move(*opened);
    else say(opened.error());
  }
  attribution::show_places(x, path, options, index, samples.get());
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
  for (const std::string& file : a.yara) {
    const auto rules = read_file(file, yara_bytes_max);
    if (!rules) {
      say(rules.error());
      return exit_failed;
    }
    options->yara += *rules + "\n";
  }
  std::uint64_t failed = 0;
  const auto paths = files_below(a.paths, failed);
  const auto tool = attribution::label_tool(a.labels);
  if (tool && paths.size() != 1) {
    say(Diagnostic{Severity::error, "usage", fmt::format("labels are of one file, and these are {}", paths.size()), {}, "give one file"});
    return exit_usage;
  }
  for (const std::string& path : paths) {
    auto opened = open_file(path, *options);
    if (!opened) {
      say(Diagnostic(opened.error()).at(path));
      ++failed;
      continue;
    }
    auto x = attribution::answer(path, std::move(*opened), *index, {options_of(a), {}});
    if (!x) {
      say(x.error());
      return exit_failed;
    }
    if (a.places) show(*x, path, *options, *index, DataFolder(a.data));
    if (a.json || tool) attribution::draw(*x, *index, options_of(a));
    if (const auto written = write_stdout(tool ? attribution::label_script(*x, *tool) : a.json ? attribution::json_of(*x) : text_of(*x)); !written)
      return finish_stdout("", exit_failed);
  }
  return failed == 0 ? exit_done : exit_failed;
}

}  // namespace mozu::cli
