// ELF: 32 and 64 bits, both byte orders. Layout: System V ABI, chapter 4 and 5; .eh_frame_hdr: Linux Standard Base, core, 10.6.
#include <algorithm>

#include "program_parts.hpp"

namespace mozu::files {
namespace {

using gene::Architecture;

struct SectionHead {
  std::uint32_t type = 0;
  std::uint64_t flags = 0, address = 0, offset = 0, size = 0, entry = 0;
  std::uint32_t link = 0;
};

class ElfReader {
 public:
  ElfReader(const View& file, Diagnostics* notes) : file_(file), notes_(notes) {
    wide_ = file_.bytes.size() > 5 && file_.bytes[4] == 2;
    file_.big_endian = file_.bytes.size() > 5 && file_.bytes[5] == 2;
  }

  gene::Program read() {
    p_.big_endian = file_.big_endian;
    p_.architecture = architecture(file_.u16(18));
    read_sections();
    if (file_.u16(16) == 1) place_sections();
    map_sections();
    read_segments();
    add_start(word(24));
    for (const SectionHead& s : sections_)
      if (s.type == 2 || s.type == 11) read_symbols(s);
    return std::move(p_);
  }

 private:
  View file_;
  Diagnostics* notes_;
  bool wide_ = false, relocatable_ = false;
  gene::Program p_;
  std::vector<SectionHead> sections_;

  std::uint64_t word(std::uint64_t at) const { return wide_ ? file_.u64(at) : file_.u32(at); }

  Architecture architecture(std::uint16_t machine) const {
    switch (machine) {
      case 3: return Architecture::x86;
      case 62: return wide_ ? Architecture::x64 : Architecture::none;
      case 40: return Architecture::arm;
      case 183: return Architecture::arm64;
      case 8: return wide_ ? Architecture::mips64 : Architecture::mips;
      default: return Architecture::none;
    }
  }

  void read_sections() {
    const std::uint64_t table = word(wide_ ? 40 : 32);
    const std::uint16_t size = file_.u16(wide_ ? 58 : 46);
    std::uint64_t count = file_.u16(wide_ ? 60 : 48);
    if (table == 0 || size < (wide_ ? 64 : 40)) return;
    if (count > sections_max) note_part(notes_, "more than 4,096 sections: the rest is left out"), count = sections_max;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t at = table + i * size;
      if (!file_.has(at, wide_ ? 64 : 40)) {
        note_part(notes_, "the table of sections is cut off");
        break;
      }
      SectionHead s;
      s.type = file_.u32(at + 4);
      s.flags = word(at + 8);
      s.address = word(at + (wide_ ? 16 : 12));
      s.offset = word(at + (wide_ ? 24 : 16));
      s.size = word(at + (wide_ ? 32 : 20));
      s.link = file_.u32(at + (wide_ ? 40 : 24));
      s.entry = word(at + (wide_ ? 56 : 36));
      sections_.push_back(s);
    }
  }

  /// An object file, a kernel module: sections have no addresses yet, and symbols count from the beginning of theirs.
  void place_sections() {
    relocatable_ = true;
    std::uint64_t next = 0x10000;
    for (SectionHead& s : sections_) {
      s.address = next;
      next += (std::min<std::uint64_t>(s.size, file_.bytes.size()) + 0xFFFFU) & ~std::uint64_t{0xFFFF};
    }
  }

  void map_sections() {
    constexpr std::uint32_t no_bits = 8;
    constexpr std::uint64_t allocated = 2, executable = 4;
    for (const SectionHead& s : sections_)
      if ((s.flags & allocated) != 0 && s.type != no_bits)
        p_.sections.push_back({s.address, s.offset, file_.part(s.offset, s.size), (s.flags & executable) != 0});
  }

  void read_segments() {
    const std::uint64_t table = word(wide_ ? 32 : 28);
    const std::uint16_t size = file_.u16(wide_ ? 54 : 42);
    const std::uint16_t count = file_.u16(wide_ ? 56 : 44);
    if (size < (wide_ ? 56 : 32)) return;
    const bool has_code = std::ranges::any_of(p_.sections, [](const gene::Section& s) { return s.code && !s.bytes.empty(); });
    if (!has_code) p_.sections.clear();
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(count, sections_max); ++i) {
      const std::uint64_t at = table + i * size;
      if (!file_.has(at, size)) break;
      const std::uint32_t type = file_.u32(at);
      const std::uint32_t flags = file_.u32(at + (wide_ ? 4 : 24));
      const std::uint64_t offset = word(at + (wide_ ? 8 : 4)), address = word(at + (wide_ ? 16 : 8)), length = word(at + (wide_ ? 32 : 16));
      if (type == 1 && !has_code) p_.sections.push_back({address, offset, file_.part(offset, length), (flags & 1U) != 0});
      if (type == 0x6474E550) read_unwind_header(offset, address);
    }
  }

  /// The table of .eh_frame_hdr in the one form that linkers write: addresses of 4 bytes relative to the header.
  void read_unwind_header(std::uint64_t at, std::uint64_t address) {
    if (!file_.has(at, 12) || file_.bytes[at] != 1 || file_.bytes[at + 2] != 3 || file_.bytes[at + 3] != 0x3B) return;
    const std::uint32_t count = file_.u32(at + 8);
    for (std::uint64_t i = 0; i < count && p_.starts.size() < starts_max && file_.has(at + 12 + i * 8, 8); ++i)
      add_start(address + static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int32_t>(file_.u32(at + 12 + i * 8)))));
  }

  void read_symbols(const SectionHead& table) {
    const std::uint64_t size = wide_ ? 24 : 16;
    if (table.link >= sections_.size()) return;
    const SectionHead& names = sections_[table.link];
    for (std::uint64_t i = 1; i < table.size / size && file_.has(table.offset + i * size, size); ++i) {
      const std::uint64_t at = table.offset + i * size;
      const std::uint8_t info = file_.bytes[at + (wide_ ? 4 : 12)];
      const std::uint16_t section = file_.u16(at + (wide_ ? 6 : 14));
      if (section == 0 && (table.type == 11 || relocatable_)) {
        if (p_.imports.size() >= imports_max) continue;
        const std::string_view name = file_.text(names.offset + file_.u32(at));
        if (!name.empty()) p_.imports.push_back("!" + std::string(name));
      } else if ((info & 15U) == 2 && section != 0) {
        const std::uint64_t value = word(at + (wide_ ? 8 : 4));
        if (!relocatable_) add_start(value);
        else if (section < sections_.size()) add_start(sections_[section].address + value);
      }
    }
  }

  void add_start(std::uint64_t address) {
    if (p_.architecture == Architecture::arm) address &= ~std::uint64_t{1};
    if (address != 0 && p_.starts.size() < starts_max) p_.starts.push_back(address);
  }
};

}  // namespace

gene::Program read_elf(const View& file, Diagnostics* notes) { return ElfReader(file, notes).read(); }

}  // namespace mozu::files
