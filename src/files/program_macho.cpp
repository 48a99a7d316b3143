// Mach-O: 32 and 64 bits, both byte orders. Layout: Apple's <mach-o/loader.h>, <mach-o/nlist.h>.
#include <algorithm>

#include "program_parts.hpp"

namespace mozu::files {
namespace {

using gene::Architecture;

constexpr std::uint32_t segment_32 = 0x1, segment_64 = 0x19, symbol_table = 0x2, function_starts = 0x26, main_entry = 0x80000028;
constexpr std::uint32_t commands_max = 4096;

class MachReader {
 public:
  MachReader(const View& file, Diagnostics* notes) : file_(file), notes_(notes) {
    const std::uint32_t magic = file_.u32(0);
    file_.big_endian = magic == 0xCEFAEDFEU || magic == 0xCFFAEDFEU;
    wide_ = file_.u32(0) == 0xFEEDFACFU;
  }

  gene::Program read() {
    p_.big_endian = file_.big_endian;
    p_.architecture = mach_architecture(file_.u32(4));
    each_command([this](std::uint32_t command, std::uint64_t at) {
      if (command == segment_32 || command == segment_64) read_segment(at, command == segment_64);
    });
    each_command([this](std::uint32_t command, std::uint64_t at) {
      if (command == symbol_table) read_symbols(at);
      if (command == function_starts) read_starts(at);
      if (command == main_entry) add_start(text_ + file_.u64(at + 8));
    });
    return std::move(p_);
  }

 private:
  View file_;
  Diagnostics* notes_;
  bool wide_ = false;
  std::uint64_t text_ = 0;  // address of the head
  gene::Program p_;

  template <class F>
  void each_command(F f) const {
    std::uint64_t at = wide_ ? 32 : 28;
    for (std::uint32_t i = 0; i < std::min(file_.u32(16), commands_max) && file_.has(at, 8); ++i) {
      const std::uint32_t size = file_.u32(at + 4);
      if (size < 8) return;
      f(file_.u32(at), at);
      at += size;
    }
  }

  void read_segment(std::uint64_t at, bool wide) {
    constexpr std::uint32_t kind_bits = 0xFF, zero_fill = 1, zero_fill_large = 12, thread_zero_fill = 18, instructions = 0x80000400;
    const std::uint64_t file_offset = wide ? file_.u64(at + 40) : file_.u32(at + 32), file_size = wide ? file_.u64(at + 48) : file_.u32(at + 36);
    if (file_offset == 0 && file_size != 0) text_ = wide ? file_.u64(at + 24) : file_.u32(at + 24);
    const std::uint32_t count = file_.u32(at + (wide ? 64 : 48));
    const std::uint64_t each = wide ? 80 : 68;
    std::uint64_t s = at + (wide ? 72 : 56);
    for (std::uint32_t i = 0; i < count && file_.has(s, each); ++i, s += each) {
      if (p_.sections.size() >= sections_max) return note_part(notes_, "more than 4,096 sections: the rest is left out");
      const std::uint64_t address = wide ? file_.u64(s + 32) : file_.u32(s + 32), size = wide ? file_.u64(s + 40) : file_.u32(s + 36);
      const std::uint32_t offset = file_.u32(s + (wide ? 48 : 40)), flags = file_.u32(s + (wide ? 64 : 56));
      const std::uint32_t kind = flags & kind_bits;
      if (kind == zero_fill || kind == zero_fill_large || kind == thread_zero_fill) continue;
      p_.sections.push_back({address, offset, file_.part(offset, size), (flags & instructions) != 0});
    }
  }

  void read_symbols(std::uint64_t at) {
    constexpr std::uint8_t debugging = 0xE0, type_bits = 0x0E, undefined = 0, in_section = 0x0E;
    const std::uint64_t symbols = file_.u32(at + 8), strings = file_.u32(at + 16), each = wide_ ? 16 : 12;
    const std::uint32_t count = file_.u32(at + 12);
    for (std::uint64_t i = 0; i < count && file_.has(symbols + i * each, each); ++i) {
      const std::uint64_t s = symbols + i * each;
      const std::uint8_t type = file_.bytes[s + 4], section = file_.bytes[s + 5];
      if ((type & debugging) != 0) continue;
      if ((type & type_bits) == undefined && p_.imports.size() < imports_max) {
        // The underscore is the C compiler's: without it the name is what it is in other formats.
        std::string_view name = file_.text(strings + file_.u32(s));
        if (name.starts_with('_')) name.remove_prefix(1);
        if (!name.empty()) p_.imports.push_back("!" + std::string(name));
      } else if ((type & type_bits) == in_section && section != 0) {
        const std::uint64_t address = wide_ ? file_.u64(s + 8) : file_.u32(s + 8);
        const auto holds = [&](const gene::Section& x) { return x.code && address >= x.address && address - x.address < x.bytes.size(); };
        // In an object file the first function is at 0.
        if (std::ranges::any_of(p_.sections, holds) && p_.starts.size() < starts_max) p_.starts.push_back(address);
      }
    }
  }

  /// Distances in groups of seven bits; zero ends them.
  void read_starts(std::uint64_t at) {
    const auto bytes = file_.part(file_.u32(at + 8), file_.u32(at + 12));
    std::uint64_t address = text_, step = 0;
    unsigned shift = 0;
    for (const std::uint8_t b : bytes) {
      if (shift < 63) step |= std::uint64_t{b & 0x7FU} << shift;
      shift += 7;
      if ((b & 0x80U) != 0) continue;
      if (step == 0) return;
      address += step;
      add_start(address);
      step = 0, shift = 0;
    }
  }

  void add_start(std::uint64_t address) {
    if (address != 0 && p_.starts.size() < starts_max) p_.starts.push_back(address);
  }
};

}  // namespace

gene::Architecture mach_architecture(std::uint32_t processor) {
  switch (processor) {
    case 7: return Architecture::x86;
    case 0x01000007: return Architecture::x64;
    case 12: return Architecture::arm;
    case 0x0100000C: return Architecture::arm64;
    default: return Architecture::none;
  }
}

bool is_macho(const View& file) {
  const std::uint32_t magic = file.u32(0);
  return magic == 0xFEEDFACEU || magic == 0xFEEDFACFU || magic == 0xCEFAEDFEU || magic == 0xCFFAEDFEU;
}

gene::Program read_macho(const View& file, Diagnostics* notes) { return MachReader(file, notes).read(); }

}  // namespace mozu::files
