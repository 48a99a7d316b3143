// rooms: base intel
// URLs: any bytes; a key reads back as itself, and the raw host lies inside the input.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/check.hpp"
#include "mozu/intel/url.hpp"

using mozu::fuzz::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mozu::intel;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto url = canonical_url(text);
  check(safe_browsing_url(text).empty() == !url);
  if (!url) return 0;
  check(!url->host.empty() && url->path.starts_with('/'));
  check(url->host_offset <= size && url->host_length <= size - url->host_offset);
  for (const char c : url->key()) check(c > ' ' && c < 127);
  if (url->key().size() > url_bytes_max) return 0;  // its end would be cut
  const auto again = canonical_url(url->key());
  check(again && again->key() == url->key() && again->ipv4 == url->ipv4 && again->ipv6 == url->ipv6);
  return 0;
}
