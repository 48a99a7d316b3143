// rooms: base files gene
// links: mozu_cell_readers
// Parsers of parts alone, as chance seldom packs well: OLE, its macros, facts of programs, signatures, scripts.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/check.hpp"
#include "src/files/cell/objects.hpp"
#include "src/files/cfb.hpp"
#include "src/files/facts.hpp"
#include "src/files/memory_image.hpp"
#include "src/files/ovba.hpp"
#include "src/files/script.hpp"

using mozu::fuzz::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mozu::files;
  constexpr std::uint64_t bytes_max = 1 << 20;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto file = Cfb::open({data, size}))
    for (std::size_t i = 0; i < file->entries().size() && i < 100; ++i) {
      check(file->entries()[i].parent <= i);
      check(file->read(file->entries()[i], bytes_max).size() <= bytes_max);
      (void)file->path(i);
    }
  if (const auto source = unpack_ovba(input, bytes_max)) check(source->size() <= bytes_max);
  for (const auto& m : read_vba_dir(input).modules) check(!m.stream.empty());
  if (const auto dump = read_dump({data, size}))
    for (const auto& r : dump->ranges) check(r.offset <= size && r.bytes <= size - r.offset);
  if (const auto module = module_at({data, size})) check(module->size() <= size);
  (void)facts_of("pe", input);
  (void)facts_of("elf", input);
  (void)signature_of(input);
  (void)signer_facts(input);
  (void)script_kind(input, {});
  (void)scripts_of_page(input);
  for (const auto& hidden : hidden_in(input, bytes_max)) check(hidden.size() <= bytes_max);
  return 0;
}
