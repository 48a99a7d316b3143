// One machine instruction, reduced to what stays the same when a compiler moves code about.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mozu::gene {

enum class Architecture : std::uint8_t { none, x86, x64, arm, arm64, mips, mips64, cil };
std::string_view name(Architecture a);  ///< "x86", "x86-64", "ARM", "AArch64", "MIPS", "MIPS64", ".NET"; "" for none

/// Where control goes after an instruction.
enum class Flow : std::uint8_t {
  next,
  branch,         ///< to `target`, or on
  call,           ///< to `target`, and back
  call_indirect,  ///< to where a register or memory says, and back
  jump,           ///< to `target`
  jump_indirect,
  ret,
  trap,  ///< int3, hlt, ud2 and their like: never falls through in compiled code
  bad,   ///< no instruction: data, or the bytes end in the middle of one
};

struct Instruction {
  std::uint16_t length = 0;  ///< bytes; of a bad one how many to skip, at least 1
  Flow flow = Flow::bad;
  bool idle = false;        ///< does nothing: padding, marks of branch targets
  bool far_value = false;   ///< `value` is an immediate that the token leaves out: an address, a constant
  std::uint32_t token = 0;  ///< operation, kinds and sizes of operands, small immediates; 0 for idle and bad ones
  std::int64_t target = 0;  ///< of branch, call, jump, and of memory addressed relative to the instruction (has_memory): bytes from its first byte
  std::uint64_t value = 0;  ///< the immediate, if far_value
  bool has_memory = false;  ///< `target` says where in memory it reads or writes; of flow next alone
};

/// Decodes the first instruction of `code`, at most 15 bytes. Never reads beyond it, never fails: what is none is bad.
Instruction decode_x86(std::span<const std::uint8_t> code, bool wide);  ///< wide: 64-bit code
/// Both byte orders of MIPS; ARM and AArch64 little endian. Four bytes each; fewer: bad.
Instruction decode_arm(std::span<const std::uint8_t> code);
Instruction decode_arm64(std::span<const std::uint8_t> code);
Instruction decode_mips(std::span<const std::uint8_t> code, bool big_endian);

/// What .NET code uses of other assemblies: a token of its metadata, and a hash of the name that stands there.
struct Member {
  std::uint32_t token = 0, hash = 0;
};
/// CIL, at most 64,002 bytes (a table of branches). `members` ascending by token: where a name is known, it counts in place of the token.
Instruction decode_cil(std::span<const std::uint8_t> code, std::span<const Member> members);
/// The first operation as people read it, short forms as the long one: "callvirt 0x0a000001", "ldarg 1", "br 402080" by where `address`, its own, leads; "" for none.
std::string cil_text(std::span<const std::uint8_t> code, std::uint64_t address);

}  // namespace mozu::gene
