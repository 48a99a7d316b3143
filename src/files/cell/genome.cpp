// Genes of a file, whatever it is.
#include "mozu/gene/extract.hpp"

#include "mozu/files/program.hpp"
#include "mozu/gene/script.hpp"
#include "objects.hpp"
#include "reader.hpp"
#include "wire_genome.hpp"

namespace mozu::files {

gene::Genome genome_of(std::string_view kind, std::string_view bytes, const gene::Program* program, const gene::ExtractLimits& limits) {
  const std::span file(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (const auto script = gene::language(kind)) return gene::extract_script(*script, file, limits);
  return gene::extract(program != nullptr ? *program : gene::Program{}, file, limits);
}

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
