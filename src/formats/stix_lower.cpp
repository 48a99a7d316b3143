#include "stix_lower.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "mozu/base/text.hpp"

namespace mozu::formats {
namespace {

using intel::TypeHint;

/// Hash names as feeds write them: SHA-256, SHA256, sha256, 'sha-256'.
bool is_known_hash(std::string_view name) {
  std::string plain;
  for (const char c : name)
    if (c != '-' && c != '_') plain += fold(c);
  return plain == "md5" || plain == "sha1" || plain == "sha256" || plain == "sha512";
}

/// What the property that the path names would be; nullopt = not an observable that Mozu matches on.
std::optional<TypeHint> observable_of(const StixObjectPath& path) {
  const auto& t = path.type;
  std::vector<std::string_view> keys;
  for (const auto& s : path.steps)
    if (s.kind == StixPathStep::Kind::key) keys.push_back(s.key);
  const std::string_view last = keys.back();
  if (keys.size() == 1 && last == "value") {
    if (t == "ipv4-addr" || t == "ipv6-addr") return TypeHint::ip;
    if (t == "domain-name") return TypeHint::domain;
    if (t == "url") return TypeHint::url;
    if (t == "email-addr") return TypeHint::email;
  }
  // No property of STIX, but feeds write it for network-traffic:dst_ref.value.
  if (keys.size() == 1 && t == "network-traffic" && (last == "dst_ip" || last == "src_ip")) return TypeHint::ip;
  if (keys.size() >= 2 && keys[keys.size() - 2] == "hashes" && t != "x509-certificate" && is_known_hash(last)) return TypeHint::hash;
  if (keys.size() >= 2 && last == "value") {
    const std::string_view owner = keys[keys.size() - 2];
    if (owner.ends_with("_ref") || owner.ends_with("_refs")) return t == "email-message" ? TypeHint::email : TypeHint::any;
  }
  if (keys.size() >= 2 && keys[keys.size() - 2] == "request_header" && iequals(last, "host")) return TypeHint::any;
  return std::nullopt;
}

/// How things that are passed over are counted.
std::string kind_of(const StixObjectPath& path) {
  const bool has_matched_kin = path.type == "file" || path.type == "artifact" || path.type == "network-traffic" || path.type == "email-message" ||
                               path.type == "domain-name" || path.type == "url" || path.type.starts_with("ipv") || path.type == "email-addr";
  if (!has_matched_kin) return path.type;
  std::string kind = path.type + ":" + path.steps.front().key;
  if (path.steps.front().key == "hashes" && path.steps.size() > 1) kind += "." + path.steps[1].key;
  return kind;
}

/// "203.0.113." (from LIKE '203.0.113.%') → "203.0.113.0/24".
std::optional<std::string> octets_to_cidr(std::string_view head) {
  const auto dots = std::count(head.begin(), head.end(), '.');
  if (head.empty() || head.back() != '.' || dots < 1 || dots > 3) return std::nullopt;
  for (const char c : head)
    if (c != '.' && !is_digit(static_cast<unsigned char>(c))) return std::nullopt;
  std::string out(head);
  for (auto i = dots; i < 3; ++i) out += "0.";
  return fmt::format("{}0/{}", out, dots * 8);
}

/// Host suffix and/or path prefix → the text of a mask. `prefix`: anything may follow. nullopt if it is no mask.
std::optional<StixFound> url_found(std::string_view rest, bool below, bool prefix) {
  if (rest.empty()) return std::nullopt;
  const auto slash = rest.find('/');
  if (prefix && slash == std::string_view::npos) return std::nullopt;  // would cut the host in two
  if (slash == 0) return std::nullopt;
  std::string value = below ? "*." : "";
  value += rest;
  if (prefix) value += '*';
  return StixFound{std::move(value), below || prefix ? TypeHint::url_mask : TypeHint::url, false};
}

std::optional<StixFound> like_url(std::string_view s) {
  bool below = false;
  for (const std::string_view scheme : {"%://", "http%://", "https%://", "http_://", "http://", "https://", "hxxp%://"}) {
    if (!s.starts_with(scheme)) continue;
    s.remove_prefix(scheme.size());
    break;
  }
  if (s.starts_with("%.")) {
    below = true;
    s.remove_prefix(2);
  }
  const bool prefix = s.ends_with('%');
  if (prefix) s.remove_suffix(1);
  if (s.find_first_of("%_") != std::string_view::npos) return std::nullopt;
  return url_found(s, below, prefix);
}

/// SQL's LIKE: % any run, _ one character. Only forms that an indicator says exactly.
std::optional<StixFound> from_like(std::string_view s, TypeHint hint) {
  if (s.find_first_of("%_") == std::string_view::npos) return StixFound{std::string(s), hint, false};
  if (hint == TypeHint::url) return like_url(s);
  if (hint == TypeHint::domain && s.starts_with("%.") && s.find_first_of("%_", 1) == std::string_view::npos)
    return StixFound{"*" + std::string(s.substr(1)), TypeHint::domain, false};
  if (hint == TypeHint::ip && s.ends_with('%'))
    if (auto cidr = octets_to_cidr(s.substr(0, s.size() - 1))) return StixFound{std::move(*cidr), hint, false};
  return std::nullopt;
}

/// The literal that a regex without operators stands for; nullopt if it has any.
std::optional<std::string> regex_literal(std::string_view s) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const char c = s[i];
    if (c == '\\') {
      if (++i == s.size() || is_alnum(static_cast<unsigned char>(s[i])) || s[i] == '_') return std::nullopt;  // \d, \b, …
      out += s[i];
    } else if (std::string_view(".[]()*+?{}|^$").find(c) != std::string_view::npos) {
      return std::nullopt;
    } else {
      out += c;
    }
  }
  return out;
}

