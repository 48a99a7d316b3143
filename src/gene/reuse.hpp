// Functions of a file that are one entity's. A few functions put into a large program are a small share of it; counted by function they stand out.
#pragma once
#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "mozu/gene/attribute.hpp"

namespace mozu::gene {

inline constexpr std::size_t culprit_types = 4;  // actor to tool

/// Told the genes of code that are neither clean nor a library's, function by function.
class ReuseCount {
 public:
  /// A gene of the file: what it weighs seen from each type of entity, and that an entity (by its number) has it.
  void add(const Gene& gene, const std::array<double, culprit_types>& weight);
  void share(const Gene& gene, std::uint32_t entity, double weight);

  struct Reuse {
    double weight = 0;                 ///< each function counts up to 2: 1 for being the same as a whole, 1 for genes that the entity mainly has
    std::vector<ReusedFunction> each;  ///< those that say most first
  };
  /// By number of the entity; those without reuse are not in it.
  std::unordered_map<std::uint32_t, Reuse> answer(const std::vector<Entity>& entities);

 private:
  struct Whole {
    std::array<double, culprit_types> weight{};
    std::uint32_t first = ~std::uint32_t{0}, end = 0;  // in the file
    std::uint32_t genes = 0;
  };
  struct Share {
    std::uint32_t entity, function;
    double weight;
    bool is_whole;
  };
  std::unordered_map<std::uint32_t, Whole> wholes_;  // by function
  std::vector<Share> shares_;
  static ReusedFunction one(const Whole& whole, const Share* from, const Share* end, std::size_t type);
};

}  // namespace mozu::gene
