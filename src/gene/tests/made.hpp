// Code made for tests: functions of random instructions from a list that compilers write.
#pragma once
#include <array>
#include <random>
#include <string_view>
#include <vector>

#include "mozu/gene/extract.hpp"

namespace mozu::gene {

inline std::vector<std::uint8_t> made_function(unsigned seed, std::size_t instructions = 60) {
  using Bytes = std::vector<std::uint8_t>;
  static const std::array<Bytes, 12> list{Bytes{0x48, 0x89, 0xE5},  {0x83, 0xC0},       {0x8B, 0x45, 0xF8},       {0x89, 0x45, 0xFC}, {0x31, 0xC0},
                                          {0x48, 0x8D, 0x45, 0xE0}, {0x0F, 0xAF, 0xC1}, {0x81, 0xFA, 0, 1, 0, 0}, {0x6B, 0xC0},       {0xC1, 0xE0},
                                          {0x48, 0x63, 0xD0},       {0x0F, 0xB6, 0x00}};
  std::mt19937 dice(seed);
  Bytes out;
  for (std::size_t i = 0; i < instructions; ++i) {
    const Bytes& one = list[dice() % list.size()];
    out.insert(out.end(), one.begin(), one.end());
    if (one.size() == 2 && one[0] != 0x31) out.push_back(static_cast<std::uint8_t>(dice() % 64));
    if (i % 13 == 12) out.insert(out.end(), {0x74, 0x02});
  }
  out.push_back(0xC3);
  return out;
}

inline std::vector<std::uint8_t> made_code(std::initializer_list<unsigned> functions) {
  std::vector<std::uint8_t> out;
  for (const unsigned seed : functions) {
    const auto f = made_function(seed);
    out.insert(out.end(), f.begin(), f.end());
    while (out.size() % 16 != 0) out.push_back(0xCC);
  }
  return out;
}

inline Genome genome_of(const std::vector<std::uint8_t>& code) {
  Program p;
  p.architecture = Architecture::x64;
  p.sections = {{0x401000, 0, code, true}};
  // Each function begins on sixteen bytes, after one that ends.
  for (std::size_t i = 0; i < code.size(); i += 16)
    if (i == 0 || code[i - 1] == 0xCC || code[i - 1] == 0xC3) p.starts.push_back(0x401000 + i);
  return extract(p, code);
}

}  // namespace mozu::gene
