// Indicators for the benchmarks: real ones from a list, and any number of made ones that look like them.
#pragma once
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/intel/indicator.hpp"

namespace mozu::bench {

/// The canonical pattern of one line of a list: an address, a hash or else a name. Lists are canonical already, so nothing
/// is refused for its shape: substring searchers take any text too.
Result<intel::Pattern> pattern_of(std::string_view text);

/// `size` lines of a list, picked and ordered by a fixed seed; all of them if there are no more.
std::vector<std::string_view> sample(std::string_view list, std::uint64_t size);

/// Endless indicators made after real ones, the same on every machine.
/// Names: a real name with its public suffix, number and lengths of labels kept; letters and digits of the labels redrawn.
/// Of a name below a registrable domain, half keep that domain, as real lists hold many names below one.
/// Addresses: half lie in the /24 of a real one, a third in its /16, the rest anywhere outside reserved space.
/// Hashes: redrawn.
class Synthetic {
 public:
  explicit Synthetic(std::vector<std::string_view> models) : models_(std::move(models)) {}
  std::string next();

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  std::string name_like(std::string_view model);
  std::string address_like(std::uint32_t model);
  std::string hash_like(std::size_t digits);

  std::vector<std::string_view> models_;
  std::mt19937_64 random_{20261101};
};

}  // namespace mozu::bench
