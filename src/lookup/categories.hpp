// Private to the room: under which heading an object stands.
#pragma once
#include <array>
#include <string_view>

namespace mozu::lookup {

/// In the order of the answer.
inline constexpr std::array<std::string_view, 9> categories = {"actors",  "malware",    "campaigns",   "techniques", "vulnerabilities",
                                                               "reports", "detections", "observables", "others"};

/// One of `categories`. Detections are indicators and rules alike.
constexpr std::string_view category_of(std::string_view type) {
  struct Entry {
    std::string_view type, category;
  };
  constexpr Entry known[] = {{"intrusion-set", "actors"},
                             {"threat-actor", "actors"},
                             {"malware", "malware"},
                             {"tool", "malware"},
                             {"campaign", "campaigns"},
                             {"incident", "campaigns"},
                             {"attack-pattern", "techniques"},
                             {"vulnerability", "vulnerabilities"},
                             {"report", "reports"},
                             {"grouping", "reports"},
                             {"indicator", "detections"},
                             {"file", "observables"},
                             {"domain-name", "observables"},
                             {"ipv4-addr", "observables"},
                             {"ipv6-addr", "observables"},
                             {"url", "observables"},
                             {"email-addr", "observables"},
                             {"email-message", "observables"},
                             {"mutex", "observables"},
                             {"windows-registry-key", "observables"},
                             {"autonomous-system", "observables"},
                             {"artifact", "observables"},
                             {"x509-certificate", "observables"},
                             {"user-account", "observables"},
                             {"network-traffic", "observables"},
                             {"process", "observables"},
                             {"software", "observables"},
                             {"directory", "observables"},
                             {"mac-addr", "observables"},
                             {"observed-data", "observables"}};
  for (const auto& e : known)
    if (e.type == type) return e.category;
  return "others";
}

}  // namespace mozu::lookup
