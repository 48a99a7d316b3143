// What stands at a place of an object: instructions as people read them, or text.
#include <capstone/capstone.h>
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <span>

#include "charset.hpp"
#include "mozu/base/text.hpp"
#include "mozu/files/program.hpp"
#include "objects.hpp"
#include "wire_objects.hpp"

namespace mozu::files {
namespace {

constexpr std::uint64_t text_bytes_shown = 2000;

struct Mode {
  cs_arch arch;
  int mode;
};
std::optional<Mode> mode_of(const gene::Program& p) {
  const int order = p.big_endian ? static_cast<int>(CS_MODE_BIG_ENDIAN) : static_cast<int>(CS_MODE_LITTLE_ENDIAN);
  switch (p.architecture) {
    case gene::Architecture::x86: return Mode{CS_ARCH_X86, CS_MODE_32};
    case gene::Architecture::x64: return Mode{CS_ARCH_X86, CS_MODE_64};
    case gene::Architecture::arm: return Mode{CS_ARCH_ARM, CS_MODE_ARM | order};
    case gene::Architecture::arm64: return Mode{CS_ARCH_ARM64, order};
    case gene::Architecture::mips: return Mode{CS_ARCH_MIPS, CS_MODE_MIPS32 | order};
    case gene::Architecture::mips64: return Mode{CS_ARCH_MIPS, CS_MODE_MIPS64 | order};
    case gene::Architecture::cil:  // our own decoder's
    case gene::Architecture::none: break;
  }
  return {};
}

/// Instructions of a program, one after another.
class Disassembler {
 public:
  explicit Disassembler(const gene::Program& p) {
    const auto mode = mode_of(p);
    if (!mode || cs_open(mode->arch, static_cast<cs_mode>(mode->mode), &handle_) != CS_ERR_OK) return;
    one_ = cs_malloc(handle_);
  }
  ~Disassembler() {
    if (one_ != nullptr) cs_free(one_, 1);
    if (handle_ != 0) cs_close(&handle_);
  }
  Disassembler(const Disassembler&) = delete;
  Disassembler& operator=(const Disassembler&) = delete;

  std::vector<std::string> lines(std::span<const std::uint8_t> code, std::uint64_t address) {
    std::vector<std::string> out;
    const std::uint8_t* at = code.data();
    std::size_t left = code.size();
    while (one_ != nullptr && left > 0) {
      if (out.size() + 1 == place_lines_max) {
        out.emplace_back("…");
        break;
      }
      const auto here = address;
      if (cs_disasm_iter(handle_, &at, &left, &address, one_)) {
        out.push_back(printable(fmt::format("{:x}  {}{}{}", here, one_->mnemonic, one_->op_str[0] == '\0' ? "" : " ", one_->op_str), place_line_bytes_max - 8));
      } else {  // what it cannot read: a byte, and on
        out.push_back(fmt::format("{:x}  .byte 0x{:02x}", here, *at));
        ++at, --left, address = here + 1;
      }
    }
    return out;
  }

 private:
  csh handle_ = 0;
  cs_insn* one_ = nullptr;
};

std::vector<std::string> cil_lines(std::span<const std::uint8_t> code, std::uint64_t address) {
  std::vector<std::string> out;
  while (!code.empty()) {
    if (out.size() + 1 == place_lines_max) {
      out.emplace_back("…");
      break;
    }
    const auto text = gene::cil_text(code, address);
    const std::size_t length = gene::decode_cil(code, {}).length;
    out.push_back(text.empty() ? fmt::format("{:x}  .byte 0x{:02x}", address, code[0]) : fmt::format("{:x}  {}", address, text));
    code = code.subspan(length), address += length;
  }
  return out;
}

std::vector<std::string> text_lines(std::string_view bytes) {
  bytes = bytes.substr(0, text_bytes_shown);
  std::string narrow;
  const bool is_wide = bytes.size() >= 4 && bytes[1] == '\0' && bytes[3] == '\0';
  for (std::size_t i = 0; is_wide && i < bytes.size(); i += 2) narrow += bytes[i];
  const std::string text = is_wide ? narrow : to_utf8(bytes);
  std::vector<std::string> out;
  for (std::string_view line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (out.size() + 1 == place_lines_max) break;
    out.push_back(printable(line, place_line_bytes_max - 8));
  }
  return out;
}

const gene::Section* code_at(const gene::Program& p, std::uint64_t offset, std::uint64_t length) {
  for (const gene::Section& s : p.sections)
    if (s.code && offset >= s.offset && offset - s.offset < s.bytes.size() && length <= s.bytes.size() - (offset - s.offset)) return &s;
  return nullptr;
}
const gene::Section* mapped_at(const gene::Program& p, std::uint64_t offset) {
  for (const gene::Section& s : p.sections)
    if (offset >= s.offset && offset - s.offset < s.bytes.size()) return &s;
  return nullptr;
}

}  // namespace

std::vector<Place> places_in(std::string_view kind, std::string_view bytes, std::string_view sha256, const std::vector<PlaceWanted>& wanted) {
  const auto program = read_program(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
  std::optional<Disassembler> disassembler;
  if (program) disassembler.emplace(*program);
  const auto instruction_lines = [&](std::span<const std::uint8_t> code, std::uint64_t address) {
    return program->architecture == gene::Architecture::cil ? cil_lines(code, address) : disassembler->lines(code, address);
  };
  std::optional<gene::Genome> genome;  // for those whose place is known roughly
  std::vector<Place> out;
  for (std::uint32_t i = 0; i < wanted.size(); ++i) {
    const PlaceWanted& w = wanted[i];
    if (w.sha256 != sha256) continue;
    Place p{i, w.offset, w.length, {}, {}};
    if (w.length == 0) {
      if (!genome) genome = genome_of(kind, bytes, program ? &*program : nullptr, {});
      const auto found = std::ranges::lower_bound(genome->genes, w.gene, {}, &gene::Gene::key);
      if (found == genome->genes.end() || found->key != w.gene || found->offset < w.offset || found->offset - w.offset >= place_slack) continue;
      p.offset = found->offset, p.length = found->length;
    }
    if (p.offset > bytes.size() || p.length > bytes.size() - p.offset) continue;
    const bool is_code = gene::class_of(w.gene) == gene::GeneClass::code || gene::class_of(w.gene) == gene::GeneClass::function;
    const gene::Section* s = !program ? nullptr : is_code ? code_at(*program, p.offset, p.length) : mapped_at(*program, p.offset);
    if (s != nullptr) p.address = s->address + (p.offset - s->offset);
    if (s != nullptr && is_code) p.lines = instruction_lines(s->bytes.subspan(p.offset - s->offset, p.length), *p.address);
    else p.lines = text_lines(bytes.substr(p.offset, p.length));
    out.push_back(std::move(p));
  }
  return out;
}

}  // namespace mozu::files
