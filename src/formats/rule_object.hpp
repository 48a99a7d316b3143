// Private to the room: detection rules of other tongues as indicator objects, one a rule.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "knowledge_reader.hpp"
#include "object_text.hpp"

namespace mozu::formats {

struct RuleObject {
  std::string_view language;             ///< pattern_type: "yara", "sigma", "suricata", "snort"
  std::string id;                        ///< of the object
  std::string name, title, description;  ///< title: for people; empty = name
  std::string pattern;                   ///< the rule's text
  std::string created, modified;         ///< stix_time texts; empty = undated
  std::vector<std::string> labels, techniques;
  std::vector<ExternalReference> references;
  std::string member, raw;  ///< custom property with what else the rule says; may be empty
  int confidence = -1;
};

/// The rule, and an "indicates" relation to each technique that is known. Techniques stand among the external references, too.
void emit_rule(ObjectEmitter& out, ObjectText& o, RuleObject r, const Location& where);

}  // namespace mozu::formats
