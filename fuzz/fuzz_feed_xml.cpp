// rooms: formats
#include "fuzz/feed_invariants.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  mozu::fuzz::read_feed_checked(bytes, "openioc");
  mozu::fuzz::read_feed_checked(bytes, "stix1");
  return 0;
}
