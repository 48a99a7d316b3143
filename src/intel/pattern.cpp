// The one door: text of a feed → canonical pattern.
#include <fmt/core.h>

#include <array>
#include <bit>
#include <utility>

#include "mozu/base/text.hpp"
#include "mozu/intel/host.hpp"
#include "mozu/intel/url.hpp"
#include "pattern_parts.hpp"

namespace mozu::intel {
namespace {

bool is_hex_text(std::string_view s) {
  for (const char c : s)
    if (!is_hex(static_cast<unsigned char>(c))) return false;
  return !s.empty();
}

// ":443" or "" after a host; digits 0–65535
bool read_port_suffix(std::string_view s, std::uint16_t* port) {
  if (s.empty()) return true;
  const auto n = s.front() == ':' && s.size() <= 6 ? to_uint(s.substr(1)) : std::nullopt;
  if (!n || *n > 65535) return false;
  if (port != nullptr) *port = static_cast<std::uint16_t>(*n);
  return true;
}

std::unexpected<Diagnostic> unrecognised(std::string_view s, std::string_view why) {
  return fail("indicator-unrecognised", fmt::format("'{}' is no indicator: {}", shown(s), why));
}

std::unexpected<Diagnostic> no_address(std::string_view s) {
  return fail("indicator-type-mismatch", fmt::format("'{}' is no IP address, CIDR or range", shown(s)));
}

Pattern range_pattern(const Ipv4Range& r) {
  if (r.first == r.last) return address_pattern(r.first);
  Pattern p;
  p.kind = PatternKind::ipv4_range;
  p.value = format_range(r);
  p.v4 = r;
  return p;
}

Pattern range_pattern(const Ipv6Range& r) {
  if (r.first == r.last) return address_pattern(r.first);
  Pattern p;
  p.kind = PatternKind::ipv6_range;
  p.value = format_range(r);
  p.v6 = r;
  return p;
}

// "24", or for IPv4 the netmask "255.255.255.0"
std::optional<int> read_prefix(std::string_view s, int bits) {
  if (const auto mask = bits == 32 ? parse_ipv4(s) : std::nullopt) {
    const Ipv4 host = ~*mask;
    return (host & (host + 1)) == 0 ? std::optional(std::popcount(*mask)) : std::nullopt;
  }
  const auto n = s.size() <= 3 ? to_uint(s) : std::nullopt;
  return n && *n <= static_cast<unsigned>(bits) ? std::optional(static_cast<int>(*n)) : std::nullopt;
}

std::optional<Pattern> read_cidr(std::string_view s) {
  const std::size_t slash = s.find('/');
  if (slash == s.npos) return std::nullopt;
  const std::string_view address = s.substr(0, slash), prefix = s.substr(slash + 1);
  if (const auto a = parse_ipv4(address)) {
    const auto bits = read_prefix(prefix, 32);
    return bits ? std::optional(range_pattern(cidr_range(*a, *bits))) : std::nullopt;
  }
  if (const auto a = parse_ipv6(address)) {
    const auto bits = read_prefix(prefix, 128);
    return bits ? std::optional(range_pattern(cidr_range(*a, *bits))) : std::nullopt;
  }
  return std::nullopt;
}

// "a-b", white space around '-' allowed, a ≤ b
std::optional<Pattern> read_range(std::string_view s) {
  const std::size_t dash = s.find('-');
  if (dash == s.npos) return std::nullopt;
  const std::string_view first = trim(s.substr(0, dash)), last = trim(s.substr(dash + 1));
  if (const auto a = parse_ipv4(first), b = parse_ipv4(last); a && b && *a <= *b) return range_pattern(Ipv4Range{*a, *b});
  if (const auto a = parse_ipv6(first), b = parse_ipv6(last); a && b && *a <= *b) return range_pattern(Ipv6Range{*a, *b});
  return std::nullopt;
}

// "192.0.2.*", "198.51.*.*"
std::optional<Pattern> read_wildcard(std::string_view s) {
  int stars = 0;
  while (s.ends_with(".*")) {
    s.remove_suffix(2);
    ++stars;
  }
  if (stars == 0 || stars > 3) return std::nullopt;
  std::string filled(s);
  for (int i = 0; i < stars; ++i) filled += ".0";
  const auto a = parse_ipv4(filled);
  return a ? std::optional(range_pattern(cidr_range(*a, 32 - 8 * stars))) : std::nullopt;
}

std::optional<Pattern> read_one_address(std::string_view s, std::uint16_t* port) {
  if (s.starts_with('[')) {
    const std::size_t close = s.find(']');
    if (close == s.npos) return std::nullopt;
    const auto inside = s.substr(1, close - 1);
    const auto a = parse_ipv6(inside.substr(0, inside.find('%')));
    return a && read_port_suffix(s.substr(close + 1), port) ? std::optional(address_pattern(*a)) : std::nullopt;
  }
  const std::size_t colon = s.find(':');
  if (const auto a = parse_ipv4(s.substr(0, colon))) {
    if (colon != s.npos && !read_port_suffix(s.substr(colon), port)) return std::nullopt;
    return address_pattern(*a);
  }
  const auto a = parse_ipv6(s.substr(0, s.find('%')));
  return a ? std::optional(address_pattern(*a)) : std::nullopt;
}

std::optional<Pattern> address_of(std::string_view s, std::uint16_t* port) {
  // Only text that begins like an address is tried: letters past 'f' never do.
  const auto front = s.empty() ? '\0' : s.front();
  if (!is_hex(static_cast<unsigned char>(front)) && front != ':' && front != '[') return std::nullopt;
  if (auto p = read_one_address(s, port)) return p;
  if (auto p = read_cidr(s)) return p;
  if (auto p = read_range(s)) return p;
  return read_wildcard(s);
}

bool is_tld_of_some_kind(std::string_view label) { return is_known_tld(label) || is_alternative_tld(label); }

// A name is cut at neither end but for leading and trailing dots.
std::string_view without_edge_dots(std::string_view s) {
  while (s.starts_with('.')) s.remove_prefix(1);
  while (s.ends_with('.')) s.remove_suffix(1);
  return s;
}

// Text with a scheme or a path whose canonical form is that of a mask, an address or a host is sent on to those.
Result<Pattern> url_shape(std::string_view s, bool strict_tld) {
  const std::string_view after = s.substr(scheme_bytes(s));
  if (s.ends_with('*') || after.starts_with('*')) return read_mask(s, strict_tld);
  return read_url(s, strict_tld);
}

Result<Pattern> by_shape(std::string_view s, std::uint16_t* port) {
  if (hash_type_of_length(s.size()) && is_hex_text(s)) return read_hash(s);
  if (is_plain_token(s)) {
    if (is_digit(static_cast<unsigned char>(s.back())))
      if (auto p = address_of(s, port)) return std::move(*p);
    return read_domain(s, true, port);
  }
  if (scheme_bytes(s) != 0) return url_shape(s, true);
  if (auto p = address_of(s, port)) return std::move(*p);
  const std::size_t slash = s.find('/');
  if (const std::size_t at = s.find('@'); at != s.npos && (slash == s.npos || at < slash)) {
    if (auto p = read_email(s); p || slash == s.npos) return p;
  }
  if (s.front() == '/' || s.front() == '?')
    return fail("indicator-mask-without-host", fmt::format("'{}' has a path and no host", shown(s)), "give the host, or use a rule language for paths alone");
  if (s.front() == '*' || s.back() == '*') return read_mask(s, true);
  if (slash != s.npos) return read_url(s, true);
  if (auto p = read_hash(s)) return p;  // "md5:…"
  return read_domain(s, true, port);
}

// A domain column holds names; addresses and "http://host/" are what people put there as well.
Result<Pattern> as_domain(std::string_view s, std::uint16_t* port) {
  if (auto p = address_of(s, port)) return std::move(*p);
  if (s.starts_with("*.") && s.find('/') == s.npos) s.remove_prefix(2);
  s.remove_prefix(scheme_bytes(s));
  if (const std::size_t slash = s.find('/'); slash != s.npos) {
    if (slash + 1 != s.size()) return fail("indicator-type-mismatch", fmt::format("'{}' is a URL, not a domain name", shown(s)));
    s.remove_suffix(1);
    if (auto p = address_of(s, port)) return std::move(*p);
  }
  return read_domain(s, false, port);
}

Result<Pattern> as_url(std::string_view s) {
  if (s.starts_with("*.") && s.find('/') == s.npos) return read_mask(s, false);
  return url_shape(s, false);
}

Result<Pattern> as_mask(std::string_view s, std::uint16_t* port) {
  if (s.find('*') == s.npos) return by_shape(s, port);
  if (auto p = address_of(s, port)) return std::move(*p);  // "192.0.2.*"
  return read_mask(s, false);
}

Result<Pattern> by_hint(std::string_view s, TypeHint hint, std::uint16_t* port) {
  switch (hint) {
    case TypeHint::any: return by_shape(s, port);
    case TypeHint::ip: {
      auto p = address_of(s, port);
      if (!p) return no_address(s);
      return std::move(*p);
    }
    case TypeHint::domain: return as_domain(s, port);
    case TypeHint::url: return as_url(s);
    case TypeHint::url_mask: return as_mask(s, port);
    case TypeHint::email: return read_email(s);
    case TypeHint::hash: return read_hash(s);
  }
  return unrecognised(s, "unknown type");
}

std::unexpected<Diagnostic> too_long(std::size_t bytes) {
  return fail("indicator-too-long", fmt::format("the value is {} bytes long; {} is the limit", bytes, indicator_bytes_max));
}

}  // namespace

std::string shown(std::string_view s) { return printable(s, 120); }

std::string_view last_label(std::string_view host) { return host.substr(host.rfind('.') + 1); }

Pattern domain_pattern(std::string value) {
  Pattern p;
  p.kind = PatternKind::domain;
  p.value = std::move(value);
  return p;
}

Pattern address_pattern(Ipv4 a) {
  Pattern p;
  p.kind = PatternKind::ipv4;
  p.value = format_ipv4(a);
  p.v4 = {a, a};
  return p;
}

Pattern address_pattern(const Ipv6& a) {
  Pattern p;
  p.kind = PatternKind::ipv6;
  p.value = format_ipv6(a);
  p.v6 = {a, a};
  return p;
}

Result<Pattern> read_address(std::string_view s, std::uint16_t* port) {
  auto p = address_of(s, port);
  if (!p) return no_address(s);
  return std::move(*p);
}

Result<Pattern> read_hash(std::string_view s) {
  static constexpr std::array<std::string_view, 7> prefixes = {"md5:", "sha1:", "sha-1:", "sha256:", "sha-256:", "sha512:", "sha-512:"};
  std::string_view hex = s;
  for (const auto prefix : prefixes)
    if (istarts_with(s, prefix)) hex = trim(s.substr(prefix.size()));
  const auto type = hash_type_of_length(hex.size());
  if (!type || !is_hex_text(hex)) return fail("indicator-type-mismatch", fmt::format("'{}' is no MD5, SHA-1, SHA-256 or SHA-512", shown(s)));
  Pattern p;
  p.kind = static_cast<PatternKind>(static_cast<int>(PatternKind::md5) + static_cast<int>(*type) - static_cast<int>(ObservableType::md5));
  p.value = mozu::fold(hex);
  return p;
}

Result<Pattern> read_domain(std::string_view s, bool strict_tld, std::uint16_t* port) {
  if (const std::size_t colon = s.find(':'); colon != s.npos) {
    if (!read_port_suffix(s.substr(colon), port)) return unrecognised(s, "what follows the ':' is no port");
    s = s.substr(0, colon);
  }
  auto canonical = canonical_host(without_edge_dots(s));
  if (!canonical) return unrecognised(s, "it is no valid internationalised name");
  std::string why;
  if (!is_domain_name(*canonical, &why)) return unrecognised(s, "as a host name " + why);
  const std::string_view tld = last_label(*canonical);
  const bool single_label = tld.size() == canonical->size();
  if (single_label && strict_tld && tld != "localhost" && !is_known_tld(tld)) return unrecognised(s, "it is a single word");
  if (!single_label && !is_tld_of_some_kind(tld)) {
    if (is_file_extension(tld)) return fail("indicator-unknown-tld", fmt::format("'{}' looks like a file name: '{}' is no top-level domain", shown(s), tld));
    if (strict_tld)
      return fail("indicator-unknown-tld", fmt::format("'{}' is taken for no domain: '{}' is no top-level domain", shown(s), tld),
                  "declare the feed's type as domain if it is one");
  }
  return domain_pattern(std::move(*canonical));
}

Result<Pattern> read_email(std::string_view s) {
  static constexpr std::string_view punctuation = ".!#$%&'*+/=?^_{|}~-";
  const auto mismatch = [&](std::string_view why) { return fail("indicator-type-mismatch", fmt::format("'{}' is no e-mail address: {}", shown(s), why)); };
  std::string_view text = s;
  if (istarts_with(text, "mailto:")) text.remove_prefix(7);
  const std::size_t at = text.rfind('@');
  if (at == text.npos || at == 0) return mismatch("there is nothing before an @");
  const std::string_view local = text.substr(0, at);
  if (local == "*") return fail("indicator-mask-unsupported", fmt::format("'{}' stands for every address of a domain", shown(s)), "give the domain instead");
  for (const char c : local)
    if (!is_alnum(static_cast<unsigned char>(c)) && punctuation.find(c) == punctuation.npos) return mismatch("a character that has no place before the @");
  const auto host = canonical_host(without_edge_dots(text.substr(at + 1)));
  std::string why;
  if (!host || !is_domain_name(*host, &why)) return mismatch("what follows the @ is no host name");
  Pattern p;
  p.kind = PatternKind::email;
  p.value = mozu::fold(local) + "@" + *host;
  return p;
}

Result<Pattern> read_url(std::string_view s, bool strict_tld) {
  const auto url = canonical_url(s);
  if (!url) return unrecognised(s, "no host can be found in it as a URL");
  std::string why;
  // Without a scheme only the usual form of an address is one: "11/4/2022" is a date, not a page of 0.0.0.11.
  if (strict_tld && url->scheme.empty() && url->ipv4 && !parse_ipv4(s.substr(url->host_offset, url->host_length)))
    return unrecognised(s, "it has neither a scheme nor a host name");
  if (!url->ipv4 && !url->ipv6) {
    if (!is_domain_name(url->host, &why)) return unrecognised(s, "as the host of a URL " + why);
    if (strict_tld && url->scheme.empty() && !is_tld_of_some_kind(last_label(url->host)))
      return fail("indicator-unknown-tld", fmt::format("'{}' is taken for no URL: '{}' is no top-level domain", shown(s), last_label(url->host)),
                  "write the scheme, or declare the feed's type as url");
  }
  Pattern p;
  p.kind = PatternKind::url;
  p.value = url->key();
  // "%2A" at the end is the same canonical text as '*'. One text must have one meaning, so it is a mask, too.
  if (p.value.ends_with('*')) return read_mask(p.value, false);
  return p;
}

Result<Pattern> pattern_from_value(PatternKind kind, std::string_view value) {
  Result<Pattern> p = unrecognised(value, "it is empty or too long");
  if (value.empty() || value.size() > indicator_bytes_max) return p;
  switch (observable_type(kind)) {
    case ObservableType::ipv4_addr:
    case ObservableType::ipv6_addr: p = read_address(value, nullptr); break;
    case ObservableType::domain_name: p = read_domain(value, false, nullptr); break;
    case ObservableType::url: p = kind == PatternKind::url ? read_url(value, false) : read_mask(value, false); break;
    case ObservableType::email_addr: p = read_email(value); break;
    default: p = read_hash(value);
  }
  if (!p) return p;
  if (p->kind != kind || p->value != value) return unrecognised(value, fmt::format("it is no canonical {}", short_name(kind)));
  return p;
}

Result<Pattern> read_pattern(std::string_view text, TypeHint hint, const PatternOptions& options, std::uint16_t* port) {
  if (port != nullptr) *port = 0;
  if (text.size() > indicator_bytes_max) return too_long(text.size());
  std::string refanged;
  std::string_view s = text;
  if (!is_plain_token(s)) {
    refanged = refang(text);
    s = refanged;
  } else {
    s = without_edge_dots(s);
  }
  if (s.empty()) return fail("indicator-empty", "there is no value");
  auto p = by_hint(s, hint, port);
  if (!p) return p;
  if (p->value.size() > indicator_bytes_max) return too_long(p->value.size());
  if (options.allow_broad) return p;
  if (const auto reason = is_too_broad(*p))
    return fail("indicator-too-broad", fmt::format("'{}' would match far too much: {}", shown(s), *reason), "--allow-broad takes it all the same");
  return p;
}

}  // namespace mozu::intel
