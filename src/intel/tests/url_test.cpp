#include "mozu/intel/url.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <random>

namespace mozu::intel {
namespace {

std::string key(std::string_view raw) {
  const auto u = canonical_url(raw);
  return u ? u->key() : "refused";
}

// Facts of developers.google.com/safe-browsing/v4/urls-hashing: what goes in, what must come out.
TEST(SafeBrowsing, AllPublishedVectors) {
  const std::pair<std::string_view, std::string_view> vectors[] = {
      {"http://host/%25%32%35", "http://host/%25"},
      {"http://host/%25%32%35%25%32%35", "http://host/%25%25"},
      {"http://host/%2525252525252525", "http://host/%25"},
      {"http://host/asdf%25%32%35asd", "http://host/asdf%25asd"},
      {"http://host/%%%25%32%35asd%%", "http://host/%25%25%25asd%25%25"},
      {"http://www.google.com/", "http://www.google.com/"},
      {"http://%31%36%38%2e%31%38%38%2e%39%39%2e%32%36/%2E%73%65%63%75%72%65/%77%77%77%2E%65%62%61%79%2E%63%6F%6D/",
       "http://168.188.99.26/.secure/www.ebay.com/"},
      {"http://195.127.0.11/uploads/%20%20%20%20/.verify/.eBaysecure=updateuserdataxplimnbqmn-xplmvalidateinfoswqpcmlx=hgplmcx/",
       "http://195.127.0.11/uploads/%20%20%20%20/.verify/.eBaysecure=updateuserdataxplimnbqmn-xplmvalidateinfoswqpcmlx=hgplmcx/"},
      {"http://host%23.com/%257Ea%2521b%2540c%2523d%2524e%25f%255E00%252611%252A22%252833%252944_55%252B",
       "http://host%23.com/~a!b@c%23d$e%25f^00&11*22(33)44_55+"},
      {"http://3279880203/blah", "http://195.127.0.11/blah"},
      {"http://www.google.com/blah/..", "http://www.google.com/"},
      {"www.google.com/", "http://www.google.com/"},
      {"www.google.com", "http://www.google.com/"},
      {"http://www.evil.com/blah#frag", "http://www.evil.com/blah"},
      {"http://www.GOOgle.com/", "http://www.google.com/"},
      {"http://www.google.com.../", "http://www.google.com/"},
      {"http://www.google.com/foo\tbar\rbaz\n2", "http://www.google.com/foobarbaz2"},
      {"http://www.google.com/q?", "http://www.google.com/q?"},
      {"http://www.google.com/q?r?", "http://www.google.com/q?r?"},
      {"http://www.google.com/q?r?s", "http://www.google.com/q?r?s"},
      {"http://evil.com/foo#bar#baz", "http://evil.com/foo"},
      {"http://evil.com/foo;", "http://evil.com/foo;"},
      {"http://evil.com/foo?bar;", "http://evil.com/foo?bar;"},
      {"http://\x01\x80.com/", "http://%01%80.com/"},
      {"http://notrailingslash.com", "http://notrailingslash.com/"},
      {"http://www.gotaport.com:1234/", "http://www.gotaport.com/"},
      {"  http://www.google.com/  ", "http://www.google.com/"},
      {"http:// leadingspace.com/", "http://%20leadingspace.com/"},
      {"http://%20leadingspace.com/", "http://%20leadingspace.com/"},
      {"%20leadingspace.com/", "http://%20leadingspace.com/"},
      {"https://www.securesite.com/", "https://www.securesite.com/"},
      {"http://host.com/ab%23cd", "http://host.com/ab%23cd"},
      {"http://host.com//twoslashes?more//slashes", "http://host.com/twoslashes?more//slashes"},
  };
  for (const auto& [in, out] : vectors) EXPECT_EQ(safe_browsing_url(in), out) << in;
}

TEST(CanonicalUrl, DropsWhatIsNotCompared) {
  EXPECT_EQ(key("HTTP://User:Pass@Evil.Example/A?b#c"), "evil.example/A?b");
  EXPECT_EQ(key("http://a@b@evil.example/"), "evil.example/") << "userinfo ends at the last @";
  EXPECT_EQ(key("http://github.com@520966948/"), "31.13.83.36/");
  EXPECT_EQ(key("http://www.evil.example"), "www.evil.example/") << "www. is kept";
  EXPECT_EQ(key("http://evil.example?x=1"), "evil.example/?x=1");
  EXPECT_EQ(key("http://evil.example/?b=2&a=1"), "evil.example/?b=2&a=1") << "query order is kept";
  EXPECT_EQ(key("//evil.example/x"), "evil.example/x");
  EXPECT_EQ(key("http://evil.example#x/y"), "evil.example/");
}

TEST(CanonicalUrl, KeepsWhatTheDocumentationSays) {
  EXPECT_EQ(key("HTTPS://user@Evil.Example:443#top"), "evil.example/");
  EXPECT_EQ(key("http://evil.example:8080/a/../b//c?x=1&a"), "evil.example:8080/b/c?x=1&a");
  EXPECT_EQ(key("http://%65vil.example/%2561"), "evil.example/a");
  EXPECT_EQ(key("http://0xc0.0.01003/"), "192.0.2.3/");
  EXPECT_EQ(key("http://bücher.example/ä"), "xn--bcher-kva.example/%C3%A4");
  EXPECT_EQ(key("http://[2001:DB8:0::1%25eth0]/"), "[2001:db8::1]/");
}

TEST(CanonicalUrl, DropsDefaultPortsOnly) {
  EXPECT_EQ(key("http://evil.example:80/"), "evil.example/");
  EXPECT_EQ(key("ws://evil.example:80/"), "evil.example/");
  EXPECT_EQ(key("https://evil.example:443/"), "evil.example/");
  EXPECT_EQ(key("WSS://evil.example:0443/"), "evil.example/");
  EXPECT_EQ(key("ftp://evil.example:21/"), "evil.example/");
  EXPECT_EQ(key("evil.example:80/"), "evil.example/") << "http without scheme";
  EXPECT_EQ(key("evil.example:443/"), "evil.example:443/");
  EXPECT_EQ(key("http://evil.example:443/"), "evil.example:443/");
  EXPECT_EQ(key("https://evil.example:80/"), "evil.example/") << "else the key would not read back as itself";
  EXPECT_EQ(key("http://evil.example:8080"), "evil.example:8080/");
  EXPECT_EQ(key("http://evil.example:/"), "evil.example/");
  EXPECT_EQ(key("tcp://evil.example:21/"), "evil.example:21/");
  for (const char* s : {"http://evil.example:65536/", "http://evil.example:x/", "http://evil.example:-1/", "http://evil.example:99999999999999999999999/"})
    EXPECT_EQ(key(s), "refused") << s;
}

TEST(CanonicalUrl, ReadsEveryFormOfIpv4) {
  for (const char* s : {"http://0303.0177.0000.0013/", "http://030337600013/", "http://0xc3.0x7f.0x00.0x0b/", "http://0xC37F000B/", "http://195.127.11/",
                        "http://195.8323083/", "http://3279880203./", "http://0xc3.127.013/", "http://%33279880203/", "http://１９５.127.0.11/"})
    EXPECT_EQ(key(s), "195.127.0.11/") << s;
  EXPECT_EQ(key("http://010.0.0.1/"), "8.0.0.1/") << "octal in a URL";
  EXPECT_EQ(key("http://192.168.001.008/"), "192.168.1.8/") << "008 is no octal number";
  EXPECT_EQ(key("http://256.1.1.1/"), "256.1.1.1/") << "a name, if a strange one";
  EXPECT_EQ(key("http://4294967296/"), "4294967296/");
  EXPECT_EQ(key("http://0x/"), "0x/");
  EXPECT_EQ(key("http://1.2.3.4.5/"), "1.2.3.4.5/");
  EXPECT_FALSE(canonical_url("http://256.1.1.1/")->ipv4);
  EXPECT_EQ(canonical_url("http://0x7f.1/x")->ipv4, 0x7F000001U);
}

TEST(CanonicalUrl, ReadsIpv6) {
  EXPECT_EQ(key("http://[2001:DB8:0::1]:8080/x"), "[2001:db8::1]:8080/x");
  EXPECT_EQ(key("http://[fe80::1%25eth0]/"), "[fe80::1]/");
  EXPECT_EQ(key("http://[::ffff:192.0.2.1]/"), "[::ffff:192.0.2.1]/");
  EXPECT_EQ(key("http://2001:db8::1/x"), "[2001:db8::1]/x") << "brackets forgotten";
  EXPECT_EQ(canonical_url("http://[2001:db8::1]/")->ipv6, parse_ipv6("2001:db8::1"));
  for (const char* s : {"http://[2001:db8::1/", "http://[evil.example]/", "http://[]/", "http://[::1]x/", "http://[1.2.3.4]/", "http://a:b:c/"})
    EXPECT_EQ(key(s), "refused") << s;
}

TEST(CanonicalUrl, NormalisesTheHost) {
  EXPECT_EQ(key("http://..evil...example../"), "evil.example/");
  EXPECT_EQ(key("http://bücher.example/"), "xn--bcher-kva.example/");
  EXPECT_EQ(key("http://b%C3%BCcher.example/"), "xn--bcher-kva.example/");
  EXPECT_EQ(key("http://b%25C3%25BCcher.example/"), "xn--bcher-kva.example/");
  EXPECT_EQ(key("http://%65vil.example/"), "evil.example/");
  EXPECT_EQ(key("http://evil%E3%80%82example/"), "evil.example/");
  EXPECT_EQ(key("http://evil.example\\path/x"), "evil.example\\path/x") << "a backslash separates nothing";
}

TEST(CanonicalUrl, RefusesWhatHasNoHost) {
  for (const char* s : {"", " ", "http://", "http:///x", "/x", "?x", "#x", "http://./", "http://user@/x", "http://:80/", "http://%2e/", "://x"})
    EXPECT_EQ(key(s), "refused") << s;
  for (const char* s :
       {"http://evil.example%2Fpath/", "http://user%40evil.example/", "http://evil.example%3A80/", "http://evil%3F.example/", "http://%5B::1%5D/"})
    EXPECT_EQ(key(s), "refused") << s << ": its key would be that of another URL";
}

TEST(CanonicalUrl, NormalisesThePath) {
  EXPECT_EQ(key("http://h.example/a/./b/../c"), "h.example/a/c");
  EXPECT_EQ(key("http://h.example/a/b/.."), "h.example/a/");
  EXPECT_EQ(key("http://h.example/../../a"), "h.example/a");
  EXPECT_EQ(key("http://h.example/a/."), "h.example/a/");
  EXPECT_EQ(key("http://h.example/a//b///c//"), "h.example/a/b/c/");
  EXPECT_EQ(key("http://h.example/.../.a/a."), "h.example/.../.a/a.");
  EXPECT_EQ(key("http://h.example/%2e%2e/a"), "h.example/a");
  EXPECT_EQ(key("http://h.example/a%2Fb"), "h.example/a/b");
  EXPECT_EQ(key("http://h.example/a?x/../y//z"), "h.example/a?x/../y//z") << "the query is left alone";
  EXPECT_EQ(key("http://h.example/.%3Fx"), "h.example/?x") << "split after decoding";
  EXPECT_EQ(key("http://h.example/ä b"), "h.example/%C3%A4%20b");
  EXPECT_EQ(key("http://h.example/%zz%"), "h.example/%25zz%25");
  EXPECT_EQ(key("http://h.example/a%09b"), "h.example/a%09b") << "only raw tabs are dropped";
  EXPECT_EQ(key("http://h.example/%\t41"), "h.example/A");
}

TEST(CanonicalUrl, SaysWhereTheRawHostStands) {
  const auto raw_host = [](std::string_view raw) {
    const auto u = canonical_url(raw);
    return u ? std::string(raw.substr(u->host_offset, u->host_length)) : "refused";
  };
  EXPECT_EQ(raw_host("http://user@%65vil.Example:8080/x"), "%65vil.Example");
  EXPECT_EQ(raw_host("  evil.example/x"), "evil.example");
  EXPECT_EQ(raw_host("http://[2001:DB8::1]:80/"), "2001:DB8::1");
  EXPECT_EQ(raw_host("http://[fe80::1%25eth0]/"), "fe80::1");
  EXPECT_EQ(raw_host("http://[%32001:db8::1]/"), "%32001:db8::1") << "an escape is no zone";
  EXPECT_EQ(raw_host("http://2001:db8:%3a/"), "2001:db8:%3a");
  EXPECT_EQ(raw_host("http://0x7f.1/"), "0x7f.1");
  EXPECT_EQ(canonical_url("HtTp://evil.example/")->scheme, "HtTp");
  EXPECT_EQ(canonical_url("evil.example/")->scheme, "");
}

TEST(CanonicalUrl, DecodesInLinearTime) {
  std::string nested = "http://h.example/%";
  while (nested.size() < url_bytes_max) nested += "25";
  std::string many = "http://h.example/";
  while (many.size() < url_bytes_max) many += "%25";
  std::string dots = "http://h.example/";
  while (dots.size() < url_bytes_max / 2) dots += "a/";
  while (dots.size() < url_bytes_max) dots += "../";
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i)
    for (const auto& s : {nested, many, dots, std::string(url_bytes_max, '.'), std::string(url_bytes_max, '@'), "http://" + std::string(url_bytes_max, ':')})
      canonical_url(s);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10)) << "quadratic work would take minutes";
  EXPECT_EQ(key(nested), "h.example/%25");
}

