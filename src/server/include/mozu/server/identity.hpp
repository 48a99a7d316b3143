// Who is calling: passwords (Argon2id), second factors (TOTP, RFC 6238), sessions of browsers, tokens of programs. Only hashes of secrets
// are kept; TOTP secrets are encrypted with a key that lies beside the data (secret.key, readable by its owner only).
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"
#include "mozu/intel/access.hpp"
#include "mozu/plans/plans.hpp"
#include "mozu/plans/spending.hpp"
#include "mozu/server/http.hpp"
#include "mozu/server/permission.hpp"
#include "mozu/store/accounts.hpp"

namespace mozu::server {

/// One who was let in, for one request.
struct Identity {
  store::UserId user = 0;
  std::string name;
  Role role = Role::reader;
  Scopes scopes = Scopes::all();
  intel::Viewer viewer;       ///< with what the organisation's plans open
  plans::Quotas quotas;       ///< of the organisation's plans
  std::string session;        ///< hash of the session; empty: came with a token
  std::string csrf;           ///< of the session
  Timestamp token_expires{};  ///< of the token it came with; 0: of none
  bool may(Permission p) const { return server::may(role, p) && scopes.covers(p); }
};

struct IdentityOptions {
  std::uint32_t argon2_memory_kib = 64 << 10;  ///< RFC 9106, second choice
  std::uint32_t argon2_passes = 3;
  std::int64_t session_idle_ms = std::int64_t{8} * 3'600'000;
  std::int64_t session_life_ms = std::int64_t{7} * 24 * 3'600'000;
  std::int64_t remembered_ms = 5'000;      ///< a token or session is asked of the store again after this; what this process changes counts at once
  std::uint32_t failures_max = 5;          ///< in a row; then locked for 1 min, doubled with each further one up to 1 h
  std::uint32_t sign_ins_per_minute = 20;  ///< from one address
  std::function<Timestamp()> now = Timestamp::now;
};

struct NewUser {
  std::string name, email, password, role;
  intel::OrganisationId organisation = intel::common;
  intel::Tlp clearance = intel::Tlp::amber;
  std::string external = {};  ///< as canonical_external() gives it
};
struct NewToken {
  store::UserId user = 0;
  std::string name, scopes;
  std::int64_t life_ms = std::int64_t{365} * 24 * 3'600'000;
};
struct MadeToken {
  std::int64_t id = 0;
  std::string text;  ///< "mozu_…": shown once, never kept
  Timestamp expires;
};
struct SignedIn {
  std::string cookie;  ///< value of the session cookie
  Who who;
  Timestamp expires;
};

inline constexpr std::string_view session_cookie = "__Host-mozu";
/// How others call a user (store::User::external), one of:
///   certificate AB:CD:…          SHA-256 of a client certificate; also without colons, in any case
///   subject CN=sensor 7,O=Example  subject of a client certificate, as RFC 2253 writes it
///   oidc https://idp.example.com 8c2f…  issuer and subject of an OpenID provider
/// Error "field-invalid".
Result<std::string> canonical_external(std::string_view text);
std::string oidc_external(std::string_view issuer, std::string_view subject);
/// Whom sign-ins and connections are counted for: of IPv6 the first 64 bits, since whoever has one of these addresses has them all.
std::string origin_of(const std::string& address);
/// None, or one that mail can be sent to.
Status check_mail_address(std::string_view address);

inline constexpr std::int64_t welcome_life_ms = 3'600'000;  ///< of the first administrator's link; a new start of the server prints another

inline constexpr std::size_t password_characters_min = 12;
inline constexpr std::size_t password_bytes_max = 512;

/// Errors: "welcome-refused" (wrong, over, used, or there are users), "sign-in-refused" (one answer for unknown names, wrong passwords and wrong codes), "code-needed" (the password is right, a
/// TOTP code is missing), "sign-in-locked", "too-many-sign-ins", "token-refused", "session-refused", "password-weak", "field-invalid", and
/// those of store::Accounts. Thread-safe.
class Identities {
 public:
  using Key = std::array<std::uint8_t, 32>;
  Identities(store::Accounts& accounts, IdentityOptions options, const Key& key);
  /// Reads secret.key of the data folder, or makes it.
  static Result<Key> key_of(const std::string& folder);

