#include "mozu/files/genome.hpp"

#include <algorithm>
#include <span>

#include "mozu/base/hash.hpp"
#include "mozu/files/identify.hpp"
#include "wire_genome.hpp"
#include "worker.hpp"

namespace mozu::files {

Result<FileGenome> read_genome(std::string_view bytes, const CellLimits& limits) {
  if (bytes.empty()) return fail("file-empty", "the file is empty");
  // A gene begins at a byte of its own in each class but imports, and no file comes near that.
  const std::uint64_t genes_most = std::min<std::uint64_t>(bytes.size() * 2 + 1'000'000, gene::ExtractLimits{}.genes_max * gene::gene_classes);
  MOZU_LET(const std::string answer, ask_cell("genome", bytes, limits, genome_head_bytes + genes_most * genome_bytes_each));
  MOZU_LET(FileGenome out, decode_genome(answer, bytes.size()));
  out.kind = identify(bytes);
  out.sha256 = to_hex(sha256(std::as_bytes(std::span(bytes))));
  out.bytes = bytes.size();
  return out;
}

}  // namespace mozu::files
