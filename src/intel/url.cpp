#include "mozu/intel/url.hpp"

#include <algorithm>
#include <array>

#include "mozu/base/text.hpp"
#include "mozu/intel/host.hpp"

namespace mozu::intel {
namespace {

// Bytes of path and query that canonicalisation leaves alone ('/' and '.' are looked at in their places).
constexpr auto plain_in_path = [] {
  std::array<bool, 256> t{};
  for (unsigned c = 33; c < 127; ++c) t[c] = c != '%' && c != '#';
  return t;
}();

// Bytes of a host that need neither folding nor decoding nor escaping.
constexpr auto plain_in_host = [] {
  std::array<bool, 256> t{};
  for (unsigned c = 0; c < 256; ++c) t[c] = is_digit(static_cast<unsigned char>(c)) || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
  return t;
}();

// Bytes that neither begin an escape nor are dropped where escapes are undone.
constexpr auto plain_in_escapes = [] {
  std::array<bool, 256> t{};
  for (unsigned c = 0; c < 256; ++c) t[c] = c != '%' && c != '\t' && c != '\r' && c != '\n';
  return t;
}();

/// First place from `at` on whose byte is not in the table; the end if there is none.
std::size_t run_end(std::string_view s, std::size_t at, const std::array<bool, 256>& table) {
  while (at < s.size() && table[static_cast<unsigned char>(s[at])]) ++at;
  return at;
}

bool is_plain(std::string_view s, const std::array<bool, 256>& table) { return run_end(s, 0, table) == s.size(); }

// Undoes percent-escapes until none is left, and drops tab, CR, LF. One pass with the output as a stack: whenever its last
// three bytes are an escape they collapse, which may complete another one. Two escapes cannot overlap ('%' is no hex digit),
// so the order of collapsing does not matter and this equals decoding the whole text again and again. Every collapse
// shortens the output by two, so the time is linear. Runs that cannot complete an escape are copied whole.
std::string decode(std::string_view s) {
  std::string out;
  out.reserve(s.size());
  for (std::size_t i = 0; i < s.size();) {
    const std::size_t n = out.size();
    if ((n < 1 || out[n - 1] != '%') && (n < 2 || out[n - 2] != '%')) {
      const std::size_t end = run_end(s, i, plain_in_escapes);
      out.append(s, i, end - i);
      i = end;
      if (i == s.size()) break;
    }
    const char c = s[i++];
    if (c == '\t' || c == '\r' || c == '\n') continue;
    out.push_back(c);
    while (out.size() >= 3 && out[out.size() - 3] == '%') {
      const int byte = hex_number(std::string_view(out).substr(out.size() - 2), 2);
      if (byte < 0) break;
      out.resize(out.size() - 2);
      out.back() = static_cast<char>(byte);
    }
  }
  return out;
}

void append_escaped(std::string& out, std::string_view s) {
  static constexpr char digits[] = "0123456789ABCDEF";
  for (std::size_t i = 0;; ++i) {
    const std::size_t end = run_end(s, i, plain_in_path);
    out.append(s, i, end - i);
    i = end;
    if (i == s.size()) return;
    const auto u = static_cast<unsigned char>(s[i]);
    const char escape[] = {'%', digits[u >> 4], digits[u & 15]};
    out.append(escape, sizeof escape);
  }
}

// Runs of slashes to one, "." and ".." resolved. The result begins with '/'.
std::string resolve_dots(std::string_view path) {
  std::string out = "/";
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view segment = path.substr(at, end - at);
    at = end + 1;
    if (segment.empty() || segment == ".") continue;
    if (segment == "..") {
      if (out.size() > 1) out.resize(out.rfind('/', out.size() - 2) + 1);
      continue;
    }
    out += segment;
    if (end < path.size()) out.push_back('/');
  }
  return out;
}

// raw: path and query, empty or beginning with '/' or '?'.
std::string canonical_path(std::string_view raw) {
  const std::size_t query = std::min(raw.find('?'), raw.size());
  const std::string_view path = raw.substr(0, query);
  if (raw.empty()) return "/";
  if (!path.empty() && is_plain(raw, plain_in_path) && path.find("//") == path.npos && path.find("/.") == path.npos) return std::string(raw);
  const std::string decoded = decode(raw);
  const std::size_t split = std::min(decoded.find('?'), decoded.size());
  std::string out;
  out.reserve(decoded.size() + 16);
  append_escaped(out, resolve_dots(std::string_view(decoded).substr(0, split)));
  append_escaped(out, std::string_view(decoded).substr(split));
  return out;
}

// Leading and trailing dots off, runs of dots to one.
std::string normalise_dots(std::string_view s) {
  std::string out;
  out.reserve(s.size());
  for (const char c : s)
    if (c != '.' || (!out.empty() && out.back() != '.')) out.push_back(c);
  if (!out.empty() && out.back() == '.') out.pop_back();
  return out;
}

// One number of inet_aton: decimal, 0octal or 0xhex.
std::optional<std::uint64_t> read_number(std::string_view s) {
  unsigned base = 10;
  if (s.size() > 1 && s[0] == '0') {
    const bool hex = s[1] == 'x';
    base = hex ? 16 : 8;
    s.remove_prefix(hex ? 2 : 1);
  }
  if (s.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : s) {
    const int digit = hex_value(static_cast<unsigned char>(c));
    if (digit < 0 || static_cast<unsigned>(digit) >= base) return std::nullopt;
    value = value * base + static_cast<unsigned>(digit);
    if (value > 0xFFFFFFFFU) return std::nullopt;
  }
  return value;
}

std::optional<Ipv4> read_inet_aton(std::string_view s) {
  std::uint64_t address = 0;
  for (unsigned part = 0; part < 4; ++part) {
    const std::size_t dot = s.find('.');
    const auto value = read_number(s.substr(0, dot));
    if (!value) return std::nullopt;
    if (dot == s.npos) {
      const unsigned bits = 32 - 8 * part;  // the last number fills what is left
      if (*value >> bits != 0) return std::nullopt;
      return static_cast<Ipv4>(address | *value);
    }
    if (*value > 255) return std::nullopt;
    address |= *value << (24 - 8 * part);
    s.remove_prefix(dot + 1);
  }
  return std::nullopt;
}

// host: folded, dots normalised
std::optional<Ipv4> host_ipv4(std::string_view host) {
  const std::size_t last = host.rfind('.') + 1;  // npos + 1 is 0
  if (last >= host.size() || !is_digit(static_cast<unsigned char>(host[last]))) return std::nullopt;
  if (const auto a = read_inet_aton(host)) return a;
  return parse_ipv4(host);
}

bool canonicalise_name(std::string_view raw, CanonicalUrl& out) {
  if (is_plain(raw, plain_in_host) && raw.find("..") == raw.npos && !raw.starts_with('.') && !raw.ends_with('.')) {
    out.host = raw;
  } else {
    std::string host = decode(raw);
    for (char& c : host) c = mozu::fold(c);
    host = normalise_dots(host);
    if (auto ascii = canonical_host(host)) host = normalise_dots(*ascii);
    if (host.find_first_of("/?@:[]") != host.npos) return false;
    append_escaped(out.host, host);
  }
  if (out.host.empty()) return false;
  out.ipv4 = host_ipv4(out.host);
  if (out.ipv4) out.host = format_ipv4(*out.ipv4);
  return true;
}

// raw: text in brackets, or bare text with several colons
bool canonicalise_ipv6(std::string_view raw, CanonicalUrl& out) {
  // A '%' behind a whole address begins its zone; before that it is an escape inside the address.
  const std::size_t zone = raw.find('%');
  out.host_length = parse_ipv6(raw.substr(0, zone)) ? std::min(zone, raw.size()) : raw.size();
  const std::string decoded = decode(raw);
  out.ipv6 = parse_ipv6(std::string_view(decoded).substr(0, decoded.find('%')));
  if (!out.ipv6) return false;
  out.host = "[" + format_ipv6(*out.ipv6) + "]";
  return true;
}

bool is_default_port(std::string_view scheme, std::uint64_t port) {
  if (port == 80) return true;
  if (port == 443) return iequals(scheme, "https") || iequals(scheme, "wss");
  return port == 21 && iequals(scheme, "ftp");
}

// text: "" or ":" and digits; leading zeros allowed
bool read_port(std::string_view text, CanonicalUrl& out) {
  if (text.empty() || text == ":") return true;
  const auto port = text[0] == ':' && text.size() <= 20 ? to_uint(text.substr(1)) : std::nullopt;
  if (!port || *port > 65535) return false;
  if (!is_default_port(out.scheme, *port)) out.port = static_cast<std::uint16_t>(*port);
  return true;
}

// authority without userinfo
bool canonicalise_host_port(std::string_view s, CanonicalUrl& out) {
  if (s.starts_with('[')) {
    const std::size_t close = s.find(']');
    if (close == s.npos) return false;
    ++out.host_offset;
    return canonicalise_ipv6(s.substr(1, close - 1), out) && read_port(s.substr(close + 1), out);
  }
  const std::size_t colon = s.find(':');
  if (colon != s.npos && s.find(':', colon + 1) != s.npos) return canonicalise_ipv6(s, out);  // IPv6 without its brackets
  out.host_length = std::min(colon, s.size());
  return canonicalise_name(s.substr(0, out.host_length), out) && read_port(s.substr(out.host_length), out);
}

std::size_t scheme_length(std::string_view s) {
  const std::size_t colon = s.find(':');
  if (colon == s.npos || colon == 0 || s.substr(colon, 3) != "://" || !is_alpha(static_cast<unsigned char>(s[0]))) return 0;
  for (const char c : s.substr(0, colon))
    if (!is_alnum(static_cast<unsigned char>(c)) && c != '+' && c != '-' && c != '.') return 0;
  return colon;
}

}  // namespace

