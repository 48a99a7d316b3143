#include "facts.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/time.hpp"
#include "program_parts.hpp"

namespace mozu::files {
namespace {

std::string md5_hex(std::string_view s) {
  const auto digest = md5(s);
  return to_hex(digest);
}

}  // namespace

double entropy(std::string_view bytes) {
  if (bytes.empty()) return 0;
  // Four tables, as one would wait for itself where a byte is repeated.
  std::array<std::array<std::uint64_t, 256>, 4> counts{};
  for (std::size_t i = 0; i < bytes.size(); ++i) ++counts[i & 3U][static_cast<unsigned char>(bytes[i])];
  double sum = 0;
  const auto all = static_cast<double>(bytes.size());
  for (std::size_t c = 0; c < 256; ++c) {
    const auto n = static_cast<double>(counts[0][c] + counts[1][c] + counts[2][c] + counts[3][c]);
    if (n > 0) sum -= n / all * std::log2(n / all);
  }
  return sum;
}

namespace {

/// "kernel32.dll!createfilea" → "kernel32.createfilea", "ws2_32.dll!#115" → "ws2_32.ord115", in the order of the file.
std::string imphash(const View& file) {
  std::string all;
  for (const std::string& import : read_pe(file, nullptr).imports) {
    const auto mark = import.find('!');
    std::string_view library = std::string_view(import).substr(0, mark);
    for (const std::string_view end : {".dll", ".ocx", ".sys"})
      if (library.ends_with(end)) {
        library.remove_suffix(end.size());
        break;
      }
    const std::string_view function = std::string_view(import).substr(mark + 1);
    if (!all.empty()) all += ',';
    all += library;
    all += '.';
    if (function.starts_with('#')) all += "ord", all += function.substr(1);
    else all += function;
  }
  return all.empty() ? std::string{} : md5_hex(all);
}

std::string rich_hash(const View& file, std::uint64_t head) {
  constexpr std::uint32_t rich = 0x68636952, dans = 0x536E6144;
  for (std::uint64_t end = std::min<std::uint64_t>(head, 4096); end >= 0x44; end -= 4) {
    if (file.u32(end - 4) != rich) continue;
    const std::uint32_t mask = file.u32(end);
    for (std::uint64_t at = end - 4; at >= 0x40; at -= 4) {
      if ((file.u32(at) ^ mask) != dans) continue;
      std::string clear;
      for (std::uint64_t i = at; i < end - 4; i += 4) {
        const std::uint32_t word = file.u32(i) ^ mask;
        clear.append(reinterpret_cast<const char*>(&word), 4);
      }
      return md5_hex(clear);
    }
    return {};
  }
  return {};
}

std::string build_id(std::string_view bytes) {
  // The note as linkers write it: sizes of name and content, type 3, "GNU".
  using namespace std::string_view_literals;
  const auto at = bytes.substr(0, 1 << 16).find("\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0"sv);
  if (at == bytes.npos || bytes.size() - at < 36) return {};
  return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()) + at + 16, 20});
}

}  // namespace

std::vector<std::pair<std::string, std::string>> facts_of(std::string_view kind, std::string_view bytes) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto add = [&](const char* name, std::string value) {
    if (!value.empty()) out.emplace_back(name, std::move(value));
  };
  if (kind == "elf") add("build_id", build_id(bytes));
  add("entropy", fmt::format("{:.2f}", entropy(bytes)));
  const View file = view_of(bytes);
  const auto head = kind == "pe" ? pe_head(file) : std::nullopt;
  if (head) {
    add("imphash", imphash(file));
    if (const std::uint32_t time = file.u32(head->at + 8); time != 0) add("linked", format_time(Timestamp{std::int64_t{time} * 1000}));
  }
  add("md5", md5_hex(bytes));
  if (head) {
    if (const auto end = head->end_in_file(file); end != 0 && end < bytes.size()) add("overlay_bytes", fmt::format("{}", bytes.size() - end));
    add("rich_hash", rich_hash(file, head->at));
  }
  return out;
}

std::string_view signature_of(std::string_view pe) {
  constexpr std::uint16_t pkcs7 = 2;
  const View file = view_of(pe);
  const auto head = pe_head(file);
  if (!head) return {};
  const std::uint64_t at = file.u32(head->directory_at(4)), size = file.u32(at);
  if (at == 0 || size <= 8 || !file.has(at, size) || file.u16(at + 6) != pkcs7) return {};
  return pe.substr(at + 8, size - 8);
}

}  // namespace mozu::files
