// rooms: formats
// Trees in XML: OpenIOC, STIX 1, and any other by a mapping.
#include "fuzz/feed_invariants.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  mozu::fuzz::read_feed_checked(bytes, "openioc");
  mozu::fuzz::read_feed_checked(bytes, "stix1");
  mozu::fuzz::read_feed_checked(bytes, "xml", {{"value", "feed/*/ip"}, {"type", "feed/item/@type"}, {"threat", "feed/meta/campaign"}});
  return 0;
}
