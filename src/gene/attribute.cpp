// Genes found in the index → verdicts.
#include "mozu/gene/attribute.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "reuse.hpp"

namespace mozu::gene {
namespace {

/// As much as so many exclusive genes: files with few genes get no high similarity by chance.
constexpr double prior_genes = 16;

/// A gene of the file in one sample.
struct Found {
  std::uint32_t gene, entity;  // entity: in Entities
  std::uint32_t sample;        // in Samples
  std::uint64_t offset;
};

/// 1 for a gene of one entity, falling fast: what three of a hundred have is nearly a library. The fourth power of the inverse frequency was the
/// best of those measured (docs/attribution-benchmark.md).
double weight(std::size_t holders, std::size_t all) {
  const double rare =
      std::log((static_cast<double>(all) + 1) / static_cast<double>(std::max<std::size_t>(holders, 1))) / std::log(static_cast<double>(all) + 1);
  return rare * rare * rare * rare;
}

constexpr std::size_t types = 6;
bool is_culprit(EntityType t) { return t != EntityType::library && t != EntityType::goodware; }

/// A piece of evidence before it is told: what it stands for, and how it compares.
struct Piece {
  std::uint32_t gene, sample, holders;
  std::uint64_t offset;
};

struct Tally {
  std::array<double, gene_classes> weight{};
  std::uint64_t shared = 0, exclusive = 0;
  std::set<std::uint32_t> functions;  // of the file, with exclusive genes
  std::vector<Piece> evidence;        // best first
  std::uint32_t nearest = 0;
  std::uint64_t nearest_genes = 0;
};

class Count {
 public:
  Count(const Genome& genome, const Index& index, const AttributeOptions& options)
      : genome_(genome),
        options_(options),
        calibration_(index.calibration()),
        way_(way_of(options.classes)),
        known_(index.catalogue()) {
    in_common_.resize(known_.samples.size());
    known_genes_.resize(known_.samples.size());
    tallies_.resize(known_.entities.size());
    std::vector<std::uint64_t> keys;
    for (std::uint32_t i = 0; i < genome.genes.size(); ++i)
      if (options.classes[static_cast<std::size_t>(class_of(genome.genes[i].key))]) keys.push_back(genome.genes[i].key), genes_.push_back(i);
    clean_ = index.clean(keys);
    std::vector<bool> is_without(known_.samples.size());
    for (std::size_t i = 0; i < is_without.size(); ++i) is_without[i] = !options.without.empty() && known_.samples[i]->sha256 == options.without;
    for (std::size_t s = 0; s < index.segments().size(); ++s) {
      auto& found = found_.emplace_back();
      if (index.segments()[s].is_clean()) continue;
      index.segments()[s].find(keys, [&](const Segment::Hit& hit) {
        for (std::size_t k = 0; k < hit.samples.size(); ++k) {
          const std::uint32_t sample = known_.first[s] + hit.samples[k];
          if (is_without[sample]) continue;
          for (const std::uint32_t e : known_.entities_of[sample]) found.push_back({genes_[hit.query], e, sample, k == 0 ? hit.offset : unknown_place});
        }
      });
    }
  }

  Attribution answer() {
    Attribution out;
    out.genes = genes_.size();
    std::map<std::string, std::uint64_t> libraries;
    // Each segment told its genes in order.
    std::vector<std::size_t> at(found_.size());
    std::vector<Found> own;
    for (std::size_t i = 0; i < genes_.size(); ++i) {
      const std::uint32_t g = genes_[i];
      own.clear();
      for (std::size_t s = 0; s < found_.size(); ++s)
        for (; at[s] < found_[s].size() && found_[s][at[s]].gene == g; ++at[s]) own.push_back(found_[s][at[s]]);
      std::sort(own.begin(), own.end(),
                [](const Found& a, const Found& b) { return std::tie(a.entity, a.offset, a.sample) < std::tie(b.entity, b.offset, b.sample); });
      one_gene(g, clean_[i], own, out, libraries);
    }
    for (std::uint32_t sample = 0; sample < known_genes_.size(); ++sample)
      for (const std::uint32_t e : known_.entities_of[sample])
        if (known_genes_[sample] > tallies_[e].nearest_genes) tallies_[e].nearest = sample, tallies_[e].nearest_genes = known_genes_[sample];
    for (const auto& [name, genes] : libraries) out.libraries.push_back({name, genes});
    std::ranges::stable_sort(out.libraries, std::greater{}, &LibraryShare::genes);
    auto reuse = reuse_.answer(known_.entities);
    for (std::uint32_t e = 0; e < tallies_.size(); ++e)
      if (tallies_[e].shared > 0) verdict(e, tallies_[e], reuse[e], out);
    std::ranges::sort(out.verdicts, [](const Verdict& a, const Verdict& b) {
      return std::tie(b.is_named, b.confidence, b.similarity, a.entity) < std::tie(a.is_named, a.confidence, a.similarity, b.entity);
    });
    return out;
  }

