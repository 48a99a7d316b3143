// rooms: base files
// links: mozu_cell_readers ZLIB::ZLIB
// sources: src/files/tests/made_files.cpp
// DOCX: an archive as it comes, or, as chance seldom packs well, the body of one.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/document_check.hpp"
#include "src/files/cell/reader.hpp"
#include "src/files/tests/made_files.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  mozu::fuzz::check_reader(mozu::files::read_docx, input.starts_with("PK") ? input : mozu::files::made::docx(input, {{"rId1", "https://example.com/"}}));
  return 0;
}
