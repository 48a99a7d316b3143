// rooms: base intel
// Host names: any bytes; the canonical form is a fixed point, and what the room says about names agrees with itself.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mozu/intel/host.hpp"
#include "mozu/intel/ip.hpp"

namespace {
void require(bool ok) {
  if (!ok) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mozu::intel;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto host = canonical_host(text)) {
    require(canonical_host(*host) == host);
    std::string why;
    const bool name = is_domain_name(*host, &why);
    require(name == why.empty());
    const std::string_view registrable = registrable_domain(*host);
    require(registrable.empty() || host->ends_with(registrable));
    if (name && is_icann_suffix(*host)) require(is_public_suffix(*host));
    if (name && is_public_suffix(*host)) require(registrable.empty());
  }
  is_known_tld(text);
  if (const auto a = parse_ipv4(text)) require(parse_ipv4(format_ipv4(*a)) == a);
  if (const auto a = parse_ipv6(text)) require(parse_ipv6(format_ipv6(*a)) == a);
  return 0;
}
