// Cores: System V ABI and Linux's NT_FILE note. Minidumps: Microsoft's minidumpapiset.h.
#include "memory_image.hpp"

#include <algorithm>

#include "mozu/base/utf8.hpp"
#include "program_parts.hpp"

namespace mozu::files {
namespace {

constexpr std::size_t ranges_max = 1'000'000, modules_max = 10'000, name_bytes_max = 4096;

class DumpReader {
 public:
  explicit DumpReader(std::span<const std::uint8_t> file) : file_{file} {}

  bool core() {
    if (file_.u32(0) != 0x464C457FU || file_.bytes.size() < 64 || file_.bytes[5] != 1 || file_.u16(16) != 4) return false;
    wide_ = file_.bytes[4] == 2;
    const std::uint64_t table = word(wide_ ? 32 : 28);
    const std::uint16_t size = file_.u16(wide_ ? 54 : 42);
    std::uint64_t count = file_.u16(wide_ ? 56 : 44);
    if (count == 0xFFFF) count = file_.u32(word(wide_ ? 40 : 32) + (wide_ ? 44 : 28));  // too many for the head: in the first section's
    if (size < (wide_ ? 56 : 32)) return true;
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(count, ranges_max) && file_.has(table + i * size, size); ++i) {
      const std::uint64_t at = table + i * size;
      const std::uint64_t offset = word(at + (wide_ ? 8 : 4)), address = word(at + (wide_ ? 16 : 8)), bytes = word(at + (wide_ ? 32 : 16));
      if (file_.u32(at) == 1) add(address, offset, bytes);
      if (file_.u32(at) == 4) notes(offset, bytes);
    }
    return true;
  }

  bool minidump() {
    if (file_.u32(0) != 0x504D444DU) return false;
    const std::uint64_t table = file_.u32(12);
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(file_.u32(8), 1000) && file_.has(table + i * 12, 12); ++i) {
      const std::uint32_t type = file_.u32(table + i * 12);
      const std::uint64_t at = file_.u32(table + i * 12 + 8);
      if (type == 4) module_list(at);
      if (type == 5)
        for (std::uint64_t k = 0; k < std::min<std::uint64_t>(file_.u32(at), ranges_max) && file_.has(at + 4 + k * 16, 16); ++k)
          add(file_.u64(at + 4 + k * 16), file_.u32(at + 4 + k * 16 + 12), file_.u32(at + 4 + k * 16 + 8));
      if (type == 9) memory_64(at);
    }
    return true;
  }

  Dump take() {
    std::ranges::sort(out_.ranges, {}, &MemoryRange::address);
    // What two say of one address, the first says.
    std::uint64_t end = 0;
    std::erase_if(out_.ranges, [&](MemoryRange& r) {
      const std::uint64_t twice = std::min(r.bytes, end - std::min(end, r.address));
      r.address += twice, r.offset += twice, r.bytes -= twice;
      end = std::max(end, r.address + r.bytes);
      return r.bytes == 0;
    });
    return std::move(out_);
  }

 private:
  View file_;
  bool wide_ = false;
  Dump out_;

  std::uint64_t word(std::uint64_t at) const { return wide_ ? file_.u64(at) : file_.u32(at); }

  void add(std::uint64_t address, std::uint64_t offset, std::uint64_t bytes) {
    bytes = file_.part(offset, bytes).size();
    if (bytes != 0 && out_.ranges.size() < ranges_max && address <= ~bytes) out_.ranges.push_back({address, offset, bytes});
  }
  void add_module(std::uint64_t base, std::string name) {
    if (out_.modules.size() >= modules_max) return;
    out_.bases.push_back(base);
    out_.modules.push_back(std::move(name));
  }

  void notes(std::uint64_t offset, std::uint64_t bytes) {
    constexpr std::uint32_t files = 0x46494C45;
    const View part{file_.part(offset, bytes)};
    for (std::uint64_t at = 0; part.has(at, 12);) {
      const std::uint64_t name = (std::uint64_t{part.u32(at)} + 3) & ~std::uint64_t{3}, size = part.u32(at + 4);
      if (part.u32(at + 8) == files) mapped_files(offset + at + 12 + name, size);
      at += 12 + name + ((size + 3) & ~std::uint64_t{3});
    }
  }

  /// How many, the size of a page, then begin, end and page of each, then their names.
  void mapped_files(std::uint64_t at, std::uint64_t size) {
    const std::uint64_t each = wide_ ? 8 : 4, count = word(at);
    std::uint64_t names = at + 2 * each + count * 3 * each;
    if (count > modules_max || names > at + size) return;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t entry = at + 2 * each + i * 3 * each;
      const std::string_view name = file_.text(names);
      names += name.size() + 1;
      if (word(entry + 2 * each) == 0) add_module(word(entry), std::string(name));
    }
  }

  void module_list(std::uint64_t at) {
    for (std::uint64_t k = 0; k < std::min<std::uint64_t>(file_.u32(at), modules_max) && file_.has(at + 4 + k * 108, 108); ++k) {
      const std::uint64_t entry = at + 4 + k * 108, text = file_.u32(entry + 20);
      std::string name;
      for (std::uint64_t i = 0; i + 1 < std::min<std::uint64_t>(file_.u32(text), name_bytes_max); i += 2)
        if (const auto c = file_.u16(text + 4 + i); c < 0xD800 || c >= 0xE000) append_utf8(name, c);
      add_module(file_.u64(entry), std::move(name));
    }
  }

  void memory_64(std::uint64_t at) {
    std::uint64_t offset = file_.u64(at + 8);
    for (std::uint64_t k = 0; k < std::min<std::uint64_t>(file_.u64(at), ranges_max) && file_.has(at + 16 + k * 16, 16); ++k) {
      const std::uint64_t bytes = file_.u64(at + 16 + k * 16 + 8);
      add(file_.u64(at + 16 + k * 16), offset, bytes);
      if (bytes > file_.bytes.size()) return;
      offset += bytes;
    }
  }
};

