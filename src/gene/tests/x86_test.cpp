// The x86 decoder: lengths and flow against Zydis on real code and on random bytes, tokens by what must and must not count.
#include <Zydis/Zydis.h>
#include <gtest/gtest.h>
#include <link.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "mozu/base/file.hpp"
#include "mozu/gene/instruction.hpp"

namespace mozu::gene {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes hex(std::string_view text) {
  Bytes out;
  std::string digits;
  for (const char c : text)
    if (c != ' ') digits += c;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) out.push_back(static_cast<std::uint8_t>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  return out;
}

Instruction wide(std::string_view text) { return decode_x86(hex(text), true); }
Instruction narrow(std::string_view text) { return decode_x86(hex(text), false); }

TEST(X86, LengthsAndFlow) {
  struct Case {
    const char* bytes;
    unsigned length;
    Flow flow;
  };
  for (const Case& c : {Case{"c3", 1, Flow::ret},
                        {"e8 00 00 00 00", 5, Flow::call},
                        {"eb 05", 2, Flow::jump},
                        {"0f 84 10 00 00 00", 6, Flow::branch},
                        {"48 b8 01 02 03 04 05 06 07 08", 10, Flow::next},
                        {"ff 15 00 00 00 00", 6, Flow::call_indirect},
                        {"ff e0", 2, Flow::jump_indirect},
                        {"48 8b 84 24 80 00 00 00", 8, Flow::next},
                        {"c5 f8 77", 3, Flow::next},
                        {"62 f1 7c 48 28 00", 6, Flow::next},
                        {"cc", 1, Flow::trap},
                        {"f6 c1 01", 3, Flow::next},
                        {"f7 d8", 2, Flow::next},
                        {"66 0f 3a 0f c1 08", 6, Flow::next},
                        {"06", 1, Flow::bad},
                        {"48", 1, Flow::bad}}) {
    const Instruction i = wide(c.bytes);
    EXPECT_EQ(i.length, c.length) << c.bytes;
    EXPECT_EQ(i.flow, c.flow) << c.bytes;
  }
  EXPECT_EQ(wide("e8 fb ff ff ff").target, 0) << "relative to the next instruction";
  EXPECT_EQ(decode_x86({}, true).flow, Flow::bad);
}

TEST(X86, WhatCompilersChooseDoesNotCount) {
  const auto same = [](const char* a, const char* b) { EXPECT_EQ(wide(a).token, wide(b).token) << a << " | " << b; };
  same("01 d8", "03 c3");                                // add eax, ebx both ways round
  same("83 c0 05", "05 05 00 00 00");                    // add eax, 5 in one byte, in four
  same("83 c0 05", "81 c1 05 00 00 00");                 // and to another register
  same("74 05", "0f 84 00 10 00 00");                    // near and short
  same("8b 45 f8", "8b 45 f0");                          // another place on the stack
  same("8b 45 f8", "8b 84 24 80 00 00 00");              // by the other stack register
  same("48 8d 05 00 10 00 00", "48 8d 0d 00 20 00 00");  // relative to the instruction
  same("50", "53");                                      // push
  same("b8 00 00 50 00", "c7 c3 00 00 60 00");           // addresses
  same("d1 e0", "c1 e0 01");                             // a shift by one
}

TEST(X86, WhatTheSourceSaysCounts) {
  const auto differ = [](const char* a, const char* b) { EXPECT_NE(wide(a).token, wide(b).token) << a << " | " << b; };
  differ("01 d8", "29 d8");        // add, sub
  differ("01 d8", "48 01 d8");     // 32 and 64 bits
  differ("83 c0 05", "83 c0 06");  // constants
  differ("8b 00", "89 00");        // load, store
  differ("8b 45 f8", "8b 00");     // the stack, elsewhere
  differ("8b 00", "8b 04 88");     // with an index
  differ("0f 84 00 00 00 00", "0f 85 00 00 00 00");
  differ("66 0f ef c0", "0f 57 c0");  // pxor, xorps
}

TEST(X86, PaddingIsIdle) {
  for (const char* bytes : {"90", "66 90", "0f 1f 44 00 00", "66 2e 0f 1f 84 00 00 00 00 00", "f3 0f 1e fa"}) EXPECT_TRUE(wide(bytes).idle) << bytes;
  EXPECT_TRUE(narrow("8d b4 26 00 00 00 00").idle);
  EXPECT_TRUE(narrow("8d 76 00").idle);
  EXPECT_FALSE(wide("f3 90").idle) << "pause waits for somebody";
}

/// What Zydis knows and nobody else has: Xeon Phi's first instructions (MVEX), and what begins and ends a transaction, which it calls jumps.
bool is_odd(ZydisMnemonic m) {
  return m == ZYDIS_MNEMONIC_JKZD || m == ZYDIS_MNEMONIC_JKNZD || m == ZYDIS_MNEMONIC_XBEGIN || m == ZYDIS_MNEMONIC_XABORT || m == ZYDIS_MNEMONIC_XEND;
}

Flow flow_of(const ZydisDecodedInstruction& i) {
  switch (i.meta.category) {
    case ZYDIS_CATEGORY_COND_BR: return Flow::branch;
    case ZYDIS_CATEGORY_CALL: return Flow::call;
    case ZYDIS_CATEGORY_UNCOND_BR: return Flow::jump;
    case ZYDIS_CATEGORY_RET: return Flow::ret;
    default: return Flow::next;
  }
}
Flow coarse(Flow f) { return f == Flow::call_indirect ? Flow::call : f == Flow::jump_indirect ? Flow::jump : f == Flow::trap ? Flow::next : f; }

/// How many instructions were compared, and how many were not the same.
std::pair<std::size_t, std::size_t> compare(std::span<const std::uint8_t> code, bool is_wide) {
  ZydisDecoder zydis;
  ZydisDecoderInit(&zydis, is_wide ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32, is_wide ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32);
  std::size_t compared = 0, different = 0;
  for (std::size_t at = 0; at < code.size();) {
    ZydisDecodedInstruction z;
    ZydisDecoderContext context;
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&zydis, &context, code.data() + at, code.size() - at, &z))) {
      ++at;
      continue;
    }
    if (!is_odd(z.mnemonic) && z.encoding != ZYDIS_INSTRUCTION_ENCODING_MVEX) {
      const Instruction i = decode_x86(code.subspan(at), is_wide);
      ++compared;
      const bool same = i.length == z.length && (coarse(i.flow) == flow_of(z) || i.flow == Flow::ret);
      different += !same;
      if (!same) {
        EXPECT_LE(different, 5U) << ZydisMnemonicGetString(z.mnemonic) << " at " << at << ": length " << int{i.length} << ", Zydis " << int{z.length};
      }
    }
    at += z.length;
  }
  return {compared, different};
}

