#include "mozu/gene/join.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <tuple>

namespace mozu::gene {
namespace {

bool is_better(const Verdict& a, const Verdict& b) {
  if (a.is_named != b.is_named) return a.is_named;
  return std::tie(a.confidence, a.similarity, a.exclusive_genes) > std::tie(b.confidence, b.similarity, b.exclusive_genes);
}

}  // namespace

Joined join(std::span<const Attribution> objects) {
  Joined out;
  std::map<Entity, std::size_t> place;
  std::map<std::string, std::uint64_t> libraries;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    out.weak += objects[i].weak;
    for (const LibraryShare& l : objects[i].libraries) libraries[l.name] += l.genes;
    for (const Verdict& v : objects[i].verdicts) {
      const auto [at, is_new] = place.emplace(v.entity, out.verdicts.size());
      if (is_new) {
        out.verdicts.push_back({v, i, 1});
        continue;
      }
      JoinedVerdict& best = out.verdicts[at->second];
      ++best.objects;
      if (is_better(v, best.verdict)) best.verdict = v, best.object = i;
    }
  }
  std::ranges::sort(out.verdicts, [](const JoinedVerdict& x, const JoinedVerdict& y) {
    const Verdict &a = x.verdict, &b = y.verdict;
    return std::tie(b.is_named, b.confidence, b.similarity, a.entity) < std::tie(a.is_named, a.confidence, a.similarity, b.entity);
  });
  for (const auto& [name, genes] : libraries) out.libraries.push_back({name, genes});
  std::ranges::stable_sort(out.libraries, std::greater{}, &LibraryShare::genes);
  return out;
}

}  // namespace mozu::gene
