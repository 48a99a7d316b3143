#include "json_layout.hpp"

#include <algorithm>

#include "mozu/base/text.hpp"

namespace mozu::live {
namespace {

constexpr std::size_t looked_at_bytes = 65536;

/// Of an array's first line: do its brackets stay open, or does a second object follow the first inside it?
JsonLayout layout_of_array(std::string_view line, bool whole) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted) {
      if (c == '\\') ++i;
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (c == '{' && depth == 1 && i > 1 && trim(line.substr(0, i)).ends_with(',')) return JsonLayout::several;
      ++depth;
    } else if (c == ']' || c == '}') {
      if (--depth == 0) return JsonLayout::line_by_line;
    }
  }
  return whole ? JsonLayout::spread : JsonLayout::line_by_line;
}

}  // namespace

JsonLayout json_layout(std::string_view head) {
  while (!head.empty() && is_space(static_cast<unsigned char>(head.front()))) head.remove_prefix(1);
  if (!head.starts_with('[') && !head.starts_with('{')) return JsonLayout::line_by_line;
  const std::size_t next = head.find_first_not_of(" \t\r\n", 1);
  if (next == std::string_view::npos) return JsonLayout::line_by_line;
  const std::size_t end = head.substr(0, looked_at_bytes).find('\n');
  const std::string_view line = trim(head.substr(0, std::min(end, looked_at_bytes)));
  // A line that begins as JSON and is cut off is a damaged line; an object that goes on below has its brace alone.
  if (head.front() == '{') return line.size() == 1 && head[next] == '"' ? JsonLayout::spread : JsonLayout::line_by_line;
  if (head[next] != '{') return JsonLayout::line_by_line;
  return layout_of_array(line, end != std::string_view::npos);
}

}  // namespace mozu::live
