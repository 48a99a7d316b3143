// Programs: what packed them undone, what they carry, what of them lies in memory.
#include <fmt/core.h>

#include <algorithm>

#include "memory_image.hpp"
#include "mozu/files/identify.hpp"
#include "objects.hpp"
#include "program_parts.hpp"
#include "upx.hpp"

namespace mozu::files {
namespace {

constexpr std::size_t page_bytes = 4096, modules_max = 4000;
constexpr std::uint64_t copied_bytes_max = std::uint64_t{4} << 30;  // also what then was no module
constexpr std::uint64_t gap_bytes_max = 16 << 20;                   // between parts of a module that the dump has

/// What it unpacked while it was run: itself, and programs that it put elsewhere in memory.
void run_packed(std::string_view bytes, Nest& nest) {
  auto told = nest.emulated(bytes);
  if (!told) return;
  const std::string how = fmt::format("unpacked by emulation ({} {})", told->layers, told->layers == 1 ? "layer" : "layers");
  std::vector<std::string> others;
  for (std::size_t i = 1; i < told->parts.size(); ++i)
    if (auto module = module_at(view_of(told->parts[i].bytes).bytes)) {
      others.push_back(std::move(*module));
      told->parts.erase(told->parts.begin() + static_cast<std::ptrdiff_t>(i--));
    }
  const auto program = rebuild(*told);
  if (!program) return nest.note("object-packed", "it was unpacked, and its head is gone");
  nest.replaced();
  nest.found("unpacked", how, std::string_view(*program).substr(0, nest.bytes_left()));
  for (const std::string& other : others)
    if (!nest.found("unpacked program", how, std::string_view(other).substr(0, nest.bytes_left()))) return;
}

/// True: it was packed, and what it was is there.
bool unpack(std::string_view bytes, Nest& nest) {
  const auto unpacked = unpack_upx(view_of(bytes).bytes, nest.bytes_left());
  if (!unpacked) {
    const std::string& code = unpacked.error().code;
    if (code != "upx-none") nest.note(code == "upx-too-large" ? "object-cut" : "object-packed", unpacked.error().message);
    if (code != "upx-too-large" && looks_packed(view_of(bytes).bytes)) run_packed(bytes, nest);
    return false;
  }
  nest.replaced();
  nest.found("unpacked", unpacked->how, unpacked->program);
  for (const std::string& odd : unpacked->odd) nest.note_last("object-repaired", odd);
  return true;
}

void open_fat(std::string_view bytes, Nest& nest) {
  View v = view_of(bytes);
  v.big_endian = true;
  const bool wide = v.u32(0) == 0xCAFEBABFU;
  nest.replaced();
  const std::uint64_t each = wide ? 32 : 20;
  for (std::uint64_t i = 0; i < std::min<std::uint64_t>(v.u32(4), 40) && v.has(8 + i * each, each); ++i) {
    const std::uint64_t at = 8 + i * each, offset = wide ? v.u64(at + 8) : v.u32(at + 8), size = wide ? v.u64(at + 16) : v.u32(at + 12);
    const auto part = v.part(offset, std::min(size, nest.bytes_left()));
    const auto name = gene::name(mach_architecture(v.u32(at)));
    if (part.empty()) continue;
    if (!nest.found(fmt::format("{} {}", i + 1, name.empty() ? "program" : name), "architecture", {reinterpret_cast<const char*>(part.data()), part.size()}))
      return;
  }
}

/// Windows programs inside of one: in resources, in data, behind it.
bool open_carried(std::string_view bytes, Nest& nest) {
  const View v = view_of(bytes);
  std::size_t count = 0;
  for (auto at = bytes.find("MZ", 2); at != bytes.npos && count < modules_max; at = bytes.find("MZ", at + 2)) {
    const View from{v.part(at, bytes.size())};
    const auto head = pe_head(from);
    if (!head || head->at < 0x40 || head->at > page_bytes) continue;
    const std::uint64_t size = head->end_in_file(from);
    const auto inner = bytes.substr(at, std::min(size, nest.bytes_left()));
    if (size < 0x200 || inner.empty()) continue;
    ++count;
    if (!nest.found(fmt::format("program at 0x{:x}", at), "embedded", inner)) return false;
    at += std::min<std::size_t>(inner.size(), bytes.size() - at) - 2;
  }
  return true;
}

/// What stands behind the sections of a program, if it is an archive: self-extractors.
void open_overlay(std::string_view bytes, Nest& nest) {
  const View v = view_of(bytes);
  const auto head = pe_head(v);
  const std::uint64_t end = head ? head->end_in_file(v) : 0;
  if (end == 0 || end >= bytes.size()) return;
  const auto overlay = bytes.substr(end, nest.bytes_left());
  if (const auto kind = identify(overlay); is_archive_kind(kind) || is_zip_kind(kind) || kind == "ole") nest.found("overlay", "overlay", overlay);
}

class DumpOpener {
 public:
  DumpOpener(std::string_view bytes, Nest& nest) : bytes_(bytes), nest_(nest) {}

