// Functions of one program put into another, as a linker would: behind its code.
#pragma once
#include <algorithm>
#include <random>
#include <vector>

#include "corpus.hpp"
#include "mozu/files/program.hpp"

namespace mozu::bench {

struct Spliced {
  gene::Program program;
  std::size_t taken = 0;
  std::vector<std::uint8_t> bytes;

  /// `count` functions of at least `least` instructions of the donor, drawn by lot.
  Spliced(const gene::Program& host, const File& donor, std::size_t count, std::size_t least, std::mt19937& dice) : program(host) {
    const auto from = files::read_program(view(donor.bytes));
    if (!from || from->architecture != host.architecture) return;
    std::vector<std::uint64_t> starts = from->starts;
    std::ranges::shuffle(starts, dice);
    std::vector<std::uint64_t> own;
    for (const std::uint64_t start : starts) {
      if (taken == count) break;
      const gene::Section* s = gene::section_at(*from, start);
      if (s == nullptr || !s->code) continue;
      const auto next = std::ranges::upper_bound(from->starts, start);
      const std::uint64_t end = std::min(next == from->starts.end() ? start + 4096 : *next, s->address + s->bytes.size());
      const auto code = s->bytes.subspan(start - s->address, end - start);
      if (instructions(code) < least) continue;
      own.push_back(bytes.size());
      bytes.insert(bytes.end(), code.begin(), code.end());
      while (bytes.size() % 16 != 0) bytes.push_back(0xCC);
      ++taken;
    }
    std::uint64_t base = 0;
    for (const gene::Section& s : program.sections) base = std::max(base, s.address + s.bytes.size());
    base = (base + 0xFFF) & ~std::uint64_t{0xFFF};
    program.sections.push_back({base, 0, bytes, true});
    for (const std::uint64_t o : own) program.starts.push_back(base + o);
    std::ranges::sort(program.starts);
  }
  Spliced(const Spliced&) = delete;
  Spliced& operator=(const Spliced&) = delete;

 private:
  static std::size_t instructions(std::span<const std::uint8_t> code) {
    std::size_t n = 0;
    for (std::size_t at = 0; at < code.size();) {
      const auto i = gene::decode_x86(code.subspan(at), true);
      n += i.flow != gene::Flow::bad && !i.idle && i.flow != gene::Flow::trap;
      at += std::max<std::size_t>(i.length, 1);
    }
    return n;
  }
};

}  // namespace mozu::bench
