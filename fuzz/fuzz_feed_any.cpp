// rooms: formats
// The format is found by content, so this reaches every reader, the sniffing and the unpacking.
#include "fuzz/feed_invariants.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mozu::fuzz::read_feed_checked({reinterpret_cast<const char*>(data), size}, "");
  return 0;
}
