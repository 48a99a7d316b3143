#include "object_text.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"

namespace mozu::formats {
namespace {

/// Mozu's own name space of version 5 UUIDs: an arbitrary constant, never to be changed.
/// STIX 2.1 §2.9.
constexpr std::string_view observable_space = "00abedb4-aa42-466c-9c01-fed23315a9b7";

std::string quoted(std::string_view property, std::string_view value) { return fmt::format("{} = {}", property, pattern_string(value)); }

/// An address range as CIDR blocks, which is what patterns can say.
std::string range_pattern(std::string_view type, std::string_view value, const std::vector<std::string>& blocks) {
  if (blocks.empty()) return fmt::format("[{}:value ISSUBSET {}]", type, pattern_string(value));
  std::string out = "[";
  for (const auto& b : blocks) out += fmt::format("{}{}:value ISSUBSET {}", out.size() > 1 ? " OR " : "", type, pattern_string(b));
  return out + "]";
}

std::vector<std::string> ipv4_blocks(std::uint32_t first, std::uint32_t last) {
  std::vector<std::string> out;
  std::uint64_t at = first;
  while (at <= last) {
    int bits = 0;
    while (bits < 32 && (at & ((std::uint64_t{1} << (bits + 1)) - 1)) == 0 && at + (std::uint64_t{1} << (bits + 1)) - 1 <= last) ++bits;
    out.push_back(fmt::format("{}.{}.{}.{}/{}", at >> 24, (at >> 16) & 255, (at >> 8) & 255, at & 255, 32 - bits));
    at += std::uint64_t{1} << bits;
  }
  return out;
}

std::string mask_pattern(const intel::UrlMask& m) {
  std::string like = m.any_subdomain ? "http%://%." : "http%://";
  like += m.host;
  if (m.port != 0) like += fmt::format(":{}", m.port);
  like += m.path;
  if (m.path_prefix) like += '%';
  return fmt::format("[url:value LIKE {}]", pattern_string(like));
}

}  // namespace

std::string stix_time(Timestamp t) {
  std::string s = format_time(t);
  if (s.size() == 20) s.insert(19, ".000");
  return s;
}

std::string stix_time_of(std::string_view text) {
  const auto t = parse_time_any(trim(text));
  return t && t->ms > 0 ? stix_time(*t) : std::string(undated);
}

std::string stix_time_of_version(std::uint64_t version) {
  constexpr std::uint64_t seconds_least = 1'000'000'000, seconds_most = 4'102'444'800;  // 2001-09-09 to 2100
  constexpr std::uint64_t day_least = 2000'01'01, day_most = 2099'12'31, counter_most = 86'399;
  if (version >= seconds_least && version < seconds_most) return stix_time(Timestamp{static_cast<std::int64_t>(version) * 1000});
  if (version >= day_least && version <= day_most)
    if (const auto day = parse_time_iso(fmt::format("{:04}-{:02}-{:02}", version / 10'000, version / 100 % 100, version % 100))) return stix_time(*day);
  return stix_time(Timestamp{static_cast<std::int64_t>(std::min(version, counter_most)) * 1000});
}

std::string made_id(std::string_view type, std::initializer_list<std::string_view> parts) {
  std::string name(type);
  for (const auto p : parts) {
    name += '\0';
    name += p;
  }
  return fmt::format("{}--{}", type, uuid_v4_of(made_space, name));
}

std::string description_or_source(std::string_view description, std::string_view source) {
  return description.empty() && !source.empty() ? std::string(listed_by).append(source) : std::string(description);
}

std::string observable_id(std::string_view type, std::string_view value) {
  std::string name = "{\"value\":";
  append_json_string(name, value);
  name += '}';
  return fmt::format("{}--{}", type, uuid_v5(observable_space, name));
}

ObjectText& ObjectText::begin(std::string_view type, std::string_view id, std::string_view created, std::string_view modified) {
  out_.clear();
  w_.emplace(out_);
  w_->begin_object().field("type", type).field("spec_version", "2.1").field("id", id).field("created", created).field("modified", std::max(created, modified));
  return *this;
}

ObjectText& ObjectText::begin_observable(std::string_view type, std::string_view id) {
  out_.clear();
  w_.emplace(out_);
  w_->begin_object().field("type", type).field("spec_version", "2.1").field("id", id);
  return *this;
}

ObjectText& ObjectText::text(std::string_view key, std::string_view value) {
  if (!value.empty()) w_->field(key, value);
  return *this;
}

ObjectText& ObjectText::list(std::string_view key, const std::vector<std::string>& values) {
  if (values.empty()) return *this;
  w_->key(key).begin_array();
  for (auto it = values.begin(); it != values.end(); ++it)
    if (std::find(values.begin(), it, *it) == it) w_->value(std::string_view(*it));
  w_->end_array();
  return *this;
}

ObjectText& ObjectText::raw(std::string_view key, std::string_view json) {
  w_->key(key).raw(json);
  return *this;
}

ObjectText& ObjectText::marking(intel::Tlp tlp) {
  if (tlp != intel::Tlp::none) w_->key("object_marking_refs").begin_array().value(tlp_marking(tlp)).end_array();
  return *this;
}

std::string_view ObjectText::end() {
  const bool custom_type = out_.starts_with(R"({"type":"x-)");
  if (custom_type || out_.find(R"(,"x_)") != std::string::npos)
    w_->key("extensions")
        .begin_object()
        .key(extension_id)
        .begin_object()
        .field("extension_type", custom_type ? "new-sdo" : "toplevel-property-extension")
        .end_object()
        .end_object();
  w_->end_object();
  return out_;
}

std::string_view extension_definition() {
  return R"({"type":"extension-definition","spec_version":"2.1","id":"extension-definition--a6f04c6c-0e9c-40a5-a315-8772ba8b7e50",)"
         R"("created_by_ref":"identity--fe589a93-7ecc-4ce5-875d-9cfb4faf6953","created":"2026-11-26T00:00:00.000Z","modified":"2026-11-26T00:00:00.000Z",)"
         R"("name":"What Mozu keeps beyond STIX","description":"Properties x_mozu_… and x_misp_… and objects x-mozu-… and x-misp-… hold what feeds say and STIX has no place for.",)"
         R"("schema":"docs/exchange.md of Mozu","version":"1.0.0","extension_types":["toplevel-property-extension","new-sdo"],"extension_properties":[)"
         R"("x_misp_analysis","x_misp_category","x_misp_comment","x_misp_data","x_misp_distribution","x_misp_extends_uuid",)"
         R"("x_misp_first_seen","x_misp_galaxy","x_misp_last_seen","x_misp_meta","x_misp_meta_category","x_misp_object_relation",)"
         R"("x_misp_organisation","x_misp_proposal_to_delete","x_misp_publish_timestamp","x_misp_published","x_misp_related",)"
         R"("x_misp_source","x_misp_synonyms","x_misp_template_uuid","x_misp_threat_level","x_misp_to_ids","x_misp_type","x_misp_value",)"
         R"("x_mozu_context","x_mozu_count","x_mozu_csaf","x_mozu_csaf_document","x_mozu_csaf_product_tree","x_mozu_cve","x_mozu_epss",)"
         R"("x_mozu_exact_only","x_mozu_ids_rule","x_mozu_kev","x_mozu_last_seen","x_mozu_nvd","x_mozu_publication","x_mozu_rrtype","x_mozu_rule_meta",)"
         R"("x_mozu_rule_name","x_mozu_sensor","x_mozu_sigma","x_mozu_whois")"
         "]}";
}

std::string_view extension_author() {
  return R"({"type":"identity","spec_version":"2.1","id":"identity--fe589a93-7ecc-4ce5-875d-9cfb4faf6953","created":"2026-11-26T00:00:00.000Z","modified":"2026-11-26T00:00:00.000Z",)"
         R"("name":"Mozu","description":"the threat-intelligence platform","identity_class":"system"})";
}

void add_external_references(ObjectText& o, const std::vector<ExternalReference>& list) {
  if (list.empty()) return;
  auto& w = o.json();
  w.key("external_references").begin_array();
  for (auto it = list.begin(); it != list.end(); ++it) {
    const bool known = std::any_of(list.begin(), it, [&](const auto& r) { return r.source == it->source && r.id == it->id && r.url == it->url; });
    if (known) continue;
    w.begin_object().field("source_name", std::string_view(it->source));
    if (!it->description.empty()) w.field("description", std::string_view(it->description));
    if (!it->url.empty()) w.field("url", std::string_view(it->url));
    if (!it->id.empty()) w.field("external_id", std::string_view(it->id));
    w.end_object();
  }
  w.end_array();
}

std::string reference_source(std::string_view url) {
  auto host = url.substr(0, 2048);
  if (const auto scheme = host.find("://"); scheme != std::string_view::npos) host.remove_prefix(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#: "));
  if (host.starts_with("www.")) host.remove_prefix(4);
  return host.empty() ? std::string("reference") : fold(host);
}

std::string_view relationship(ObjectText& o, std::string_view type, std::string_view source, std::string_view target, std::string_view created,
                              std::string_view modified) {
  o.begin("relationship", made_id("relationship", {type, source, target}), created, modified);
  o.text("relationship_type", type).text("source_ref", source).text("target_ref", target);
  return o.end();
}

std::string pattern_string(std::string_view s) {
  std::string out = "'";
  for (const char c : s) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string stix_pattern_of(const intel::Pattern& p) {
  using Kind = intel::PatternKind;
  const std::string_view v = p.value;
  switch (p.kind) {
    case Kind::ipv4: return "[" + quoted("ipv4-addr:value", v) + "]";
    case Kind::ipv6: return "[" + quoted("ipv6-addr:value", v) + "]";
    case Kind::ipv4_range:
      return range_pattern("ipv4-addr", v, v.find('/') == std::string_view::npos ? ipv4_blocks(p.v4.first, p.v4.last) : std::vector<std::string>());
    case Kind::ipv6_range: return range_pattern("ipv6-addr", v, {});
    case Kind::domain: return "[" + quoted("domain-name:value", v) + "]";
    case Kind::url: return fmt::format("[url:value = {} OR url:value = {}]", pattern_string("http://" + p.value), pattern_string("https://" + p.value));
    case Kind::url_mask: return mask_pattern(p.mask);
    case Kind::email: return "[" + quoted("email-addr:value", v) + "]";
    case Kind::md5: return "[" + quoted("file:hashes.MD5", v) + "]";
    case Kind::sha1: return "[" + quoted("file:hashes.'SHA-1'", v) + "]";
    case Kind::sha256: return "[" + quoted("file:hashes.'SHA-256'", v) + "]";
    case Kind::sha512: return "[" + quoted("file:hashes.'SHA-512'", v) + "]";
  }
  return {};
}

std::string_view tlp_marking(intel::Tlp tlp) {
  switch (tlp) {
    case intel::Tlp::clear: return "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487";
    case intel::Tlp::green: return "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
    case intel::Tlp::amber: return "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421";
    case intel::Tlp::amber_strict: return "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003";
    case intel::Tlp::red: return "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";
    case intel::Tlp::none: break;
  }
  return {};
}

std::string cve_id(std::string_view s) {
  if (s.size() < 13 || !istarts_with(s, "cve-") || s[8] != '-') return {};
  std::size_t end = 9;
  while (end < s.size() && end < 28 && is_digit(static_cast<unsigned char>(s[end]))) ++end;
  const bool year = std::all_of(s.begin() + 4, s.begin() + 8, [](char c) { return is_digit(static_cast<unsigned char>(c)); });
  if (!year || end < 13) return {};
  return "CVE" + std::string(s.substr(3, end - 3));
}

std::string vulnerability_id(std::string_view cve) { return made_id("vulnerability", {cve}); }

std::string vulnerability_created(std::string_view cve) { return stix_time_of(fmt::format("{}-01-01", cve.substr(4, 4))); }

std::string_view vulnerability_stub(ObjectText& o, std::string_view cve) {
  const std::string created = vulnerability_created(cve);
  o.begin("vulnerability", vulnerability_id(cve), created, created).text("name", cve);
  add_external_references(o, {{"cve", std::string(cve), fmt::format("https://www.cve.org/CVERecord?id={}", cve), {}}});
  return o.end();
}

std::vector<std::string> attack_techniques(std::string_view text) {
  std::vector<std::string> out;
  const auto digits = [&](std::size_t at, std::size_t n) {
    if (at + n > text.size()) return false;
    return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at), text.begin() + static_cast<std::ptrdiff_t>(at + n),
                       [](char c) { return is_digit(static_cast<unsigned char>(c)); });
  };
  constexpr std::size_t techniques_max = 1000;
  for (std::size_t i = 0; i + 5 <= text.size() && out.size() < techniques_max; ++i) {
    if ((text[i] | 0x20) != 't' || !digits(i + 1, 4) || (i > 0 && is_alnum(static_cast<unsigned char>(text[i - 1])))) continue;
    std::size_t n = 5;
    if (i + 9 <= text.size() && text[i + 5] == '.' && digits(i + 6, 3)) n = 9;
    if (i + n < text.size() && is_alnum(static_cast<unsigned char>(text[i + n]))) continue;
    std::string id = "T" + std::string(text.substr(i + 1, n - 1));
    if (std::find(out.begin(), out.end(), id) == out.end()) out.push_back(std::move(id));
    i += n - 1;
  }
  return out;
}

}  // namespace mozu::formats
