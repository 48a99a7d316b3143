// Private to the room: the source of VBA macros (MS-OVBA). Used in the cell alone.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mozu::files {

/// A compressed container (2.4.1); as much as is sound, at most bytes_max. None: it is none.
std::optional<std::string> unpack_ovba(std::string_view bytes, std::uint64_t bytes_max);

struct VbaModule {
  std::string name, stream;  ///< as they stand there, in the project's code page
  std::uint32_t offset = 0;  ///< of the source in the stream
};
struct VbaProject {
  unsigned code_page = 1252;
  std::vector<VbaModule> modules;  ///< at most 10,000
};
/// The stream "dir", unpacked (2.3.4.2).
VbaProject read_vba_dir(std::string_view dir);

}  // namespace mozu::files
