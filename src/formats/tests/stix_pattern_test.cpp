#include "stix_pattern.hpp"

#include "stix_lower.hpp"
#include "tree_support.hpp"

namespace mozu::formats::test {
namespace {

using intel::TypeHint;

TEST(StixPattern, the_grammar_accepts) {
  for (const std::string_view p : {
           "[ipv4-addr:value = '198.51.100.1']",
           "[ ipv4-addr : value == '198.51.100.1' ]",
           "[a:b != 'x'] ",
           "[a:b <> 'x']",
           "[a:b < 5 AND a:c >= -7 AND a:d > +1.5 AND a:e <= .5]",
           "[a:b NOT = 'x']",
           "[a:b NOT != true OR a:b = false]",
           "[a:b IN ('x', 'y', 3, -4.5, true, t'2026-11-01T10:00:00Z', b'AAAA', h'00ff')]",
           "[a:b NOT IN ()]",
           "[a:b LIKE '%x_' OR a:b NOT LIKE 'y' OR a:b MATCHES '^\\\\d+$' OR a:b ISSUBSET '192.0.2.0/24' OR a:b NOT ISSUPERSET '192.0.2.1/32']",
           "[EXISTS a:b]",
           "[EXISTS file:hashes.'SHA-256' AND file:size = 0]",
           "[file:hashes.'SHA-256' = 'ab']",
           "[file:hashes.MD5 = h'0a']",
           "[artifact:payload_bin = b'YWJj']",
           "[artifact:payload_bin = b'YWI=']",
           "[artifact:payload_bin = b'']",
           "[x-custom-type:a_b.'c d'[0].e[*].f[-1] = 1]",
           "[user-account:'first key' = 'x']",
           "[a:b = 'it\\'s a \\\\ backslash']",
           "[a:b = '']",
           "[a:created = t'2026-11-01T10:00:00.123456Z']",
           "[(a:b = 1 OR a:c = 2) AND a:d = 3]",
           "[((((a:b = 1))))]",
           "[a:b = 1] AND [a:c = 2]",
           "[a:b = 1] OR [a:c = 2] AND [a:d = 3]",
           "[a:b = 1] FOLLOWEDBY [a:c = 2]",
           "([a:b = 1] FOLLOWEDBY [a:c = 2]) WITHIN 300 SECONDS",
           "[a:b = 1] REPEATS 5 TIMES WITHIN 1.5 SECONDS",
           "[a:b = 1] START t'2026-11-01T10:00:00Z' STOP t'2026-11-02T10:00:00Z'",
           "(([a:b = 1] OR [a:c = 2]) WITHIN 5 SECONDS) REPEATS 2 TIMES AND [a:d = 3]",
           "[a:b = 1] // to the end of the line",
           "/* before */ [a:b /* in /* it */ = 1]",
           "[\n a:b\t= 1\r\n]",
           "[a:b=1]",
           "[a:b='x'AND c:d='y']",
           "[network-traffic:dst_ref.value = '198.51.100.1' AND network-traffic:extensions.'http-request-ext'.request_header.'Host' = 'evil.example']",
       })
    EXPECT_TRUE(parse_stix_pattern(p, {.strict = true}).has_value()) << p << "\n" << parse_stix_pattern(p, {.strict = true}).error().message;
}

// clang-format off
TEST(StixPattern, the_grammar_refuses) {
  for (const std::string_view p : {
           "", " ", "[", "]", "[]", "()", "a:b = 1", "[a:b]", "[a:b =]", "[a:b = ]", "[a = 1]", "[:b = 1]", "[a: = 1]", "[a:b. = 1]", "[a:b = c]",
           "[a:b = \"x\"]", "[a:b = 'x]", "[a:b = 'x\\']", "[a:b = 'x' 'y']", "[a:b = 'x',]", "[a:b == = 1]", "[a:b => 1]", "[a:b = 1",
           "[a:b = 1]]", "[[a:b = 1]]", "[(a:b = 1]", "[a:b = 1)]", "([a:b = 1]", "[a:b = 1])", "[a:b = 1] [a:c = 1]", "[a:b = 1] AND",
           "AND [a:b = 1]", "[a:b = 1 AND]", "[a:b = 1 AND OR a:c = 1]", "[AND a:b = 1]", "[a:b = 1] XOR [a:c = 1]", "[a:b = 1] and [a:c = 1]",
           "[a:b like 'x']", "[NOT a:b = 1]", "[a:b NOT NOT = 1]", "[a:b EXISTS]", "[EXISTS a:b = 1]", "[EXISTS]", "[a:b IN 'x']", "[a:b IN ('x'",
           "[a:b IN ('x',)]", "[a:b IN (,)]", "[a:b IN ('x' 'y')]", "[a:b LIKE 5]", "[a:b MATCHES h'00']", "[a:b ISSUBSET t'2026-11-01T10:00:00Z']",
           "[a:b < true]", "[a:b = TRUE]", "[a:b = 01]", "[a:b = 1.]", "[a:b = --1]", "[a:b = 1e5]", "[a:b = h'0']", "[a:b = h'0g']", "[a:b = b'A']",
           "[a:b = b'A===']", "[a:b = b'AA!=']", "[a:b = t'2026-11-01']", "[a:b = t'2026-13-01T10:00:00Z']", "[a:b = t'2026-11-01T10:00:00']",
           "[a:b = t'2026-11-01T24:00:00Z']", "[a:b = t'2026-11-01T10:00:00.Z']", "[a:b-c = 1]", "[file:hashes.SHA-256 = 'ab']", "[a:b[x] = 1]",
           "[a:b[] = 1]", "[a:b[1.5] = 1]", "[a:b[1 = 1]", "[a:b['x'] = 1]", "[1a:b = 1]", "[a:1b = 1]", "['a':b = 1]", "[a:b = 1] WITHIN SECONDS",
           "[a:b = 1] WITHIN 5", "[a:b = 1] WITHIN -5 SECONDS", "[a:b = 1] WITHIN 'x' SECONDS", "[a:b = 1] REPEATS 1.5 TIMES", "[a:b = 1] REPEATS 0 TIMES",
           "[a:b = 1] REPEATS TIMES", "[a:b = 1] START t'2026-11-01T10:00:00Z'", "[a:b = 1] START '2026-11-01T10:00:00Z' STOP '2026-11-01T11:00:00Z'",
           "[a:b = 1] STOP t'2026-11-01T10:00:00Z' START t'2026-11-01T10:00:00Z'", "[a:b = 1] FOLLOWEDBY", "[a:b = 1 FOLLOWEDBY a:c = 1]",
           "[a:b = 1] /* open", "[a:b = 1] # no comment", "[a:b = 'x\\n']", "[a:b = 1];", "[a:b WITHIN 5 SECONDS]", "\xff[a:b = 1]", "[a:b = 1] \xc3\xa9",
       })
    EXPECT_FALSE(parse_stix_pattern(p, {.strict = true}).has_value()) << p;
}
// clang-format on

TEST(StixPattern, errors_say_where) {
  const auto r = parse_stix_pattern("[a:b = 1 AND\n a:c LIKE 5]");
  ASSERT_FALSE(r.has_value());
  EXPECT_EQ(r.error().code, "stix-pattern");
  EXPECT_EQ(r.error().message, "bad STIX pattern at line 2, column 11: LIKE wants a string");
  EXPECT_EQ(r.error().hint, "near: 5]");
}

TEST(StixPattern, binding) {
  using Kind = StixPatternNode::Kind;
  const auto p = parse_stix_pattern("[a:b = 1] OR [a:c = 2] AND [a:d = 3] FOLLOWEDBY [a:e = 4 OR a:f = 5 AND a:g = 6] WITHIN 5 SECONDS");
  ASSERT_TRUE(p.has_value());
  const auto& root = p->nodes[p->root];
  ASSERT_EQ(root.kind, Kind::followed_by);
  ASSERT_EQ(root.children.size(), 2U);
  const auto& left = p->nodes[root.children[0]];
  ASSERT_EQ(left.kind, Kind::observation_or);
  EXPECT_EQ(p->nodes[left.children[0]].kind, Kind::observation);
  EXPECT_EQ(p->nodes[left.children[1]].kind, Kind::observation_and);
  const auto& right = p->nodes[root.children[1]];
  ASSERT_EQ(right.kind, Kind::within);
  EXPECT_EQ(right.seconds, 5);
  const auto& inner = p->nodes[p->nodes[right.children[0]].children[0]];
  ASSERT_EQ(inner.kind, Kind::comparison_or);
  EXPECT_EQ(p->nodes[inner.children[1]].kind, Kind::comparison_and);
}

TEST(StixPattern, values) {
  const auto p = parse_stix_pattern("[email-message:to_refs[*].value NOT IN ('a\\'b', +5, t'2026-11-01T10:00:00Z', h'0A') OR a:'x y'[-2].z = 'é']");
  ASSERT_TRUE(p.has_value());
  const auto& c = p->comparisons[0];
  EXPECT_EQ(c.path.text(), "email-message:to_refs[*].value");
  EXPECT_TRUE(c.negated);
  EXPECT_EQ(c.op, StixOperator::in);
  ASSERT_EQ(c.values.size(), 4U);
  EXPECT_EQ(c.values[0].text, "a'b");
  EXPECT_EQ(c.values[1].kind, StixLiteral::Kind::integer);
  EXPECT_EQ(c.values[2].kind, StixLiteral::Kind::timestamp);
  EXPECT_EQ(c.values[3].text, "0A");
  EXPECT_EQ(p->comparisons[1].path.text(), "a:'x y'[-2].z");
  EXPECT_EQ(p->comparisons[1].values[0].text, "é");
}

TEST(StixPattern, common_slips_are_tolerated_and_told) {
  for (const std::string_view p : {"[file:hashes.SHA-256 = 'ab']", "[a:b = 1] and [a:c = 2]", "[a:b MATCHES '\\d']", "[a:b = True]",
                                   "[a:b = 1] START '2026-11-01T10:00:00Z' STOP '2026-11-01T11:00:00Z'"}) {
    const auto r = parse_stix_pattern(p);
    ASSERT_TRUE(r.has_value()) << p;
    EXPECT_EQ(r->tolerated.size(), 1U) << p;
  }
}

TEST(StixPattern, depth_and_length_are_bounded) {
  const auto nested = [](std::size_t n) { return "[" + std::string(n, '(') + "a:b = 1" + std::string(n, ')') + "]"; };
  EXPECT_TRUE(parse_stix_pattern(nested(90)).has_value());
  EXPECT_FALSE(parse_stix_pattern(nested(100'000)).has_value());
  EXPECT_FALSE(parse_stix_pattern(std::string(100'000, '(')).has_value());
  std::string chain = "[a:b = 1]", list = "[a:b = 1";
  for (int i = 0; i < 20'000; ++i) chain += " WITHIN 5 SECONDS", list += " OR ipv4-addr:value = '192.0.2.1'";
  const auto deep = parse_stix_pattern(chain);
  ASSERT_TRUE(deep.has_value());
  EXPECT_TRUE(lower_stix_pattern(*deep).found.empty());
  const auto wide = parse_stix_pattern(list + "]");
  ASSERT_TRUE(wide.has_value());
  EXPECT_EQ(lower_stix_pattern(*wide).found.size(), 20'000U);
}

StixLowered lowered(std::string_view pattern) {
  const auto p = parse_stix_pattern(pattern);
  EXPECT_TRUE(p.has_value()) << pattern << "\n" << p.error().message;
  return p ? lower_stix_pattern(*p) : StixLowered{};
}

struct Case {
  std::string_view comparison, value;  ///< no value: inexpressible
  TypeHint hint = TypeHint::any;
};

TEST(StixLower, observables_and_operators) {
  for (const Case& c : std::initializer_list<Case>{
           {"ipv4-addr:value = '198.51.100.1'", "198.51.100.1", TypeHint::ip},
           {"ipv4-addr:value ISSUBSET '198.51.100.0/24'", "198.51.100.0/24", TypeHint::ip},
           {"ipv4-addr:value LIKE '198.51.100.%'", "198.51.100.0/24", TypeHint::ip},
           {"ipv4-addr:value LIKE '198.51.%'", "198.51.0.0/16", TypeHint::ip},
           {"ipv4-addr:value LIKE '198.5%'", ""},
           {"ipv4-addr:value ISSUPERSET '198.51.100.1/32'", ""},
           {"ipv4-addr:value > '198.51.100.1'", ""},
           {"ipv4-addr:value NOT = '198.51.100.1'", ""},
           {"ipv4-addr:value != '198.51.100.1'", ""},
           {"ipv4-addr:value NOT != '198.51.100.1'", "198.51.100.1", TypeHint::ip},
           {"EXISTS ipv4-addr:value", ""},
           {"ipv6-addr:value = '2001:db8::1'", "2001:db8::1", TypeHint::ip},
           {"domain-name:value = 'evil.example'", "evil.example", TypeHint::domain},
           {"domain-name:value LIKE 'evil.example'", "evil.example", TypeHint::domain},
           {"domain-name:value LIKE '%.evil.example'", "*.evil.example", TypeHint::domain},
           {"domain-name:value LIKE '%evil.example'", ""},
           {"domain-name:value LIKE '%.ev_l.example'", ""},
           {"domain-name:value ISSUBSET 'evil.example'", ""},
           {"domain-name:value MATCHES '^evil\\\\.example$'", "evil.example", TypeHint::domain},
           {"domain-name:value MATCHES '(^|\\\\.)evil\\\\.example$'", "*.evil.example", TypeHint::domain},
           {"domain-name:value MATCHES '^(?:.*\\\\.)?evil\\\\.example$'", "*.evil.example", TypeHint::domain},
           {"domain-name:value MATCHES '\\\\.evil\\\\.example$'", "*.evil.example", TypeHint::domain},
           {"domain-name:value MATCHES 'evil\\\\.example$'", ""},
           {"domain-name:value MATCHES '^evil\\\\.example'", ""},
           {"domain-name:value MATCHES '^evil.example$'", ""},
           {"domain-name:value MATCHES '^evil[0-9]\\\\.example$'", ""},
           {"domain-name:value MATCHES '^\\\\devil\\\\.example$'", ""},
           {"url:value = 'http://evil.example/a'", "http://evil.example/a", TypeHint::url},
           {"url:value LIKE 'http://evil.example/a%'", "evil.example/a*", TypeHint::url_mask},
           {"url:value LIKE '%://%.evil.example/%'", "*.evil.example/*", TypeHint::url_mask},
           {"url:value LIKE 'http://evil.example%'", ""},
           {"url:value LIKE '%evil%'", ""},
           {"url:value MATCHES '^https?://evil\\\\.example/a'", "evil.example/a*", TypeHint::url_mask},
           {"url:value MATCHES '^https?:\\\\/\\\\/evil\\\\.example\\\\/a.*$'", "evil.example/a*", TypeHint::url_mask},
           {"url:value MATCHES '^http://evil\\\\.example/a$'", "evil.example/a", TypeHint::url},
           {"url:value MATCHES '/gate\\\\.php$'", ""},
           {"email-addr:value = 'a@evil.example'", "a@evil.example", TypeHint::email},
           {"email-message:from_ref.value = 'a@evil.example'", "a@evil.example", TypeHint::email},
           {"email-message:to_refs[*].value = 'a@evil.example'", "a@evil.example", TypeHint::email},
           {"email-addr:value LIKE '%@evil.example'", ""},
           {"file:hashes.'SHA-256' = 'AB'", "AB", TypeHint::hash},
           {"file:hashes.md5 = 'ab'", "ab", TypeHint::hash},
           {"file:hashes.SHA1 = h'ab01'", "ab01", TypeHint::hash},
           {"file:hashes.'SHA-512' MATCHES '^ab$'", "ab", TypeHint::hash},
           {"artifact:hashes.MD5 = 'ab'", "ab", TypeHint::hash},
           {"email-message:body_multipart[*].body_raw_ref.hashes.'SHA-256' = 'ab'", "ab", TypeHint::hash},
           {"network-traffic:dst_ref.value = '198.51.100.1'", "198.51.100.1", TypeHint::any},
           {"network-traffic:src_ref.value ISSUBSET '198.51.100.0/24'", "198.51.100.0/24", TypeHint::ip},
           {"network-traffic:extensions.'http-request-ext'.request_header.Host = 'evil.example'", "evil.example", TypeHint::any},
           {"domain-name:resolves_to_refs[*].value = '198.51.100.1'", "198.51.100.1", TypeHint::any},
           {"domain-name:value = 5", ""},
       }) {
    const auto l = lowered("[" + std::string(c.comparison) + "]");
    EXPECT_TRUE(l.other_kinds.empty()) << c.comparison;
    if (c.value.empty()) {
      EXPECT_TRUE(l.found.empty()) << c.comparison;
      EXPECT_EQ(l.inexpressible.size(), 1U) << c.comparison;
    } else {
      ASSERT_EQ(l.found.size(), 1U) << c.comparison;
      EXPECT_EQ(l.found[0].value, c.value);
      EXPECT_EQ(l.found[0].hint, c.hint) << c.comparison;
      EXPECT_FALSE(l.found[0].part_of_and);
    }
  }
}

TEST(StixLower, other_kinds_are_named) {
  const auto l =
      lowered("[process:command_line = 'x' OR mutex:name = 'y' OR file:name = 'z' OR file:hashes.SSDEEP = 'q' OR x509-certificate:hashes.'SHA-1' = 'ab']");
  EXPECT_TRUE(l.found.empty());
  EXPECT_EQ(l.other_kinds, (Values{"process", "mutex", "file:name", "file:hashes.SSDEEP", "x509-certificate"}));
}

TEST(StixLower, and_marks_parts) {
  const auto parts = [](std::string_view p) {
    std::string out;
    for (const auto& f : lowered(p).found) out += f.part_of_and ? '+' : '-';
    return out;
  };
  EXPECT_EQ(parts("[file:hashes.MD5 = 'a' AND file:hashes.'SHA-1' = 'b']"), "--");
  EXPECT_EQ(parts("[file:hashes.MD5 = 'a' AND file:name = 'b' AND (file:size = 1 OR file:hashes.MD5 = 'c')]"), "--");
  EXPECT_EQ(parts("[domain-name:value = 'a.example' OR ipv4-addr:value = '192.0.2.1']"), "--");
  EXPECT_EQ(parts("[domain-name:value = 'a.example' AND ipv4-addr:value IN ('192.0.2.1', '192.0.2.2')]"), "+++");
  EXPECT_EQ(parts("[file:hashes.MD5 = 'a' AND process:pid = 5]"), "+");
  EXPECT_EQ(parts("[file:hashes.MD5 = 'a'] AND [url:value = 'http://a.example/']"), "++");
  EXPECT_EQ(parts("[file:hashes.MD5 = 'a'] OR [url:value = 'http://a.example/']"), "--");
  EXPECT_EQ(parts("([file:hashes.MD5 = 'a'] FOLLOWEDBY [url:value = 'http://a.example/']) OR [url:value = 'http://b.example/']"), "++-");
}

}  // namespace
}  // namespace mozu::formats::test
