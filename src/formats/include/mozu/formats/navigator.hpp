// Layers of ATT&CK Navigator (https://github.com/mitre-attack/attack-navigator, layers/spec/v4.5): techniques with scores, coloured from 0 to the highest.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace mozu::formats {

struct NavigatorTechnique {
  std::string attack_id;  ///< "T1059.001"
  std::uint64_t score = 0;
  std::string comment;  ///< empty: none
};
struct NavigatorLayer {
  std::string name, description;
  std::string domain;  ///< "enterprise-attack", "mobile-attack", "ics-attack"
  std::string tlp;     ///< told as metadata: "TLP:GREEN"
  std::vector<NavigatorTechnique> techniques;
};
std::string navigator_json(const NavigatorLayer& layer);

}  // namespace mozu::formats
