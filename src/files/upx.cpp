#include "upx.hpp"

#include <fmt/core.h>

#include "program_parts.hpp"
#include "upx_parts.hpp"

namespace mozu::files {

std::string_view upx_method_name(unsigned method) {
  constexpr std::string_view names[] = {"NRV2B", "NRV2B (8)", "NRV2B (16)", "NRV2D", "NRV2D (8)", "NRV2D (16)", "NRV2E", "NRV2E (8)", "NRV2E (16)"};
  return method >= 2 && method <= 10 ? names[method - 2] : "LZMA";
}

std::optional<std::string> unpack_upx_block(unsigned method, Bytes in, std::uint64_t size) {
  std::optional<std::string> out;
  if (method >= 2 && method <= 10) {
    constexpr NrvBits bits[] = {NrvBits::le32, NrvBits::byte, NrvBits::le16};
    out = unpack_nrv(static_cast<NrvKind>((method - 2) / 3), bits[(method - 2) % 3], in, size);
  } else if (method == upx_lzma) {
    out = unpack_lzma_upx(in, size);
  }
  if (out && out->size() != size) out.reset();
  return out;
}

std::string upx_how(unsigned method, unsigned filter) {
  return filter == 0 ? fmt::format("unpacked by upx ({})", upx_method_name(method))
                     : fmt::format("unpacked by upx ({}, filter 0x{:02x})", upx_method_name(method), filter);
}

Result<Unpacked> unpack_upx(Bytes file, std::uint64_t bytes_max) {
  if (file.size() > 64 && std::memcmp(file.data(),
                                      "\x7F"
                                      "ELF",
                                      4) == 0)
    return unpack_upx_elf(file, bytes_max);
  if (file.size() > 64 && file[0] == 'M' && file[1] == 'Z') return unpack_upx_pe(file, bytes_max);
  return upx_none();
}

}  // namespace mozu::files
