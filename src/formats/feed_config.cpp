// [[feed]] tables in TOML → FeedSettings. The only file of the room that sees toml++.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <fmt/core.h>
#include <filesystem>

#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "mozu/formats/feed.hpp"

namespace mozu::formats {
namespace {

constexpr std::uint64_t config_bytes_max = 16 << 20;
constexpr std::string_view allowed_keys =
    "name, source, paths, format, confidence, labels, categories, tlp, lifetime, exact_only, allow_broad, all_attributes, suppression, "
    "type, delimiter, mapping";

/// Where a value stands, for messages.
struct SettingPlace {
  const std::string& file;
  const toml::node& node;
  std::string_view key;
};

std::unexpected<Diagnostic> bad(const SettingPlace& p, std::string what, std::string hint) {
  Diagnostic d{Severity::error, "feed-config", fmt::format("\"{}\" {}", printable(p.key, 60), what), {p.file, p.node.source().begin.line, {}}, std::move(hint)};
  return std::unexpected(std::move(d));
}

Result<std::string> text_setting(const SettingPlace& p) {
  if (auto v = p.node.value_exact<std::string>()) return *v;
  return bad(p, "must be a text", fmt::format("write {} = \"…\"", p.key));
}

Result<bool> bool_setting(const SettingPlace& p) {
  if (auto v = p.node.value_exact<bool>()) return *v;
  return bad(p, "must be true or false", fmt::format("write {} = true", p.key));
}

Result<std::vector<std::string>> texts_setting(const SettingPlace& p) {
  std::vector<std::string> out;
  if (auto one = p.node.value_exact<std::string>()) return std::vector{*one};
  const toml::array* list = p.node.as_array();
  if (list == nullptr) return bad(p, "must be a list of texts", fmt::format("write {} = [\"…\", \"…\"]", p.key));
  for (const auto& item : *list) {
    auto text = item.value_exact<std::string>();
    if (!text) return bad(p, "must be a list of texts", fmt::format("write {} = [\"…\", \"…\"]", p.key));
    out.push_back(*text);
  }
  return out;
}

/// "90s", "15m", "12h", "30d", "8w" → milliseconds.
std::optional<std::int64_t> parse_duration_ms(std::string_view s) {
  s = trim(s);
  if (s.size() < 2) return std::nullopt;
  std::int64_t unit_ms = 0;
  switch (s.back()) {
    case 's': unit_ms = 1000; break;
    case 'm': unit_ms = 60'000; break;
    case 'h': unit_ms = 3'600'000; break;
    case 'd': unit_ms = 86'400'000; break;
    case 'w': unit_ms = 604'800'000; break;
    default: return std::nullopt;
  }
  const auto n = to_uint(trim(s.substr(0, s.size() - 1)));
  constexpr std::uint64_t century_weeks = 5300;
  if (!n || *n == 0 || *n > century_weeks * 604'800'000ULL / static_cast<std::uint64_t>(unit_ms)) return std::nullopt;
  return static_cast<std::int64_t>(*n) * unit_ms;
}

std::optional<intel::TypeHint> parse_type(std::string_view s) {
  using enum intel::TypeHint;
  constexpr std::pair<std::string_view, intel::TypeHint> names[] = {{"any", any},           {"ip", ip},       {"domain", domain}, {"url", url},
                                                                    {"url-mask", url_mask}, {"email", email}, {"hash", hash}};
  for (const auto& [text, type] : names) {
    if (text == s) return type;
  }
  return std::nullopt;
}

std::optional<char> parse_delimiter(std::string_view s) {
  if (s == "tab" || s == "\\t") return '\t';
  if (s.size() != 1 || s[0] == '"' || s[0] == '\n' || s[0] == '\r' || static_cast<unsigned char>(s[0]) >= 0x80) return std::nullopt;
  return s[0];
}

Status set_mapping(FeedSettings& f, const SettingPlace& p) {
  const toml::table* table = p.node.as_table();
  if (table == nullptr) return bad(p, "must be a table", "write [feed.mapping] and below it role = \"column\"");
  for (const auto& [role, node] : *table) {
    const SettingPlace inner{p.file, node, role.str()};
    if (auto number = node.value_exact<std::int64_t>()) {
      if (*number < 1 || *number > 10'000) return bad(inner, "must be a column number from 1", "the first column is 1");
      f.mapping.insert_or_assign(std::string(role.str()), std::to_string(*number));
    } else {
      MOZU_LET(std::string column, text_setting(inner));
      f.mapping.insert_or_assign(std::string(role.str()), std::move(column));
    }
  }
  return {};
}

Status set_confidence(FeedSettings& f, const SettingPlace& p) {
  const auto n = p.node.value_exact<std::int64_t>();
  if (!n || *n < 1 || *n > 100) return bad(p, "must be a whole number from 1 to 100", "write confidence = 80");
  f.info.confidence = static_cast<std::uint8_t>(*n);
  return {};
}

/// A text that must be one of a few words.
template <class T, class Parse>
Status set_word(T& target, const SettingPlace& p, Parse parse, std::string_view allowed) {
  MOZU_LET(const std::string text, text_setting(p));
  const auto value = parse(text);
  if (!value) return bad(p, fmt::format("cannot be \"{}\"", printable(text, 60)), fmt::format("allowed: {}", allowed));
  target = *value;
  return {};
}

template <class T>
Status assign(T& target, Result<T> value) {
  if (!value) return std::unexpected(std::move(value).error());
  target = std::move(*value);
  return {};
}

Status set_key(FeedSettings& f, const SettingPlace& p) {
  const std::string_view key = p.key;
  if (key == "name") return assign(f.info.name, text_setting(p));
  if (key == "source") return assign(f.info.source, text_setting(p));
  if (key == "paths") return assign(f.paths, texts_setting(p));
  if (key == "format") return assign(f.format, text_setting(p));
  if (key == "confidence") return set_confidence(f, p);
  if (key == "labels") return assign(f.info.labels, texts_setting(p));
  if (key == "categories") return assign(f.info.categories, texts_setting(p));
  if (key == "tlp") return set_word(f.info.tlp, p, intel::parse_tlp, "clear, green, amber, amber+strict, red");
  if (key == "lifetime") return set_word(f.lifetime_ms, p, parse_duration_ms, "a number and s, m, h, d or w, as in \"30d\"");
  if (key == "exact_only") return assign(f.exact_only, bool_setting(p));
  if (key == "allow_broad") return assign(f.allow_broad, bool_setting(p));
  if (key == "all_attributes") return assign(f.all_attributes, bool_setting(p));
  if (key == "suppression") return assign(f.suppression, bool_setting(p));
  if (key == "type") return set_word(f.type, p, parse_type, "any, ip, domain, url, url-mask, email, hash");
  if (key == "delimiter") return set_word(f.delimiter, p, parse_delimiter, "one ASCII character, or \"tab\"");
  if (key == "mapping") return set_mapping(f, p);
  return bad(p, "is no setting of a feed", fmt::format("allowed: {}", allowed_keys));
}

Status check_format(const FeedSettings& f, const toml::table& table, const std::string& file) {
  if (f.format.empty()) return {};
  std::string names;
  for (const auto& [name, description] : feed_formats()) {
    if (name == f.format) return {};
    names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
  }
  return bad({file, *table.get("format"), "format"}, fmt::format("cannot be \"{}\"", printable(f.format, 60)), "allowed: " + names);
}

Result<FeedSettings> read_table(const toml::table& table, const std::string& file, const std::string& folder) {
  FeedSettings f;
  for (const auto& [key, node] : table) MOZU_TRY(set_key(f, {file, node, key.str()}));
  if (trim(f.info.name).empty()) return bad({file, table, "name"}, "is missing or empty", "every [[feed]] needs a name of its own");
  if (f.paths.empty()) return bad({file, table, "paths"}, "is missing or empty", "write paths = [\"file.csv\"]");
  MOZU_TRY(check_format(f, table, file));
  for (auto& path : f.paths) {
    if (!folder.empty() && path != "-" && std::filesystem::path(path).is_relative()) path = (std::filesystem::path(folder) / path).string();
  }
  return f;
}

}  // namespace

Result<std::vector<FeedSettings>> parse_feed_config(std::string_view text, const std::string& name, const std::string& folder) {
  if (const auto line = toml_line_too_deep(text))
    return fail(Diagnostic{
        Severity::error, "feed-config", "a key has too many parts", {name, line, {}}, "keys here have one or two parts, e.g. name or mapping.value"});
  toml::parse_result parsed = toml::parse(text, name);
  if (!parsed) {
    const auto& error = parsed.error();
    return fail(
        Diagnostic{Severity::error, "feed-config", printable(error.description()), {name, error.source().begin.line, {}}, "the file must be valid TOML 1.0"});
  }
  const toml::table& root = parsed.table();
  for (const auto& [key, node] : root) {
    if (key.str() != "feed") return bad({name, node, key.str()}, "is not known here", "allowed: [[feed]] tables");
  }
  const toml::node* feeds = root.get("feed");
  if (feeds == nullptr)
    return fail(Diagnostic{Severity::error, "feed-config", "there is no [[feed]] table", {name, 0, {}}, "write [[feed]] and below it name and paths"});
  const toml::array* list = feeds->as_array();
  if (list == nullptr) return bad({name, *feeds, "feed"}, "must be an array of tables", "write [[feed]] with two brackets");
  std::vector<FeedSettings> out;
  for (const auto& item : *list) {
    const toml::table* table = item.as_table();
    if (table == nullptr) return bad({name, item, "feed"}, "must be an array of tables", "write [[feed]] with two brackets");
    MOZU_LET(FeedSettings feed, read_table(*table, name, folder));
    for (const auto& other : out) {
      if (other.info.name == feed.info.name)
        return bad({name, *table->get("name"), "name"}, fmt::format("\"{}\" is used twice", printable(feed.info.name, 60)),
                   "every [[feed]] needs a name of its own");
    }
    out.push_back(std::move(feed));
  }
  return out;
}

Result<std::vector<FeedSettings>> read_feed_config(const std::string& path) {
  MOZU_LET(const std::string text, read_file(path, config_bytes_max));
  return parse_feed_config(text, path, std::filesystem::path(path).parent_path().string());
}

}  // namespace mozu::formats
