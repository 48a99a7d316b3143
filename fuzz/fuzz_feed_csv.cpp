// rooms: formats
// Tables: columns by their names or contents, by a mapping, and the header in a comment that abuse.ch writes.
#include "fuzz/feed_invariants.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  mozu::fuzz::read_feed_checked(bytes, "csv");
  mozu::fuzz::read_feed_checked(bytes, "csv", {{"value", "1"}, {"type", "2"}, {"first_seen", "3"}, {"labels", "4"}});
  mozu::fuzz::read_feed_checked(bytes, "abusech-csv");
  return 0;
}
