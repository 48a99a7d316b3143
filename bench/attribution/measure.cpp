// Attribution measured on a corpus of corpus.py: who is named, how often a stranger is, how fast genes are taken.
//   mozu_attribution_bench CORPUS WORK [TRACK…]     prints tables for docs/attribution-benchmark.md; WORK holds the indexes while it runs
// Tracks: speed, lookup, versions (A and B), strings (E), partial (F), open (G); all of them if none is named. By name alone: compilers (C) of a corpus of
// compilers.py; clean: lookup of an index of clean files alone; scale8 and scale9 (J): made genes, 10^8 or 10^9 known ones and as many clean ones.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compilers.hpp"
#include "corpus.hpp"
#include "lookup.hpp"
#include "mozu/files/program.hpp"
#include "scale.hpp"
#include "speed.hpp"
#include "splice.hpp"

namespace {

using namespace mozu;
using namespace mozu::bench;
using gene::AttributeOptions;

struct Classes {
  const char* title;
  gene::Way way;
};
constexpr std::array<Classes, 3> ways{{{"code and functions", gene::Way::code}, {"strings", gene::Way::text}, {"all", gene::Way::all}}};

/// Files whose projects are known, and clean ones.
struct Known {
  std::vector<File> files;
  std::map<std::string, const File*> oldest, newest;

