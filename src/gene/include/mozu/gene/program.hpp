// What a loader found in an executable file, whatever its format: the bytes that are code, those that are data, and where functions begin.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mozu/gene/instruction.hpp"

namespace mozu::gene {

/// A part of the file that is mapped into memory.
struct Section {
  std::uint64_t address = 0;            ///< of its first byte in memory
  std::uint64_t offset = 0;             ///< of its first byte in the file
  std::span<const std::uint8_t> bytes;  ///< those in the file; what memory has beyond them is zero
  bool code = false;
};

struct Program {
  Architecture architecture = Architecture::none;
  bool big_endian = false;
  std::vector<Section> sections;      ///< by address, not overlapping
  std::vector<std::uint64_t> starts;  ///< addresses where functions begin, as the file says: entry, exports, unwind tables; ascending, each once
  std::vector<std::string> imports;   ///< "kernel32.dll!createfilea", "!printf" where no library is named, "ws2_32.dll!#115" by number; sorted, each once
  std::vector<Member> members;        ///< of .NET, whose sections of code are the bodies of its methods; ascending by token
};

/// The section that holds an address, or null; in logarithmic time.
const Section* section_at(const Program& program, std::uint64_t address);

}  // namespace mozu::gene
