// rooms: files gene
// Executable files: whatever the headers say, sections lie in the file and apart from each other, and genes in the file.
#include <cstdint>
#include <span>

#include "fuzz/check.hpp"
#include "mozu/files/program.hpp"
#include "mozu/gene/extract.hpp"

using mozu::fuzz::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> file(data, size);
  const auto program = mozu::files::read_program(file);
  if (!program) return 0;
  for (const auto& s : program->sections) check(s.bytes.data() >= data && s.bytes.data() + s.bytes.size() <= data + size);
  const auto genome = mozu::gene::extract(*program, file, {.instructions_max = 100'000, .genes_max = 100'000});
  for (const auto& g : genome.genes) check(std::uint64_t{g.offset} + g.length <= size);
  return 0;
}
