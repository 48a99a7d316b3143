#include "wire_genome.hpp"

#include "mozu/base/bytes.hpp"
#include "wire.hpp"

namespace mozu::files {
namespace {

template <class T>
void put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace

std::string encode(const FileGenome& f) {
  const gene::Genome& g = f.genome;
  std::string out;
  out.reserve(genome_head_bytes + g.genes.size() * genome_bytes_each);
  put(out, 'G');
  put(out, static_cast<std::uint8_t>(f.architecture));
  put(out, static_cast<std::uint8_t>(g.cut));
  put(out, g.code_bytes);
  put(out, g.instructions);
  put(out, g.functions);
  put(out, static_cast<std::uint64_t>(g.genes.size()));
  for (const gene::Gene& x : g.genes) put(out, x.key);
  for (const gene::Gene& x : g.genes) put(out, x.offset);
  for (const gene::Gene& x : g.genes) put(out, x.length);
  for (const gene::Gene& x : g.genes) put(out, x.function);
  return out;
}

Result<FileGenome> decode_genome(std::string_view answer, std::uint64_t file_bytes) {
  if (!answer.starts_with('G')) {
    const auto error = decode(answer, {});
    return error ? odd_answer() : fail(error.error());
  }
  if (answer.size() < genome_head_bytes) return odd_answer();
  const char* at = answer.data() + 1;
  FileGenome out;
  const auto architecture = load<std::uint8_t>(at);
  if (architecture > static_cast<std::uint8_t>(gene::Architecture::cil)) return odd_answer();
  out.architecture = static_cast<gene::Architecture>(architecture);
  gene::Genome& g = out.genome;
  g.cut = load<std::uint8_t>(at + 1) != 0;
  g.code_bytes = load<std::uint64_t>(at + 2);
  g.instructions = load<std::uint64_t>(at + 10);
  g.functions = load<std::uint32_t>(at + 18);
  const auto count = load<std::uint64_t>(at + 22);
  const std::uint64_t left = answer.size() - genome_head_bytes;
  if (left % genome_bytes_each != 0 || count != left / genome_bytes_each) return odd_answer();
  const char *keys = answer.data() + genome_head_bytes, *offsets = keys + count * 8, *lengths = offsets + count * 4, *functions = lengths + count * 4;
  g.genes.resize(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    gene::Gene& x = g.genes[i];
    x = {load<std::uint64_t>(keys + i * 8), load<std::uint32_t>(offsets + i * 4), load<std::uint32_t>(lengths + i * 4), load<std::uint32_t>(functions + i * 4)};
    const bool ordered = i == 0 || x.key > g.genes[i - 1].key;
    if (!ordered || x.key >> 56U >= gene::gene_classes || x.offset > file_bytes || x.length > file_bytes - x.offset) return odd_answer();
  }
  return out;
}

}  // namespace mozu::files
