// Lists: one value a line, in the many dialects that firewalls, resolvers and ad blockers made of that.
#include <fmt/core.h>
#include <array>
#include <bit>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "extract.hpp"
#include "lines.hpp"
#include "mozu/base/text.hpp"
#include "reader.hpp"
#include "row_watch.hpp"
#include "shape.hpp"
#include "sniff.hpp"

namespace mozu::formats {
namespace {

using intel::TypeHint;

/// Is the line one bare value, and where is its last dot?
struct Look {
  bool bare = true;
  std::size_t last_dot = std::string_view::npos;
};

#if defined(__SSE2__)
__m128i equal(__m128i bytes, char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); }

/// first ≤ byte ≤ last, unsigned
__m128i within(__m128i bytes, char first, char last) {
  const __m128i above = _mm_sub_epi8(bytes, _mm_set1_epi8(first));
  return _mm_cmpeq_epi8(_mm_min_epu8(above, _mm_set1_epi8(static_cast<char>(last - first))), above);
}

/// Sixteen bytes at a time: lists are read at the speed of this loop. Reads up to 15 bytes past the line (Lines::slack_bytes).
Look look(std::string_view s) {
  static_assert(Lines::slack_bytes >= 16);
  Look result;
  unsigned found = 0;
  for (std::size_t i = 0; i < s.size(); i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(s.data() + i));
    __m128i hit = within(bytes, 0, '$');  // control bytes, blank ! " # $
    hit = _mm_or_si128(hit, within(bytes, ';', '>'));
    hit = _mm_or_si128(hit, within(bytes, '{', '}'));
    for (const char c : {'\'', '*', ',', '\\', '^', '`'}) hit = _mm_or_si128(hit, equal(bytes, c));
    const std::size_t left = s.size() - i;
    const unsigned valid = left >= 16 ? 0xffffU : (1U << left) - 1;
    found |= static_cast<unsigned>(_mm_movemask_epi8(hit)) & valid;
    const unsigned dots = static_cast<unsigned>(_mm_movemask_epi8(equal(bytes, '.'))) & valid;
    if (dots != 0) result.last_dot = i + static_cast<std::size_t>(std::bit_width(dots)) - 1;
  }
  result.bare = found == 0;
  return result;
}
#else
/// Bytes that make a line more than one bare value: blanks, comment marks, quotes, wildcards, rule syntax.
constexpr std::array<bool, 256> make_special() {
  std::array<bool, 256> t{};
  for (int c = 0; c <= '$'; ++c) t[static_cast<std::size_t>(c)] = true;  // control bytes, blank ! " # $
  for (const unsigned char c : std::string_view(";<=>{|}'*,\\^`")) t[c] = true;
  return t;
}
constexpr auto special = make_special();

Look look(std::string_view s) {
  for (const char c : s) {
    if (special[static_cast<unsigned char>(c)]) return {false, std::string_view::npos};
  }
  return {true, s.rfind('.')};
}
#endif

bool is_null_address(std::string_view s) {
  for (const std::string_view a : {"0.0.0.0", "127.0.0.1", "::1", "::", "0", "127.0.1.1", "255.255.255.255", "fe80::1%lo0", "ff02::1", "ff02::2", "ff02::3",
                                   "ff00::0", "::0", "0:0:0:0:0:0:0:1"}) {
    if (s == a) return true;
  }
  return false;
}

/// Names that every hosts file has for itself.
bool is_own_host_name(std::string_view s) {
  for (const std::string_view a : {"localhost", "localhost.localdomain", "local", "broadcasthost", "localhost4", "localhost6", "0.0.0.0"}) {
    if (iequals(s, a)) return true;
  }
  return istarts_with(s, "ip6-");
}

std::string_view take_token(std::string_view& s) {
  std::size_t i = 0;
  while (i < s.size() && is_space(static_cast<unsigned char>(s[i]))) ++i;
  std::size_t end = i;
  while (end < s.size() && !is_space(static_cast<unsigned char>(s[end]))) ++end;
  const std::string_view token = s.substr(i, end - i);
  s.remove_prefix(end);
  return token;
}

/// "value  # why" → value; the comment goes to `comment`. Marks count only after white space: "#" and "//" live in URLs.
std::string_view cut_comment(std::string_view s, std::string_view& comment) {
  for (std::size_t i = 1; i < s.size(); ++i) {
    if (!is_space(static_cast<unsigned char>(s[i - 1]))) continue;
    const bool slashes = s[i] == '/' && i + 1 < s.size() && s[i + 1] == '/';
    if (s[i] != '#' && s[i] != ';' && !slashes) continue;
    comment = trim(s.substr(slashes ? i + 2 : i + 1));
    return trim(s.substr(0, i));
  }
  return s;
}

