// One STIX object: checked, brought to 2.1, and the facts read out by which it is found.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "json_access.hpp"
#include "mozu/base/json_write.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/utf8.hpp"
#include "mozu/formats/stix_objects.hpp"
#include "object_text.hpp"
#include "stix_context.hpp"
#include "stix_keys.hpp"

namespace mozu::formats {
namespace {

enum class Member : std::uint8_t {
  other,
  type,
  id,
  spec_version,
  created,
  modified,
  revoked,
  deprecated,
  confidence,
  name,
  valid_from,
  valid_until,
  pattern,
  pattern_type,
  is_family,
  relationship_type,
  source_ref,
  target_ref,
  sighting_of_ref,
  marking_refs,
  external_references,
  aliases,
  labels,
  prose,
  summary,
  count
};
struct MemberName {
  std::string_view key;
  Member member;
};
constexpr MemberName member_names[] = {{"type", Member::type},
                                       {"id", Member::id},
                                       {"spec_version", Member::spec_version},
                                       {"created", Member::created},
                                       {"modified", Member::modified},
                                       {"revoked", Member::revoked},
                                       {"x_mitre_deprecated", Member::deprecated},
                                       {"confidence", Member::confidence},
                                       {"name", Member::name},
                                       {"valid_from", Member::valid_from},
                                       {"valid_until", Member::valid_until},
                                       {"pattern", Member::pattern},
                                       {"pattern_type", Member::pattern_type},
                                       {"is_family", Member::is_family},
                                       {"relationship_type", Member::relationship_type},
                                       {"source_ref", Member::source_ref},
                                       {"target_ref", Member::target_ref},
                                       {"sighting_of_ref", Member::sighting_of_ref},
                                       {"object_marking_refs", Member::marking_refs},
                                       {"external_references", Member::external_references},
                                       {"aliases", Member::aliases},
                                       {"x_mitre_aliases", Member::aliases},
                                       {"x_opencti_aliases", Member::aliases},
                                       {"x_misp_synonyms", Member::aliases},
                                       {"labels", Member::labels},
                                       {"indicator_types", Member::labels},
                                       {"malware_types", Member::labels},
                                       {"threat_actor_types", Member::labels},
                                       {"tool_types", Member::labels},
                                       {"report_types", Member::labels},
                                       {"infrastructure_types", Member::labels},
                                       {"description", Member::prose},
                                       {"content", Member::prose},
                                       {"abstract", Member::summary},
                                       {"explanation", Member::prose},
                                       {"goals", Member::prose},
                                       {"x_mitre_detection", Member::prose},
                                       {"statement", Member::prose},
                                       {"subject", Member::prose},
                                       {"body", Member::prose}};

/// Open addressing over first byte, last byte and length: most members of real objects are decided by one comparison.
class MemberTable {
 public:
  constexpr MemberTable() {
    for (std::size_t i = 0; i < std::size(member_names); ++i) {
      auto at = slot(member_names[i].key);
      while (slots_[at] != 0) at = (at + 1) % slots_.size();
      slots_[at] = static_cast<std::uint8_t>(i + 1);
    }
  }
  constexpr Member find(std::string_view key) const {
    if (key.empty()) return Member::other;
    for (auto at = slot(key); slots_[at] != 0; at = (at + 1) % slots_.size())
      if (member_names[slots_[at] - 1].key == key) return member_names[slots_[at] - 1].member;
    return Member::other;
  }

