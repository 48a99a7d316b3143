// Private to the room: what the unpacker (unpacker/, a program of its own) tells of a program that it ran, and the program made of that.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mozu::files {

/// Larger programs are not emulated, and no more memory is told of one.
inline constexpr std::uint64_t emulated_file_bytes_max = std::uint64_t{64} << 20, emulated_bytes_max = std::uint64_t{160} << 20;

/// Addresses are relative to the image.
struct Emulated {
  struct Import {
    std::uint32_t at = 0;  ///< where the address of the function stands
    std::string library, name;
  };
  struct Part {
    std::uint32_t at = 0;
    std::string bytes;
  };
  std::string ended;            ///< why it was stopped: a sentence
  std::uint32_t layers = 0;     ///< generations of code that wrote the next; 0: it ran no code that it wrote itself, and `parts` is empty
  std::uint32_t entry = 0;      ///< where the last layer began
  std::vector<Import> imports;  ///< ascending
  std::vector<Part> parts;      ///< the image first, then other memory from which code was run, as it was when the last layer began
};

std::string encode(const Emulated& e);
/// None: it is not what encode() gives.
std::optional<Emulated> decode_emulated(std::string_view bytes);

/// Whether a PE looks as if it unpacked itself: code that may be written, or much that is as even as packed bytes. May be wrong both ways.
bool looks_packed(std::span<const std::uint8_t> pe);

/// The program as a file that a loader could map: sections where they lie in memory, the imports that were found, the entry. None: the head is gone.
std::optional<std::string> rebuild(const Emulated& e);

}  // namespace mozu::files
