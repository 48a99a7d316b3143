#include "mozu/formats/detection_writer.hpp"

#include <algorithm>
#include <unordered_map>

#include "detection_render.hpp"
#include "mozu/base/json_write.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/utf8.hpp"

namespace mozu::formats {
namespace detail {
namespace {

void write_values(JsonWriter& json, const std::vector<std::string>& values) {
  json.begin_array();
  for (const std::string& v : values) json.value(v);
  json.end_array();
}

/// Places of the values of each name, at its first occurrence; empty at the later ones.
std::vector<std::vector<std::size_t>> group_by_name(const intel::ContextFields& fields) {
  std::vector<std::vector<std::size_t>> groups(fields.size());
  std::unordered_map<std::string_view, std::size_t> first;
  for (std::size_t i = 0; i < fields.size(); ++i) groups[first.try_emplace(fields[i].first, i).first->second].push_back(i);
  return groups;
}

bool has_repeated_name(const intel::ContextFields& fields) {
  constexpr std::size_t compared_max = 24;  // beyond it the map is cheaper
  if (fields.size() > compared_max) return true;
  for (std::size_t i = 1; i < fields.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      if (fields[i].first == fields[k].first) return true;
  return false;
}

/// A name that occurs once gives a string, one that occurs more often an array, at the place of its first occurrence.
void write_context_fields(JsonWriter& json, const intel::ContextFields& fields) {
  json.begin_object();
  if (!has_repeated_name(fields)) {
    for (const auto& [name, value] : fields) json.field(name, value);
    json.end_object();
    return;
  }
  for (const auto& group : group_by_name(fields)) {
    if (group.empty()) continue;
    json.key(fields[group.front()].first);
    if (group.size() == 1) {
      json.value(fields[group.front()].second);
      continue;
    }
    json.begin_array();
    for (const std::size_t at : group) json.value(fields[at].second);
    json.end_array();
  }
  json.end_object();
}

void write_event(JsonWriter& json, const intel::EventFields& e) {
  if (e.format.empty() && e.source.empty() && e.destination.empty() && e.user.empty() && e.field.empty()) return;
  const auto field = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) json.field(name, value);
  };
  json.key("event").begin_object();
  field("format", e.format);
  field("source", e.source);
  field("destination", e.destination);
  field("user", e.user);
  field("field", e.field);
  json.end_object();
}

void write_typed_value(JsonWriter& json, intel::ObservableType type, const std::string& value) {
  json.field("type", intel::stix_type(type)).field("value", value);
}

}  // namespace

void write_detection_json(std::string& out, const intel::Detection& d) {
  JsonWriter json(out);
  json.begin_object().field("source", d.source).field("line", d.line).field("offset", d.offset).field("length", d.length).key("time");
  if (d.event.time) json.value(format_time(*d.event.time));
  else json.null();

  json.key("observable").begin_object();
  write_typed_value(json, d.observable.type, d.observable.value);
  if (const auto algorithm = intel::hash_algorithm(d.observable.type); !algorithm.empty()) json.field("algorithm", algorithm);
  json.end_object().field("relation", intel::name(d.relation));

  const intel::ObservableType type = intel::observable_type(d.indicator_kind);
  json.key("indicator").begin_object();
  write_typed_value(json, type, d.indicator_value);
  json.key("feeds");
  write_values(json, d.feeds);
  json.field("id", d.indicator_id).key("labels");
  write_values(json, d.labels);
  json.field("confidence", static_cast<unsigned>(d.confidence));
  if (const auto algorithm = intel::hash_algorithm(type); !algorithm.empty()) json.field("algorithm", algorithm);
  if (d.tlp != intel::Tlp::none) json.field("tlp", intel::name(d.tlp));
  if (!d.context.empty()) {
    json.key("context").begin_object();
    for (const auto& c : d.context) {
      json.key(c.feed);
      write_context_fields(json, c.fields);
    }
    json.end_object();
  }
  json.end_object();

  write_event(json, d.event);
  if (!d.suppressed.empty()) json.field("suppressed", d.suppressed);
  json.end_object();
  out += '\n';
}

std::string joined(const std::vector<std::string>& values, std::string_view separator, std::size_t bytes_max) {
  std::string out;
  for (const std::string& v : values) {
    if (out.size() + v.size() > bytes_max && !out.empty()) return out.append(separator).append("…");
    if (!out.empty()) out.append(separator);
    out.append(v);
  }
  return out;
}

std::string summary(const intel::Detection& d) {
  const std::string_view type = intel::stix_type(d.observable.type);
  std::string out(type);
  out.append(" ").append(d.observable.value);
  switch (d.relation) {
    case intel::Relation::exact: break;
    case intel::Relation::subdomain: out.append(": subdomain of ").append(d.indicator_value); break;
    case intel::Relation::url_host: out.append(": host of a URL, listed as ").append(d.indicator_value); break;
    case intel::Relation::email_host: out.append(": host of an e-mail address, listed as ").append(d.indicator_value); break;
    case intel::Relation::range: out.append(": inside ").append(d.indicator_value); break;
    case intel::Relation::mask: out.append(": covered by ").append(d.indicator_value); break;
  }
  return out.append(" (").append(joined(d.feeds, ", ", 300)).append(")");
}

std::vector<std::string_view> context_values(const intel::Detection& d, std::string_view name) {
  constexpr std::size_t values_max = 16;
  std::vector<std::string_view> values;
  for (const auto& c : d.context)
    for (const auto& [key, value] : c.fields) {
      if (key != name || value.empty() || std::ranges::find(values, value) != values.end()) continue;
      values.emplace_back(value);
      if (values.size() == values_max) return values;
    }
  return values;
}

int severity(const intel::Detection& d) {
  constexpr int unknown = 3;
  if (!d.suppressed.empty()) return 0;
  if (d.confidence == 0) return unknown;
  return std::clamp((static_cast<int>(d.confidence) + 5) / 10, 1, 10);
}

EndKind end_kind(std::string_view end) {
  if (end.empty()) return EndKind::none;
  if (intel::parse_ipv4(end)) return EndKind::ipv4;
  if (end.find(':') != std::string_view::npos && intel::parse_ipv6(end.substr(0, end.find('%')))) return EndKind::ipv6;
  return EndKind::host;
}

std::string plain_address(std::string_view end) {
  if (const auto v4 = intel::parse_ipv4(end)) return intel::format_ipv4(*v4);
  if (const auto v6 = intel::parse_ipv6(end.substr(0, end.find('%')))) return intel::format_ipv6(*v6);
  return std::string(end);
}

std::string_view tidy(std::string_view s, std::string& scratch, std::size_t bytes_max) {
  s = utf8_prefix(s, bytes_max);
  if (is_utf8(s)) return s;
  scratch = printable(s, bytes_max * 4);
  return scratch;
}

}  // namespace detail

std::optional<DetectionFormat> parse_detection_format(std::string_view name) {
  if (name == "json") return DetectionFormat::json;
  if (name == "cef") return DetectionFormat::cef;
  if (name == "leef") return DetectionFormat::leef;
  if (name == "ecs") return DetectionFormat::ecs;
  if (name == "text") return DetectionFormat::text;
  return std::nullopt;
}

void write_detection(std::string& out, const intel::Detection& d, DetectionFormat format, const DetectionWriterOptions& options) {
  switch (format) {
    case DetectionFormat::json: return detail::write_detection_json(out, d);
    case DetectionFormat::cef: return detail::write_detection_cef(out, d);
    case DetectionFormat::leef: return detail::write_detection_leef(out, d);
    case DetectionFormat::ecs: return detail::write_detection_ecs(out, d);
    case DetectionFormat::text: return detail::write_detection_text(out, d, options.colour);
  }
}

}  // namespace mozu::formats
