// Genes of a file, whatever it is.
#include "mozu/gene/extract.hpp"

#include "mozu/files/program.hpp"
#include "reader.hpp"
#include "wire_genome.hpp"

namespace mozu::files {

std::string genome_of(std::string_view bytes) {
  const std::span file(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  FileGenome out;
  // No program, or one of which nothing can be mapped: its strings are left.
  const auto program = read_program(file);
  out.genome = gene::extract(program ? *program : gene::Program{}, file);
  if (program) out.architecture = program->architecture;
  return encode(out);
}

}  // namespace mozu::files