bool cut_prefix(std::string_view& s, std::initializer_list<std::string_view> prefixes) {
  for (const auto p : prefixes) {
    if (!s.starts_with(p)) continue;
    s.remove_prefix(p.size());
    return true;
  }
  return false;
}

bool ends_with_anchor(std::string_view s) {
  if (!s.ends_with('$')) return false;
  std::size_t backslashes = 0;
  for (auto i = s.size() - 1; i > 0 && s[i - 1] == '\\'; --i) ++backslashes;
  return backslashes % 2 == 0;
}

/// Regexes that are a literal anchored on both sides, a name with everything below it, or a URL prefix.
std::optional<StixFound> from_matches(std::string_view s, TypeHint hint) {
  const bool start = cut_prefix(s, {"^"});
  const bool end = ends_with_anchor(s);
  if (end) s.remove_suffix(1);
  if (hint == TypeHint::domain) {
    bool below = false;
    if (start) below = cut_prefix(s, {"(.*\\.)?", "(?:.*\\.)?", "(.+\\.)?", "(?:.+\\.)?", ".*\\.", ".+\\."});
    else below = cut_prefix(s, {"(^|\\.)", "(?:^|\\.)", "(\\.|^)", "(?:\\.|^)", "\\."});
    if (!end || !(start || below)) return std::nullopt;
    auto literal = regex_literal(s);
    if (!literal) return std::nullopt;
    return StixFound{below ? "*." + *literal : std::move(*literal), hint, false};
  }
  if (!start) return std::nullopt;
  if (hint != TypeHint::url) {
    auto literal = regex_literal(s);
    if (!end || !literal) return std::nullopt;
    return StixFound{std::move(*literal), hint, false};
  }
  cut_prefix(s,
             {"https?://", "https?:\\/\\/", "http://", "https://", "http:\\/\\/", "https:\\/\\/", "(http|https)://", "(https|http)://", "(?:http|https)://"});
  bool prefix = !end;
  if (s.ends_with(".*") && !s.ends_with("\\.*")) {
    s.remove_suffix(2);
    prefix = true;
  }
  const auto literal = regex_literal(s);
  if (!literal) return std::nullopt;
  return url_found(*literal, false, prefix);
}

