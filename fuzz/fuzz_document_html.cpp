// rooms: base files
// links: mozu_cell_readers
// Pages, in any character set.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/document_check.hpp"
#include "src/files/cell/reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mozu::fuzz::check_reader([](std::string_view bytes, mozu::files::TextOut& out) { return mozu::files::read_html(bytes, {}, out); },
                           {reinterpret_cast<const char*>(data), size});
  return 0;
}
