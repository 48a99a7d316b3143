// Attribution measured on a corpus of corpus.py: who is named, how often a stranger is, how fast genes are taken.
//   mozu_attribution_bench CORPUS WORK [TRACK…]     prints tables for docs/attribution-benchmark.md; WORK holds the indexes while it runs
// Tracks: speed, versions (A and B), open (G); all of them if none is named.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "corpus.hpp"
#include "speed.hpp"

namespace {

using namespace mozu;
using namespace mozu::bench;
using gene::AttributeOptions;

struct Classes {
  const char* title;
  std::array<bool, gene::gene_classes> classes;
};
constexpr std::array<Classes, 3> ways{
    {{"code and functions", {true, true, false, false}}, {"strings", {false, false, true, false}}, {"all", {true, true, true, true}}}};

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
  for (const auto& [title, classes] : ways) {
    const AttributeOptions o{.classes = classes};
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

/// A threshold is set on one half of families and strangers, recall and false positives are of the other.
void open_set(const std::string& corpus, const Known& known, const gene::Index& index) {
  constexpr std::array<std::string_view, 2> roles{"negative", "stranger"};
  std::vector<File> strangers = listed(corpus, roles);
  std::array<std::vector<std::array<Answer, ways.size()>>, 2> found;
  for (std::size_t i = 0; i < strangers.size(); ++i) {
    File f = std::move(strangers[i]);
    read(f);
    std::array<Answer, ways.size()> row;
    for (std::size_t w = 0; w < ways.size(); ++w) row[w] = best(f.genome, index, {.classes = ways[w].classes});
    const bool noted = row[2].confidence > 0.02;
    if (noted)
      fmt::print(stderr, "stranger\t{}\t{}\t{}\t{}\t{:.4f}\t{}\t{:.4f}\t{:.4f}\n", f.name, f.label, f.genome.genes.size(), row[2].label, row[2].confidence,
                 row[2].exclusive, row[0].confidence, row[1].confidence);
    // By project, not by file: programs of one package have much in common.
    found[std::hash<std::string>{}(f.label) % 2].push_back(std::move(row));
  }
  fmt::print("\n| genes | G: threshold at a rate of 10⁻³ | recall | false positives on the other half |\n|---|---|---|---|\n");
  for (std::size_t w = 0; w < ways.size(); ++w) {
    std::vector<double> half;
    for (const auto& row : found[0]) half.push_back(row[w].confidence);
    std::ranges::sort(half, std::greater{});
    const double threshold = half[half.size() / 1000];
    std::size_t right = 0, all = 0, wrong = 0;
    for (const auto& [f, a] : left_out(known, index, {.classes = ways[w].classes})) {
      ++all;
      right += a.label == f->label && a.confidence > threshold;
      if (a.label != f->label || a.confidence <= threshold)
        fmt::print(stderr, "missed\t{}\t{}\t{}\t{}\t{:.4f}\n", ways[w].title, f->name, f->genome.genes.size(), a.label, a.confidence);
    }
    for (const auto& row : found[1]) wrong += row[w].confidence > threshold;
    fmt::print("| {} | {:.4f} | {}/{} = {:.3f} | {}/{} |\n", ways[w].title, threshold, right, all, static_cast<double>(right) / static_cast<double>(all), wrong,
               found[1].size());
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return fmt::print(stderr, "mozu_attribution_bench CORPUS WORK [TRACK…]\n"), 1;
  const std::string corpus = argv[1], work = argv[2];
  const std::set<std::string> tracks(argv + 3, argv + argc);
  const auto wanted = [&](const char* track) { return tracks.empty() || tracks.contains(track); };
  const Known known(corpus);
  if (wanted("speed")) speed(known.files);
  if (!wanted("versions") && !wanted("open")) return 0;
  const gene::Index index = known.all(work);
  std::uint64_t size = 0;
  for (const auto& s : index.segments()) size += s.bytes();
  fmt::print("\n{} files; index of {} genes, {:.2f} bytes each\n", known.files.size(), index.genes(),
             static_cast<double>(size) / static_cast<double>(index.genes()));
  if (wanted("versions")) versions(known, index, known.old(work));
  if (wanted("open")) open_set(corpus, known, index);
  return 0;
}
