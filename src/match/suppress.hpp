// Is a value covered by a suppression entry? The answer is the entry's reason (offset in the reasons section).
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "index_data.hpp"
#include "mozu/intel/indicator.hpp"

namespace mozu::match {

using Reason = std::optional<std::uint32_t>;

Reason suppressed_ipv4(const TableSet& t, intel::Ipv4 a);
Reason suppressed_ipv6(const TableSet& t, const intel::Ipv6& a);
/// The name itself or, for entries that are neither exact-only nor a public suffix, a name above it.
Reason suppressed_host(const TableSet& t, std::string_view host);
Reason suppressed_email(const TableSet& t, std::string_view email);
/// `key` is CanonicalUrl::key(); its host counts too.
Reason suppressed_url(const TableSet& t, std::string_view key);
Reason suppressed_digest(const TableSet& t, int algorithm, std::string_view digest);
/// A whole pattern: ranges inside a suppressed range, masks by their host or the same mask.
Reason suppressed_pattern(const TableSet& t, const intel::Pattern& p);

/// Calls f with the reason of every indicator of `t` that an entry of `s` covers whole.
void each_suppressed(const TableSet& t, const TableSet& s, const std::function<void(std::uint32_t reason)>& f);

/// Parts of a URL key "host[:port]/path"; host without brackets.
struct UrlKey {
  std::string_view host;
  std::uint16_t port = 0;
  std::string_view path;
  bool bracketed = false;
};
UrlKey split_url_key(std::string_view key);

/// "[2001:db8::1]": masks keep the brackets of their IPv6 hosts.
inline std::string bracketed(std::string_view host) { return '[' + std::string(host) + ']'; }

/// Calls f(Record, MaskRecord) for every mask of the table that covers the URL.
template <class F>
void masks_of(const TableSet& t, const UrlKey& url, F&& f) {
  if (t.masks.size() == 0) return;
  for (std::string_view host = storable_suffix(url.host); !host.empty();) {
    t.masks.find(url.bracketed ? bracketed(host) : std::string(host), [&](const BucketTable::Record& r) {
      const MaskRecord m = read_mask(r.tail);
      if (host.size() != url.host.size() && (m.flags & mask_subdomains) == 0) return;
      if (m.port != 0 && m.port != url.port) return;
      const bool covers = (m.flags & mask_path_prefix) != 0 ? url.path.starts_with(m.path) : url.path == m.path;
      if (covers) f(r, m);
    });
    const std::size_t dot = host.find('.');
    if (dot == std::string_view::npos || url.bracketed) break;
    host.remove_prefix(dot + 1);
  }
}

}  // namespace mozu::match
