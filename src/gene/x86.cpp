// x86 and x86-64 instructions: length, flow, and a token that leaves out what compilers choose freely (registers, displacements, which of several
// encodings). Tables follow the opcode maps of the Intel SDM, volume 2, appendix A, and AMD's XOP map.
#include <array>
#include <bit>
#include <cstring>

#include "mozu/gene/instruction.hpp"
#include "token.hpp"
#include "x86_forms.hpp"
#include "x86_quick.hpp"

namespace mozu::gene {
namespace {

using namespace x86;

constexpr std::uint8_t none = 0xFF;

/// What was read before the opcode.
struct Prefixes {
  bool wide = false;           // 64-bit code
  bool operand16 = false;      // 66
  bool address_other = false;  // 67
  bool rex = false, rex_w = false, locked = false;
  std::uint8_t repeat = 0;  // F2 or F3, the last one
  std::uint8_t vector = 0;  // 0: legacy; 1: VEX, 2: EVEX, 3: XOP
  std::uint8_t vector_length = 0;
};

/// Bytes yet to be read; `good` falls when one is asked for that is not there.
struct Bytes {
  const std::uint8_t* at;
  const std::uint8_t* end;
  bool good = true;
  std::uint8_t next() {
    if (at == end) {
      good = false;
      return 0;
    }
    return *at++;
  }
  std::uint64_t number(unsigned bytes, bool with_sign) {
    if (static_cast<std::size_t>(end - at) < bytes) {
      good = false;
      at = end;
      return 0;
    }
    std::uint64_t v = 0;
    std::memcpy(&v, at, bytes);
    at += bytes;
    if (with_sign && bytes < 8 && bytes > 0 && (v >> (bytes * 8 - 1)) != 0) v |= ~std::uint64_t{0} << (bytes * 8);
    return v;
  }
};

struct ModRM {
  std::uint8_t mod = 3, reg = 0, rm = 0;
  Base base = absolute;
  bool index = false, relative = false;  // relative: to the next instruction
  std::uint8_t base_register = none;
  std::int64_t displacement = 0;
  bool memory() const { return mod != 3; }
};

void address16(Bytes& in, ModRM& m) {
  const bool direct = m.mod == 0 && m.rm == 6;
  m.base = direct ? absolute : m.rm == 2 || m.rm == 3 || m.rm == 6 ? stack : other;
  m.index = m.rm < 4;
  m.displacement = static_cast<std::int64_t>(in.number(direct || m.mod == 2 ? 2 : m.mod, true));
}

void address32(Bytes& in, const Prefixes& p, ModRM& m) {
  std::uint8_t base = m.rm;
  if (m.rm == 4) {
    const std::uint8_t sib = in.next();
    m.index = ((sib >> 3) & 7U) != 4;
    base = sib & 7U;
  }
  if (m.mod == 0 && base == 5) {
    m.relative = p.wide && m.rm == 5;
    m.displacement = static_cast<std::int64_t>(in.number(4, true));
    return;
  }
  m.base_register = base;
  m.base = base == 4 || base == 5 ? stack : other;
  m.displacement = static_cast<std::int64_t>(in.number(m.mod == 1 ? 1 : m.mod == 2 ? 4 : 0, true));
}

ModRM read_modrm(Bytes& in, const Prefixes& p) {
  const std::uint8_t byte = in.next();
  ModRM m{.mod = static_cast<std::uint8_t>(byte >> 6), .reg = static_cast<std::uint8_t>((byte >> 3) & 7U), .rm = static_cast<std::uint8_t>(byte & 7U)};
  if (m.mod == 3) return m;
  if (!p.wide && p.address_other) address16(in, m);
  else address32(in, p, m);
  return m;
}

class Decoder {
 public:
  Decoder(std::span<const std::uint8_t> code, bool wide) : first_(code.data()), in_{code.data(), code.data() + std::min<std::size_t>(code.size(), 15)} {
    p_.wide = wide;
  }

  Instruction decode() {
    const std::uint8_t op = prefixes();
    if (!in_.good) return bad();
    const Instruction out = body(op);
    return p_.locked && !m_.memory() ? bad() : out;
  }

