// rooms: base intel
// Host names: any bytes; the canonical form is a fixed point, and what the room says about names agrees with itself.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/check.hpp"
#include "mozu/intel/host.hpp"
#include "mozu/intel/ip.hpp"

using mozu::fuzz::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mozu::intel;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto host = canonical_host(text)) {
    check(canonical_host(*host) == host);
    std::string why;
    const bool name = is_domain_name(*host, &why);
    check(name == why.empty());
    const std::string_view registrable = registrable_domain(*host);
    check(registrable.empty() || host->ends_with(registrable));
    if (name && is_icann_suffix(*host)) check(is_public_suffix(*host));
    if (name && is_public_suffix(*host)) check(registrable.empty());
  }
  is_known_tld(text);
  if (const auto a = parse_ipv4(text)) check(parse_ipv4(format_ipv4(*a)) == a);
  if (const auto a = parse_ipv6(text)) check(parse_ipv6(format_ipv6(*a)) == a);
  return 0;
}
