// Private to the room: what the objects of a STIX bundle say about one another, and what of it becomes context of an indicator.
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "json_access.hpp"

namespace mozu::formats {

/// "TLP:AMBER" for the marking definitions that the STIX 2.1 standard and its TLP 2.0 extension fix; empty for others.
std::string_view well_known_tlp(std::string_view marking_id);

class StixContext {
 public:
  /// Remembers names, markings, relations and reports. `type` is the object's.
  void learn(std::string_view type, JsonObject o);
  /// Context of an indicator (or observable) object: its own fields and what points to or from it.
  void describe(JsonObject o, std::string_view id, intel::ContextFields& context) const;
  bool full() const { return full_; }

 private:
  struct Named {
    std::string type, name, attack;
  };
  void add_named(const Named& n, intel::ContextFields& context) const;
  void learn_relationship(JsonObject o);

  static constexpr std::size_t entries_max = 2'000'000;  ///< per table; a bundle with more loses context, not indicators
  static constexpr std::size_t links_per_object_max = 16;
  std::unordered_map<std::string, Named> named_;
  std::unordered_map<std::string, std::string> tlp_;
  std::unordered_map<std::string, std::vector<std::string>> links_;  ///< indicator id → ids of what it indicates, reports that hold it
  bool full_ = false;
};

/// External references of any STIX object: ATT&CK ids → "attack", URLs → "reference".
void add_external_references(JsonObject o, intel::ContextFields& context);

}  // namespace mozu::formats
