// AArch64, ARM and MIPS: instructions of four bytes. Which bits are registers and offsets follows the manuals' encoding tables: Arm ARM (DDI 0487) C4.1
// and A5, MIPS32 volume II.
#include <cstring>

#include "mozu/gene/instruction.hpp"
#include "token.hpp"

namespace mozu::gene {
namespace {

constexpr std::int64_t signed_bits(std::uint32_t value, unsigned bits) {
  const std::uint32_t sign = std::uint32_t{1} << (bits - 1);
  return static_cast<std::int64_t>((value ^ sign)) - static_cast<std::int64_t>(sign);
}

std::uint32_t word(std::span<const std::uint8_t> code, bool big_endian) {
  std::uint32_t w = 0;
  std::memcpy(&w, code.data(), 4);
  return big_endian ? __builtin_bswap32(w) : w;
}

Instruction plain(std::uint64_t shape, Flow flow = Flow::next) { return {.length = 4, .flow = flow, .token = token_of(shape)}; }

Instruction towards(std::uint64_t shape, Flow flow, std::int64_t target) {
  Instruction out = plain(shape, flow);
  out.target = target;
  return out;
}

Instruction idle() { return {.length = 4, .flow = Flow::next, .idle = true}; }

/// Loads and stores of AArch64: registers and offsets go, how the address is made stays.
std::uint32_t arm64_memory(std::uint32_t w) {
  if ((w & 0x3B000000U) == 0x18000000U) return w & 0xFF000000U;  // relative to the instruction
  if ((w & 0x3A000000U) == 0x28000000U) return w & 0xFFC00000U;  // pairs
  if ((w & 0x3B200C00U) == 0x38200800U) return w & 0xFFE0FC00U;  // by a register
  if ((w & 0x3B000000U) == 0x39000000U) return w & 0xFFC00000U;  // unsigned offset
  if ((w & 0x3B200000U) == 0x38000000U) return w & 0xFFE00C00U;  // signed offset, before and after
  return w & 0xFFE0FC00U;
}

Instruction arm64(std::uint32_t w) {
  const std::uint32_t group = (w >> 25U) & 0xFU;
  if ((group & 0xEU) == 0xAU) {  // branches, exceptions, system
    if ((w & 0x7C000000U) == 0x14000000U) return towards(w & 0x80000000U, (w >> 31U) != 0 ? Flow::call : Flow::jump, signed_bits(w & 0x3FFFFFFU, 26) * 4);
    if ((w & 0xFF000000U) == 0x54000000U) return towards(w & 0xFF00000FU, Flow::branch, signed_bits((w >> 5U) & 0x7FFFFU, 19) * 4);
    if ((w & 0x7E000000U) == 0x34000000U) return towards(w & 0xFF000000U, Flow::branch, signed_bits((w >> 5U) & 0x7FFFFU, 19) * 4);
    if ((w & 0x7E000000U) == 0x36000000U) return towards(w & 0xFFF80000U, Flow::branch, signed_bits((w >> 5U) & 0x3FFFU, 14) * 4);
    if ((w & 0xFE000000U) == 0xD6000000U) {
      const std::uint32_t what = (w >> 21U) & 0xFU;
      return plain(w & 0xFFFFFC00U, what == 0 || what == 8 ? Flow::jump_indirect : what == 1 || what == 9 ? Flow::call_indirect : Flow::ret);
    }
    if ((w & 0xFFFFF01FU) == 0xD503201FU) return idle();  // nop, bti, pac and other hints
    if ((w & 0xFF000000U) == 0xD4000000U) return plain(w & 0xFFE0001FU, (w & 0xFFE0001FU) == 0xD4000001U ? Flow::next : Flow::trap);
    return plain(w & 0xFFFFFFE0U);
  }
  if ((group & 0x5U) == 0x4U) return plain(arm64_memory(w));
  if ((group & 0xEU) == 0x8U) {                                           // with an immediate
    if ((w & 0x1F000000U) == 0x10000000U) return plain(w & 0x9F000000U);  // adr, adrp
    if ((w & 0x1F800000U) == 0x11000000U) {
      const bool on_stack = (w & 0x1FU) == 31 || ((w >> 5U) & 0x1FU) == 31;
      return plain(on_stack ? (w & 0xFF000000U) | 31U : w & 0xFFFFFC00U);
    }
    if ((w & 0x1F800000U) == 0x12800000U) return plain(w & 0xFFFFFFE0U);  // movz and its like
    return plain(w & 0xFFFFFC00U);
  }
  if ((group & 0x7U) == 0x5U) return plain((w & 0x1F000000U) == 0x1B000000U ? w & 0xFFE08000U : w & 0xFFE0FC00U);
  if ((group & 0x7U) == 0x7U) return plain(w & 0xFFE0FC00U);
  return {.length = 4};
}

Instruction arm(std::uint32_t w) {
  const std::uint32_t condition = w >> 28U;
  if (w == 0xE1A00000U || (w & 0x0FFFFF00U) == 0x0320F000U) return idle();
  if ((w & 0x0E000000U) == 0x0A000000U) {
    const std::int64_t target = signed_bits(w & 0xFFFFFFU, 24) * 4 + 8;
    if (condition == 15) return towards(w & 0xFE000000U, Flow::call_indirect, 0);  // into Thumb
    return towards(w & 0xFF000000U, (w & 0x01000000U) != 0 ? Flow::call : condition == 14 ? Flow::jump : Flow::branch, target);
  }
  const Flow leaving = condition == 14 ? Flow::ret : Flow::next;
  if ((w & 0x0FFFFFF0U) == 0x012FFF10U) return plain(w & 0xFFFFFFF0U, (w & 15U) == 14 ? leaving : condition == 14 ? Flow::jump_indirect : Flow::next);
  if ((w & 0x0FFFFFF0U) == 0x012FFF30U) return plain(w & 0xFFFFFFF0U, Flow::call_indirect);
  if ((w & 0x0E000000U) == 0x08000000U) {  // many registers: how many of them are saved is a choice of the compiler
    const bool to_pc = (w & 0x00108000U) == 0x00108000U;
    return plain(w & 0xFFF00000U, to_pc ? leaving : Flow::next);
  }
  if ((w & 0x0E000000U) == 0x02000000U) return plain(w & 0xFFF00FFFU);                      // immediates
  if ((w & 0x0E000000U) == 0x04000000U) return plain(w & 0xFFF00000U);                      // loads, stores
  if ((w & 0x0E000090U) == 0x00000090U && (w & 0x60U) != 0) return plain(w & 0xFFF000F0U);  // halfwords
  if ((w & 0x0C000000U) == 0x00000000U) return plain(w & 0xFFF00FF0U);
  if ((w & 0x0F000000U) == 0x0F000000U) return plain(w & 0xFF000000U);
  return plain(w & 0xFFF00F10U);
}

Instruction mips(std::uint32_t w) {
  const std::uint32_t op = w >> 26U;
  if (w == 0) return idle();
  switch (op) {
    case 0: {
      const std::uint32_t function = w & 0x3FU;
      if (function == 8) return plain(w & 0xFC00003FU, (w >> 21U) == 31 ? Flow::ret : Flow::jump_indirect);
      if (function == 9) return plain(w & 0xFC00003FU, Flow::call_indirect);
      if (function == 13) return plain(w & 0xFC00003FU, Flow::trap);
      return plain(w & 0xFC0007FFU);
    }
    case 2: return plain(w & 0xFC000000U, Flow::jump_indirect);  // within the region of 256 MiB: not relative
    case 3: return plain(w & 0xFC000000U, Flow::call_indirect);
    case 1:
    case 4:
    case 5:
    case 6:
    case 7:
    case 20:
    case 21:
    case 22:
    case 23: {
      const std::int64_t target = signed_bits(w & 0xFFFFU, 16) * 4 + 4;
      return towards(op == 1 ? w & 0xFC1F0000U : w & 0xFC000000U, (w & 0xFFFF0000U) == 0x04110000U ? Flow::call : Flow::branch, target);
    }
    default: break;
  }
  if (op >= 8 && op <= 15) {
    const bool far = op == 15 || (op == 9 && ((w >> 21U) & 31U) >= 28);  // lui; gp, sp, fp
    return plain(far ? w & 0xFC000000U : w & 0xFC00FFFFU);
  }
  if (op >= 16 && op <= 19) return plain(w & 0xFFE0003FU);
  return plain(w & 0xFC000000U);
}

}  // namespace

Instruction decode_arm64(std::span<const std::uint8_t> code) { return code.size() < 4 ? Instruction{.length = 1} : arm64(word(code, false)); }
Instruction decode_arm(std::span<const std::uint8_t> code) { return code.size() < 4 ? Instruction{.length = 1} : arm(word(code, false)); }
Instruction decode_mips(std::span<const std::uint8_t> code, bool big_endian) {
  return code.size() < 4 ? Instruction{.length = 1} : mips(word(code, big_endian));
}

}  // namespace mozu::gene
