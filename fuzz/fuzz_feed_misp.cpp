// rooms: formats
#include "fuzz/feed_invariants.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mozu::fuzz::read_feed_checked({reinterpret_cast<const char*>(data), size}, "misp");
  return 0;
}
