#include "misp_cluster.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "knowledge_json.hpp"
#include "mozu/base/text.hpp"

namespace mozu::formats {
namespace {

struct GalaxyType {
  std::string_view galaxy, type;
};
constexpr std::array galaxy_types = {GalaxyType{"threat-actor", "intrusion-set"},
                                     GalaxyType{"microsoft-activity-group", "intrusion-set"},
                                     GalaxyType{"360net-threat-actor", "intrusion-set"},
                                     GalaxyType{"mitre-intrusion-set", "intrusion-set"},
                                     GalaxyType{"mitre-enterprise-attack-intrusion-set", "intrusion-set"},
                                     GalaxyType{"tool", "tool"},
                                     GalaxyType{"mitre-tool", "tool"},
                                     GalaxyType{"mitre-enterprise-attack-tool", "tool"},
                                     GalaxyType{"rmm-tool", "tool"},
                                     GalaxyType{"malpedia", "malware"},
                                     GalaxyType{"ransomware", "malware"},
                                     GalaxyType{"rat", "malware"},
                                     GalaxyType{"botnet", "malware"},
                                     GalaxyType{"banker", "malware"},
                                     GalaxyType{"stealer", "malware"},
                                     GalaxyType{"backdoor", "malware"},
                                     GalaxyType{"wiper", "malware"},
                                     GalaxyType{"cryptominers", "malware"},
                                     GalaxyType{"android", "malware"},
                                     GalaxyType{"exploit-kit", "malware"},
                                     GalaxyType{"mitre-malware", "malware"},
                                     GalaxyType{"mitre-enterprise-attack-malware", "malware"},
                                     GalaxyType{"mitre-attack-pattern", "attack-pattern"},
                                     GalaxyType{"mitre-enterprise-attack-attack-pattern", "attack-pattern"},
                                     GalaxyType{"mitre-mobile-attack-attack-pattern", "attack-pattern"},
                                     GalaxyType{"mitre-ics-techniques", "attack-pattern"},
                                     GalaxyType{"mitre-course-of-action", "course-of-action"},
                                     GalaxyType{"mitre-enterprise-attack-course-of-action", "course-of-action"},
                                     GalaxyType{"mitre-campaign", "campaign"},
                                     GalaxyType{"sector", "identity"},
                                     GalaxyType{"branded-vulnerability", "vulnerability"}};

/// Malware types of the STIX vocabulary for galaxies that are one.
std::string_view malware_type(std::string_view galaxy) {
  if (galaxy == "ransomware" || galaxy == "backdoor" || galaxy == "wiper" || galaxy == "exploit-kit") return galaxy;
  if (galaxy == "rat") return "remote-access-trojan";
  if (galaxy == "botnet") return "bot";
  if (galaxy == "stealer") return "spyware";
  if (galaxy == "cryptominers") return "resource-exploitation";
  return {};
}

std::optional<JsonObject> meta_of(JsonObject cluster) { return object_member(cluster, "meta"); }

/// A member of meta, which may be one text or a list.
std::vector<std::string> meta_list(JsonObject cluster, std::string_view key) {
  const auto meta = meta_of(cluster);
  if (!meta) return {};
  if (const auto one = string_member(*meta, key); !one.empty()) return {std::string(one)};
  return string_list(*meta, key, 2000);
}

/// Galaxies write the ids of techniques behind their names: "Phishing - T1566".
std::string_view without_id(std::string_view name, JsonObject cluster) {
  for (const auto& id : meta_list(cluster, "external_id"))
    if (name.ends_with(id) && name.substr(0, name.size() - id.size()).ends_with(" - ") && name.size() > id.size() + 3)
      return name.substr(0, name.size() - id.size() - 3);
  return name;
}

std::string country_code(JsonObject cluster) {
  for (const std::string_view key : {"ISO", "iso-code"})
    for (const auto& code : meta_list(cluster, key))
      if (code.size() == 2 && is_alpha(static_cast<unsigned char>(code[0])) && is_alpha(static_cast<unsigned char>(code[1]))) return fold(code);
  return {};
}

bool is_actor_like(std::string_view type) {
  return type == "intrusion-set" || type == "malware" || type == "tool" || type == "attack-pattern" || type == "campaign";
}

void add_references(ObjectText& o, JsonObject cluster, const ClusterOrigin& origin) {
  std::vector<ExternalReference> references;
  for (const auto& id : meta_list(cluster, "external_id")) {
    const bool attack = origin.galaxy.starts_with("mitre-");
    references.push_back({attack ? "mitre-attack" : std::string(origin.galaxy), id, {}, {}});
  }
  for (const auto& url : meta_list(cluster, "refs")) references.push_back({reference_source(url), {}, url, {}});
  add_external_references(o, references);
}

}  // namespace

std::string_view cluster_type(std::string_view galaxy, JsonObject cluster) {
  for (const auto& t : galaxy_types)
    if (t.galaxy == galaxy) return t.type;
  if ((galaxy == "country" || galaxy == "target-information") && !country_code(cluster).empty()) return "location";
  return "x-misp-galaxy-cluster";
}

std::string misp_uuid(std::string_view s) {
  if (s.size() != 36) return {};
  for (std::size_t i = 0; i < s.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? s[i] != '-' : !is_hex(static_cast<unsigned char>(s[i]))) return {};
  }
  return fold(s);
}

std::string emit_cluster(ObjectEmitter& out, ObjectText& o, JsonObject cluster, const ClusterOrigin& origin, const Location& where) {
  const auto uuid = misp_uuid(string_member(cluster, "uuid"));
  auto name = string_member(cluster, "value");
  if (uuid.empty() || name.empty()) {
    out.refuse("misp-cluster", fmt::format("a cluster has no {}", uuid.empty() ? "UUID" : "value"), where);
    return {};
  }
  const auto type = cluster_type(origin.galaxy, cluster);
  if (type == "attack-pattern") name = without_id(name, cluster);
  std::string id = fmt::format("{}--{}", type, uuid);
  o.begin(type, id, undated, stix_time_of_version(origin.version)).text("name", name).text("description", string_member(cluster, "description"));
  if (type == "malware") {
    o.json().field("is_family", true);
    if (const auto kind = malware_type(origin.galaxy); !kind.empty()) o.list("malware_types", {std::string(kind)});
  }
  if (type == "identity") o.text("identity_class", "class");
  if (type == "location") o.text("country", country_code(cluster));
  auto synonyms = meta_list(cluster, "synonyms");
  std::erase(synonyms, name);
  o.list(is_actor_like(type) ? "aliases" : "x_misp_synonyms", synonyms);
  if (!origin.galaxy.empty()) o.list("labels", {fmt::format("misp-galaxy:{}", origin.galaxy)});
  add_references(o, cluster, origin);
  o.text("x_misp_galaxy", origin.galaxy_name);
  if (const auto meta = meta_of(cluster)) o.raw("x_misp_meta", raw_json(*meta));
  if (const auto related = array_member(cluster, "related")) o.raw("x_misp_related", raw_json(*related));
  out.emit(o.end(), where);
  return id;
}

}  // namespace mozu::formats
