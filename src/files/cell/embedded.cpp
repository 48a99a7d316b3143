// Files in RTF (objects in hexadecimal) and in OneNote sections.
#include <fmt/core.h>

#include "mozu/base/text.hpp"
#include "objects.hpp"
#include "program_parts.hpp"

namespace mozu::files {
namespace {

using namespace std::string_view_literals;

/// Hexadecimal digits of a group, whatever control words, groups and blanks stand between them.
std::string hex_of_group(std::string_view rtf, std::size_t& at, std::uint64_t bytes_max) {
  std::string out;
  int half = -1;
  for (int depth = 0; at < rtf.size() && out.size() < bytes_max; ++at) {
    const char c = rtf[at];
    if (c == '{') ++depth;
    else if (c == '}' && --depth < 0) break;
    else if (c == '\\') {
      if (rtf.substr(at).starts_with("\\bin")) {
        std::size_t end = at + 4;
        std::uint64_t size = 0;
        for (; end < rtf.size() && is_digit(static_cast<unsigned char>(rtf[end])) && size < bytes_max; ++end)
          size = size * 10 + static_cast<unsigned>(rtf[end] - '0');
        end += end < rtf.size() && rtf[end] == ' ';
        const auto raw = rtf.substr(std::min(end, rtf.size()), std::min(size, bytes_max - out.size()));
        out += raw;
        at = end + raw.size() - 1;
        continue;
      }
      while (at + 1 < rtf.size() && (is_alnum(static_cast<unsigned char>(rtf[at + 1])) || rtf[at + 1] == '\'' || rtf[at + 1] == '-')) ++at;
    } else if (const int digit = hex_value(static_cast<unsigned char>(c)); digit >= 0) {
      if (half >= 0) out += static_cast<char>(half << 4 | digit);
      half = half >= 0 ? -1 : digit;
    }
  }
  return out;
}

/// OLE 1.0 (MS-OLEDS 2.2.5): version, format, three names, size, data. The whole, if it is not that.
std::string_view native_data(std::string_view object, std::string& name) {
  const View v = view_of(object);
  if (v.u32(4) != 2) return object;
  std::uint64_t at = 8;
  for (int i = 0; i < 3; ++i) {
    const std::uint64_t size = v.u32(at);
    if (!v.has(at + 4, size)) return object;
    if (i == 0) name = object.substr(at + 4, size == 0 ? 0 : size - 1);
    at += 4 + size;
  }
  if (!v.has(at, 4)) return object;
  return object.substr(at + 4, v.u32(at));
}

}  // namespace

void open_rtf(std::string_view bytes, Nest& nest) {
  constexpr auto mark = "\\objdata"sv;
  std::size_t number = 0;
  for (auto at = bytes.find(mark); at != bytes.npos; at = bytes.find(mark, at)) {
    at += mark.size();
    const std::string object = hex_of_group(bytes, at, nest.bytes_left());
    if (object.empty()) continue;
    std::string name;
    const auto data = native_data(object, name);
    if (!nest.found(fmt::format("object {}{}{}", ++number, name.empty() ? "" : " ", name), "embedded", data.empty() ? std::string_view(object) : data)) return;
  }
}

void open_onenote(std::string_view bytes, Nest& nest) {
  // FileDataStoreObject (MS-ONESTORE 2.6.13): its mark, the size in 8 bytes, 12 bytes of nothing, the file.
  constexpr auto mark = "\xE7\x16\xE3\xBD\x65\x26\x11\x45\xA4\xC4\x8D\x4D\x0B\x7A\x9E\xAC"sv;
  const View v = view_of(bytes);
  std::size_t number = 0;
  for (auto at = bytes.find(mark); at != bytes.npos; at = bytes.find(mark, at + mark.size())) {
    const std::uint64_t size = v.u64(at + 16);
    const auto content = bytes.substr(std::min<std::size_t>(at + 36, bytes.size()), std::min<std::uint64_t>(size, nest.bytes_left()));
    if (content.empty()) continue;
    const bool more = nest.found(fmt::format("file {}", ++number), "embedded", content);
    if (content.size() < size) nest.note_last("object-damaged", "it is cut off");
    if (!more) return;
  }
}

}  // namespace mozu::files
