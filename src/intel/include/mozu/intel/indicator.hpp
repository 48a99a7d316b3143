// Indicators: what a feed says is bad, reduced to a canonical pattern, and the one door through which text becomes one.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"
#include "mozu/intel/ip.hpp"
#include "mozu/intel/observable.hpp"

namespace mozu::intel {

/// The order is part of index files: append only.
enum class PatternKind : std::uint8_t { ipv4, ipv4_range, ipv6, ipv6_range, domain, url, url_mask, email, md5, sha1, sha256, sha512 };
inline constexpr int pattern_kind_count = 12;
std::string_view short_name(PatternKind k);     ///< "ipv4", "ipv4-range", …, "url-mask", …, "sha512"
ObservableType observable_type(PatternKind k);  ///< ranges → address type, url_mask → url

/// url_mask: covers URLs whose host is `host` (or, with any_subdomain, below it too) and whose canonical path+query equals
/// `path` or, with path_prefix, starts with it. port 0 = any port (masks compare the port only when they name one).
struct UrlMask {
  std::string host;
  std::uint16_t port = 0;
  bool any_subdomain = false;
  std::string path = "/";
  bool path_prefix = false;
  bool operator==(const UrlMask&) const = default;
};

/// A canonical pattern. `value` is its canonical text and, with `kind`, its identity:
/// ipv4 "1.2.3.4"; ranges "1.2.3.0/24" or "a-b"; domain "evil.example"; url "host[:port]/path"; url_mask "*.host[:port]/path*";
/// email folded; hashes lower-case hex.
struct Pattern {
  PatternKind kind = PatternKind::domain;
  std::string value;
  Ipv4Range v4;  ///< ipv4, ipv4_range
  Ipv6Range v6;  ///< ipv6, ipv6_range
  UrlMask mask;  ///< url_mask
  bool operator==(const Pattern&) const = default;
};

/// What the feed claims the text to be; `any` lets the shape decide.
enum class TypeHint : std::uint8_t { any, ip, domain, url, url_mask, email, hash };

struct PatternOptions {
  bool allow_broad = false;  ///< take what is_too_broad() refuses
};

/// The one door: refang, recognise, canonicalise, check. Never throws; linear time. The rules of each shape: src/intel/README.md.
/// Codes: "indicator-empty", "indicator-too-long" (text or canonical value > indicator_bytes_max), "indicator-unrecognised",
/// "indicator-type-mismatch", "indicator-unknown-tld" (a file name, or with TypeHint::any a name whose last label is no TLD),
/// "indicator-mask-without-host", "indicator-mask-unsupported" (a '*' elsewhere than before the host or at the end),
/// "indicator-too-broad" (hint names --allow-broad).
/// A host with a port ("1.2.3.4:443", "evil.example:8080") is taken as the host; *port (if given) gets the port as context, else 0.
/// Shapes with TypeHint::any: hash, CIDR, range a-b, IP, e-mail, anything with scheme or a '/' after a host = url,
/// '*' as first character or at the end = url_mask (or domain for "*.evil.example"), else domain.
/// With a hint the value must be of that kind, but for: TypeHint::domain takes addresses and "http://host/" too, url and
/// url_mask take each other's shapes.
Result<Pattern> read_pattern(std::string_view text, TypeHint hint = TypeHint::any, const PatternOptions& options = {}, std::uint16_t* port = nullptr);
inline constexpr std::size_t indicator_bytes_max = 8192;

/// The pattern that has this kind and this canonical value, e.g. out of an index: nothing is refanged or checked for broadness.
/// For every pattern p of read_pattern, pattern_from_value(p.kind, p.value) equals p. Any other text is "indicator-unrecognised".
Result<Pattern> pattern_from_value(PatternKind kind, std::string_view value);

/// Undoes defanging: schemes (hxxp, h**p, meow, fxp …; "http:\\\\", "http//"); `.` `dot` `:` `://` `//` `/` `@` `at` in brackets of any kind, with
/// white space around; "[.com]", "[." and ".]"; "\."; then white space, quotes and brackets around the whole, and trailing dots,
/// commas and semicolons of what has no path. Brackets around IPv6 addresses inside a URL are kept. Idempotent; linear time
/// (a text nested so deeply that it does not settle in a few rounds is given back unchanged).
std::string refang(std::string_view text);

/// Reason why the pattern would flood, or nullopt: ranges larger than a /8 (v4) or /32 (v6); addresses of this-network, RFC 1918,
/// shared, loopback, link-local, multicast, reserved space and ranges that overlap it (documentation ranges are fine); TLDs and
/// other ICANN suffixes ("co.uk"), single labels, "localhost"; the hashes of the empty file and of one repeated digit. URLs,
/// masks and e-mail addresses are judged by their host; a mask over everything below a public suffix is too broad as well.
std::optional<std::string> is_too_broad(const Pattern& p);

/// TLP 2.0; the order is that of strictness.
enum class Tlp : std::uint8_t { none, clear, green, amber, amber_strict, red };
std::string_view name(Tlp t);                      ///< "", "TLP:CLEAR", …
std::optional<Tlp> parse_tlp(std::string_view s);  ///< "TLP:AMBER+STRICT", "amber", "white" (= clear), any case

/// "0"–"100", or the words of STIX 2.1 appendix A: none 0, low 15, medium (med) 50, high 85; any case.
std::optional<std::uint8_t> parse_confidence(std::string_view s);

/// Everything a feed said about one value, beyond the value: kept and given back with a detection.
/// Well-known names: threat, actor, malware, campaign, category, description, reference (repeatable), first_seen, last_seen,
/// port, tags, killchain, attack (ATT&CK ids), id; others as the feed calls them.
using ContextFields = std::vector<std::pair<std::string, std::string>>;

/// One value as one feed gives it.
struct Indicator {
  Pattern pattern;
  std::optional<Timestamp> valid_from, valid_until;  ///< until is exclusive
  bool exact_only = false;                           ///< a domain that does not cover its subdomains
  std::uint8_t confidence = 0;                       ///< 1–100; 0 = the feed's default
  std::vector<std::string> labels;
  std::string id;  ///< the feed's own STIX id, or empty
  ContextFields context;
};

/// "indicator--<uuid v5 of kind and value>": the id that an indicator bears when its feed gave none.
std::string indicator_id(const Pattern& p);

struct FeedInfo {
  std::string name;    ///< unique, e.g. "urlhaus"
  std::string source;  ///< URL or path; for people
  std::uint8_t confidence = 50;
  std::vector<std::string> labels;
  std::vector<std::string> categories;
  Tlp tlp = Tlp::none;
};

/// How far one feed's word about a value may go: the strictest of the feed's marking and those that the record bears itself (context "tlp").
Tlp tlp_of_word(const FeedInfo& feed, const ContextFields& context);

}  // namespace mozu::intel
