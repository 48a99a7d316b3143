// Which genes of a file are whose: what a map of the file and labels in a disassembler are made from.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "mozu/gene/attribute.hpp"

namespace mozu::gene {

enum class Standing : std::uint8_t {
  unseen,   ///< of a class that nobody asked about
  unknown,  ///< nobody is known to have it
  clean,
  library,
  known,  ///< actors, campaigns, malware, tools have it
};

inline constexpr std::size_t share_entities_max = 8;

struct Share {
  Standing standing = Standing::unseen;
  std::uint8_t whose = 0;  ///< of known ones: bit i for the i-th entity asked about; 0: others alone have it
};

/// By gene of the genome; of `whose` the first share_entities_max count. Of the options, `classes` and `without` count. What attribute() drops as clean or a library's is so here.
std::vector<Share> shares(const Genome& genome, const Index& index, std::span<const Entity> whose, const AttributeOptions& options = {});

}  // namespace mozu::gene