 private:
  static constexpr std::size_t slot(std::string_view key) {
    return (static_cast<unsigned char>(key.front()) * 31u + static_cast<unsigned char>(key.back()) * 7u + key.size() * 13u) % 256;
  }
  std::array<std::uint8_t, 256> slots_{};
};
constexpr MemberTable member_table;
static_assert(member_table.find("x_mitre_aliases") == Member::aliases && member_table.find("x") == Member::other);

/// "2017-06-01T00:00:00.123456Z", the form of the standard, at full speed; other forms by parse_time_iso.
std::optional<std::int64_t> parse_time_us(std::string_view s) {
  const auto digits = [&](std::size_t at, std::size_t n) {
    int v = 0;
    for (std::size_t i = at; i < at + n; ++i) v = is_digit(static_cast<unsigned char>(s[i])) && v >= 0 ? v * 10 + (s[i] - '0') : -1;
    return v;
  };
  const auto t = parse_time_iso(s);
  if (!t) return std::nullopt;
  std::int64_t us = t->ms * 1000;
  if (s.size() > 24 && s.size() <= 31 && s[19] == '.' && s.back() == 'Z') {  // digits past the millisecond
    const std::string_view rest = s.substr(23, std::min<std::size_t>(3, s.size() - 24));
    int more = digits(23, rest.size());
    for (auto n = rest.size(); n < 3; ++n) more *= 10;
    us += std::max(more, 0);
  }
  return us;
}

bool is_reference_name(std::string_view key) { return key.ends_with("_ref") || key.ends_with("_refs"); }

std::unexpected<Diagnostic> fail_at(std::string_view code, std::string message, std::string path, std::string hint = {}) {
  Diagnostic d{Severity::error, std::string(code), std::move(message), {}, std::move(hint)};
  d.where.path = std::move(path);
  return fail(std::move(d));
}

/// Text for people and for the text index: no NUL, which PostgreSQL cannot hold.
void assign_text(std::string& out, std::string_view s) {
  out.assign(s);
  std::replace(out.begin(), out.end(), '\0', ' ');
}

}  // namespace

struct StixObjectReader::State {
  JsonParser parser;
  std::array<std::optional<JsonElement>, static_cast<std::size_t>(Member::count)> members;

  const std::optional<JsonElement>& get(Member m) const { return members[static_cast<std::size_t>(m)]; }
  std::string_view text(Member m) const { return get(m) ? as_string(*get(m)) : std::string_view{}; }

