// rooms: base files
// Answers of a worker that has been taken over: refused, or a document whose every offset holds.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "src/files/wire.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mozu::files;
  const auto read = decode({reinterpret_cast<const char*>(data), size}, {});
  if (!read) return read.error().code.empty() ? std::abort(), 0 : 0;
  for (const auto& link : read->links)
    if (link.begin > link.end || link.end > read->text.size()) std::abort();
  for (const auto& page : read->pages)
    if (page.offset > read->text.size()) std::abort();
  const auto again = decode(encode(*read), {});
  if (!again || again->text != read->text || again->links.size() != read->links.size()) std::abort();
  return 0;
}