std::string_view strip_quotes(std::string_view s) {
  while (!s.empty() && (s.back() == ',' || s.back() == ';')) s.remove_suffix(1);
  while (s.size() > 1 && (s.front() == '"' || s.front() == '\'' || s.front() == '`') && s.back() == s.front()) s = s.substr(1, s.size() - 2);
  return trim(s);
}

class LineParser {
 public:
  explicit LineParser(Emitter& out) : out_(out) {}

  void line(std::string_view s, std::uint64_t number) {
    record_.where.line = number;
    if (const Look l = look(s); l.bare && !s.empty() && s[0] != '/') return bare(s, l.last_dot);
    s = trim(s);
    if (s.empty() || is_comment(s)) return;
    if (filter_rule(s) || resolver_rule(s) || firewall_rule(s)) return;
    words(s);
  }

  static bool is_comment(std::string_view s) {
    return s[0] == '#' || s[0] == ';' || s[0] == '!' || s.starts_with("//") || (s[0] == '[' && istarts_with(s, "[adblock")) || s.starts_with("<!--");
  }

 private:
  void emit(std::string_view value, TypeHint hint = TypeHint::any) {
    record_.value = value;
    record_.hint = hint;
    out_.emit(record_);
  }

  void bare(std::string_view s, std::size_t dot) {
    if (dot == std::string_view::npos || (s.size() - dot <= 6 && is_file_extension(s.substr(dot + 1)))) [[unlikely]] {
      if (s.back() == ':' && shape_of(s) == Shape::none) return out_.pass_over("text");  // "Domains:" heads what follows
      if (const auto kind = other_kind(s)) return out_.pass_over(*kind);
      if (s.find_first_not_of("-_=+~./:") == std::string_view::npos) return;  // a drawn line
    } else if (s[0] == '.') [[unlikely]] {
      s.remove_prefix(1);  // ".evil.example" of proxies: the name and all below it, as every domain indicator
    }
    emit(s);
  }

  /// Ad-block syntax. true: the line was one.
  bool filter_rule(std::string_view s) {
    if (s.starts_with("@@")) return out_.pass_over("exception-rule"), true;
    if (s.find("##") != std::string_view::npos || s.find("#@#") != std::string_view::npos || s.find("#?#") != std::string_view::npos) {
      if (s.find("://") == std::string_view::npos) return out_.pass_over("cosmetic-rule"), true;
    }
    if (!s.starts_with("||")) return false;
    s.remove_prefix(2);
    const std::size_t options = s.find('$');
    s = s.substr(0, options);
    const std::size_t caret = s.find('^');
    if (caret != std::string_view::npos && caret + 1 == s.size()) s.remove_suffix(1);
    if (s.find('/') == std::string_view::npos && s.find('*') == std::string_view::npos) return emit(s, TypeHint::domain), true;
    if (s.find('*') != std::string_view::npos || s.find('^') != std::string_view::npos) return out_.pass_over("filter-pattern"), true;
    scratch_ = fmt::format("*.{}*", s);
    return emit(scratch_, TypeHint::url_mask), true;
  }

  /// dnsmasq, unbound, response policy zones.
  bool resolver_rule(std::string_view s) {
    for (const std::string_view key : {"address=/", "server=/", "local=/"}) {
      if (!s.starts_with(key)) continue;
      const std::string_view name = s.substr(key.size());
      return emit(name.substr(0, name.find('/')), TypeHint::domain), true;
    }
    if (s.starts_with("local-zone:") || s.starts_with("local-data:")) {
      std::string_view rest = trim(s.substr(11));
      if (rest.starts_with('"')) rest.remove_prefix(1);
      std::string_view name = rest.substr(0, rest.find_first_of("\" \t"));
      return emit(name, TypeHint::domain), true;
    }
    if (s[0] == '$' || s.starts_with("@ ") || s.starts_with("@\t") || istarts_with(s, "server:")) return true;
    std::string_view rest = s;
    std::string_view name = take_token(rest);
    for (std::string_view word = take_token(rest); !word.empty(); word = take_token(rest)) {
      if (iequals(word, "IN") || to_uint(word)) continue;
      if (!iequals(word, "CNAME")) return false;
      return policy_zone_name(name), true;
    }
    return false;
  }

