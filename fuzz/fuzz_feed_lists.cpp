// rooms: formats
// Lists of one tool each, which are found by their headers alone.
#include "fuzz/feed_invariants.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  mozu::fuzz::read_feed_checked(bytes, "zeek-intel");
  mozu::fuzz::read_feed_checked(bytes, "maltrail");
  mozu::fuzz::read_feed_checked(bytes, "signature-base");
  return 0;
}
