#include "cfb.hpp"

#include <algorithm>

#include "mozu/base/utf8.hpp"
#include "program_parts.hpp"

namespace mozu::files {
namespace {

constexpr std::size_t head_bytes = 512, entry_bytes = 128, entries_max = 65'536;
constexpr std::uint32_t sectors_most = 0xFFFFFFF0U;  // larger numbers mean "end", "free" …
constexpr std::uint64_t table_bytes_max = std::uint64_t{64} << 20;

/// Windows Installer packs two characters of 64 into one from U+3800 on.
void put_unit(std::string& out, std::uint16_t c) {
  constexpr std::string_view letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._";
  if (c >= 0x3800 && c < 0x4800) {
    out += letters[(c - 0x3800) & 63U];
    out += letters[(c - 0x3800) >> 6U];
  } else if (c >= 0x4800 && c < 0x4840) {
    out += letters[c - 0x4800];
  } else if (c == 0x4840) {
    out += '!';
  } else if (c >= 0xD800 && c < 0xE000) {
    out += '?';
  } else {
    append_utf8(out, c);
  }
}

}  // namespace

std::span<const std::uint8_t> Cfb::sector(std::uint32_t number) const {
  return View{file_}.part((std::uint64_t{number} + 1) << shift_, std::uint64_t{1} << shift_);
}

std::string Cfb::chain(std::uint32_t start, std::uint64_t bytes_max) const {
  std::string out;
  // A chain longer than the table turns in a circle.
  for (std::size_t n = 0; start < sectors_most && n <= fat_.size() && out.size() < bytes_max; ++n) {
    const auto s = sector(start);
    if (s.empty()) break;
    out.append(reinterpret_cast<const char*>(s.data()), std::min<std::uint64_t>(s.size(), bytes_max - out.size()));
    start = start < fat_.size() ? fat_[start] : ~std::uint32_t{0};
  }
  return out;
}

void Cfb::read_tables() {
  const View v{file_};
  const std::size_t each = std::size_t{1} << (shift_ - 2);
  const std::uint64_t sectors = file_.size() >> shift_;
  std::vector<std::uint32_t> tables;
  for (std::size_t i = 0; i < 109; ++i) tables.push_back(v.u32(0x4C + i * 4));
  std::uint32_t more = v.u32(0x44);
  for (std::uint64_t n = 0; more < sectors_most && n <= sectors / each; ++n) {
    const View s{sector(more)};
    if (s.bytes.size() < each * 4) break;
    for (std::size_t i = 0; i + 1 < each; ++i) tables.push_back(s.u32(i * 4));
    more = s.u32((each - 1) * 4);
  }
  for (const std::uint32_t t : tables) {
    if (t >= sectors_most || fat_.size() > sectors) continue;
    const View s{sector(t)};
    for (std::size_t i = 0; i < each; ++i) fat_.push_back(s.bytes.size() < (i + 1) * 4 ? ~std::uint32_t{0} : s.u32(i * 4));
  }
  const std::string mini = chain(v.u32(0x3C), table_bytes_max);
  const View m{{reinterpret_cast<const std::uint8_t*>(mini.data()), mini.size()}};
  for (std::size_t i = 0; i + 4 <= mini.size(); i += 4) mini_fat_.push_back(m.u32(i));
}

void Cfb::read_directory() {
  const std::string bytes = chain(View{file_}.u32(0x30), entries_max * entry_bytes);
  const View v{{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}};
  const std::size_t count = bytes.size() / entry_bytes;
  const auto raw = [&](std::size_t i) {
    CfbEntry e;
    const std::size_t at = i * entry_bytes, units = std::min<std::size_t>(v.u16(at + 64), 64) / 2;
    for (std::size_t k = 0; k + 1 < units; ++k) put_unit(e.name, v.u16(at + k * 2));
    e.is_storage = v.bytes[at + 66] == 1 || v.bytes[at + 66] == 5;
    e.start = v.u32(at + 116);
    e.size = shift_ == 9 ? v.u32(at + 120) : v.u64(at + 120);
    return e;
  };
  if (count == 0) return;
  std::vector<bool> seen(count);
  struct Visit {
    std::uint32_t entry, parent;
  };
  entries_.push_back(raw(0));
  entries_[0].is_storage = true;
  seen[0] = true;
  std::vector<Visit> left{{v.u32(76), 0}};
  const auto walk = [&] {
    while (!left.empty()) {
      const Visit at = left.back();
      left.pop_back();
      if (at.entry >= count || seen[at.entry]) continue;
      seen[at.entry] = true;
      const std::size_t place = at.entry * entry_bytes;
      const std::uint8_t type = v.bytes[place + 66];
      left.push_back({v.u32(place + 72), at.parent});
      left.push_back({v.u32(place + 68), at.parent});
      if (type != 1 && type != 2) continue;
      CfbEntry e = raw(at.entry);
      e.parent = at.parent;
      entries_.push_back(std::move(e));
      if (type == 1) left.push_back({v.u32(place + 76), static_cast<std::uint32_t>(entries_.size() - 1)});
    }
  };
  walk();
  for (std::uint32_t i = 1; i < count; ++i)
    if (!seen[i] && v.bytes[i * entry_bytes + 66] == 2) {
      left.push_back({i, 0});
      walk();
    }
}

std::optional<Cfb> Cfb::open(std::span<const std::uint8_t> file) {
  const View v{file};
  if (file.size() < head_bytes || v.u32(0) != 0xE011CFD0U || v.u32(4) != 0xE11AB1A1U) return {};
  Cfb out;
  out.file_ = file;
  out.shift_ = v.u16(0x1E) == 12 ? 12 : 9;
  out.mini_cutoff_ = std::min<std::uint32_t>(v.u32(0x38), 1 << 16);
  out.read_tables();
  out.read_directory();
  if (out.entries_.empty()) return {};
  out.mini_ = out.chain(out.entries_[0].start, std::min<std::uint64_t>(out.entries_[0].size, file.size()));
  return out;
}

std::string Cfb::read(const CfbEntry& e, std::uint64_t bytes_max) const {
  const std::uint64_t size = std::min({e.size, bytes_max, std::uint64_t{file_.size()}});
  if (e.is_storage) return {};
  if (e.size >= mini_cutoff_) return chain(e.start, size);
  std::string out;
  std::uint32_t at = e.start;
  for (std::size_t n = 0; at < mini_fat_.size() && n <= mini_fat_.size() && out.size() < size; ++n) {
    const std::uint64_t from = std::uint64_t{at} << mini_shift_;
    if (from >= mini_.size()) break;
    out.append(mini_, from, std::min<std::uint64_t>(std::uint64_t{1} << mini_shift_, size - out.size()));
    at = mini_fat_[at];
  }
  return out;
}

std::string Cfb::path(std::size_t index) const {
  std::string out = entries_[index].name;
  for (std::size_t n = 0; entries_[index].parent != 0 && n < 64; ++n) {
    index = entries_[index].parent;
    out = entries_[index].name + "/" + out;
  }
  return out;
}

}  // namespace mozu::files
