// Private to the room: MISP attribute types as STIX patterns and observables.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace mozu::formats {

struct MispObservable {
  std::string type, id, json;  ///< the object without its outer begin: whole JSON text
};

/// Pattern for an attribute; empty if STIX has no words for the type (or the value does not fit it).
/// `language`: "stix", or that of the rule that the value is.
std::string misp_pattern(std::string_view type, std::string_view value, std::string& language);
/// Observables of an attribute, with the ids that STIX gives them; empty if STIX has no words for the type.
std::vector<MispObservable> misp_observables(std::string_view type, std::string_view value);

}  // namespace mozu::formats