bool is_text(const StixLiteral& l, TypeHint hint) {
  return l.kind == StixLiteral::Kind::string || (hint == TypeHint::hash && l.kind == StixLiteral::Kind::hex);
}

class Lowering {
 public:
  explicit Lowering(const StixPattern& pattern) : pattern_(pattern), marked_(pattern.nodes.size()) {}

  StixLowered run() {
    mark();
    for (std::size_t i = 0; i < pattern_.nodes.size(); ++i)
      if (pattern_.nodes[i].kind == StixPatternNode::Kind::comparison) lower(pattern_.comparisons[pattern_.nodes[i].comparison], marked_[i]);
    return std::move(out_);
  }

 private:
  using Kind = StixPatternNode::Kind;

  /// Children stand before their parents: one pass up for "only about files", one pass down for the marks.
  void mark() {
    std::vector<bool> only_file(pattern_.nodes.size());
    for (std::size_t i = 0; i < pattern_.nodes.size(); ++i) {
      const auto& n = pattern_.nodes[i];
      if (n.kind == Kind::comparison) only_file[i] = pattern_.comparisons[n.comparison].path.type == "file";
      else only_file[i] = std::all_of(n.children.begin(), n.children.end(), [&](auto c) { return only_file[c]; });
    }
    for (std::size_t i = pattern_.nodes.size(); i-- > 0;) {
      const auto& n = pattern_.nodes[i];
      const bool joins = n.kind == Kind::observation_and || n.kind == Kind::followed_by || (n.kind == Kind::comparison_and && !only_file[i]);
      if (joins || marked_[i])
        for (const auto c : n.children) marked_[c] = true;
    }
  }

  void lower(const StixComparison& c, bool marked) {
    const auto hint = observable_of(c.path);
    if (!hint) {
      out_.other_kinds.push_back(kind_of(c.path));
      return;
    }
    const bool equal = c.negated ? c.op == StixOperator::ne : c.op == StixOperator::eq || c.op == StixOperator::in;
    if (c.negated && !equal) return inexpressible(c, "says what is not meant");
    if (c.op == StixOperator::exists) return inexpressible(c, "names no value");
    if (!equal && c.op != StixOperator::like && c.op != StixOperator::matches && c.op != StixOperator::issubset)
      return inexpressible(c, "is no comparison that an indicator can make");
    if (c.op == StixOperator::issubset && *hint != TypeHint::ip && *hint != TypeHint::any) return inexpressible(c, "is for addresses only");
    for (const auto& literal : c.values) {
      if (!is_text(literal, *hint)) {
        inexpressible(c, "compares with something that is no string");
        continue;
      }
      std::optional<StixFound> found;
      if (c.op == StixOperator::like) found = from_like(literal.text, *hint);
      else if (c.op == StixOperator::matches) found = from_matches(literal.text, *hint);
      else found = StixFound{literal.text, c.op == StixOperator::issubset ? TypeHint::ip : *hint, false};
      if (!found) {
        inexpressible(c, fmt::format("'{}' covers what no indicator says exactly", printable(literal.text, 80)));
        continue;
      }
      found->part_of_and = marked;
      out_.found.push_back(std::move(*found));
    }
  }

  void inexpressible(const StixComparison& c, std::string_view why) {
    out_.inexpressible.push_back(fmt::format("{}{} {}: {}", c.path.text(), c.negated ? " NOT" : "", name(c.op), why));
  }

  const StixPattern& pattern_;
  std::vector<bool> marked_;
  StixLowered out_;
};

}  // namespace

StixLowered lower_stix_pattern(const StixPattern& pattern) { return Lowering(pattern).run(); }

}  // namespace mozu::formats
