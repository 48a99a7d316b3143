#include "mozu/server/identity.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "mozu/base/fd.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "mozu/notify/message.hpp"
#include "secrets.hpp"

namespace mozu::server {
namespace {

constexpr std::int64_t minute_ms = 60'000, locked_ms_max = 60 * minute_ms;
constexpr std::size_t remembered_max = 10'000;  // some MB; a flood of other tokens only costs the memory of the cache
constexpr std::size_t addresses_max = 100'000;
constexpr std::size_t unknown_names_max = 100'000, user_name_bytes_max = 128;

std::unexpected<Diagnostic> locked_out() {
  return fail("sign-in-locked", "too many wrong passwords; the account is locked for a while", "wait, or ask an administrator");
}

/// For how long an account is locked after so many failures in a row.
std::int64_t locked_ms(std::uint32_t failures, std::uint32_t failures_max) {
  return failures < failures_max ? 0 : std::min<std::int64_t>(minute_ms << std::min<std::uint32_t>(failures - failures_max, 6), locked_ms_max);
}

// What was counted or locked while the clock was ahead ends when it is set right, not when it comes there again.
bool is_over(Timestamp since, std::int64_t ms, Timestamp now) { return now < since || now.ms - since.ms >= ms; }
bool is_locked(Timestamp until, Timestamp now) { return until > now && until.ms - now.ms <= locked_ms_max; }

std::unexpected<Diagnostic> sign_in_refused() { return fail("sign-in-refused", "the name, the password or the code is wrong"); }

std::size_t characters(std::string_view s) {
  return static_cast<std::size_t>(std::ranges::count_if(s, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

Status check_strength(std::string_view password, std::string_view name) {
  if (!is_utf8(password) || characters(password) < password_characters_min)
    return fail("password-weak", fmt::format("a password has at least {} characters", password_characters_min),
                "four or five words that have nothing to do with one another are good");
  if (password.size() > password_bytes_max) return fail("password-weak", fmt::format("a password has at most {} bytes", password_bytes_max));
  if (!name.empty() && iequals(password, name)) return fail("password-weak", "the name is no password");
  if (std::ranges::all_of(password, [&](char c) { return c == password.front(); }))
    return fail("password-weak", "one character again and again is no password");
  return {};
}

std::string totp_context(store::UserId id) { return fmt::format("totp {}", id); }

}  // namespace

std::string origin_of(const std::string& address) {
  in6_addr v6{};
  if (::inet_pton(AF_INET6, address.c_str(), &v6) != 1 || IN6_IS_ADDR_V4MAPPED(&v6) || IN6_IS_ADDR_LINKLOCAL(&v6)) return address;
  return {reinterpret_cast<const char*>(&v6), 8};
}

Status check_mail_address(std::string_view address) {
  if (address.empty() || notify::is_mail_address(address)) return {};
  return fail("field-invalid", fmt::format("'{}' is no mail address", printable(address, 100)), "write it like kay@mail.example");
}

Identities::Identities(store::Accounts& accounts, IdentityOptions options, const Key& key)
    : accounts_(accounts),
      plans_(accounts),
      spending_(accounts),
      options_(std::move(options)),
      key_(key),
      nobodys_hash_(hash_password(random_text(16)).value_or("")) {}

Result<Identities::Key> Identities::key_of(const std::string& folder) {
  const std::string path = folder + "/secret.key";
  Key key{};
  Fd made(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (made.is_open()) {
    const std::string random = random_bytes(key.size());
    const bool written = ::write(made.get(), random.data(), random.size()) == static_cast<ssize_t>(random.size()) && ::fsync(made.get()) == 0;
    const int error = errno;
    made.close();
    if (!written) {
      ::unlink(path.c_str());
      return fail(errno_diagnostic("file-write", fmt::format("{} could not be written", path), error));
    }
  } else if (errno != EEXIST) {
    return fail(errno_diagnostic("file-open", fmt::format("{} could not be made", path), errno));
  }
  // A pipe or device would be waited for, for ever.
  if (struct stat info{}; ::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode))
    return fail(Diagnostic{Severity::error,
                           "secret-key",
                           "this is no regular file",
                           {path, 0, {}},
                           "put the key back from a copy; if it is lost, remove this and let people set up their second factors again"});
  MOZU_LET(const std::string text, read_file(path, 1024));
  if (text.size() != key.size())
    return fail("secret-key", fmt::format("{} does not hold {} bytes", path, key.size()),
                "put it back from a backup; if it is lost, remove it and let people set up their second factors again");
  std::memcpy(key.data(), text.data(), key.size());
  return key;
}

Result<std::string> Identities::hash_password(std::string_view password) const {
  return argon2_hash(password, options_.argon2_memory_kib, options_.argon2_passes);
}

Result<store::User> Identities::row_of(const NewUser& user) const {
  if (user.name.empty() || user.name.size() > user_name_bytes_max || !is_utf8(user.name) ||
      std::ranges::any_of(user.name, [](char c) { return static_cast<unsigned char>(c) <= ' '; }))
    return fail("field-invalid", fmt::format("a user's name has 1 to {} bytes, without blanks", user_name_bytes_max));
  if (!role_of(user.role))
    return fail("field-invalid", fmt::format("'{}' is no role", printable(user.role, 40)), "roles are administrator, analyst, author, reader, feed-client");
  MOZU_TRY(check_mail_address(user.email));
  store::User row;
  row.name = user.name;
  row.email = user.email;
  row.role = user.role;
  row.organisation = user.organisation;
  row.clearance = user.clearance;
  row.external = user.external;
  if (!user.password.empty()) {
    MOZU_LET(row.password_hash, password_hash(user.name, user.password));
  }
  return row;
}

Result<store::UserId> Identities::add_user(const NewUser& user) {
  MOZU_LET(const store::User row, row_of(user));
  return accounts_.add_user(row);
}

Result<std::string> Identities::password_hash(std::string_view name, std::string_view password) const {
  MOZU_TRY(check_strength(password, name));
  return hash_password(password);
}

Status Identities::set_password(store::UserId id, std::string_view password) {
  MOZU_LET(const auto before, accounts_.user(id));
  if (!before) return fail("absent", "no such user");
  auto user = *before;
  MOZU_LET(user.password_hash, password_hash(user.name, password));
  MOZU_TRY(accounts_.update_user(*before, user));
  // Whoever knew the old one is out.
  const auto ended = accounts_.remove_sessions(id);
  forget();
  return ended;
}

Status Identities::check_password(store::UserId id, std::string_view password) {
  MOZU_LET(const auto user, accounts_.user(id));
  if (!user) return sign_in_refused();
  if (is_locked(user->locked_until, now())) return fail("sign-in-locked", "too many wrong passwords; the account is locked for a while");
  if (password.size() > password_bytes_max || user->password_hash.empty() || !argon2_fits(user->password_hash, password)) return refuse(*user);
  return {};
}

Result<MadeToken> Identities::add_token(const NewToken& token) {
  MOZU_LET([[maybe_unused]] const Scopes scopes, Scopes::parse(token.scopes));
  if (token.name.size() > 256 || !is_utf8(token.name)) return fail("field-invalid", "a token's name has at most 256 bytes");
  if (token.life_ms <= 0 || token.life_ms > std::int64_t{3650} * 24 * 3'600'000) return fail("field-invalid", "a token lives for at most ten years");
  MadeToken made;
  made.text = "mozu_" + random_text(32);
  made.expires = {now().ms + token.life_ms};
  store::ApiToken row;
  row.user = token.user;
  row.name = token.name;
  row.hash = secret_hash(made.text);
  row.scopes = token.scopes;
  row.created = now();
  row.expires = made.expires;
  MOZU_LET(made.id, accounts_.add_token(row));
  return made;
}

Result<Who> Identities::identity(store::UserId id, const Scopes& scopes) {
  MOZU_LET(const auto user, accounts_.user(id));
  if (!user || user->disabled) return fail("account-disabled", "the account is disabled");
  const auto role = role_of(user->role);
  if (!role) return fail("account-disabled", "the account has no known role");
  if (user->organisation != intel::common) {
    MOZU_LET(const auto organisations, accounts_.organisations());
    const auto own = std::ranges::find(organisations, user->organisation, &store::Organisation::id);
    if (own == organisations.end() || own->disabled) return fail("account-disabled", "the organisation is disabled");
  }
  auto who = std::make_shared<Identity>();
  who->user = id;
  who->name = user->name;
  who->role = *role;
  who->scopes = scopes;
  MOZU_LET(auto stands, plans_.standing(user->organisation, now()));
  who->viewer = {user->organisation, user->clearance, false, std::move(stands.opened)};
  who->quotas = stands.quotas;
  return Who(std::move(who));
}

Result<std::optional<Who>> Identities::known(store::UserId id) {
  auto who = identity(id, Scopes::all());
  if (who) return std::optional(std::move(*who));
  if (who.error().code == "account-disabled") return std::nullopt;
  return fail(who.error());
}

Who Identities::recall(const std::string& hash, std::uint64_t& generation) {
  const std::scoped_lock lock(mutex_);
  generation = generation_;
  const auto found = remembered_.find(hash);
  if (found == remembered_.end()) return nullptr;
  const Timestamp at = options_.now(), until = found->second.until;
  if (until > at && until.ms - at.ms <= options_.remembered_ms) return found->second.who;
  remembered_.erase(found);
  return nullptr;
}

void Identities::remember(const std::string& hash, const Who& who, Timestamp expires, std::uint64_t generation) {
  const std::scoped_lock lock(mutex_);
  if (generation != generation_) return;
  if (remembered_.size() >= remembered_max) remembered_.clear();
  remembered_[hash] = {who, std::min(expires, Timestamp{options_.now().ms + options_.remembered_ms})};
}

void Identities::forget() {
  const std::scoped_lock lock(mutex_);
  ++generation_;
  remembered_.clear();
}

Result<Who> Identities::by_token(std::string_view text) {
  const auto no = [] { return fail("token-refused", "the token is unknown, expired or taken back", "make one with `mozu token add` or POST /api/v1/tokens"); };
  if (!text.starts_with("mozu_") || text.size() > 128) return no();
  const std::string hash = secret_hash(text);
  std::uint64_t generation = 0;
  if (auto who = recall(hash, generation)) return who;
  MOZU_LET(const auto row, accounts_.token(hash));
  if (!row || row->expires <= now()) return no();
  const auto scopes = Scopes::parse(row->scopes);
  if (!scopes) return no();
  const auto found = identity(row->user, *scopes);
  if (!found) return no();
  auto who = std::make_shared<Identity>(**found);
  who->token_expires = row->expires;
  remember(hash, who, row->expires, generation);
  // A note for people: where it cannot be written (the disk is full), what was asked for is given all the same.
  if (is_over(row->last_used, minute_ms, now())) static_cast<void>(accounts_.token_used(row->id, now()));
  return Who(std::move(who));
}

Result<Who> Identities::by_session(std::string_view cookie) {
  const auto no = [] { return fail("session-refused", "the session has ended", "sign in again"); };
  if (cookie.empty() || cookie.size() > 128) return no();
  const std::string hash = secret_hash(cookie);
  std::uint64_t generation = 0;
  if (auto who = recall(hash, generation)) return who;
  MOZU_LET(const auto row, accounts_.session(hash));
  // One that would live longer than any was opened while the clock was ahead.
  if (!row || row->expires <= now() || row->expires.ms - now().ms > options_.session_life_ms) return no();
  const auto found = identity(row->user, Scopes::all());
  if (!found) return no();
  auto who = std::make_shared<Identity>(**found);
  who->session = hash;
  who->csrf = row->csrf;
  remember(hash, who, row->expires, generation);
  if (is_over(row->last_seen, minute_ms, now()))
    static_cast<void>(
        accounts_.session_used(hash, now(), std::min(Timestamp{now().ms + options_.session_idle_ms}, Timestamp{row->created.ms + options_.session_life_ms})));
  return Who(std::move(who));
}

Result<Who> Identities::by_certificate(std::string_view fingerprint, std::string_view subject) {
  const auto no = [] { return fail("certificate-refused", "the certificate is bound to no user", "an administrator binds it: `mozu user bind`"); };
  // Not a hash, as the keys of tokens and sessions are: no text that a client sends can be taken for it.
  const std::string key = fmt::format("certificate {}", fingerprint);
  std::uint64_t generation = 0;
  if (auto who = recall(key, generation)) return who;
  MOZU_LET(auto user, accounts_.user_external(key));
  if (!user) {
    MOZU_LET(user, accounts_.user_external(fmt::format("subject {}", subject)));
  }
  if (!user) return no();
  const auto found = identity(user->id, Scopes::all());
  if (!found) return no();
  auto who = std::make_shared<Identity>(**found);
  remember(key, who, Timestamp{now().ms + options_.remembered_ms}, generation);
  return Who(std::move(who));
}

Status Identities::sweep() {
  const Timestamp at = now();
  {
    const std::scoped_lock lock(mutex_);
    if (!is_over(swept_, 60 * minute_ms, at)) return {};
    swept_ = at;
  }
  return accounts_.remove_expired(at);
}

bool Identities::may_try(const std::string& address) {
  const std::scoped_lock lock(mutex_);
  const Timestamp at = options_.now();
  if (tries_.size() >= addresses_max) std::erase_if(tries_, [&](const auto& t) { return is_over(t.second.since, minute_ms, at); });
  if (tries_.size() >= addresses_max) return false;
  Tries& tries = tries_[origin_of(address)];
  if (is_over(tries.since, minute_ms, at)) tries = {at, 0};
  return ++tries.count <= options_.sign_ins_per_minute;
}

Status Identities::refuse(const store::User& user) {
  MOZU_LET(const std::uint32_t failures, accounts_.sign_in_failed(user.id));
  if (const auto ms = locked_ms(failures, options_.failures_max); ms > 0) MOZU_TRY(accounts_.lock_user(user.id, {now().ms + ms}));
  return sign_in_refused();
}

Status Identities::refuse_unknown(std::string_view name, std::string_view password) {
  if (name.size() > user_name_bytes_max) return sign_in_refused();  // nobody is called so, which everybody may know
  {
    const std::scoped_lock lock(mutex_);
    if (unknown_.size() >= unknown_names_max) unknown_.clear();
    Failures& failures = unknown_[std::string(name)];
    if (is_locked(failures.locked_until, options_.now())) return locked_out();
    if (const auto ms = locked_ms(++failures.count, options_.failures_max); ms > 0) failures.locked_until = {options_.now().ms + ms};
  }
  argon2_fits(nobodys_hash_, password);
  return sign_in_refused();
}

Status Identities::check_code(const store::User& user, std::string_view code) {
  const auto secret = unseal(key_, user.totp_secret, totp_context(user.id));
  if (!secret)
    return fail("secret-key", "the second factor of this account cannot be read",
                "secret.key is not the one it was made with; an administrator can remove the second factor");
  const std::int64_t step = now().ms / 1000 / totp_step_seconds;
  for (std::int64_t s = step - 1; s <= step + 1; ++s) {
    if (!equal_in_constant_time(totp_code(*secret, s), code)) continue;
    MOZU_LET(const bool fresh, accounts_.use_totp_step(user.id, s));
    if (fresh) return {};
  }
  return refuse(user);
}

Result<SignedIn> Identities::sign_in(std::string_view name, std::string_view password, std::string_view code, const std::string& address) {
  if (!may_try(address)) return fail("too-many-sign-ins", "too many sign-ins from this address", "wait a minute");
  if (password.size() > password_bytes_max) return sign_in_refused();
  MOZU_LET(const auto user, accounts_.user_named(name));
  if (!user || user->disabled || user->password_hash.empty()) return fail(refuse_unknown(name, password).error());
  if (is_locked(user->locked_until, now())) return locked_out();
  if (!argon2_fits(user->password_hash, password)) return fail(refuse(*user).error());
  if (!user->totp_secret.empty()) {
    if (code.empty()) return fail("code-needed", "this account has a second factor: its code is needed");
    MOZU_TRY(check_code(*user, code));
  }
  MOZU_TRY(accounts_.sign_in_succeeded(user->id, now()));
  return open_session(*user, address);
}

Result<SignedIn> Identities::sign_in_as(std::string_view external, const std::string& address) {
  if (!may_try(address)) return fail("too-many-sign-ins", "too many sign-ins from this address", "wait a minute");
  MOZU_LET(const auto user, accounts_.user_external(external));
  if (!user || user->disabled)
    return fail("sign-in-refused", "this account of the provider is bound to no user here", "an administrator binds it; the audit log says its name");
  MOZU_TRY(accounts_.sign_in_succeeded(user->id, now()));
  return open_session(*user, address);
}

Result<SignedIn> Identities::open_session(const store::User& user, const std::string& address) {
  MOZU_LET(const Who found, identity(user.id, Scopes::all()));
  SignedIn in;
  in.cookie = random_text(32);
  in.expires = {now().ms + options_.session_idle_ms};
  auto who = std::make_shared<Identity>(*found);
  who->session = secret_hash(in.cookie);
  who->csrf = random_text(24);
  store::Session row;
  row.hash = who->session;
  row.user = user.id;
  row.csrf = who->csrf;
  row.address = address;
  row.created = row.last_seen = now();
  row.expires = in.expires;
  MOZU_TRY(sweep());
  MOZU_TRY(accounts_.add_session(row));
  in.who = std::move(who);
  return in;
}

Status Identities::sign_out(const Identity& who) {
  MOZU_TRY(accounts_.remove_session(who.session));
  forget();
  return {};
}

Identities::Key Identities::key_for(const Key& key, std::string_view purpose) { return derived_key(key, purpose); }

std::string Identities::seal_for(std::string_view purpose, std::string_view text) const { return seal(key_, text, purpose); }
std::optional<std::string> Identities::open_for(std::string_view purpose, std::string_view sealed) const { return unseal(key_, sealed, purpose); }

std::string oidc_external(std::string_view issuer, std::string_view subject) { return fmt::format("oidc {} {}", issuer, subject); }

Result<std::string> canonical_external(std::string_view text) {
  const auto no = [] {
    return fail("field-invalid", "this names nobody elsewhere",
                "write `certificate` and a SHA-256 fingerprint, `subject` and a subject like CN=sensor 7,O=Example, or `oidc`, an issuer and a subject");
  };
  const auto blank = text.find(' ');
  if (blank == text.npos || text.size() > 1024 || !is_utf8(text) || std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < ' '; }))
    return no();
  const std::string_view kind = text.substr(0, blank), rest = text.substr(blank + 1);
  if (rest.empty() || rest.front() == ' ' || rest.back() == ' ') return no();
  if (kind == "subject" && rest.find('=') != rest.npos) return std::string(text);
  if (kind == "oidc") {
    const auto between = rest.find(' ');
    if (rest.find("://") == rest.npos || between == rest.npos || rest.find(' ', between + 1) != rest.npos) return no();
    return std::string(text);
  }
  if (kind != "certificate") return no();
  std::string digits, out = "certificate ";
  for (const char c : rest)
    if (c != ':') digits.push_back(static_cast<char>(c >= 'a' && c <= 'f' ? c - 32 : c));
  if (digits.size() != 64 || digits.find_first_not_of("0123456789ABCDEF") != digits.npos) return no();
  for (std::size_t i = 0; i < digits.size(); i += 2) out += (i == 0 ? "" : ":") + digits.substr(i, 2);
  return out;
}

std::string Identities::new_totp_secret() const { return base32(random_bytes(20)); }

Status Identities::confirm_totp(store::UserId id, std::string_view base32_secret, std::string_view code) {
  const auto secret = from_base32(base32_secret);
  if (!secret || secret->size() < 16 || secret->size() > 64) return fail("field-invalid", "the secret is not one that was given out");
  MOZU_LET(const auto before, accounts_.user(id));
  if (!before) return fail("absent", "no such user");
  const std::int64_t step = now().ms / 1000 / totp_step_seconds;
  bool fits = false;
  for (std::int64_t s = step - 1; s <= step + 1; ++s) fits |= equal_in_constant_time(totp_code(*secret, s), code);
  if (!fits) return fail("field-invalid", "the code does not fit the secret", "is the clock of the device right?");
  auto user = *before;
  user.totp_secret = seal(key_, *secret, totp_context(id));
  return accounts_.update_user(*before, user);
}

Status Identities::remove_totp(store::UserId id) {
  MOZU_LET(const auto before, accounts_.user(id));
  if (!before) return fail("absent", "no such user");
  auto user = *before;
  user.totp_secret.clear();
  return accounts_.update_user(*before, user);
}

}  // namespace mozu::server
