// The paragraphs "url" to "Suppression" of the definition.
#include "definition_table.hpp"

// Rows of a table: laid out by hand.
// clang-format off
namespace mozu::match::reference {
namespace {
constexpr std::string_view page = "http://evil.example/a";
constexpr std::string_view url = "url evil.example/a";
constexpr std::string_view key = "evil.example/a";

/// A line whose URL must be `raw` and equal http://evil.example/a.
DefinitionCase equal_url(std::string_view sentence, std::string_view line, std::string_view raw) {
  return {sentence, line, {page}, {{raw, "exact", url, key}}};
}
}  // namespace

void add_url_cases(std::vector<DefinitionCase>& table) {
  table.insert(
      table.end(),
      {
          equal_url("white space ends a URL", "x http://evil.example/a y", page),
          equal_url("so does a tab", "x\thttp://evil.example/a\ty", page),
          equal_url("so do quotes", "u=\"http://evil.example/a\"b", page),
          equal_url("so do angle brackets", "<http://evil.example/a>b", page),
          equal_url("< as well", "http://evil.example/a<b", page),
          equal_url("so does a backtick", "`http://evil.example/a`b", page),
          equal_url("' after a ' before", "'http://evil.example/a'b", page),
          equal_url("anywhere before", "it's http://evil.example/a'b", page),
          {"without one before, ' belongs to the URL", "http://evil.example/a'b", {page, "http://evil.example/a'b"},
           {{"http://evil.example/a'b", "exact", "url evil.example/a'b", "evil.example/a'b"}}},
          equal_url(") after ( before", "(see http://evil.example/a)b", page),
          equal_url("] after [ before", "[see http://evil.example/a]b", page),
          {"without one before, ) belongs to the URL", "http://evil.example/a)", {page, "http://evil.example/a)"},
           {{"http://evil.example/a)", "exact", "url evil.example/a)", "evil.example/a)"}}},
          {"what opens inside closes inside", "(http://evil.example/a(b)c)d", {"http://evil.example/a(b)c"},
           {{"http://evil.example/a(b)c", "exact", "url evil.example/a(b)c", "evil.example/a(b)c"}}},
          {"round and square are counted apart", "(http://evil.example/a[b)c", {"http://evil.example/a[b"},
           {{"http://evil.example/a[b", "exact", "url evil.example/a[b", "evil.example/a[b"}}},
          {"other bytes belong to the URL", "http://evil.example/a,b;c|d\\e", {page}, {}},
          {"a full stop after it too", "http://evil.example/a.", {page}, {}},
          equal_url("any scheme", "svn+ssh://evil.example/a", "svn+ssh://evil.example/a"),
          equal_url("case of scheme and host", "HTTPS://EVIL.example/a", "HTTPS://EVIL.example/a"),
          equal_url("leading bytes that are no letter are no scheme", "1-http://evil.example/a", page),
          equal_url("the scheme begins after any other byte", "x=http://evil.example/a", page),
          {"without a scheme :// begins no URL; the host may", "://evil.example/a", {page}, {{"evil.example/a", "exact", url, key}}},
          {"something must follow ://", "http:// evil.example", {page}, {}},
          equal_url("the default port is removed", "http://evil.example:80/a", "http://evil.example:80/a"),
          equal_url("the default port of https", "https://evil.example:443/a", "https://evil.example:443/a"),
          {"another port is kept", "http://evil.example:8080/a", {page, "http://evil.example:8080/a"},
           {{"http://evil.example:8080/a", "exact", "url evil.example:8080/a", "evil.example:8080/a"}}},
          equal_url("userinfo is dropped", "http://bob:secret@evil.example/a", "http://bob:secret@evil.example/a"),
          {"an empty path becomes /", "http://evil.example", {"http://evil.example/"},
           {{"http://evil.example", "exact", "url evil.example/", "evil.example/"}}},
          {"www. is kept", "http://www.evil.example/a", {page}, {}},
          {"query order is kept", "http://evil.example/?a=1&b=2 http://evil.example/?b=2&a=1", {"http://evil.example/?b=2&a=1"},
           {{"http://evil.example/?b=2&a=1", "exact", "url evil.example/?b=2&a=1", "evil.example/?b=2&a=1"}}},
          equal_url("the fragment is dropped", "http://evil.example/a#b", "http://evil.example/a#b"),
          equal_url("dot segments are resolved", "http://evil.example/x/../a", "http://evil.example/x/../a"),
          equal_url("double slashes are one", "http://evil.example//a", "http://evil.example//a"),
          equal_url("percent-escapes are decoded", "http://evil.example/%61", "http://evil.example/%61"),
          equal_url("again and again", "http://evil.example/%2561", "http://evil.example/%2561"),
          equal_url("in the host too", "http://%65vil.example/a", "http://%65vil.example/a"),
          {"the path's case counts", "http://evil.example/A", {page}, {}},
          {"without scheme: a known TLD and /", "get evil.example/a now", {page}, {{"evil.example/a", "exact", url, key}}},
          {"with a port", "evil.example:8080/a", {"evil.example:8080/a"},
           {{"evil.example:8080/a", "exact", "url evil.example:8080/a"}}},
          {"six digits are no port", "evil.example:808080/a", {page}, {}},
          {"a colon without digits is no port", "evil.example:/a", {page}, {}},
          {"a blank before / is none", "evil.example:8080 /a", {page, "evil.example:8080/a"}, {}},
          {"an unknown TLD is no URL", "evil.nosuchtld/a", {"http://evil.nosuchtld/a"}, {}},
          {"a TLD alone is no host of a URL", "example/a", {"http://example/a"}, {}},
          {"with scheme it is one", "http://example/a", {"http://example/a"}, {{"http://example/a", "exact", "url example/a", "example/a"}}},
          {"with scheme it is", "http://evil.nosuchtld/a", {"http://evil.nosuchtld/a"},
           {{"http://evil.nosuchtld/a", "exact", "url evil.nosuchtld/a", "evil.nosuchtld/a"}}},
          {"an address and /", "192.0.2.1/a", {"http://192.0.2.1/a"}, {{"192.0.2.1/a", "exact", "url 192.0.2.1/a"}}},
          {"the second half of a-b too", "192.0.2.9-192.0.2.1/a", {"http://192.0.2.1/a", "192.0.2.1", "192.0.2.9"},
           {{"192.0.2.1/a", "exact", "url 192.0.2.1/a"}, {"192.0.2.1", "url-host", "ipv4 192.0.2.1"}, {"192.0.2.9", "exact", "ipv4 192.0.2.9"}}},
          {"it ends as one with scheme", "(evil.example/a)b", {page}, {{"evil.example/a", "exact", url, key}}},
          {"a nested URL counts", "http://other.example/?u=http://evil.example/a", {page}, {{page, "exact", url, key}}},
          {"a nested URL without scheme too", "http://other.example/evil.example/a", {page}, {{"evil.example/a", "exact", url, key}}},
          {"and the outer one", "http://evil.example/?u=http://other.example/", {"http://evil.example/?u=http://other.example/"},
           {{"http://evil.example/?u=http://other.example/", "exact", "url evil.example/?u=http://other.example/",
             "evil.example/?u=http://other.example/"}}},
          {"a URL may be an indicator beside its host", page, {page, evil}, {{page, "exact", url, key}, {evil, "url-host", domain}}},
      });
}

void add_url_host_cases(std::vector<DefinitionCase>& table) {
  constexpr std::string_view ip = "192.0.2.1", v4 = "ipv4 192.0.2.1", net = "ipv4-range 192.0.2.0/24";
  table.insert(
      table.end(),
      {
          {"the host of a URL bears url-host", "http://evil.example/x", {evil}, {{evil, "url-host", domain}}},
          {"also without path", "http://evil.example", {evil}, {{evil, "url-host", domain}}},
          {"also below the name", "http://cdn.evil.example:8080/x", {evil}, {{"cdn.evil.example", "url-host", domain}}},
          {"also without scheme", "evil.example/x", {evil}, {{evil, "url-host", domain}}},
          {"not without /", "evil.example:80", {evil}, {{evil, "exact", domain}}},
          {"an address", "http://192.0.2.1/x", {ip}, {{ip, "url-host", v4}}},
          {"an address without scheme and /", "192.0.2.1/24", {ip}, {{ip, "url-host", v4}}},
          {"ranges stay ranges", "http://192.0.2.1/x", {"192.0.2.0/24"}, {{ip, "range", net}}},
          {"IPv6, located without brackets", "http://[2001:db8::1]:8080/x", {"2001:db8::1"}, {{"2001:db8::1", "url-host", "ipv6 2001:db8::1"}}},
          {"after userinfo", "ftp://bob:secret@evil.example/x", {evil}, {{evil, "url-host", domain}}},
          {"url-host wins over email-host", "ftp://bob@evil.example/x", {evil}, {{evil, "url-host", domain}}},
          {"also where the URL has no scheme", "bob@evil.example/x", {evil}, {{evil, "url-host", domain}}},
          {"percent-escapes in the host", "http://%65vil.example/", {evil}, {{"%65vil.example", "url-host", domain, evil}}},
          {"a dot as percent-escape; the token behind the % is no host of that URL, but with the / one itself", "http://cdn%2eevil.example/", {evil, "2eevil.example"},
           {{"cdn%2eevil.example", "url-host", domain, "cdn.evil.example"}, {"2eevil.example", "url-host", "domain 2eevil.example"}}},
          {"hexadecimal addresses", "http://0xc0.0.2.1/", {ip}, {{"0xc0.0.2.1", "url-host", v4, ip}}},
          {"short addresses", "http://0x7f.1/", {"127.0.0.1"}, {{"0x7f.1", "url-host", "ipv4 127.0.0.1", "127.0.0.1"}}},
          {"dword addresses", "http://3221225985/", {ip}, {{"3221225985", "url-host", v4, ip}}},
          {"with fullwidth digits, ideographic full stops, soft hyphens", "http://３221225985/ http://192。513/ http://322122598\xc2\xad" "5/", {ip},
           {{"３221225985", "url-host", v4, ip}, {"192。513", "url-host", v4, ip}, {"322122598\xc2\xad" "5", "url-host", v4, ip}}},
          {"octal in URLs, decimal as token: both", "http://192.0.2.010/", {"192.0.2.8", "192.0.2.10"},
           {{"192.0.2.010", "url-host", "ipv4 192.0.2.8", "192.0.2.8"}, {"192.0.2.010", "exact", "ipv4 192.0.2.10", "192.0.2.10"}}},
          {"between equals the smaller value stays", "http://192.0.2.010/", {"192.0.2.0/24"}, {{"192.0.2.010", "range", net, "192.0.2.10"}}},
          {"between equals the longer range stays", "http://192.0.2.1./x", {"192.0.2.0/24"}, {{"192.0.2.1.", "range", net, ip}}},
          {"a trailing dot is the URL's host's own", "http://evil.example./x", {evil}, {{"evil.example.", "url-host", domain, evil}}},
          {"hosts with IDN", "http://bücher.example/", {"bücher.example"},
           {{"bücher.example", "url-host", "domain xn--bcher-kva.example", "xn--bcher-kva.example"}}},
          {"the host of a nested URL", "http://other.example/?u=http://evil.example/a", {evil}, {{evil, "url-host", domain}}},
          {"a name in a path is no host", "http://other.example/get/evil.example", {evil}, {{evil, "exact", domain}}},
          {"a name in userinfo is no host", "http://evil.example@other.example/", {evil}, {{evil, "exact", domain}}},
          {"exact-only holds for hosts of URLs", "http://cdn.evil.example/", {"evil.example | exact-only"}, {}},
          {"exact-only at the name itself", "http://evil.example/", {"evil.example | exact-only"}, {{evil, "url-host", domain}}},
          {"a public suffix is no parent of a URL's host", "http://evil.co.uk/", {"co.uk"}, {}},
          {"host and token at one place are one detection", "http://evil.example/ evil.example", {evil},
           {{evil, "url-host", domain, {}, 1}, {evil, "exact", domain, {}, 2}}},
      });
}

void add_mask_cases(std::vector<DefinitionCase>& table) {
  constexpr std::string_view below = "*.evil.example/a*", only = "evil.example/a*";
  const auto covered = [](std::string_view raw, std::string_view mask, std::string_view value) { return ExpectedHit{raw, "mask", mask, value}; };
  table.insert(
      table.end(),
      {
          {"a path prefix", "http://evil.example/abc", {only}, {covered("http://evil.example/abc", "url-mask evil.example/a*", "evil.example/abc")}},
          {"the prefix itself", "http://evil.example/a", {only}, {covered("http://evil.example/a", "url-mask evil.example/a*", "evil.example/a")}},
          {"another path", "http://evil.example/b/a", {only}, {}},
          {"the host must be equal", "http://www.evil.example/abc", {only}, {}},
          {"*. covers below", "http://www.evil.example/abc", {below},
           {covered("http://www.evil.example/abc", "url-mask *.evil.example/a*", "www.evil.example/abc")}},
          {"and the host itself", "http://evil.example/abc", {below},
           {covered("http://evil.example/abc", "url-mask *.evil.example/a*", "evil.example/abc")}},
          {"a label border is needed", "http://notevil.example/abc", {below}, {}},
          {"the query belongs to the path", "http://evil.example/a?x=1", {only},
           {covered("http://evil.example/a?x=1", "url-mask evil.example/a*", "evil.example/a?x=1")}},
          {"without port any port", "http://evil.example:8080/abc", {only},
           {covered("http://evil.example:8080/abc", "url-mask evil.example/a*", "evil.example:8080/abc")}},
          {"with port only that", "http://evil.example:8080/abc http://evil.example:8081/abc", {"evil.example:8080/a*"},
           {covered("http://evil.example:8080/abc", "url-mask evil.example:8080/a*", "evil.example:8080/abc")}},
          {"without * at the end the path is whole", "http://www.evil.example/a http://www.evil.example/ab", {"*.evil.example/a"},
           {covered("http://www.evil.example/a", "url-mask *.evil.example/a", "www.evil.example/a")}},
          {"masks cover URLs without scheme", "www.evil.example/abc", {below},
           {covered("www.evil.example/abc", "url-mask *.evil.example/a*", "www.evil.example/abc")}},
          {"a name alone is no URL", "www.evil.example", {below}, {}},
          {"several masks: all are reported", "http://evil.example/abc", {below, only},
           {covered("http://evil.example/abc", "url-mask *.evil.example/a*", "evil.example/abc"),
            covered("http://evil.example/abc", "url-mask evil.example/a*", "evil.example/abc")}},
          {"mask, URL and host together", "http://evil.example/a", {only, page, evil},
           {covered("http://evil.example/a", "url-mask evil.example/a*", "evil.example/a"), {page, "exact", url, key}, {evil, "url-host", domain}}},
          {"a mask's host may be an address", "http://192.0.2.1/abc http://[2001:DB8::1]/abc", {"192.0.2.1/a*", "[2001:db8::1]/a*"},
           {covered("http://192.0.2.1/abc", "url-mask 192.0.2.1/a*", "192.0.2.1/abc"),
            covered("http://[2001:DB8::1]/abc", "url-mask [2001:db8::1]/a*", "[2001:db8::1]/abc")}},
          {"masks compare the canonical path", "http://evil.example/x/../%61bc", {only},
           {covered("http://evil.example/x/../%61bc", "url-mask evil.example/a*", "evil.example/abc")}},
      });
}

void add_order_cases(std::vector<DefinitionCase>& table) {
  table.insert(table.end(),
               {
                   {"once per offset and indicator, each offset anew", "evil.example evil.example", {evil},
                    {{evil, "exact", domain, {}, 1}, {evil, "exact", domain, {}, 2}}},
                   {"feeds are joined and sorted", evil, {"evil.example | feed=z", "evil.example | feed=a"}, {{evil, "exact", domain, {}, 1, "a,z"}}},
                   {"a token may match indicators of several kinds", "<bob@evil.example>", {"bob@evil.example", evil},
                    {{"bob@evil.example", "exact", "email bob@evil.example"}, {evil, "email-host", domain}}},
                   {"name and address of one line", "evil.example 192.0.2.1", {"192.0.2.1", evil},
                    {{evil, "exact", domain}, {"192.0.2.1", "exact", "ipv4 192.0.2.1"}}},
                   {"exact before subdomain at the same place", "a.evil.example", {evil, "a.evil.example"},
                    {{"a.evil.example", "exact", "domain a.evil.example"}, {"a.evil.example", "subdomain", domain}}},
                   {"a hash in a name is both", "00112233445566778899aabbccddeeff.evil.example", {"00112233445566778899aabbccddeeff", evil},
                    {{"00112233445566778899aabbccddeeff", "exact", "md5 00112233445566778899aabbccddeeff"},
                     {"00112233445566778899aabbccddeeff.evil.example", "subdomain", domain}}},
                   {"nothing in, nothing out", evil, {}, {}},
               });
}

void add_validity_cases(std::vector<DefinitionCase>& table) {
  constexpr std::string_view november = "evil.example | from=2026-11-01T00:00:00Z | until=2026-12-01T00:00:00Z";
  table.insert(table.end(),
               {
                   {"within the window", evil, {november}, {{evil, "exact", domain}}, "2026-11-15T00:00:00Z"},
                   {"valid_from belongs to it", evil, {november}, {{evil, "exact", domain}}, "2026-11-01T00:00:00Z"},
                   {"a moment before does not", evil, {november}, {}, "2026-10-31T23:59:59.999Z"},
                   {"the last moment does", evil, {november}, {{evil, "exact", domain}}, "2026-11-30T23:59:59.999Z"},
                   {"valid_until does not", evil, {november}, {}, "2026-12-01T00:00:00Z"},
                   {"open at the end", evil, {"evil.example | from=2026-11-01T00:00:00Z"}, {{evil, "exact", domain}}, "2099-01-01T00:00:00Z"},
                   {"open at the start", evil, {"evil.example | until=2026-11-01T00:00:00Z"}, {{evil, "exact", domain}}, "1999-01-01T00:00:00Z"},
                   {"times within a day", evil, {"evil.example | from=2026-11-01T12:34:56.789Z"}, {}, "2026-11-01T12:34:56.788Z"},
                   {"to the millisecond", evil, {"evil.example | from=2026-11-01T12:34:56.789Z"}, {{evil, "exact", domain}}, "2026-11-01T12:34:56.789Z"},
                   {"only feeds whose word counts are listed", evil, {november, "evil.example | feed=g | until=2026-11-10T00:00:00Z"},
                    {{evil, "exact", domain}}, "2026-11-15T00:00:00Z"},
                   {"both while both count", evil, {november, "evil.example | feed=g | until=2026-11-10T00:00:00Z"},
                    {{evil, "exact", domain, {}, 1, "f,g"}}, "2026-11-05T00:00:00Z"},
                   {"the same feed twice: the window is widened", evil,
                    {november, "evil.example | from=2027-01-01T00:00:00Z | until=2027-02-01T00:00:00Z"}, {{evil, "exact", domain}}, "2026-12-15T00:00:00Z"},
                   {"an open end stays open", evil, {november, "evil.example | from=2026-11-05T00:00:00Z"}, {{evil, "exact", domain}}, "2028-01-01T00:00:00Z"},
                   {"validity holds for ranges", "192.0.2.1", {"192.0.2.0/24 | until=2026-11-01T00:00:00Z"}, {}, "2026-11-01T00:00:00Z"},
                   {"and for URLs", page, {"http://evil.example/a | until=2026-11-01T00:00:00Z"}, {}, "2026-11-01T00:00:00Z"},
               });
}

void add_suppression_cases(std::vector<DefinitionCase>& table) {
  const auto hidden = [](std::string_view raw, std::string_view relation, std::string_view indicator, std::string_view observed = {}) {
    return ExpectedHit{raw, relation, indicator, observed, 1, "f", true};
  };
  table.insert(
      table.end(),
      {
          {"the same name", evil, {evil, "! evil.example"}, {hidden(evil, "exact", domain)}},
          {"another name", evil, {evil, "! good.example"}, {{evil, "exact", domain}}},
          {"the observed value alone", "good.evil.example www.evil.example", {evil, "! good.evil.example"},
           {hidden("good.evil.example", "subdomain", domain), {"www.evil.example", "subdomain", domain}}},
          {"below the entry", "cdn.evil.example", {"cdn.evil.example", "! evil.example"}, {hidden("cdn.evil.example", "exact", "domain cdn.evil.example")}},
          {"an exact-only entry", evil, {evil, "! evil.example | exact-only"}, {hidden(evil, "exact", domain)}},
          {"not below an exact-only entry", "cdn.evil.example", {"cdn.evil.example", "! evil.example | exact-only"}, {{"cdn.evil.example", "exact", "domain cdn.evil.example"}}},
          {"exact-only and not: the wider holds", "cdn.evil.example", {"cdn.evil.example", "! evil.example | exact-only", "! evil.example"},
           {hidden("cdn.evil.example", "exact", "domain cdn.evil.example")}},
          {"a URL not by an exact-only parent of its host", "http://www.evil.example/a", {"http://www.evil.example/a", "! evil.example | exact-only"},
           {{"http://www.evil.example/a", "exact", "url www.evil.example/a", "www.evil.example/a"}}},
          {"not below a public suffix", "evil.co.uk", {"evil.co.uk", "! co.uk"}, {{"evil.co.uk", "exact", "domain evil.co.uk"}}},
          {"the same address", "192.0.2.1", {"192.0.2.1", "! 192.0.2.1"}, {hidden("192.0.2.1", "exact", "ipv4 192.0.2.1")}},
          {"an address inside a range", "192.0.2.1", {"192.0.2.1", "! 192.0.2.0/24"}, {hidden("192.0.2.1", "exact", "ipv4 192.0.2.1")}},
          {"an address outside", "192.0.2.1", {"192.0.2.1", "! 198.51.100.0/24"}, {{"192.0.2.1", "exact", "ipv4 192.0.2.1"}}},
          {"one address of a range", "192.0.2.1 192.0.2.2", {"192.0.2.0/24", "! 192.0.2.1"},
           {hidden("192.0.2.1", "range", "ipv4-range 192.0.2.0/24"), {"192.0.2.2", "range", "ipv4-range 192.0.2.0/24"}}},
          {"a range that lies in an entry", "192.0.2.1", {"192.0.2.0/28", "! 192.0.2.0/24"}, {hidden("192.0.2.1", "range", "ipv4-range 192.0.2.0/28")}},
          {"IPv6 in a range", "2001:db8::1", {"2001:db8::1", "! 2001:db8::/32"}, {hidden("2001:db8::1", "exact", "ipv6 2001:db8::1")}},
          {"a URL by its host", page, {page, "! evil.example"}, {hidden(page, "exact", url, key)}},
          {"a URL by a parent of its host", "http://www.evil.example/a", {"http://www.evil.example/a", "! evil.example"},
           {hidden("http://www.evil.example/a", "exact", "url www.evil.example/a", "www.evil.example/a")}},
          {"a URL by the range of its host", "http://192.0.2.1/a", {"http://192.0.2.1/a", "! 192.0.2.0/24"},
           {hidden("http://192.0.2.1/a", "exact", "url 192.0.2.1/a", "192.0.2.1/a")}},
          {"a URL by itself; its host stays", page, {page, evil, "! http://evil.example/a"}, {hidden(page, "exact", url, key), {evil, "url-host", domain}}},
          {"a URL by a mask", page, {page, "! evil.example/*"}, {hidden(page, "exact", url, key)}},
          {"an e-mail by its host", "<bob@evil.example>", {"bob@evil.example", "! evil.example"},
           {hidden("bob@evil.example", "exact", "email bob@evil.example")}},
          {"an e-mail by itself", "<bob@evil.example>", {"bob@evil.example", "! bob@evil.example"},
           {hidden("bob@evil.example", "exact", "email bob@evil.example")}},
          {"a hash by itself", "00112233445566778899aabbccddeeff", {"00112233445566778899aabbccddeeff", "! 00112233445566778899aabbccddeeff"},
           {hidden("00112233445566778899aabbccddeeff", "exact", "md5 00112233445566778899aabbccddeeff")}},
          {"the indicator's own value", "cdn.evil.example", {evil, "! evil.example"}, {hidden("cdn.evil.example", "subdomain", domain)}},
          {"an entry below the indicator leaves the rest", evil, {evil, "! www.evil.example"}, {{evil, "exact", domain}}},
          {"a mask by its host", "http://www.evil.example/abc", {"*.evil.example/a*", "! evil.example"},
           {hidden("http://www.evil.example/abc", "mask", "url-mask *.evil.example/a*", "www.evil.example/abc")}},
          {"a mask by its host, where the URL reads like the mask", "http://*.co.uk/*", {"*.co.uk/*", "! co.uk"},
           {hidden("http://*.co.uk/*", "mask", "url-mask *.co.uk/*", "*.co.uk/*"), hidden("co.uk/*", "mask", "url-mask *.co.uk/*")}},
          {"the same mask", "http://evil.example/abc", {"evil.example/a*", "! evil.example/a*"},
           {hidden("http://evil.example/abc", "mask", "url-mask evil.example/a*", "evil.example/abc")}},
          {"a URL's host by name", page, {evil, "! evil.example"}, {hidden(evil, "url-host", domain)}},
      });
}

std::vector<DefinitionCase> definition_table() {
  std::vector<DefinitionCase> table;
  add_line_cases(table);
  add_json_cases(table);
  add_host_cases(table);
  add_address_cases(table);
  add_hash_and_email_cases(table);
  add_url_cases(table);
  add_url_host_cases(table);
  add_mask_cases(table);
  add_order_cases(table);
  add_validity_cases(table);
  add_suppression_cases(table);
  return table;
}

}  // namespace mozu::match::reference