 private:
  static constexpr std::uint64_t unknown_place = ~std::uint64_t{0};
  const Genome& genome_;
  const AttributeOptions& options_;
  const std::optional<Calibration>& calibration_;
  std::optional<Way> way_;
  const Catalogue& known_;
  std::vector<std::uint32_t> genes_;
  std::vector<bool> clean_;                 // by gene asked for
  std::vector<std::vector<Found>> found_;   // by segment
  std::vector<std::uint64_t> in_common_;    // genes of the file that each sample has
  std::vector<std::uint64_t> known_genes_;  // of these, those that are neither clean nor a library's
  std::vector<Tally> tallies_;              // by entity
  ReuseCount reuse_;
  std::array<std::vector<double>, types> weights_;             // by holders
  std::array<std::array<double, gene_classes>, types> all_{};  // weight of the whole file, seen from each type of entity

  double weight_of(std::size_t type, std::size_t holders) {
    auto& known = weights_[type];
    while (known.size() <= holders) known.push_back(weight(known.size(), known_.count[type]));
    return known[holders];
  }

  void one_gene(std::uint32_t g, bool is_clean, std::span<const Found> found, Attribution& out, std::map<std::string, std::uint64_t>& libraries) {
    const Gene& gene = genome_.genes[g];
    const auto c = static_cast<std::size_t>(class_of(gene.key));
    // What is clean or a library's is in common all the same. A sample of several entities stands here once for each.
    for (const Found& f : found) in_common_[f.sample] += f.entity == known_.entities_of[f.sample].front();
    if (is_clean) {
      ++out.clean;
      return;
    }
    std::array<std::size_t, types> holders{};
    for (std::size_t i = 0; i < found.size(); ++i)
      if (i == 0 || found[i].entity != found[i - 1].entity) ++holders[static_cast<std::size_t>(known_.entities[found[i].entity].type)];
    if (holders[static_cast<std::size_t>(EntityType::library)] != 0) {
      ++out.library;
      for (std::size_t i = 0; i < found.size(); ++i)
        if (known_.entities[found[i].entity].type == EntityType::library && (i == 0 || found[i].entity != found[i - 1].entity))
          ++libraries[known_.entities[found[i].entity].name];
      return;
    }
    if (!found.empty()) ++out.known;
    std::array<double, types> w{};
    for (std::size_t t = 0; t < types; ++t) {
      w[t] = weight_of(t, holders[t]);
      all_[t][c] += w[t];
    }
    const bool is_code = class_of(gene.key) <= GeneClass::function;
    if (is_code) reuse_.add(gene, {w[0], w[1], w[2], w[3]});
    for (std::size_t i = 0; i < found.size(); ++i) {
      Tally& tally = tallies_[found[i].entity];
      if (i == 0 || found[i].entity != found[i - 1].entity) {
        const auto t = static_cast<std::size_t>(known_.entities[found[i].entity].type);
        tally.weight[c] += w[t];
        if (is_code) reuse_.share(gene, found[i].entity, w[t]);
        ++tally.shared;
        if (holders[t] == 1 && class_of(gene.key) != GeneClass::import) {
          ++tally.exclusive;
          if (is_code) tally.functions.insert(gene.function);
        }
        note(tally, g, found[i], holders[t]);
      }
      known_genes_[found[i].sample] += found[i].entity == known_.entities_of[found[i].sample].front();
    }
  }

  /// Exclusive ones, then whole functions, then long ones, then by place.
  bool is_better(const Piece& a, const Piece& b) const {
    const Gene &x = genome_.genes[a.gene], &y = genome_.genes[b.gene];
    const bool x_is_function = class_of(x.key) == GeneClass::function, y_is_function = class_of(y.key) == GeneClass::function;
    return std::tie(a.holders, y_is_function, y.length, x.offset) < std::tie(b.holders, x_is_function, x.length, y.offset);
  }

