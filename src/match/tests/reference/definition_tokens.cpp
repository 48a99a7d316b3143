// The paragraphs "Line" to "email-addr" of the definition.
#include "definition_table.hpp"

// Rows of a table: laid out by hand.
// clang-format off
namespace mozu::match::reference {
namespace {
using namespace std::string_view_literals;
constexpr std::string_view bad_host = "evil.example";
constexpr std::string_view bad_domain = "domain bad_host.example";
}  // namespace

void add_line_cases(std::vector<DefinitionCase>& table) {
  table.insert(
      table.end(),
      {
          {"an empty line holds nothing", "", {bad_host}, {}},
          {"a line of a CR holds nothing", "\r", {bad_host}, {}},
          {"one trailing CR is cut", "get bad_host.example\r", {bad_host}, {{bad_host, "exact", bad_domain}}},
          {"a CR inside is an ordinary byte", "evil.example\rnext", {bad_host}, {{bad_host, "exact", bad_domain}}},
          {"of two trailing CR one remains, which ends a URL", "http://bad_host.example/a\r\r", {"http://bad_host.example/a"},
           {{"http://bad_host.example/a", "exact", "url bad_host.example/a", "evil.example/a"}}},
          {"NUL is no word byte", "a\0evil.example\0b"sv, {bad_host}, {{bad_host, "exact", bad_domain}}},
          {"hyphens and underscores are word bytes", "x-bad_host.example x_evil.example", {bad_host}, {}},
          {"bytes from 0x80 on are word bytes", "\xc3\xa4" "evil.example", {bad_host}, {}},
          {"invalid UTF-8 too", "\xff" "evil.example", {bad_host}, {}},
          {"other ASCII bounds a token", "(bad_host.example)=bad_host.example;'bad_host.example'|\"evil.example\"", {bad_host},
           {{bad_host, "exact", bad_domain, {}, 1}, {bad_host, "exact", bad_domain, {}, 2}, {bad_host, "exact", bad_domain, {}, 3}, {bad_host, "exact", bad_domain, {}, 4}}},
          {"a backslash is a non-word byte", R"(C:\bad_host.example\x)", {bad_host}, {{bad_host, "exact", bad_domain}}},
          {"outside JSON an escape is no escape", R"(a "\nevil.example")", {bad_host}, {}},
          {"the whole line may be the token", "evil.example", {bad_host}, {{bad_host, "exact", bad_domain}}},
          {"control bytes bound tokens", "\x01" "evil.example\x7f", {bad_host}, {{bad_host, "exact", bad_domain}}},
      });
}

void add_json_cases(std::vector<DefinitionCase>& table) {
  table.insert(
      table.end(),
      {
          {"\\n is decoded", R"({"m":"\nevil.example"})", {bad_host}, {{bad_host, "exact", bad_domain}}},
          {"an escaped backslash is not half an escape", R"({"m":"C:\\nevil.example"})", {bad_host, "nevil.example"},
           {{"nevil.example", "exact", "domain nevil.example"}}},
          {"\\/ is a slash; the raw range covers the escapes", R"({"u":"http:\/\/bad_host.example\/a"})", {"http://bad_host.example/a"},
           {{R"(http:\/\/bad_host.example\/a)", "exact", "url bad_host.example/a", "evil.example/a"}}},
          {"\\u002e inside a name", R"({"m":"evil\u002eexample"})", {bad_host}, {{R"(bad_host\u002eexample)", "exact", bad_domain, bad_host}}},
          {"\\u0065 at the head of a name", R"({"m":"\u0065vil.example"})", {bad_host}, {{R"(\u0065vil.example)", "exact", bad_domain, bad_host}}},
          {"\\u0065 at its end", R"({"m":"evil.exampl\u0065"})", {bad_host}, {{R"(bad_host.exampl\u0065)", "exact", bad_domain, bad_host}}},
          {"upper case hex digits in escapes", R"({"m":"evil\u002Eexample"})", {bad_host}, {{R"(bad_host\u002Eexample)", "exact", bad_domain, bad_host}}},
          {"keys are decoded", R"({"\tevil.example":1})", {bad_host}, {{bad_host, "exact", bad_domain}}},
          {"an array is JSON", R"(["\nevil.example"])", {bad_host}, {{bad_host, "exact", bad_domain}}},
          {"blanks, tabs and CR may stand before it", " \t\r{\"m\":\"\\nevil.example\"}", {bad_host}, {{bad_host, "exact", bad_domain}}},
          {"other white space may not", "\f{\"m\":\"\\nevil.example\"}", {bad_host, "nevil.example"}, {{"nevil.example", "exact", "domain nevil.example"}}},
          {"a BOM may not", "\xef\xbb\xbf{\"m\":\"\\nevil.example\"}", {bad_host, "nevil.example"}, {{"nevil.example", "exact", "domain nevil.example"}}},
          {"a truncated object is not JSON", R"({"m":"\nevil.example")", {bad_host, "nevil.example"}, {{"nevil.example", "exact", "domain nevil.example"}}},
          {"two values are not one", R"({"m":"\nevil.example"} {})", {bad_host}, {}},
          {"a trailing comma is not JSON", R"({"m":"\nevil.example",})", {bad_host}, {}},
          {"a bad escape is not JSON", R"({"m":"\nevil.example","x":"\q"})", {bad_host}, {}},
          {"a raw control byte in a string is not JSON", "{\"m\":\"\\nevil.example\t\"}", {bad_host}, {}},
          {"a leading zero is not JSON", R"({"m":"\nevil.example","n":01})", {bad_host}, {}},
          {"NaN is not JSON", R"({"m":"\nevil.example","n":NaN})", {bad_host}, {}},
          {"invalid UTF-8 is not JSON", "{\"m\":\"\\nevil.example\",\"n\":\"\xff\"}", {bad_host}, {}},
          {"an overlong sequence is not UTF-8", "{\"m\":\"\\nevil.example\",\"n\":\"\xc0\xae\"}", {bad_host}, {}},
          {"numbers of any size are JSON", R"({"m":"\nevil.example","n":123456789012345678901234567890,"e":-1e999})", {bad_host},
           {{bad_host, "exact", bad_domain}}},
          {"double keys are JSON", R"({"m":"\nevil.example","m":2})", {bad_host}, {{bad_host, "exact", bad_domain}}},
          {"a lone surrogate is valid and becomes U+FFFD", R"({"m":"\ud83devil.example \nevil.example"})", {bad_host},
           {{bad_host, "exact", bad_domain, {}, 2}}},
          {"a surrogate pair is one letter of a name", R"({"m":"\ud840\udc00.evil.example"})", {bad_host},
           {{R"(\ud840\udc00.evil.example)", "subdomain", bad_domain, "xn--j50i.evil.example"}}},
          {"an emoji is one too", R"({"m":"\ud83d\ude00.evil.example"})", {bad_host},
           {{R"(\ud83d\ude00.evil.example)", "subdomain", bad_domain, "xn--e28h.evil.example"}}},
          {"two high surrogates do not pair", R"({"m":"\ud83d\ud83d\nevil.example"})", {bad_host}, {{bad_host, "exact", bad_domain}}},
          {"\\\" ends a URL as a quote does", R"({"m":"x=\"http://bad_host.example/a\" y"})", {"http://bad_host.example/a"},
           {{"http://bad_host.example/a", "exact", "url bad_host.example/a", "evil.example/a"}}},
          {"\\u0000 is a NUL", R"({"m":"a\u0000evil.example"})", {bad_host}, {{bad_host, "exact", bad_domain}}},
          {"an IDN by escapes", R"({"m":"b\u00fccher.example"})", {"bücher.example"},
           {{R"(b\u00fccher.example)", "exact", "domain xn--bcher-kva.example", "xn--bcher-kva.example"}}},
          {"escapes in an address", R"({"m":"192.0\u002e2.1"})", {"192.0.2.1"}, {{R"(192.0\u002e2.1)", "exact", "ipv4 192.0.2.1", "192.0.2.1"}}},
          {"escapes in an e-mail", R"({"m":"<bob\u0040evil.example>"})", {"bob@bad_host.example"},
           {{R"(bob\u0040evil.example)", "exact", "email bob@bad_host.example", "bob@bad_host.example"}}},
          {"escapes in a hash", R"({"m":"\u0064d41d8cd98f00b204e9800998ecf8427"})", {"dd41d8cd98f00b204e9800998ecf8427"},
           {{R"(\u0064d41d8cd98f00b204e9800998ecf8427)", "exact", "md5 dd41d8cd98f00b204e9800998ecf8427", "dd41d8cd98f00b204e9800998ecf8427"}}},
          {"only one level is decoded", R"({"m":"{\"n\":\"\\nevil.example\"}"})", {bad_host, "nevil.example"},
           {{"nevil.example", "exact", "domain nevil.example"}}},
          {"a scalar is not looked at as JSON", R"("\nevil.example")", {bad_host}, {}},
          {"a CR at the end is cut before", "{\"m\":\"\\nevil.example\"}\r", {bad_host}, {{bad_host, "exact", bad_domain}}},
      });
}

