#include "export_values.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

#include "object_text.hpp"
#include "stix_pattern.hpp"

namespace mozu::formats {
namespace {

constexpr std::size_t values_max = 10'000;  // of one object

void add(std::vector<ExportValue>& out, std::string property, std::string_view value) {
  if (value.empty() || out.size() >= values_max) return;
  ExportValue v{std::move(property), std::string(value)};
  if (std::find(out.begin(), out.end(), v) == out.end()) out.push_back(std::move(v));
}

void values_of_pattern(std::string_view text, std::vector<ExportValue>& out) {
  const auto pattern = parse_stix_pattern(text);
  if (!pattern) return;
  for (const auto& c : pattern->comparisons) {
    if (c.negated || (c.op != StixOperator::eq && c.op != StixOperator::in && c.op != StixOperator::issubset)) continue;
    std::string property = c.path.type + ":";
    for (const auto& step : c.path.steps)
      if (step.kind == StixPathStep::Kind::key) property += (property.back() == ':' ? "" : ".") + step.key;
    for (const auto& v : c.values) add(out, property, v.text);
  }
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> main_properties = {{{"ipv4-addr", "value"},
                                                                                            {"ipv6-addr", "value"},
                                                                                            {"domain-name", "value"},
                                                                                            {"url", "value"},
                                                                                            {"email-addr", "value"},
                                                                                            {"mac-addr", "value"},
                                                                                            {"mutex", "name"},
                                                                                            {"windows-registry-key", "key"},
                                                                                            {"file", "name"},
                                                                                            {"email-message", "subject"}}};

}  // namespace

std::vector<ExportValue> export_values(JsonObject o) {
  std::vector<ExportValue> out;
  const auto type = string_member(o, "type");
  if (type == "indicator") {
    const auto language = string_member(o, "pattern_type");
    if (language.empty() || language == "stix") values_of_pattern(string_member(o, "pattern"), out);
    return out;
  }
  if (const auto hashes = type == "file" ? object_member(o, "hashes") : std::nullopt)
    for (const auto [key, value] : *hashes) add(out, fmt::format("file:hashes.{}", key), as_string(value));
  for (const auto& [object, property] : main_properties)
    if (object == type) add(out, fmt::format("{}:{}", object, property), string_member(o, property));
  if (type == "autonomous-system")
    if (const auto number = member(o, "number")) add(out, "autonomous-system:number", scalar_text(*number));
  return out;
}

std::string tlp_line(intel::Tlp tlp) { return tlp == intel::Tlp::none ? "TLP: none" : std::string(intel::name(tlp)); }

std::vector<std::string> export_labels(JsonObject o) { return string_list(o, "labels", 1000); }

std::string attack_id(JsonObject o) {
  if (const auto references = array_member(o, "external_references"))
    for (const JsonElement e : *references) {
      JsonObject r;
      if (e.get(r) != simdjson::SUCCESS) continue;
      const auto source = string_member(r, "source_name");
      if (source != "mitre-attack" && source != "mitre-mobile-attack" && source != "mitre-ics-attack") continue;
      if (auto ids = attack_techniques(string_member(r, "external_id")); !ids.empty()) return ids.front();
    }
  return {};
}

}  // namespace mozu::formats
