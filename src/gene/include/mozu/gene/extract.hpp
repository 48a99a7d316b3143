// Genes: what two files share when they share source code. A gene is a number of 56 bits made from what compilers keep: the order and kind of some
// instructions, a string, an import. src/gene/README.md says how each class is made, docs/attribution-benchmark.md how well it does.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "mozu/gene/program.hpp"

namespace mozu::gene {

enum class GeneClass : std::uint8_t {
  code,      ///< four instructions in a row that end in no jump
  function,  ///< a whole function of ten instructions or more, its blocks in any order
  text,      ///< a string of eight characters or more
  import,    ///< a function of a library, by name
};
inline constexpr std::size_t gene_classes = 4;
std::string_view name(GeneClass c);  ///< "code", "function", "text", "import"

struct Gene {
  std::uint64_t key = 0;       ///< class in the highest byte, 56 bits of hash below
  std::uint32_t offset = 0;    ///< in the file, of its first byte; of imports 0
  std::uint32_t length = 0;    ///< bytes
  std::uint32_t function = 0;  ///< number of the function it is in, ascending by place; of text and imports 0
};
constexpr GeneClass class_of(std::uint64_t key) { return static_cast<GeneClass>(key >> 56U); }

struct ExtractLimits {
  std::uint64_t instructions_max = 200'000'000;
  std::uint64_t genes_max = 50'000'000;  ///< of each class; more are left out
};

struct Genome {
  std::vector<Gene> genes;  ///< ascending by key, each key once, with the first place where it stands
  std::uint64_t code_bytes = 0, instructions = 0;
  std::uint32_t functions = 0;
  bool cut = false;  ///< a limit was reached
};

/// All genes of a program. Same bytes → same genes, on every machine. Never fails: bytes that are no instructions give none.
Genome extract(const Program& program, std::span<const std::uint8_t> file, const ExtractLimits& limits = {});

/// Strings alone, of bytes that are no program, in the order of the file. False: there were more than genes_max.
bool extract_text(std::span<const std::uint8_t> file, std::uint64_t genes_max, std::vector<Gene>& out);

}  // namespace mozu::gene
