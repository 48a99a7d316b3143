#include "cursor.hpp"

#include <charconv>

#include "mozu/base/text.hpp"

namespace mozu::store {
namespace {

constexpr int base = 36;
constexpr std::size_t cursor_bytes_max = 256;

}  // namespace

Cursor make_cursor(char kind, std::span<const std::int64_t> numbers) {
  Cursor out(1, kind);
  char buffer[24];
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0) out += '.';
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, numbers[i], base);
    out.append(buffer, end.ptr);
  }
  return out;
}

Result<std::optional<std::vector<std::int64_t>>> read_cursor(char kind, std::size_t count, std::string_view cursor) {
  if (cursor.empty()) return std::nullopt;
  const auto invalid = [] {
    return fail("cursor-invalid", "this is no cursor of this list", "use `next` of the page before as it is, with the same question");
  };
  if (cursor.size() > cursor_bytes_max || cursor[0] != kind) return invalid();
  std::vector<std::int64_t> out;
  for (const auto part : split(cursor.substr(1), '.')) {
    std::int64_t value = 0;
    const auto end = std::from_chars(part.data(), part.data() + part.size(), value, base);
    if (end.ec != std::errc() || end.ptr != part.data() + part.size()) return invalid();
    out.push_back(value);
  }
  if (out.size() != count) return invalid();
  return out;
}

}  // namespace mozu::store
