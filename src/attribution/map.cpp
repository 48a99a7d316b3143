// Where in an object whose genes stand.
#include <algorithm>
#include <array>
#include <bit>
#include <optional>

#include "mozu/attribution/answer.hpp"
#include "mozu/gene/shares.hpp"

namespace mozu::attribution {
namespace {

constexpr std::size_t cells_max = 1024, maps_max = gene::share_entities_max, labels_max = 10'000;
constexpr std::uint64_t cell_bytes_least = 16;

using gene::GeneClass;
using gene::Standing;

/// Bytes of genes in a cell, by what they are.
struct Cell {
  std::array<std::uint64_t, 5> standing{};
  std::array<std::uint64_t, gene::share_entities_max> whose{};
};

void add(Cell& cell, const gene::Share& share, std::uint64_t bytes) {
  const bool is_theirs = share.whose != 0;
  cell.standing[static_cast<std::size_t>(share.standing)] += is_theirs ? 0 : bytes;
  for (std::size_t i = 0; i < cell.whose.size(); ++i)
    if ((share.whose >> i & 1U) != 0) cell.whose[i] += bytes;
}

/// Who has an eighth of it is shown, and of several who has most, or the better verdict; else what most of it is.
char letter(const Cell& cell) {
  constexpr std::pair<Standing, char> others[] = {{Standing::known, 'o'}, {Standing::library, 'l'}, {Standing::clean, 'c'}, {Standing::unknown, '-'}};
  const auto theirs = std::ranges::max_element(cell.whose);
  std::uint64_t all = *theirs, most = 0;
  char out = '.';
  for (const auto& [standing, own] : others) {
    const std::uint64_t bytes = cell.standing[static_cast<std::size_t>(standing)];
    all += bytes;
    if (bytes > most) most = bytes, out = own;
  }
  if (*theirs > 0 && *theirs >= all / 8) return static_cast<char>('A' + (theirs - cell.whose.begin()));
  return out;
}

bool has_place(const gene::Gene& g) { return gene::class_of(g.key) != GeneClass::import && g.length > 0; }

std::string cells_of(const gene::Genome& genome, const std::vector<gene::Share>& shares, std::uint64_t bytes, std::uint64_t cell_bytes) {
  std::vector<Cell> cells((bytes + cell_bytes - 1) / cell_bytes);
  for (std::size_t i = 0; i < genome.genes.size(); ++i) {
    const gene::Gene& g = genome.genes[i];
    if (!has_place(g) || shares[i].standing == Standing::unseen) continue;
    const std::uint64_t end = std::min<std::uint64_t>(bytes, std::uint64_t{g.offset} + g.length);
    for (std::uint64_t at = g.offset; at < end;) {
      const std::uint64_t next = std::min(end, (at / cell_bytes + 1) * cell_bytes);
      add(cells[at / cell_bytes], shares[i], next - at);
      at = next;
    }
  }
  std::string out;
  for (const Cell& c : cells) out += letter(c);
  return out;
}

/// Genes of code stand in each other's bytes; where the same share them, they are one, and within a function that they share they are told with it.
std::vector<Label> labels_of(const gene::Genome& genome, const std::vector<gene::Share>& shares) {
  std::vector<Label> all, out;
  for (std::size_t i = 0; i < genome.genes.size(); ++i)
    if (const gene::Gene& g = genome.genes[i]; shares[i].whose != 0 && has_place(g))
      all.push_back({g.offset, g.length, gene::class_of(g.key), shares[i].whose});
  std::ranges::sort(all, [](const Label& a, const Label& b) {
    return std::tuple(a.offset, a.gene_class != GeneClass::function, ~a.length, a.gene_class) <
           std::tuple(b.offset, b.gene_class != GeneClass::function, ~b.length, b.gene_class);
  });
  std::optional<std::size_t> function, code;
  for (const Label& l : all) {
    const auto reaches = [&](const std::optional<std::size_t>& at) { return at && out[*at].whose == l.whose && l.offset <= out[*at].offset + out[*at].length; };
    if (l.gene_class == GeneClass::code && reaches(function) && l.offset + l.length <= out[*function].offset + out[*function].length) continue;
    if (l.gene_class == GeneClass::code && reaches(code)) {
      out[*code].length = std::max(out[*code].length, l.offset + l.length - out[*code].offset);
      continue;
    }
    if (l.gene_class == GeneClass::code) code = out.size();
    if (l.gene_class == GeneClass::function) function = out.size();
    out.push_back(l);
  }
  return out;
}

void cut_labels(Labels& x) {
  auto& all = x.labels;
  if (all.size() <= labels_max) return;
  x.left_out = all.size() - labels_max;
  std::ranges::stable_sort(all, std::greater{}, &Label::length);
  all.resize(labels_max);
  std::ranges::sort(all, [](const Label& a, const Label& b) { return std::tuple(a.offset, a.gene_class) < std::tuple(b.offset, b.gene_class); });
}

}  // namespace

void draw(Answer& x, const gene::Index& index, const gene::AttributeOptions& compare) {
  x.maps.clear(), x.labels = {};
  const auto& verdicts = x.joined.verdicts;
  const auto& all = x.opened.objects;
  std::vector<gene::Entity> whose;
  std::vector<std::size_t> objects;
  for (std::size_t i = 0; i < std::min(verdicts.size(), maps_max); ++i) {
    whose.push_back(verdicts[i].verdict.entity);
    if (std::ranges::find(objects, verdicts[i].object) == objects.end()) objects.push_back(verdicts[i].object);
  }
  if (objects.empty()) {
    const auto first = std::ranges::find_if(all, [](const files::FileObject& o) { return !o.genome.genes.empty(); });
    if (first != all.end()) objects.push_back(static_cast<std::size_t>(first - all.begin()));
  }
  for (const std::size_t o : objects) {
    const auto shares = gene::shares(all[o].genome, index, whose, compare);
    ObjectMap map{o, std::max(cell_bytes_least, (all[o].bytes + cells_max - 1) / cells_max), whose, {}};
    map.cells = cells_of(all[o].genome, shares, all[o].bytes, map.cell_bytes);
    x.maps.push_back(std::move(map));
    if (verdicts.empty() || o != verdicts.front().object) continue;
    x.labels.object = o, x.labels.whose = whose;
    x.labels.labels = labels_of(all[o].genome, shares);
    cut_labels(x.labels);
  }
}

}  // namespace mozu::attribution