 private:
  const std::uint8_t* first_;
  Bytes in_;
  Prefixes p_;
  ModRM m_;
  std::uint64_t value_ = 0;
  bool has_value_ = false;

  Instruction body(std::uint8_t op) {
    switch (op) {
      case 0x0F: return escaped();
      case 0xC4:
      case 0xC5:
        if (has_vector()) return vex(op);
        break;
      case 0x62:
        if (has_vector()) return evex();
        break;
      case 0x8F:
        if (in_.at != in_.end && (*in_.at & 0x1FU) >= 8) return xop();
        break;
      default: break;
    }
    return first_map(op);
  }

  std::uint8_t prefixes() {
    for (;;) {
      const std::uint8_t b = in_.next();
      switch (b) {
        case 0x66: p_.operand16 = true; break;
        case 0x67: p_.address_other = true; break;
        case 0xF2:
        case 0xF3: p_.repeat = b; break;
        case 0xF0: p_.locked = true; break;
        case 0x2E:
        case 0x36:
        case 0x3E:
        case 0x26:
        case 0x64:
        case 0x65: break;
        default:
          if (!p_.wide || (b & 0xF0U) != 0x40U) return b;
          // REX counts only right before the opcode.
          if (in_.at != in_.end) {
            const std::uint8_t after = *in_.at;
            const bool prefix = after == 0x66 || after == 0x67 || after == 0xF2 || after == 0xF3 || after == 0xF0 || after == 0x2E || after == 0x36 ||
                                after == 0x3E || after == 0x26 || after == 0x64 || after == 0x65 || (after & 0xF0U) == 0x40U;
            if (!prefix) p_.rex = true, p_.rex_w = (b & 8U) != 0;
          }
      }
      if (!in_.good) return 0;
    }
  }

  /// Reads what the map says follows. False: no instruction.
  bool operands(char what, std::uint8_t op) {
    const unsigned whole = p_.operand16 && !p_.rex_w ? 2 : 4;
    const auto immediate = [&](unsigned bytes) { value_ = in_.number(bytes, true), has_value_ = true; };
    switch (what) {
      case '.': break;
      case 'm': m_ = read_modrm(in_, p_); break;
      case 'b': m_ = read_modrm(in_, p_), immediate(1); break;
      case 'z': m_ = read_modrm(in_, p_), immediate(whole); break;
      case 'i':
      case 'r': immediate(1); break;
      case 'I': immediate(whole); break;
      case 'R': immediate(p_.wide ? 4 : whole); break;
      case 'w': immediate(2); break;
      case 'v': immediate(p_.rex_w ? 8 : whole); break;
      case 'e': immediate(2), in_.next(); break;
      case 'f': in_.number(whole + 2, false); break;
      case 'o': m_.mod = 0, value_ = in_.number(p_.wide ? (p_.address_other ? 4 : 8) : (p_.address_other ? 2 : 4), false); break;
      case 't':
      case 'T':
        m_ = read_modrm(in_, p_);
        if (m_.reg < 2) immediate(what == 't' ? 1 : whole);
        break;
      default: return false;
    }
    (void)op;
    return in_.good;
  }

  Instruction bad() const { return {.length = 1}; }

  Instruction made(Flow flow) const {
    Instruction out;
    out.length = static_cast<std::uint8_t>(in_.at - first_);
    out.flow = flow;
    return out;
  }

  Instruction idle() const {
    Instruction out = made(Flow::next);
    out.idle = true;
    return out;
  }

  Instruction to_target(Flow flow, std::uint16_t operation) const {
    Instruction out = made(flow);
    out.target = static_cast<std::int64_t>(value_) + out.length;
    out.token = token_of(operation);
    return out;
  }