std::string CanonicalUrl::key() const {
  std::string out;
  out.reserve(host.size() + path.size() + 6);
  out += host;
  if (port != 0) out.append(":").append(std::to_string(port));
  out += path;
  return out;
}

std::optional<CanonicalUrl> canonical_url(std::string_view raw) {
  const std::string_view url = trim(raw.substr(0, url_bytes_max));
  std::optional<CanonicalUrl> result(std::in_place);
  CanonicalUrl& out = *result;
  out.scheme = url.substr(0, scheme_length(url));
  std::string_view rest = url.substr(out.scheme.empty() ? 0 : out.scheme.size() + 3);
  if (out.scheme.empty() && rest.starts_with("//")) rest.remove_prefix(2);
  rest = rest.substr(0, rest.find('#'));
  const std::size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
  std::string_view authority = rest.substr(0, authority_end);
  if (const std::size_t at = authority.rfind('@'); at != authority.npos) authority.remove_prefix(at + 1);
  out.host_offset = static_cast<std::size_t>(authority.data() - raw.data());
  if (!canonicalise_host_port(authority, out)) return std::nullopt;
  out.path = canonical_path(rest.substr(authority_end));
  return result;
}

std::string safe_browsing_url(std::string_view raw) {
  const auto url = canonical_url(raw);
  if (!url) return {};
  const std::string scheme = url->scheme.empty() ? "http" : mozu::fold(url->scheme);
  return scheme + "://" + url->host + url->path;
}

}  // namespace mozu::intel
