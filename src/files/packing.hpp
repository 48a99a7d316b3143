// Private to the room: the codecs and filters that packers of programs use. Nothing is read or written outside what is given.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace mozu::files {

using Bytes = std::span<const std::uint8_t>;

enum class NrvKind : std::uint8_t { b, d, e };
enum class NrvBits : std::uint8_t { le32, byte, le16 };  ///< how many bits are taken from the input at once

/// Until the mark that ends the stream. None: it breaks, or gives more than bytes_max. `used`: how many bytes of the input it was.
std::optional<std::string> unpack_nrv(NrvKind kind, NrvBits bits, Bytes in, std::uint64_t bytes_max, std::size_t* used = nullptr);

/// LZMA without a head: two bytes of properties as UPX writes them, then the stream. As much as there is, at most bytes_max. None: nothing came.
std::optional<std::string> unpack_lzma_upx(Bytes in, std::uint64_t bytes_max);

/// Calls and jumps of x86 whose targets were made absolute, made relative again (UPX names its filters by number). False: not a filter that is known.
bool undo_call_filter(std::uint8_t filter, std::uint8_t mark, std::uint32_t base, std::span<std::uint8_t> code);

}  // namespace mozu::files
