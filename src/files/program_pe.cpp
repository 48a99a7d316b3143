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
    const auto head = pe_head(file_);
    if (!head) {
      note_part(notes_, "a DOS program without the head of a PE");
      return {};
    }
    head_ = *head;
    p_.architecture = head_.machine == 0x14C    ? Architecture::x86
                      : head_.machine == 0x8664 ? Architecture::x64
                      : head_.machine == 0xAA64 ? Architecture::arm64
                                                : Architecture::none;
    read_sections();
    add_start(head_.entry);
    read_exports(head_.directory(file_, 0));
    read_imports(head_.directory(file_, 1));
    if (p_.architecture == Architecture::x64) read_unwind(head_.directory(file_, 3));
    read_net(file_, head_, p_, notes_);
    return std::move(p_);
  }

 private:
  using Range = PeHead::Range;
  View file_;
  Diagnostics* notes_;
  gene::Program p_;
  PeHead head_;
  std::size_t entries_left_ = imports_max;  // of all tables: several may be the same one

  void read_sections() {
    if (head_.sections > sections_max) note_part(notes_, "more than 4,096 sections: the rest is left out");
    for (std::size_t i = 0; i < std::min<std::size_t>(head_.sections, sections_max); ++i) {
      const auto s = head_.section(file_, i);
      if (!s) {
        note_part(notes_, "the table of sections is cut off");
        break;
      }
      const std::uint64_t mapped = s->memory_bytes == 0 ? s->file_bytes : std::min(s->memory_bytes, s->file_bytes);
      p_.sections.push_back({head_.base + s->address, s->offset, file_.part(s->offset, mapped), (s->flags & (pe_executable | pe_code)) != 0});
    }
    order_sections(p_, notes_);
  }

  /// Place in the file of an address relative to the base; beyond the file if it is nowhere.
  std::uint64_t place(std::uint64_t relative) const { return place_in_file(p_, file_, head_.base + relative); }

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
    const unsigned size = head_.wide ? 8 : 4;
    for (std::uint64_t i = 0; entries_left_ > 0; ++i, --entries_left_) {
      const std::uint64_t at = place(table + i * size);
      const std::uint64_t entry = head_.wide ? file_.u64(at) : file_.u32(at);
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
    if (relative != 0) p_.starts.push_back(head_.base + relative);
  }
};

}  // namespace

PeHead::Range PeHead::directory(const View& file, unsigned which) const {
  if (which >= file.u32(optional + (wide ? 108 : 92))) return {};
  return {file.u32(directory_at(which)), file.u32(directory_at(which) + 4)};
}

std::optional<PeSection> PeHead::section(const View& file, std::size_t i) const {
  const std::uint64_t s = table + i * 40;
  if (i >= sections || !file.has(s, 40)) return {};
  return PeSection{file.u32(s + 8), file.u32(s + 12), file.u32(s + 16), file.u32(s + 20), file.u32(s + 36)};
}

std::uint64_t PeHead::end_in_file(const View& file) const {
  std::uint64_t end = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(sections, 96); ++i)
    if (const auto s = section(file, i)) end = std::max(end, std::uint64_t{s->offset} + s->file_bytes);
  return end;
}

std::optional<PeHead> pe_head(const View& file) {
  PeHead h;
  h.at = file.u32(0x3C);
  if (file.u16(0) != 0x5A4D || file.u32(h.at) != 0x00004550U) return {};
  h.optional = h.at + 24;
  h.machine = file.u16(h.at + 4), h.sections = file.u16(h.at + 6);
  h.table = h.optional + file.u16(h.at + 20);
  h.wide = file.u16(h.optional) == 0x20B;
  h.base = h.wide ? file.u64(h.optional + 24) : file.u32(h.optional + 28);
  h.entry = file.u32(h.optional + 16), h.image_bytes = file.u32(h.optional + 56), h.head_bytes = file.u32(h.optional + 60);
  return h;
}

gene::Program read_pe(const View& file, Diagnostics* notes) { return PeReader(file, notes).read(); }

}  // namespace mozu::files
