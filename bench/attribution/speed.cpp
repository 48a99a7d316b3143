// How fast genes are taken, beside the decoders of Zydis and Capstone.
#include "speed.hpp"

#include <Zydis/Zydis.h>
#include <capstone/capstone.h>
#include <fmt/core.h>

#include <algorithm>

#include "mozu/files/program.hpp"
#include "processor.hpp"

namespace mozu::bench {
void speed(std::span<const File> all) {
  double mine = 0, decode = 0, zydis_s = 0, capstone_s = 0;
  std::uint64_t bytes = 0, count = 0;
  ZydisDecoder zydis;
  ZydisDecoderInit(&zydis, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  csh capstone = 0;
  cs_open(CS_ARCH_X86, CS_MODE_64, &capstone);
  cs_option(capstone, CS_OPT_DETAIL, CS_OPT_ON);
  cs_insn* insn = cs_malloc(capstone);
  for (const File& f : all) {
    if (f.role != "family" || bytes > 40'000'000) continue;
    const auto p = files::read_program(view(f.bytes));
    if (!p || p->architecture != gene::Architecture::x64) continue;
    auto t = processor_s();
    count += gene::extract(*p, view(f.bytes)).genes.size();
    mine += processor_s() - t;
    for (const auto& s : p->sections) {
      if (!s.code) continue;
      bytes += s.bytes.size();
      t = processor_s();
      for (std::size_t at = 0; at < s.bytes.size();) {
        const auto i = gene::decode_x86(s.bytes.subspan(at), true);
        count += i.token & 1U;
        at += std::max<std::size_t>(i.length, 1);
      }
      decode += processor_s() - t;
      t = processor_s();
      for (std::size_t at = 0; at < s.bytes.size();) {
        ZydisDecodedInstruction z;
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
        at += ZYAN_SUCCESS(ZydisDecoderDecodeFull(&zydis, s.bytes.data() + at, s.bytes.size() - at, &z, operands)) ? z.length : 1;
      }
      zydis_s += processor_s() - t;
      t = processor_s();
      const std::uint8_t* code = s.bytes.data();
      std::size_t left = s.bytes.size();
      for (std::uint64_t address = 0; left > 0;)
        if (!cs_disasm_iter(capstone, &code, &left, &address, insn)) ++code, --left;
      capstone_s += processor_s() - t;
    }
  }
  cs_free(insn, 1);
  cs_close(&capstone);
  const double mb = static_cast<double>(bytes) / 1e6;
  fmt::print(
      "\n| one thread, {:.0f} MB of code | MB/s |\n|---|---|\n| genes of all classes, sorted | {:.1f} |\n| decoder alone | {:.1f} |\n| Zydis, full | {:.1f} "
      "|\n| Capstone, detail | {:.1f} |\n",
      mb, mb / mine, mb / decode, mb / zydis_s, mb / capstone_s);
  if (count == 0) fmt::print("no genes\n");
}

}  // namespace mozu::bench
