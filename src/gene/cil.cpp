// CIL, the code of .NET: ECMA-335, partition III (what an instruction does) and partition VI, annex C (its bytes).
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <string>
#include <utility>

#include "mozu/gene/instruction.hpp"
#include "token.hpp"

namespace mozu::gene {
namespace {

/// What follows the bytes of an operation.
enum class Operand : std::uint8_t {
  none,
  variable1,  // number of an argument or a local variable
  variable2,
  value1,
  value4,
  bits4,  // a floating-point number
  bits8,
  token,  // into the tables of the metadata
  branch1,
  branch4,
  table,  // of branches
};

constexpr std::int8_t no_value = -2;
struct Operation {
  std::string_view name;  // "" where there is none; short forms have the name of the long one
  Operand operand = Operand::none;
  Flow flow = Flow::next;
  std::int8_t value = no_value;  // constants in one byte: -1 to 8
  std::uint64_t shape = 0;       // by the name, so short and long forms are one
  bool idle = false;
};

constexpr std::uint64_t shape_of(std::string_view name) {
  std::uint64_t h = 0;
  for (const char c : name) h = h * 131 + static_cast<unsigned char>(c);
  return h;
}

using Operations = std::array<Operation, 256>;

constexpr void put_each(Operations& out, std::size_t at, std::initializer_list<std::string_view> names, Operand operand = Operand::none,
                        Flow flow = Flow::next) {
  for (const auto name : names) out[at++] = {name, operand, flow, no_value, shape_of(name), name == "nop" || name == "break"};
}

constexpr Operations one_byte() {
  Operations o{};
  put_each(o, 0x00, {"nop", "break", "ldarg", "ldarg", "ldarg", "ldarg", "ldloc", "ldloc", "ldloc", "ldloc", "stloc", "stloc", "stloc", "stloc"});
  put_each(o, 0x0E, {"ldarg", "ldarga", "starg", "ldloc", "ldloca", "stloc"}, Operand::variable1);
  put_each(o, 0x14, {"ldnull"});
  for (std::size_t i = 0; i < 10; ++i)
    o[0x15 + i] = {"ldc.i4", Operand::none, Flow::next, static_cast<std::int8_t>(static_cast<int>(i) - 1), shape_of("ldc.i4"), false};
  put_each(o, 0x1F, {"ldc.i4"}, Operand::value1);
  put_each(o, 0x20, {"ldc.i4"}, Operand::value4);
  put_each(o, 0x21, {"ldc.i8"}, Operand::bits8);
  put_each(o, 0x22, {"ldc.r4"}, Operand::bits4);
  put_each(o, 0x23, {"ldc.r8"}, Operand::bits8);
  put_each(o, 0x25, {"dup", "pop"});
  put_each(o, 0x27, {"jmp"}, Operand::token, Flow::jump_indirect);
  put_each(o, 0x28, {"call", "calli"}, Operand::token, Flow::call_indirect);
  put_each(o, 0x2A, {"ret"}, Operand::none, Flow::ret);
  for (const auto& [at, operand] : {std::pair{std::size_t{0x2B}, Operand::branch1}, std::pair{std::size_t{0x38}, Operand::branch4}}) {
    put_each(o, at, {"br"}, operand, Flow::jump);
    put_each(o, at + 1, {"brfalse", "brtrue", "beq", "bge", "bgt", "ble", "blt", "bne.un", "bge.un", "bgt.un", "ble.un", "blt.un"}, operand, Flow::branch);
  }
  put_each(o, 0x45, {"switch"}, Operand::table, Flow::branch);
  put_each(o, 0x46, {"ldind.i1",  "ldind.u1", "ldind.i2", "ldind.u2", "ldind.i4", "ldind.u4", "ldind.i8", "ldind.i", "ldind.r4", "ldind.r8", "ldind.ref",
                     "stind.ref", "stind.i1", "stind.i2", "stind.i4", "stind.i8", "stind.r4", "stind.r8", "add",     "sub",      "mul",      "div",
                     "div.un",    "rem",      "rem.un",   "and",      "or",       "xor",      "shl",      "shr",     "shr.un",   "neg",      "not",
                     "conv.i1",   "conv.i2",  "conv.i4",  "conv.i8",  "conv.r4",  "conv.r8",  "conv.u4",  "conv.u8"});
  put_each(o, 0x6F, {"callvirt"}, Operand::token, Flow::call_indirect);
  put_each(o, 0x70, {"cpobj", "ldobj", "ldstr"}, Operand::token);
  put_each(o, 0x73, {"newobj"}, Operand::token, Flow::call_indirect);
  put_each(o, 0x74, {"castclass", "isinst"}, Operand::token);
  put_each(o, 0x76, {"conv.r.un"});
  put_each(o, 0x79, {"unbox"}, Operand::token);
  put_each(o, 0x7A, {"throw"}, Operand::none, Flow::trap);
  put_each(o, 0x7B, {"ldfld", "ldflda", "stfld", "ldsfld", "ldsflda", "stsfld", "stobj"}, Operand::token);
  put_each(o, 0x82,
           {"conv.ovf.i1.un", "conv.ovf.i2.un", "conv.ovf.i4.un", "conv.ovf.i8.un", "conv.ovf.u1.un", "conv.ovf.u2.un", "conv.ovf.u4.un", "conv.ovf.u8.un",
            "conv.ovf.i.un", "conv.ovf.u.un"});
  put_each(o, 0x8C, {"box", "newarr"}, Operand::token);
  put_each(o, 0x8E, {"ldlen"});
  put_each(o, 0x8F, {"ldelema"}, Operand::token);
  put_each(o, 0x90,
           {"ldelem.i1", "ldelem.u1", "ldelem.i2", "ldelem.u2", "ldelem.i4", "ldelem.u4", "ldelem.i8", "ldelem.i", "ldelem.r4", "ldelem.r8", "ldelem.ref",
            "stelem.i", "stelem.i1", "stelem.i2", "stelem.i4", "stelem.i8", "stelem.r4", "stelem.r8", "stelem.ref"});
  put_each(o, 0xA3, {"ldelem", "stelem", "unbox.any"}, Operand::token);
  put_each(o, 0xB3, {"conv.ovf.i1", "conv.ovf.u1", "conv.ovf.i2", "conv.ovf.u2", "conv.ovf.i4", "conv.ovf.u4", "conv.ovf.i8", "conv.ovf.u8"});
  put_each(o, 0xC2, {"refanyval"}, Operand::token);
  put_each(o, 0xC3, {"ckfinite"});
  put_each(o, 0xC6, {"mkrefany"}, Operand::token);
  put_each(o, 0xD0, {"ldtoken"}, Operand::token);
  put_each(o, 0xD1, {"conv.u2", "conv.u1", "conv.i", "conv.ovf.i", "conv.ovf.u", "add.ovf", "add.ovf.un", "mul.ovf", "mul.ovf.un", "sub.ovf", "sub.ovf.un"});
  put_each(o, 0xDC, {"endfinally"}, Operand::none, Flow::ret);
  put_each(o, 0xDD, {"leave"}, Operand::branch4, Flow::jump);
  put_each(o, 0xDE, {"leave"}, Operand::branch1, Flow::jump);
  put_each(o, 0xDF, {"stind.i", "conv.u"});
  return o;
}

/// Behind 0xFE.
constexpr Operations two_bytes() {
  Operations o{};
  put_each(o, 0x00, {"arglist", "ceq", "cgt", "cgt.un", "clt", "clt.un"});
  put_each(o, 0x06, {"ldftn", "ldvirtftn"}, Operand::token);
  put_each(o, 0x09, {"ldarg", "ldarga", "starg", "ldloc", "ldloca", "stloc"}, Operand::variable2);
  put_each(o, 0x0F, {"localloc"});
  put_each(o, 0x11, {"endfilter"}, Operand::none, Flow::ret);
  put_each(o, 0x12, {"unaligned."}, Operand::variable1);
  put_each(o, 0x13, {"volatile.", "tail."});
  put_each(o, 0x15, {"initobj", "constrained."}, Operand::token);
  put_each(o, 0x17, {"cpblk", "initblk"});
  put_each(o, 0x19, {"no."}, Operand::variable1);
  put_each(o, 0x1A, {"rethrow"}, Operand::none, Flow::trap);
  put_each(o, 0x1C, {"sizeof"}, Operand::token);
  put_each(o, 0x1D, {"refanytype", "readonly."});
  return o;
}

constexpr Operations short_operations = one_byte(), long_operations = two_bytes();
constexpr std::size_t branches_max = 16'000;  // of a table: its length is told in 16 bits

constexpr std::size_t bytes_of(Operand o) {
  switch (o) {
    case Operand::variable1:
    case Operand::value1:
    case Operand::branch1: return 1;
    case Operand::variable2: return 2;
    case Operand::value4:
    case Operand::bits4:
    case Operand::token:
    case Operand::branch4:
    case Operand::table: return 4;  // of a table: the number of its branches
    case Operand::bits8: return 8;
    case Operand::none: break;
  }
  return 0;
}

std::int32_t number(std::span<const std::uint8_t> at, std::size_t bytes) {
  if (bytes == 1) return static_cast<std::int8_t>(at[0]);
  std::int32_t out = 0;
  std::memcpy(&out, at.data(), 4);
  return out;
}

struct Read {
  const Operation* operation;
  std::size_t head;  // bytes of the operation itself
};
/// Null: none.
Read read(std::span<const std::uint8_t> code) {
  if (code.empty()) return {nullptr, 0};
  const bool two = code[0] == 0xFE;
  if (two && code.size() < 2) return {nullptr, 0};
  const Operation& o = two ? long_operations[code[1]] : short_operations[code[0]];
  return {o.name.empty() ? nullptr : &o, two ? 2U : 1U};
}

std::uint32_t member_hash(std::uint32_t token, std::span<const Member> members) {
  const auto found = std::ranges::lower_bound(members, token, {}, &Member::token);
  return found != members.end() && found->token == token ? found->hash : 0;
}

}  // namespace

Instruction decode_cil(std::span<const std::uint8_t> code, std::span<const Member> members) {
  const auto [o, head] = read(code);
  if (o == nullptr) return {.length = 1};
  const std::size_t operand_bytes = bytes_of(o->operand);
  if (code.size() < head + operand_bytes) return {.length = 1};
  const auto operand = code.subspan(head);
  Instruction out{.length = static_cast<std::uint16_t>(head + operand_bytes), .flow = o->flow};
  const std::uint64_t shape = o->shape;
  out.token = token_of(shape);
  switch (o->operand) {
    case Operand::token: {
      std::uint32_t token = 0;
      std::memcpy(&token, operand.data(), 4);
      // Numbers of rows change with each build; what is used of other assemblies keeps its name.
      const std::uint32_t hash = member_hash(token, members);
      out.token = token_of(shape, hash != 0 ? hash : token >> 24U);
      break;
    }
    case Operand::value1:
    case Operand::value4: {
      const std::int32_t value = number(operand, operand_bytes);
      if (value < small_value_max && value > -small_value_max) out.token = token_of(shape, static_cast<std::uint64_t>(value) + 0x100);
      else out.far_value = true, out.value = static_cast<std::uint32_t>(value);
      break;
    }
    case Operand::branch1:
    case Operand::branch4: out.target = number(operand, operand_bytes) + out.length; break;
    case Operand::table: {
      const auto branches = static_cast<std::uint32_t>(number(operand, 4));
      if (branches > branches_max || code.size() - out.length < std::size_t{branches} * 4) return {.length = 1};
      out.length = static_cast<std::uint16_t>(out.length + branches * 4);
      out.token = token_of(shape, branches);
      break;
    }
    default:
      if (o->value != no_value) out.token = token_of(shape, static_cast<std::uint64_t>(std::int64_t{o->value}) + 0x100);
      if (o->idle) return {.length = out.length, .flow = Flow::next, .idle = true};
  }
  return out;
}

std::string cil_text(std::span<const std::uint8_t> code, std::uint64_t address) {
  const Instruction i = decode_cil(code, {});
  const auto [o, head] = read(code);
  if (i.flow == Flow::bad) return {};
  const auto operand = code.first(i.length).subspan(head);
  switch (o->operand) {
    case Operand::none: {
      if (o->value != no_value) return fmt::format("{} {}", o->name, o->value);
      constexpr std::string_view numbered[] = {"ldarg", "ldloc", "stloc"};  // the number is in the operation: four of each
      return std::ranges::find(numbered, o->name) == std::end(numbered) ? std::string(o->name) : fmt::format("{} {}", o->name, (code[0] - 2U) % 4);
    }
    case Operand::branch1:
    case Operand::branch4: return fmt::format("{} {:x}", o->name, address + static_cast<std::uint64_t>(i.target));
    case Operand::table: return fmt::format("{} ({})", o->name, operand.size() / 4 - 1);
    default: break;
  }
  std::string digits;
  for (std::size_t at = operand.size(); at-- > 0;) digits += fmt::format("{:02x}", operand[at]);
  return fmt::format("{} 0x{}", o->name, digits);
}

}  // namespace mozu::gene
