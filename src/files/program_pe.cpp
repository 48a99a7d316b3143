// PE32 and PE32+. Layout: Microsoft PE format specification.
#include <algorithm>

#include "mozu/base/text.hpp"
#include "program_parts.hpp"

namespace mozu::files {
namespace {

using gene::Architecture;

class PeReader {
 public:
  PeReader(const View& file, Diagnostics* notes) : file_(file), notes_(notes) {}

  gene::Program read() {
    const std::uint64_t head = file_.u32(0x3C);
    if (file_.u32(head) != 0x00004550U) {
      note_part(notes_, "a DOS program without the head of a PE");
      return {};
    }
    const std::uint16_t machine = file_.u16(head + 4);
    p_.architecture = machine == 0x14C    ? Architecture::x86
                      : machine == 0x8664 ? Architecture::x64
                      : machine == 0xAA64 ? Architecture::arm64
                                          : Architecture::none;
    optional_ = head + 24;
    wide_ = file_.u16(optional_) == 0x20B;
    base_ = wide_ ? file_.u64(optional_ + 24) : file_.u32(optional_ + 28);
    read_sections(optional_ + file_.u16(head + 20), file_.u16(head + 6));
    add_start(file_.u32(optional_ + 16));
    read_exports(directory(0));
    read_imports(directory(1));
    if (p_.architecture == Architecture::x64) read_unwind(directory(3));
    return std::move(p_);
  }

 private:
  struct Range {
    std::uint64_t at = 0, size = 0;  // at: relative to the base
  };
  View file_;
  Diagnostics* notes_;
  gene::Program p_;
  std::uint64_t optional_ = 0, base_ = 0;
  bool wide_ = false;
  std::size_t entries_left_ = imports_max;  // of all tables: several may be the same one

  Range directory(unsigned which) const {
    const std::uint64_t at = optional_ + (wide_ ? 112 : 96) + which * 8ULL;
    if (which >= file_.u32(optional_ + (wide_ ? 108 : 92))) return {};
    return {file_.u32(at), file_.u32(at + 4)};
  }

  void read_sections(std::uint64_t at, std::uint16_t count) {
    constexpr std::uint32_t executable = 0x20000000, code = 0x20;
    if (count > sections_max) note_part(notes_, "more than 4,096 sections: the rest is left out");
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(count, sections_max); ++i, at += 40) {
      if (!file_.has(at, 40)) {
        note_part(notes_, "the table of sections is cut off");
        break;
      }
      const std::uint64_t memory = file_.u32(at + 8), address = file_.u32(at + 12), size = file_.u32(at + 16), offset = file_.u32(at + 20);
      const std::uint64_t mapped = memory == 0 ? size : std::min(memory, size);
      p_.sections.push_back({base_ + address, offset, file_.part(offset, mapped), (file_.u32(at + 36) & (executable | code)) != 0});
    }
  }

  /// Place in the file of an address relative to the base; beyond the file if it is nowhere.
  std::uint64_t place(std::uint64_t relative) const {
    const gene::Section* s = section_at(p_, base_ + relative);
    return s == nullptr ? file_.bytes.size() : s->offset + (base_ + relative - s->address);
  }

  void read_exports(Range table) {
    if (table.size == 0) return;
    const std::uint64_t at = place(table.at), addresses = place(file_.u32(at + 28));
    const std::uint32_t count = file_.u32(at + 20);
    for (std::uint64_t i = 0; i < count && file_.has(addresses + i * 4, 4) && p_.starts.size() < starts_max; ++i) add_start(file_.u32(addresses + i * 4));
  }

  void read_imports(Range table) {
    for (std::uint64_t i = 0; i < 4096 && table.size != 0; ++i) {
      const std::uint64_t at = place(table.at + i * 20);
      if (!file_.has(at, 20)) return;
      const std::uint32_t lookup = file_.u32(at), library = file_.u32(at + 12), addresses = file_.u32(at + 16);
      if (library == 0) return;
      const std::string from = fold(file_.text(place(library)));
      if (!from.empty()) read_names(from, lookup != 0 ? lookup : addresses);
    }
  }

  void read_names(const std::string& library, std::uint64_t table) {
    const unsigned size = wide_ ? 8 : 4;
    for (std::uint64_t i = 0; entries_left_ > 0; ++i, --entries_left_) {
      const std::uint64_t at = place(table + i * size);
      const std::uint64_t entry = wide_ ? file_.u64(at) : file_.u32(at);
      if (entry == 0) return;
      if ((entry >> (size * 8 - 1)) != 0) p_.imports.push_back(library + "!#" + std::to_string(entry & 0xFFFFU));
      else if (const std::string_view name = file_.text(place(entry & 0x7FFFFFFFU) + 2); !name.empty()) p_.imports.push_back(library + "!" + fold(name));
    }
  }

  void read_unwind(Range table) {
    const auto bytes = file_.part(place(table.at), table.size);
    for (std::size_t i = 0; i + 12 <= bytes.size() && p_.starts.size() < starts_max; i += 12) {
      std::uint32_t begin = 0;
      std::memcpy(&begin, bytes.data() + i, 4);
      add_start(begin);
    }
  }

  void add_start(std::uint64_t relative) {
    if (relative != 0) p_.starts.push_back(base_ + relative);
  }
};

}  // namespace

gene::Program read_pe(const View& file, Diagnostics* notes) { return PeReader(file, notes).read(); }

}  // namespace mozu::files