  Instruction finished(Form form, Flow flow = Flow::next) const {
    Instruction out = made(flow);
    std::uint64_t shape = shape_of(form, m_.memory(), m_.base, m_.index);
    if (m_.memory() && m_.base == absolute && flow == Flow::next) {
      out.has_memory = true;
      out.target = m_.relative ? m_.displacement + out.length : m_.displacement;
    }
    shape |= std::uint64_t{p_.vector} << 28U | std::uint64_t{p_.vector_length} << 30U;
    out.token = token_of(shape);
    if (has_value_) {
      const auto v = static_cast<std::int64_t>(value_);
      if (v > -small_value_max && v < small_value_max) {
        out.token = token_of(shape | std::uint64_t{1} << 32U, value_);
      } else {
        out.far_value = true;
        out.value = value_;
        out.token = token_of(shape | std::uint64_t{2} << 32U);
      }
    }
    return out;
  }

  std::uint8_t size_of(bool byte) const { return byte ? 0 : p_.rex_w ? 3 : p_.operand16 ? 1 : 2; }

  bool pads(std::uint8_t op) const {
    if (op == 0x90) return p_.repeat == 0;
    // lea r, [r + 0]: what 32-bit assemblers fill up with.
    return op == 0x8D && !p_.wide && m_.memory() && !m_.index && m_.displacement == 0 && m_.base_register == m_.reg;
  }

  Instruction first_map(std::uint8_t op) {
    if (!operands((p_.wide ? one_wide : one_narrow)[op], op)) return bad();
    if (op == 0x8D && !m_.memory()) return bad();
    if (pads(op)) return idle();
    if (op >= 0x70 && op <= 0x7F) return to_target(Flow::branch, static_cast<std::uint16_t>(0x110 + op));
    switch (op) {
      case 0xE0:
      case 0xE1:
      case 0xE2:
      case 0xE3: return to_target(Flow::branch, op);
      case 0xE8: return to_target(Flow::call, op);
      case 0xE9:
      case 0xEB: return to_target(Flow::jump, 0xE9);
      case 0xC3:
      case 0xCB:
      case 0xCF: has_value_ = false; return finished({0xC3, 7, 0}, Flow::ret);
      case 0xC2:
      case 0xCA: return finished({0xC2, 7, 0}, Flow::ret);
      case 0xCC:
      case 0xF4:
      case 0xF1: return finished({op, 7, 0}, Flow::trap);
      case 0xEA: return finished({op, 7, 0}, Flow::jump_indirect);
      case 0x9A: return finished({op, 7, 0}, Flow::call_indirect);
      case 0xFF:
        if (m_.reg == 7) return bad();
        if (m_.reg == 2 || m_.reg == 3) return finished({0xFF02, 7, 2}, Flow::call_indirect);
        if (m_.reg == 4 || m_.reg == 5) return finished({0xFF04, 7, 2}, Flow::jump_indirect);
        break;
      case 0xFE:
        if (m_.reg > 1) return bad();
        break;
      case 0xD0:
      case 0xD1: value_ = 1, has_value_ = true; break;
      case 0x8C:
      case 0x8E:
        if (m_.reg > 5 || (op == 0x8E && m_.reg == 1)) return bad();
        break;
      case 0xC6:
      case 0xC7:
        if (m_.reg != 0 && (m_.reg != 7 || m_.memory() || m_.rm != 0)) return bad();  // xabort, xbegin
        break;
      case 0x8F:
        if (m_.reg != 0) return bad();
        break;
      default: break;
    }
    Form form = form_of(op, m_.reg);
    form.size = sizeless(form.operation) ? 7 : op >= 0xD8 && op <= 0xDF ? m_.reg : size_of(is_byte(op));
    return finished(form);
  }

  Instruction escaped() {
    const std::uint8_t op = in_.next();
    if (op == 0x38 || op == 0x3A) {
      const std::uint8_t third = in_.next();
      if (!in_.good || !operands(op == 0x38 ? 'm' : 'b', third)) return bad();
      return vector_form(static_cast<std::uint16_t>((op == 0x38 ? 0x200 : 0x300) + third), third);
    }
    if (!in_.good) return bad();
    if (op >= 0x20 && op <= 0x23) {  // control and debug registers: whatever the mode says, there is no memory
      const std::uint8_t byte = in_.next();
      m_.reg = (byte >> 3U) & 7U;
    } else if (!operands(two[op], op)) {
      return bad();
    }
    if (op >= 0x80 && op <= 0x8F) return to_target(Flow::branch, static_cast<std::uint16_t>(0x100 + op));
    if (is_idle(op)) return idle();
    if (op == 0x0B || op == 0xFF || op == 0xB9) return finished({static_cast<std::uint16_t>(0x100 + op), 7, 0}, Flow::trap);
    return vector_form(static_cast<std::uint16_t>(0x100 + op), op);
  }

