#include "mozu/notify/network.hpp"

#include <algorithm>
#include <array>

#include "mozu/base/text.hpp"

namespace mozu::notify {
namespace {

using intel::Ipv4;
using intel::Ipv6;

struct Block4 {
  Ipv4 address;
  int bits;
};
// https://www.iana.org/assignments/iana-ipv4-special-registry
constexpr Block4 special_4[] = {
    {0x00000000, 8},   // this network
    {0x0a000000, 8},   // private
    {0x64400000, 10},  // shared by carriers
    {0x7f000000, 8},   // loopback
    {0xa9fe0000, 16},  // link-local: services of clouds
    {0xac100000, 12},  // private
    {0xc0000000, 24},  // protocols
    {0xc0000200, 24},  // documentation
    {0xc0586300, 24},  // 6to4 relays
    {0xc0a80000, 16},  // private
    {0xc6120000, 15},  // benchmarks
    {0xc6336400, 24},  // documentation
    {0xcb007100, 24},  // documentation
    {0xe0000000, 4},   // multicast
    {0xf0000000, 4},   // reserved, broadcast
};

struct Block6 {
  std::array<std::uint8_t, 6> begin;
  int bits;
};
// https://www.iana.org/assignments/iana-ipv6-special-registry; what is not in 2000::/3 is not the public Internet's
constexpr Block6 special_6[] = {
    {{0x20, 0x01, 0x00, 0x00, 0, 0}, 23},  // protocols, Teredo
    {{0x20, 0x01, 0x0d, 0xb8, 0, 0}, 32},  // documentation
    {{0x20, 0x02, 0x00, 0x00, 0, 0}, 16},  // 6to4
    {{0x3f, 0xff, 0x00, 0x00, 0, 0}, 20},  // documentation
};

bool is_in(const Ipv6& a, const Block6& block) {
  Ipv6 begin;
  std::ranges::copy(block.begin, begin.bytes.begin());
  const auto range = intel::cidr_range(begin, block.bits);
  return range.first <= a && a <= range.last;
}

std::optional<Ipv4> mapped(const Ipv6& a) {
  for (std::size_t i = 0; i < 10; ++i)
    if (a.bytes[i] != 0) return std::nullopt;
  if (a.bytes[10] != 0xff || a.bytes[11] != 0xff) return std::nullopt;
  return static_cast<Ipv4>(a.bytes[12]) << 24 | static_cast<Ipv4>(a.bytes[13]) << 16 | static_cast<Ipv4>(a.bytes[14]) << 8 | a.bytes[15];
}

}  // namespace

bool Networks::add(std::string_view cidr) {
  const auto slash = cidr.find('/');
  const auto text = cidr.substr(0, slash);
  std::optional<std::uint64_t> bits;
  if (slash != cidr.npos && !(bits = to_uint(cidr.substr(slash + 1)))) return false;
  if (const auto v4 = intel::parse_ipv4(text)) {
    if (bits.value_or(32) > 32) return false;
    v4_.push_back(intel::cidr_range(*v4, static_cast<int>(bits.value_or(32))));
    return true;
  }
  const auto v6 = intel::parse_ipv6(text);
  if (!v6 || bits.value_or(128) > 128) return false;
  v6_.push_back(intel::cidr_range(*v6, static_cast<int>(bits.value_or(128))));
  return true;
}
bool Networks::holds(Ipv4 a) const {
  return std::ranges::any_of(v4_, [&](const auto& r) { return r.first <= a && a <= r.last; });
}
bool Networks::holds(const Ipv6& a) const {
  return std::ranges::any_of(v6_, [&](const auto& r) { return r.first <= a && a <= r.last; });
}

bool is_public(Ipv4 a) {
  return std::ranges::none_of(special_4, [&](const Block4& b) { return (a ^ b.address) >> (32 - b.bits) == 0; });
}
bool is_public(const Ipv6& a) {
  if (a.bytes[0] >> 5 != 1) return false;
  return std::ranges::none_of(special_6, [&](const Block6& b) { return is_in(a, b); });
}

bool may_connect(std::string_view address, const Networks& allowed) {
  if (const auto v4 = intel::parse_ipv4(address)) return is_public(*v4) || allowed.holds(*v4);
  const auto v6 = intel::parse_ipv6(address);
  if (!v6) return false;
  if (const auto v4 = mapped(*v6)) return is_public(*v4) || allowed.holds(*v4);
  return is_public(*v6) || allowed.holds(*v6);
}

}  // namespace mozu::notify
