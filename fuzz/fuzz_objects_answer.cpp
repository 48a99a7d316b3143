// rooms: base files gene
// Answers of a worker that has been taken over, about the objects in a file: refused, or a tree whose every number holds.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/check.hpp"
#include "src/files/wire_objects.hpp"

using mozu::fuzz::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mozu::files;
  OpenOptions options;
  options.objects_max = 1000;
  const std::string_view answer(reinterpret_cast<const char*>(data), size);
  for (const bool complete : {true, false}) {
    const auto read = decode_objects(answer, options, 1 << 20, complete);
    if (!read) continue;
    for (std::size_t i = 0; i < read->objects.size(); ++i) {
      const auto& o = read->objects[i];
      check(i == 0 || o.parent < i);
      for (const auto& g : o.genome.genes) check(std::uint64_t{g.offset} + g.length <= o.bytes);
    }
  }
  OpenOptions told;
  (void)read_options(answer, told);
  return 0;
}
