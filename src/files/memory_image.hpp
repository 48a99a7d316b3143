// Private to the room: programs as they lie in memory (dumps of processes and machines), made files again. Used in the cell alone.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mozu::files {

/// A part of memory, and where it is in the dump.
struct MemoryRange {
  std::uint64_t address = 0, offset = 0, bytes = 0;
};
struct Dump {
  std::vector<MemoryRange> ranges;   ///< by address
  std::vector<std::string> modules;  ///< names of modules as the dump tells them, UTF-8, beside `bases`
  std::vector<std::uint64_t> bases;
};

/// ELF cores and minidumps; nothing else has a table of its memory. None: it is neither.
std::optional<Dump> read_dump(std::span<const std::uint8_t> file);

/// The module that begins at the first byte of `memory`, with the place of each section in the file set to its place in memory. None: none begins there.
std::optional<std::string> module_at(std::span<const std::uint8_t> memory);

}  // namespace mozu::files
