// Private to the room: signing in at an OpenID provider (OpenID Connect Core 1.0, authorization code with PKCE, RFC 7636, 9207).
#pragma once
#include <mutex>
#include <string>
#include <string_view>

#include "fetch.hpp"
#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"
#include "mozu/server/http.hpp"
#include "mozu/server/identity.hpp"
#include "mozu/server/routes.hpp"

namespace mozu::server {

inline constexpr std::string_view oidc_cookie = "__Host-mozu-oidc";
inline constexpr std::int64_t oidc_life_ms = 600'000;  ///< from leaving for the provider to coming back

/// What an id token must say.
struct Expected {
  std::string issuer, client_id, nonce;
  Timestamp now;
};
/// The subject of an id token that one of the keys (JSON Web Key Set) signed, for us, now. Error "oidc-refused" says what is wrong.
Result<std::string> subject_of_token(std::string_view token, std::string_view key_set, const Expected& expected);

/// Errors: "oidc-absent" (none is configured), "oidc-refused", "fetch-failed". Thread-safe.
class Oidc {
 public:
  Oidc(OidcOptions options, Identities& identities, Fetcher fetcher);
  struct Begun {
    std::string location;  ///< where the browser is sent
    std::string cookie;    ///< what it must bring back
  };
  Result<Begun> begin();
  /// Who came back: a name as store::User::external has it.
  Result<std::string> finish(const Request& request);

 private:
  struct Provider {
    std::string authorization, token, keys;
    bool post = false;  ///< the secret goes into the form
  };
  OidcOptions options_;
  Identities& identities_;
  Fetcher fetcher_;
  std::mutex mutex_;
  Provider provider_;  ///< as discovered; empty before
  Timestamp discovered_{};

  std::string redirect_uri() const { return options_.public_url + std::string(oidc_callback); }
  Result<Provider> discover();
  Result<std::string> get(const std::string& url) const;
  Result<std::string> token(const Provider& provider, std::string_view code, std::string_view verifier) const;
};

}  // namespace mozu::server
