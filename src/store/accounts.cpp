// Organisations, users, tokens, sessions, settings.
#include "accounts_impl.hpp"

#include <fmt/core.h>

#include <array>

#include "mozu/base/text.hpp"
#include "row_sums.hpp"

namespace mozu::store {
namespace {

constexpr std::string_view user_columns =
    "id, name, email, password_hash, totp_secret, totp_step, role, organisation, clearance, disabled, external, failures, locked_until_ms, created_ms, "
    "last_seen_ms";

User read_user(const Row& r) {
  User u;
  u.id = r.integer(0), u.name = r.text(1), u.email = r.text(2), u.password_hash = r.text(3), u.totp_secret = r.text(4), u.totp_step = r.integer(5);
  u.role = r.text(6), u.organisation = r.integer(7), u.clearance = static_cast<intel::Tlp>(r.integer(8)), u.disabled = r.integer(9) != 0;
  u.external = r.text(10), u.failures = static_cast<std::uint32_t>(r.integer(11)), u.locked_until = {r.integer(12)}, u.created = {r.integer(13)},
  u.last_seen = {r.integer(14)};
  return u;
}

constexpr std::string_view token_columns = "id, account, name, hash, scopes, created_ms, expires_ms, last_used_ms";
ApiToken read_token(const Row& r) {
  return {r.integer(0), r.integer(1), std::string(r.text(2)), std::string(r.text(3)), std::string(r.text(4)), {r.integer(5)}, {r.integer(6)}, {r.integer(7)}};
}

constexpr std::string_view session_columns = "hash, account, csrf, address, created_ms, expires_ms, last_seen_ms";
Session read_session(const Row& r) {
  return {std::string(r.text(0)), r.integer(1), std::string(r.text(2)), std::string(r.text(3)), {r.integer(4)}, {r.integer(5)}, {r.integer(6)}};
}

std::unexpected<Diagnostic> exists(std::string_view what) { return fail("exists", fmt::format("there is one already: {}", printable(what))); }
std::unexpected<Diagnostic> absent(std::string_view what) { return fail("absent", fmt::format("there is no such {}", what)); }

/// A unique column is asked before it is written: both happen in one writing transaction.
Status must_be_free(Db& db, std::string_view sql, std::string_view value, std::int64_t but = 0) {
  const Bind binds[] = {Bytes{value}, but};
  MOZU_LET(const auto n, db.integer(sql, binds));
  if (n != 0) return exists(value);
  return {};
}
Status user_must_be_free(Db& db, const User& u) {
  MOZU_TRY(must_be_free(db, "SELECT count(*) FROM account WHERE folded = $1 AND id <> $2", fold(u.name), u.id));
  if (u.external.empty()) return {};
  return must_be_free(db, "SELECT count(*) FROM account WHERE external = $1 AND id <> $2", u.external, u.id);
}
Status write_user(Db& db, const User& u) {
  MOZU_TRY(user_must_be_free(db, u));
  const auto folded = fold(u.name);
  return keep_sum(db, Summed::accounts, "id = $1", {u.id}, [&]() -> Status {
    MOZU_TRY(
        db.run("UPDATE account SET name = $1, folded = $2, email = $3, password_hash = $4, totp_secret = $5, role = $6, organisation = $7, clearance = $8, "
               "disabled = $9, external = $10 WHERE id = $11",
               {Bytes{u.name}, Bytes{folded}, Bytes{u.email}, Bytes{u.password_hash}, Bytes{u.totp_secret}, Bytes{u.role}, u.organisation,
                static_cast<std::int64_t>(u.clearance), std::int64_t{u.disabled}, Bytes{u.external}, u.id}));
    return changed_one(db, "user");
  });
}

}  // namespace

Status changed_one(Db& db, std::string_view what) {
  if (db.changed() == 0) return absent(what);
  return {};
}

Result<std::unique_ptr<Accounts>> Accounts::open(const StoreOptions& options) {
  const Place place = place_of(options.location, reserve_file);
  const Reserve reserve(place.engine == Engine::sqlite && !options.read_only ? place.path : std::string());
  MOZU_LET(auto people, reserve.spend_on([&] { return People::open(options); }));
  reserve.keep();
  return std::make_unique<AccountsImpl>(std::move(people), reserve);
}

Result<intel::OrganisationId> AccountsImpl::add_organisation(const Organisation& o) {
  return people_->write([&](Db& db) -> Result<intel::OrganisationId> {
    MOZU_TRY(must_be_free(db, "SELECT count(*) FROM organisation WHERE name = $1 AND id <> $2", o.name));
    MOZU_LET(const auto id, db.integer("SELECT coalesce(max(id), 0) + 1 FROM organisation"));
    MOZU_TRY(keep_sum(db, Summed::organisations, "id = $1", {id}, [&] {
      return db.run("INSERT INTO organisation(id, name, disabled) VALUES($1, $2, $3)", {id, Bytes{o.name}, std::int64_t{o.disabled}});
    }));
    return id;
  });
}

Status AccountsImpl::update_organisation(const Organisation& before, const Organisation& now) {
  return shut_out([&](Db& db) -> Status {
    MOZU_TRY(must_be_free(db, "SELECT count(*) FROM organisation WHERE name = $1 AND id <> $2", now.name, before.id));
    const Bind key[] = {before.id};
    MOZU_LET(const auto there, db.integer("SELECT count(*) FROM organisation WHERE id = $1", key));
    if (there == 0) return absent("organisation");
    return keep_sum(db, Summed::organisations, "id = $1", {before.id}, [&]() -> Status {
      if (now.name != before.name) MOZU_TRY(db.run("UPDATE organisation SET name = $1 WHERE id = $2", {Bytes{now.name}, before.id}));
      if (now.disabled == before.disabled) return {};
      return db.run("UPDATE organisation SET disabled = $1 WHERE id = $2", {std::int64_t{now.disabled}, before.id});
    });
  });
}

Result<std::vector<Organisation>> AccountsImpl::organisations() {
  return all<Organisation>("SELECT id, name, disabled FROM organisation ORDER BY id", {},
                           [](const Row& r) { return Organisation{r.integer(0), std::string(r.text(1)), r.integer(2) != 0}; });
}

Result<UserId> AccountsImpl::add_user(const User& u) {
  if (u.name.empty()) return fail("user-name", "a user needs a name");
  return people_->write([&](Db& db) -> Result<UserId> {
    MOZU_TRY(user_must_be_free(db, u));
    // Never an id again that somebody had: documents and the audit log speak of it.
    MOZU_LET(const auto id, next_number(db, "last user"));
    const auto folded = fold(u.name);
    MOZU_TRY(keep_sum(db, Summed::accounts, "id = $1", {id}, [&] {
      return db.run(
          "INSERT INTO account(id, name, folded, email, password_hash, totp_secret, totp_step, role, organisation, clearance, disabled, external, failures, "
          "locked_until_ms, created_ms, last_seen_ms) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
          {id, Bytes{u.name}, Bytes{folded}, Bytes{u.email}, Bytes{u.password_hash}, Bytes{u.totp_secret}, u.totp_step, Bytes{u.role}, u.organisation,
           static_cast<std::int64_t>(u.clearance), std::int64_t{u.disabled}, Bytes{u.external}, std::int64_t{u.failures}, u.locked_until.ms,
           Timestamp::now().ms, u.last_seen.ms});
    }));
    return id;
  });
}

Status AccountsImpl::update_user(const User& before, const User& now) {
  return shut_out([&](Db& db) -> Status {
    std::optional<User> user;
    MOZU_TRY(db.run(fmt::format("SELECT {} FROM account WHERE id = $1", user_columns), {before.id}, [&](const Row& r) {
      user = read_user(r);
      return true;
    }));
    if (!user) return absent("user");
    bool lost = false;
    const auto take = [&](auto field) {
      if (before.*field == now.*field) return;
      lost |= (*user).*field != before.*field && (*user).*field != now.*field;
      (*user).*field = now.*field;
    };
    take(&User::name), take(&User::email), take(&User::password_hash), take(&User::totp_secret), take(&User::role), take(&User::organisation);
    take(&User::clearance), take(&User::disabled), take(&User::external);
    if (lost) return fail("conflict", "the user was changed meanwhile", "read it again and repeat the change");
    return write_user(db, *user);
  });
}

Status AccountsImpl::remove_user(UserId id) {
  return shut_out([&](Db& db) -> Status {
    MOZU_TRY(keep_sum(db, Summed::tokens, "account = $1", {id}, [&] { return db.run("DELETE FROM api_token WHERE account = $1", {id}); }));
    MOZU_TRY(db.run("DELETE FROM login_session WHERE account = $1", {id}));
    return keep_sum(db, Summed::accounts, "id = $1", {id}, [&]() -> Status {
      MOZU_TRY(db.run("DELETE FROM account WHERE id = $1", {id}));
      return changed_one(db, "user");
    });
  });
}

Result<std::optional<User>> AccountsImpl::user(UserId id) {
  return one<User>(fmt::format("SELECT {} FROM account WHERE id = $1", user_columns), {id}, read_user);
}
Result<std::optional<User>> AccountsImpl::user_named(std::string_view name) {
  const auto folded = fold(name);
  return one<User>(fmt::format("SELECT {} FROM account WHERE folded = $1", user_columns), {Bytes{folded}}, read_user);
}
Result<std::optional<User>> AccountsImpl::user_external(std::string_view external) {
  if (external.empty()) return std::nullopt;
  return one<User>(fmt::format("SELECT {} FROM account WHERE external = $1", user_columns), {Bytes{external}}, read_user);
}
Result<std::vector<User>> AccountsImpl::users() { return all<User>(fmt::format("SELECT {} FROM account ORDER BY id", user_columns), {}, read_user); }

Result<std::uint32_t> AccountsImpl::sign_in_failed(UserId id) {
  return people_->write([&](Db& db) -> Result<std::uint32_t> {
    MOZU_TRY(db.run("UPDATE account SET failures = failures + 1 WHERE id = $1", {id}));
    MOZU_TRY(changed_one(db, "user"));
    const Bind binds[] = {id};
    MOZU_LET(const auto n, db.integer("SELECT failures FROM account WHERE id = $1", binds));
    return static_cast<std::uint32_t>(n);
  });
}
Status AccountsImpl::lock_user(UserId id, Timestamp until) { return change("user", "UPDATE account SET locked_until_ms = $1 WHERE id = $2", {until.ms, id}); }
Status AccountsImpl::sign_in_succeeded(UserId id, Timestamp at) {
  return change("user", "UPDATE account SET failures = 0, locked_until_ms = 0, last_seen_ms = $1 WHERE id = $2", {at.ms, id});
}
Result<bool> AccountsImpl::use_totp_step(UserId id, std::int64_t step) {
  return people_->write([&](Db& db) -> Result<bool> {
    MOZU_TRY(db.run("UPDATE account SET totp_step = $1 WHERE id = $2 AND totp_step < $1", {step, id}));
    return db.changed() != 0;
  });
}

Result<std::int64_t> AccountsImpl::add_token(const ApiToken& t) {
  return people_->write([&](Db& db) -> Result<std::int64_t> {
    MOZU_TRY(must_be_free(db, "SELECT count(*) FROM api_token WHERE hash = $1 AND id <> $2", t.hash));
    MOZU_LET(const auto id, next_number(db, "last token"));
    MOZU_TRY(keep_sum(db, Summed::tokens, "id = $1", {id}, [&] {
      return db.run("INSERT INTO api_token(id, account, name, hash, scopes, created_ms, expires_ms, last_used_ms) VALUES($1, $2, $3, $4, $5, $6, $7, $8)",
                    {id, t.user, Bytes{t.name}, Bytes{t.hash}, Bytes{t.scopes}, t.created.ms, t.expires.ms, t.last_used.ms});
    }));
    return id;
  });
}
Result<std::optional<ApiToken>> AccountsImpl::token(std::string_view hash) {
  return one<ApiToken>(fmt::format("SELECT {} FROM api_token WHERE hash = $1", token_columns), {Bytes{hash}}, read_token);
}
Result<std::vector<ApiToken>> AccountsImpl::tokens(UserId user) {
  return all<ApiToken>(fmt::format("SELECT {} FROM api_token WHERE account = $1 ORDER BY id", token_columns), {user}, read_token);
}
Status AccountsImpl::token_used(std::int64_t id, Timestamp at) { return change("token", "UPDATE api_token SET last_used_ms = $1 WHERE id = $2", {at.ms, id}); }
Status AccountsImpl::remove_token(std::int64_t id) {
  return shut_out([&](Db& db) -> Status {
    return keep_sum(db, Summed::tokens, "id = $1", {id}, [&]() -> Status {
      MOZU_TRY(db.run("DELETE FROM api_token WHERE id = $1", {id}));
      return changed_one(db, "token");
    });
  });
}

Status AccountsImpl::add_session(const Session& s) {
  return people_->write([&](Db& db) -> Status {
    MOZU_TRY(must_be_free(db, "SELECT count(*) FROM login_session WHERE hash = $1 AND account <> $2", s.hash, -1));
    return db.run("INSERT INTO login_session(hash, account, csrf, address, created_ms, expires_ms, last_seen_ms) VALUES($1, $2, $3, $4, $5, $6, $7)",
                  {Bytes{s.hash}, s.user, Bytes{s.csrf}, Bytes{s.address}, s.created.ms, s.expires.ms, s.last_seen.ms});
  });
}
Result<std::optional<Session>> AccountsImpl::session(std::string_view hash) {
  return one<Session>(fmt::format("SELECT {} FROM login_session WHERE hash = $1", session_columns), {Bytes{hash}}, read_session);
}
Result<std::vector<Session>> AccountsImpl::sessions(UserId user) {
  return all<Session>(fmt::format("SELECT {} FROM login_session WHERE account = $1 ORDER BY created_ms, hash", session_columns), {user}, read_session);
}
Status AccountsImpl::session_used(std::string_view hash, Timestamp at, Timestamp expires) {
  return change("session", "UPDATE login_session SET last_seen_ms = $1, expires_ms = $2 WHERE hash = $3", {at.ms, expires.ms, Bytes{hash}});
}
Status AccountsImpl::remove_session(std::string_view hash) {
  return shut_out([&](Db& db) -> Status {
    MOZU_TRY(db.run("DELETE FROM login_session WHERE hash = $1", {Bytes{hash}}));
    return changed_one(db, "session");
  });
}
Status AccountsImpl::remove_sessions(UserId user) {
  return shut_out([&](Db& db) -> Status { return db.run("DELETE FROM login_session WHERE account = $1", {user}); });
}
Status AccountsImpl::remove_expired(Timestamp now) {
  return people_->write([&](Db& db) -> Status {
    MOZU_TRY(db.run("DELETE FROM login_session WHERE expires_ms <= $1", {now.ms}));
    return keep_sum(db, Summed::tokens, "expires_ms <= $1", {now.ms}, [&] { return db.run("DELETE FROM api_token WHERE expires_ms <= $1", {now.ms}); });
  });
}

}  // namespace mozu::store
