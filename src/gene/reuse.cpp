// Genes found → functions that are one entity's.
#include "reuse.hpp"

#include <algorithm>
#include <tuple>

namespace mozu::gene {
namespace {

// Measured on strangers and on functions put into them: docs/attribution-benchmark.md, track F.
constexpr std::uint32_t whole_bytes_least = 60;  // shorter functions are alike by chance
constexpr std::uint32_t genes_least = 8;         // fewer in a function are found by chance
constexpr double mainly = 0.5;                   // of the weight of a function
// More of one function says no more: what strangers have much of is one long function that the entity did not write either, a hash or a table.
constexpr double genes_enough = 10;

bool is_whole(const Gene& g) { return class_of(g.key) == GeneClass::function; }

}  // namespace

void ReuseCount::add(const Gene& gene, const std::array<double, culprit_types>& weight) {
  Whole& f = wholes_[gene.function];
  f.first = std::min(f.first, gene.offset), f.end = std::max(f.end, gene.offset + gene.length);
  if (is_whole(gene)) return;
  ++f.genes;
  for (std::size_t t = 0; t < culprit_types; ++t) f.weight[t] += weight[t];
}

void ReuseCount::share(const Gene& gene, std::uint32_t entity, double weight) {
  if (!is_whole(gene) || gene.length >= whole_bytes_least) shares_.push_back({entity, gene.function, weight, is_whole(gene)});
}

ReusedFunction ReuseCount::one(const Whole& whole, const Share* from, const Share* end, std::size_t type) {
  ReusedFunction out{whole.first, whole.end - whole.first, 0, whole.genes, false, 0};
  double weight = 0;
  for (const Share* s = from; s != end; ++s) {
    if (s->is_whole) out.is_whole = true, out.weight += s->weight;
    else ++out.shared, weight += s->weight;
  }
  if (out.shared >= genes_least && weight >= mainly * whole.weight[type]) out.weight += std::min(weight / genes_enough, 1.0);
  return out;
}

std::unordered_map<std::uint32_t, ReuseCount::Reuse> ReuseCount::answer(const std::vector<Entity>& entities) {
  std::unordered_map<std::uint32_t, Reuse> out;
  std::ranges::sort(shares_,
                    [](const Share& a, const Share& b) { return std::tie(a.entity, a.function, a.weight) < std::tie(b.entity, b.function, b.weight); });
  for (std::size_t from = 0, end = 0; from < shares_.size(); from = end) {
    const auto [entity, function] = std::pair(shares_[from].entity, shares_[from].function);
    while (end < shares_.size() && shares_[end].entity == entity && shares_[end].function == function) ++end;
    const auto f = one(wholes_.at(function), shares_.data() + from, shares_.data() + end, static_cast<std::size_t>(entities[entity].type));
    if (f.weight <= 0) continue;
    Reuse& r = out[entity];
    r.weight += f.weight;
    r.each.push_back(f);
  }
  for (auto& [entity, r] : out)
    std::ranges::sort(r.each, [](const ReusedFunction& a, const ReusedFunction& b) {
      return std::tie(b.weight, b.shared, a.offset) < std::tie(a.weight, a.shared, b.offset);
    });
  return out;
}

}  // namespace mozu::gene
