// The portal's pages and files as browsers get them.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>

#include "house.hpp"

namespace mozu::server::test {
namespace {

// printf '<!doctype html><title>Mozu</title>' | gzip -9n
constexpr std::uint8_t page[] = {31,  139, 8,   0,  0,   0,  0,   0,   2,   3,   179, 81,  76,  201, 79,  46, 169, 44,  72, 85,  200, 40, 201, 205, 177,
                                 179, 41,  201, 44, 201, 73, 181, 243, 205, 175, 42,  181, 209, 135, 176, 1,  205, 213, 23, 209, 34,  0,  0,   0};
constexpr std::string_view page_text = "<!doctype html><title>Mozu</title>";
// printf 'export {};' | gzip -9n
constexpr std::uint8_t script[] = {31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 75, 173, 40, 200, 47, 42, 81, 168, 174, 181, 6, 0, 198, 71, 37, 215, 10, 0, 0, 0};
constexpr std::array<PortalFile, 3> files = {{{"assets/index-1a.js", "text/javascript; charset=utf-8", "\"22\"", script},
                                              {"icon.js", "text/javascript; charset=utf-8", "\"33\"", script},
                                              {"index.html", "text/html; charset=utf-8", "\"11\"", page}}};

Settings with_portal() {
  Settings s;
  s.portal = files;
  return s;
}

TEST(Portal, EveryPageIsTheSameFile) {
  House house(with_portal());
  Wire wire(house.port());
  for (const std::string_view at :
       {"/", "/actors", "/actors/intrusion-set--1", "/attack/T1059.001", "/lookup?value=evil.example", "/reviews/x", "/admin/audit"}) {
    const Answer a = wire.ask("GET", at);
    EXPECT_EQ(a.status, 200) << at;
    EXPECT_EQ(a.body, page_text) << at;
    EXPECT_EQ(a.header("content-type"), "text/html; charset=utf-8");
    EXPECT_EQ(a.header("cache-control"), "no-cache");
  }
}

TEST(Portal, WhatIsNoPageStaysAbsent) {
  House house(with_portal());
  Wire wire(house.port());
  for (const std::string_view at : {"/nowhere", "/api", "/api/v1/nothing", "/assets/other.js", "/actors/a/b", "/taxii2/x"}) {
    const Answer a = wire.ask("GET", at);
    EXPECT_EQ(a.status, 404) << at;
    EXPECT_EQ(a.header("content-type"), "application/problem+json") << at;
  }
  EXPECT_EQ(wire.ask("POST", "/actors").status, 405);
}

TEST(Portal, WhoMistypesAnAddressIsToldByThePortalAndProgramsByAProblem) {
  House house(with_portal());
  Wire wire(house.port());
  const std::string browser = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n";
  for (const std::string_view at : {"/nowhere", "/drafts", "/actors/a/b"}) {
    const Answer a = wire.ask("GET", at, browser + "If-None-Match: \"11\"\r\n");
    EXPECT_EQ(a.status, 404) << at;
    EXPECT_EQ(a.body, page_text) << at;
    EXPECT_EQ(a.header("content-type"), "text/html; charset=utf-8") << at;
    EXPECT_EQ(a.header("content-security-policy"), wire.ask("GET", "/").header("content-security-policy")) << at;
    EXPECT_EQ(wire.ask("GET", at, "Accept: */*\r\n").header("content-type"), "application/problem+json") << at;
  }
  for (const std::string_view at : {"/api/v1/nothing", "/taxii2/x", "/assets/other.js"}) {
    const Answer a = wire.ask("GET", at, browser);
    EXPECT_EQ(a.status, 404) << at;
    EXPECT_EQ(a.header("content-type"), "application/problem+json") << at;
  }
  EXPECT_EQ(wire.ask("POST", "/nowhere", browser).header("content-type"), "application/problem+json");
}

TEST(Portal, PolicyAllowsTheServerAloneAndStandsAlone) {
  House house(with_portal());
  Wire wire(house.port());
  const Answer a = wire.ask("GET", "/");
  ASSERT_EQ(a.headers.count("content-security-policy"), 1U);
  const std::string policy = a.header("content-security-policy");
  EXPECT_NE(policy.find("default-src 'none'"), policy.npos);
  EXPECT_NE(policy.find("script-src 'self';"), policy.npos);
  EXPECT_EQ(policy.find("unsafe"), policy.npos);
  EXPECT_EQ(policy.find("http"), policy.npos);
  // The API keeps the stricter one.
  const Answer api = wire.ask("GET", "/healthz");
  EXPECT_EQ(api.headers.count("content-security-policy"), 1U);
  EXPECT_EQ(api.header("content-security-policy").find("self"), std::string::npos);
}

TEST(Portal, FilesArePackedAndNamedByContent) {
  House house(with_portal());
  Wire wire(house.port());
  const Answer packed = wire.ask("GET", "/assets/index-1a.js", "Accept-Encoding: gzip, zstd\r\n");
  EXPECT_EQ(packed.status, 200);
  EXPECT_EQ(packed.header("content-encoding"), "gzip");
  EXPECT_EQ(packed.header("vary"), "Accept-Encoding");
  EXPECT_EQ(packed.body, std::string(script, script + sizeof(script)));
  EXPECT_EQ(packed.header("cache-control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(wire.ask("GET", "/icon.js").header("cache-control"), "no-cache");
  const Answer plain = wire.ask("GET", "/assets/index-1a.js", "Accept-Encoding: gzip;q=0\r\n");
  EXPECT_EQ(plain.body, "export {};");
  EXPECT_EQ(plain.header("content-encoding"), "");
}

TEST(Portal, WhatTheBrowserHasIsNotSentAgain) {
  House house(with_portal());
  Wire wire(house.port());
  EXPECT_EQ(wire.ask("GET", "/").header("etag"), "\"11\"");
  const Answer same = wire.ask("GET", "/actors", "If-None-Match: \"11\"\r\n");
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body, "");
  EXPECT_EQ(wire.ask("GET", "/", "If-None-Match: \"22\"\r\n").status, 200);
}

TEST(Portal, AProgramWithoutItSaysSo) {
  House house;
  Wire wire(house.port());
  const Answer a = wire.ask("GET", "/");
  EXPECT_EQ(a.status, 200);
  EXPECT_TRUE(a.has("without its portal")) << a.body;
  EXPECT_EQ(wire.ask("GET", "/actors").status, 404);
}

}  // namespace
}  // namespace mozu::server::test
