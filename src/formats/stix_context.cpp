#include "stix_context.hpp"

#include <algorithm>
#include <array>

#include "mozu/base/text.hpp"

namespace mozu::formats {
namespace {

bool is_attack_source(std::string_view source) { return source.starts_with("mitre-") && source.ends_with("attack"); }

std::string attack_id_as_said(JsonObject o) {
  if (const auto list = array_member(o, "external_references"))
    for (const JsonElement e : *list) {
      JsonObject r;
      if (e.get(r) == simdjson::SUCCESS && is_attack_source(string_member(r, "source_name"))) return std::string(string_member(r, "external_id"));
    }
  return {};
}

/// Types whose names are worth telling with an indicator, and the context field they go to.
std::string_view field_of(std::string_view type) {
  if (type == "malware" || type == "tool" || type == "campaign" || type == "report" || type == "vulnerability" || type == "infrastructure") return type;
  if (type == "threat-actor" || type == "intrusion-set") return "actor";
  if (type == "attack-pattern") return "attack_pattern";
  return {};
}

}  // namespace

std::string_view well_known_tlp(std::string_view id) {
  struct Marking {
    std::string_view uuid, tlp;
  };
  // STIX 2.1 §7.2.1.4 (TLP 1.0); the others are from the OASIS common objects' TLP 2.0 extension.
  static constexpr std::array<Marking, 9> markings = {{{"613f2e26-407d-48c7-9eca-b8e91df99dc9", "TLP:CLEAR"},
                                                       {"34098fce-860f-48ae-8e50-ebd3cc5e41da", "TLP:GREEN"},
                                                       {"f88d31f6-486f-44da-b317-01333bde0b82", "TLP:AMBER"},
                                                       {"5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "TLP:RED"},
                                                       {"94868c89-83c2-464b-929b-a1a8aa3c8487", "TLP:CLEAR"},
                                                       {"bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "TLP:GREEN"},
                                                       {"55d920b0-5e8b-4f79-9ee9-91f868d9b421", "TLP:AMBER"},
                                                       {"939a9414-2ddd-4d32-a0cd-375ea402b003", "TLP:AMBER+STRICT"},
                                                       {"e828b379-4e03-4974-9ac4-e53a884c97c1", "TLP:RED"}}};
  constexpr std::string_view prefix = "marking-definition--";
  if (!id.starts_with(prefix)) return {};
  for (const auto& m : markings)
    if (id.substr(prefix.size()) == m.uuid) return m.tlp;
  return {};
}

void add_external_references(JsonObject o, intel::ContextFields& context) {
  const auto list = array_member(o, "external_references");
  if (!list) return;
  std::size_t references = 0;
  for (const JsonElement e : *list) {
    JsonObject r;
    if (e.get(r) != simdjson::SUCCESS) continue;
    if (is_attack_source(string_member(r, "source_name"))) add_context(context, "attack", string_member(r, "external_id"));
    if (references++ < 16) add_context(context, "reference", string_member(r, "url"));
  }
}

void StixContext::learn_relationship(JsonObject o) {
  const auto kind = string_member(o, "relationship_type");
  const auto source = string_member(o, "source_ref"), target = string_member(o, "target_ref");
  const auto type_of = [](std::string_view id) { return id.substr(0, id.find("--")); };
  const bool tells = kind == "indicates" || kind == "attributed-to" || kind == "related-to" || kind == "uses";
  if (type_of(source) != "indicator" || !tells || field_of(type_of(target)).empty()) return;
  if (links_.size() >= entries_max) {
    full_ = true;
    return;
  }
  auto& links = links_[std::string(source)];
  if (links.size() < links_per_object_max) links.emplace_back(target);
}

void StixContext::learn(std::string_view type, JsonObject o) {
  const auto id = string_member(o, "id");
  if (type == "relationship") return learn_relationship(o);
  if (id.empty()) return;
  if (named_.size() >= entries_max) {
    full_ = true;
    return;
  }
  if (type == "marking-definition") {
    std::string_view tlp;
    if (const auto definition = object_member(o, "definition")) tlp = string_member(*definition, "tlp");
    if (tlp.empty()) tlp = string_member(o, "name");
    if (const auto t = intel::parse_tlp(tlp); t && *t != intel::Tlp::none) tlp_[std::string(id)] = intel::name(*t);
    return;
  }
  if (field_of(type).empty() && type != "identity") return;
  named_[std::string(id)] = {std::string(type), std::string(string_member(o, "name")), attack_id_as_said(o)};
  if (type != "report") return;
  const auto refs = array_member(o, "object_refs");
  if (!refs) return;
  for (const JsonElement e : *refs) {
    const auto ref = as_string(e);
    if (!ref.starts_with("indicator--") || links_.size() >= entries_max) continue;
    auto& links = links_[std::string(ref)];
    if (links.size() < links_per_object_max) links.emplace_back(id);
  }
}

void StixContext::add_named(const Named& n, intel::ContextFields& context) const {
  const auto field = field_of(n.type);
  if (n.type == "attack-pattern" && !n.attack.empty()) add_context(context, "attack", n.attack);
  else if (!field.empty()) add_context(context, field, n.name);
}

void StixContext::describe(JsonObject o, std::string_view id, intel::ContextFields& context) const {
  add_context(context, "name", string_member(o, "name"));
  add_context(context, "description", string_member(o, "description"));
  if (const auto it = links_.find(std::string(id)); it != links_.end())
    for (const auto& target : it->second)
      if (const auto n = named_.find(target); n != named_.end()) add_named(n->second, context);
  if (const auto phases = array_member(o, "kill_chain_phases"))
    for (const JsonElement e : *phases) {
      JsonObject phase;
      if (e.get(phase) != simdjson::SUCCESS) continue;
      add_context(context, "killchain", std::string(string_member(phase, "kill_chain_name")) + ":" + std::string(string_member(phase, "phase_name")));
    }
  add_external_references(o, context);
  if (const auto n = named_.find(std::string(string_member(o, "created_by_ref"))); n != named_.end()) add_context(context, "created_by", n->second.name);
  if (const auto markings = array_member(o, "object_marking_refs"))
    for (const JsonElement e : *markings) {
      const auto ref = as_string(e);
      if (const auto tlp = well_known_tlp(ref); !tlp.empty()) add_context(context, "tlp", tlp);
      else if (const auto it = tlp_.find(std::string(ref)); it != tlp_.end()) add_context(context, "tlp", it->second);
    }
}

}  // namespace mozu::formats
