// Passwords, second factors, sessions, tokens; what each role may, on every route.
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

#include "house.hpp"
#include "mozu/base/text.hpp"
#include "secrets.hpp"

namespace mozu::server::test {
namespace {

std::string sign_in_body(std::string_view name, std::string_view word = password, std::string_view code = {}) {
  return fmt::format(R"({{"name":"{}","password":"{}","code":"{}"}})", name, word, code);
}

std::string member(const Answer& answer, std::string_view key) {
  const std::string quoted = fmt::format("\"{}\":\"", key);
  const auto at = answer.body.find(quoted);
  if (at == std::string::npos) return {};
  return answer.body.substr(at + quoted.size(), answer.body.find('"', at + quoted.size()) - at - quoted.size());
}

struct Browser {
  std::string cookie, csrf;
  std::string headers(bool with_csrf = true) const {
    return fmt::format("Cookie: {}\r\n{}", cookie, with_csrf ? fmt::format("X-CSRF-Token: {}\r\n", csrf) : "");
  }
};
Browser sign_in(House& house, std::string_view name) {
  const Answer in = house.ask("", "POST", "/api/v1/session", sign_in_body(name));
  EXPECT_EQ(in.status, 201) << in.body;
  const std::string set = in.header("set-cookie");
  return {set.substr(0, set.find(';')), member(in, "csrf")};
}

/// By another process: nobody tells the server.
void take_back(House& house, std::string_view name) {
  const auto user = house.accounts->user_named(name);
  ASSERT_TRUE(user && *user);
  const auto tokens = house.accounts->tokens((*user)->id);
  ASSERT_TRUE(tokens);
  for (const auto& token : *tokens) ASSERT_TRUE(house.accounts->remove_token(token.id));
}

// RFC 6238, appendix B: SHA-1, eight digits.
TEST(Totp, IsThatOfTheRfc) {
  const std::string secret = "12345678901234567890";
  for (const auto& [seconds, code] : {std::pair{59LL, "94287082"},
                                      {1111111109LL, "07081804"},
                                      {1111111111LL, "14050471"},
                                      {1234567890LL, "89005924"},
                                      {2000000000LL, "69279037"},
                                      {20000000000LL, "65353130"}})
    EXPECT_EQ(totp_code(secret, seconds / 30, 8), code);
  EXPECT_EQ(base32(secret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  EXPECT_EQ(from_base32("gezd gnbv gy3t qojq gezd gnbv gy3t qojq"), secret);
  EXPECT_FALSE(from_base32("GEZ1"));
}

TEST(Secrets, AKeyThatIsAPipeIsRefused) {
  House house;
  const std::string folder = house.folder + "/other";
  ASSERT_TRUE(std::filesystem::create_directory(folder));
  ASSERT_EQ(::mkfifo((folder + "/secret.key").c_str(), 0600), 0);
  const auto key = Identities::key_of(folder);
  ASSERT_FALSE(key.has_value());
  EXPECT_EQ(key.error().code, "secret-key");
}

TEST(Secrets, SealedTextOpensWithItsKeyAndContextOnly) {
  std::array<std::uint8_t, 32> key{}, other{};
  other[0] = 1;
  const std::string sealed = seal(key, "secret", "totp 1");
  EXPECT_EQ(unseal(key, sealed, "totp 1"), "secret");
  EXPECT_FALSE(unseal(other, sealed, "totp 1"));
  EXPECT_FALSE(unseal(key, sealed, "totp 2"));
  std::string changed = sealed;
  changed.back() = changed.back() == '0' ? '1' : '0';
  EXPECT_FALSE(unseal(key, changed, "totp 1"));
  EXPECT_FALSE(unseal(key, "zz", "totp 1"));
  EXPECT_NE(seal(key, "secret", "totp 1"), sealed);
}

TEST(Sessions, CookieIsForTheBrowserAloneAndNeedsItsCsrfToken) {
  House house;
  const Answer in = house.ask("", "POST", "/api/v1/session", sign_in_body("rea"));
  ASSERT_EQ(in.status, 201);
  const std::string set = in.header("set-cookie");
  for (const auto part : {"__Host-mozu=", "; Path=/", "; HttpOnly", "; Secure", "; SameSite=Strict"}) EXPECT_NE(set.find(part), std::string::npos) << part;
  EXPECT_TRUE(in.has(R"("role":"reader")"));
  const Browser browser = sign_in(house, "rea");
  EXPECT_EQ(house.ask("", "GET", "/api/v1/session", {}, browser.headers(false)).status, 200);
  const std::string token = R"({"name":"x","scopes":"read"})";
  const Answer without = house.ask("", "POST", "/api/v1/tokens", token, browser.headers(false));
  EXPECT_EQ(without.status, 403);
  EXPECT_EQ(member(without, "code"), "csrf");
  const Browser other = sign_in(house, "rea");
  EXPECT_EQ(house.ask("", "POST", "/api/v1/tokens", token, Browser{browser.cookie, other.csrf}.headers()).status, 403);
  EXPECT_EQ(house.ask("", "POST", "/api/v1/tokens", token, browser.headers()).status, 201);
  EXPECT_EQ(house.ask("", "DELETE", "/api/v1/session", {}, browser.headers()).status, 204);
  EXPECT_EQ(house.ask("", "GET", "/api/v1/session", {}, browser.headers()).status, 401);
  EXPECT_EQ(house.ask("", "GET", "/api/v1/session", {}, other.headers()).status, 200);
}

TEST(Sessions, PagesOfOtherPlacesSignNobodyIn) {
  House house;
  for (const auto* from : {"Origin: https://evil.example\r\n", "Origin: null\r\n", "Sec-Fetch-Site: cross-site\r\n", "Sec-Fetch-Site: same-site\r\n"}) {
    const Answer in = house.ask("", "POST", "/api/v1/session", sign_in_body("rea"), from);
    EXPECT_EQ(in.status, 403) << from;
    EXPECT_EQ(member(in, "code"), "csrf");
    EXPECT_EQ(in.header("set-cookie"), "");
    EXPECT_EQ(house.ask("", "POST", "/api/v1/welcome", "{}", from).status, 403);
    const Browser browser = sign_in(house, "rea");
    EXPECT_EQ(house.ask("", "DELETE", "/api/v1/tokens/999", {}, browser.headers() + from).status, 403) << "nor use a session, whatever they know";
  }
  EXPECT_EQ(house.ask("", "POST", "/api/v1/session", sign_in_body("rea"), "Origin: https://mozu.example\r\nSec-Fetch-Site: same-origin\r\n").status, 201)
      << "behind a proxy that puts another Host";
  EXPECT_EQ(house.ask("bob", "DELETE", "/api/v1/tokens/999", {}, "Origin: https://soar.example\r\n").status, 404) << "a token is never sent unasked";
}

TEST(Sessions, WhatPagesOfOtherPlacesMaySendUnaskedIsNoJson) {
  House house;
  const auto ask = [&](std::string_view type) {
    return Wire(house.port()).ask("POST", "/api/v1/session", fmt::format("Content-Type: {}\r\n", type), sign_in_body("rea"));
  };
  for (const auto* type : {"text/plain;json", "text/json", "application/x-www-form-urlencoded; a=json", "application/jsonp"})
    EXPECT_EQ(member(ask(type), "code"), "content-type") << type;
  for (const auto* type : {"application/json; charset=utf-8", "Application/JSON", "application/merge-patch+json"}) EXPECT_EQ(ask(type).status, 201) << type;
}

TEST(Sessions, ACookieThatWasPlantedIsNobodys) {
  House house;
  const Browser attacker = sign_in(house, "bob");
  const std::string made_up = "__Host-mozu=" + std::string(43, 'A');
  for (const std::string& planted : {attacker.cookie, made_up}) {
    const Answer in = house.ask("", "POST", "/api/v1/session", sign_in_body("rea"), fmt::format("Cookie: {}\r\n", planted));
    ASSERT_EQ(in.status, 201) << in.body;
    const std::string set = in.header("set-cookie");
    EXPECT_NE(set.substr(0, set.find(';')), planted);
    const Answer with_planted = house.ask("", "GET", "/api/v1/session", {}, fmt::format("Cookie: {}\r\n", planted));
    EXPECT_EQ(with_planted.status, planted == made_up ? 401 : 200);
    EXPECT_FALSE(with_planted.has(R"("rea")")) << "who planted it is not signed in as its victim";
  }
}

TEST(Sessions, End) {
  House house;
  const Browser browser = sign_in(house, "rea");
  house.now.ms += IdentityOptions{}.session_idle_ms - 1;
  EXPECT_EQ(house.ask("", "GET", "/api/v1/session", {}, browser.headers()).status, 200);
  house.now.ms += IdentityOptions{}.session_idle_ms + 1;
  EXPECT_EQ(house.ask("", "GET", "/api/v1/session", {}, browser.headers()).status, 401);
}

// The clock was a year ahead when all this happened, and then it was set right.
TEST(Clock, SetBackLetsNothingLastLonger) {
  House house;
  const auto right = house.now.ms.load();
  house.now.ms += std::int64_t{365} * 24 * 3'600'000;
  const Browser browser = sign_in(house, "rea");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(house.ask("", "POST", "/api/v1/session", sign_in_body("ann", "wrong password")).status, 401);
  for (int i = 0; i < 14; ++i) house.ask("", "POST", "/api/v1/session", sign_in_body("ann"));
  EXPECT_EQ(member(house.ask("", "POST", "/api/v1/session", sign_in_body("bob")), "code"), "too-many-sign-ins");
  house.now.ms = right;
  EXPECT_EQ(house.ask("", "GET", "/api/v1/session", {}, browser.headers()).status, 401) << "a session lives no longer than any from now on";
  EXPECT_EQ(house.ask("", "POST", "/api/v1/session", sign_in_body("bob")).status, 201) << "the address is not kept out for a year";
  EXPECT_EQ(house.ask("", "POST", "/api/v1/session", sign_in_body("ann")).status, 201) << "nor is the account locked for one";
}

TEST(Clock, SetBackDoesNotMakeTheMemoryOfATokenLast) {
  House house;
  EXPECT_EQ(house.ask("rea", "GET", "/api/v1/counts").status, 200);
  take_back(house, "rea");
  EXPECT_EQ(house.ask("rea", "GET", "/api/v1/counts").status, 200) << "remembered for a moment";
  house.now.ms -= 24 * 3'600'000;
  EXPECT_EQ(house.ask("rea", "GET", "/api/v1/counts").status, 401);
}

TEST(Sessions, SignInNeedsJson) {
  House house;
  Wire wire(house.port());
  EXPECT_EQ(wire.ask("POST", "/api/v1/session", "Content-Type: text/plain\r\n", sign_in_body("rea")).status, 415);
}

TEST(SignIn, WrongAndUnknownLookAlikeAndLock) {
  House house;
  const Answer wrong = house.ask("", "POST", "/api/v1/session", sign_in_body("rea", "wrong password"));
  const Answer unknown = house.ask("", "POST", "/api/v1/session", sign_in_body("nobody", "wrong password"));
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.body, unknown.body);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(house.ask("", "POST", "/api/v1/session", sign_in_body("rea", "wrong password")).status, 401);
  EXPECT_EQ(house.ask("", "POST", "/api/v1/session", sign_in_body("rea")).status, 429);
  house.now.ms += 61'000;
  EXPECT_EQ(house.ask("", "POST", "/api/v1/session", sign_in_body("rea")).status, 201);
  const Answer log = house.ask("adam", "GET", "/api/v1/audit?action=sign-in-failed");
  EXPECT_TRUE(log.has("sign-in-locked"));
}

TEST(SignIn, NamesThatAreNobodysLockLikeOthers) {
  House house;
  for (const std::string_view name : {"rea", "nobody"}) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(house.ask("", "POST", "/api/v1/session", sign_in_body(name, "wrong password")).status, 401) << name;
    EXPECT_EQ(member(house.ask("", "POST", "/api/v1/session", sign_in_body(name, "wrong password")), "code"), "sign-in-locked") << name;
  }
  house.now.ms += 61'000;
  for (const std::string_view name : {"rea", "nobody"}) {
    EXPECT_EQ(house.ask("", "POST", "/api/v1/session", sign_in_body(name, "wrong password")).status, 401) << name;
    EXPECT_EQ(house.ask("", "POST", "/api/v1/session", sign_in_body(name, "wrong password")).status, 429) << name;
  }
}

TEST(SignIn, OneNetworkOfIpv6IsOneAddress) {
  House house;
  const auto code = [&](std::string_view address, std::uint32_t i) {
    return house.identities->sign_in(fmt::format("nobody{}", i), "wrong password", {}, std::string(address)).error().code;
  };
  for (std::uint32_t i = 0; i < IdentityOptions{}.sign_ins_per_minute; ++i) EXPECT_EQ(code(fmt::format("2001:db8:0:1::{:x}", i + 1), i), "sign-in-refused");
  EXPECT_EQ(code("2001:db8:0:1:ffff::1", 100), "too-many-sign-ins");
  EXPECT_EQ(code("2001:db8:0:2::1", 101), "sign-in-refused");
  EXPECT_EQ(code("192.0.2.1", 102), "sign-in-refused");
}

TEST(SignIn, IsLimitedByAddress) {
  House house;
  for (std::uint32_t i = 0; i < IdentityOptions{}.sign_ins_per_minute; ++i)
    EXPECT_EQ(house.ask("", "POST", "/api/v1/session", sign_in_body(fmt::format("nobody{}", i))).status, 401);
  EXPECT_EQ(house.ask("", "POST", "/api/v1/session", sign_in_body("rea")).status, 429);
  house.now.ms += 60'000;
  EXPECT_EQ(house.ask("", "POST", "/api/v1/session", sign_in_body("rea")).status, 201);
}

TEST(SecondFactor, CodesAreGoodOnce) {
  House house;
  const Browser browser = sign_in(house, "rea");
  const Answer offered = house.ask("", "POST", "/api/v1/session/second-factor", {}, browser.headers());
  ASSERT_EQ(offered.status, 200);
  EXPECT_NE(member(offered, "uri").find("otpauth://totp/Mozu:rea?secret="), std::string::npos);
  const std::string secret = *from_base32(member(offered, "secret"));
  const auto code = [&] { return totp_code(secret, house.now.ms / 1000 / totp_step_seconds); };
  const auto confirm = [&](std::string_view with) {
    return house
        .ask("", "PUT", "/api/v1/session/second-factor",
             fmt::format(R"({{"password":"{}","secret":"{}","code":"{}"}})", password, member(offered, "secret"), with), browser.headers())
        .status;
  };
  EXPECT_EQ(confirm("000000") == 422 || code() == "000000", true);
  EXPECT_EQ(confirm(code()), 204);
  const Answer asked = house.ask("", "POST", "/api/v1/session", sign_in_body("rea"));
  EXPECT_EQ(asked.status, 401);
  EXPECT_EQ(member(asked, "code"), "code-needed");
  EXPECT_EQ(house.ask("", "POST", "/api/v1/session", sign_in_body("rea", password, code())).status, 201);
  EXPECT_EQ(house.ask("", "POST", "/api/v1/session", sign_in_body("rea", password, code())).status, 401);
  house.now.ms += 30'000;
  EXPECT_EQ(house.ask("", "POST", "/api/v1/session", sign_in_body("rea", password, code())).status, 201);
  EXPECT_EQ(house.ask("", "DELETE", "/api/v1/session/second-factor", R"({"password":"wrong"})", browser.headers()).status, 401);
  EXPECT_EQ(house.ask("", "DELETE", "/api/v1/session/second-factor", fmt::format(R"({{"password":"{}"}})", password), browser.headers()).status, 204);
  EXPECT_EQ(house.ask("", "POST", "/api/v1/session", sign_in_body("rea")).status, 201);
}

TEST(Tokens, AreNarrowExpireAndAreTakenBack) {
  House house;
  const Answer made = house.ask("ann", "POST", "/api/v1/tokens", R"({"name":"reader","scopes":"read lookup","days":1})");
  ASSERT_EQ(made.status, 201);
  const std::string token = member(made, "token");
  ASSERT_TRUE(token.starts_with("mozu_"));
  const std::string bearer = fmt::format("Authorization: Bearer {}\r\n", token);
  EXPECT_EQ(house.ask("", "GET", "/api/v1/counts", {}, bearer).status, 200);
  EXPECT_EQ(house.ask("", "GET", "/api/v1/imports", {}, bearer).status, 403);
  EXPECT_EQ(house.ask("", "POST", "/api/v1/tokens", R"({"name":"more","scopes":"all"})", bearer).status, 403) << "a narrow token must not make a wide one";
  EXPECT_EQ(house.ask("ann", "POST", "/api/v1/tokens", R"({"name":"x","scopes":"everything"})").status, 400);
  EXPECT_EQ(house.ask("ann", "POST", "/api/v1/tokens", R"({"name":"x"})").status, 400);
  std::string forged = token;
  forged.back() = forged.back() == 'A' ? 'B' : 'A';
  EXPECT_EQ(house.ask("", "GET", "/api/v1/counts", {}, fmt::format("Authorization: Bearer {}\r\n", forged)).status, 401);
  EXPECT_EQ(house.ask("", "GET", "/api/v1/counts", {}, "Authorization: Basic eDp5\r\n").status, 401);
  const std::string id = made.body.substr(6, made.body.find(',') - 6);
  EXPECT_EQ(house.ask("rea", "DELETE", "/api/v1/tokens/" + id).status, 404) << "another's";
  EXPECT_EQ(house.ask("ann", "DELETE", "/api/v1/tokens/" + id).status, 204);
  EXPECT_EQ(house.ask("", "GET", "/api/v1/counts", {}, bearer).status, 401);
  house.now.ms += std::int64_t{366} * 24 * 3'600'000;
  EXPECT_EQ(house.ask("ann", "GET", "/api/v1/counts").status, 401) << "expired";
}

TEST(People, WhoIsShutOutWhileTheBodyComesIsRefused) {
  House house;
  Application application(make_routes(*house.services), *house.identities, {});
  const auto begun = [&](std::string target, std::string_view who) {
    Request request;
    request.method = Method::post;
    request.raw_target = std::move(target);
    request.headers = {{"authorization", "Bearer " + house.tokens.find(who)->second}, {"content-type", "application/json"}};
    request.body = R"({"summary":"","full":"x"})";
    return request;
  };
  Request preview = begun("/api/v1/publications/preview", "ben"), import = begun("/api/v1/imports?source=late", "ben"),
          other = begun("/api/v1/publications/preview", "ann");
  const std::string file = house.folder + "/late.csv";
  std::ofstream(file) << "value\nlate.lynx.example\n";
  import.body_file = file;
  for (Request* one : {&preview, &import, &other}) ASSERT_FALSE(application.begin(*one));
  ASSERT_EQ(house.ask("root", "PATCH", "/api/v1/users/ben", R"({"disabled":true})").status, 200);
  EXPECT_EQ(application.run(preview).status, 401);
  EXPECT_EQ(application.run(import).status, 401);
  EXPECT_EQ(application.run(other).status, 200);
  other = begun("/api/v1/publications/preview", "ann");
  ASSERT_FALSE(application.begin(other));
  ASSERT_EQ(house.ask("root", "PATCH", "/api/v1/users/ann", R"({"role":"reader"})").status, 200);
  EXPECT_EQ(application.run(other).status, 403);
}

TEST(People, HaveMailAddressesThatAreSome) {
  House house;
  const std::string bad = R"("a@b.example\r\nRCPT TO:<evil@x>")";
  EXPECT_EQ(house.ask("root", "PATCH", "/api/v1/users/ben", R"({"email":)" + bad + "}").status, 422);
  EXPECT_EQ(house.ask("root", "POST", "/api/v1/users", R"({"name":"new","role":"reader","email":)" + bad + "}").status, 422);
  EXPECT_EQ(house.ask("root", "PATCH", "/api/v1/users/ben", R"({"email":"ben@mail.example"})").status, 200);
  EXPECT_EQ(house.ask("root", "PATCH", "/api/v1/users/ben", R"({"email":""})").status, 200);
}

TEST(People, AreManagedByAdministrators) {
  House house;
  EXPECT_EQ(house.ask("adam", "POST", "/api/v1/users", R"({"name":"new","role":"reader","password":"short"})").status, 422);
  EXPECT_EQ(house.ask("adam", "POST", "/api/v1/users", R"({"name":"new","role":"king","password":"correct horse battery"})").status, 422);
  EXPECT_EQ(house.ask("adam", "POST", "/api/v1/users", R"({"name":"new","role":"reader","password":"correct horse battery","organisation":99})").status, 403);
  EXPECT_EQ(house.ask("root", "POST", "/api/v1/users", R"({"name":"new","role":"reader","password":"correct horse battery","organisation":99})").status, 422);
  EXPECT_EQ(house.ask("adam", "POST", "/api/v1/users", R"({"name":"new","role":"reader","password":"correct horse battery"})").status, 201);
  EXPECT_EQ(house.ask("adam", "POST", "/api/v1/users", R"({"name":"New","role":"reader","password":"correct horse battery"})").status, 409);
  const Browser browser = sign_in(house, "new");
  const Answer listed = house.ask("adam", "GET", "/api/v1/users");
  EXPECT_TRUE(listed.has(R"("name":"new")"));
  EXPECT_FALSE(listed.has("argon2"));
  EXPECT_EQ(house.ask("adam", "PATCH", "/api/v1/users/new", R"({"disabled":true})").status, 200);
  EXPECT_EQ(house.ask("", "GET", "/api/v1/session", {}, browser.headers()).status, 401);
  EXPECT_EQ(house.ask("", "POST", "/api/v1/session", sign_in_body("new")).status, 401);
  EXPECT_EQ(house.ask("adam", "PATCH", "/api/v1/users/adam", R"({"role":"reader"})").status, 409);
  EXPECT_EQ(house.ask("adam", "DELETE", "/api/v1/users/adam").status, 409);
  EXPECT_EQ(house.ask("adam", "DELETE", "/api/v1/users/new").status, 204);
  EXPECT_EQ(house.ask("adam", "GET", "/api/v1/users/new").status, 404);
  EXPECT_EQ(house.ask("root", "POST", "/api/v1/organisations", R"({"name":"C"})").status, 201);
  EXPECT_EQ(house.ask("root", "PATCH", fmt::format("/api/v1/organisations/{}", house.b), R"({"disabled":true})").status, 200);
  EXPECT_EQ(house.ask("bob", "GET", "/api/v1/counts").status, 401);
  EXPECT_EQ(house.ask("root", "PATCH", "/api/v1/users/root", fmt::format(R"({{"organisation":{}}})", house.a)).status, 409)
      << "who administers all would no longer";
  EXPECT_EQ(house.ask("root", "GET", "/api/v1/plans").status, 200);
  EXPECT_TRUE(house.accounts->verify_audit());
}

TEST(People, OfAnOrganisationAreAdministeredByItsAdministratorsWithinTheirOwn) {
  House house;
  const auto patch = [&](std::string_view who, std::string_view whom, const std::string& body) {
    return house.ask(who, "PATCH", fmt::format("/api/v1/users/{}", whom), body).status;
  };
  EXPECT_EQ(patch("root", "adam", R"({"clearance":"amber"})"), 200);
  for (const auto* whom : {"adam", "rea"}) {
    EXPECT_EQ(patch("adam", whom, fmt::format(R"({{"organisation":{}}})", house.b)), 403);
    EXPECT_EQ(patch("adam", whom, R"({"organisation":0})"), 403);
  }
  EXPECT_EQ(patch("adam", "adam", R"({"clearance":"red"})"), 403);
  EXPECT_EQ(patch("adam", "rea", R"({"role":"reader"})"), 200) << "what others granted stays";
  for (const auto* key :
       {R"({"password":"another good password"})", R"({"second_factor":false})", R"({"external":"subject CN=rea"})", R"({"email":"adam@example.com"})"})
    EXPECT_EQ(patch("adam", "rea", key), 403) << "who is cleared for more than adam: " << key;
  EXPECT_EQ(patch("adam", "rea", R"({"clearance":"green"})"), 200);
  EXPECT_EQ(patch("adam", "rea", R"({"password":"another good password","email":"rea@example.com"})"), 200);
  EXPECT_EQ(patch("adam", "rea", R"({"external":"subject CN=sensor 7,O=B"})"), 403) << "it may be another organisation's";
  EXPECT_EQ(patch("root", "rea", R"({"external":"subject CN=sensor 7,O=A"})"), 200);
  EXPECT_EQ(patch("adam", "rea", R"({"external":"subject CN=sensor 7,O=A","role":"reader"})"), 200) << "as it was";
  EXPECT_EQ(patch("adam", "rea", R"({"clearance":"red"})"), 403);
  EXPECT_EQ(patch("adam", "rea", R"({"clearance":"amber"})"), 200);
  for (const auto* whom : {"bob", "root"}) {
    const std::string target = fmt::format("/api/v1/users/{}", whom);
    EXPECT_EQ(house.ask("adam", "GET", target).status, 404);
    EXPECT_EQ(patch("adam", whom, R"({"password":"another good password"})"), 404);
    EXPECT_EQ(house.ask("adam", "DELETE", target).status, 404);
    EXPECT_FALSE(house.ask("adam", "GET", "/api/v1/users").has(fmt::format(R"("name":"{}")", whom)));
  }
  const auto add = [&](const std::string& rest) {
    return house.ask("adam", "POST", "/api/v1/users", fmt::format(R"({{"name":"new","role":"reader","password":"{}"{}}})", password, rest));
  };
  EXPECT_EQ(add(fmt::format(R"(,"organisation":{})", house.b)).status, 403);
  EXPECT_EQ(add(R"(,"organisation":0)").status, 403);
  EXPECT_EQ(add(R"(,"clearance":"red")").status, 403);
  EXPECT_EQ(add(R"(,"external":"oidc https://idp.example.com bob")").status, 403);
  const Answer made = add("");
  EXPECT_EQ(made.status, 201);
  EXPECT_TRUE(made.has(fmt::format(R"("organisation":{},"clearance":"TLP:AMBER")", house.a))) << made.body;
  EXPECT_EQ(house.ask("adam", "POST", "/api/v1/organisations", R"({"name":"C"})").status, 403);
  EXPECT_EQ(house.ask("adam", "PATCH", fmt::format("/api/v1/organisations/{}", house.a), R"({"name":"C"})").status, 403);
  EXPECT_FALSE(house.ask("adam", "GET", "/api/v1/organisations").has(fmt::format(R"("id":{})", house.b)));
  EXPECT_TRUE(house.ask("root", "GET", "/api/v1/organisations").has(fmt::format(R"("id":{})", house.b)));
  EXPECT_EQ(patch("root", "bob", fmt::format(R"({{"organisation":{}}})", house.a)), 200);
  EXPECT_EQ(patch("root", "root", fmt::format(R"({{"organisation":{}}})", house.a)), 409) << "nobody would look after the installation then";
}

TEST(People, AChangeOfAUserThatIsAnotherByNowIsRefused) {
  House house;
  const auto patch = [&](std::string_view body, const std::string& match) {
    return house.ask("adam", "PATCH", "/api/v1/users/rea", body, match.empty() ? match : fmt::format("If-Match: {}\r\n", match));
  };
  const auto version = [](const Answer& a) {
    const auto at = a.body.find(R"("version":")");
    EXPECT_NE(at, std::string::npos) << a.body;
    return fmt::format("\"{}\"", a.body.substr(at + 11, 16));
  };
  const std::string first = version(house.ask("adam", "GET", "/api/v1/users/rea"));
  const Answer named = patch(R"({"email":"rea@example.com"})", first);
  EXPECT_EQ(named.status, 200) << named.body;
  EXPECT_NE(version(named), first);
  const Answer late = patch(R"({"role":"analyst"})", first);
  EXPECT_EQ(late.status, 412) << "it has an address by now";
  EXPECT_TRUE(late.has(R"("code":"conflict")"));
  EXPECT_TRUE(house.ask("adam", "GET", "/api/v1/users/rea").has(R"("role":"reader")"));
  sign_in(house, "rea");
  EXPECT_EQ(patch(R"({"role":"analyst"})", version(named)).status, 200) << "that somebody signs in changes nothing of what is administered";
  EXPECT_EQ(patch(R"({"role":"reader"})", "").status, 200);
  EXPECT_EQ(patch(R"({"role":"author"})", "*").status, 200);
}

TEST(People, AnAuditLogShowsTheOwnOrganisationAlone) {
  House house;
  sign_in(house, "bob");
  sign_in(house, "rea");
  house.ask("", "POST", "/api/v1/session", R"({"name":"bob","password":"not this one"})");
  house.ask("", "POST", "/api/v1/session", R"({"name":"nobody-here","password":"not this one"})");
  EXPECT_EQ(house.ask("root", "POST", "/api/v1/organisations", R"({"name":"Secret customer"})").status, 201);
  const Answer log = house.ask("adam", "GET", "/api/v1/audit");
  EXPECT_TRUE(log.has("rea"));
  for (const auto* other : {"bob", "nobody-here", "Secret customer"}) {
    EXPECT_FALSE(log.has(other)) << other;
    EXPECT_TRUE(house.ask("root", "GET", "/api/v1/audit").has(other)) << other;
  }
}

TEST(People, WhatWasChangedOfThemIsInTheAuditLogButNoSecret) {
  House house;
  const Browser browser = sign_in(house, "rea");
  EXPECT_EQ(house.ask("adam", "PATCH", "/api/v1/users/rea", R"({"password":"short","role":"analyst"})").status, 422);
  EXPECT_TRUE(house.ask("adam", "GET", "/api/v1/users/rea").has(R"("role":"reader")")) << "all or nothing";
  EXPECT_EQ(house
                .ask("adam", "PATCH", "/api/v1/users/rea",
                     R"({"password":"another good password","role":"analyst","clearance":"green","email":"rea@example.com","unlock":true})")
                .status,
            200);
  EXPECT_EQ(house.ask("", "GET", "/api/v1/session", {}, browser.headers()).status, 401) << "who knew the old password is out";
  EXPECT_EQ(house.ask("", "POST", "/api/v1/session", sign_in_body("rea", "another good password")).status, 201);
  const Answer log = house.ask("adam", "GET", "/api/v1/audit?action=user-change");
  EXPECT_TRUE(log.has(R"("detail":"email, role analyst, clearance TLP:GREEN, password, unlocked)")) << log.body;
  EXPECT_FALSE(log.has("another good"));
  EXPECT_FALSE(log.has("argon2"));
}

TEST(People, SessionsThatEndedAreNotKept) {
  House house;
  const auto rea = (*house.accounts->user_named("rea"))->id;
  sign_in(house, "rea");
  sign_in(house, "rea");
  EXPECT_EQ(house.accounts->sessions(rea)->size(), 2U);
  house.now.ms += std::int64_t{9} * 3'600'000;
  sign_in(house, "rea");
  EXPECT_EQ(house.accounts->sessions(rea)->size(), 1U);
}

TEST(People, PasswordsAreChangedByWhoKnowsThem) {
  House house;
  const Browser browser = sign_in(house, "rea");
  EXPECT_EQ(house.ask("", "PUT", "/api/v1/session/password", R"({"old":"wrong","new":"another good password"})", browser.headers()).status, 401);
  EXPECT_EQ(house.ask("", "PUT", "/api/v1/session/password", fmt::format(R"({{"old":"{}","new":"short"}})", password), browser.headers()).status, 422);
  EXPECT_EQ(
      house.ask("", "PUT", "/api/v1/session/password", fmt::format(R"({{"old":"{}","new":"another good password"}})", password), browser.headers()).status,
      204);
  EXPECT_EQ(house.ask("", "GET", "/api/v1/session", {}, browser.headers()).status, 401) << "the old sessions end";
  EXPECT_EQ(house.ask("", "POST", "/api/v1/session", sign_in_body("rea")).status, 401);
  EXPECT_EQ(house.ask("", "POST", "/api/v1/session", sign_in_body("rea", "another good password")).status, 201);
}

std::string target_of(const Route& route) {
  std::string out;
  for (const std::string& part : route.parts) out += "/" + (part.starts_with('{') ? std::string("999999") : part);
  return out;
}

TEST(Permissions, EveryRouteAsEveryRole) {
  House house;
  const std::pair<std::string_view, Role> people[] = {
      {"root", Role::administrator}, {"ann", Role::analyst}, {"aki", Role::author}, {"rea", Role::reader}, {"fee", Role::feed_client}};
  for (const Route& route : house.application->router().routes()) {
    const std::string target = target_of(route);
    const Answer nobody = house.ask("", name(route.method), target);
    if (route.permission == Permission::open) EXPECT_NE(nobody.status, 403) << target;
    else EXPECT_EQ(nobody.status, 401) << name(route.method) << " " << target;
    for (const auto& [who, role] : people) {
      const Answer answer = house.ask(who, name(route.method), target);
      if (may(role, route.permission)) {
        EXPECT_NE(answer.status, 401) << who << " " << name(route.method) << " " << target << " " << answer.body;
        EXPECT_FALSE(answer.status == 403 && member(answer, "code") == "not-permitted") << who << " " << name(route.method) << " " << target;
        EXPECT_NE(answer.status, 500) << who << " " << name(route.method) << " " << target << " " << answer.body << house.log();
      } else {
        EXPECT_EQ(answer.status, 403) << who << " " << name(route.method) << " " << target;
      }
    }
  }
}

}  // namespace
}  // namespace mozu::server::test