void put(std::string& s, std::uint64_t at, std::uint64_t v, unsigned bytes) {
  if (at <= s.size() && bytes <= s.size() - at) std::memcpy(s.data() + at, &v, bytes);
}

std::optional<std::string> pe_at(std::span<const std::uint8_t> memory) {
  constexpr std::uint32_t head_max = 4096;
  const View v{memory};
  const auto head = pe_head(v);
  if (!head || head->at > head_max) return {};
  const std::uint16_t magic = v.u16(head->optional);
  if ((magic != 0x10B && magic != 0x20B) || head->sections == 0 || head->sections > 96) return {};
  const std::uint64_t size = std::min<std::uint64_t>(head->image_bytes, memory.size());
  if (size < 0x200) return {};
  std::string image(reinterpret_cast<const char*>(memory.data()), size);
  const std::uint64_t end_in_file = head->end_in_file(v);
  for (std::size_t i = 0; i < head->sections; ++i)
    if (const auto s = head->section(v, i)) put(image, head->table + i * 40 + 16, s->memory_bytes, 4), put(image, head->table + i * 40 + 20, s->address, 4);
  // As the loader laid it out, or as the file is, which somebody read into memory: imports are found in the right one alone.
  const View relaid{{reinterpret_cast<const std::uint8_t*>(image.data()), image.size()}};
  if (read_pe(relaid, nullptr).imports.empty() && end_in_file <= memory.size()) {
    const auto whole = memory.first(end_in_file);
    if (!read_pe({whole}, nullptr).imports.empty()) return std::string(reinterpret_cast<const char*>(whole.data()), whole.size());
  }
  return image;
}

std::optional<std::string> elf_at(std::span<const std::uint8_t> memory) {
  const View v{memory};
  if (v.u32(0) != 0x464C457FU || memory.size() < 64 || memory[5] != 1 || (v.u16(16) != 2 && v.u16(16) != 3)) return {};
  const bool wide = memory[4] == 2;
  const auto word = [&](std::uint64_t at) { return wide ? v.u64(at) : v.u32(at); };
  const std::uint64_t table = word(wide ? 32 : 28), size = v.u16(wide ? 54 : 42), count = v.u16(wide ? 56 : 44);
  if (size < (wide ? 56 : 32) || count == 0 || count > 256 || !v.has(table, size * count)) return {};
  const std::uint64_t address_at = wide ? 16 : 8, offset_at = wide ? 8 : 4, in_file_at = wide ? 32 : 16, in_memory_at = wide ? 40 : 20;
  std::uint64_t base = ~std::uint64_t{0}, end = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t at = table + i * size;
    if (v.u32(at) != 1) continue;
    base = std::min(base, word(at + address_at) & ~std::uint64_t{0xFFF});
    end = std::max(end, word(at + address_at) + word(at + in_memory_at));
  }
  if (base >= end) return {};
  // A table of sections that is there: it is the file itself, read into memory.
  const std::uint64_t sections = word(wide ? 40 : 32), sections_bytes = std::uint64_t{v.u16(wide ? 58 : 46)} * v.u16(wide ? 60 : 48);
  if (sections != 0 && sections_bytes >= 128 && v.has(sections, sections_bytes) && v.u64(sections) == 0 && v.u64(sections + 16) == 0 &&
      v.u32(sections + (wide ? 64 : 40)) != 0)
    return std::string(reinterpret_cast<const char*>(memory.data()), sections + sections_bytes);
  std::string image(reinterpret_cast<const char*>(memory.data()), std::min<std::uint64_t>(end - base, memory.size()));
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t at = table + i * size;
    put(image, at + offset_at, word(at + address_at) - base, wide ? 8 : 4);
    if (v.u32(at) == 1) put(image, at + in_file_at, word(at + in_memory_at), wide ? 8 : 4);
  }
  put(image, wide ? 40 : 32, 0, wide ? 8 : 4), put(image, wide ? 60 : 48, 0, 4);
  return image;
}

}  // namespace

std::optional<Dump> read_dump(std::span<const std::uint8_t> file) {
  DumpReader reader(file);
  if (!reader.core() && !reader.minidump()) return {};
  return reader.take();
}

std::optional<std::string> module_at(std::span<const std::uint8_t> memory) {
  if (memory.size() < 0x200) return {};
  if (memory[0] == 'M') return pe_at(memory);
  return memory[0] == 0x7F ? elf_at(memory) : std::nullopt;
}

}  // namespace mozu::files
