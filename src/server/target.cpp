// What clients write in request lines and cookies.
#include <fmt/core.h>

#include "mozu/base/text.hpp"
#include "mozu/server/http.hpp"

namespace mozu::server {
namespace {

constexpr std::size_t target_bytes_max = std::size_t{8} << 10;
constexpr std::size_t segments_max = 64;
constexpr std::size_t query_fields_max = 256;

std::unexpected<Diagnostic> invalid_target(std::string message) {
  return fail("target-invalid", std::move(message), "write it as RFC 3986 has it, special characters percent-encoded");
}

/// nullopt: a broken encoding, a control character, or no UTF-8.
std::optional<std::string> decode(std::string_view s, bool plus_is_blank) {
  std::string out;
  out.reserve(s.size());
  for (std::size_t i = 0; i < s.size(); ++i) {
    char c = s[i];
    if (c == '%') {
      if (i + 2 >= s.size() || !is_hex(static_cast<unsigned char>(s[i + 1])) || !is_hex(static_cast<unsigned char>(s[i + 2]))) return std::nullopt;
      c = static_cast<char>(hex_value(static_cast<unsigned char>(s[i + 1])) * 16 + hex_value(static_cast<unsigned char>(s[i + 2])));
      i += 2;
      if (c == '\0') return std::nullopt;
    } else if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f) {
      return std::nullopt;
    } else if (c == '+' && plus_is_blank) {
      c = ' ';
    }
    out.push_back(c);
  }
  if (!is_utf8(out)) return std::nullopt;
  return out;
}

}  // namespace

Result<Target> parse_target(std::string_view text) {
  if (text.size() > target_bytes_max) return invalid_target(fmt::format("the request target is longer than {} bytes", target_bytes_max));
  if (!text.starts_with('/')) return invalid_target("the request target is no absolute path");
  Target out;
  const auto question = text.find('?');
  const std::string_view path = text.substr(0, question);
  if (path.find('#') != path.npos) return invalid_target("a fragment is not for the server");
  if (path.size() > 1) {
    const auto parts = split(path.substr(1), '/');
    if (parts.size() > segments_max) return invalid_target(fmt::format("the path has more than {} segments", segments_max));
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (i + 1 == parts.size() && parts[i].empty()) {
        out.trailing_slash = true;
        break;
      }
      auto segment = decode(parts[i], false);
      if (!segment) return invalid_target(fmt::format("segment {} of the path is badly encoded", i + 1));
      out.segments.push_back(std::move(*segment));
    }
  }
  if (question == text.npos) return out;
  for (const std::string_view field : split(text.substr(question + 1), '&')) {
    if (field.empty()) continue;
    if (out.query.size() == query_fields_max) return invalid_target(fmt::format("the query has more than {} fields", query_fields_max));
    const auto equals = field.find('=');
    auto key = decode(field.substr(0, equals), true);
    auto value = equals == field.npos ? std::optional<std::string>("") : decode(field.substr(equals + 1), true);
    if (!key || !value) return invalid_target(fmt::format("field {} of the query is badly encoded", out.query.size() + 1));
    out.query.emplace_back(std::move(*key), std::move(*value));
  }
  return out;
}

std::optional<std::string> cookie(std::string_view header, std::string_view name) {
  std::optional<std::string> found;
  for (const std::string_view pair : split(header, ';')) {
    const auto equals = pair.find('=');
    if (equals == pair.npos || trim(pair.substr(0, equals)) != name) continue;
    const std::string_view value = trim(pair.substr(equals + 1));
    if (found && *found != value) return std::nullopt;
    found = std::string(value);
  }
  return found;
}

std::string percent_encode(std::string_view s) {
  std::string out;
  for (const char c : s) {
    const auto u = static_cast<unsigned char>(c);
    if (is_alnum(u) || c == '-' || c == '.' || c == '_' || c == '~') out.push_back(c);
    else out += fmt::format("%{:02X}", u);
  }
  return out;
}

}  // namespace mozu::server
