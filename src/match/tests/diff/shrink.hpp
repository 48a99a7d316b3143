// Making a failing case small: fewer bytes, fewer rules, plainer bytes.
#pragma once
#include <string>
#include <vector>

#include "compare.hpp"

namespace mozu::match::diff {

struct Failure {
  std::vector<Rule> rules;
  Settings settings;
  std::string batch;
  bool split = false;  ///< every line start is a split
  Difference difference;
};

/// Tries for about `seconds`. The result still fails, though perhaps in another way.
Failure shrink(Failure failure, double seconds);
/// Rules, the bytes as a C string, the line and both answers.
std::string to_text(const Failure& failure);

}  // namespace mozu::match::diff
