// Which publications somebody wants, by what they are about. Plain data.
#pragma once
#include <string>
#include <vector>

#include "mozu/intel/access.hpp"

namespace mozu::publications {

/// What is empty asks nothing; within a list one must fit, and all lists must. Names are compared as search does (intel::fold_name).
struct AboutFilter {
  std::vector<std::string> kinds, actors, sectors, geography;
  std::vector<std::string> tags;  ///< malware, campaigns
  /// As store::ListQuery::about takes them: empty where nothing is asked.
  std::vector<std::vector<intel::Subject>> subjects() const;
};

}  // namespace mozu::publications
