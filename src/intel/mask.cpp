// URL masks: "*.evil.example/path*" and the typed masks of commercial feeds.
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "mozu/intel/host.hpp"
#include "mozu/intel/url.hpp"
#include "pattern_parts.hpp"

namespace mozu::intel {
namespace {

// A mask taken apart, nothing canonical yet.
struct RawMask {
  std::string_view scheme;  // with "://", or empty
  std::string_view host;    // with port, without stars
  std::string_view path;    // from the first '/' or '?', without the star at its end
  bool any_subdomain = false, path_prefix = false;
};

std::unexpected<Diagnostic> unsupported(std::string_view s, std::string_view why) {
  return fail("indicator-mask-unsupported", fmt::format("the mask '{}' cannot be used: {}", shown(s), why), "masks are '*.host', 'host/*' and 'host/path*'");
}

std::unexpected<Diagnostic> without_host(std::string_view s) {
  return fail("indicator-mask-without-host", fmt::format("the mask '{}' names no host", shown(s)),
              "it would have to be compared with every URL; give the host");
}

Result<RawMask> take_apart(std::string_view s) {
  RawMask m;
  std::string_view rest = s;
  if (const std::size_t scheme = scheme_bytes(rest); scheme != 0) {
    m.scheme = rest.substr(0, scheme);
    rest.remove_prefix(scheme);
    if (m.scheme.find('*') != m.scheme.npos) m.scheme = {};  // "*://host/": any scheme, as always
  }
  while (rest.starts_with('*')) {
    rest.remove_prefix(1);
    m.any_subdomain = true;
  }
  while (m.any_subdomain && rest.starts_with('.')) rest.remove_prefix(1);
  while (rest.ends_with('*')) {
    rest.remove_suffix(1);
    m.path_prefix = true;
  }
  const std::size_t slash = std::min(rest.find_first_of("/?"), rest.size());
  m.host = rest.substr(0, slash);
  m.path = rest.substr(slash);
  if (m.host.empty()) return without_host(s);
  if (m.host.find('*') != m.host.npos) return unsupported(s, "a '*' stands inside the host");
  if (m.path.find('*') != m.path.npos) return unsupported(s, "a '*' stands inside the path");
  if (m.path.empty() && m.path_prefix && m.host.ends_with('.')) return unsupported(s, "a '*' stands for the last label");
  if (rest.find('#') != rest.npos) return unsupported(s, "a fragment is no part of what is compared");
  return m;
}

std::string mask_text(const UrlMask& m) {
  std::string out = m.any_subdomain ? "*." : "";
  out += m.host;
  if (m.port != 0) out.append(":").append(std::to_string(m.port));
  out += m.path;
  if (m.path_prefix) out += '*';
  return out;
}

}  // namespace

Result<Pattern> read_mask(std::string_view s, bool strict_tld) {
  MOZU_LET(const RawMask raw, take_apart(s));
  const bool host_only = raw.path.empty() && raw.any_subdomain;
  if (host_only && raw.host.find(':') == raw.host.npos) {
    MOZU_LET(Pattern p, read_domain(raw.host, strict_tld && raw.scheme.empty(), nullptr));
    return p;
  }
  // A prefix may end inside a segment or an escape. A letter that can belong to neither keeps its end as it is; it is cut off again.
  const bool prefix = raw.path_prefix || host_only;
  std::string text(raw.scheme);
  text.append(raw.host).append(raw.path);
  if (prefix) text.append(raw.path.empty() ? "/x" : "x");
  const auto url = canonical_url(text);
  std::string why;
  if (!url || (!url->ipv4 && !url->ipv6 && !is_domain_name(url->host, &why)))
    return fail("indicator-unrecognised", fmt::format("the mask '{}' has no valid host", shown(s)));
  if (!url->ipv4 && !url->ipv6 && strict_tld && raw.scheme.empty() && !is_known_tld(last_label(url->host)) && !is_alternative_tld(last_label(url->host)))
    return fail("indicator-unknown-tld", fmt::format("the mask '{}' names no host: '{}' is no top-level domain", shown(s), last_label(url->host)));
  Pattern p;
  p.kind = PatternKind::url_mask;
  p.mask.host = url->host;
  p.mask.port = url->port;
  p.mask.any_subdomain = raw.any_subdomain && !url->ipv4 && !url->ipv6;  // an address has nothing below it
  p.mask.path = url->path;
  p.mask.path_prefix = prefix;
  if (prefix) p.mask.path.pop_back();
  if (p.mask.path.find('*') != p.mask.path.npos) return unsupported(s, "an escaped '*' stands inside the path");
  p.value = mask_text(p.mask);
  if (!p.mask.any_subdomain && !p.mask.path_prefix) {
    p.kind = PatternKind::url;
    p.mask = {};
  }
  return p;
}

}  // namespace mozu::intel
