#include "mozu/intel/ip.hpp"

#include <algorithm>
#include <bit>

#include "mozu/base/text.hpp"

namespace mozu::intel {
namespace {

// One decimal part of 1–3 digits ≤ 255 at s[at]; moves `at` past it. A fourth digit is left for the caller to trip over.
inline bool read_octet(std::string_view s, std::size_t& at, std::uint32_t& out) {
  const std::size_t begin = at;
  std::uint32_t value = 0;
  while (at < s.size() && at - begin < 3) {
    const unsigned digit = static_cast<unsigned char>(s[at]) - unsigned{'0'};
    if (digit > 9) break;
    value = value * 10 + digit;
    ++at;
  }
  out = value;
  return at != begin && value <= 255;
}

void append_octet(std::string& out, unsigned v) {
  if (v >= 100) out.push_back(static_cast<char>('0' + v / 100));
  if (v >= 10) out.push_back(static_cast<char>('0' + v / 10 % 10));
  out.push_back(static_cast<char>('0' + v % 10));
}

// The 16-bit groups of an address as they are read; `gap` is the index at which "::" stood.
struct Groups {
  std::array<std::uint16_t, 8> value{};
  std::size_t count = 0;
  std::optional<std::size_t> gap;
};

bool read_group(std::string_view s, std::size_t& at, std::uint16_t& out) {
  const std::size_t begin = at;
  unsigned value = 0;
  for (; at < s.size() && at - begin < 4; ++at) {
    const int digit = hex_value(static_cast<unsigned char>(s[at]));
    if (digit < 0) break;
    value = value * 16 + static_cast<unsigned>(digit);
  }
  out = static_cast<std::uint16_t>(value);
  return at != begin;
}

// An IPv4 address may stand for the last two groups.
bool read_embedded_ipv4(std::string_view rest, Groups& g) {
  const auto v4 = parse_ipv4(rest);
  if (!v4 || g.count > 6) return false;
  g.value[g.count++] = static_cast<std::uint16_t>(*v4 >> 16);
  g.value[g.count++] = static_cast<std::uint16_t>(*v4 & 0xffff);
  return true;
}

bool read_groups(std::string_view s, Groups& g) {
  std::size_t at = 0;
  if (s.starts_with("::")) {
    g.gap = 0;
    at = 2;
  } else if (s.starts_with(':')) {
    return false;
  }
  while (at < s.size()) {
    const std::size_t begin = at;
    std::uint16_t group = 0;
    if (g.count == 8 || !read_group(s, at, group)) return false;
    if (at < s.size() && s[at] == '.') return read_embedded_ipv4(s.substr(begin), g);
    g.value[g.count++] = group;
    if (at == s.size()) return true;
    if (s[at++] != ':') return false;
    if (at == s.size()) return false;  // one colon at the end
    if (s[at] != ':') continue;
    if (g.gap) return false;
    g.gap = g.count;
    ++at;
  }
  return true;
}

void append_group(std::string& out, unsigned v) {
  static constexpr char digits[] = "0123456789abcdef";
  bool begun = false;
  for (int shift = 12; shift >= 0; shift -= 4) {
    const unsigned d = v >> shift & 15;
    begun = begun || d != 0 || shift == 0;
    if (begun) out.push_back(digits[d]);
  }
}

bool is_ipv4_mapped(const Ipv6& a) {
  for (std::size_t i = 0; i < 10; ++i)
    if (a.bytes[i] != 0) return false;
  return a.bytes[10] == 0xff && a.bytes[11] == 0xff;
}

// The number of leading bits of the one CIDR block that first..last is, or -1. Works on big-endian bytes.
template <std::size_t N>
int block_prefix(const std::array<std::uint8_t, N>& first, const std::array<std::uint8_t, N>& last) {
  int common = 0;
  for (std::size_t i = 0; i < N; ++i) {
    const auto diff = static_cast<std::uint8_t>(first[i] ^ last[i]);
    common += std::countl_zero(diff);
    if (diff != 0) break;
  }
  for (int bit = common; bit < static_cast<int>(N) * 8; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    const unsigned mask = 0x80U >> (bit % 8);
    if ((first[byte] & mask) != 0 || (last[byte] & mask) == 0) return -1;
  }
  return common;
}

std::array<std::uint8_t, 4> octets(Ipv4 a) {
  return {static_cast<std::uint8_t>(a >> 24), static_cast<std::uint8_t>(a >> 16), static_cast<std::uint8_t>(a >> 8), static_cast<std::uint8_t>(a)};
}

std::string range_text(std::string first, const std::string& last, int prefix, int bits) {
  if (prefix == bits) return first;
  if (prefix >= 0) return first + "/" + std::to_string(prefix);
  return first + "-" + last;
}

}  // namespace

std::optional<Ipv4> parse_ipv4(std::string_view s) {
  if (s.size() < 7 || s.size() > 15) return std::nullopt;
  std::uint32_t a = 0, b = 0, c = 0, d = 0;
  std::size_t at = 0;
  const auto dot = [&] { return at < s.size() && s[at++] == '.'; };
  if (!read_octet(s, at, a) || !dot() || !read_octet(s, at, b) || !dot() || !read_octet(s, at, c) || !dot() || !read_octet(s, at, d) || at != s.size())
    return std::nullopt;
  return a << 24 | b << 16 | c << 8 | d;
}

std::optional<Ipv6> parse_ipv6(std::string_view s) {
  if (s.size() < 2 || s.size() > 45) return std::nullopt;  // 45: six full groups and a full embedded IPv4
  Groups g;
  if (!read_groups(s, g)) return std::nullopt;
  if (g.gap ? g.count > 7 : g.count != 8) return std::nullopt;
  Ipv6 out;
  const std::size_t head = g.gap.value_or(8);
  for (std::size_t i = 0; i < g.count; ++i) {
    const std::size_t place = i < head ? i : i + (8 - g.count);
    out.bytes[place * 2] = static_cast<std::uint8_t>(g.value[i] >> 8);
    out.bytes[place * 2 + 1] = static_cast<std::uint8_t>(g.value[i]);
  }
  return out;
}

std::string format_ipv4(Ipv4 a) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) {
    append_octet(out, a >> shift & 255);
    if (shift != 0) out.push_back('.');
  }
  return out;
}

