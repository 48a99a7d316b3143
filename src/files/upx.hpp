// Private to the room: programs packed by UPX, unpacked without running them.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "mozu/base/result.hpp"
#include "packing.hpp"

namespace mozu::files {

struct Unpacked {
  std::string program;
  std::string how;               ///< "unpacked by upx (NRV2B, filter 0x26)"
  std::vector<std::string> odd;  ///< what was not as UPX writes it, or could not be made good
};

/// ELF and PE. UPX's own mark need not be there: what is packed is found by where it lies and by what comes out of it.
/// Errors: "upx-none" (it is not packed by UPX), "upx-damaged" (it is, and cannot be unpacked), "upx-too-large" (more than bytes_max).
Result<Unpacked> unpack_upx(Bytes file, std::uint64_t bytes_max);

}  // namespace mozu::files
