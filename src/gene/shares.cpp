#include "mozu/gene/shares.hpp"

#include <algorithm>

namespace mozu::gene {

std::vector<Share> shares(const Genome& genome, const Index& index, std::span<const Entity> whose, const AttributeOptions& options) {
  whose = whose.first(std::min(whose.size(), share_entities_max));
  const Catalogue& known = index.catalogue();
  std::vector<std::uint8_t> bit(known.entities.size());
  for (std::size_t e = 0; e < known.entities.size(); ++e)
    if (const auto at = std::ranges::find(whose, known.entities[e]); at != whose.end()) bit[e] = static_cast<std::uint8_t>(1U << (at - whose.begin()));
  std::vector<Share> out(genome.genes.size());
  std::vector<std::uint64_t> keys;
  std::vector<std::uint32_t> genes;
  for (std::uint32_t i = 0; i < genome.genes.size(); ++i)
    if (options.classes[static_cast<std::size_t>(class_of(genome.genes[i].key))]) keys.push_back(genome.genes[i].key), genes.push_back(i);
  const auto clean = index.clean(keys);
  for (std::size_t k = 0; k < keys.size(); ++k) out[genes[k]].standing = clean[k] ? Standing::clean : Standing::unknown;
  for (std::size_t s = 0; s < index.segments().size(); ++s) {
    if (index.segments()[s].is_clean()) continue;
    index.segments()[s].find(keys, [&](const Segment::Hit& hit) {
      Share& share = out[genes[hit.query]];
      for (const std::uint32_t own : hit.samples) {
        const std::uint32_t sample = known.first[s] + own;
        if (share.standing == Standing::clean || (!options.without.empty() && known.samples[sample]->sha256 == options.without)) continue;
        for (const std::uint32_t e : known.entities_of[sample]) {
          if (known.entities[e].type == EntityType::library) share.standing = Standing::library;
          else if (share.standing != Standing::library) share.standing = Standing::known;
          share.whose |= bit[e];
        }
      }
    });
  }
  for (Share& s : out)
    if (s.standing != Standing::known) s.whose = 0;
  return out;
}

}  // namespace mozu::gene
