#include "mozu/intel/indicator.hpp"

#include <algorithm>
#include <array>

#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "mozu/intel/host.hpp"

namespace mozu::intel {
namespace {

constexpr std::array<std::string_view, pattern_kind_count> kind_names = {"ipv4",     "ipv4-range", "ipv6", "ipv6-range", "domain", "url",
                                                                         "url-mask", "email",      "md5",  "sha1",       "sha256", "sha512"};
constexpr std::array<std::string_view, 6> tlp_names = {"", "TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"};

// The UUID under which all of Mozu's indicator ids are made. Changing it would rename every indicator.
constexpr std::string_view id_space = "5b0d6d3e-7c1f-5a86-9e43-0f6a2c9d41b7";

struct ReservedV4 {
  Ipv4Range range;
  std::string_view name;
};
constexpr std::array<ReservedV4, 9> reserved_v4 = {{{{0x00000000, 0x00FFFFFF}, "this network (0.0.0.0/8)"},
                                                    {{0x0A000000, 0x0AFFFFFF}, "private addresses (10.0.0.0/8)"},
                                                    {{0x64400000, 0x647FFFFF}, "shared addresses (100.64.0.0/10)"},
                                                    {{0x7F000000, 0x7FFFFFFF}, "loopback (127.0.0.0/8)"},
                                                    {{0xA9FE0000, 0xA9FEFFFF}, "link-local addresses (169.254.0.0/16)"},
                                                    {{0xAC100000, 0xAC1FFFFF}, "private addresses (172.16.0.0/12)"},
                                                    {{0xC0A80000, 0xC0A8FFFF}, "private addresses (192.168.0.0/16)"},
                                                    {{0xE0000000, 0xEFFFFFFF}, "multicast (224.0.0.0/4)"},
                                                    {{0xF0000000, 0xFFFFFFFF}, "reserved addresses (240.0.0.0/4)"}}};

struct ReservedV6 {
  std::uint8_t first_byte, second_byte;
  int prefix;
  std::string_view name;
};
constexpr std::array<ReservedV6, 3> reserved_v6 = {
    {{0xFC, 0, 7, "unique local addresses (fc00::/7)"}, {0xFE, 0x80, 10, "link-local addresses (fe80::/10)"}, {0xFF, 0, 8, "multicast (ff00::/8)"}}};

std::optional<std::string> broad_v4(const Ipv4Range& r) {
  if (r.last - r.first >= 1U << 24) return "the range is larger than a /8";
  for (const auto& [range, name] : reserved_v4)
    if (r.first <= range.last && r.last >= range.first) return "it lies in or touches " + std::string(name);
  return std::nullopt;
}

std::optional<std::string> broad_v6(const Ipv6Range& r) {
  if (!std::equal(r.first.bytes.begin(), r.first.bytes.begin() + 4, r.last.bytes.begin())) return "the range is larger than a /32";
  Ipv6 loopback;
  loopback.bytes[15] = 1;
  if (r.first <= loopback) return "it holds the unspecified or the loopback address";
  for (const auto& e : reserved_v6) {
    Ipv6 base;
    base.bytes[0] = e.first_byte;
    base.bytes[1] = e.second_byte;
    const Ipv6Range range = cidr_range(base, e.prefix);
    if (r.first <= range.last && r.last >= range.first) return "it lies in or touches " + std::string(e.name);
  }
  Ipv6 mapped;
  mapped.bytes[10] = mapped.bytes[11] = 0xFF;
  const Ipv6Range embedded = cidr_range(mapped, 96);
  if (r.first < embedded.first || r.last > embedded.last) return std::nullopt;
  const auto v4 = [](const Ipv6& a) {
    return static_cast<Ipv4>(a.bytes[12]) << 24 | static_cast<Ipv4>(a.bytes[13]) << 16 | static_cast<Ipv4>(a.bytes[14]) << 8 | a.bytes[15];
  };
  return broad_v4({v4(r.first), v4(r.last)});
}

std::optional<std::string> broad_name(std::string_view host) {
  if (host == "localhost") return "it is the machine itself";
  if (host.find('.') == host.npos) return "it is a single label";
  if (is_icann_suffix(host)) return "it is a public suffix, under which anybody registers names";
  if (host == "localhost.localdomain" || host.ends_with(".localhost")) return "it is the machine itself";
  return std::nullopt;
}

// host as it stands in a canonical URL: a name, an IPv4 address, or IPv6 in brackets
std::optional<std::string> broad_host(std::string_view host) {
  if (host.starts_with('[')) {
    const auto a = parse_ipv6(host.substr(1, host.find(']') - 1));
    return a ? broad_v6({*a, *a}) : std::nullopt;
  }
  if (const auto a = parse_ipv4(host)) return broad_v4({*a, *a});
  return broad_name(host);
}

std::string_view url_host(std::string_view key) {
  if (key.starts_with('[')) return key.substr(0, key.find(']') + 1);
  return key.substr(0, key.find_first_of(":/"));
}

std::optional<std::string> broad_mask(const UrlMask& m) {
  if (auto reason = broad_host(m.host)) return reason;
  if (m.any_subdomain && m.path_prefix && m.path == "/" && is_public_suffix(m.host)) return "it covers every site below a public suffix";
  return std::nullopt;
}

std::optional<std::string> broad_hash(std::string_view hex) {
  static constexpr std::array<std::string_view, 4> of_nothing = {
      "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"};
  if (std::find(of_nothing.begin(), of_nothing.end(), hex) != of_nothing.end()) return "it is the hash of the empty file";
  if (hex.find_first_not_of(hex.substr(0, 1)) == hex.npos) return "it is one digit repeated, which logs write where there is no hash";
  return std::nullopt;
}

}  // namespace

std::string_view short_name(PatternKind k) { return kind_names[static_cast<std::size_t>(k)]; }

ObservableType observable_type(PatternKind k) {
  switch (k) {
    case PatternKind::ipv4:
    case PatternKind::ipv4_range: return ObservableType::ipv4_addr;
    case PatternKind::ipv6:
    case PatternKind::ipv6_range: return ObservableType::ipv6_addr;
    case PatternKind::domain: return ObservableType::domain_name;
    case PatternKind::url:
    case PatternKind::url_mask: return ObservableType::url;
    case PatternKind::email: return ObservableType::email_addr;
    case PatternKind::md5: return ObservableType::md5;
    case PatternKind::sha1: return ObservableType::sha1;
    case PatternKind::sha256: return ObservableType::sha256;
    case PatternKind::sha512: return ObservableType::sha512;
  }
  return ObservableType::domain_name;
}

std::optional<std::string> is_too_broad(const Pattern& p) {
  switch (p.kind) {
    case PatternKind::ipv4:
    case PatternKind::ipv4_range: return broad_v4(p.v4);
    case PatternKind::ipv6:
    case PatternKind::ipv6_range: return broad_v6(p.v6);
    case PatternKind::domain: return broad_name(p.value);
    case PatternKind::url: return broad_host(url_host(p.value));
    case PatternKind::url_mask: return broad_mask(p.mask);
    case PatternKind::email: return broad_host(std::string_view(p.value).substr(p.value.rfind('@') + 1));
    default: return broad_hash(p.value);
  }
}

std::string_view name(Tlp t) { return tlp_names[static_cast<std::size_t>(t)]; }

std::optional<Tlp> parse_tlp(std::string_view s) {
  s = trim(s);
  if (istarts_with(s, "TLP:")) s = trim(s.substr(4));
  if (iequals(s, "clear") || iequals(s, "white")) return Tlp::clear;
  if (iequals(s, "green")) return Tlp::green;
  if (iequals(s, "amber")) return Tlp::amber;
  if (iequals(s, "amber+strict") || iequals(s, "amber-strict") || iequals(s, "amber_strict")) return Tlp::amber_strict;
  if (iequals(s, "red")) return Tlp::red;
  return std::nullopt;
}

Tlp tlp_of_word(const FeedInfo& feed, const ContextFields& context) {
  Tlp strictest = feed.tlp;
  for (const auto& [name, value] : context)
    if (name == "tlp") strictest = std::max(strictest, parse_tlp(value).value_or(Tlp::none));
  return strictest;
}

std::optional<std::uint8_t> parse_confidence(std::string_view s) {
  s = trim(s);
  if (const auto n = to_uint(s)) return *n <= 100 ? std::optional(static_cast<std::uint8_t>(*n)) : std::nullopt;
  if (iequals(s, "none")) return std::uint8_t{0};
  if (iequals(s, "low")) return std::uint8_t{15};
  if (iequals(s, "med") || iequals(s, "medium")) return std::uint8_t{50};
  if (iequals(s, "high")) return std::uint8_t{85};
  return std::nullopt;
}

std::string indicator_id(const Pattern& p) {
  std::string text(short_name(p.kind));
  text.append(" ").append(p.value);
  return "indicator--" + uuid_v5(id_space, text);
}

}  // namespace mozu::intel
