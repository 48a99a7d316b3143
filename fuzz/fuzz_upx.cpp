// rooms: base files gene
// Programs packed by UPX, whole and broken: what comes out is no larger than it may be.
#include <cstddef>
#include <cstdint>

#include "fuzz/check.hpp"
#include "src/files/upx.hpp"

using mozu::fuzz::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint64_t bytes_max = 1 << 20;
  const auto unpacked = mozu::files::unpack_upx({data, size}, bytes_max);
  if (unpacked) check(unpacked->program.size() <= bytes_max && !unpacked->how.empty());
  else check(!unpacked.error().code.empty());
  return 0;
}
