// Undoing the ways in which people make indicators unclickable.
#include <algorithm>
#include <array>
#include <utility>

#include "mozu/base/text.hpp"
#include "pattern_parts.hpp"

namespace mozu::intel {
namespace {

constexpr auto plain_bytes = [] {
  std::array<bool, 256> t{};
  for (unsigned c = 0; c < 256; ++c) t[c] = is_alnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
  return t;
}();

// White space, quotes and marks that hang on to copied text and are never part of a value's edge.
constexpr std::array<std::string_view, 10> edge_marks = {
    "\xC2\xA0", "\xE2\x80\x8B", "\xEF\xBB\xBF", "\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x98", "\xE2\x80\x99", "\"", "'", "`"};

bool strip_edge_marks(std::string_view& s) {
  const std::size_t before = s.size();
  s = trim(s);
  for (const auto mark : edge_marks) {
    if (s.starts_with(mark)) s.remove_prefix(mark.size());
    if (s.ends_with(mark)) s.remove_suffix(mark.size());
  }
  return s.size() != before;
}

char closer_of(char c) { return c == '(' ? ')' : c == '[' ? ']' : c == '{' ? '}' : c == '<' ? '>' : '\0'; }
char opener_of(char c) { return c == ')' ? '(' : c == ']' ? '[' : c == '}' ? '{' : c == '>' ? '<' : '\0'; }

// The whole text in one pair of brackets (and not "[.]evil[.]")?
bool strip_brackets_around(std::string_view& s) {
  const char close = s.size() < 2 ? '\0' : closer_of(s.front());
  if (close == '\0' || s.back() != close) return false;
  std::size_t depth = 0;
  for (std::size_t i = 0; i + 1 < s.size(); ++i) {
    depth += s[i] == s.front();
    depth -= s[i] == close;
    if (depth == 0) return false;
  }
  if (depth != 1) return false;
  s = s.substr(1, s.size() - 2);
  return true;
}

bool has_path(std::string_view s) { return s.find_first_of("/?", scheme_bytes(s)) != s.npos; }

bool strip_sentence_end(std::string_view& s) {
  const std::size_t before = s.size();
  if (!s.empty() && std::string_view(".,;").find(s.back()) != std::string_view::npos && !has_path(s)) s = s.substr(0, s.find_last_not_of(".,;") + 1);
  return s.size() != before;
}

std::string_view strip_around(std::string_view s) {
  for (int layers = 0; layers < 8; ++layers) {
    const bool marks = strip_edge_marks(s), end = strip_sentence_end(s);
    if (!marks && !end && !strip_brackets_around(s)) break;
  }
  return s;
}

// What a bracketed group stands for, or empty.
std::string_view meaning(std::string_view group) {
  static constexpr std::pair<std::string_view, std::string_view> table[] = {{".", "."},   {"dot", "."}, {":", ":"}, {"://", "://"}, {":/", ":/"},
                                                                            {"//", "//"}, {"/", "/"},   {"@", "@"}, {"at", "@"}};
  group = trim(group);
  for (const auto& [text, stands_for] : table)
    if (iequals(group, text)) return stands_for;
  return {};
}

// "[.com]", "[evil.]": brackets around a dot and its label
bool is_dot_with_label(std::string_view group) {
  if (group.size() < 2 || (group.front() != '.' && group.back() != '.')) return false;
  return is_plain_token(group);
}

constexpr std::size_t group_bytes_max = 64;

// A closing bracket was read: resolve the group that ends `out`, if it is a defanged one. true: the bracket is used up.
bool close_group(std::string& out, char close, bool& skip_spaces) {
  const std::size_t window = out.size() > group_bytes_max ? out.size() - group_bytes_max : 0;
  const std::size_t found = std::string_view(out).substr(window).rfind(opener_of(close));
  if (found == out.npos) return close == ']' && out.ends_with('.');  // "evil.]example"
  const std::size_t open = window + found;
  const std::string_view group = std::string_view(out).substr(open + 1);
  if (const std::string_view stands_for = meaning(group); !stands_for.empty()) {
    out.resize(open);
    if (stands_for == "." || stands_for == "@") {
      while (!out.empty() && out.back() == ' ') out.pop_back();
      skip_spaces = true;
    }
    out += stands_for;
    return true;
  }
  if (close != ']' || !is_dot_with_label(group)) return false;
  out.erase(open, 1);
  return true;
}

std::string undo_groups(std::string_view s) {
  std::string out;
  out.reserve(s.size());
  bool skip_spaces = false;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const char c = s[i];
    if (skip_spaces && c == ' ') continue;
    skip_spaces = false;
    if (c == '\\' && i + 1 < s.size() && s[i + 1] == '.') continue;
    if (opener_of(c) != '\0' && close_group(out, c, skip_spaces)) continue;
    out.push_back(c);
  }
  std::size_t kept = out.size();  // from the right, so that "[[." goes as well: "evil[.example"
  for (std::size_t i = out.size(); i-- > 0;)
    if (out[i] != '[' || kept == out.size() || out[kept] != '.') out[--kept] = out[i];
  out.erase(0, kept);
  return out;
}

// The scheme that a defanged one stands for, or empty.
std::string_view true_scheme(std::string_view s) {
  const bool secure = s.size() > 3 && mozu::fold(s.back()) == 's';
  const std::string_view stem = secure ? s.substr(0, s.size() - 1) : s;
  if (iequals(stem, "meow")) return secure ? "https" : "http";
  if (iequals(stem, "ftp") || iequals(stem, "fxp")) return secure ? "ftps" : "ftp";
  if (stem.size() < 3 || stem.size() > 6 || mozu::fold(stem.front()) != 'h' || mozu::fold(stem.back()) != 'p') return {};
  for (const char c : stem.substr(1, stem.size() - 2))
    if (std::string_view("txTX*").find(c) == std::string_view::npos) return {};
  return secure ? "https" : "http";
}

// "hxxp://", "http:\\", "http:/", "hxxp//" → "http://"; other schemes and spellings are left alone
std::string repair_scheme(std::string s) {
  std::size_t end = 0;
  while (end < s.size() && end < 8 && (is_alpha(static_cast<unsigned char>(s[end])) || s[end] == '*')) ++end;
  const std::string_view scheme = true_scheme(std::string_view(s).substr(0, end));
  if (scheme.empty()) return s;
  std::size_t slashes = end;
  const bool colon = slashes < s.size() && s[slashes] == ':';
  if (colon) ++slashes;
  std::size_t host = slashes;
  while (host < s.size() && (s[host] == '/' || s[host] == '\\')) ++host;
  if (colon ? host == slashes : s.compare(end, 2, "//") != 0) return s;
  return std::string(scheme).append("://").append(s, host);
}

}  // namespace

bool is_plain_token(std::string_view s) {
  for (const char c : s)
    if (!plain_bytes[static_cast<unsigned char>(c)]) return false;
  return !s.empty();
}

std::size_t scheme_bytes(std::string_view s) {
  std::size_t end = 0;
  while (end < s.size() && (is_alnum(static_cast<unsigned char>(s[end])) || std::string_view("+-.*").find(s[end]) != std::string_view::npos)) ++end;
  const bool begins_well = end > 0 && (is_alpha(static_cast<unsigned char>(s[0])) || s[0] == '*');
  return begins_well && s.substr(end, 3) == "://" ? end + 3 : 0;
}

std::string refang(std::string_view text) {
  // One round does nearly every text and a second finds nothing more to do; others are needed where undoing one trick lays
  // bare another. What has not settled after a few is no indicator but an attack on this loop, and is given back as it came.
  std::string now(text);
  for (int round = 0; round < 8; ++round) {
    std::string next = repair_scheme(undo_groups(strip_around(now)));
    if (next == now) return now;
    now = std::move(next);
  }
  return std::string(text);
}

}  // namespace mozu::intel