  /// Keeps the best; a heap would be quicker than this and is not needed: most genes are turned away by the first comparison.
  void note(Tally& tally, std::uint32_t gene, const Found& where, std::size_t holders) const {
    const Piece piece{gene, where.sample, static_cast<std::uint32_t>(holders), where.offset == unknown_place ? 0 : where.offset};
    const auto better = [this](const Piece& a, const Piece& b) { return is_better(a, b); };
    auto& list = tally.evidence;
    if (list.size() >= options_.evidence_max && (list.empty() || !better(piece, list.back()))) return;
    list.insert(std::ranges::upper_bound(list, piece, better), piece);
    if (list.size() > options_.evidence_max) list.pop_back();
  }

  Evidence told(const Piece& p) const {
    const Gene& gene = genome_.genes[p.gene];
    const Sample& s = *known_.samples[p.sample];
    return {class_of(gene.key), gene.key, gene.offset, gene.length, gene.function, p.holders, s.sha256, s.file, p.offset};
  }

  void verdict(std::uint32_t number, const Tally& tally, const ReuseCount::Reuse& reuse, Attribution& out) const {
    const Entity& entity = known_.entities[number];
    if (!is_culprit(entity.type)) return;
    Verdict v;
    v.entity = entity;
    const auto& all = all_[static_cast<std::size_t>(entity.type)];
    double shared = 0, whole = prior_genes, unlike = 1;
    for (std::size_t c = 0; c < gene_classes; ++c) {
      v.similarity_of[c] = tally.weight[c] / (all[c] + prior_genes);
      shared += tally.weight[c], whole += all[c];
      // Not imports: who calls OpenSSL is not OpenSSL, and looked like it (docs/attribution-benchmark.md, track G).
      if (static_cast<GeneClass>(c) != GeneClass::import) unlike *= 1 - v.similarity_of[c];
    }
    v.similarity = shared / whole;
    v.confidence = 1 - unlike;
    v.shared_genes = tally.shared, v.exclusive_genes = tally.exclusive;
    v.functions = static_cast<std::uint32_t>(tally.functions.size());
    const Sample& sample = *known_.samples[tally.nearest];
    v.nearest = sample.sha256, v.nearest_file = sample.file;
    v.containment = sample.genes == 0 ? 0 : std::min(1.0, static_cast<double>(in_common_[tally.nearest]) / static_cast<double>(sample.genes));
    for (const Piece& p : tally.evidence) v.evidence.push_back(told(p));
    v.reuse = reuse.weight, v.reused_functions = static_cast<std::uint32_t>(reuse.each.size());
    v.reused.assign(reuse.each.begin(), reuse.each.begin() + static_cast<std::ptrdiff_t>(std::min(reuse.each.size(), options_.evidence_max)));
    if (calibration_ && way_) {
      const bool has_code = !genes_.empty() && class_of(genome_.genes[genes_.front()].key) <= GeneClass::function;  // code comes first
      const auto rare = calibration_->p_value(*way_, genome_.genes.size(), v.confidence, has_code ? std::optional(v.reuse) : std::nullopt);
      v.p_value = rare.p_value, v.is_by_reuse = rare.is_by_reuse;
    }
    // Few clean files show little: there the confidence must suffice as well.
    const bool is_rare = v.p_value && *v.p_value <= std::max(options_.p_value_most, calibration_->least());
    const bool is_shown = v.p_value && calibration_->least() <= options_.p_value_most;
    const bool is_near = (is_rare || !v.p_value) && (is_shown || v.confidence >= options_.confidence_least);
    v.is_named = v.exclusive_genes >= options_.exclusive_genes_least && is_near;
    out.weak += !v.is_named;
    if (v.is_named || options_.weak) out.verdicts.push_back(std::move(v));
  }
};

}  // namespace

Attribution attribute(const Genome& genome, const Index& index, const AttributeOptions& options) { return Count(genome, index, options).answer(); }

Calibration::Row calibration_row(const Genome& genome, const Index& index) {
  Calibration::Row out{genome.genes.size(), {}, 0};
  const auto nearer = [&](Way way, double confidence) {
    double& nearest = out.nearest[static_cast<std::size_t>(way)];
    nearest = std::max(nearest, confidence);
  };
  // The similarity of a class is the same whichever other classes are looked at.
  for (const Verdict& v : attribute(genome, index, {.weak = true, .evidence_max = 0}).verdicts) {
    const auto of = [&](GeneClass c) { return v.similarity_of[static_cast<std::size_t>(c)]; };
    nearer(Way::all, v.confidence);
    nearer(Way::code, 1 - (1 - of(GeneClass::code)) * (1 - of(GeneClass::function)));
    nearer(Way::text, of(GeneClass::text));
    out.reuse = std::max(out.reuse, v.reuse);
  }
  return out;
}

}  // namespace mozu::gene
