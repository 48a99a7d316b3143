#include "mozu/actors/record.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "json.hpp"
#include "mozu/base/text.hpp"
#include "mozu/intel/stix_object.hpp"

namespace mozu::actors {
namespace {

/// Producers by the UUID under which the MISP threat-actor galaxy names them ("name-attribution"): told from the names that each gives there.
struct Producer {
  std::string_view uuid, name;
};
constexpr auto producers = std::to_array<Producer>({{"d0c33595-b684-45ef-91c3-e2f5ce1a8191", "Microsoft"},
                                                    {"f9eb432f-2293-48b7-bca4-cc78beb50df0", "CrowdStrike"},
                                                    {"da5cdcd1-7b15-4371-b7eb-ca32916d2052", "Mandiant"},
                                                    {"a7119872-bc6b-494b-9f7a-8c50faaf53a9", "Secureworks"},
                                                    {"a1ad5090-2487-46d2-8237-6151a2dd5063", "MITRE"},
                                                    {"cae79680-67a6-4411-903c-f824dbcc813f", "Proofpoint"},
                                                    {"e9491d3b-2174-47d6-8a15-ecec552d16ae", "Unit 42"},
                                                    {"0d4886f9-97e1-4cb2-8822-580fd09540e5", "Kaspersky"},
                                                    {"3ac8f6fc-9c04-4ebd-bda2-788cc02fe4ed", "Trend Micro"},
                                                    {"0adf6f0f-3795-4de1-9763-1bdd1c31a5d7", "Cisco Talos"},
                                                    {"3a43aca5-6366-4168-b182-a8afec4550b5", "ESET"},
                                                    {"ad7032df-0e9a-4ea9-b35c-c68ff854be80", "Recorded Future"},
                                                    {"e583434b-7fb8-42c8-90ce-89aa8ed35f0c", "Symantec"},
                                                    {"adb3369a-5683-46b2-bceb-4dafa6526b21", "Check Point"}});

/// First words of ATT&CK's citations that say whose publication it is.
struct Citation {
  std::string_view word, name;
};
constexpr auto citations = std::to_array<Citation>({{"crowdstrike", "CrowdStrike"},
                                                    {"microsoft", "Microsoft"},
                                                    {"fireeye", "Mandiant"},
                                                    {"mandiant", "Mandiant"},
                                                    {"secureworks", "Secureworks"},
                                                    {"symantec", "Symantec"},
                                                    {"kaspersky", "Kaspersky"},
                                                    {"securelist", "Kaspersky"},
                                                    {"eset", "ESET"},
                                                    {"trendmicro", "Trend Micro"},
                                                    {"trend micro", "Trend Micro"},
                                                    {"proofpoint", "Proofpoint"},
                                                    {"unit 42", "Unit 42"},
                                                    {"unit42", "Unit 42"},
                                                    {"palo alto", "Unit 42"},
                                                    {"talos", "Cisco Talos"},
                                                    {"cisco", "Cisco Talos"},
                                                    {"recorded future", "Recorded Future"},
                                                    {"dragos", "Dragos"},
                                                    {"pwc", "PwC"},
                                                    {"f-secure", "F-Secure"},
                                                    {"accenture", "Accenture"},
                                                    {"cylance", "Cylance"},
                                                    {"novetta", "Novetta"},
                                                    {"group-ib", "Group-IB"},
                                                    {"check point", "Check Point"},
                                                    {"bitdefender", "Bitdefender"},
                                                    {"malwarebytes", "Malwarebytes"},
                                                    {"volexity", "Volexity"},
                                                    {"sentinelone", "SentinelOne"},
                                                    {"cybereason", "Cybereason"},
                                                    {"us-cert", "CISA"},
                                                    {"cisa", "CISA"},
                                                    {"dell", "Secureworks"},
                                                    {"threatconnect", "ThreatConnect"},
                                                    {"clearsky", "ClearSky"}});

std::string_view producer(std::string_view uuid) {
  for (const auto& p : producers)
    if (p.uuid == uuid) return p.name;
  return {};
}

/// "(Citation: Crowdstrike DNC June 2016)(Citation: …)" → the first known one.
std::string_view cited(std::string_view description) {
  constexpr std::string_view mark = "(Citation: ";
  for (auto at = description.find(mark); at != std::string_view::npos; at = description.find(mark, at + 1))
    for (const auto& c : citations)
      if (istarts_with(description.substr(at + mark.size()), c.word)) return c.name;
  return {};
}

/// "APT28 - G0007" of the galaxy → "APT28".
std::string_view without_id(std::string_view name) {
  const auto dash = name.rfind(" - G");
  if (dash == std::string_view::npos) return name;
  const auto digits = name.substr(dash + 4);
  const bool id = digits.size() == 4 && std::ranges::all_of(digits, [](char c) { return is_digit(static_cast<unsigned char>(c)); });
  return id ? name.substr(0, dash) : name;
}

class ActorReading {
 public:
  ActorReading(JsonObject o, ActorDetails& out, std::string_view source) : o_(o), out_(out), r_(out.record) { r_.source = source; }

