#include "mozu/reports/names.hpp"

#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>

#include "mozu/base/stream.hpp"
#include "mozu/base/text.hpp"
#include "mozu/formats/stix_objects.hpp"

namespace mozu::reports {
namespace {

constexpr std::uint64_t names_bytes_max = std::uint64_t{1} << 30;

struct KindWord {
  std::string_view word;
  EntityKind kind;
};
constexpr KindWord stix_types[] = {{"intrusion-set", EntityKind::actor},
                                   {"threat-actor", EntityKind::actor},
                                   {"malware", EntityKind::malware},
                                   {"tool", EntityKind::tool},
                                   {"attack-pattern", EntityKind::technique},
                                   {"x-mitre-tactic", EntityKind::tactic},
                                   {"course-of-action", EntityKind::mitigation}};
// MISP's "tool" cluster is one of malware, for the most part.
constexpr KindWord cluster_types[] = {{"threat-actor", EntityKind::actor},
                                      {"mitre-intrusion-set", EntityKind::actor},
                                      {"microsoft-activity-group", EntityKind::actor},
                                      {"360net-threat-actor", EntityKind::actor},
                                      {"ransomware", EntityKind::malware},
                                      {"rat", EntityKind::malware},
                                      {"backdoor", EntityKind::malware},
                                      {"banker", EntityKind::malware},
                                      {"botnet", EntityKind::malware},
                                      {"stealer", EntityKind::malware},
                                      {"cryptominers", EntityKind::malware},
                                      {"exploit-kit", EntityKind::malware},
                                      {"wiper", EntityKind::malware},
                                      {"tool", EntityKind::malware},
                                      {"malpedia", EntityKind::malware},
                                      {"mitre-malware", EntityKind::malware},
                                      {"android", EntityKind::malware},
                                      {"tds", EntityKind::malware},
                                      {"mitre-tool", EntityKind::tool}};

template <std::size_t N>
const KindWord* kind_of(std::string_view word, const KindWord (&table)[N]) {
  const auto at = std::ranges::find(table, word, &KindWord::word);
  return at == std::end(table) ? nullptr : at;
}

/// "T1059.001", "G0007": ATT&CK's own id, if it has one.
std::string attack_id(const intel::StixObject& object) {
  for (const auto& key : object.keys)
    if (key.kind == intel::KeyKind::external_id && key.value.size() >= 5 && key.value.size() <= 9 &&
        std::string_view("TGSMC").find(key.value[0]) != std::string_view::npos &&
        (is_digit(static_cast<unsigned char>(key.value[1])) || key.value.starts_with("TA")))
      return key.value;
  return {};
}

/// Is every phase of the technique one before the attack?
bool is_preparation(std::string_view json) {
  constexpr std::string_view member = "\"phase_name\"";
  bool any = false;
  for (std::size_t at = json.find(member); at != json.npos; at = json.find(member, at + 1)) {
    const std::string_view value = json.substr(at + member.size(), 40);
    const auto quote = value.find('"');
    if (quote == value.npos || !(value.substr(quote + 1).starts_with("reconnaissance\"") || value.substr(quote + 1).starts_with("resource-development\"")))
      return false;
    any = true;
  }
  return any;
}

std::unexpected<Diagnostic> not_names(const std::string& name) {
  return fail("names-format", fmt::format("'{}' is neither a STIX bundle nor a MISP galaxy cluster", name),
              "give ATT&CK's JSON, or files of a galaxy's folder \"clusters\"");
}

Status read_stix(const std::string& name, std::string_view bytes, std::vector<Entity>& out, Diagnostics& diagnostics) {
  formats::StixReadStatistics statistics;
  MOZU_TRY(formats::read_stix_objects(
      name, bytes,
      [&](intel::StixObject&& o) -> Status {
        const auto* kind = kind_of(o.type, stix_types);
        if (kind == nullptr || o.revoked || o.name.empty()) return {};
        Entity e{kind->kind, attack_id(o), o.name, o.aliases};
        e.is_thing = kind->kind == EntityKind::technique && e.id.find('.') != std::string::npos && is_preparation(o.json);
        if (e.id.empty()) e.id = o.id;
        // Names of techniques are compared as they are; aliases there are CAPEC's and others'.
        if (kind->kind == EntityKind::technique || kind->kind == EntityKind::mitigation) e.aliases.clear();
        out.push_back(std::move(e));
        return {};
      },
      diagnostics, statistics));
  if (statistics.objects == 0) return not_names(name);
  return {};
}

Status read_cluster(const std::string& name, simdjson::dom::object cluster, EntityKind kind, std::vector<Entity>& out) {
  simdjson::dom::array values;
  if (cluster["values"].get(values) != simdjson::SUCCESS) return fail("names-format", fmt::format("'{}' has no list \"values\"", name));
  for (const auto v : values) {
    std::string_view value, uuid;
    if (v["value"].get(value) != simdjson::SUCCESS) continue;
    Entity e{kind, {}, std::string(value), {}};
    if (v["uuid"].get(uuid) == simdjson::SUCCESS) e.id = uuid;
    simdjson::dom::array synonyms;
    if (v["meta"]["synonyms"].get(synonyms) == simdjson::SUCCESS)
      for (const auto s : synonyms)
        if (std::string_view text; s.get(text) == simdjson::SUCCESS) e.aliases.emplace_back(text);
    // "APT 28 (G0007)", "Qakbot (banking trojan)": what stands in brackets explains.
    if (const auto bracket = e.name.find(" ("); bracket != std::string::npos && bracket > 2) {
      e.name.resize(bracket);
    }
    out.push_back(std::move(e));
  }
  return {};
}

}  // namespace

Status read_names_memory(const std::string& name, std::string_view bytes, std::vector<Entity>& out, Diagnostics& diagnostics) {
  simdjson::dom::parser parser;
  simdjson::dom::object root;
  const simdjson::padded_string padded(bytes);
  if (parser.parse(padded).get(root) == simdjson::SUCCESS) {
    std::string_view type;
    if (root["values"].is_array() && root["type"].get(type) == simdjson::SUCCESS) {
      const auto* kind = kind_of(type, cluster_types);
      return kind == nullptr ? Status{} : read_cluster(name, root, kind->kind, out);
    }
    if (root["type"].get(type) != simdjson::SUCCESS && !root["objects"].is_array()) return not_names(name);
  }
  return read_stix(name, bytes, out, diagnostics);
}

Status read_names(const std::string& path, std::vector<Entity>& out, Diagnostics& diagnostics) {
  MOZU_LET(auto input, open_input(path));
  for (;;) {
    MOZU_LET(auto member, input->next());
    if (!member) return {};
    MOZU_LET(const std::string bytes, read_all(*member, names_bytes_max));
    MOZU_TRY(read_names_memory(input->name(), bytes, out, diagnostics));
  }
}

}  // namespace mozu::reports