  Result<store::UserId> add_user(const NewUser& user);
  /// Of a password that is good enough for the user of this name.
  Result<std::string> password_hash(std::string_view name, std::string_view password) const;
  Status set_password(store::UserId id, std::string_view password);
  Status check_password(store::UserId id, std::string_view password);
  Result<MadeToken> add_token(const NewToken& token);

  Result<SignedIn> sign_in(std::string_view name, std::string_view password, std::string_view code, const std::string& address);
  /// For who was recognised elsewhere. Errors: "sign-in-refused" (bound to nobody, or disabled), "too-many-sign-ins".
  Result<SignedIn> sign_in_as(std::string_view external, const std::string& address);
  /// The secret of a link with which the first administrator is made: good once, for an hour, and while there is no user. Each one ends
  /// the one before. nullopt: there are users.
  Result<std::optional<std::string>> make_welcome();
  /// The first administrator, of no organisation, cleared for everything, who is signed in at once. What is wrong with name or password does not use the link up.
  Result<SignedIn> welcome(std::string_view secret, const std::string& name, const std::string& password, const std::string& address);
  Status sign_out(const Identity& who);
  Result<Who> by_token(std::string_view text);
  Result<Who> by_session(std::string_view cookie);
  /// By fingerprint, else by subject. Error "certificate-refused".
  Result<Who> by_certificate(std::string_view fingerprint, std::string_view subject);
  /// A user without signing in: what they may, and what they see. nullopt: gone or disabled.
  Result<std::optional<Who>> known(store::UserId id);
  /// Users, tokens or sessions were changed elsewhere in this process.
  void forget();

  /// A new secret in base32, to be shown as a picture or typed; counts once confirm_totp() saw a code of it.
  std::string new_totp_secret() const;
  Status confirm_totp(store::UserId id, std::string_view base32_secret, std::string_view code);
  Status remove_totp(store::UserId id);

  /// Text that only this installation can read again, for the same purpose.
  std::string seal_for(std::string_view purpose, std::string_view text) const;
  std::optional<std::string> open_for(std::string_view purpose, std::string_view sealed) const;
  /// A key made of this installation's, for what is too long for seal_for().
  Key key_for(std::string_view purpose) const { return key_for(key_, purpose); }
  static Key key_for(const Key& key, std::string_view purpose);

  store::Accounts& accounts() { return accounts_; }
  plans::Plans& plans() { return plans_; }
  plans::Spending& spending() { return spending_; }
  Timestamp now() const { return options_.now(); }

 private:
  struct Remembered {
    Who who;
    Timestamp until;
  };
  struct Tries {
    Timestamp since;
    std::uint32_t count = 0;
  };
  struct Failures {
    std::uint32_t count = 0;
    Timestamp locked_until;
  };
  store::Accounts& accounts_;
  plans::Plans plans_;
  plans::Spending spending_;
  IdentityOptions options_;
  Key key_;
  std::string nobodys_hash_;  ///< checked when the name is unknown, so that time tells nothing
  std::mutex mutex_;
  std::unordered_map<std::string, Remembered> remembered_;
  std::unordered_map<std::string, Tries> tries_;
  std::unordered_map<std::string, Failures> unknown_;  ///< names that nobody can sign in with lock as others do, or locking would tell who is here
  Timestamp swept_{};
  std::uint64_t generation_ = 0;  ///< of forget(): what was read before is not remembered after

  Result<std::string> hash_password(std::string_view password) const;
  Result<store::User> row_of(const NewUser& user) const;
  Result<Who> identity(store::UserId user, const Scopes& scopes);
  Who recall(const std::string& hash, std::uint64_t& generation);
  void remember(const std::string& hash, const Who& who, Timestamp expires, std::uint64_t generation);
  Status sweep();  ///< removes sessions and tokens that ended, at most once an hour
  bool may_try(const std::string& address);
  Status refuse(const store::User& user);
  Status refuse_unknown(std::string_view name, std::string_view password);
  Status check_code(const store::User& user, std::string_view code);
  Result<SignedIn> open_session(const store::User& user, const std::string& address);
};

}  // namespace mozu::server
