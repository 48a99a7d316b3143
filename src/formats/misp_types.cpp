#include "misp_types.hpp"

#include <algorithm>
#include <array>

#include "json_access.hpp"
#include "mozu/base/text.hpp"

namespace mozu::formats {
namespace {

struct Type {
  std::string_view name;
  MispRole role;
};
constexpr std::array types = {Type{"ip-src", MispRole::ip},
                              Type{"ip-dst", MispRole::ip},
                              Type{"domain", MispRole::domain},
                              Type{"hostname", MispRole::domain},
                              Type{"url", MispRole::url},
                              Type{"link", MispRole::url},
                              Type{"uri", MispRole::uri},
                              Type{"email", MispRole::email},
                              Type{"email-src", MispRole::email},
                              Type{"email-dst", MispRole::email},
                              Type{"email-reply-to", MispRole::email},
                              Type{"md5", MispRole::hash},
                              Type{"sha1", MispRole::hash},
                              Type{"sha256", MispRole::hash},
                              Type{"sha512", MispRole::hash},
                              Type{"ip-src|port", MispRole::with_port},
                              Type{"ip-dst|port", MispRole::with_port},
                              Type{"hostname|port", MispRole::with_port},
                              Type{"domain|ip", MispRole::domain_ip},
                              Type{"filename|md5", MispRole::filename_hash},
                              Type{"filename|sha1", MispRole::filename_hash},
                              Type{"filename|sha256", MispRole::filename_hash},
                              Type{"filename|sha512", MispRole::filename_hash},
                              Type{"malware-sample", MispRole::filename_hash}};

/// misp-galaxy:threat-actor="Sofacy" → predicate, value.
struct GalaxyTag {
  std::string_view galaxy, value;
};
GalaxyTag galaxy_tag(std::string_view tag) {
  constexpr std::string_view prefix = "misp-galaxy:";
  if (!tag.starts_with(prefix)) return {};
  tag.remove_prefix(prefix.size());
  const auto eq = tag.find('=');
  if (eq == std::string_view::npos) return {};
  auto value = tag.substr(eq + 1);
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  return {tag.substr(0, eq), value};
}

/// "APT28 - G0007" → name and id; the id is empty if the end does not look like one.
std::pair<std::string_view, std::string_view> split_attack_name(std::string_view s) {
  const auto dash = s.rfind(" - ");
  if (dash == std::string_view::npos) return {s, {}};
  const auto id = s.substr(dash + 3);
  const bool is_id = id.size() >= 5 && is_alpha(static_cast<unsigned char>(id[0])) &&
                     std::all_of(id.begin() + 1, id.end(), [](char c) { return is_digit(static_cast<unsigned char>(c)) || c == '.'; });
  return is_id ? std::pair{s.substr(0, dash), id} : std::pair{s, std::string_view{}};
}

bool contains(std::string_view s, std::string_view part) { return s.find(part) != std::string_view::npos; }

std::string_view galaxy_field(std::string_view galaxy) {
  if (contains(galaxy, "threat-actor") || contains(galaxy, "intrusion-set") || contains(galaxy, "activity-group")) return "actor";
  if (contains(galaxy, "campaign")) return "campaign";
  for (const std::string_view kind :
       {"malware", "malpedia", "ransomware", "tool", "rat", "banker", "botnet", "stealer", "backdoor", "exploit-kit", "cryptominers", "android"})
    if (galaxy == kind || (galaxy.starts_with("mitre-") && galaxy.ends_with(kind))) return "malware";
  return {};
}

/// The "confidence-level" predicate of MISP's own taxonomy, with the numerical values it gives.
std::uint8_t misp_confidence(std::string_view tag) {
  constexpr std::string_view prefix = "misp:confidence-level=";
  if (!tag.starts_with(prefix)) return 0;
  if (contains(tag, "completely-confident")) return 100;
  if (contains(tag, "usually-confident")) return 75;
  if (contains(tag, "fairly-confident")) return 50;
  return contains(tag, "rarely-confident") ? 25 : 0;
}

}  // namespace

MispRole misp_role(std::string_view type) {
  for (const auto& t : types)
    if (t.name == type) return t.role;
  return MispRole::other;
}

void apply_misp_tag(std::string_view tag, RawRecord& r) {
  if (istarts_with(tag, "tlp:")) {
    if (const auto tlp = intel::parse_tlp(tag)) return add_context(r.context, "tlp", intel::name(*tlp));
  }
  if (const auto c = misp_confidence(tag); c != 0) r.confidence = c;
  if (const auto g = galaxy_tag(tag); !g.galaxy.empty()) {
    const auto [name, id] = split_attack_name(g.value);
    if (contains(g.galaxy, "attack-pattern") && !id.empty()) return add_context(r.context, "attack", id);
    if (const auto field = galaxy_field(g.galaxy); !field.empty()) return add_context(r.context, field, name);
  }
  if (tag.starts_with("kill-chain:")) return add_context(r.context, "killchain", tag.substr(11));
  add_context(r.context, "tags", tag);
}

}  // namespace mozu::formats
