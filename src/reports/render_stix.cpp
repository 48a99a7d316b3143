#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "mozu/base/hash.hpp"
#include "mozu/base/json_write.hpp"
#include "mozu/base/text.hpp"
#include "mozu/reports/render.hpp"

namespace mozu::reports {
namespace {

/// Space of the ids of what reports speak of. Observables have the one that STIX 2.1 fixes (section 2.9).
constexpr std::string_view id_space = "6f1a4a52-53a9-5d1b-9f8e-0d7a5a2b8c11";
constexpr std::string_view observable_space = "00abedb4-aa42-466c-9c01-fed23315a9b7";
/// STIX 2.1, section 10.8: the sectors of the open vocabulary among ours.
constexpr std::string_view stix_sectors[] = {
    "agriculture", "aerospace",           "automotive",     "chemical",      "commercial",         "communications", "construction",
    "defense",     "education",           "energy",         "entertainment", "financial-services", "government",     "government-local",
    "healthcare",  "hospitality-leisure", "infrastructure", "nuclear",       "insurance",          "manufacturing",  "mining",
    "non-profit",  "pharmaceuticals",     "retail",         "technology",    "telecommunications", "transportation", "utilities"};

/// The same contents have the same id.
std::string id_of(std::string_view space, std::string_view type, std::string_view contents) { return std::string(type) + "--" + uuid_v4_of(space, contents); }

std::string_view host_of(std::string_view url) {
  const std::size_t at = url.find("://");
  if (at == url.npos) return url;
  const std::string_view host = url.substr(at + 3, url.find_first_of("/?#", at + 3) - at - 3);
  return host.empty() ? url : host;
}

std::string pattern_text(std::string_view s) {
  std::string out = "'";
  for (const char c : s) {
    if (c == '\\' || c == '\'') out += '\\';
    out += c;
  }
  return out + "'";
}

/// The STIX pattern of an indicator, or empty.
std::string pattern_of(const Finding& f) {
  switch (f.type) {
    case FindingType::ipv4: return "[ipv4-addr:value = " + pattern_text(f.value) + "]";
    case FindingType::ipv6: return "[ipv6-addr:value = " + pattern_text(f.value) + "]";
    case FindingType::domain: return "[domain-name:value = " + pattern_text(f.value) + "]";
    case FindingType::email: return "[email-addr:value = " + pattern_text(f.value) + "]";
    case FindingType::url: return "[url:value = " + pattern_text(f.written.find("://") == f.written.npos ? "http://" + f.written : f.written) + "]";
    case FindingType::md5: return "[file:hashes.MD5 = " + pattern_text(f.value) + "]";
    case FindingType::sha1: return "[file:hashes.'SHA-1' = " + pattern_text(f.value) + "]";
    case FindingType::sha256: return "[file:hashes.'SHA-256' = " + pattern_text(f.value) + "]";
    case FindingType::sha512: return "[file:hashes.'SHA-512' = " + pattern_text(f.value) + "]";
    default: return {};
  }
}

class Bundle {
 public:
  Bundle(const ReportFile& file, const ReportText& report, Timestamp published, const KnownObject& known)
      : file_(file),
        report_(report),
        known_(known),
        space_(file.space.empty() ? std::string(id_space) : uuid_v5(id_space, file.space)),
        time_(format_time(published)),
        w_(objects_) {
    w_.begin_array();
    identity_ = id_of(space_, "identity", "identity mozu extract");
    begin("identity", identity_, false);
    w_.field("name", "Mozu, extraction from reports").field("identity_class", "system").end_object();
  }

  void add(const Finding& f) {
    if (f.noise != Noise::none || !is_utf8(f.value)) return;
    if (const std::string pattern = pattern_of(f); !pattern.empty()) return indicator(f, pattern, "stix", f.value);
    switch (f.type) {
      case FindingType::yara_rule: return indicator(f, f.value, "yara", "YARA rule");
      case FindingType::sigma_rule: return indicator(f, f.value, "sigma", "Sigma rule");
      case FindingType::suricata_rule: return indicator(f, f.value, "suricata", "Suricata rule");
      case FindingType::file_name: return observable("file", "name", f.value);
      case FindingType::registry_key: return observable("windows-registry-key", "key", f.value);
      case FindingType::vulnerability: return named(f, "vulnerability", f.value, "cve", f.value);
      case FindingType::actor: return named(f, "intrusion-set", f.name.empty() ? f.value : f.name, "mitre-attack", attack_id(f));
      case FindingType::malware: return named(f, "malware", f.name.empty() ? f.value : f.name, "mitre-attack", attack_id(f));
      case FindingType::tool: return named(f, "tool", f.name.empty() ? f.value : f.name, "mitre-attack", attack_id(f));
      case FindingType::technique: return named(f, "attack-pattern", f.name.empty() ? f.value : f.name, "mitre-attack", f.value);
      case FindingType::mitigation: return named(f, "course-of-action", f.name.empty() ? f.value : f.name, "mitre-attack", f.value);
      case FindingType::country: return country(f);
      case FindingType::sector: return sector(f);
      case FindingType::reference: references_.insert(f.written.find("://") == f.written.npos ? "https://" + f.written : f.written); return;
      default: return;  // tactics are phases in STIX, not objects
    }
  }

