// Private to the room: what the loaders of programs share.
#pragma once
#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

#include "mozu/files/program.hpp"

namespace mozu::files {

inline constexpr std::size_t sections_max = 4096, starts_max = std::size_t{1} << 22, imports_max = std::size_t{1} << 17, import_bytes_max = 512;

/// Bytes that may be asked for anything.
struct View {
  std::span<const std::uint8_t> bytes;
  bool big_endian = false;

  bool has(std::uint64_t at, std::uint64_t length) const { return at <= bytes.size() && length <= bytes.size() - at; }
  template <class T>
  std::optional<T> number(std::uint64_t at) const {
    if (!has(at, sizeof(T))) return {};
    T v;
    std::memcpy(&v, bytes.data() + at, sizeof v);
    if (big_endian) {
      if constexpr (sizeof(T) == 2) v = static_cast<T>(__builtin_bswap16(v));
      if constexpr (sizeof(T) == 4) v = static_cast<T>(__builtin_bswap32(v));
      if constexpr (sizeof(T) == 8) v = static_cast<T>(__builtin_bswap64(v));
    }
    return v;
  }
  /// 0 where there is nothing.
  std::uint16_t u16(std::uint64_t at) const { return number<std::uint16_t>(at).value_or(0); }
  std::uint32_t u32(std::uint64_t at) const { return number<std::uint32_t>(at).value_or(0); }
  std::uint64_t u64(std::uint64_t at) const { return number<std::uint64_t>(at).value_or(0); }
  /// What is there of it.
  std::span<const std::uint8_t> part(std::uint64_t at, std::uint64_t length) const {
    if (at >= bytes.size()) return {};
    return bytes.subspan(at, std::min<std::uint64_t>(length, bytes.size() - at));
  }
  /// A text that ends with a NUL, at most import_bytes_max; empty where there is none.
  std::string_view text(std::uint64_t at) const {
    const auto rest = part(at, import_bytes_max);
    const void* end = rest.empty() ? nullptr : std::memchr(rest.data(), 0, rest.size());
    return end == nullptr
               ? std::string_view{}
               : std::string_view(reinterpret_cast<const char*>(rest.data()), static_cast<std::size_t>(static_cast<const std::uint8_t*>(end) - rest.data()));
  }
};

inline View view_of(std::string_view s) { return {{reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}}; }

inline std::string_view text_of(std::span<const std::uint8_t> b) { return {reinterpret_cast<const char*>(b.data()), b.size()}; }

struct PeSection {
  std::uint32_t memory_bytes = 0, address = 0, file_bytes = 0, offset = 0, flags = 0;  ///< addresses are relative to the image
};
inline constexpr std::uint32_t pe_code = 0x20, pe_executable = 0x20000000, pe_writable = 0x80000000;

/// What the head of a PE says; nothing of it is checked but that it is one.
struct PeHead {
  struct Range {
    std::uint64_t at = 0, size = 0;  ///< at: relative to the image
  };
  std::uint64_t at = 0, optional = 0, table = 0;  ///< in the file: the signature, the optional head, the table of sections
  std::uint16_t machine = 0, sections = 0;
  bool wide = false;  ///< PE32+
  std::uint64_t base = 0;
  std::uint32_t entry = 0, image_bytes = 0, head_bytes = 0;

  std::uint64_t directory_at(unsigned which) const { return optional + (wide ? 112 : 96) + which * 8ULL; }
  Range directory(const View& file, unsigned which) const;
  /// None: it is not in the file.
  std::optional<PeSection> section(const View& file, std::size_t i) const;
  /// Where the last section ends in the file, of at most 96.
  std::uint64_t end_in_file(const View& file) const;
};
std::optional<PeHead> pe_head(const View& file);

/// By address; what is empty, and what overlaps, is left out, the latter told. Twice is as once.
void order_sections(gene::Program& p, Diagnostics* notes);
/// Place in the file of an address; beyond the file if it is nowhere. The sections are in order.
std::uint64_t place_in_file(const gene::Program& p, const View& file, std::uint64_t address);

/// Makes methods of what is code, if it is an assembly of .NET without any other code. The sections are in order, and are not afterwards.
void read_net(const View& file, const PeHead& head, gene::Program& p, Diagnostics* notes);

gene::Program read_elf(const View& file, Diagnostics* notes);
gene::Program read_pe(const View& file, Diagnostics* notes);
gene::Program read_macho(const View& file, Diagnostics* notes);
bool is_macho(const View& file);
gene::Architecture mach_architecture(std::uint32_t processor);
void note_part(Diagnostics* notes, std::string message);

}  // namespace mozu::files
