// rooms: base files gene
// links: mozu_cell_readers
// Any file with all that is in it, as the cell opens it: what it answers is an answer.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/check.hpp"
#include "src/files/cell/reader.hpp"
#include "src/files/wire_objects.hpp"

using mozu::fuzz::check;

/// As fuzz/document_check.hpp says: the worker ends, and its memory with it.
extern "C" __attribute__((used, visibility("default"))) const char* __asan_default_options() { return "detect_leaks=0"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mozu::files;
  [[maybe_unused]] static const bool prepared = (prepare_objects(), true);
  if (size == 0) return 0;
  OpenOptions options;
  options.depth_max = 6;
  options.objects_max = 200;
  options.bytes_max = 8 << 20;
  options.object_bytes_max = 1 << 20;
  options.genes_max = 100'000;
  options.passwords = {"x"};
  std::string answer;
  check(open_all({reinterpret_cast<const char*>(data), size}, encode_options(options), 1'000'000, [&](std::string_view s) {
    answer += s;
    return true;
  }));
  check(decode_objects(answer, options, size, true).has_value());
  return 0;
}
