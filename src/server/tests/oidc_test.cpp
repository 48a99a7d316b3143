// Signing in at an OpenID provider: tokens that are forged, old or for others, and ways back that nobody began. tests/clients has a real provider.
#include "oidc.hpp"

#include <cjose/cjose.h>
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "house.hpp"

namespace mozu::server::test {
namespace {

constexpr std::string_view issuer = "https://idp.example.com/realms/x";
constexpr std::int64_t now_s = 1'793'000'000;

struct ReleaseKey {
  void operator()(cjose_jwk_t* k) const { cjose_jwk_release(k); }
};
struct SigningKey {
  std::unique_ptr<cjose_jwk_t, ReleaseKey> key;
  std::string id;
  std::string json(bool whole) const {
    cjose_err error{};
    char* text = cjose_jwk_to_json(key.get(), whole, &error);
    std::string out = text;
    std::free(text);
    return out;
  }
};
SigningKey named(cjose_jwk_t* key, const std::string& id) {
  cjose_err error{};
  cjose_jwk_set_kid(key, id.data(), id.size(), &error);
  return {std::unique_ptr<cjose_jwk_t, ReleaseKey>(key), id};
}
SigningKey rsa(const std::string& id, std::size_t bits = 2048) {
  static constexpr unsigned char exponent[] = {1, 0, 1};
  cjose_err error{};
  return named(cjose_jwk_create_RSA_random(bits, exponent, sizeof exponent, &error), id);
}
SigningKey elliptic(const std::string& id) {
  cjose_err error{};
  return named(cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &error), id);
}

std::string sign(const SigningKey& key, const char* algorithm, std::string_view claims, const std::string& key_id) {
  cjose_err error{};
  const std::unique_ptr<cjose_header_t, void (*)(cjose_header_t*)> header(cjose_header_new(&error), cjose_header_release);
  cjose_header_set(header.get(), CJOSE_HDR_ALG, algorithm, &error);
  if (!key_id.empty()) cjose_header_set(header.get(), CJOSE_HDR_KID, key_id.c_str(), &error);
  const std::unique_ptr<cjose_jws_t, void (*)(cjose_jws_t*)> jws(
      cjose_jws_sign(key.key.get(), header.get(), reinterpret_cast<const std::uint8_t*>(claims.data()), claims.size(), &error), cjose_jws_release);
  const char* text = nullptr;
  if (jws == nullptr || !cjose_jws_export(jws.get(), &text, &error)) return {};
  return text;
}
std::string sign(const SigningKey& key, const char* algorithm, std::string_view claims) { return sign(key, algorithm, claims, key.id); }

std::string claims(std::string_view rest = {}, std::int64_t expires = now_s + 300, std::string_view who = "8c2f", std::string_view from = issuer,
                   std::string_view audience = R"("mozu")", std::string_view nonce = "n-1", std::int64_t issued = now_s) {
  return fmt::format(R"({{"iss":"{}","aud":{},"sub":"{}","exp":{},"iat":{},"nonce":"{}"{}}})", from, audience, who, expires, issued, nonce, rest);
}

struct IdTokens : ::testing::Test {
  SigningKey first = rsa("first"), second = elliptic("second"), foreign = rsa("first"), weak = rsa("weak", 1024);
  std::string keys = fmt::format(R"({{"keys":[{},{},{}]}})", first.json(false), second.json(false), weak.json(false));
  Expected expected{std::string(issuer), "mozu", "n-1", Timestamp{now_s * 1000}};
  Result<std::string> check(const std::string& token) const { return subject_of_token(token, keys, expected); }
  std::string why(const std::string& token) const {
    const auto result = check(token);
    return result ? "taken" : result.error().message;
  }
};

TEST_F(IdTokens, OfTheProviderAreTaken) {
  EXPECT_EQ(check(sign(first, "RS256", claims())).value_or(""), "8c2f");
  EXPECT_EQ(check(sign(first, "PS256", claims())).value_or(""), "8c2f");
  EXPECT_EQ(check(sign(second, "ES256", claims())).value_or(""), "8c2f");
  EXPECT_EQ(check(sign(first, "RS256", claims(), "")).value_or(""), "8c2f") << "without the name of the key";
  EXPECT_EQ(check(sign(first, "RS256", claims(R"(,"azp":"mozu")", now_s + 300, "8c2f", issuer, R"(["other","mozu"])"))).value_or(""), "8c2f");
  EXPECT_EQ(check(sign(first, "RS256", claims({}, now_s - 30))).value_or(""), "8c2f") << "clocks differ by a minute";
}

TEST_F(IdTokens, ForgedOnesAreNot) {
  const std::string good = sign(first, "RS256", claims());
  EXPECT_NE(why(sign(foreign, "RS256", claims())).find("none of its keys"), std::string::npos);
  EXPECT_NE(why(sign(weak, "RS256", claims())).find("none of its keys"), std::string::npos) << "1024 bits";
  EXPECT_NE(why(sign(first, "RS256", claims(), "second")).find("none of its keys"), std::string::npos) << "a key of another kind";
  EXPECT_NE(why(sign(first, "RS256", claims(), "third")).find("none of its keys"), std::string::npos);
  // The public key as the secret of an HMAC: the oldest trick.
  const std::string secret = first.json(false);
  cjose_err error{};
  const SigningKey shared = named(cjose_jwk_create_oct_spec(reinterpret_cast<const std::uint8_t*>(secret.data()), secret.size(), &error), "first");
  EXPECT_NE(why(sign(shared, "HS256", claims())).find("no way to sign"), std::string::npos);
  // {"alg":"none"}, with and without a signature
  const auto dot = good.find('.'), last = good.rfind('.');
  EXPECT_NE(why("eyJhbGciOiJub25lIn0" + good.substr(dot, last - dot + 1)), "taken");
  EXPECT_NE(why("eyJhbGciOiJub25lIn0" + good.substr(dot)), "taken");
  std::string changed = good;
  changed[dot + 20] = changed[dot + 20] == 'A' ? 'B' : 'A';
  EXPECT_NE(why(changed), "taken");
  for (const std::string& broken : {std::string(), std::string("."), std::string(".."), std::string("a.b.c"), good.substr(0, last), good.substr(0, last + 1),
                                    good + ".x", std::string(100'000, '.')})
    EXPECT_NE(why(broken), "taken") << broken.substr(0, 40);
}

TEST_F(IdTokens, OfOthersForOthersAndOldOnesAreNot) {
  EXPECT_NE(why(sign(first, "RS256", claims({}, now_s - 61))).find("expired"), std::string::npos);
  EXPECT_NE(why(sign(first, "RS256", claims({}, now_s + 300, "8c2f", "https://evil.example"))).find("another issuer"), std::string::npos);
  EXPECT_NE(why(sign(first, "RS256", claims({}, now_s + 300, "8c2f", issuer, R"("other")"))).find("for another"), std::string::npos);
  EXPECT_NE(why(sign(first, "RS256", claims({}, now_s + 300, "8c2f", issuer, R"(["mozu","other"])"))).find("for another"), std::string::npos)
      << "which of them asked?";
  EXPECT_NE(why(sign(first, "RS256", claims(R"(,"azp":"other")"))).find("for another"), std::string::npos);
  EXPECT_NE(why(sign(first, "RS256", claims({}, now_s + 300, "8c2f", issuer, R"("mozu")", "n-2"))).find("another sign-in"), std::string::npos);
  EXPECT_NE(why(sign(first, "RS256", claims({}, now_s + 9000, "8c2f", issuer, R"("mozu")", "n-1", now_s + 3600))).find("future"), std::string::npos);
  EXPECT_NE(why(sign(first, "RS256", claims(fmt::format(R"(,"nbf":{})", now_s + 3600)))).find("future"), std::string::npos);
  for (const auto who : {"", "a b"}) EXPECT_NE(why(sign(first, "RS256", claims({}, now_s + 300, who))).find("nobody"), std::string::npos) << who;
  for (const auto nothing : {"{}", "[]", "1", ""}) EXPECT_NE(why(sign(first, "RS256", nothing)), "taken") << nothing;
}

TEST_F(IdTokens, KeysThatAreNoneVerifyNothing) {
  const std::string good = sign(first, "RS256", claims());
  for (const auto set : {"", "{}", R"({"keys":1})", R"({"keys":[]})", R"({"keys":[1,null,{},{"kty":"RSA"},{"kty":"RSA","n":"!","e":"AQAB","kid":"first"}]})"})
    EXPECT_FALSE(subject_of_token(good, set, expected)) << set;
}

/// A provider that is asked for its description only.
struct WayBack : ::testing::Test {
  House house;
  int asked = 0;
  Oidc oidc{{std::string(issuer), "mozu", "s", {}, "https://mozu.example.com"}, *house.identities, [this](const Fetch& what) -> Result<Fetched> {
              ++asked;
              if (!what.url.ends_with("/.well-known/openid-configuration")) return Fetched{400, R"({"error":"invalid_grant"})"};
              return Fetched{
                  200, fmt::format(R"({{"issuer":"{0}","authorization_endpoint":"{0}/auth","token_endpoint":"{0}/token","jwks_uri":"{0}/keys"}})", issuer)};
            }};
  Request back(std::string_view query, const std::string& cookie_value) const {
    Request r;
    r.target = *parse_target(fmt::format("{}?{}", oidc_callback, query));
    if (!cookie_value.empty()) r.headers.emplace_back("cookie", fmt::format("{}={}", oidc_cookie, cookie_value));
    return r;
  }
  std::string why(std::string_view query, const std::string& cookie_value) {
    const auto result = oidc.finish(back(query, cookie_value));
    return result ? "taken" : result.error().message;
  }
  static std::string field(const std::string& url, std::string_view name) {
    const auto at = url.find(fmt::format("{}=", name)) + name.size() + 1;
    return url.substr(at, url.find('&', at) - at);
  }
};

TEST_F(WayBack, IsOnlyForWhoBegan) {
  const auto begun = oidc.begin(), other = oidc.begin();
  ASSERT_TRUE(begun && other);
  EXPECT_EQ(asked, 1) << "the description is kept";
  EXPECT_TRUE(begun->location.starts_with(fmt::format("{}/auth?", issuer)));
  EXPECT_EQ(field(begun->location, "redirect_uri"), "https%3A%2F%2Fmozu.example.com%2Fapi%2Fv1%2Fsession%2Foidc%2Fcallback");
  EXPECT_EQ(field(begun->location, "code_challenge_method"), "S256");
  for (const auto part : {"state", "nonce", "code_challenge"}) {
    EXPECT_GE(field(begun->location, part).size(), 32U) << part;
    EXPECT_NE(field(begun->location, part), field(other->location, part)) << part;
  }
  const std::string state = field(begun->location, "state");
  EXPECT_NE(why("code=c&state=" + state, "").find("did not begin"), std::string::npos);
  EXPECT_NE(why("code=c&state=" + state, "00" + begun->cookie).find("did not begin"), std::string::npos);
  EXPECT_NE(why("code=c&state=" + state, other->cookie).find("another sign-in"), std::string::npos);
  EXPECT_NE(why("code=c", begun->cookie).find("another sign-in"), std::string::npos);
  EXPECT_NE(why("code=c&iss=https%3A%2F%2Fevil.example&state=" + state, begun->cookie).find("another issuer"), std::string::npos);
  EXPECT_NE(why("error=access_denied&state=" + state, begun->cookie).find("access_denied"), std::string::npos);
  EXPECT_NE(why("state=" + state, begun->cookie).find("no code"), std::string::npos);
  EXPECT_EQ(asked, 1) << "nothing of these is worth a question";
  EXPECT_NE(why("code=c&state=" + state, begun->cookie).find("invalid_grant"), std::string::npos);
  house.now.ms += oidc_life_ms;
  EXPECT_NE(why("code=c&state=" + state, begun->cookie).find("did not begin"), std::string::npos) << "too late";
}

TEST(Providers, AreAskedInTheOpenOnLoopbackOnly) {
  for (const auto good :
       {"https://idp.example.com", "https://idp.example.com:8443/realms/x", "http://127.0.0.1:5000", "http://[::1]:5000/x", "http://localhost"})
    EXPECT_TRUE(parse_address(good)) << good;
  for (const auto bad : {"", "idp.example.com", "http://idp.example.com", "http://127.0.0.1.evil.example", "http://localhost.evil.example", "https://",
                         "https://a@b", "https://a:0", "https://a:99999", "https://a b", "ftp://a", "file:///etc/passwd", "https://a\r\nHost: b"})
    EXPECT_FALSE(parse_address(bad)) << bad;
  const auto address = parse_address("https://idp.example.com:8443?x=1#y");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host + "|" + address->port + "|" + address->target, "idp.example.com|8443|/?x=1");
}

TEST(Providers, AreAbsentUnlessConfigured) {
  House house;
  EXPECT_EQ(house.ask("", "GET", "/api/v1/session/oidc").status, 404);
  EXPECT_EQ(house.ask("", "GET", fmt::format("{}?code=c&state=s", oidc_callback)).status, 404);
}

}  // namespace
}  // namespace mozu::server::test
