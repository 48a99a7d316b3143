// rooms: formats
// JSON of no other format: by known names, by a mapping, a record a line; warning lists.
#include "fuzz/feed_invariants.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  mozu::fuzz::read_feed_checked(bytes, "json");
  mozu::fuzz::read_feed_checked(bytes, "json", {{"value", "[].hosts[].h"}, {"type", "[].t"}, {"actor", "[].actor"}});
  mozu::fuzz::read_feed_checked(bytes, "ndjson");
  mozu::fuzz::read_feed_checked(bytes, "warninglist");
  return 0;
}
