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

gene::Program read_elf(const View& file, Diagnostics* notes);
gene::Program read_pe(const View& file, Diagnostics* notes);
gene::Program read_macho(const View& file, Diagnostics* notes);
bool is_macho(const View& file);
gene::Architecture mach_architecture(std::uint32_t processor);
void note_part(Diagnostics* notes, std::string message);

}  // namespace mozu::files
