#include "oidc.hpp"

#include <cjose/cjose.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "json.hpp"
#include "mozu/base/base64.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "secrets.hpp"

namespace mozu::server {
namespace {

constexpr std::int64_t discovered_ms = 600'000;  // a provider that moves is found again after this
constexpr double clock_slack_s = 60;
constexpr std::size_t texts_max = 1000;  // more audiences or ways to sign in has nobody
constexpr std::size_t keys_max = 32, key_bits_min = 2048, subject_bytes_max = 255;
constexpr std::string_view purpose = "oidc";

std::unexpected<Diagnostic> provider_refused(std::string_view why) {
  return fail("oidc-refused", fmt::format("the provider's answer does not count: {}", why), "begin again at /api/v1/session/oidc");
}

struct Release {
  void operator()(cjose_jws_t* p) const { cjose_jws_release(p); }
  void operator()(cjose_jwk_t* p) const { cjose_jwk_release(p); }
};
using Signed = std::unique_ptr<cjose_jws_t, Release>;
using SignatureKey = std::unique_ptr<cjose_jwk_t, Release>;

/// Signatures by a private key whose public half the provider shows; neither "none" nor secrets that both know.
std::optional<cjose_jwk_kty_t> key_kind(std::string_view algorithm) {
  static constexpr std::array<std::string_view, 6> rsa = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"};
  static constexpr std::array<std::string_view, 3> ec = {"ES256", "ES384", "ES512"};
  if (std::ranges::find(rsa, algorithm) != rsa.end()) return CJOSE_JWK_KTY_RSA;
  if (std::ranges::find(ec, algorithm) != ec.end()) return CJOSE_JWK_KTY_EC;
  return std::nullopt;
}

std::optional<double> claim_number(JsonElement e, std::string_view key) { return member_as<double>(e, key); }
/// What may be one text or several.
std::vector<std::string> claim_texts(JsonElement e, std::string_view key) { return one_or_more(e, key, texts_max); }

bool fits_token(JsonElement key, std::string_view kid, std::string_view algorithm) {
  const std::string_view use = string_member(key, "use"), own = string_member(key, "alg");
  return (use.empty() || use == "sig") && (own.empty() || own == algorithm) && (kid.empty() || string_member(key, "kid") == kid);
}

bool signed_by(cjose_jws_t* token, JsonElement key, cjose_jwk_kty_t kind) {
  const std::string json = simdjson::minify(key);
  cjose_err error{};
  const SignatureKey imported(cjose_jwk_import(json.data(), json.size(), &error));
  if (imported == nullptr || cjose_jwk_get_kty(imported.get(), &error) != kind) return false;
  if (kind == CJOSE_JWK_KTY_RSA && cjose_jwk_get_keysize(imported.get(), &error) < key_bits_min) return false;
  return cjose_jws_verify(token, imported.get(), &error);
}

/// The claims of a token that one of the keys signed.
Result<std::string> signed_claims(std::string_view token, std::string_view key_set) {
  cjose_err error{};
  const Signed parsed(cjose_jws_import(token.data(), token.size(), &error));
  if (parsed == nullptr) return provider_refused("the token cannot be read");
  cjose_header_t* header = cjose_jws_get_protected(parsed.get());
  const char* named = cjose_header_get(header, CJOSE_HDR_ALG, &error);
  const std::string algorithm = named == nullptr ? "" : named;
  const char* key_named = cjose_header_get(header, CJOSE_HDR_KID, &error);
  const std::string kid = key_named == nullptr ? "" : key_named;
  const auto kind = key_kind(algorithm);
  if (!kind) return provider_refused(fmt::format("'{}' is no way to sign that is taken", printable(algorithm, 20)));
  char* critical = cjose_header_get_raw(header, "crit", &error);
  if (critical != nullptr) {
    std::free(critical);
    return provider_refused("the token asks for what is not known here");
  }
  simdjson::dom::parser parser;
  JsonArray keys;
  if (parser.parse(key_set.data(), key_set.size()).at_key("keys").get(keys) != simdjson::SUCCESS) return provider_refused("its keys cannot be read");
  std::size_t tried = 0;
  for (const JsonElement key : keys) {
    if (!fits_token(key, kid, algorithm)) continue;
    if (++tried > keys_max) break;
    if (!signed_by(parsed.get(), key, *kind)) continue;
    std::uint8_t* claims = nullptr;
    std::size_t size = 0;
    if (!cjose_jws_get_plaintext(parsed.get(), &claims, &size, &error)) break;
    return std::string(reinterpret_cast<const char*>(claims), size);
  }
  return provider_refused("none of its keys signed the token");
}

Status check_claims(JsonElement claims, const Expected& expected) {
  const double now = static_cast<double>(expected.now.ms) / 1000;
  if (string_member(claims, "iss") != expected.issuer) return provider_refused("the token is of another issuer");
  const auto audience = claim_texts(claims, "aud");
  const std::string_view party = string_member(claims, "azp");
  if (std::ranges::find(audience, expected.client_id) == audience.end() || (audience.size() > 1 && party.empty()) ||
      (!party.empty() && party != expected.client_id))
    return provider_refused("the token is for another");
  const auto expires = claim_number(claims, "exp"), issued = claim_number(claims, "iat"), not_before = claim_number(claims, "nbf");
  if (!expires || *expires <= now - clock_slack_s) return provider_refused("the token has expired");
  if (!issued || *issued > now + clock_slack_s || (not_before && *not_before > now + clock_slack_s))
    return provider_refused("the token is of the future; is the clock right?");
  if (!equal_in_constant_time(string_member(claims, "nonce"), expected.nonce)) return provider_refused("the token belongs to another sign-in");
  return {};
}

std::string form_field(std::string_view name, std::string_view value) { return fmt::format("{}={}", name, percent_encode(value)); }

}  // namespace

Result<std::string> subject_of_token(std::string_view token, std::string_view key_set, const Expected& expected) {
  MOZU_LET(const std::string json, signed_claims(token, key_set));
  simdjson::dom::parser parser;
  JsonElement claims;
  if (parser.parse(json.data(), json.size()).get(claims) != simdjson::SUCCESS) return provider_refused("the token holds no JSON");
  MOZU_TRY(check_claims(claims, expected));
  std::string subject(string_member(claims, "sub"));
  if (subject.empty() || subject.size() > subject_bytes_max || std::ranges::any_of(subject, [](char c) { return c <= ' ' || c > '~'; }))
    return provider_refused("the token names nobody");
  return subject;
}

Status check(const OidcOptions& options) {
  MOZU_TRY(parse_address(options.issuer));
  MOZU_LET(const Address own, parse_address(options.public_url));
  if (own.target != "/" || options.public_url.ends_with('/'))
    return fail("url-invalid", "the public URL ends with the host or its port", "write it like https://mozu.example.com:8443");
  return {};
}

Oidc::Oidc(OidcOptions options, Identities& identities, Fetcher fetcher)
    : options_(std::move(options)),
      identities_(identities),
      fetcher_(std::move(fetcher)) {}

Result<std::string> Oidc::get(const std::string& url) const {
  MOZU_LET(Fetched got, fetcher_({url, {}, {}, options_.authority}));
  if (got.status != 200) return fail("fetch-failed", fmt::format("the provider answered {}", got.status));
  return std::move(got.body);
}

Result<Oidc::Provider> Oidc::discover() {
  if (options_.issuer.empty()) return fail("oidc-absent", "no provider is configured here", "sign in with a password");
  {
    const std::scoped_lock lock(mutex_);
    if (!provider_.token.empty() && identities_.now().ms - discovered_.ms < discovered_ms) return provider_;
  }
  std::string base = options_.issuer;
  while (base.ends_with('/')) base.pop_back();
  MOZU_LET(const std::string json, get(base + "/.well-known/openid-configuration"));
  simdjson::dom::parser parser;
  JsonElement document;
  if (parser.parse(json.data(), json.size()).get(document) != simdjson::SUCCESS) return fail("fetch-failed", "the provider describes itself in no JSON");
  if (string_member(document, "issuer") != options_.issuer)
    return fail("fetch-failed", fmt::format("the provider calls itself '{}'", printable(string_member(document, "issuer"), 200)),
                "the issuer must be written exactly so");
  Provider found{std::string(string_member(document, "authorization_endpoint")), std::string(string_member(document, "token_endpoint")),
                 std::string(string_member(document, "jwks_uri")), false};
  for (const std::string* url : {&found.authorization, &found.token, &found.keys}) MOZU_TRY(parse_address(*url));
  const auto ways = claim_texts(document, "token_endpoint_auth_methods_supported");
  const auto takes = [&](std::string_view way) { return std::ranges::find(ways, way) != ways.end(); };
  found.post = takes("client_secret_post") && !takes("client_secret_basic");
  const std::scoped_lock lock(mutex_);
  provider_ = found;
  discovered_ = identities_.now();
  return found;
}

Result<Oidc::Begun> Oidc::begin() {
  MOZU_LET(const Provider provider, discover());
  const std::string state = random_text(24), nonce = random_text(24), verifier = random_text(32);
  const auto digest = sha256(std::as_bytes(std::span(verifier.data(), verifier.size())));
  const std::string challenge = base64url(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
  Begun out;
  out.location =
      fmt::format("{}{}response_type=code&scope=openid&{}&{}&{}&{}&{}&code_challenge_method=S256", provider.authorization,
                  provider.authorization.find('?') == std::string::npos ? '?' : '&', form_field("client_id", options_.client_id),
                  form_field("redirect_uri", redirect_uri()), form_field("state", state), form_field("nonce", nonce), form_field("code_challenge", challenge));
  out.cookie = identities_.seal_for(purpose, fmt::format("{} {} {} {}", state, nonce, verifier, identities_.now().ms + oidc_life_ms));
  return out;
}

Result<std::string> Oidc::token(const Provider& provider, std::string_view code, std::string_view verifier) const {
  Fetch ask;
  ask.url = provider.token;
  ask.authority = options_.authority;
  ask.form = fmt::format("grant_type=authorization_code&{}&{}&{}&{}", form_field("code", code), form_field("redirect_uri", redirect_uri()),
                         form_field("code_verifier", verifier), form_field("client_id", options_.client_id));
  if (!options_.client_secret.empty()) {
    if (provider.post) ask.form += "&" + form_field("client_secret", options_.client_secret);
    else ask.authorization = "Basic " + base64(fmt::format("{}:{}", percent_encode(options_.client_id), percent_encode(options_.client_secret)));
  }
  MOZU_LET(const Fetched got, fetcher_(ask));
  simdjson::dom::parser parser;
  JsonElement answer;
  if (parser.parse(got.body.data(), got.body.size()).get(answer) != simdjson::SUCCESS) return provider_refused("it is no JSON");
  if (got.status != 200) return provider_refused(fmt::format("it gave no token: {}", printable(string_member(answer, "error"), 60)));
  return std::string(string_member(answer, "id_token"));
}

Result<std::string> Oidc::finish(const Request& request) {
  if (options_.issuer.empty()) return fail("oidc-absent", "no provider is configured here", "sign in with a password");
  const auto brought = cookie(request.header("cookie"), oidc_cookie);
  const auto opened = brought ? identities_.open_for(purpose, *brought) : std::nullopt;
  const auto kept = split(opened ? std::string_view(*opened) : std::string_view(), ' ');
  if (kept.size() != 4 || static_cast<std::int64_t>(to_uint(kept[3]).value_or(0)) <= identities_.now().ms)
    return provider_refused("this browser did not begin, or waited too long");
  if (!equal_in_constant_time(request.query("state"), kept[0])) return provider_refused("it belongs to another sign-in");
  if (const auto issuer = request.query("iss"); !issuer.empty() && issuer != options_.issuer) return provider_refused("it is of another issuer");
  if (const auto error = request.query("error"); !error.empty()) return provider_refused(printable(error, 60));
  if (request.query("code").empty()) return provider_refused("it brings no code");
  MOZU_LET(const Provider provider, discover());
  MOZU_LET(const std::string id_token, token(provider, request.query("code"), kept[2]));
  MOZU_LET(const std::string keys, get(provider.keys));
  MOZU_LET(const std::string subject, subject_of_token(id_token, keys, {options_.issuer, options_.client_id, std::string(kept[1]), identities_.now()}));
  return oidc_external(options_.issuer, subject);
}

}  // namespace mozu::server