  std::string finish() {
    const std::string id = id_of(space_, "report", "report " + file_.sha256);
    begin("report", id, true);
    w_.field("name", report_.title.empty() ? std::string_view(file_.file) : std::string_view(report_.title))
        .key("report_types")
        .begin_array()
        .value("threat-report")
        .end_array();
    w_.field("published", time_);
    if (!references_.empty()) {  // as description: beside "url" STIX wants a hash of what was there, and nobody fetched it
      w_.key("external_references").begin_array();
      for (const auto& url : references_)
        if (is_utf8(url)) w_.begin_object().field("source_name", host_of(url)).field("description", url).end_object();
      w_.end_array();
    }
    w_.key("object_refs").begin_array();
    if (refs_.empty()) w_.value(identity_);  // a report must refer to something
    for (const auto& ref : refs_) w_.value(ref);
    w_.end_array().end_object().end_array();
    std::string out;
    JsonWriter bundle(out);
    bundle.begin_object().field("type", "bundle").field("id", id_of(space_, "bundle", "bundle " + file_.sha256)).key("objects").raw(objects_).end_object();
    return out + "\n";
  }

 private:
  void begin(std::string_view type, const std::string& id, bool created_by) {
    w_.begin_object().field("type", type).field("spec_version", "2.1").field("id", id);
    if (created_by) w_.field("created_by_ref", identity_);
    w_.field("created", time_).field("modified", time_);
  }

  /// Begins an object unless it is there already.
  bool fresh(std::string_view type, std::string_view key) {
    std::string id = id_of(space_, type, std::string(type) + " " + std::string(key));
    if (!seen_.insert(id).second) return false;
    refs_.push_back(id);
    begin(type, id, true);
    return true;
  }
  void confidence(const Finding& f) { w_.field("confidence", static_cast<std::int64_t>(std::lround(f.confidence * 100))); }

  void indicator(const Finding& f, const std::string& pattern, std::string_view language, std::string_view name) {
    if (!fresh("indicator", std::string(language) + " " + pattern)) return;
    w_.field("name", name).field("pattern", pattern).field("pattern_type", language).field("valid_from", time_);
    w_.key("indicator_types").begin_array().value("malicious-activity").end_array();
    w_.field("description", f.context.empty() || !is_utf8(f.context) ? f.reason : f.context);
    confidence(f);
    w_.end_object();
  }

  static std::string attack_id(const Finding& f) { return f.id.size() == 5 ? f.id : std::string(); }

  void named(const Finding& f, std::string_view type, const std::string& name, std::string_view source, const std::string& external_id) {
    if (std::string id = known_ ? known_(f, type) : std::string(); !id.empty()) {
      if (seen_.insert(id).second) refs_.push_back(std::move(id));
      return;
    }
    if (!fresh(type, external_id.empty() ? name : external_id)) return;
    w_.field("name", name);
    if (type == "malware") w_.field("is_family", true);
    if (!external_id.empty())
      w_.key("external_references").begin_array().begin_object().field("source_name", source).field("external_id", external_id).end_object().end_array();
    confidence(f);
    w_.end_object();
  }

  void country(const Finding& f) {
    if (!fresh("location", f.id)) return;
    w_.field("name", f.value).field("country", f.id);
    confidence(f);
    w_.end_object();
  }

  void sector(const Finding& f) {
    if (!fresh("identity", "sector " + f.value)) return;
    w_.field("name", f.value).field("identity_class", "class");
    if (std::ranges::find(stix_sectors, f.value) != std::end(stix_sectors)) w_.key("sectors").begin_array().value(f.value).end_array();
    confidence(f);
    w_.end_object();
  }

  void observable(std::string_view type, std::string_view property, std::string_view value) {
    std::string contributing;
    JsonWriter(contributing).begin_object().field(property, value).end_object();
    const std::string id = std::string(type) + "--" + uuid_v5(observable_space, contributing);
    if (!seen_.insert(id).second) return;
    refs_.push_back(id);
    w_.begin_object().field("type", type).field("spec_version", "2.1").field("id", id).field(property, value).end_object();
  }

  const ReportFile& file_;
  const ReportText& report_;
  const KnownObject& known_;
  std::string space_, time_, objects_, identity_;
  JsonWriter w_;
  std::vector<std::string> refs_;
  std::set<std::string> seen_, references_;
};

}  // namespace

std::string render_stix(const ReportFile& file, const ReportText& report, const Findings& findings, Timestamp published, const KnownObject& known) {
  Bundle bundle(file, report, published, known);
  for (const auto& f : findings.findings) bundle.add(f);
  return bundle.finish();
}

}  // namespace mozu::reports
