#include "suppress.hpp"

#include "mozu/base/text.hpp"
#include "mozu/intel/host.hpp"

namespace mozu::match {

Reason suppressed_ipv4(const TableSet& t, intel::Ipv4 a) {
  if (const auto i = t.find_ipv4(a)) return t.ipv4_postings[*i];
  Reason reason;
  t.ipv4_ranges_of(a, [&](std::size_t, const Ipv4RangeRecord& r) { reason = r.posting; });
  return reason;
}

Reason suppressed_ipv6(const TableSet& t, const intel::Ipv6& a) {
  if (const auto i = t.find_ipv6(a)) return t.ipv6_postings[*i];
  Reason reason;
  t.ipv6_ranges_of(a, [&](std::size_t, const Ipv6RangeRecord& r) { reason = r.posting; });
  return reason;
}

Reason suppressed_host(const TableSet& t, std::string_view host) {
  if (t.hosts.size() == 0) return std::nullopt;
  for (std::string_view h = storable_suffix(host); !h.empty();) {
    Reason reason;
    t.hosts.find(h, [&](const BucketTable::Record& r) {
      const bool reaches = h.size() == host.size() || (r.flags & host_exact_only) == 0;
      if ((r.flags & host_domain) != 0 && reaches) reason = r.posting;
    });
    if (reason && (h.size() == host.size() || !intel::is_public_suffix(h))) return reason;
    const std::size_t dot = h.find('.');
    if (dot == std::string_view::npos) break;
    h.remove_prefix(dot + 1);
  }
  return std::nullopt;
}

namespace {

/// A host as it stands in a URL or an e-mail: address or name.
Reason suppressed_any_host(const TableSet& t, std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (const auto v4 = intel::parse_ipv4(host)) return suppressed_ipv4(t, *v4);
  if (host.find(':') != std::string_view::npos) {
    const auto v6 = intel::parse_ipv6(host);
    return v6 ? suppressed_ipv6(t, *v6) : std::nullopt;
  }
  return suppressed_host(t, host);
}

Reason find_text(const BucketTable& table, std::string_view s) {
  Reason reason;
  table.find(s, [&](const BucketTable::Record& r) { reason = r.posting; });
  return reason;
}

}  // namespace

UrlKey split_url_key(std::string_view key) {
  UrlKey u;
  std::size_t at = 0;
  if (key.starts_with('[')) {
    at = std::min(key.find(']'), key.size());
    u.host = key.substr(1, at == 0 ? 0 : at - 1);
    u.bracketed = true;
    at = std::min(at + 1, key.size());
  } else {
    at = std::min(key.find_first_of(":/"), key.size());
    u.host = key.substr(0, at);
  }
  const std::size_t slash = std::min(key.find('/', at), key.size());
  if (at < slash && key[at] == ':') {
    if (const auto port = to_uint(key.substr(at + 1, slash - at - 1))) u.port = static_cast<std::uint16_t>(*port);
  }
  u.path = key.substr(slash);
  return u;
}

Reason suppressed_email(const TableSet& t, std::string_view email) {
  if (Reason r = find_text(t.emails, email)) return r;
  const std::size_t at = email.rfind('@');
  return at == std::string_view::npos ? std::nullopt : suppressed_any_host(t, email.substr(at + 1));
}

Reason suppressed_url(const TableSet& t, std::string_view key) {
  if (Reason r = find_text(t.urls, key)) return r;
  const UrlKey u = split_url_key(key);
  Reason reason;
  masks_of(t, u, [&](const BucketTable::Record&, const MaskRecord& m) { reason = m.posting; });
  return reason ? reason : suppressed_any_host(t, u.host);
}

Reason suppressed_digest(const TableSet& t, int algorithm, std::string_view digest) {
  const DigestTable& table = t.digests[static_cast<std::size_t>(algorithm)];
  const auto i = table.find(digest);
  return i ? Reason(table.posting(*i)) : std::nullopt;
}

namespace {

template <class Range, class Ranges>
Reason covering_range(const Ranges& ranges_of, const Range& range) {
  Reason reason;
  ranges_of([&](std::size_t, const auto& r) {
    if (!(r.last < range)) reason = r.posting;
  });
  return reason;
}

Reason suppressed_mask(const TableSet& t, const intel::UrlMask& mask) {
  Reason reason;
  t.masks.find(mask.host, [&](const BucketTable::Record& r) {
    const MaskRecord m = read_mask(r.tail);
    const std::uint8_t flags = static_cast<std::uint8_t>((mask.any_subdomain ? mask_subdomains : 0) | (mask.path_prefix ? mask_path_prefix : 0));
    if (m.flags == flags && m.port == mask.port && m.path == mask.path) reason = m.posting;
  });
  return reason ? reason : suppressed_any_host(t, mask.host);
}

std::string digest_bytes(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out.push_back(static_cast<char>(hex_number(hex.substr(i), 2)));
  return out;
}

}  // namespace

Reason suppressed_pattern(const TableSet& t, const intel::Pattern& p) {
  using intel::PatternKind;
  switch (p.kind) {
    case PatternKind::ipv4: return suppressed_ipv4(t, p.v4.first);
    case PatternKind::ipv4_range: return covering_range([&](auto f) { t.ipv4_ranges_of(p.v4.first, f); }, p.v4.last);
    case PatternKind::ipv6: return suppressed_ipv6(t, p.v6.first);
    case PatternKind::ipv6_range: return covering_range([&](auto f) { t.ipv6_ranges_of(p.v6.first, f); }, p.v6.last.bytes);
    case PatternKind::domain: return suppressed_host(t, p.value);
    case PatternKind::url: return suppressed_url(t, p.value);
    case PatternKind::url_mask: return suppressed_mask(t, p.mask);
    case PatternKind::email: return suppressed_email(t, p.value);
    default: return suppressed_digest(t, static_cast<int>(p.kind) - static_cast<int>(PatternKind::md5), digest_bytes(p.value));
  }
}

void each_suppressed(const TableSet& t, const TableSet& s, const std::function<void(std::uint32_t)>& f) {
  using intel::PatternKind;
  const auto count = [&f](const Reason& r) {
    if (r) f(*r);
  };
  for (std::size_t i = 0; i < t.ipv4_addresses.size(); ++i) count(suppressed_ipv4(s, t.ipv4_addresses[i]));
  for (std::size_t i = 0; i < t.ipv6_addresses.size(); ++i) count(suppressed_ipv6(s, intel::Ipv6{t.ipv6_addresses[i]}));
  intel::Pattern p;
  p.kind = PatternKind::ipv4_range;
  for (std::size_t i = 0; i < t.ipv4_ranges.size(); ++i) {
    p.v4 = {t.ipv4_ranges[i].first, t.ipv4_ranges[i].last};
    count(suppressed_pattern(s, p));
  }
  p.kind = PatternKind::ipv6_range;
  for (std::size_t i = 0; i < t.ipv6_ranges.size(); ++i) {
    p.v6 = {{t.ipv6_ranges[i].first}, {t.ipv6_ranges[i].last}};
    count(suppressed_pattern(s, p));
  }
  BucketTable::Record r;
  for (std::uint64_t at = 0; t.hosts.next(at, r);)
    if ((r.flags & host_domain) != 0) count(suppressed_host(s, r.text));
  for (std::uint64_t at = 0; t.urls.next(at, r);) count(suppressed_url(s, r.text));
  for (std::uint64_t at = 0; t.emails.next(at, r);) count(suppressed_email(s, r.text));
  p.kind = PatternKind::url_mask;
  for (std::uint64_t at = 0; t.masks.next(at, r);) {
    const MaskRecord m = read_mask(r.tail);
    p.mask = {std::string(r.text), m.port, (m.flags & mask_subdomains) != 0, std::string(m.path), (m.flags & mask_path_prefix) != 0};
    count(suppressed_pattern(s, p));
  }
  for (int k = 0; k < 4; ++k) {
    const DigestTable& d = t.digests[static_cast<std::size_t>(k)];
    for (std::uint64_t i = 0; i < d.size(); ++i) count(suppressed_digest(s, k, d.digest(i)));
  }
}

}  // namespace mozu::match