void add_host_cases(std::vector<DefinitionCase>& table) {
  table.insert(
      table.end(),
      {
          {"leading dots are cut", ".evil.example", {bad_host}, {{bad_host, "exact", bad_domain}}},
          {"a trailing dot is cut", "evil.example.", {bad_host}, {{bad_host, "exact", bad_domain}}},
          {"leading and trailing hyphens are cut", "--bad_host.example--", {bad_host}, {{bad_host, "exact", bad_domain}}},
          {"in any mixture", "-.-bad_host.example-.-", {bad_host}, {{bad_host, "exact", bad_domain}}},
          {"underscores are not cut", "_evil.example", {bad_host}, {}},
          {"two dots end the run", "a..evil.example..b", {bad_host}, {{bad_host, "exact", bad_domain}}},
          {"case is folded", "EVIL.Example", {bad_host}, {{"EVIL.Example", "exact", bad_domain, bad_host}}},
          {"a name below matches, located whole", "cdn.evil.example", {bad_host}, {{"cdn.evil.example", "subdomain", bad_domain}}},
          {"far below too", "a.b.c.d.evil.example", {bad_host}, {{"a.b.c.d.evil.example", "subdomain", bad_domain}}},
          {"a suffix begins after a dot", "notevil.example", {bad_host}, {}},
          {"the parent is not matched", "example", {bad_host}, {}},
          {"a longer name is another", "evil.example.net", {bad_host}, {}},
          {"name and parent may both be indicators", "cdn.evil.example", {bad_host, "cdn.evil.example"},
           {{"cdn.evil.example", "exact", "domain cdn.evil.example"}, {"cdn.evil.example", "subdomain", bad_domain}}},
          {"exact-only matches the whole host", "evil.example", {"evil.example | exact-only"}, {{bad_host, "exact", bad_domain}}},
          {"and nothing below", "cdn.evil.example", {"evil.example | exact-only"}, {}},
          {"exact-only is each feed's own word", "cdn.evil.example", {"evil.example | exact-only", "evil.example | feed=g"},
           {{"cdn.evil.example", "subdomain", bad_domain, {}, 1, "g"}}},
          {"at the name itself both feeds count", "evil.example", {"evil.example | exact-only", "evil.example | feed=g"},
           {{bad_host, "exact", bad_domain, {}, 1, "f,g"}}},
          {"the same feed twice is exact-only if it said so each time", "cdn.evil.example", {"evil.example | exact-only", "evil.example"},
           {{"cdn.evil.example", "subdomain", bad_domain}}},
          {"a public suffix matches only the whole host", "co.uk bad_host.co.uk", {"co.uk"}, {{"co.uk", "exact", "domain co.uk"}}},
          {"an IDN is compared in punycode", "bücher.example", {"xn--bcher-kva.example"},
           {{"bücher.example", "exact", "domain xn--bcher-kva.example", "xn--bcher-kva.example"}}},
          {"the indicator may be given in UTF-8", "XN--BCHER-KVA.example", {"bücher.example"},
           {{"XN--BCHER-KVA.example", "exact", "domain xn--bcher-kva.example", "xn--bcher-kva.example"}}},
          {"upper case beyond ASCII", "BÜCHER.example", {"bücher.example"},
           {{"BÜCHER.example", "exact", "domain xn--bcher-kva.example", "xn--bcher-kva.example"}}},
          {"fullwidth letters are mapped", "ｅｖｉｌ.example", {bad_host}, {{"ｅｖｉｌ.example", "exact", bad_domain, bad_host}}},
          {"an ideographic full stop is a dot", "cdn。bad_host。example", {bad_host}, {{"cdn。bad_host。example", "subdomain", bad_domain, "cdn.evil.example"}}},
          {"at the end it is cut", "evil.example。", {bad_host}, {{"evil.example。", "exact", bad_domain, bad_host}}},
          {"non-transitional: ß stays", "straße.example", {"xn--strae-oqa.example"},
           {{"straße.example", "exact", "domain xn--strae-oqa.example", "xn--strae-oqa.example"}}},
          {"a strange label does not hide its ASCII parent", "\xff.Evil.example", {bad_host},
           {{"\xff.Evil.example", "subdomain", bad_domain, "\xff.evil.example"}}},
          {"no STD3 rules: an underscore may stand beside an IDN label", "_dmarc.bücher.example", {"bücher.example"},
           {{"_dmarc.bücher.example", "subdomain", "domain xn--bcher-kva.example", "_dmarc.xn--bcher-kva.example"}}},
          {"a port bounds a name", "evil.example:443", {bad_host}, {{bad_host, "exact", bad_domain}}},
          {"so does a percent sign", "%20evil.example%20", {bad_host}, {}},
          {"percent-escapes are not decoded outside URLs", "evil%2eexample", {bad_host}, {}},
          {"logs are not refanged", "evil[.]example hxxp://bad_host[.]example", {bad_host}, {}},
      });
}