/// The largest segment of this program that may be executed: what compilers write, and nothing else.
std::span<const std::uint8_t> own_code() {
  std::span<const std::uint8_t> code;
  ::dl_iterate_phdr(
      [](dl_phdr_info* program, std::size_t, void* out) {
        auto& found = *static_cast<std::span<const std::uint8_t>*>(out);
        for (std::size_t i = 0; i < program->dlpi_phnum; ++i) {
          const auto& segment = program->dlpi_phdr[i];
          if (segment.p_type == PT_LOAD && (segment.p_flags & PF_X) != 0 && segment.p_filesz > found.size())
            found = {reinterpret_cast<const std::uint8_t*>(program->dlpi_addr + segment.p_vaddr), segment.p_filesz};
        }
        return 1;  // the first one is the program itself
      },
      &code);
  return code;
}

TEST(X86, AgreesWithZydisOnThisProgram) {
  const auto [compared, different] = compare(own_code(), true);
  EXPECT_GT(compared, 50'000U);
  EXPECT_EQ(different, 0U);
}

TEST(X86, AgreesWithZydisOnRandomBytes) {
  std::mt19937_64 dice(7);
  Bytes bytes(400'000);
  for (auto& b : bytes) b = static_cast<std::uint8_t>(dice());
  for (const bool is_wide : {true, false}) {
    const auto [compared, different] = compare(bytes, is_wide);
    EXPECT_GT(compared, 50'000U);
    EXPECT_LE(different, compared / 50'000) << "encodings that no compiler writes";
  }
}

/// Where 15 bytes can be read common instructions go by tables; where fewer can, all go the long way.
std::size_t unlike_the_long_way(std::span<const std::uint8_t> code, bool is_wide) {
  std::size_t unlike = 0;
  for (std::size_t at = 0; at + 15 <= code.size();) {
    const Instruction quick = decode_x86(code.subspan(at), is_wide);
    const Instruction slow = decode_x86(code.subspan(at, std::min<std::size_t>(quick.length, 14)), is_wide);
    const auto all = [](const Instruction& i) { return std::tuple(i.length, i.flow, i.idle, i.far_value, i.token, i.target, i.value, i.has_memory); };
    const bool is_unlike = quick.length < 15 && all(quick) != all(slow);
    unlike += is_unlike;
    EXPECT_FALSE(is_unlike && unlike <= 5) << at << ": " << int{code[at]} << ' ' << int{code[at + 1]} << ' ' << int{code[at + 2]};
    at += quick.length;
  }
  return unlike;
}

TEST(X86, TheQuickWaySaysTheSame) {
  const auto self = read_file("/proc/self/exe", std::uint64_t{1} << 32);
  ASSERT_TRUE(self);
  std::mt19937_64 dice(7);
  Bytes bytes(4'000'000);
  for (auto& b : bytes) b = static_cast<std::uint8_t>(dice());
  for (const bool is_wide : {true, false}) {
    EXPECT_EQ(unlike_the_long_way({reinterpret_cast<const std::uint8_t*>(self->data()), self->size()}, is_wide), 0U);
    EXPECT_EQ(unlike_the_long_way(bytes, is_wide), 0U);
  }
}

TEST(X86, NeverReadsBeyondTheBytes) {
  const Bytes whole = hex("66 2e 48 81 84 88 11 22 33 44 55 66 77 88");
  for (std::size_t n = 0; n <= whole.size(); ++n) {
    const Bytes exact(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));  // a buffer of its own: AddressSanitizer sees one byte too far
    const Instruction i = decode_x86(exact, true);
    EXPECT_TRUE(i.length <= exact.size() || i.flow == Flow::bad);
  }
}

}  // namespace
}  // namespace mozu::gene