  void with_table(const Dump& dump) {
    for (const MemoryRange& r : dump.ranges)
      for (std::uint64_t at = 0; at < r.bytes; at += page_bytes) {
        if (!begins(r.offset + at)) continue;
        if (!nest_.more() || copied_ > copied_bytes_max) return;
        const std::string memory = memory_from(dump, r.address + at);
        copied_ += memory.size();
        const auto module = module_at(view_of(memory).bytes);
        if (!module) continue;
        const auto named = std::ranges::find(dump.bases, r.address + at);
        std::string name = named == dump.bases.end() ? "module" : dump.modules[static_cast<std::size_t>(named - dump.bases.begin())];
        name = name.substr(name.find_last_of("/\\") + 1);
        if (++count_ > modules_max || !nest_.found(fmt::format("{} at 0x{:x}", name, r.address + at), "module", *module)) return;
      }
  }

  void raw() {
    for (std::uint64_t at = page_bytes; at < bytes_.size(); at += page_bytes) {
      if (!begins(at)) continue;
      if (!nest_.more()) return;
      const auto module = module_at(view_of(bytes_.substr(at, nest_.bytes_left())).bytes);
      if (module && (++count_ > modules_max || !nest_.found(fmt::format("module at 0x{:x}", at), "module", *module))) return;
    }
  }

 private:
  std::string_view bytes_;
  Nest& nest_;
  std::size_t count_ = 0;
  std::uint64_t copied_ = 0;

  bool begins(std::uint64_t at) const {
    return bytes_.substr(at, 2) == "MZ" || bytes_.substr(at, 4) ==
                                               "\x7F"
                                               "ELF";
  }

  /// Memory from an address on, as far as parts follow each other closely; what is between them is zero.
  std::string memory_from(const Dump& dump, std::uint64_t address) const {
    std::string out;
    auto r = std::ranges::upper_bound(dump.ranges, address, {}, &MemoryRange::address);
    if (r != dump.ranges.begin()) --r;
    const std::uint64_t most = std::min<std::uint64_t>(nest_.bytes_left(), module_bytes(address, *r));
    for (; r != dump.ranges.end() && out.size() < most; ++r) {
      const std::uint64_t skip = address + out.size() > r->address ? address + out.size() - r->address : 0;
      if (skip >= r->bytes) continue;
      const std::uint64_t gap = r->address + skip - (address + out.size());
      if (gap > gap_bytes_max || gap > most - out.size()) break;
      out.resize(out.size() + gap, '\0');
      out += bytes_.substr(r->offset + skip, std::min(r->bytes - skip, most - out.size()));
    }
    return out;
  }

  /// How large the module says it is, so that not all memory is copied for each.
  std::uint64_t module_bytes(std::uint64_t address, const MemoryRange& r) const {
    if (address - r.address >= r.bytes) return 0;
    const View v = view_of(bytes_.substr(r.offset + (address - r.address)));
    if (const auto head = pe_head(v)) return head->image_bytes;
    const bool wide = v.bytes.size() > 4 && v.bytes[4] == 2;
    const std::uint64_t table = wide ? v.u64(32) : v.u32(28), size = v.u16(wide ? 54 : 42);
    std::uint64_t base = ~std::uint64_t{0}, end = 0;
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(v.u16(wide ? 56 : 44), 256) && v.has(table + i * size, size); ++i) {
      const std::uint64_t at = table + i * size, place = wide ? v.u64(at + 16) : v.u32(at + 8);
      if (v.u32(at) != 1) continue;
      base = std::min(base, place & ~std::uint64_t{page_bytes - 1});
      end = std::max(end, place + (wide ? v.u64(at + 40) : v.u32(at + 20)));
    }
    return base < end ? end - base : 0;
  }
};

}  // namespace

void open_program(std::string_view kind, std::string_view bytes, Nest& nest) {
  if (kind == "mach-o") {
    const std::string_view head = bytes.substr(0, 4);
    if (head == "\xCA\xFE\xBA\xBE" || head == "\xCA\xFE\xBA\xBF") open_fat(bytes, nest);
    return;
  }
  if (unpack(bytes, nest) || kind != "pe") return;
  if (open_carried(bytes, nest)) open_overlay(bytes, nest);
}

void open_dump(std::string_view kind, std::string_view bytes, Nest& nest) {
  DumpOpener opener(bytes, nest);
  if (kind == "binary") return opener.raw();
  if (const auto dump = read_dump(view_of(bytes).bytes)) opener.with_table(*dump);
}

}  // namespace mozu::files
