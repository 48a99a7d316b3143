// rooms: base files gene
// Answers of a worker that has been taken over, about the genes of a file: refused, or genes that lie in the file and ascend.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/check.hpp"
#include "src/files/wire_genome.hpp"

using mozu::fuzz::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mozu::files;
  constexpr std::uint64_t file_bytes = 1 << 20;
  const std::string_view answer(reinterpret_cast<const char*>(data), size);
  const auto read = decode_genome(answer, file_bytes);
  if (!read) {
    check(!read.error().code.empty() && !read.error().message.empty());
    return 0;
  }
  const auto& genes = read->genome.genes;
  for (std::size_t i = 0; i < genes.size(); ++i) {
    check(i == 0 || genes[i - 1].key < genes[i].key);
    check(static_cast<std::size_t>(mozu::gene::class_of(genes[i].key)) < mozu::gene::gene_classes);
    check(std::uint64_t{genes[i].offset} + genes[i].length <= file_bytes);
  }
  check(decode_genome(encode(*read), file_bytes).has_value());
  return 0;
}
