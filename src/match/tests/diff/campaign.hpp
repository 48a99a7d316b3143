// What the differential program runs: the definition table, the sweep, generated lines, real logs.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "compare.hpp"
#include "shrink.hpp"

namespace mozu::match::diff {

struct Campaign {
  std::uint64_t seed = 1;
  double seconds = 0;            ///< for generated lines; 0: the quick amount
  std::size_t failures_max = 5;  ///< then stop
  double shrink_seconds = 20;
  bool progress = false;

  Counts counts;
  std::size_t failures = 0;
  bool stopped() const { return failures >= failures_max; }

  void table();
  /// `part` of `parts`: the whole sweep is some 980,000 lines.
  void sweep(std::size_t part, std::size_t parts);
  void generated();
  /// Lines of files (any compression) against rules.
  void real(const std::vector<std::string>& line_files, const std::vector<Rule>& rules, std::uint64_t bytes_max);

 private:
  void report(Failure failure);
};

/// One value a line; '#' lines and what is no indicator are passed over.
Result<std::vector<Rule>> rules_of_file(const std::string& path);
/// Every `every`-th observable of the lines, with parents, networks around addresses, and masks: hits are dense.
Result<std::vector<Rule>> rules_from_lines(const std::vector<std::string>& line_files, std::size_t every, std::uint64_t bytes_max);
/// Regular files under a path, or the path itself; sorted.
std::vector<std::string> files_under(const std::string& path);

}  // namespace mozu::match::diff
