// Formats that write names beside values: CEF, LEEF, key=value.
#include <algorithm>
#include <array>

#include "event_formats.hpp"
#include "mozu/base/text.hpp"

namespace mozu::match::detail {
namespace {

constexpr std::size_t cef_key_bytes_max = 64;
constexpr std::size_t key_bytes_max = 40;  // what is longer is base64 with its padding, not a name

bool is_key_byte(char ch) {
  const auto c = static_cast<unsigned char>(ch);
  return is_alnum(c) || c == '_' || c == '-' || c == '.' || c == '@' || c == '%';
}

/// Ends of the next `count` parts that '|' closes, backslash escapes; returns where the rest begins, or npos.
template <std::size_t count>
std::size_t pipe_parts(std::string_view line, std::size_t begin, std::array<std::size_t, count>& ends) {
  std::size_t at = begin;
  for (auto& end : ends) {
    while (at < line.size() && line[at] != '|') at += line[at] == '\\' ? 2 : 1;
    if (at >= line.size()) return std::string_view::npos;
    end = at++;
  }
  return at;
}

/// Where the key that ends at '=' begins, or npos: it must follow a blank (or stand first).
std::size_t cef_key_begin(std::string_view line, std::size_t least, std::size_t equals) {
  std::size_t key = equals;
  while (key > least && equals - key < cef_key_bytes_max && (is_key_byte(line[key - 1]) || line[key - 1] == '[' || line[key - 1] == ']')) --key;
  if (key == equals || (key > least && line[key - 1] != ' ' && line[key - 1] != '\t')) return std::string_view::npos;
  return key;
}

std::size_t trim_end(std::string_view line, std::size_t begin, std::size_t end) {
  while (end > begin && (line[end - 1] == ' ' || line[end - 1] == '\t')) --end;
  return end;
}

/// Values may hold blanks: one ends where the next key begins. Every '=' in a value should be escaped, but that is often forgotten:
/// then the text before it counts as a key only if it could be one.
void walk_cef_extension(std::string_view line, std::size_t begin, FieldSink& sink) {
  std::string_view name;
  std::size_t value_begin = begin, least = begin;
  for (std::size_t equals = line.find('=', begin); equals != std::string_view::npos; equals = line.find('=', equals + 1)) {
    if (equals > begin && line[equals - 1] == '\\') continue;
    const std::size_t key = cef_key_begin(line, least, equals);
    if (key == std::string_view::npos) continue;
    if (!name.empty()) sink.value(name, value_begin, trim_end(line, value_begin, std::max(value_begin, key)), Encoding::backslash);
    name = line.substr(key, equals - key);
    value_begin = least = equals + 1;
  }
  if (!name.empty()) sink.value(name, value_begin, trim_end(line, value_begin, line.size()), Encoding::backslash);
}

constexpr std::array<std::string_view, 6> cef_names{"deviceVendor", "deviceProduct", "deviceVersion", "signatureId", "name", "severity"};

struct LeefDelimiter {
  char c = '\t';
  std::size_t rest = 0;
};

/// LEEF 2.0 names its delimiter: one character, or "x5E" / "0x5E"; empty = tab.
LeefDelimiter leef_delimiter(std::string_view line, std::size_t at) {
  const std::size_t bar = line.find('|', at);
  if (bar == std::string_view::npos || bar - at > 4) return {'\t', at};
  std::string_view text = line.substr(at, bar - at);
  LeefDelimiter d{'\t', bar + 1};
  if (text.size() == 1) d.c = text[0];
  if (text.starts_with('0')) text.remove_prefix(1);
  if (text.size() == 3 && (text[0] == 'x' || text[0] == 'X')) {
    if (const int byte = hex_number(text.substr(1), 2); byte >= 0) d.c = static_cast<char>(byte);
  }
  return d;
}

constexpr bool opens_pair(char c) { return c == ' ' || c == '\t' || c == ',' || c == ';' || c == '|' || c == '(' || c == '[' || c == '{'; }

/// A ',' or ';' ends a value only if a new pair follows it directly: values hold commas, pairs are often parted by nothing else.
bool pair_follows(std::string_view line, std::size_t at, std::size_t end) {
  const std::size_t begin = at;
  while (at < end && at - begin < key_bytes_max && is_key_byte(line[at])) ++at;
  return at > begin && at < end && line[at] == '=';
}

struct ValueRange {
  std::size_t begin, end, next;
};

ValueRange read_value(std::string_view line, std::size_t at, std::size_t end, char opener) {
  if (at + 1 < end && line[at] == '\\' && line[at + 1] == '"') ++at;  // inside JSON
  if (at < end && (line[at] == '"' || line[at] == '\'')) {
    const char quote = line[at];
    for (std::size_t i = at + 1; i < end; ++i) {
      if (line[i] == '\\') ++i;
      else if (line[i] == quote) return {at + 1, i, i + 1};
    }
    if (quote == '"') return {at + 1, end, end};
  }
  const char closer = opener == '(' ? ')' : opener == '[' ? ']' : opener == '{' ? '}' : '\0';
  std::size_t i = at;
  for (; i < end; ++i) {
    const char c = line[i];
    if (c == ' ' || c == '\t' || c == '|' || (closer != '\0' && c == closer)) break;
    if ((c == ',' || c == ';') && (i + 1 == end || line[i + 1] == ' ' || pair_follows(line, i + 1, end))) break;
  }
  return {at, i, i};
}

}  // namespace

bool is_cef(std::string_view s) { return s.size() > 6 && s.starts_with("CEF:") && is_digit(static_cast<unsigned char>(s[4])); }
bool is_leef(std::string_view s) { return s.size() > 8 && s.starts_with("LEEF:") && (s[5] == '1' || s[5] == '2'); }

void walk_cef(std::string_view line, std::size_t begin, FieldSink& sink) {
  std::array<std::size_t, 7> ends{};
  const std::size_t extension = pipe_parts(line, begin, ends);
  if (extension == std::string_view::npos) return;
  for (std::size_t i = 0; i < cef_names.size(); ++i) sink.background(cef_names[i], ends[i] + 1, ends[i + 1]);
  walk_cef_extension(line, extension, sink);
}

void walk_leef(std::string_view line, std::size_t begin, FieldSink& sink) {
  static constexpr std::array<std::string_view, 4> names{"deviceVendor", "deviceProduct", "deviceVersion", "eventId"};
  std::array<std::size_t, 5> ends{};
  std::size_t at = pipe_parts(line, begin, ends);
  if (at == std::string_view::npos) return;
  for (std::size_t i = 0; i < names.size(); ++i) sink.background(names[i], ends[i] + 1, ends[i + 1]);
  LeefDelimiter d{'\t', at};
  if (line[begin + 5] == '2') d = leef_delimiter(line, at);
  at = d.rest;
  // Some senders write blanks where tabs should be; then the pairs are found as in CEF.
  if (line.find(d.c, at) == std::string_view::npos && std::ranges::count(line.substr(at), '=') > 1) return walk_cef_extension(line, at, sink);
  while (at < line.size()) {
    const std::size_t stop = std::min(line.find(d.c, at), line.size());
    const std::size_t equals = line.substr(0, stop).find('=', at);
    if (equals != std::string_view::npos) sink.value(line.substr(at, equals - at), equals + 1, trim_end(line, equals + 1, stop), Encoding::raw);
    at = stop + 1;
  }
}

std::size_t walk_key_values(std::string_view line, std::size_t begin, std::size_t end, FieldSink& sink) {
  std::size_t pairs = 0, at = begin;
  const std::string_view text = line.substr(0, end);
  while (at < end) {
    const std::size_t equals = text.find('=', at);
    if (equals == std::string_view::npos) break;
    std::size_t key = equals;
    while (key > at && equals - key < key_bytes_max && is_key_byte(line[key - 1])) --key;
    const bool bounded = key == begin || opens_pair(line[key - 1]);
    if (key == equals || !bounded) {
      at = equals + 1;
      continue;
    }
    const ValueRange v = read_value(line, equals + 1, end, key == begin ? ' ' : line[key - 1]);
    std::size_t value_begin = v.begin, value_end = v.end;
    if (line.substr(value_begin, value_end - value_begin).starts_with("audit(") && value_end > value_begin + 6) {
      // auditd: msg=audit(1684329817.579:2995):
      const std::size_t close = std::min(line.find(':', value_begin), value_end);
      if (const auto t = scan_epoch(line.substr(value_begin + 6, close - value_begin - 6))) {
        sink.time(t->time, 5, line.substr(key, equals - key), value_begin, value_end);
        value_begin = value_end;
      }
    }
    sink.value(line.substr(key, equals - key), value_begin, value_end,
               line[equals + 1 < end ? equals + 1 : equals] == '"' ? Encoding::backslash : Encoding::raw);
    ++pairs;
    at = std::max(v.next, equals + 1);
  }
  return pairs;
}

}  // namespace mozu::match::detail
