// Common x86 instructions by tables: at most one of the prefixes 66, F2, F3, then REX, an opcode of the first two maps, ModRM, an immediate.
#include "x86_quick.hpp"

#include <array>
#include <cstring>

#include "token.hpp"
#include "x86_forms.hpp"

namespace mozu::gene::x86 {
namespace {

enum class Follows : std::uint8_t { slow, nothing, modrm, modrm_byte, modrm_whole, byte, whole, whole_or_eight, near, far, ret, idle };

struct Row {
  Follows follows = Follows::slow;
  std::uint8_t regs = 0xFF;  // of ModRM, those done here
  std::uint8_t size = 0;     // of Form, or one of those below
};
constexpr std::uint8_t by_prefix = 8, by_rex = 9;

constexpr Follows follows_of(char what) {
  switch (what) {
    case '.': return Follows::nothing;
    case 'm': return Follows::modrm;
    case 'b': return Follows::modrm_byte;
    case 'z': return Follows::modrm_whole;
    case 'i': return Follows::byte;
    case 'I': return Follows::whole;
    case 'v': return Follows::whole_or_eight;
    default: return Follows::slow;
  }
}

constexpr bool is_prefix(std::uint8_t op) {
  return op == 0x66 || op == 0x67 || op == 0xF0 || op == 0xF2 || op == 0xF3 || op == 0x26 || op == 0x2E || op == 0x36 || op == 0x3E || op == 0x64 || op == 0x65;
}

constexpr Row first_row(std::uint8_t op, bool wide) {
  Row r;
  if (is_prefix(op) || (wide && (op & 0xF0U) == 0x40)) return r;
  if ((op >= 0x70 && op <= 0x7F) || op == 0xEB) return {.follows = Follows::near};
  if (op == 0xE8 || op == 0xE9) return {.follows = Follows::far};
  if (op == 0xC3) return {.follows = Follows::ret};
  switch (op) {  // what needs more than tables, or is rare
    case 0x0F:
    case 0x62:
    case 0x8C:
    case 0x8E:
    case 0x8F:
    case 0x90:
    case 0xC4:
    case 0xC5:
    case 0xCC:
    case 0xCB:
    case 0xCF:
    case 0xD0:
    case 0xD1:
    case 0xF1:
    case 0xF4: return r;
    default: break;
  }
  if (op >= 0xD8 && op <= 0xDF) return r;
  r.follows = follows_of((wide ? one_wide : one_narrow)[op]);
  r.size = sizeless(form_of(op, 0).operation) ? 7 : is_byte(op) ? 0 : by_prefix;
  if (op == 0xFF) r.regs = 0b0000'0011;
  if (op == 0xFE) r.regs = 0b0000'0011;
  if (op == 0xC6 || op == 0xC7) r.regs = 0b0000'0001;
  return r;
}

constexpr Row second_row(std::uint8_t op) {
  if (op >= 0x80 && op <= 0x8F) return {.follows = Follows::far};
  if (op == 0x0F || op == 0x38 || op == 0x3A || (op >= 0x20 && op <= 0x23) || op == 0x0B || op == 0xFF || op == 0xB9) return {};
  Row r{.follows = follows_of(two[op])};
  if (is_idle(op)) return {.follows = two[op] == 'm' ? Follows::idle : Follows::slow};
  r.size = !is_general(op) ? by_rex : op == 0xB0 || op == 0xC0 ? 0 : by_prefix;
  return r;
}

using Rows = std::array<Row, 256>;
consteval Rows rows_of(int map) {
  Rows out{};
  for (unsigned op = 0; op < 256; ++op) out[op] = map == 2 ? second_row(static_cast<std::uint8_t>(op)) : first_row(static_cast<std::uint8_t>(op), map == 1);
  return out;
}
constexpr std::array<Rows, 3> rows{rows_of(0), rows_of(1), rows_of(2)};  // 32-bit, 64-bit, after 0F

using Forms = std::array<std::array<Form, 8>, 256>;
consteval Forms first_forms() {
  Forms out{};
  for (unsigned op = 0; op < 256; ++op)
    for (unsigned reg = 0; reg < 8; ++reg) out[op][reg] = form_of(static_cast<std::uint8_t>(op), static_cast<std::uint8_t>(reg));
  return out;
}
constexpr Forms forms = first_forms();

template <typename T>
std::int64_t signed_at(const std::uint8_t* at) {
  T v;
  std::memcpy(&v, at, sizeof v);
  return v;
}

struct Memory {
  bool memory = false, index = false, relative = false;
  Base base = absolute;
  std::int64_t displacement = 0;
};

/// Moves `at` behind ModRM, SIB and displacement.
Memory memory_of(std::uint8_t modrm, bool wide, const std::uint8_t*& at) {
  Memory m;
  const unsigned mod = modrm >> 6U;
  if (mod == 3) return m;
  m.memory = true;
  unsigned base = modrm & 7U;
  const bool has_sib = base == 4;
  if (has_sib) {
    const std::uint8_t sib = *at++;
    m.index = ((sib >> 3U) & 7U) != 4;
    base = sib & 7U;
  }
  if (mod == 1) {
    m.displacement = static_cast<std::int8_t>(*at++);
  } else if (mod == 2 || base == 5) {
    m.displacement = signed_at<std::int32_t>(at);
    at += 4;
  }
  if (mod == 0 && base == 5) {
    m.relative = wide && !has_sib;
    return m;
  }
  m.base = base == 4 || base == 5 ? stack : other;
  return m;
}

struct Head {
  std::uint8_t prefix = 0, rex = 0, op = 0;
  bool escaped = false;
  bool whole_is_two() const { return prefix == 0x66 && (rex & 8U) == 0; }
};

Head head_of(const std::uint8_t*& at, bool wide) {
  Head h;
  if (*at == 0x66 || *at == 0xF2 || *at == 0xF3) h.prefix = *at++;
  if (wide && (*at & 0xF0U) == 0x40) h.rex = *at++;
  if (*at == 0x0F) h.escaped = true, ++at;
  h.op = *at++;
  return h;
}

bool to_target(const std::uint8_t* code, const std::uint8_t* at, std::int64_t distance, const Head& h, Instruction& out) {
  const unsigned op = h.op;
  const bool is_branch = h.escaped || op < 0x80;
  out.length = static_cast<std::uint8_t>(at - code);
  out.flow = is_branch ? Flow::branch : op == 0xE8 ? Flow::call : Flow::jump;
  out.target = distance + out.length;
  out.token = token_of(h.escaped ? 0x100 + op : op < 0x80 ? 0x110 + op : op == 0xEB ? 0xE9 : op);
  return true;
}

std::uint8_t size_of(const Row& row, const Head& h) {
  if (row.size < by_prefix) return row.size;
  const bool rex_w = (h.rex & 8U) != 0;
  return rex_w ? 3 : row.size == by_prefix && h.prefix == 0x66 ? 1 : 2;
}

Form form_in(const Row& row, const Head& h, std::uint8_t reg, bool has_value) {
  if (!h.escaped) {
    Form f = forms[h.op][reg];
    f.size = size_of(row, h);
    return f;
  }
  const auto operation = static_cast<std::uint16_t>(0x100 + h.op);
  Form f{operation, size_of(row, h), static_cast<std::uint8_t>(has_value ? 3 : is_store(operation) ? 2 : 1)};
  if (row.size == by_rex) {
    const unsigned prefix = h.prefix == 0xF2 ? 3 : h.prefix == 0xF3 ? 2 : h.prefix == 0x66 ? 1 : 0;
    f.operation = static_cast<std::uint16_t>(operation | prefix << 12U);
  }
  return f;
}

/// Reads an immediate. False: there is none.
bool value_of(Follows follows, const Head& h, const std::uint8_t*& at, std::int64_t& value) {
  switch (follows) {
    case Follows::byte:
    case Follows::modrm_byte: value = static_cast<std::int8_t>(*at++); return true;
    case Follows::whole_or_eight:
      if ((h.rex & 8U) != 0) {
        value = signed_at<std::int64_t>(at);
        at += 8;
        return true;
      }
      [[fallthrough]];
    case Follows::whole:
    case Follows::modrm_whole:
      if (h.whole_is_two()) {
        value = signed_at<std::int16_t>(at);
        at += 2;
      } else {
        value = signed_at<std::int32_t>(at);
        at += 4;
      }
      return true;
    default: return false;
  }
}

}  // namespace

bool decode_quick(const std::uint8_t* code, bool wide, Instruction& out) {
  const std::uint8_t* at = code;
  const Head h = head_of(at, wide);
  const Row& row = rows[h.escaped ? 2 : wide ? 1 : 0][h.op];
  if (row.follows == Follows::slow || (!h.escaped && (h.prefix == 0xF2 || h.prefix == 0xF3))) return false;
  if (row.follows == Follows::near) return to_target(code, at + 1, static_cast<std::int8_t>(*at), h, out);
  if (row.follows == Follows::far) return (wide || h.prefix != 0x66) && to_target(code, at + 4, signed_at<std::int32_t>(at), h, out);
  Memory m;
  std::uint8_t reg = 0;
  const bool has_modrm =
      row.follows == Follows::modrm || row.follows == Follows::modrm_byte || row.follows == Follows::modrm_whole || row.follows == Follows::idle;
  if (has_modrm) {
    const std::uint8_t modrm = *at++;
    reg = (modrm >> 3U) & 7U;
    if (((row.regs >> reg) & 1U) == 0) return false;
    if (h.op == 0x8D && !h.escaped && (!wide || modrm >= 0xC0)) return false;
    m = memory_of(modrm, wide, at);
  }
  std::int64_t value = 0;
  const bool has_value = value_of(row.follows, h, at, value);
  out.length = static_cast<std::uint8_t>(at - code);
  out.flow = row.follows == Follows::ret ? Flow::ret : Flow::next;
  if (row.follows == Follows::idle) {
    out.idle = true;
    return true;
  }
  if (row.follows == Follows::ret) {
    out.token = token_of(shape_of({0xC3, 7, 0}, false, absolute, false));
    return true;
  }
  const std::uint64_t shape = shape_of(form_in(row, h, reg, has_value), m.memory, m.base, m.index);
  if (m.memory && m.base == absolute) {
    out.has_memory = true;
    out.target = m.relative ? m.displacement + out.length : m.displacement;
  }
  if (!has_value) {
    out.token = token_of(shape);
  } else if (value > -small_value_max && value < small_value_max) {
    out.token = token_of(shape | std::uint64_t{1} << 32U, static_cast<std::uint64_t>(value));
  } else {
    out.far_value = true;
    out.value = static_cast<std::uint64_t>(value);
    out.token = token_of(shape | std::uint64_t{2} << 32U);
  }
  return true;
}

}  // namespace mozu::gene::x86