TEST(CanonicalUrl, CutsWhatIsTooLong) {
  const std::string text = "http://h.example/" + std::string(url_bytes_max, 'a');
  EXPECT_EQ(key(text).size(), url_bytes_max - 7);
}

// Text built of the pieces that matter to the procedure.
std::string random_url(std::mt19937& random) {
  static const std::string_view pieces[] = {"http://", "ftp://", "evil", ".",   "..",  "/",   "//",           "%",    "25",          "%2e",
                                            "%2F",     "%3F",    "?",    "#",   "@",   ":",   ":80",          ":81",  "[",           "]",
                                            "::1",     "1",      "0x7f", "017", ".1",  "ü",   "\xe3\x80\x82", "\x80", " ",           "\t",
                                            "\\",      "*",      "A",    "%C3", "%BC", "%5B", "%00",          "com",  "\xef\xbc\x8f"};
  std::string out;
  for (auto n = random() % 14; n > 0; --n) out += pieces[random() % std::size(pieces)];
  return out;
}

TEST(CanonicalUrl, IsIdempotent) {
  std::mt19937 random(5);
  int taken = 0;
  for (int i = 0; i < 100000; ++i) {
    const std::string raw = random_url(random);
    const auto once = canonical_url(raw);
    if (!once) continue;
    ++taken;
    const auto twice = canonical_url(once->key());
    ASSERT_TRUE(twice) << raw << " → " << once->key();
    ASSERT_EQ(twice->key(), once->key()) << raw;
    ASSERT_EQ(twice->ipv4, once->ipv4) << raw;
    ASSERT_EQ(twice->ipv6, once->ipv6) << raw;
    ASSERT_LE(once->host_offset + once->host_length, raw.size()) << raw;
  }
  EXPECT_GT(taken, 5000);
}

}  // namespace
}  // namespace mozu::intel