  void policy_zone_name(std::string_view name) {
    for (const std::string_view trigger : {".rpz-ip", ".rpz-nsip", ".rpz-nsdname", ".rpz-client-ip"}) {
      if (name.find(trigger) != std::string_view::npos) return out_.pass_over("policy-zone-trigger");
    }
    emit(name.starts_with("*.") ? name.substr(2) : name, TypeHint::domain);
  }

  /// ipset, iptables-save, nftables-like lists. true: the line was one.
  bool firewall_rule(std::string_view s) {
    if (s.starts_with("create ") || s.starts_with("-N ") || s.starts_with("flush ") || s == "COMMIT") return true;
    if (!s.starts_with("add ") && !s.starts_with("-A ")) return false;
    std::string_view rest = s;
    take_token(rest);
    take_token(rest);
    std::string_view value = take_token(rest);
    value = value.substr(0, value.find(','));
    if (shape_of(value) == Shape::none) return false;
    return emit(value), true;
  }

  void words(std::string_view s) {
    std::string_view comment;
    s = cut_comment(s, comment);
    if (s.starts_with("- ") || s.starts_with("* ") || s.starts_with("+ ")) s = trim(s.substr(2));
    std::string_view rest = s;
    const std::string_view first = take_token(rest);
    rest = trim(rest);
    if (rest.empty()) {
      single(strip_quotes(first), comment);
    } else if (is_null_address(first)) {
      hosts_line(rest);
    } else {
      several(s, first, rest, comment);
    }
  }

  void single(std::string_view s, std::string_view comment) {
    if (s.empty() || s.find_first_not_of("-_=+~*#./:|") == std::string_view::npos) return;
    if (const auto kind = other_kind(s)) return out_.pass_over(*kind);
    with_description(comment, [&] { emit(s); });
  }

  void hosts_line(std::string_view names) {
    for (std::string_view name = take_token(names); !name.empty(); name = take_token(names)) {
      if (!is_own_host_name(name)) emit(name, TypeHint::domain);
    }
  }

  void several(std::string_view s, std::string_view first, std::string_view rest, std::string_view comment) {
    const Shape shape = shape_of(strip_quotes(first));
    if (shape == Shape::none) {
      const bool range = shape_of(s) == Shape::ip_range;
      if (range) return emit(s);
      if (extract_clear(s, [&](std::string_view piece) { emit(piece); }) == 0) out_.pass_over("text");
      return;
    }
    if (shape_of(s) == Shape::ip_range) return emit(s);
    std::string_view others = rest;
    const std::string_view second = strip_quotes(take_token(others));
    if (trim(others).empty() && shape_of(second) != Shape::none) {  // two values, as in "address name"
      emit(strip_quotes(first));
      return emit(second);
    }
    with_description(comment.empty() ? rest : comment, [&] { emit(strip_quotes(first)); });
  }

  template <class F>
  void with_description(std::string_view text, F emit_it) {
    if (!text.empty()) record_.context.emplace_back(to_uint(text) ? "count" : "description", std::string(text.substr(0, 1000)));
    emit_it();
    record_.context.clear();
  }

  Emitter& out_;
  RawRecord record_;
  std::string scratch_;
};

class PlainReader final : public FeedReader {
 public:
  std::string_view name() const override { return "plain"; }
  std::string_view description() const override {
    return "one value a line; hosts files, ipset and netset, ip:port, ad-block domain lists, dnsmasq, unbound and RPZ lines";
  }

  int sniff(std::string_view head, std::string_view) const override {
    const ShapeCount n = count_shapes(*this, head);
    if (n.good == 0 || (is_marked_up(head) && !speaks_of_threats(head) && !is_defanged(head))) return 0;
    // Lines that are whole values speak for a list; sentences in between against it.
    const double share = static_cast<double>(n.good) / static_cast<double>(n.good + n.bad + n.text);
    return share < 0.4 ? 0 : 20 + static_cast<int>(share * 50);
  }

  Status read(ReaderInput& in, Emitter& out) const override {
    Lines lines(in.stream);
    RowWatch watch(out, in.settings);
    LineParser parser(watch.emitter());
    return each_line(lines, out, [&](std::string_view line, std::uint64_t number) {
      const std::string_view row = in.settings.whole ? trim(line) : std::string_view();
      if (row.empty() || LineParser::is_comment(row)) parser.line(line, number);
      else watch.row(row, number, [&] { parser.line(line, number); });
    });
  }
};

}  // namespace

std::unique_ptr<FeedReader> make_plain_reader() { return std::make_unique<PlainReader>(); }

}  // namespace mozu::formats
