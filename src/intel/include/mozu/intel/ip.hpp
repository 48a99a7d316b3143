// IP addresses: parsing as matching.md §1 defines it, canonical text, ranges.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mozu::intel {

using Ipv4 = std::uint32_t;  ///< host order: 1.2.3.4 = 0x01020304
struct Ipv6 {
  std::array<std::uint8_t, 16> bytes{};  ///< network order, so comparing bytes compares addresses
  auto operator<=>(const Ipv6&) const = default;
};

/// Exactly four decimal parts of 1–3 digits, 0–255; leading zeros allowed and decimal ("010" is 10). Nothing else around.
std::optional<Ipv4> parse_ipv4(std::string_view s);
/// RFC 4291 text, any case, embedded IPv4 allowed; no brackets, no zone. Nothing else around.
std::optional<Ipv6> parse_ipv6(std::string_view s);
std::string format_ipv4(Ipv4 a);
std::string format_ipv6(const Ipv6& a);  ///< RFC 5952

struct Ipv4Range {
  Ipv4 first = 0, last = 0;
  auto operator<=>(const Ipv4Range&) const = default;
};
struct Ipv6Range {
  Ipv6 first, last;
  auto operator<=>(const Ipv6Range&) const = default;
};
Ipv4Range cidr_range(Ipv4 a, int prefix_bits);         ///< host bits ignored; prefix 0–32
Ipv6Range cidr_range(const Ipv6& a, int prefix_bits);  ///< 0–128
/// "1.2.3.0/24" when the range is one CIDR block, else "a-b"; a single address as itself.
std::string format_range(const Ipv4Range& r);
std::string format_range(const Ipv6Range& r);

}  // namespace mozu::intel
