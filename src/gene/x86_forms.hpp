// Private to the decoders of x86: opcode maps and what counts as the same operation. Tables follow the opcode maps of the Intel SDM, volume 2, appendix A.
#pragma once
#include <array>
#include <cstdint>

namespace mozu::gene::x86 {

// What follows an opcode: '.' nothing, m ModRM, b ModRM+1, z ModRM+2/4, i 1, I 2/4, w 2, v 2/4/8, r rel8, R rel32, e 3, f far pointer,
// o address, t and T groups F6 and F7, x no instruction. Prefixes and escapes never get here and are x.
// One row holds 16 opcodes.
using Map = std::array<char, 256>;
consteval Map map_of(const char (&text)[257]) {
  Map m{};
  for (std::size_t i = 0; i < 256; ++i) m[i] = text[i];
  return m;
}
constexpr Map one_wide = map_of(
    "mmmmiIxxmmmmiIxx"
    "mmmmiIxxmmmmiIxx"
    "mmmmiIxxmmmmiIxx"
    "mmmmiIxxmmmmiIxx"
    "xxxxxxxxxxxxxxxx"
    "................"
    "xxxmxxxxIzib...."
    "rrrrrrrrrrrrrrrr"
    "bzxbmmmmmmmmmmmm"
    "..........x....."
    "oooo....iI......"
    "iiiiiiiivvvvvvvv"
    "bbw.xxbze.w..ix."
    "mmmmxxx.mmmmmmmm"
    "rrrriiiiRRxr...."
    "x.xx..tT......mm");
constexpr Map one_narrow = map_of(
    "mmmmiI..mmmmiI.x"
    "mmmmiI..mmmmiI.."
    "mmmmiIx.mmmmiIx."
    "mmmmiIx.mmmmiIx."
    "................"
    "................"
    "..mmxxxxIzib...."
    "rrrrrrrrrrrrrrrr"
    "bzbbmmmmmmmmmmmm"
    "..........f....."
    "oooo....iI......"
    "iiiiiiiivvvvvvvv"
    "bbw.mmbze.w..i.."
    "mmmmii..mmmmmmmm"
    "rrrriiiiRRfr...."
    "x.xx..tT......mm");
constexpr Map two = map_of(
    "mmmmx.....x.xm.b"
    "mmmmmmmmmmmmmmmm"
    "mmmmxxxxmmmmmmmm"
    "......x.xxxxxxxx"
    "mmmmmmmmmmmmmmmm"
    "mmmmmmmmmmmmmmmm"
    "mmmmmmmmmmmmmmmm"
    "bbbbmmm.mmxxmmmm"
    "RRRRRRRRRRRRRRRR"
    "mmmmmmmmmmmmmmmm"
    "...mbmxx...mbmmm"
    "mmmmmmmmmmbmmmmm"
    "mmbmbbbm........"
    "mmmmmmmmmmmmmmmm"
    "mmmmmmmmmmmmmmmm"
    "mmmmmmmmmmmmmmmm");

enum Base : std::uint8_t { absolute, stack, other };

/// Operations of their own numbers, where several opcodes mean the same.
enum Operation : std::uint16_t { alu = 0x400, mov = 0x410, push, pop, inc, dec, test, xchg, shift = 0x420 };

struct Form {
  std::uint16_t operation;
  std::uint8_t size;       // log2 of bytes; 7: has none
  std::uint8_t direction;  // 0 register only, 1 to register, 2 to register or memory, 3 immediate
  bool has_value = false;
};

constexpr bool is_byte(std::uint8_t op) {
  if (op < 0x40) return (op & 1U) == 0 && (op & 7U) < 6;
  switch (op) {
    case 0x80:
    case 0x82:
    case 0x84:
    case 0x86:
    case 0x88:
    case 0x8A:
    case 0xA0:
    case 0xA2:
    case 0xA4:
    case 0xA6:
    case 0xA8:
    case 0xAA:
    case 0xAC:
    case 0xAE:
    case 0xC0:
    case 0xC6:
    case 0xD0:
    case 0xD2:
    case 0xE4:
    case 0xE6:
    case 0xEC:
    case 0xEE:
    case 0xF6:
    case 0xFE: return true;
    default: return op >= 0xB0 && op <= 0xB7;
  }
}

/// The same operation in the first map, whichever way it is encoded.
constexpr Form form_of(std::uint8_t op, std::uint8_t reg) {
  constexpr auto to = [](unsigned which, unsigned direction) { return Form{static_cast<std::uint16_t>(which), 0, static_cast<std::uint8_t>(direction)}; };
  if (op < 0x40 && (op & 7U) < 6) return to(alu + (op >> 3U), (op & 7U) < 2 ? 2 : (op & 7U) < 4 ? 1 : 3);
  if (op >= 0x80 && op <= 0x83) return to(alu + reg, 3);
  if (op >= 0x40 && op <= 0x4F) return to(op < 0x48 ? inc : dec, 2);
  if (op >= 0x50 && op <= 0x57) return to(push, 1);
  if (op >= 0x58 && op <= 0x5F) return to(pop, 1);
  if (op >= 0x70 && op <= 0x7F) return to(0x110U + op, 0);  // 0F 80 and following
  if (op >= 0x91 && op <= 0x97) return to(xchg, 1);
  if (op >= 0xB0 && op <= 0xBF) return to(mov, 3);
  switch (op) {
    case 0x68:
    case 0x6A: return to(push, 3);
    case 0x6B: return to(0x69, 1);
    case 0x84:
    case 0x85: return to(test, 2);
    case 0x86:
    case 0x87: return to(xchg, 1);
    case 0x88:
    case 0x89: return to(mov, 2);
    case 0x8A:
    case 0x8B: return to(mov, 1);
    case 0x8F: return to(pop, 2);
    case 0xA0:
    case 0xA1: return to(mov, 1);
    case 0xA2:
    case 0xA3: return to(mov, 2);
    case 0xA8:
    case 0xA9: return to(test, 3);
    case 0xC0:
    case 0xC1:
    case 0xD0:
    case 0xD1: return to(shift + reg, 3);
    case 0xD2:
    case 0xD3: return to(shift + reg, 2);
    case 0xC6:
    case 0xC7: return to(mov, 3);
    case 0xEB: return to(0xE9, 0);
    case 0xF6:
    case 0xF7: return reg < 2 ? to(test, 3) : to(0xF800U + reg, 2);
    case 0xFE: return to(reg == 0 ? inc : dec, 2);
    case 0xFF: return reg == 0 ? to(inc, 2) : reg == 1 ? to(dec, 2) : reg == 6 ? to(push, 2) : to(0xFF00U + reg, 2);
    default: return to(op, 2);
  }
}

/// Those whose operand is as wide as the machine whatever the prefixes, or that have none.
constexpr bool sizeless(std::uint16_t operation) {
  return operation == push || operation == pop || (operation >= 0x180 && operation <= 0x18F) || operation == 0xE8 || operation == 0xE9 || operation == 0xC3 ||
         operation == 0xC2 || operation == 0xC9 || operation >= 0xFF00;
}

/// Of the second map: those where prefixes say the size of general registers, and are no part of the operation.
constexpr bool is_general(std::uint8_t op) {
  return ((op >= 0x40 && op <= 0x4F) || (op >= 0xA0 && op <= 0xBF && op != 0xB8) || op == 0xC0 || op == 0xC1 || op == 0xC7 || op >= 0xC8) && op < 0xD0;
}

constexpr bool is_store(std::uint16_t operation) {
  return operation == 0x111 || operation == 0x113 || operation == 0x117 || operation == 0x129 || operation == 0x12B || operation == 0x17F ||
         operation == 0x1D6 || operation == 0x1E7 || operation == 0x17E;
}

/// Hints, and marks of branch targets.
constexpr bool is_idle(std::uint8_t op) { return (op >= 0x19 && op <= 0x1F) || op == 0x0D; }

/// The shape of an operand in memory, without what it is compared with: base (Base) and whether there is an index.
constexpr std::uint64_t shape_of(Form form, bool memory, Base base, bool index) {
  std::uint64_t shape = form.operation | std::uint64_t{form.size} << 16U;
  shape |= std::uint64_t{memory ? form.direction + 4U : form.direction == 3 ? 3U : 0U} << 20U;
  return memory ? shape | std::uint64_t{base} << 24U | std::uint64_t{index} << 26U : shape;
}

}  // namespace mozu::gene::x86
