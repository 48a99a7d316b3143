#include "rule_object.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "mozu/base/text.hpp"

namespace mozu::formats {

void emit_rule(ObjectEmitter& out, ObjectText& o, RuleObject r, const Location& where) {
  if (r.created.empty()) r.created = undated;
  const std::string modified = r.modified.empty() ? r.created : std::max(r.created, r.modified);
  for (const auto& t : r.techniques) {
    std::string path = t;
    std::replace(path.begin(), path.end(), '.', '/');
    r.references.push_back({"mitre-attack", t, "https://attack.mitre.org/techniques/" + path, {}});
  }
  o.begin("indicator", r.id, r.created, modified);
  o.text("name", r.title.empty() ? r.name : r.title)
      .text("description", description_or_source(r.description, out.source()))
      .text("pattern", r.pattern)
      .text("pattern_type", r.language);
  o.text("valid_from", r.created);
  if (r.confidence >= 0) o.json().field("confidence", r.confidence);
  o.list("labels", r.labels);
  add_external_references(o, r.references);
  o.text("x_mozu_rule_name", r.name);
  if (!r.raw.empty()) o.raw(r.member, r.raw);
  out.emit(o.end(), where);
  for (const auto& t : r.techniques)
    if (const auto target = out.id_of_technique(t); !target.empty()) out.emit(relationship(o, "indicates", r.id, target, r.created, modified), where);
}

}  // namespace mozu::formats
