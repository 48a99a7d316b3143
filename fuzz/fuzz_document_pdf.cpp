// rooms: base files
// links: mozu_cell_readers
// PDF as poppler reads it.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/document_check.hpp"
#include "src/files/cell/reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mozu::fuzz::check_reader(mozu::files::read_pdf, {reinterpret_cast<const char*>(data), size});
  return 0;
}
