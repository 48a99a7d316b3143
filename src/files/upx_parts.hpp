// Private to the room: what the two formats of upx*.cpp share.
#pragma once
#include <optional>
#include <string>

#include "upx.hpp"

namespace mozu::files {

inline constexpr unsigned upx_lzma = 14;

std::string_view upx_method_name(unsigned method);
/// Exactly so many bytes, or none.
std::optional<std::string> unpack_upx_block(unsigned method, Bytes in, std::uint64_t size);
std::string upx_how(unsigned method, unsigned filter);

inline std::unexpected<Diagnostic> upx_none() { return fail("upx-none", "it is not packed by UPX"); }
inline std::unexpected<Diagnostic> upx_damaged(std::string_view what) {
  return fail("upx-damaged", "it is packed by UPX and cannot be unpacked: " + std::string(what));
}
inline std::unexpected<Diagnostic> upx_too_large() { return fail("upx-too-large", "it is packed by UPX, and too large when unpacked"); }

Result<Unpacked> unpack_upx_elf(Bytes file, std::uint64_t bytes_max);
Result<Unpacked> unpack_upx_pe(Bytes file, std::uint64_t bytes_max);

}  // namespace mozu::files
