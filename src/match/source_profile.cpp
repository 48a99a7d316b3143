// Source profiles from TOML; the schema is documented in docs/source-profiles.md.
#include <fmt/core.h>

#include <cstdlib>
#include <limits>
// As in every other file that includes it: with other settings here and there the inline functions would differ (ODR).
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "mozu/match/event.hpp"

namespace mozu::match {
namespace {

constexpr std::uint64_t profile_bytes_max = 1 << 20;

Diagnostic at_node(const toml::node& node, std::string code, std::string message, std::string hint) {
  Diagnostic d{Severity::error, std::move(code), std::move(message), {}, std::move(hint)};
  d.where.line = node.source().begin.line;
  return d;
}

Status wrong_type(const toml::node& node, std::string_view key, std::string_view wanted) {
  return fail(
      at_node(node, "profile-value", fmt::format("\"{}\" must be {}", printable(key), wanted), "docs/source-profiles.md shows every key with an example"));
}

Status unknown_key(const toml::node& node, std::string_view key, std::string_view known) {
  return fail(at_node(node, "profile-key", fmt::format("unknown key \"{}\"", printable(key)), fmt::format("known keys here: {}", known)));
}

Status read_names(const toml::node& node, std::string_view key, std::vector<std::string>& out) {
  const toml::array* list = node.as_array();
  if (list == nullptr) return wrong_type(node, key, "an array of strings");
  for (const toml::node& item : *list) {
    const auto name = item.value_exact<std::string>();
    if (!name) return wrong_type(item, key, "an array of strings");
    out.push_back(*name);
  }
  return {};
}

Status read_fields(const toml::node& node, SourceProfile& out) {
  const toml::table* table = node.as_table();
  if (table == nullptr) return wrong_type(node, "fields", "a table");
  for (const auto& [key, value] : *table) {
    if (key.str() == "only") {
      MOZU_TRY(read_names(value, key.str(), out.only_fields));
    } else if (key.str() == "ignore") {
      MOZU_TRY(read_names(value, key.str(), out.ignore_fields));
    } else if (key.str() == "rename") {
      const toml::table* names = value.as_table();
      if (names == nullptr) return wrong_type(value, "rename", "a table of strings");
      for (const auto& [from, to] : *names) {
        const auto name = to.value_exact<std::string>();
        if (!name) return wrong_type(to, from.str(), "a string");
        out.rename[std::string(from.str())] = *name;
      }
    } else {
      return unknown_key(value, key.str(), "only, ignore, rename");
    }
  }
  return {};
}

Status read_event(const toml::node& node, SourceProfile& out) {
  const toml::table* table = node.as_table();
  if (table == nullptr) return wrong_type(node, "event", "a table");
  for (const auto& [key, value] : *table) {
    std::string* target = key.str() == "time"          ? &out.time_field
                          : key.str() == "source"      ? &out.source_field
                          : key.str() == "destination" ? &out.destination_field
                          : key.str() == "user"        ? &out.user_field
                                                       : nullptr;
    if (target == nullptr) return unknown_key(value, key.str(), "time, source, destination, user");
    const auto name = value.value_exact<std::string>();
    if (!name) return wrong_type(value, key.str(), "a string");
    *target = *name;
  }
  return {};
}

/// "Z", "+09:00", "-0330"
std::optional<int> zone_minutes(std::string_view s) {
  if (s == "Z" || s == "UTC") return 0;
  if (s.size() < 5 || s.size() > 6 || (s[0] != '+' && s[0] != '-')) return std::nullopt;
  const auto hours = to_uint(s.substr(1, 2));
  const auto minutes = to_uint(s.substr(s.size() - 2));
  if (!hours || !minutes || *hours > 14 || *minutes > 59 || (s.size() == 6 && s[3] != ':')) return std::nullopt;
  return static_cast<int>(*hours * 60 + *minutes) * (s[0] == '-' ? -1 : 1);
}

Status read_time(const toml::node& node, SourceProfile& out) {
  const toml::table* table = node.as_table();
  if (table == nullptr) return wrong_type(node, "time", "a table");
  for (const auto& [key, value] : *table) {
    if (key.str() == "year") {
      const auto year = value.value_exact<std::int64_t>();
      if (!year || *year < 1970 || *year > 9999) return wrong_type(value, "year", "a year from 1970 to 9999");
      out.default_year = static_cast<int>(*year);
    } else if (key.str() == "zone") {
      const auto text = value.value_exact<std::string>();
      const auto minutes = text ? zone_minutes(*text) : std::nullopt;
      if (!minutes) return wrong_type(value, "zone", "\"Z\" or an offset like \"+09:00\"");
      out.offset_minutes = *minutes;
    } else {
      return unknown_key(value, key.str(), "year, zone");
    }
  }
  return {};
}

Status read_profile(const toml::table& root, SourceProfile& out) {
  for (const auto& [key, value] : root) {
    if (key.str() == "fields") MOZU_TRY(read_fields(value, out));
    else if (key.str() == "event") MOZU_TRY(read_event(value, out));
    else if (key.str() == "time") MOZU_TRY(read_time(value, out));
    else return unknown_key(value, key.str(), "[fields], [event], [time]");
  }
  return {};
}

}  // namespace

Result<SourceProfile> parse_source_profile(std::string_view text, const std::string& name) {
  SourceProfile profile;
  if (const auto line = toml_line_too_deep(text))
    return fail(Diagnostic{Severity::error, "source-profile", "a key has too many parts", {name, line, {}}, "keys here have one part"});
  const toml::parse_result parsed = toml::parse(text, name);
  if (!parsed) {
    const toml::parse_error& e = parsed.error();
    return fail(Diagnostic{Severity::error, "profile-syntax", printable(e.description()), {name, e.source().begin.line, {}}, "the file must be TOML 1.0"});
  }
  if (auto status = read_profile(parsed.table(), profile); !status) return fail(std::move(status.error()).at(name));
  return profile;
}

Result<SourceProfile> read_source_profile(const std::string& path) {
  MOZU_LET(const std::string text, read_file(path, profile_bytes_max));
  return parse_source_profile(text, path);
}

}  // namespace mozu::match