  explicit Known(const std::string& corpus) {
    constexpr std::array<std::string_view, 3> roles{"family", "goodware", "library"};
    files = listed(corpus, roles);
    for (File& f : files) read(f);
    for (const File& f : files)
      if (f.role == "family") oldest.emplace(f.label, &f), newest[f.label] = &f;
  }
  gene::Index all(const std::string& work) const {
    std::vector<const File*> out;
    for (const File& f : files) out.push_back(&f);
    return index_of(work + "/all", out);
  }
  gene::Index clean(const std::string& work) const {
    std::vector<const File*> out;
    for (const File& f : files)
      if (f.role == "goodware") out.push_back(&f);
    return index_of(work + "/clean", out);
  }
  gene::Index old(const std::string& work) const {
    std::vector<const File*> out;
    for (const File& f : files)
      if (f.role != "family") out.push_back(&f);
    for (const auto& [label, f] : oldest) out.push_back(f);
    return index_of(work + "/old", out);
  }
};

/// Each file of a family, asked about as if the index had never seen it.
std::vector<std::pair<const File*, Answer>> left_out(const Known& known, const gene::Index& index, const AttributeOptions& o) {
  std::vector<std::pair<const File*, Answer>> out;
  for (const File& f : known.files) {
    if (f.role != "family") continue;
    AttributeOptions without = o;
    without.without = f.sha256;
    out.emplace_back(&f, best(f.genome, index, without));
  }
  return out;
}

void versions(const Known& known, const gene::Index& index, const gene::Index& old) {
  fmt::print("\n| genes | A: leave one version out, top-1 | B: newest by the oldest |\n|---|---|---|\n");
  for (const auto& [title, way] : ways) {
    const AttributeOptions o{.classes = gene::classes_of(way)};
    std::size_t right = 0, far = 0;
    const auto answers = left_out(known, index, o);
    for (const auto& [f, a] : answers) {
      right += a.label == f->label;
      if (a.label != f->label) fmt::print(stderr, "  {}: {} takes {} for {} ({:.3f})\n", title, f->name, f->label, a.label, a.confidence);
    }
    for (const auto& [label, f] : known.newest) far += best(f->genome, old, o).label == label;
    fmt::print("| {} | {}/{} = {:.3f} | {}/{} |\n", title, right, answers.size(), static_cast<double>(right) / static_cast<double>(answers.size()), far,
               known.newest.size());
  }
}

/// Track E: what is printable outside the code is other letters, or nothing.
std::string without_strings(std::string bytes, bool removed, std::mt19937& dice) {
  const auto program = files::read_program(view(bytes));
  if (!program) return bytes;
  std::vector<bool> is_code(bytes.size());
  for (const auto& s : program->sections)
    if (s.code) std::fill_n(is_code.begin() + (reinterpret_cast<const char*>(s.bytes.data()) - bytes.data()), s.bytes.size(), true);
  const auto is_text = [&](std::size_t i) { return !is_code[i] && bytes[i] >= ' ' && bytes[i] <= '~'; };
  for (std::size_t i = 0, end = 0; i < bytes.size(); i = end + 1) {
    for (end = i; end < bytes.size() && is_text(end); ++end) {}
    if (end - i < 6) continue;
    for (std::size_t k = i; k < end; ++k) bytes[k] = removed ? '\0' : static_cast<char>('a' + dice() % 26);
  }
  return bytes;
}

void strings(const Known& known, const gene::Index& index) {
  fmt::print("\n| E: strings | top-1, all genes | code and functions | without a program\n|---|---|---|---|\n");
  for (const bool removed : {false, true}) {
    std::mt19937 dice(5);
    std::size_t right = 0, by_code = 0, all = 0, none = 0;
    for (const File& f : known.files) {
      if (f.role != "family") continue;
      const std::string bytes = without_strings(f.bytes, removed, dice);
      const auto program = files::read_program(view(bytes));
      ++all;
      if (!program) {
        ++none;
        continue;
      }
      const auto genome = gene::extract(*program, view(bytes));
      right += best(genome, index, {.without = f.sha256}).label == f.label;
      by_code += best(genome, index, {.classes = gene::classes_of(gene::Way::code), .without = f.sha256}).label == f.label;
    }
    fmt::print("| {} | {}/{} | {}/{} | {} |\n", removed ? "removed" : "other letters", right, all, by_code, all, none);
  }
}

/// A file of no family. `kin`: found to hold code of one all the same, by hand.
struct Stranger {
  File file;
  gene::Calibration::Row nearest;
  std::size_t half;
};

std::vector<Stranger> strangers_of(const std::string& corpus, const gene::Index& index) {
  constexpr std::array<std::string_view, 3> roles{"negative", "stranger", "kin"};
  std::vector<Stranger> out;
  for (File& f : listed(corpus, roles)) {
    read(f);
    Stranger s{std::move(f), {}, 0};
    s.nearest = gene::calibration_row(s.file.genome, index);
    const Answer a = best(s.file.genome, index, {});
    if (a.confidence > 0.02 || s.nearest.reuse >= 1)
      fmt::print(stderr, "stranger\t{}\t{}\t{}\t{}\t{:.4f}\t{}\t{:.4f}\t{:.4f}\t{:.2f}\n", s.file.name, s.file.label, s.nearest.genes, a.label, a.confidence,
                 a.exclusive, s.nearest.nearest[1], s.nearest.nearest[2], s.nearest.reuse);
    s.half = std::hash<std::string>{}(s.file.label) % 2;  // by project: programs of one package have much in common
    s.file.bytes = {}, s.file.genome = {};
    out.push_back(std::move(s));
  }
  return out;
}

/// Of one half of the strangers: what is found out with it is told of the other half.
gene::Calibration calibration_of(const std::vector<Stranger>& strangers, bool with_kin, const gene::Index& index) {
  std::vector<gene::Calibration::Row> half;
  for (const Stranger& s : strangers)
    if (s.half == 0 && (with_kin || s.file.role != "kin")) half.push_back(s.nearest);
  return {half, index.genes()};
}

/// Track F: five functions of one project in a program of another, as the product names with a calibration of the other strangers.
void partial(const Known& known, gene::Index& index, const std::vector<Stranger>& strangers) {
  constexpr std::size_t each = 8;  // of the hosts that are not negatives
  if (const auto done = index.calibrate(calibration_of(strangers, false, index)); !done) return fmt::print(stderr, "{}\n", done.error().message);
  std::mt19937 dice(11);
  std::vector<const File*> donors;
  for (const auto& [label, f] : known.newest) donors.push_back(f);
  std::size_t tried = 0, named_before = 0, others = 0;
  std::array<std::size_t, 2> named{}, by_share{};
  for (std::size_t i = 0; i < strangers.size(); ++i) {
    if (strangers[i].half == 0 || strangers[i].file.role == "kin" || (strangers[i].file.role != "negative" && i % each != 0)) continue;
    File host = strangers[i].file;
    read(host);
    const auto program = files::read_program(view(host.bytes));
    if (!program || program->architecture != gene::Architecture::x64) continue;
    const File& donor = *donors[dice() % donors.size()];
    const Spliced spliced(*program, donor, 5, 20, dice);
    if (spliced.taken < 5) continue;
    ++tried;
    named_before += !gene::attribute(host.genome, index).verdicts.empty();
    const auto genome = gene::extract(spliced.program, view(host.bytes));
    for (const bool with_donor : {false, true}) {
      const AttributeOptions o{.weak = true, .without = with_donor ? std::string() : donor.sha256};
      for (const gene::Verdict& v : gene::attribute(genome, index, o).verdicts) {
        const bool right = v.entity.name == donor.label;
        if (right) named[with_donor] += v.is_named, by_share[with_donor] += v.is_named && !v.is_by_reuse;
        if (!right && v.is_named && with_donor) ++others;
        if (right && !v.is_named)
          fmt::print(stderr, "partial\t{}\t{}\t{}\t{}\t{:.4f}\t{}\t{:.2f}\t{:.5f}\n", with_donor, host.name, genome.genes.size(), donor.name, v.confidence,
                     v.exclusive_genes, v.reuse, v.p_value.value_or(1));
      }
    }
  }
  fmt::print("\n| F: five functions in a stranger | named | of these by the share of the file |\n|---|---|---|\n");
  fmt::print("| index has the version that they are of | {}/{} | {} |\n| index has other versions alone | {}/{} | {} |\n", named[1], tried, by_share[1],
             named[0], tried, by_share[0]);
  fmt::print("| before they were put in, anybody | {}/{} | |\n| somebody else named, too | {}/{} | |\n", named_before, tried, others, tried);
}

void open_set(const Known& known, const gene::Index& index, const std::vector<Stranger>& strangers) {
  fmt::print("\n| genes | strangers | G: recall at p ≤ 10⁻³ | false positives on the other half |\n|---|---|---|---|\n");
  for (const bool with_kin : {false, true}) {
    const gene::Calibration calibration = calibration_of(strangers, with_kin, index);
    for (std::size_t w = 0; w < ways.size(); ++w) {
      const gene::Way way = ways[w].way;
      std::size_t right = 0, all = 0, wrong = 0, others = 0;
      const double most = std::max(1e-3, calibration.least());
      for (const auto& [f, a] : left_out(known, index, {.classes = gene::classes_of(way)})) {
        ++all;
        const bool named = calibration.p_value(way, f->genome.genes.size(), a.confidence, a.reuse).p_value <= most && a.exclusive >= 8;
        right += named && a.label == f->label;
        if (!named || a.label != f->label)
          fmt::print(stderr, "missed\t{}\t{}\t{}\t{}\t{:.4f}\t{}\t{:.2f}\n", ways[w].title, f->name, f->genome.genes.size(), a.label, a.confidence, a.exclusive,
                     a.reuse);
      }
      for (const Stranger& s : strangers) {
        if (s.half == 0 || (!with_kin && s.file.role == "kin")) continue;
        ++others;
        const auto rare = calibration.p_value(way, s.nearest.genes, s.nearest.nearest[static_cast<std::size_t>(way)], s.nearest.reuse);
        wrong += rare.p_value <= most;
        if (rare.p_value <= most)
          fmt::print(stderr, "false\t{}\t{}\t{}\t{:.5f}\t{}\n", with_kin, ways[w].title, s.file.name, rare.p_value, rare.is_by_reuse ? "reuse" : "share");
      }
      fmt::print("| {} | {} | {}/{} = {:.3f} | {}/{} |\n", ways[w].title, with_kin ? "all" : "without those that hold a family's code", right, all,
                 static_cast<double>(right) / static_cast<double>(all), wrong, others);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return fmt::print(stderr, "mozu_attribution_bench CORPUS WORK [TRACK…]\n"), 1;
  const std::string corpus = argv[1], work = argv[2];
  const std::set<std::string> tracks(argv + 3, argv + argc);
  constexpr std::string_view all[] = {"compilers", "scale8", "scale9", "speed", "clean", "lookup", "strings", "versions", "open", "partial"};
  for (const std::string& track : tracks)
    if (std::ranges::find(all, track) == std::end(all)) return fmt::print(stderr, "no such track: {} ({})\n", track, fmt::join(all, ", ")), 1;
  const auto wanted = [&](const char* track) { return tracks.empty() || tracks.contains(track); };
  if (tracks.contains("compilers")) return compilers(corpus, work), 0;
  if (tracks.contains("scale8")) scale(work + "/scale", 100'000'000);
  if (tracks.contains("scale9")) scale(work + "/scale", 1'000'000'000);
  if (std::ranges::all_of(tracks, [](const std::string& t) { return t.starts_with("scale"); }) && !tracks.empty()) return 0;
  const Known known(corpus);
  if (wanted("speed")) speed(known.files);
  if (tracks.contains("clean")) lookup(known.files, known.clean(work));
  if (!wanted("lookup") && !wanted("strings") && !wanted("versions") && !wanted("open") && !wanted("partial")) return 0;
  gene::Index index = known.all(work);
  fmt::print("\n{} files; index of {} genes\n", known.files.size(), index.genes());
  if (wanted("lookup")) lookup(known.files, index);
  if (wanted("versions")) versions(known, index, known.old(work));
  if (wanted("strings")) strings(known, index);
  if (!wanted("open") && !wanted("partial")) return 0;
  const auto strangers = strangers_of(corpus, index);
  if (wanted("open")) open_set(known, index, strangers);
  if (wanted("partial")) partial(known, index, strangers);
  return 0;
}
