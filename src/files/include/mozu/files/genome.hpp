// A file → its genes, taken in the cell: headers, code and strings of a hostile file are looked at there alone.
#pragma once
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"
#include "mozu/files/document.hpp"
#include "mozu/gene/extract.hpp"

namespace mozu::files {

struct FileGenome {
  std::string kind;    ///< as identify() says it
  std::string sha256;  ///< lower-case hex
  gene::Architecture architecture = gene::Architecture::none;
  std::uint64_t bytes = 0;
  gene::Genome genome;
};

/// PE and ELF give genes of all classes, other files strings. Errors: "file-empty", those of read_document() that begin with "cell-".
Result<FileGenome> read_genome(std::string_view bytes, const CellLimits& limits = {});

}  // namespace mozu::files
