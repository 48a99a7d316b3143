#include "json_access.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "mozu/base/text.hpp"
#include "mozu/base/utf8.hpp"

namespace mozu::formats {
namespace {

/// Invalid UTF-8 → U+FFFD; control characters inside strings → blank.
std::string repair(std::string_view s) {
  std::string out;
  out.reserve(s.size() + simdjson::SIMDJSON_PADDING);
  bool in_string = false;
  for (std::size_t i = 0; i < s.size();) {
    const auto c = static_cast<unsigned char>(s[i]);
    if (c < 0x80) {
      if (in_string && c == '\\' && i + 1 < s.size() && static_cast<unsigned char>(s[i + 1]) < 0x80) {
        out.append(s, i, 2);
        i += 2;
        continue;
      }
      if (c == '"') in_string = !in_string;
      out += in_string && c < 0x20 ? ' ' : static_cast<char>(c);
      ++i;
      continue;
    }
    const std::size_t n = utf8_length(s.data() + i, s.data() + s.size());
    if (n == 0) {
      out += "\xEF\xBF\xBD";
      ++i;
    } else {
      out.append(s, i, n);
      i += n;
    }
  }
  return out;
}

/// Length of the JSON number (RFC 8259 §6) that `s` begins with; 0: none.
std::size_t number_length(std::string_view s) {
  std::size_t i = s.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t from = i;
    while (i < s.size() && is_digit(static_cast<unsigned char>(s[i]))) ++i;
    return i - from;
  };
  if (i < s.size() && s[i] == '0') ++i;
  else if (digits() == 0) return 0;
  if (i < s.size() && s[i] == '.') {
    ++i;
    if (digits() == 0) return 0;
  }
  if (i < s.size() && (s[i] == 'e' || s[i] == 'E')) {
    ++i;
    if (i < s.size() && (s[i] == '+' || s[i] == '-')) ++i;
    if (digits() == 0) return 0;
  }
  return i;
}

/// Numbers that may be beyond 64 bit or a double (serial numbers of certificates) → strings with the same text. What is no
/// number stays as it is, for the parser to refuse.
std::string quote_numbers(std::string_view s) {
  constexpr std::size_t safe_digits = 17;
  std::string out;
  out.reserve(s.size() + s.size() / 8 + simdjson::SIMDJSON_PADDING);
  bool in_string = false;
  for (std::size_t i = 0; i < s.size();) {
    const char c = s[i];
    if (in_string || (c != '-' && !is_digit(static_cast<unsigned char>(c)))) {
      if (c == '"') in_string = !in_string;
      const std::size_t n = in_string && c == '\\' && i + 1 < s.size() ? 2 : 1;
      out.append(s, i, n);
      i += n;
      continue;
    }
    const std::size_t end = std::min(s.size(), s.find_first_of(" \t\r\n,:]}", i));
    const auto token = s.substr(i, end - i);
    const bool quoted = number_length(token) == token.size() && (token.size() > safe_digits || token.find_first_of("eE") != std::string_view::npos);
    if (quoted) out += '"';
    out += token;
    if (quoted) out += '"';
    i = end;
  }
  return out;
}

}  // namespace

Result<JsonElement> JsonParser::parse(std::string_view text, bool padded) {
  repaired_ = false;
  text_ = text;
  JsonElement root;
  auto error = parser_.parse(text.data(), text.size(), !padded).get(root);
  if (error == simdjson::UTF8_ERROR || error == simdjson::UNESCAPED_CHARS) {
    repaired_text_ = repair(text);
    text_ = repaired_text_;
    repaired_ = true;
    error = parser_.parse(repaired_text_.data(), repaired_text_.size(), true).get(root);
  }
  if (error == simdjson::NUMBER_ERROR) {
    repaired_text_ = quote_numbers(repaired_ ? std::string_view(repaired_text_) : text);
    text_ = repaired_text_;
    error = parser_.parse(repaired_text_.data(), repaired_text_.size(), true).get(root);
  }
  if (error != simdjson::SUCCESS) return fail("json-invalid", fmt::format("not valid JSON: {}", simdjson::error_message(error)));
  return root;
}

std::optional<bool> as_bool(JsonElement e) {
  bool b = false;
  if (e.get(b) == simdjson::SUCCESS) return b;
  std::string_view s;
  if (e.get(s) == simdjson::SUCCESS) {
    if (s == "1" || iequals(s, "true")) return true;
    if (s == "0" || iequals(s, "false")) return false;
    return std::nullopt;
  }
  std::int64_t n = 0;
  if (e.get(n) == simdjson::SUCCESS) return n != 0;
  return std::nullopt;
}

std::string scalar_text(JsonElement e) {
  switch (e.type()) {
    case simdjson::dom::element_type::STRING: return std::string(as_string(e));
    case simdjson::dom::element_type::INT64: return fmt::format("{}", std::int64_t(e));
    case simdjson::dom::element_type::UINT64: return fmt::format("{}", std::uint64_t(e));
    case simdjson::dom::element_type::DOUBLE: return fmt::format("{}", double(e));
    case simdjson::dom::element_type::BOOL: return bool(e) ? "true" : "false";
    default: return {};
  }
}

std::optional<Timestamp> as_time(JsonElement e) {
  const std::string s = scalar_text(e);
  if (s.empty() || s == "0") return std::nullopt;
  return parse_time_any(s);
}

std::optional<std::uint64_t> as_uint(JsonElement e) {
  std::uint64_t n = 0;
  if (e.get(n) == simdjson::SUCCESS) return n;
  return to_uint(as_string(e));
}

}  // namespace mozu::formats