std::string format_ipv6(const Ipv6& a) {
  std::array<unsigned, 8> group{};
  for (std::size_t i = 0; i < 8; ++i) group[i] = static_cast<unsigned>(a.bytes[i * 2]) << 8 | a.bytes[i * 2 + 1];
  if (is_ipv4_mapped(a)) return "::ffff:" + format_ipv4(group[6] << 16 | group[7]);
  // RFC 5952 §4.2: the longest run of two or more zero groups, the first of equals, becomes "::".
  std::size_t best = 8, best_length = 1;
  for (std::size_t i = 0; i < 8;) {
    std::size_t end = i;
    while (end < 8 && group[end] == 0) ++end;
    if (end - i > best_length) {
      best = i;
      best_length = end - i;
    }
    i = end + 1;
  }
  std::string out;
  for (std::size_t i = 0; i < 8;) {
    if (i == best) {
      out += "::";
      i += best_length;
      continue;
    }
    if (!out.empty() && !out.ends_with("::")) out.push_back(':');
    append_group(out, group[i++]);
  }
  return out;
}

Ipv4Range cidr_range(Ipv4 a, int prefix_bits) {
  const Ipv4 host = prefix_bits <= 0 ? ~Ipv4{0} : prefix_bits >= 32 ? Ipv4{0} : ~Ipv4{0} >> prefix_bits;
  return {a & ~host, a | host};
}

Ipv6Range cidr_range(const Ipv6& a, int prefix_bits) {
  Ipv6Range out{a, a};
  for (std::size_t i = 0; i < 16; ++i) {
    const int kept = std::clamp(prefix_bits - static_cast<int>(i) * 8, 0, 8);
    const auto host = static_cast<std::uint8_t>(0xff >> kept);
    out.first.bytes[i] = static_cast<std::uint8_t>(a.bytes[i] & ~host);
    out.last.bytes[i] = static_cast<std::uint8_t>(a.bytes[i] | host);
  }
  return out;
}

std::string format_range(const Ipv4Range& r) {
  return range_text(format_ipv4(r.first), format_ipv4(r.last), block_prefix(octets(r.first), octets(r.last)), 32);
}

std::string format_range(const Ipv6Range& r) { return range_text(format_ipv6(r.first), format_ipv6(r.last), block_prefix(r.first.bytes, r.last.bytes), 128); }

}  // namespace mozu::intel