void add_address_cases(std::vector<DefinitionCase>& table) {
  constexpr std::string_view ip = "192.0.2.1", v4 = "ipv4 192.0.2.1";
  constexpr std::string_view ip6 = "2001:db8::1", v6 = "ipv6 2001:db8::1";
  table.insert(
      table.end(),
      {
          {"an address", "from 192.0.2.1 port 22", {ip}, {{ip, "exact", v4}}},
          {"with port, brackets, prefix length or key", "192.0.2.1:443 [192.0.2.1] 192.0.2.1/24 ip=192.0.2.1,", {ip},
           {{ip, "exact", v4, {}, 1}, {ip, "exact", v4, {}, 2}, {ip, "url-host", v4, {}, 3}, {ip, "exact", v4, {}, 4}}},
          {"five parts are none", "192.0.2.1.5 1.192.0.2.1", {ip}, {}},
          {"letters before are none", "v192.0.2.1", {ip}, {}},
          {"a trailing dot is cut", "192.0.2.1.", {ip}, {{ip, "exact", v4}}},
          {"leading zeros are decimal", "192.000.002.001", {ip}, {{"192.000.002.001", "exact", v4, ip}}},
          {"four digits are none", "192.0.2.0001", {ip}, {}},
          {"256 is none", "192.0.2.256", {"192.0.2.0/24"}, {}},
          {"a-b yields both", "192.0.2.1-192.0.2.9", {ip, "192.0.2.9"}, {{ip, "exact", v4}, {"192.0.2.9", "exact", "ipv4 192.0.2.9"}}},
          {"both halves must be addresses", "192.0.2.1-x", {ip}, {}},
          {"the first of a pair behind an escape that ends in digits", R"(["\u0016192.0.2.1-192.0.2.9"])", {ip}, {{ip, "exact", v4}}},
          {"two hyphens are none", "192.0.2.1-192.0.2.9-192.0.2.1", {ip}, {}},
          {"an underscore is a word byte", "192.0.2.1_", {ip}, {}},
          {"a range holds its ends", "198.51.100.0 198.51.100.255 198.51.101.0", {"198.51.100.0/24"},
           {{"198.51.100.0", "range", "ipv4-range 198.51.100.0/24"}, {"198.51.100.255", "range", "ipv4-range 198.51.100.0/24"}}},
          {"a range a-b", "198.51.100.4 198.51.100.5 198.51.100.9 198.51.100.10", {"198.51.100.5-198.51.100.9"},
           {{"198.51.100.5", "range", "ipv4-range 198.51.100.5-198.51.100.9"}, {"198.51.100.9", "range", "ipv4-range 198.51.100.5-198.51.100.9"}}},
          {"ranges may nest: all are reported", ip, {"192.0.2.0/24", "192.0.2.0/28", ip},
           {{ip, "exact", v4}, {ip, "range", "ipv4-range 192.0.2.0/24"}, {ip, "range", "ipv4-range 192.0.2.0/28"}}},
          {"fullwidth digits are a name, no address", "１９２.0.2.1", {ip}, {}},
          {"an IPv6 address", "src 2001:db8::1 dst", {ip6}, {{ip6, "exact", v6}}},
          {"compared as 128 bits, any case", "2001:0DB8:0:0:0:0:0:0001", {ip6}, {{"2001:0DB8:0:0:0:0:0:0001", "exact", v6, ip6}}},
          {"brackets and port", "[2001:db8::1]:443", {ip6}, {{ip6, "exact", v6}}},
          {"the zone is cut", "2001:db8::1%eth0", {ip6}, {{ip6, "exact", v6}}},
          {"embedded IPv4, found as both", "::ffff:192.0.2.1", {"::ffff:192.0.2.1", ip},
           {{"::ffff:192.0.2.1", "exact", "ipv6 ::ffff:192.0.2.1"}, {ip, "exact", v4}}},
          {"embedded IPv4 in hex", "::ffff:c000:201", {"::ffff:192.0.2.1", ip},
           {{"::ffff:c000:201", "exact", "ipv6 ::ffff:192.0.2.1", "::ffff:192.0.2.1"}}},
          {"trailing dots are cut", "see 2001:db8::1...", {ip6}, {{ip6, "exact", v6}}},
          {"one trailing colon is cut", "2001:db8::1: refused", {ip6}, {{ip6, "exact", v6}}},
          {"unless part of ::", "2001:db8::", {"2001:db8::/32"}, {{"2001:db8::", "range", "ipv6-range 2001:db8::/32"}}},
          {"one leading colon is cut", "ip:2001:db8::1", {ip6}, {{ip6, "exact", v6}}},
          {"unless part of ::", "::2001:db8", {"::2001:db8"}, {{"::2001:db8", "exact", "ipv6 ::2001:db8"}}},
          {"a letter before is none", "x2001:db8::1", {ip6}, {}},
          {"a letter after is none", "2001:db8::1x", {ip6}, {}},
          {"a byte from 0x80 on is none", "2001:db8::1\xc3\xa4", {ip6}, {}},
          {"underscore and hyphen bound it", "_2001:db8::1-", {ip6}, {{ip6, "exact", v6}}},
          {"hex letters of a word before belong to the run", "c:2001:db8:0:0:0:0:0:1", {ip6}, {}},
          {"seven groups are none", "2001:db8:0:0:0:0:1", {"2001:db8::/32"}, {}},
          {"nine are none", "2001:db8:0:0:0:0:0:0:1", {"2001:db8::/32"}, {}},
          {"two gaps are none", "2001::db8::1", {"2001::/16"}, {}},
          {"a gap for no group is none", "2001:db8:0:0::0:0:0:1", {ip6}, {}},
          {"a gap for one group is one", "2001:db8:0::0:0:0:1", {ip6}, {{"2001:db8:0::0:0:0:1", "exact", v6, ip6}}},
          {"five digits are none", "2001:db8::00001", {ip6}, {}},
          {"times and MACs are none", "10:20:30 00:1b:44:11:3a:b7", {"::/0"}, {}},
          {"IPv4 only in the last place", "::192.0.2.1:1", {"::/0", ip}, {{ip, "exact", v4}}},
          {"a range of IPv6", "2001:db8:1::5", {"2001:db8:1::/48"}, {{"2001:db8:1::5", "range", "ipv6-range 2001:db8:1::/48"}}},
          {"below a range none", "2001:db8:0:ffff::5", {"2001:db8:1::/48"}, {}},
      });
}

