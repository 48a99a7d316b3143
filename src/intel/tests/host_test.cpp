#include "mozu/intel/host.hpp"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <thread>
#include <vector>

namespace mozu::intel {
namespace {

TEST(CanonicalHost, FoldsAscii) {
  EXPECT_EQ(canonical_host("EVIL.Example"), "evil.example");
  EXPECT_EQ(canonical_host(""), "");
  EXPECT_EQ(canonical_host("a_b.Example."), "a_b.example.") << "no trimming, no check";
  EXPECT_EQ(canonical_host(std::string(5000, 'A')), std::string(5000, 'a')) << "ASCII always succeeds";
}

TEST(CanonicalHost, WritesPunycode) {
  EXPECT_EQ(canonical_host("bücher.example"), "xn--bcher-kva.example");
  EXPECT_EQ(canonical_host("BÜCHER.example"), "xn--bcher-kva.example");
  EXPECT_EQ(canonical_host("faß.example"), "xn--fa-hia.example") << "non-transitional keeps the sharp s";
  EXPECT_EQ(canonical_host("пример.рф"), "xn--e1afmkfd.xn--p1ai");
  EXPECT_EQ(canonical_host("evil。example"), "evil.example") << "ideographic full stop";
  EXPECT_EQ(canonical_host("ｅｖｉｌ.example"), "evil.example") << "full-width letters";
  EXPECT_EQ(canonical_host("ev\u00ADil.example"), "evil.example") << "soft hyphen is ignored";
  EXPECT_EQ(canonical_host("a_b.bücher.example"), "a_b.xn--bcher-kva.example") << "no STD3 rule";
  EXPECT_EQ(canonical_host("e\u0301.example"), canonical_host("\u00e9.example")) << "NFC";
}

TEST(CanonicalHost, RefusesWhatHasNoPunycode) {
  EXPECT_FALSE(canonical_host("\x80.example")) << "invalid UTF-8";
  EXPECT_FALSE(canonical_host("\xed\xa0\x80.example")) << "surrogate";
  EXPECT_FALSE(canonical_host("evil.example\uFF0Fpath")) << "full-width slash would forge a URL";
  EXPECT_FALSE(canonical_host("user\uFF20evil.example"));
  std::string longer;
  for (int i = 0; i < 64; ++i) longer += "ü";
  EXPECT_FALSE(canonical_host(longer + ".example")) << "label too long";
  EXPECT_FALSE(canonical_host("ü" + std::string(100000, 'a')));
  EXPECT_FALSE(canonical_host(std::string("ü\0x.example", 12)));
}

TEST(CanonicalHost, IsIdempotent) {
  for (const char* s : {"bücher.example", "пример.рф", "ｅｖｉｌ。example", "XN--BCHER-KVA.example", "日本語。jp", "ﬀ.example", "ⅷ.example", "①.example"}) {
    const auto once = canonical_host(s);
    ASSERT_TRUE(once) << s;
    EXPECT_EQ(canonical_host(*once), once);
  }
}

TEST(DomainName, FollowsTheLimitsOfDns) {
  for (const std::string& s : {std::string("evil.example"), std::string("a"), std::string("_dmarc.evil.example"), std::string("xn--p1ai"),
                               std::string("1.2.3.4a"), std::string(63, 'a') + ".example", std::string("-a-.example")})
    EXPECT_TRUE(is_domain_name(s)) << s;
  std::string why;
  const auto refused = [&](const std::string& s) {
    why.clear();
    return !is_domain_name(s, &why) && !why.empty();
  };
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused("."));
  EXPECT_TRUE(refused("a..b"));
  EXPECT_TRUE(refused("a.b."));
  EXPECT_TRUE(refused(".a.b"));
  EXPECT_TRUE(refused("1.2.3.4"));
  EXPECT_TRUE(refused("evil.123"));
  EXPECT_TRUE(refused("EVIL.example")) << "only canonical text is asked about";
  EXPECT_TRUE(refused("evil example"));
  EXPECT_TRUE(refused("bücher.example"));
  EXPECT_TRUE(refused(std::string(64, 'a') + ".example"));
  std::string full;
  for (int i = 0; i < 126; ++i) full += "a.";
  EXPECT_TRUE(is_domain_name(full + "b"));
  EXPECT_TRUE(refused(full + "bc"));
  EXPECT_FALSE(is_domain_name("a..b")) << "works without a reason asked for";
}

TEST(KnownTld, KnowsTheRootAndSpecialUse) {
  for (const char* s : {"com",     "uk",        "de",    "jp",    "info",     "museum", "xn--p1ai", "xyz", "zip", "example", "test",
                        "invalid", "localhost", "local", "onion", "internal", "alt",    "arpa",     "ck",  "za",  "mm"})
    EXPECT_TRUE(is_known_tld(s)) << s;
  for (const char* s : {"", "c", "exe", "dll", "zz", "co.uk", "lan", "COM", "c0m", "nosuchtld", "1", "123", "a-b", "\xc3\xa9"})
    EXPECT_FALSE(is_known_tld(s)) << s;
  EXPECT_FALSE(is_known_tld(std::string(300, 'a')));
  EXPECT_FALSE(is_known_tld(std::string_view("com\0", 4)));
}

TEST(KnownTld, MayBeAskedByManyThreads) {
  std::vector<std::thread> threads;
  std::array<int, 4> known{};
  for (std::size_t t = 0; t < known.size(); ++t)
    threads.emplace_back([&known, t] {
      for (int i = 0; i < 2000; ++i) known[t] += is_known_tld("com") + is_known_tld("online") + is_known_tld("exe");
    });
  for (auto& t : threads) t.join();
  for (const int k : known) EXPECT_EQ(k, 4000);
}

// Every rule of the packaged list against what the room says; the two are built from one source by Debian.
TEST(PublicSuffix, AgreesWithThePackagedList) {
  std::ifstream in("/usr/share/publicsuffix/public_suffix_list.dat");
  if (!in) GTEST_SKIP() << "the package publicsuffix is not installed";
  std::string line;
  bool icann = false;
  int rules = 0;
  while (std::getline(in, line)) {
    if (line.find("BEGIN ICANN") != line.npos) icann = true;
    if (line.find("END ICANN") != line.npos) icann = false;
    if (line.empty() || line.starts_with("//") || line.starts_with("!")) continue;
    if (line.starts_with("*.")) line.replace(0, 1, "anything");
    const auto host = canonical_host(line);
    ASSERT_TRUE(host) << line;
    EXPECT_TRUE(is_public_suffix(*host)) << line;
    EXPECT_EQ(is_icann_suffix(*host), icann) << line;
    if (icann) {
      EXPECT_TRUE(is_known_tld(std::string_view(*host).substr(host->rfind('.') + 1))) << line;
    }
    ++rules;
  }
  EXPECT_GT(rules, 8000);
}

TEST(PublicSuffix, KnowsBothSections) {
  EXPECT_TRUE(is_public_suffix("com"));
  EXPECT_TRUE(is_public_suffix("co.uk"));
  EXPECT_TRUE(is_public_suffix("github.io"));
  EXPECT_TRUE(is_public_suffix("anything.ck")) << "wildcard rule";
  EXPECT_FALSE(is_public_suffix("www.ck")) << "exception rule";
  EXPECT_FALSE(is_public_suffix("evil.example"));
  EXPECT_FALSE(is_public_suffix("example.co.uk"));
  EXPECT_FALSE(is_public_suffix("nosuchtld"));
  EXPECT_FALSE(is_public_suffix(""));
  EXPECT_TRUE(is_icann_suffix("co.uk"));
  EXPECT_FALSE(is_icann_suffix("github.io"));
  EXPECT_TRUE(is_icann_suffix("example"));
}

TEST(PublicSuffix, GivesTheRegistrableDomain) {
  EXPECT_EQ(registrable_domain("a.b.example.co.uk"), "example.co.uk");
  EXPECT_EQ(registrable_domain("evil.example"), "evil.example");
  EXPECT_EQ(registrable_domain("x.y.evil.example"), "evil.example");
  EXPECT_EQ(registrable_domain("user.github.io"), "user.github.io");
  EXPECT_EQ(registrable_domain("co.uk"), "");
  EXPECT_EQ(registrable_domain("com"), "");
  EXPECT_EQ(registrable_domain(""), "");
  EXPECT_EQ(registrable_domain(std::string(300, 'a') + ".com"), "");
  const std::string_view name = "deep.evil.example";
  EXPECT_EQ(registrable_domain(name).data(), name.data() + 5) << "points into the argument";
}

TEST(CanonicalHost, TakesWhatUts46TakesAndIdna2008DoesNot) {
  EXPECT_EQ(canonical_host("\xF0\x9F\x98\x80.evil.example"), "xn--e28h.evil.example");
  EXPECT_EQ(canonical_host("xn--e28h.evil.example"), "xn--e28h.evil.example");
}

}  // namespace
}  // namespace mozu::intel
