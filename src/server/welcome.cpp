// The first administrator: who holds the link that a server without users printed makes themselves one.
#include "welcome.hpp"

#include <fmt/core.h>
#include <simdjson.h>

#include "mozu/base/json_write.hpp"
#include "mozu/server/identity.hpp"
#include "secrets.hpp"

namespace mozu::server {
namespace {

constexpr std::string_view welcome_collection = "welcome", welcome_document_id = "administrator";

std::unexpected<Diagnostic> welcome_refused() {
  return fail("welcome-refused", "this link is no longer good: it was used, its hour is over, or there are users already",
              "sign in; where nobody can, start the server anew: it prints another link");
}

/// The hash that fits, as the document's JSON; empty once it was used.
std::string json_of(std::string_view hash, Timestamp expires) {
  std::string out;
  JsonWriter(out).begin_object().field("hash", hash).field("expires", expires.ms).end_object();
  return out;
}

/// The hash of a link that is good now; empty: none is.
std::string hash_of(const store::Document& kept, Timestamp now) {
  simdjson::dom::parser parser;
  simdjson::dom::object o;
  std::string_view hash;
  std::int64_t expires = 0;
  if (parser.parse(kept.json).get(o) != simdjson::SUCCESS || o.at_key("hash").get(hash) != simdjson::SUCCESS ||
      o.at_key("expires").get(expires) != simdjson::SUCCESS)
    return {};
  // One that would be good for longer than any is was made while the clock was ahead.
  if (expires <= now.ms || expires - now.ms > welcome_life_ms) return {};
  return std::string(hash);
}

bool fits_welcome(const store::Document& kept, std::string_view secret, Timestamp now) {
  const std::string hash = hash_of(kept, now);
  return !hash.empty() && equal_in_constant_time(hash, secret_hash(secret));
}

}  // namespace

Result<bool> awaits_welcome(store::Accounts& accounts, Timestamp now) {
  MOZU_LET(const auto kept, accounts.document(welcome_collection, welcome_document_id));
  if (!kept || hash_of(*kept, now).empty()) return false;
  MOZU_LET(const auto users, accounts.users());
  return users.empty();
}

Result<std::optional<std::string>> Identities::make_welcome() {
  MOZU_LET(const auto users, accounts_.users());
  if (!users.empty()) return std::optional<std::string>();
  MOZU_LET(const auto before, accounts_.document(welcome_collection, welcome_document_id));
  std::string secret = random_text(32);
  store::Document row;
  row.collection = welcome_collection, row.id = welcome_document_id, row.version = before ? before->version : 0;
  row.json = json_of(secret_hash(secret), {now().ms + welcome_life_ms});
  MOZU_LET([[maybe_unused]] const auto version, accounts_.put_document(row));
  return std::optional(std::move(secret));
}

Result<SignedIn> Identities::welcome(std::string_view secret, const std::string& name, const std::string& password, const std::string& address) {
  if (!may_try(address)) return fail("too-many-sign-ins", "too many sign-ins from this address", "wait a minute");
  MOZU_LET(auto kept, accounts_.document(welcome_collection, welcome_document_id));
  if (!kept || !fits_welcome(*kept, secret, now())) return welcome_refused();
  MOZU_LET(const auto users, accounts_.users());
  if (!users.empty()) return welcome_refused();
  if (password.empty()) return fail("password-weak", "a password is needed");
  MOZU_LET(store::User row, row_of({name, {}, password, "administrator", intel::common, intel::Tlp::red}));
  // Of two who come at once with the same link, one finds another version here.
  kept->json = json_of({}, {});
  if (const auto used = accounts_.put_document(*kept); !used) return used.error().code == "conflict" ? welcome_refused() : fail(used.error());
  MOZU_LET(row.id, accounts_.add_user(row));
  return open_session(row, address);
}

}  // namespace mozu::server