  static void clear(intel::StixObject& out);
  Status read_members(JsonObject o, intel::StixObject& out);
  Status identify(intel::StixObject& out);
  Status times(intel::StixObject& out);
  Status relation(intel::StixObject& out);
  Status references(std::string_view key, JsonElement value, intel::StixObject& out);
  Status nested(JsonElement value, int depth, intel::StixObject& out);
  void marks(intel::StixObject& out);
  void facts(JsonObject o, intel::StixObject& out);
  void catalogue_ids(StixKeys& keys);
  void write_json(std::string_view source, JsonObject o, intel::StixObject& out);
};

StixObjectReader::StixObjectReader() : state_(std::make_unique<State>()) {}
StixObjectReader::~StixObjectReader() = default;

void StixObjectReader::State::clear(intel::StixObject& out) {
  out.created_us = out.modified_us = 0;
  out.revoked = false;
  out.confidence = intel::confidence_unknown;
  out.tlp = intel::Tlp::none;
  out.valid_from = out.valid_until = std::nullopt;
  out.name.clear();
  out.aliases.clear();
  out.text.clear();
  out.labels.clear();
  out.keys.clear();
  out.references.clear();
  out.relationship_type.clear();
  out.source_ref.clear();
  out.target_ref.clear();
}

namespace {

void add_strings(std::vector<std::string>& to, JsonElement value) {
  constexpr std::size_t strings_max = 10'000;
  const auto add = [&](JsonElement e) {
    const auto s = as_string(e);
    if (s.empty() || to.size() >= strings_max) return;
    std::string text;
    assign_text(text, s);
    if (std::find(to.begin(), to.end(), text) == to.end()) to.push_back(std::move(text));
  };
  JsonArray list;
  if (value.get(list) == simdjson::SUCCESS) {
    std::size_t seen = 0;
    for (const JsonElement e : list)
      if (++seen <= strings_max) add(e);
  } else {
    add(value);
  }
}

void add_prose(std::string& to, JsonElement value) {
  constexpr std::size_t text_bytes_max = std::size_t{1} << 20;  // for the text index; the whole of it stands in the JSON
  const auto add = [&](std::string_view s) {
    if (s.empty() || to.size() >= text_bytes_max || s.starts_with(listed_by)) return;  // who lists it is known as its source: no word to find all of a list by
    if (!to.empty()) to += '\n';
    to.append(utf8_prefix(s, text_bytes_max - std::min(text_bytes_max, to.size())));
  };
  JsonArray list;
  if (value.get(list) == simdjson::SUCCESS) {
    for (const JsonElement e : list) add(as_string(e));
  } else {
    add(as_string(value));
  }
  std::replace(to.begin(), to.end(), '\0', ' ');
}

}  // namespace

Status StixObjectReader::State::read_members(JsonObject o, intel::StixObject& out) {
  members.fill(std::nullopt);
  std::string_view type;
  for (const auto field : o) {
    const std::string_view key = field.key;
    const Member m = member_table.find(key);
    if (m == Member::type && type.empty()) type = as_string(field.value);
    auto& slot = members[static_cast<std::size_t>(m)];
    if (m == Member::aliases) add_strings(out.aliases, field.value);
    else if (m == Member::labels) add_strings(out.labels, field.value);
    else if (m == Member::prose) add_prose(out.text, field.value);
    else if (m != Member::other && !slot) slot = field.value;
    const bool relation_end = m == Member::source_ref || m == Member::target_ref || m == Member::sighting_of_ref;
    if (!relation_end && is_reference_name(key)) MOZU_TRY(references(key, field.value, out));
    // The objects of observed-data in STIX 2.0 name one another by numbers: no ids.
    else if (field.value.is_object() || field.value.is_array()) MOZU_TRY(nested(field.value, 1, out));
  }
  return {};
}

Status StixObjectReader::State::identify(intel::StixObject& out) {
  const auto type = text(Member::type), id = text(Member::id);
  if (type.empty())
    return fail_at("stix-type", get(Member::type) ? "the type of an object is no text" : "the object has no type", "/type",
                   "STIX objects begin with {\"type\": …, \"id\": …}");
  if (id.empty()) return fail_at("stix-id", get(Member::id) ? "the id of an object is no text" : fmt::format("the {} has no id", printable(type, 60)), "/id");
  const auto of_id = intel::type_of_id(id);
  if (of_id.empty()) return fail_at("stix-id", fmt::format("\"{}\" is no STIX id", printable(id, 120)), "/id", "an id is type--UUID");
  if (of_id != type) return fail_at("stix-id", fmt::format("the id {} is not of type {}", printable(id, 120), printable(type, 60)), "/id");
  out.id = id;
  out.type = type;
  return {};
}

Status StixObjectReader::State::times(intel::StixObject& out) {
  const auto time = [&](Member m, std::string_view key) -> Result<std::optional<std::int64_t>> {
    if (!get(m)) return std::nullopt;
    const auto us = parse_time_us(text(m));
    if (!us)
      return fail_at("stix-time", fmt::format("{} \"{}\" is no time", key, printable(text(m), 60)), fmt::format("/{}", key),
                     "times are as 2026-11-01T10:00:00.000Z");
    return us;
  };
  MOZU_LET(const auto created, time(Member::created, "created"));
  MOZU_LET(const auto modified, time(Member::modified, "modified"));
  MOZU_LET(const auto from, time(Member::valid_from, "valid_from"));
  MOZU_LET(const auto until, time(Member::valid_until, "valid_until"));
  out.created_us = created.value_or(0);
  out.modified_us = modified.value_or(out.created_us);
  if (from) out.valid_from = Timestamp{*from / 1000};
  if (until) out.valid_until = Timestamp{*until / 1000};
  return {};
}

Status StixObjectReader::State::relation(intel::StixObject& out) {
  const auto end = [&](Member m, std::string_view key, std::string& to) -> Status {
    to = text(m);
    if (!intel::type_of_id(to).empty()) return {};
    return fail_at("stix-reference",
                   to.empty() ? fmt::format("the {} has no {}", out.type, key) : fmt::format("{} \"{}\" is no STIX id", key, printable(to, 120)),
                   fmt::format("/{}", key));
  };
  if (out.type == "relationship") {
    assign_text(out.relationship_type, text(Member::relationship_type));
    if (out.relationship_type.empty()) return fail_at("stix-reference", "the relationship does not say its relationship_type", "/relationship_type");
    MOZU_TRY(end(Member::source_ref, "source_ref", out.source_ref));
    return end(Member::target_ref, "target_ref", out.target_ref);
  }
  if (out.type != "sighting") return {};
  out.relationship_type = "sighting-of";
  out.source_ref = out.id;
  return end(Member::sighting_of_ref, "sighting_of_ref", out.target_ref);
}

/// Of the standard's own properties every reference must be one; custom ones may mean something else by the name.
Status StixObjectReader::State::references(std::string_view key, JsonElement value, intel::StixObject& out) {
  const bool strict = !key.starts_with("x_");
  const auto add = [&](JsonElement e, std::size_t index, bool in_list) -> Status {
    const auto target = as_string(e);
    if (!intel::type_of_id(target).empty()) {
      out.references.push_back({std::string(key), std::string(target)});
      return {};
    }
    if (!strict) return {};
    return fail_at("stix-reference", fmt::format("\"{}\" is no STIX id", printable(target, 120)),
                   in_list ? fmt::format("/{}/{}", printable(key, 80), index) : fmt::format("/{}", printable(key, 80)));
  };
  JsonArray list;
  if (value.get(list) != simdjson::SUCCESS) return add(value, 0, false);
  std::size_t index = 0;
  for (const JsonElement e : list) MOZU_TRY(add(e, index++, true));
  return {};
}

/// References inside extensions, granular markings and custom structures. What is none is let be: numbers name the objects of
/// observed-data in STIX 2.0.
Status StixObjectReader::State::nested(JsonElement value, int depth, intel::StixObject& out) {
  if (depth > static_cast<int>(stix_nesting_max)) return fail_at("json-invalid", fmt::format("nested deeper than {}", stix_nesting_max), {});
  const auto refer = [&](std::string_view key, JsonElement e) {
    if (const auto s = as_string(e); !intel::type_of_id(s).empty()) out.references.push_back({std::string(key), std::string(s)});
  };
  if (JsonArray list; value.get(list) == simdjson::SUCCESS) {
    for (const JsonElement e : list)
      if (e.is_object() || e.is_array()) MOZU_TRY(nested(e, depth + 1, out));
    return {};
  }
  JsonObject o;
  if (value.get(o) != simdjson::SUCCESS) return {};
  for (const auto field : o) {
    JsonArray list;
    if (is_reference_name(field.key)) {
      if (field.value.get(list) == simdjson::SUCCESS)
        for (const JsonElement e : list) refer(field.key, e);
      else refer(field.key, field.value);
    }
    if (field.value.is_object() || field.value.is_array()) MOZU_TRY(nested(field.value, depth + 1, out));
  }
  return {};
}

void StixObjectReader::State::marks(intel::StixObject& out) {
  const auto flag = [&](Member m) { return get(m) && as_bool(*get(m)).value_or(false); };
  out.revoked = flag(Member::revoked) || flag(Member::deprecated);
  if (get(Member::confidence))
    if (const auto n = as_uint(*get(Member::confidence)); n && *n <= 100) out.confidence = static_cast<std::uint8_t>(*n);
  JsonArray list;
  if (!get(Member::marking_refs) || get(Member::marking_refs)->get(list) != simdjson::SUCCESS) return;
  for (const JsonElement e : list)
    if (const auto tlp = intel::parse_tlp(well_known_tlp(as_string(e)))) out.tlp = std::max(out.tlp, *tlp);
}

void StixObjectReader::State::catalogue_ids(StixKeys& keys) {
  JsonArray list;
  if (!get(Member::external_references) || get(Member::external_references)->get(list) != simdjson::SUCCESS) return;
  std::size_t seen = 0;
  constexpr std::size_t references_max = 10'000;
  for (const JsonElement e : list) {
    JsonObject r;
    if (++seen <= references_max && e.get(r) == simdjson::SUCCESS) keys.external_id(string_member(r, "external_id"));
  }
}

void StixObjectReader::State::facts(JsonObject o, intel::StixObject& out) {
  StixKeys keys(out.keys);
  assign_text(out.name, text(Member::name));
  if (out.type == "relationship") return catalogue_ids(keys);
  if (out.type == "indicator") {
    const auto language = text(Member::pattern_type);
    std::string first;
    if (language.empty() || iequals(language, "stix")) keys.pattern(text(Member::pattern), first);
    if (out.name.empty()) assign_text(out.name, first);
  } else if (out.type == "observed-data") {
    if (const auto objects = object_member(o, "objects"))
      for (const auto field : *objects)
        if (JsonObject inner; field.value.get(inner) == simdjson::SUCCESS) {
          auto main = keys.observable(string_member(inner, "type"), inner);
          if (out.name.empty()) assign_text(out.name, main);
        }
  } else if (!get(Member::created)) {  // observables have no `created`
    auto main = keys.observable(out.type, o);
    if (out.name.empty()) assign_text(out.name, main);
  } else {
    if (get(Member::summary)) {  // of notes: what they are called
      if (out.name.empty()) assign_text(out.name, text(Member::summary));
      else add_prose(out.text, *get(Member::summary));
    }
    if (!out.name.empty()) keys.name(out.name);
    for (const auto& a : out.aliases) keys.name(a);
    if (out.type == "vulnerability") keys.external_id(out.name);
    keys.external_id(string_member(o, "x_mitre_old_attack_id"));
  }
  std::erase(out.aliases, out.name);
  catalogue_ids(keys);
  keys.finish();
}

/// What 2.1 demands is put at the end, where the source lacks it.
void StixObjectReader::State::write_json(std::string_view source, JsonObject o, intel::StixObject& out) {
  const auto old = get(Member::spec_version) ? text(Member::spec_version) : std::string_view("2.1");
  if (old != "2.1") {
    out.json.clear();
    char separator = '{';
    for (const auto field : o) {
      out.json += separator;
      append_json_string(out.json, field.key);
      out.json += ':';
      out.json += field.key == "spec_version" ? "\"2.1\"" : simdjson::minify(field.value);
      separator = ',';
    }
    out.json += '}';
  } else {
    out.json.resize(source.size());
    std::size_t n = 0;
    if (simdjson::minify(source.data(), source.size(), out.json.data(), n) != simdjson::SUCCESS) n = 0;
    out.json.resize(n);
  }
  const auto add = [&](std::string_view key, std::string_view value) {
    out.json.pop_back();
    out.json.append(",\"").append(key).append("\":").append(value) += '}';
  };
  const bool domain_object = get(Member::created).has_value();
  if (!get(Member::spec_version) && domain_object) add("spec_version", "\"2.1\"");
  if (domain_object && !get(Member::modified) && out.type != "marking-definition") add("modified", simdjson::minify(*get(Member::created)));
  if (out.type == "indicator" && !get(Member::pattern_type)) add("pattern_type", "\"stix\"");
  // STIX 2.0 names families; a single sample has hashes, which its malware object cannot say.
  if (out.type == "malware" && !get(Member::is_family)) add("is_family", "true");
}

Status StixObjectReader::read(std::string_view json, intel::StixObject& out) {
  State& s = *state_;
  if (json.size() > stix_object_bytes_max)
    return fail_at("stix-object-too-large",
                   fmt::format("the object has {}; {} are read at most", human_bytes(static_cast<double>(json.size())), human_bytes(stix_object_bytes_max)),
                   {});
  auto root = s.parser.parse(json, false);
  if (!root) return fail(std::move(root).error());
  JsonObject o;
  if (root->get(o) != simdjson::SUCCESS) return fail_at("stix-type", "a STIX object should stand here", {});
  State::clear(out);
  MOZU_TRY(s.read_members(o, out));
  MOZU_TRY(s.identify(out));
  MOZU_TRY(s.times(out));
  MOZU_TRY(s.relation(out));
  s.marks(out);
  s.facts(o, out);
  s.write_json(s.parser.text(), o, out);
  return {};
}

}  // namespace mozu::formats
