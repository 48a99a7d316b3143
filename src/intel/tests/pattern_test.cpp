#include <gtest/gtest.h>

#include <random>
#include <utility>

#include "mozu/intel/host.hpp"
#include "mozu/intel/indicator.hpp"

namespace mozu::intel {
namespace {

// "kind value", or "refused code"
std::string read(std::string_view text, TypeHint hint = TypeHint::any, bool broad = false) {
  const auto p = read_pattern(text, hint, {.allow_broad = broad});
  if (!p) {
    EXPECT_FALSE(p.error().message.empty());
    return "refused " + p.error().code;
  }
  return std::string(short_name(p->kind)) + " " + p->value;
}

TEST(ReadPattern, TellsShapesApart) {
  EXPECT_EQ(read("192.0.2.1"), "ipv4 192.0.2.1");
  EXPECT_EQ(read("192.0.2.010"), "ipv4 192.0.2.10");
  EXPECT_EQ(read("2001:DB8::1"), "ipv6 2001:db8::1");
  EXPECT_EQ(read("[2001:db8::1]"), "ipv6 2001:db8::1");
  EXPECT_EQ(read("2001:db8::1%eth0"), "ipv6 2001:db8::1");
  EXPECT_EQ(read("192.0.2.0/24"), "ipv4-range 192.0.2.0/24");
  EXPECT_EQ(read("192.0.2.77/24"), "ipv4-range 192.0.2.0/24") << "host bits are ignored";
  EXPECT_EQ(read("192.0.2.1/32"), "ipv4 192.0.2.1");
  EXPECT_EQ(read("192.0.2.0/255.255.255.0"), "ipv4-range 192.0.2.0/24");
  EXPECT_EQ(read("192.0.2.1-192.0.2.9"), "ipv4-range 192.0.2.1-192.0.2.9");
  EXPECT_EQ(read("192.0.2.0 - 192.0.2.255"), "ipv4-range 192.0.2.0/24");
  EXPECT_EQ(read("192.0.2.*"), "ipv4-range 192.0.2.0/24");
  EXPECT_EQ(read("198.51.*.*"), "ipv4-range 198.51.0.0/16");
  EXPECT_EQ(read("2001:db8::/48"), "ipv6-range 2001:db8::/48");
  EXPECT_EQ(read("2001:db8::1-2001:db8::4"), "ipv6-range 2001:db8::1-2001:db8::4");
  EXPECT_EQ(read("EVIL.example"), "domain evil.example");
  EXPECT_EQ(read("www.evil.example"), "domain www.evil.example");
  EXPECT_EQ(read("_x.evil_host.example."), "domain _x.evil_host.example");
  EXPECT_EQ(read("*.evil.example"), "domain evil.example");
  EXPECT_EQ(read(".evil.example"), "domain evil.example");
  EXPECT_EQ(read("bücher.example"), "domain xn--bcher-kva.example");
  EXPECT_EQ(read("http://Evil.example"), "url evil.example/");
  EXPECT_EQ(read("hxxps://evil[.]example:8443/A%20b?c#d"), "url evil.example:8443/A%20b?c");
  EXPECT_EQ(read("evil.example/path"), "url evil.example/path");
  EXPECT_EQ(read("192.0.2.1/path"), "url 192.0.2.1/path");
  EXPECT_EQ(read("192.0.2.1:8080/path"), "url 192.0.2.1:8080/path");
  EXPECT_EQ(read("http://[2001:db8::1]/x"), "url [2001:db8::1]/x");
  EXPECT_EQ(read("http://user@evil.example/"), "url evil.example/");
  EXPECT_EQ(read("http://evil.example/?mail=a@b.example"), "url evil.example/?mail=a@b.example");
  EXPECT_EQ(read("evil.example/?mail=a@b.example"), "url evil.example/?mail=a@b.example");
  EXPECT_EQ(read("User@Evil.example"), "email user@evil.example");
  EXPECT_EQ(read("mailto:user@evil.example"), "email user@evil.example");
  EXPECT_EQ(read("user+tag[at]evil[dot]example"), "email user+tag@evil.example");
  EXPECT_EQ(read("0123456789ABCDEF0123456789abcdef"), "md5 0123456789abcdef0123456789abcdef");
  EXPECT_EQ(read(std::string(20, 'a') + std::string(20, 'b')), "sha1 " + std::string(20, 'a') + std::string(20, 'b'));
  EXPECT_EQ(read(std::string(32, 'a') + std::string(32, 'b')), "sha256 " + std::string(32, 'a') + std::string(32, 'b'));
  EXPECT_EQ(read(std::string(64, '1') + std::string(64, 'b')), "sha512 " + std::string(64, '1') + std::string(64, 'b'));
  EXPECT_EQ(read("MD5:0123456789abcdef0123456789abcdef"), "md5 0123456789abcdef0123456789abcdef");
}

TEST(ReadPattern, GivesThePortAsContext) {
  const auto port = [](std::string_view text) {
    std::uint16_t n = 7;
    const auto p = read_pattern(text, TypeHint::any, {}, &n);
    return p ? p->value + " " + std::to_string(n) : p.error().code;
  };
  EXPECT_EQ(port("192.0.2.1:443"), "192.0.2.1 443");
  EXPECT_EQ(port("192[.]0[.]2[.]1[:]8080"), "192.0.2.1 8080");
  EXPECT_EQ(port("evil.example:8080"), "evil.example 8080");
  EXPECT_EQ(port("[2001:db8::1]:443"), "2001:db8::1 443");
  EXPECT_EQ(port("evil.example"), "evil.example 0");
  EXPECT_EQ(port("192.0.2.1:65536"), "indicator-unrecognised");
  EXPECT_EQ(port("evil.example:http"), "indicator-unrecognised");
}

TEST(ReadPattern, FillsTheBinaryForm) {
  const auto range = *read_pattern("192.0.2.0/24");
  EXPECT_EQ(range.v4, (Ipv4Range{0xC0000200, 0xC00002FF}));
  const auto one = *read_pattern("192.0.2.1");
  EXPECT_EQ(one.v4, (Ipv4Range{0xC0000201, 0xC0000201}));
  const auto v6 = *read_pattern("2001:db8::/126");
  EXPECT_EQ(v6.v6.last, *parse_ipv6("2001:db8::3"));
}

TEST(ReadPattern, RefusesWithAReason) {
  EXPECT_EQ(read(""), "refused indicator-empty");
  EXPECT_EQ(read("  \"\" "), "refused indicator-empty");
  EXPECT_EQ(read("..."), "refused indicator-empty");
  EXPECT_EQ(read(std::string(indicator_bytes_max + 1, 'a')), "refused indicator-too-long");
  EXPECT_EQ(read("http://evil.example/" + std::string(indicator_bytes_max / 2, '\x80')), "refused indicator-too-long") << "its escaped form is";
  EXPECT_EQ(read("evil example"), "refused indicator-unrecognised");
  EXPECT_EQ(read("evil..example"), "refused indicator-unrecognised");
  EXPECT_EQ(read("intranet"), "refused indicator-unrecognised") << "words, dates and rulers of plain lists";
  EXPECT_EQ(read("2026-02-23", TypeHint::any, true), "refused indicator-unrecognised");
  EXPECT_EQ(read("11/4/2026"), "refused indicator-unrecognised");
  EXPECT_EQ(read("1.2.3.4.5"), "refused indicator-unrecognised");
  EXPECT_EQ(read("256.1.1.1"), "refused indicator-unrecognised");
  EXPECT_EQ(read("192.0.2.9-192.0.2.1"), "refused indicator-unrecognised");
  EXPECT_EQ(read("C:\\windows\\a.exe"), "refused indicator-unrecognised");
  EXPECT_EQ(read("http://"), "refused indicator-unrecognised");
  EXPECT_EQ(read("http://evil%23.example/"), "refused indicator-unrecognised");
  EXPECT_EQ(read("/gate.php"), "refused indicator-mask-without-host");
  EXPECT_EQ(read("@evil.example"), "refused indicator-type-mismatch");
  EXPECT_EQ(read("*@evil.example"), "refused indicator-mask-unsupported");
  EXPECT_EQ(read("Win32/Trojan.Evil"), "refused indicator-unknown-tld");
}

TEST(ReadPattern, TellsDomainsFromFileNames) {
  EXPECT_EQ(read("svchost.exe"), "refused indicator-unknown-tld");
  EXPECT_EQ(read("report.pdf"), "refused indicator-unknown-tld");
  EXPECT_EQ(read("evil.nosuchtld"), "refused indicator-unknown-tld");
  EXPECT_EQ(read("evil.nosuchtld", TypeHint::domain), "domain evil.nosuchtld") << "the feed says so";
  EXPECT_EQ(read("svchost.exe", TypeHint::domain), "refused indicator-unknown-tld") << "not even then";
  EXPECT_EQ(read("evil.nosuchtld/x"), "refused indicator-unknown-tld");
  EXPECT_EQ(read("http://evil.nosuchtld/x"), "url evil.nosuchtld/x");
  EXPECT_EQ(read("evil.nosuchtld/x", TypeHint::url), "url evil.nosuchtld/x");
  for (const char* s : {"evil.onion", "evil.bit", "evil.bazar", "evil.i2p", "evil.lan", "evil.test", "evil.local", "evil.eth"})
    EXPECT_EQ(read(s), "domain " + std::string(s));
}

TEST(ReadPattern, FollowsTheHint) {
  EXPECT_EQ(read("evil.example", TypeHint::ip), "refused indicator-type-mismatch");
  EXPECT_EQ(read("192.0.2.0/24", TypeHint::ip), "ipv4-range 192.0.2.0/24");
  EXPECT_EQ(read("192.0.2.1:80", TypeHint::ip), "ipv4 192.0.2.1");
  EXPECT_EQ(read("192.0.2.1", TypeHint::domain), "ipv4 192.0.2.1");
  EXPECT_EQ(read("http://evil.example/", TypeHint::domain), "domain evil.example");
  EXPECT_EQ(read("evil.example:8080", TypeHint::domain), "domain evil.example");
  EXPECT_EQ(read("http://evil.example/x", TypeHint::domain), "refused indicator-type-mismatch");
  EXPECT_EQ(read("*.evil.example", TypeHint::domain), "domain evil.example");
  EXPECT_EQ(read("evil.example", TypeHint::url), "url evil.example/");
  EXPECT_EQ(read("192.0.2.1/24", TypeHint::url), "url 192.0.2.1/24");
  EXPECT_EQ(read("a@evil.example", TypeHint::email), "email a@evil.example");
  EXPECT_EQ(read("evil.example", TypeHint::email), "refused indicator-type-mismatch");
  EXPECT_EQ(read("evil.example", TypeHint::hash), "refused indicator-type-mismatch");
  EXPECT_EQ(read("0123456789abcdef0123456789abcdef", TypeHint::hash), "md5 0123456789abcdef0123456789abcdef");
  EXPECT_EQ(read("0123456789abcdef0123456789abcde", TypeHint::hash), "refused indicator-type-mismatch");
}

TEST(ReadPattern, ReadsMasks) {
  const auto p = *read_pattern("*.Evil.example:8080/a/./b*");
  EXPECT_EQ(p.kind, PatternKind::url_mask);
  EXPECT_EQ(p.value, "*.evil.example:8080/a/b*");
  EXPECT_EQ(p.mask, (UrlMask{"evil.example", 8080, true, "/a/b", true}));
  EXPECT_EQ(read("evil.example/*"), "url-mask evil.example/*");
  EXPECT_EQ(read("evil.example*"), "url-mask evil.example/*");
  EXPECT_EQ(read("*evil.example/x"), "url-mask *.evil.example/x");
  EXPECT_EQ(read("*evil.example"), "domain evil.example");
  EXPECT_EQ(read("http://*.evil.example/*"), "url-mask *.evil.example/*");
  EXPECT_EQ(read("*://evil.example/*"), "url-mask evil.example/*");
  EXPECT_EQ(read("hxxp://evil[.]example/a*"), "url-mask evil.example/a*");
  EXPECT_EQ(read("evil.example/a?id=*"), "url-mask evil.example/a?id=*");
  EXPECT_EQ(read("evil.example/a/.*"), "url-mask evil.example/a/.*") << "the prefix ends inside a segment";
  EXPECT_EQ(read("evil.example/a%*"), "url-mask evil.example/a%25*");
  EXPECT_EQ(read("192.0.2.1/*"), "url-mask 192.0.2.1/*");
  EXPECT_EQ(read("*.192.0.2.1/*"), "url-mask 192.0.2.1/*") << "an address has nothing below it";
  EXPECT_EQ(read("[2001:db8::1]/x*"), "url-mask [2001:db8::1]/x*");
  EXPECT_EQ(read("http://evil.example:80/*"), "url-mask evil.example/*");
  EXPECT_EQ(read("*.evil.example:8080"), "url-mask *.evil.example:8080/*");
  EXPECT_EQ(read("http://evil.example/a%2A"), "url-mask evil.example/a*") << "the same canonical text has one meaning";
  EXPECT_EQ(read("http://evil.example/a*b"), "url evil.example/a*b");
  EXPECT_EQ(read("*/gate.php"), "refused indicator-mask-without-host");
  EXPECT_EQ(read("*"), "refused indicator-mask-without-host");
  EXPECT_EQ(read("http://*/gate.php"), "refused indicator-mask-without-host");
  EXPECT_EQ(read("evil.*"), "refused indicator-mask-unsupported");
  EXPECT_EQ(read("evil.example/*/gate*"), "refused indicator-mask-unsupported");
  EXPECT_EQ(read("*.evil.*.example/x"), "refused indicator-mask-unsupported");
  EXPECT_EQ(read("*.dll"), "refused indicator-unrecognised");
  EXPECT_EQ(read("*.a.dll"), "refused indicator-unknown-tld");
  EXPECT_EQ(read("*.evil.nosuchtld/*", TypeHint::url_mask), "url-mask *.evil.nosuchtld/*");
}

TEST(TooBroad, RefusesWhatWouldFlood) {
  for (const char* s : {"0.0.0.0/0",
                        "203.0.0.0/7",
                        "10.0.0.1",
                        "10.0.0.0/8",
                        "127.0.0.1",
                        "0.0.0.0",
                        "169.254.1.1",
                        "172.16.0.1",
                        "172.31.255.255",
                        "192.168.1.1",
                        "192.168.0.0/16",
                        "192.0.0.0/8",
                        "100.64.0.1",
                        "224.0.0.1",
                        "240.0.0.1",
                        "255.255.255.255",
                        "9.255.255.0-10.0.0.5",
                        "::",
                        "::1",
                        "::/0",
                        "fe80::1",
                        "fc00::1",
                        "fdff::1",
                        "ff02::1",
                        "2001::/16",
                        "2001:db8::/31",
                        "::ffff:10.0.0.1",
                        "com",
                        "co.uk",
                        "localhost",
                        "foo.ck",
                        "localhost.localdomain",
                        "http://localhost/x",
                        "http://127.0.0.1/x",
                        "http://[::1]/x",
                        "http://192.168.1.1/x",
                        "http://host/x",
                        "a@localhost",
                        "*.co.uk/*",
                        "*.github.io/*",
                        "com/*",
                        "d41d8cd98f00b204e9800998ecf8427e",
                        "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
                        "00000000000000000000000000000000"}) {
    EXPECT_EQ(read(s), "refused indicator-too-broad") << s;
    EXPECT_FALSE(read(s, TypeHint::any, true).starts_with("refused")) << s << " with --allow-broad";
  }
  const auto p = read_pattern("10.0.0.1");
  EXPECT_EQ(read("intranet", TypeHint::domain), "refused indicator-too-broad");
  EXPECT_EQ(read("intranet", TypeHint::domain, true), "domain intranet");
  EXPECT_NE(p.error().hint.find("--allow-broad"), std::string::npos);
}

TEST(TooBroad, LetsTheRestThrough) {
  for (const char* s : {"192.0.2.1", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "8.0.0.0/8", "172.32.0.1", "172.15.255.255", "100.128.0.1",
                        "11.0.0.1", "223.255.255.255", "github.io", "example.co.uk", "www.ck", "evil.example", "*.github.io/gate.php", "user.github.io/*",
                        "::ffff:192.0.2.1", "fec0::1", "2002::1"})
    EXPECT_FALSE(read(s).starts_with("refused")) << s;
}

TEST(Pattern, ValueIsAFixedPoint) {
  static const std::string_view pieces[] = {"evil", "example", ".",       "..",   "/",         "//",  "*",   "*.",       ":",         "80",
                                            "8080", "http://", "hxxp://", "[",    "]",         "[.]", "@",   "-",        "192.0.2.1", "2001:db8::1",
                                            "/24",  "%2A",     "%",       "25",   "?",         "#",   "com", ".example", "ü",         "\xef\xbc\x8e",
                                            "_",    " ",       "a",       "0x7f", "github.io", "\\",  "www."};
  std::mt19937 random(23);
  int taken = 0;
  for (int i = 0; i < 100000; ++i) {
    std::string text;
    for (auto n = random() % 10; n > 0; --n) text += pieces[random() % std::size(pieces)];
    const auto hint = static_cast<TypeHint>(random() % 7);
    const auto p = read_pattern(text, hint, {.allow_broad = random() % 2 == 0});
    if (!p) continue;
    ++taken;
    const auto q = pattern_from_value(p->kind, p->value);
    ASSERT_TRUE(q) << text << " → " << p->value << ": " << q.error().message;
    ASSERT_EQ(*q, *p) << text << " → " << p->value;
  }
  EXPECT_GT(taken, 5000);
}

TEST(Pattern, FromValueTakesOnlyCanonicalText) {
  EXPECT_EQ(*pattern_from_value(PatternKind::ipv4_range, "192.0.2.0/24"), *read_pattern("192.0.2.0/24"));
  EXPECT_EQ(pattern_from_value(PatternKind::url, "evil.example/[.]\"")->value, "evil.example/[.]\"") << "nothing is refanged";
  EXPECT_TRUE(pattern_from_value(PatternKind::ipv4, "10.0.0.1")) << "broadness was judged before";
  for (const auto& [kind, text] :
       {std::pair(PatternKind::ipv4, "192.0.2.0/24"), std::pair(PatternKind::ipv4, "192.0.2.01"), std::pair(PatternKind::domain, "Evil.example"),
        std::pair(PatternKind::domain, ""), std::pair(PatternKind::url, "http://evil.example/"), std::pair(PatternKind::md5, "00"),
        std::pair(PatternKind::url_mask, "evil.example/"), std::pair(PatternKind::email, "evil.example")})
    EXPECT_FALSE(pattern_from_value(kind, text)) << text;
  EXPECT_FALSE(pattern_from_value(PatternKind::domain, std::string(indicator_bytes_max + 1, 'a')));
}

TEST(Pattern, NamesAndTypes) {
  EXPECT_EQ(short_name(PatternKind::ipv4_range), "ipv4-range");
  EXPECT_EQ(short_name(PatternKind::url_mask), "url-mask");
  EXPECT_EQ(observable_type(PatternKind::ipv6_range), ObservableType::ipv6_addr);
  EXPECT_EQ(observable_type(PatternKind::url_mask), ObservableType::url);
  EXPECT_EQ(observable_type(PatternKind::sha512), ObservableType::sha512);
  for (int i = 0; i < pattern_kind_count; ++i) EXPECT_FALSE(short_name(static_cast<PatternKind>(i)).empty());
}

TEST(Pattern, IdFollowsKindAndValue) {
  const auto id = indicator_id(*read_pattern("evil.example"));
  EXPECT_EQ(id.size(), std::string("indicator--").size() + 36);
  EXPECT_TRUE(id.starts_with("indicator--"));
  EXPECT_EQ(id[25], '5') << "version 5";
  EXPECT_EQ(indicator_id(*read_pattern("EVIL[.]example.")), id);
  EXPECT_NE(indicator_id(*read_pattern("http://evil.example/")), id);
  EXPECT_NE(indicator_id(*read_pattern("evil2.example")), id);
}

TEST(Tlp, OfAWordIsTheStricterOfFeedAndRecord) {
  FeedInfo feed;
  EXPECT_EQ(tlp_of_word(feed, {}), Tlp::none);
  EXPECT_EQ(tlp_of_word(feed, {{"threat", "TLP:RED"}, {"tlp", "TLP:GREEN"}, {"tlp", "amber"}, {"tlp", "no level"}}), Tlp::amber);
  feed.tlp = Tlp::red;
  EXPECT_EQ(tlp_of_word(feed, {{"tlp", "TLP:CLEAR"}}), Tlp::red);
}

TEST(Tlp, ReadsEverySpelling) {
  EXPECT_EQ(parse_tlp("TLP:AMBER+STRICT"), Tlp::amber_strict);
  EXPECT_EQ(parse_tlp("tlp:amber"), Tlp::amber);
  EXPECT_EQ(parse_tlp(" white "), Tlp::clear);
  EXPECT_EQ(parse_tlp("TLP: RED"), Tlp::red);
  EXPECT_EQ(parse_tlp("Green"), Tlp::green);
  EXPECT_EQ(parse_tlp("purple"), std::nullopt);
  EXPECT_EQ(parse_tlp(""), std::nullopt);
  for (const auto t : {Tlp::clear, Tlp::green, Tlp::amber, Tlp::amber_strict, Tlp::red}) EXPECT_EQ(parse_tlp(name(t)), t);
  EXPECT_EQ(name(Tlp::none), "");
}

TEST(Confidence, ReadsNumbersAndWords) {
  EXPECT_EQ(parse_confidence("80"), 80);
  EXPECT_EQ(parse_confidence(" 0 "), 0);
  EXPECT_EQ(parse_confidence("High"), 85);
  EXPECT_EQ(parse_confidence("MEDIUM"), 50);
  EXPECT_EQ(parse_confidence("low"), 15);
  EXPECT_EQ(parse_confidence("101"), std::nullopt);
  EXPECT_EQ(parse_confidence("-1"), std::nullopt);
  EXPECT_EQ(parse_confidence("sure"), std::nullopt);
}

}  // namespace
}  // namespace mozu::intel