  /// Of the other maps: the prefix is a part of the operation, except where it says the size of general registers.
  Instruction vector_form(std::uint16_t operation, std::uint8_t op) {
    const bool general = operation < 0x200 && p_.vector == 0 && is_general(op);
    Form form{operation, 0, 1};
    if (general) {
      form.size = size_of(op == 0xB0 || op == 0xC0);
    } else {
      const unsigned prefix = p_.repeat == 0xF2 ? 3 : p_.repeat == 0xF3 ? 2 : p_.operand16 ? 1 : 0;
      form.operation = static_cast<std::uint16_t>(operation | prefix << 12U);
      form.size = p_.rex_w ? 3 : 2;
    }
    if (is_store(operation)) form.direction = 2;
    if (has_value_) form.direction = 3;
    return finished(form);
  }

  Instruction vectored(unsigned map, std::uint8_t op) {
    const char what = map == 1 ? (op == 0x77 ? '.' : two[op] == 'b' ? 'b' : 'm') : map == 2 || map >= 5 ? 'm' : map == 3 ? 'b' : 'x';
    if (!operands(what, op)) return bad();
    return vector_form(static_cast<std::uint16_t>(map * 0x100 + op), op);
  }

  void pp(unsigned bits) {
    p_.operand16 = bits == 1;
    p_.repeat = bits == 2 ? 0xF3 : bits == 3 ? 0xF2 : 0;
  }

  /// In 32-bit code these are other instructions unless a register stands where those want memory.
  bool has_vector() const { return p_.wide || (in_.at != in_.end && (*in_.at & 0xC0U) == 0xC0U); }

  Instruction vex(std::uint8_t escape) {
    if (p_.rex || p_.operand16 || p_.repeat != 0 || p_.locked) return bad();
    const std::uint8_t one = in_.next();
    unsigned map = 1;
    std::uint8_t last = one;
    if (escape == 0xC4) {
      map = one & 0x1FU;
      last = in_.next();
    }
    p_.rex_w = escape == 0xC4 && (last & 0x80U) != 0;
    pp(last & 3U);
    p_.vector = 1, p_.vector_length = (last >> 2U) & 1U;
    const std::uint8_t op = in_.next();
    if (!in_.good || map < 1 || map > 3) return bad();
    return vectored(map, op);
  }

  Instruction evex() {
    if (p_.rex || p_.operand16 || p_.repeat != 0 || p_.locked) return bad();
    const std::uint8_t one = in_.next(), second = in_.next(), third = in_.next(), op = in_.next();
    const unsigned map = one & 7U;
    if (!in_.good || (one & 8U) != 0 || (second & 4U) == 0 || map == 0 || map == 4 || map == 7) return bad();
    p_.rex_w = (second & 0x80U) != 0;
    pp(second & 3U);
    p_.vector = 2, p_.vector_length = (third >> 5U) & 3U;
    return vectored(map, op);
  }

  Instruction xop() {
    const std::uint8_t one = in_.next(), second = in_.next(), op = in_.next();
    const unsigned map = one & 0x1FU;
    if (!in_.good || map < 8 || map > 10 || (second & 3U) != 0) return bad();
    p_.vector = 3;
    p_.rex_w = false;
    if (!operands(map == 8 ? 'b' : 'm', op)) return bad();
    if (map == 10) value_ = in_.number(4, true), has_value_ = true;
    if (!in_.good) return bad();
    return vector_form(static_cast<std::uint16_t>(map * 0x100 + op), op);
  }
};

}  // namespace

Instruction decode_x86(std::span<const std::uint8_t> code, bool wide) {
  if (code.empty()) return {};
  if (Instruction out; code.size() >= x86::quick_least && x86::decode_quick(code.data(), wide, out)) return out;
  return Decoder(code, wide).decode();
}

}  // namespace mozu::gene
