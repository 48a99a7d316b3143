// Which loader, and what all of them end with: everything in order, nothing twice.
#include "mozu/files/program.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "program_parts.hpp"

namespace mozu::files {

void note_part(Diagnostics* notes, std::string message) {
  if (notes != nullptr) notes->add({Severity::note, "program-part", std::move(message), {}, {}});
}

void order_sections(gene::Program& p, Diagnostics* notes) {
  std::erase_if(p.sections, [](const gene::Section& s) { return s.bytes.empty(); });
  std::ranges::stable_sort(p.sections, {}, &gene::Section::address);
  const std::size_t all = p.sections.size();
  std::uint64_t end = 0;
  std::erase_if(p.sections, [&](const gene::Section& s) {
    if (s.address < end) return true;
    end = s.address + std::min<std::uint64_t>(s.bytes.size(), std::numeric_limits<std::uint64_t>::max() - s.address);
    return false;
  });
  if (p.sections.size() < all) note_part(notes, std::to_string(all - p.sections.size()) + " sections overlap others before them and are left out");
}

std::uint64_t place_in_file(const gene::Program& p, const View& file, std::uint64_t address) {
  const gene::Section* s = section_at(p, address);
  return s == nullptr ? file.bytes.size() : s->offset + (address - s->address);
}

Result<gene::Program> read_program(std::span<const std::uint8_t> bytes, Diagnostics* notes) {
  const View file{bytes};
  gene::Program p;
  if (bytes.size() >= 4 && std::memcmp(bytes.data(),
                                       "\x7F"
                                       "ELF",
                                       4) == 0)
    p = read_elf(file, notes);
  else if (bytes.size() >= 64 && file.u16(0) == 0x5A4D) p = read_pe(file, notes);
  else if (is_macho(file)) p = read_macho(file, notes);
  else return fail("program-kind", "neither a PE nor an ELF nor a Mach-O file");
  order_sections(p, notes);
  if (p.sections.empty()) return fail("program-damaged", "nothing of the file can be mapped", "its headers are cut off or point beyond its end");
  std::ranges::sort(p.starts);
  p.starts.erase(std::ranges::unique(p.starts).begin(), p.starts.end());
  std::ranges::sort(p.imports);
  p.imports.erase(std::ranges::unique(p.imports).begin(), p.imports.end());
  return p;
}

}  // namespace mozu::files
