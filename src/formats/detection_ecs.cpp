// Elastic Common Schema 8: an alert of category "threat" that carries the indicator in threat.indicator.* and its feeds in
// threat.feed.name. What ECS has no field for stands below "mozu".
#include <algorithm>

#include "detection_render.hpp"
#include "mozu/base/json_write.hpp"
#include "mozu/base/text.hpp"

namespace mozu::formats::detail {
namespace {

constexpr std::string_view ecs_version = "8.11.0";

/// ECS takes the STIX scale None/Low/Medium/High for numbers 0–100 (STIX 2.1, appendix A).
std::string_view confidence_word(unsigned confidence) {
  if (confidence == 0) return "Not Specified";
  if (confidence < 30) return "Low";
  return confidence < 70 ? "Medium" : "High";
}

template <class Values>
void write_array(JsonWriter& json, std::string_view key, const Values& values) {
  if (values.empty()) return;
  json.key(key).begin_array();
  for (const auto& v : values) json.value(std::string_view(v));
  json.end_array();
}

void write_end(JsonWriter& json, std::string_view key, const std::string& value) {
  const EndKind kind = end_kind(value);
  if (kind == EndKind::none) return;
  json.key(key).begin_object().field("address", value);
  if (kind == EndKind::host) json.field("domain", value);
  else json.field("ip", plain_address(value));  // Elasticsearch refuses the whole document for a zone or a leading zero
  json.end_object();
}

void write_hash(JsonWriter& json, intel::ObservableType type, const std::string& value) {
  json.key("file").begin_object().key("hash").begin_object().field(intel::short_name(type), value).end_object().end_object();
}

/// Host of a canonical URL or mask: "[2001:db8::1]:80/x" → "2001:db8::1", "*.evil.example/x*" → "evil.example".
std::string_view host_of(std::string_view url) {
  if (url.starts_with('[')) return url.substr(1, url.find(']') - 1);
  if (url.starts_with("*.")) url.remove_prefix(2);
  return url.substr(0, url.find_first_of("/:"));
}

void write_indicator_value(JsonWriter& json, const intel::Detection& d) {
  const std::string& value = d.indicator_value;
  switch (d.indicator_kind) {
    case intel::PatternKind::ipv4:
    case intel::PatternKind::ipv6: json.field("ip", value); return;
    case intel::PatternKind::ipv4_range:
    case intel::PatternKind::ipv6_range: return;  // ECS's ip holds one address; the range is the name
    case intel::PatternKind::domain: json.key("url").begin_object().field("domain", value).end_object(); return;
    case intel::PatternKind::url:
    case intel::PatternKind::url_mask: json.key("url").begin_object().field("original", value).field("domain", host_of(value)).end_object(); return;
    case intel::PatternKind::email: json.key("email").begin_object().field("address", value).end_object(); return;
    case intel::PatternKind::md5:
    case intel::PatternKind::sha1:
    case intel::PatternKind::sha256:
    case intel::PatternKind::sha512: write_hash(json, intel::observable_type(d.indicator_kind), value); return;
  }
}

void write_threat(JsonWriter& json, const intel::Detection& d) {
  json.key("threat").begin_object().key("indicator").begin_object();
  json.field("type", intel::stix_type(intel::observable_type(d.indicator_kind))).field("name", d.indicator_value);
  if (!d.indicator_id.empty()) json.field("id", d.indicator_id);
  write_indicator_value(json, d);
  json.field("confidence", confidence_word(d.confidence));
  write_array(json, "provider", d.feeds);
  if (d.tlp != intel::Tlp::none) json.key("marking").begin_object().field("tlp", intel::name(d.tlp).substr(4)).end_object();
  if (const auto r = context_values(d, "reference"); !r.empty()) json.field("reference", r.front());
  if (const auto t = context_values(d, "description"); !t.empty()) json.field("description", t.front());
  json.end_object();
  json.key("feed").begin_object();
  write_array(json, "name", d.feeds);
  json.end_object();
  if (const auto names = context_values(d, "actor"); !names.empty()) {
    json.key("group").begin_object();
    write_array(json, "name", names);
    json.end_object();
  }
  auto software = context_values(d, "malware");
  for (const auto value : context_values(d, "threat")) software.push_back(value);
  if (!software.empty()) {
    json.key("software").begin_object();
    write_array(json, "name", software);
    json.end_object();
  }
  json.end_object();
}

/// ECS's place to search for a value whatever field it stood in.
void write_related(JsonWriter& json, const intel::Detection& d) {
  std::vector<std::string> ips, hosts, hashes, users;
  const auto add = [](std::vector<std::string>& list, std::string value) {
    if (std::ranges::find(list, value) == list.end()) list.push_back(std::move(value));
  };
  const auto add_end = [&](std::string_view end) {
    const EndKind kind = end_kind(end);
    if (kind == EndKind::host) add(hosts, std::string(end));
    else if (kind != EndKind::none) add(ips, plain_address(end));
  };
  add_end(d.event.source);
  add_end(d.event.destination);
  if (!d.event.user.empty()) users.push_back(d.event.user);
  if (d.observable.type == intel::ObservableType::domain_name) add(hosts, d.observable.value);
  else if (d.observable.type <= intel::ObservableType::ipv6_addr) add(ips, d.observable.value);
  else if (intel::is_hash(d.observable.type)) add(hashes, d.observable.value);
  if (ips.empty() && hosts.empty() && hashes.empty() && users.empty()) return;
  json.key("related").begin_object();
  write_array(json, "ip", ips);
  write_array(json, "hosts", hosts);
  write_array(json, "hash", hashes);
  write_array(json, "user", users);
  json.end_object();
}

void write_own(JsonWriter& json, const intel::Detection& d) {
  json.key("mozu").begin_object().field("line", d.line).field("offset", d.offset).field("length", d.length);
  json.key("observable").begin_object().field("type", intel::stix_type(d.observable.type)).field("value", d.observable.value).end_object();
  json.field("relation", intel::name(d.relation)).field("confidence", static_cast<unsigned>(d.confidence));
  if (!d.event.format.empty()) json.field("format", d.event.format);
  if (!d.event.field.empty()) json.field("field", d.event.field);
  if (!d.suppressed.empty()) json.field("suppressed", d.suppressed);
  json.end_object();
}

}  // namespace

void write_detection_ecs(std::string& out, const intel::Detection& d) {
  JsonWriter json(out);
  json.begin_object();
  if (d.event.time) json.field("@timestamp", format_time(*d.event.time));
  json.key("ecs").begin_object().field("version", ecs_version).end_object();
  json.field("message", summary(d));
  json.key("event").begin_object().field("kind", "alert");
  json.key("category").begin_array().value("threat").end_array();
  json.key("type").begin_array().value("indicator").end_array();
  json.field("module", "mozu").field("dataset", "mozu.match").field("severity", severity(d)).end_object();
  write_threat(json, d);
  write_end(json, "source", d.event.source);
  write_end(json, "destination", d.event.destination);
  if (!d.event.user.empty()) json.key("user").begin_object().field("name", d.event.user).end_object();
  if (d.observable.type == intel::ObservableType::url) json.key("url").begin_object().field("original", d.observable.value).end_object();
  if (intel::is_hash(d.observable.type)) write_hash(json, d.observable.type, d.observable.value);
  json.key("log").begin_object().key("file").begin_object().field("path", d.source).end_object().end_object();
  write_related(json, d);
  write_array(json, "tags", d.labels);
  write_own(json, d);
  json.end_object();
  out += '\n';
}

}  // namespace mozu::formats::detail
