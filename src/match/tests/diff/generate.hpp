// Adversarial indicators and lines: few labels and addresses, so that everything meets everything, written in every way
// the definition knows and in some that it refuses. All names and addresses are reserved for documentation.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "compare.hpp"
#include "random.hpp"

namespace mozu::match::diff {

/// 1 to `rules_max` indicators and suppressions.
std::vector<Rule> generate_rules(Random& random, std::size_t rules_max);

/// Some values in canonical or other form, as they would stand in a feed.
std::string some_domain(Random& random);
std::string some_ipv4(Random& random);
std::string some_ipv6(Random& random);
std::string some_hash(Random& random);
std::string some_url(Random& random);
std::string some_email(Random& random);

/// One line without LF, about values of the rules and others.
class LineGenerator {
 public:
  LineGenerator(Random& random, const std::vector<Rule>& rules) : random_(random), rules_(rules) {}
  std::string line();
  /// One token and at most a byte on each side: many a second.
  std::string short_line();
  /// Places tokens at the start, in the middle and at the end of `bytes` bytes.
  std::string long_line(std::size_t bytes);

 private:
  Random& random_;
  const std::vector<Rule>& rules_;

  std::string value();
  std::string written(std::string value);
  std::string domain_written(std::string name);
  std::string address_written(const std::string& address);
  std::string url_written(std::string url);
  std::string plain_line();
  std::string json_line();
  std::string escaped(std::string_view text);
  void damage(std::string& line);
};

/// A whole batch: lines, line ends, empty lines, the last one with or without LF; tokens at every place of a block.
std::string generate_batch(Random& random, const std::vector<Rule>& rules, std::size_t lines, bool short_lines = false);
/// Ascending offsets of line starts at which to split, none at 0.
std::vector<std::size_t> generate_splits(Random& random, std::string_view batch);

/// Every token of a fixed set at every offset 0–127 from the start of the batch, with neighbours of every byte value,
/// beside other tokens in the same 64 bytes. `part` of `parts` equal shares.
std::vector<Rule> sweep_rules();
std::string sweep_batch(std::size_t part, std::size_t parts);

}  // namespace mozu::match::diff
