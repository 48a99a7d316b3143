#include "mozu/lookup/question.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

#include "mozu/base/text.hpp"
#include "mozu/intel/catalogue.hpp"
#include "mozu/intel/host.hpp"

namespace mozu::lookup {
namespace {

using intel::KeyKind;
using intel::PatternKind;
using intel::Relation;

/// Names of files whose ending is a top-level domain, too.
constexpr std::array<std::string_view, 12> doubtful_endings = {"app", "cc", "com", "md", "mov", "pl", "ps", "py", "rs", "sh", "so", "zip"};

std::string_view base_name(std::string_view path) { return path.substr(path.find_last_of("/\\") + 1); }

/// A dot, then one to five letters or digits, at least one of them a letter.
bool is_file_name(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  const auto ending = name.substr(dot + 1);
  constexpr std::size_t ending_max = 5;
  return !ending.empty() && ending.size() <= ending_max && std::ranges::all_of(ending, [](char c) { return is_alnum(static_cast<unsigned char>(c)); }) &&
         std::ranges::any_of(ending, [](char c) { return is_alpha(static_cast<unsigned char>(c)); });
}

void add(Question& q, KeyKind kind, std::string value, Relation relation = Relation::exact) {
  if (!value.empty()) q.keys.push_back({{kind, std::move(value)}, relation});
}

/// The host itself and the domains above it that somebody can own.
void add_host(Question& q, std::string_view host, Relation self, Relation above) {
  if (intel::parse_ipv4(host)) return add(q, KeyKind::ipv4, std::string(host), self);
  if (host.starts_with('[') && host.ends_with(']')) return add(q, KeyKind::ipv6, std::string(host.substr(1, host.size() - 2)), self);
  if (!intel::is_domain_name(host)) return;  // also bounds how many domains can be above it
  add(q, KeyKind::domain, std::string(host), self);
  const auto registrable = intel::registrable_domain(host);
  while (host.size() > registrable.size() && !registrable.empty()) {
    host = host.substr(host.find('.') + 1);
    add(q, KeyKind::domain, std::string(host), above);
  }
}

void add_pattern(Question& q, const intel::Pattern& p) {
  q.type = intel::short_name(p.kind);
  q.value = p.value;
  if (p.kind == PatternKind::domain) {
    add_host(q, p.value, Relation::exact, Relation::subdomain);
    if (intel::registrable_domain(p.value) == p.value) add(q, KeyKind::name, intel::fold_name(p.value));  // actors are called by their sites ("Ransomed.vc")
    if (std::ranges::find(doubtful_endings, p.value.substr(p.value.rfind('.') + 1)) != doubtful_endings.end()) add(q, KeyKind::file_name, p.value);
    return;
  }
  add(q, intel::key_kind(p.kind), p.value);
  if (p.kind == PatternKind::url) {
    std::string_view host = std::string_view(p.value).substr(0, p.value.find('/'));
    if (const auto colon = host.rfind(':'); colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) host = host.substr(0, colon);
    add_host(q, host, Relation::url_host, Relation::url_host);
  } else if (p.kind == PatternKind::email) {
    add_host(q, std::string_view(p.value).substr(p.value.rfind('@') + 1), Relation::email_host, Relation::email_host);
  }
}

void add_name(Question& q, std::string_view text) {
  const auto file = base_name(text);
  q.type = is_file_name(file) ? "file-name" : "name";
  q.value = q.type == "file-name" ? fold(file) : std::string(text);
  if (q.type == "file-name") add(q, KeyKind::file_name, q.value);
  add(q, KeyKind::name, intel::fold_name(text));
  if (q.type == "name" && file.size() == text.size()) add(q, KeyKind::file_name, fold(text));
  add(q, KeyKind::other_value, std::string(text));
}

}  // namespace

Question read_question(std::string_view text) {
  Question q;
  text = trim(text);
  q.asked = text.substr(0, intel::indicator_bytes_max);
  if (text.empty() || text.size() > intel::indicator_bytes_max || !is_utf8(text)) return q;
  if (auto id = intel::read_catalogue_id(text)) {
    q.type = id->type;
    q.value = id->id;
    add(q, KeyKind::external_id, id->id);
    if (q.type == "catalogue-id") add(q, KeyKind::name, intel::fold_name(id->id));  // galaxies write ids among the names
    return q;
  }
  if (auto pattern = intel::read_pattern(text, intel::TypeHint::any, {.allow_broad = true})) {
    // A word without a dot is a name, even where it is a top-level domain ("cloud").
    if (pattern->kind != PatternKind::domain || pattern->value.find('.') != std::string::npos) {
      add_pattern(q, *pattern);
      q.pattern = *std::move(pattern);
      return q;
    }
  }
  add_name(q, text);
  return q;
}

Result<intel::Pattern> pattern_of(std::string_view text) {
  auto question = read_question(text);
  if (!question.pattern) return fail("value-unknown", fmt::format("'{}' is no address, domain, URL, e-mail address or hash", printable(text, 80)));
  return std::move(*question.pattern);
}

}  // namespace mozu::lookup
