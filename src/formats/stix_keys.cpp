#include "stix_keys.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "mozu/base/text.hpp"
#include "stix_lower.hpp"

namespace mozu::formats {
namespace {

using intel::KeyKind;
using intel::TypeHint;

TypeHint hint_of_object(std::string_view type) {
  if (type == "ipv4-addr" || type == "ipv6-addr") return TypeHint::ip;
  if (type == "domain-name") return TypeHint::domain;
  if (type == "url") return TypeHint::url;
  if (type == "email-addr") return TypeHint::email;
  return TypeHint::any;
}

/// The property that says what an observable without `value` is (STIX 2.1 part 6), the best first.
struct MainProperty {
  std::string_view type, property;
};
constexpr MainProperty key_properties[] = {{"artifact", "url"},
                                           {"autonomous-system", "number"},
                                           {"directory", "path"},
                                           {"email-message", "subject"},
                                           {"mac-addr", "value"},
                                           {"mutex", "name"},
                                           {"process", "command_line"},
                                           {"process", "name"},
                                           {"software", "name"},
                                           {"user-account", "account_login"},
                                           {"user-account", "user_id"},
                                           {"user-account", "display_name"},
                                           {"windows-registry-key", "key"},
                                           {"x509-certificate", "serial_number"},
                                           {"x509-certificate", "subject"}};

bool is_equality(const StixComparison& c) { return !c.negated && (c.op == StixOperator::eq || c.op == StixOperator::in); }

std::string_view last_key(const StixObjectPath& path) {
  for (auto step = path.steps.rbegin(); step != path.steps.rend(); ++step)
    if (step->kind == StixPathStep::Kind::key) return step->key;
  return {};
}

}  // namespace

void StixKeys::add(KeyKind kind, std::string value) {
  if (value.empty() || value.size() > stix_key_bytes_max || out_.size() >= stix_keys_max || value.find('\0') != std::string::npos) return;
  out_.push_back({kind, std::move(value)});
}

void StixKeys::name(std::string_view name) { add(KeyKind::name, intel::fold_name(name)); }

void StixKeys::external_id(std::string_view id) {
  constexpr std::size_t id_bytes_max = 64;
  if (id.size() < 2 || id.size() > id_bytes_max) return;
  bool digit = false;
  std::string upper(id);
  for (char& c : upper) {
    const auto u = static_cast<unsigned char>(c);
    digit = digit || is_digit(u);
    if (!is_alnum(u) && c != '.' && c != '-' && c != '_') return;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  if (digit) add(KeyKind::external_id, std::move(upper));
}

void StixKeys::file_name(std::string_view name) { add(KeyKind::file_name, fold(name)); }
void StixKeys::other(std::string_view value) { add(KeyKind::other_value, std::string(value)); }

void StixKeys::value(std::string_view text, TypeHint hint) {
  if (text.empty()) return;
  auto pattern = intel::read_pattern(text, hint, {.allow_broad = true});
  if (pattern) add(intel::key_kind(pattern->kind), std::move(pattern->value));
  else other(text);
}

void StixKeys::hashes(JsonObject hashes) {
  for (const auto field : hashes)
    if (const auto text = as_string(field.value); !text.empty()) {
      const bool known = intel::hash_type_of_length(text.size()).has_value() && !icontains(field.key, "sha3");
      known ? value(text, TypeHint::hash) : other(text);
    }
}

void StixKeys::pattern(std::string_view text, std::string& first) {
  const auto pattern = parse_stix_pattern(text);
  if (!pattern) return;
  for (const auto& f : lower_stix_pattern(*pattern).found) {
    if (first.empty()) first = f.value;
    value(f.value, f.hint);
  }
  for (const auto& c : pattern->comparisons) {
    if (!is_equality(c)) continue;
    const auto key = last_key(c.path);
    const bool file = c.path.type == "file" || c.path.type == "directory";
    const bool main =
        hint_of_object(c.path.type) == TypeHint::any && !file &&
        std::any_of(std::begin(key_properties), std::end(key_properties), [&](const auto& m) { return m.type == c.path.type && m.property == key; });
    if (!main && !(file && (key == "name" || key == "path"))) continue;
    for (const auto& literal : c.values) {
      if (first.empty()) first = literal.text;
      if (file && key == "name") file_name(literal.text);
      else other(literal.text);
    }
  }
}

std::string StixKeys::observable(std::string_view type, JsonObject o) {
  if (const auto hint = hint_of_object(type); hint != TypeHint::any) {
    const auto text = string_member(o, "value");
    value(text, hint);
    return std::string(text);
  }
  std::string main;
  if (type == "file") {
    main = string_member(o, "name");
    file_name(main);
  }
  for (const auto& m : key_properties) {
    if (m.type != type) continue;
    const auto e = member(o, m.property);
    std::string text = e ? scalar_text(*e) : std::string();
    if (text.empty()) continue;
    if (type == "autonomous-system") text.insert(0, "AS");
    type == "software" ? name(text) : type == "artifact" ? value(text, TypeHint::url) : other(text);
    if (main.empty()) main = std::move(text);
  }
  if (const auto list = object_member(o, "hashes")) {
    hashes(*list);
    if (main.empty())
      for (const auto field : *list)
        if (main.empty()) main = as_string(field.value);
  }
  return main;
}

void StixKeys::finish() {
  std::sort(out_.begin(), out_.end());
  out_.erase(std::unique(out_.begin(), out_.end()), out_.end());
}

}  // namespace mozu::formats