  void run() {
    r_.id = string_member(o_, "id");
    r_.name = without_id(string_member(o_, "name"));
    r_.revoked = flag_member(o_, "revoked") || flag_member(o_, "x_mitre_deprecated");
    out_.description = string_member(o_, "description");
    out_.motivation = string_member(o_, "primary_motivation");
    out_.resource_level = string_member(o_, "resource_level");
    out_.first_seen = string_member(o_, "first_seen");
    out_.last_seen = string_member(o_, "last_seen");
    references();
    catalogue();
    names();
    if (const auto meta = object_member(o_, "x_misp_meta")) misp(*meta);
    each(o_, "x_misp_related", [&](JsonObject related) {
      if (string_member(related, "type") == "similar") r_.similar.push_back("intrusion-set--" + std::string(string_member(related, "dest-uuid")));
    });
    givers();
  }

 private:
  void references() {
    each(o_, "external_references", [&](JsonObject e) {
      ExternalReference ref{std::string(string_member(e, "source_name")), std::string(string_member(e, "external_id")), std::string(string_member(e, "url"))};
      if (ref.source.starts_with("mitre-") && ref.id.size() == 5 && ref.id[0] == 'G' && r_.attack_id.empty()) r_.attack_id = ref.id;
      if (ref.url.empty() && ref.id.empty()) {
        if (const auto by = cited(string_member(e, "description")); !by.empty()) by_[intel::fold_name(ref.source)] = by;
        return;  // ATT&CK: who calls the group so
      }
      out_.references.push_back(std::move(ref));
    });
  }

  void catalogue() {
    for (const auto& label : texts(o_, "labels"))
      if (label.starts_with("misp-galaxy:")) r_.list = label.substr(12);
    if (r_.list.starts_with("mitre-") || (!r_.attack_id.empty() && r_.list.empty())) r_.list = "mitre-attack";
  }

  void names() {
    for (const std::string_view key : {"aliases", "x_mitre_aliases", "x_opencti_aliases", "x_misp_synonyms"})
      for (auto& alias : texts(o_, key))
        if (alias != r_.name && std::ranges::none_of(r_.aliases, [&](const auto& a) { return a.name == alias; }))
          r_.aliases.push_back({std::move(alias), {}, false});
  }

  void target(TargetClaim::Kind kind, std::string name) {
    if (name.empty() || out_.targets.size() >= items_max) return;
    if (kind == TargetClaim::Kind::country && !is_country(name)) kind = TargetClaim::Kind::organisation;
    TargetClaim claim{kind, std::move(name), r_.source};
    if (std::ranges::find(out_.targets, claim) == out_.targets.end()) out_.targets.push_back(std::move(claim));
  }

  void misp(JsonObject meta) {
    for (const auto& entry : texts(meta, "name-attribution"))
      if (const auto colon = entry.rfind(':'); colon != std::string::npos)
        if (const auto by = producer(std::string_view(entry).substr(colon + 1)); !by.empty())
          by_[intel::fold_name(std::string_view(entry).substr(0, colon))] = by;
    for (const auto field : meta)
      if (const std::string_view key = field.key; key.starts_with("origin:"))
        if (const auto by = string_member(meta, key); !by.empty() && by.size() <= 60) by_[intel::fold_name(key.substr(7))] = by;
    const auto confidence = string_member(meta, "attribution-confidence");
    for (auto& country : texts(meta, "country")) {
      if (r_.country.empty()) r_.country = country;
      out_.origins.push_back({std::move(country), confidence.empty() ? std::string() : "attribution-confidence " + std::string(confidence), r_.source});
    }
    for (auto& sponsor : texts(meta, "cfr-suspected-state-sponsor")) out_.origins.push_back({std::move(sponsor), "suspected state sponsor (CFR)", r_.source});
    for (auto& origin : texts(meta, "microsoft-origin-threat")) out_.origins.push_back({std::move(origin), "Microsoft", r_.source});
    for (const std::string_view key : {"cfr-suspected-victims", "suspected-victims", "country-of-victims"})
      for (auto& v : texts(meta, key)) target(TargetClaim::Kind::country, std::move(v));
    for (const std::string_view key : {"cfr-target-category", "targeted-sector", "sector", "victimology"})
      for (auto& v : texts(meta, key)) target(TargetClaim::Kind::sector, std::move(v));
    if (out_.first_seen.empty()) out_.first_seen = string_member(meta, "since");
    if (out_.motivation.empty())
      for (const std::string_view key : {"motive", "cfr-type-of-incident"})
        if (const auto m = texts(meta, key); !m.empty() && out_.motivation.empty()) out_.motivation = m.front();
  }

  /// Who gives each name: as the source says, else by its form.
  void givers() {
    const auto giver = [&](std::string_view name, bool& stated) -> std::string {
      const auto it = by_.find(intel::fold_name(name));
      stated = it != by_.end();
      return stated ? it->second : std::string(name_giver(name));
    };
    bool ignored = false;
    r_.name_by = giver(r_.name, ignored);
    for (auto& a : r_.aliases) a.by = giver(a.name, a.stated);
  }

  JsonObject o_;
  ActorDetails& out_;
  ActorRecord& r_;
  std::map<std::string, std::string, std::less<>> by_;  // folded name → vendor
};

}  // namespace

Result<ActorDetails> read_actor(std::string_view json, std::string_view source) {
  Parser parser;
  MOZU_LET(const JsonObject o, parser.parse(json));
  ActorDetails out;
  ActorReading(o, out, source).run();
  return out;
}

}  // namespace mozu::actors
