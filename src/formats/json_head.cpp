#include "json_head.hpp"

#include "mozu/base/text.hpp"

namespace mozu::formats {
namespace {

constexpr bool ends_scalar(char c) { return c == ',' || c == '}' || c == ']' || c == ':' || is_space(static_cast<unsigned char>(c)); }

/// The string whose opening quote is at `i`: its raw text, `i` behind the closing quote; cut where the text ends.
std::string_view string_at(std::string_view s, std::size_t& i) {
  const std::size_t begin = ++i;
  while (i < s.size() && s[i] != '"') i += s[i] == '\\' ? 2 : 1;
  i = std::min(i, s.size());
  const auto text = s.substr(begin, i - begin);
  if (i < s.size()) ++i;
  return text;
}

}  // namespace

void JsonHead::scan(std::string_view s, int depth_max, std::size_t members_max) {
  *this = {};
  std::vector<char> open;
  std::string_view key;
  bool have_key = false;
  for (std::size_t i = 0; i < s.size();) {
    const char c = s[i];
    if (is_space(static_cast<unsigned char>(c)) || c == ',' || c == ':') {
      ++i;
      continue;
    }
    const int depth = static_cast<int>(open.size());
    if (c == '}' || c == ']') {
      if (!open.empty()) open.pop_back();
      ++i;
      have_key = false;
      if (open.empty()) {
        closed = root != 0;
        after = trim(s.substr(i));
        if (!after.empty() && after.front() == ',') after = trim(after.substr(1));
        return;
      }
      continue;
    }
    if (root == 0) root = c;
    else if (root == '[' && depth == 1 && element == 0) element = c;
    const bool wants_key = depth > 0 && open.back() == '{' && !have_key;
    std::string_view text;
    if (c == '{' || c == '[') {
      if (open.size() >= 64) return;
      open.push_back(c);
      ++i;
    } else if (c == '"') {
      text = string_at(s, i);
    } else {
      const std::size_t begin = i;
      while (i < s.size() && !ends_scalar(s[i])) ++i;
      text = s.substr(begin, i - begin);
    }
    if (wants_key && c == '"') {
      key = text;
      have_key = true;
      continue;
    }
    if (have_key && depth <= depth_max) members.push_back({depth, key, c, text});
    have_key = false;
    if (members.size() >= members_max) return;
    if (open.empty()) return;  // a root scalar
  }
}

const JsonHeadMember* JsonHead::find(std::string_view key, int depth) const {
  for (const auto& m : members)
    if (m.key == key && (depth == 0 || m.depth == depth)) return &m;
  return nullptr;
}

bool is_stix_bundle(JsonHead& head, std::string_view text) {
  head.scan(text, 1, 12);
  const auto* type = head.find("type", 1);
  const auto* objects = head.find("objects", 1);
  if (type != nullptr && type->kind == '"') return type->text == "bundle";
  return objects != nullptr && objects->kind == '[';
}

}  // namespace mozu::formats
