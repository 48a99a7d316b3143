// Which addresses a webhook may lead to: those of the public Internet, and networks that the operator allows.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/intel/ip.hpp"

namespace mozu::notify {

/// Ranges of addresses, of both families.
class Networks {
 public:
  /// "10.20.0.0/16", "192.0.2.7", "2001:db8::/32"; false: it is none.
  bool add(std::string_view cidr);
  bool holds(intel::Ipv4 a) const;
  bool holds(const intel::Ipv6& a) const;

 private:
  std::vector<intel::Ipv4Range> v4_;
  std::vector<intel::Ipv6Range> v6_;
};

/// IANA's special-purpose registries: loopback, private, link-local, shared (RFC 6598), documentation, benchmarking, multicast, reserved, and of IPv6 all but 2000::/3, and
/// what carries an IPv4 address within it (mapped, NAT64, 6to4, Teredo).
bool is_public(intel::Ipv4 a);
bool is_public(const intel::Ipv6& a);
/// Text of an address as `inet_ntop` writes it. An IPv4 address mapped into IPv6 is judged as what it is.
bool may_connect(std::string_view address, const Networks& allowed);

}  // namespace mozu::notify