void add_hash_and_email_cases(std::vector<DefinitionCase>& table) {
  constexpr std::string_view md5 = "00112233445566778899aabbccddeeff", sha1 = "00112233445566778899aabbccddeeff01234567";
  constexpr std::string_view sha256 = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
  constexpr std::string_view sha512 =
      "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
  table.insert(
      table.end(),
      {
          {"MD5", "h=00112233445566778899aabbccddeeff;", {md5}, {{md5, "exact", "md5 00112233445566778899aabbccddeeff"}}},
          {"any case", "00112233445566778899AABBCCDDEEFF", {md5},
           {{"00112233445566778899AABBCCDDEEFF", "exact", "md5 00112233445566778899aabbccddeeff", md5}}},
          {"SHA-1", sha1, {sha1}, {{sha1, "exact", "sha1 00112233445566778899aabbccddeeff01234567"}}},
          {"SHA-256, and not the MD5 at its head", sha256, {sha256, md5},
           {{sha256, "exact", "sha256 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"}}},
          {"SHA-512", sha512, {sha512},
           {{sha512, "exact",
             "sha512 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"}}},
          {"31 and 33 digits are none", "00112233445566778899aabbccddeef 00112233445566778899aabbccddeeff0", {md5}, {}},
          {"a letter beside makes the run another", "g00112233445566778899aabbccddeeff 00112233445566778899aabbccddeeffz", {md5}, {}},
          {"underscore, hyphen and dot bound a hash", "_00112233445566778899aabbccddeeff-00112233445566778899aabbccddeeff.exe", {md5},
           {{md5, "exact", "md5 00112233445566778899aabbccddeeff", {}, 1}, {md5, "exact", "md5 00112233445566778899aabbccddeeff", {}, 2}}},
          {"bytes from 0x80 on bound a hash", "\xc3\xa4" "00112233445566778899aabbccddeeff\xff", {md5},
           {{md5, "exact", "md5 00112233445566778899aabbccddeeff"}}},
          {"a hash may stand in a URL", "http://bad_host.example/00112233445566778899aabbccddeeff", {md5},
           {{md5, "exact", "md5 00112233445566778899aabbccddeeff"}}},
          {"an e-mail address", "<bob@bad_host.example>", {"bob@bad_host.example"}, {{"bob@bad_host.example", "exact", "email bob@bad_host.example"}}},
          {"folded whole", "<Bob@Evil.Example>", {"bob@bad_host.example"}, {{"Bob@Evil.Example", "exact", "email bob@bad_host.example", "bob@bad_host.example"}}},
          {"its host bears email-host", "<bob@bad_host.example>", {bad_host}, {{bad_host, "email-host", bad_domain}}},
          {"below it too", "<bob@mx.evil.example>", {bad_host}, {{"mx.evil.example", "email-host", bad_domain}}},
          {"an address as host stays exact", "<bob@192.0.2.1>", {"192.0.2.1"}, {{"192.0.2.1", "exact", "ipv4 192.0.2.1"}}},
          {"= is a local-part byte", "from=bob@bad_host.example", {"bob@bad_host.example", "from=bob@bad_host.example"},
           {{"from=bob@bad_host.example", "exact", "email from=bob@bad_host.example"}}},
          {"a colon is not", "mailto:bob@bad_host.example", {"bob@bad_host.example"}, {{"bob@bad_host.example", "exact", "email bob@bad_host.example"}}},
          {"dots, plus and others are", "bo.b+x!y@bad_host.example", {"bo.b+x!y@bad_host.example"},
           {{"bo.b+x!y@bad_host.example", "exact", "email bo.b+x!y@bad_host.example"}}},
          {"an empty local part is none, the name remains", "@bad_host.example", {bad_host}, {{bad_host, "exact", bad_domain}}},
          {"the host's first byte follows the @", "bob@-bad_host.example", {"bob@bad_host.example", bad_host}, {{bad_host, "exact", bad_domain}}},
          {"two @: each has its own", "a@b@bad_host.example", {"b@bad_host.example"}, {{"b@bad_host.example", "exact", "email b@bad_host.example"}}},
          {"a backtick is not a local-part byte", "x`bob@bad_host.example", {"bob@bad_host.example"}, {{"bob@bad_host.example", "exact", "email bob@bad_host.example"}}},
          {"a letter beyond ASCII is not", "ebüb@bad_host.example", {"b@bad_host.example"}, {{"b@bad_host.example", "exact", "email b@bad_host.example"}}},
          {"an IDN host is compared in punycode", "<bob@bücher.example>", {"bob@xn--bcher-kva.example"},
           {{"bob@bücher.example", "exact", "email bob@xn--bcher-kva.example", "bob@xn--bcher-kva.example"}}},
          {"the local part must be equal", "<alice.bob@bad_host.example>", {"bob@bad_host.example"}, {}},
          {"the host is not a subdomain question", "<bob@mx.evil.example>", {"bob@bad_host.example"}, {}},
      });
}

}  // namespace mozu::match::reference
