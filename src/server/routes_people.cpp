// Users, organisations, tokens, and the audit log.
#include <fmt/core.h>

#include <algorithm>

#include "json.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

void write_time(JsonWriter& w, std::string_view key, Timestamp t) {
  if (t.ms != 0) w.field(key, format_time(t));
}

/// Another one as soon as an administrator changed the user: what If-Match is compared with.
std::string version_of(const store::User& u) {
  std::string said;
  JsonWriter w(said);
  w.begin_array().value(u.name).value(u.role).value(u.organisation).value(tlp_text(u.clearance)).value(u.email).value(u.external).value(u.disabled);
  w.value(!u.totp_secret.empty()).end_array();
  return fmt::format("{:016x}", xxh3_64(said));
}

void write_user(JsonWriter& w, const store::User& u) {
  w.begin_object()
      .field("version", version_of(u))
      .field("name", u.name)
      .field("role", u.role)
      .field("organisation", u.organisation)
      .field("clearance", tlp_text(u.clearance));
  if (!u.email.empty()) w.field("email", u.email);
  if (!u.external.empty()) w.field("external", u.external);
  w.field("disabled", u.disabled).field("second_factor", !u.totp_secret.empty());
  write_time(w, "created", u.created);
  write_time(w, "last_seen", u.last_seen);
  write_time(w, "locked_until", u.locked_until);
  w.end_object();
}
Response user_response(const store::User& u, unsigned status = 200) {
  std::string body;
  JsonWriter w(body);
  write_user(w, u);
  return json_response(std::move(body), status);
}

// Who belongs to an organisation administers its people and no others; who belongs to none, everybody and the organisations themselves.
bool administers_all(const Request& request) { return request.who->viewer.organisation == intel::common; }
bool administers(const Request& request, const store::User& user) { return administers_all(request) || user.organisation == request.who->viewer.organisation; }

Result<store::User> user_named(Services& services, const Request& request, std::string_view name) {
  MOZU_LET(auto user, services.identities.accounts().user_named(name));
  if (!user || !administers(request, *user)) return fail("absent", "no such user");
  return std::move(*user);
}

/// Nobody gives what they do not have.
Status may_grant(const Request& request, intel::OrganisationId organisation, intel::Tlp clearance) {
  if (administers_all(request)) return {};
  if (organisation != request.who->viewer.organisation)
    return fail("not-permitted", "an organisation's administrator administers its people only", "an administrator of no organisation can");
  if (clearance > request.who->viewer.clearance)
    return fail("not-permitted", "nobody grants a clearance above their own", "an administrator of no organisation can");
  return {};
}

/// Certificates and accounts elsewhere may be those of another organisation's people: who binds one takes them in.
Status may_bind(const Request& request) {
  if (administers_all(request)) return {};
  return fail("not-permitted", "'external' is set by an administrator of no organisation", "ask one; passwords you can set yourself");
}

Status organisation_exists(Services& services, intel::OrganisationId id) {
  if (id == intel::common) return {};
  MOZU_LET(const auto all, services.identities.accounts().organisations());
  if (std::ranges::find(all, id, &store::Organisation::id) == all.end()) return fail("field-invalid", "no such organisation");
  return {};
}

Result<intel::Tlp> clearance_of(const JsonBody& body, intel::Tlp otherwise) {
  MOZU_LET(const std::string text, body.text("clearance"));
  if (text.empty()) return otherwise;
  const auto tlp = intel::parse_tlp(text);
  if (!tlp) return fail("field-invalid", "clearance is no TLP marking", "write clear, green, amber, amber+strict or red");
  return *tlp;
}

Result<std::string> external_of(const JsonBody& body, std::string_view otherwise) {
  MOZU_LET(const std::string text, body.text("external", otherwise));
  return text.empty() ? Result<std::string>(text) : canonical_external(text);
}

Response list_users(Services& services, const Request& request) {
  MOZU_ANSWER_LET(auto users, services.identities.accounts().users());
  std::erase_if(users, [&](const store::User& u) { return !administers(request, u); });
  return page_response(users, {}, std::nullopt, write_user);
}

Response add_user(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const JsonBody body, JsonBody::parse(request));
  NewUser user;
  MOZU_ANSWER_LET(user.name, body.text("name"));
  MOZU_ANSWER_LET(user.email, body.text("email"));
  MOZU_ANSWER_LET(user.password, body.text("password"));
  MOZU_ANSWER_LET(user.role, body.text("role"));
  MOZU_ANSWER_LET(user.organisation, body.number("organisation", request.who->viewer.organisation));
  MOZU_ANSWER_LET(user.clearance,
                  clearance_of(body, administers_all(request) ? intel::Tlp::amber : std::min(intel::Tlp::amber, request.who->viewer.clearance)));
  MOZU_ANSWER_LET(user.external, external_of(body, {}));
  if (!user.external.empty()) MOZU_ANSWER(may_bind(request));
  MOZU_ANSWER(may_grant(request, user.organisation, user.clearance));
  MOZU_ANSWER(organisation_exists(services, user.organisation));
  MOZU_ANSWER(services.identities.add_user(user));
  MOZU_ANSWER(audit(services, request, "user-add", user.name, user.role));
  MOZU_ANSWER_LET(const auto made, user_named(services, request, user.name));
  Response r = user_response(made, 201);
  r.set("Location", "/api/v1/users/" + percent_encode(made.name));
  return r;
}

Response one_user(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const auto user, user_named(services, request, request.parameters[0]));
  return user_response(user);
}

/// What a request changes of a user, and what the audit log says of it: names of fields, values only of what is no secret.
struct Change {
  store::User user;
  bool password = false;
  std::string said;
  void say(std::string_view what) { said += (said.empty() ? "" : ", ") + std::string(what); }
};

Result<Change> change_of(Services& services, const Request& request, const JsonBody& body, const store::User& before) {
  Change c{before, false, {}};
  store::User& user = c.user;
  MOZU_LET(user.email, body.text("email", user.email));
  if (user.email != before.email) MOZU_TRY(check_mail_address(user.email));
  MOZU_LET(user.role, body.text("role", user.role));
  if (!role_of(user.role)) return fail("field-invalid", "no such role", "roles are administrator, analyst, author, reader, feed-client");
  MOZU_LET(user.organisation, body.number("organisation", user.organisation));
  MOZU_LET(user.clearance, clearance_of(body, user.clearance));
  MOZU_LET(user.external, external_of(body, user.external));
  MOZU_LET(user.disabled, body.flag("disabled", user.disabled));
  // What somebody else granted may stay; what is granted anew must be the own.
  MOZU_TRY(may_grant(request, user.organisation, user.clearance > before.clearance ? user.clearance : intel::Tlp::none));
  MOZU_TRY(organisation_exists(services, user.organisation));
  MOZU_LET(const std::string password, body.text("password"));
  if (!password.empty()) {
    MOZU_LET(user.password_hash, services.identities.password_hash(user.name, password));
    c.password = true;
  }
  MOZU_LET(const bool keep, body.flag("second_factor", true));
  if (!keep) user.totp_secret.clear();
  // Whoever sets these signs in as that user, or gets their mails, and sees what they see.
  if (c.password || !keep || user.email != before.email) MOZU_TRY(may_grant(request, before.organisation, before.clearance));
  if (user.external != before.external) MOZU_TRY(user.external.empty() ? may_grant(request, before.organisation, before.clearance) : may_bind(request));
  if (user.email != before.email) c.say("email");
  if (user.role != before.role) c.say(fmt::format("role {}", user.role));
  if (user.organisation != before.organisation) c.say(fmt::format("organisation {}", user.organisation));
  if (user.clearance != before.clearance) c.say(fmt::format("clearance {}", tlp_text(user.clearance)));
  if (user.external != before.external) c.say("external");
  if (user.disabled != before.disabled) c.say(user.disabled ? "disabled" : "enabled");
  if (c.password) c.say("password");
  if (user.totp_secret != before.totp_secret) c.say("second factor removed");
  return c;
}

Response change_user(Services& services, const Request& request) {
  auto& accounts = services.identities.accounts();
  MOZU_ANSWER_LET(const JsonBody body, JsonBody::parse(request));
  MOZU_ANSWER_LET(const auto before, user_named(services, request, request.parameters[0]));
  if (const auto match = request.header("if-match"); !match.empty() && match != "*" && match != fmt::format("\"{}\"", version_of(before)))
    return problem(412, "conflict", "the user was changed meanwhile", "read it again and repeat the change");
  MOZU_ANSWER_LET(const bool unlock, body.flag("unlock", false));
  MOZU_ANSWER_LET(auto change, change_of(services, request, body, before));
  const store::User& user = change.user;
  // Nobody locks the last administrator out: that would be this one. Who moves to an organisation no longer looks after the installation.
  if (user.id == request.who->user && (user.disabled || user.role != name(Role::administrator) || user.organisation != before.organisation))
    return problem(409, "own-account", "nobody takes their own administration away", "another administrator can");
  if (unlock) change.say("unlocked");
  MOZU_ANSWER(accounts.update_user(before, user));
  services.identities.forget();
  if (user.disabled || change.password) MOZU_ANSWER(accounts.remove_sessions(user.id));
  services.identities.forget();
  if (unlock) MOZU_ANSWER(accounts.lock_user(user.id, Timestamp{}));
  MOZU_ANSWER(audit_shut_out(services, request, "user-change", user.name, change.said));
  MOZU_ANSWER_LET(const auto changed, user_named(services, request, user.name));
  return user_response(changed);
}

Response remove_user(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const auto user, user_named(services, request, request.parameters[0]));
  if (user.id == request.who->user) return problem(409, "own-account", "nobody removes their own account", "another administrator can");
  MOZU_ANSWER(services.identities.accounts().remove_user(user.id));
  services.identities.forget();
  MOZU_ANSWER(audit_shut_out(services, request, "user-remove", user.name));
  return no_content();
}

void write_organisation(JsonWriter& w, const store::Organisation& o) {
  w.begin_object().field("id", o.id).field("name", o.name).field("disabled", o.disabled).end_object();
}

Result<std::vector<plans::Standing>> standings_of(Services& services, const std::vector<store::Organisation>& all) {
  std::vector<plans::Standing> out;
  for (const auto& o : all) {
    MOZU_LET(out.emplace_back(), services.identities.plans().standing(o.id, services.identities.now()));
  }
  return out;
}

Response list_organisations(Services& services, const Request& request) {
  MOZU_ANSWER_LET(auto all, services.identities.accounts().organisations());
  if (!administers_all(request)) std::erase_if(all, [&](const store::Organisation& o) { return o.id != request.who->viewer.organisation; });
  MOZU_ANSWER_LET(const auto standings, standings_of(services, all));
  std::size_t i = 0;
  return page_response(all, {}, std::nullopt, [&](JsonWriter& w, const store::Organisation& o) {
    const auto& stands = standings[i++];
    w.begin_object().field("id", o.id).field("name", o.name).field("disabled", o.disabled).field("state", plans::name(stands.state)).key("plans").begin_array();
    for (const auto& [s, plan] : stands.subscriptions) w.value(std::string_view(s.plan));
    w.end_array().end_object();
  });
}

Response put_organisation(Services& services, const Request& request) {
  MOZU_ANSWER(of_installation(request));
  MOZU_ANSWER_LET(const JsonBody body, JsonBody::parse(request));
  store::Organisation o;
  const bool add = request.method == Method::post;
  if (!add) {
    const auto id = to_uint(request.parameters[0]);
    MOZU_ANSWER_LET(const auto all, services.identities.accounts().organisations());
    const auto found = std::ranges::find_if(all, [&](const store::Organisation& one) { return id && static_cast<std::uint64_t>(one.id) == *id; });
    if (found == all.end()) return problem(404, "absent", "no such organisation");
    o = *found;
  }
  const store::Organisation before = o;
  MOZU_ANSWER_LET(o.name, body.text("name", o.name));
  MOZU_ANSWER_LET(o.disabled, body.flag("disabled", o.disabled));
  if (trim(o.name).empty() || o.name.size() > 256) return problem(422, "field-invalid", "an organisation's name has 1 to 256 bytes");
  if (add) {
    MOZU_ANSWER_LET(o.id, services.identities.accounts().add_organisation(o));
  } else {
    MOZU_ANSWER(services.identities.accounts().update_organisation(before, o));
    services.identities.forget();
  }
  MOZU_ANSWER(audit_shut_out(services, request, add ? "organisation-add" : "organisation-change", o.name, o.disabled ? "disabled" : ""));
  std::string text;
  JsonWriter w(text);
  write_organisation(w, o);
  return json_response(std::move(text), add ? 201 : 200);
}

/// One's own, or those of somebody whom one administers.
Result<store::User> holder(Services& services, const Request& request) {
  if (request.route->permission == Permission::administer) return user_named(services, request, request.parameters[0]);
  MOZU_LET(auto user, services.identities.accounts().user(request.who->user));
  if (!user) return fail("absent", "no such user");
  return std::move(*user);
}

Response list_tokens(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const auto user, holder(services, request));
  MOZU_ANSWER_LET(const auto tokens, services.identities.accounts().tokens(user.id));
  return page_response(tokens, {}, std::nullopt, [](JsonWriter& w, const store::ApiToken& t) {
    w.begin_object().field("id", t.id).field("name", t.name).field("scopes", t.scopes);
    write_time(w, "created", t.created);
    write_time(w, "expires", t.expires);
    write_time(w, "last_used", t.last_used);
    w.end_object();
  });
}

Response add_token(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const JsonBody body, JsonBody::parse(request));
  NewToken token;
  token.user = request.who->user;
  MOZU_ANSWER_LET(token.name, body.text("name"));
  MOZU_ANSWER_LET(token.scopes, body.text("scopes"));
  MOZU_ANSWER_LET(const std::int64_t days, body.number("days", 365));
  if (days < 1 || days > 3650) return problem(422, "field-invalid", "days is not from 1 to 3650");
  token.life_ms = days * 24 * 3'600'000;
  MOZU_ANSWER_LET(const MadeToken made, services.identities.add_token(token));
  MOZU_ANSWER(audit(services, request, "token-add", fmt::format("{}", made.id), token.scopes));
  std::string text;
  JsonWriter w(text);
  w.begin_object().field("id", made.id).field("token", made.text).field("expires", format_time(made.expires)).end_object();
  Response r = json_response(std::move(text), 201);
  r.compress = false;
  return r;
}

Response remove_token(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const auto user, holder(services, request));
  MOZU_ANSWER_LET(const auto tokens, services.identities.accounts().tokens(user.id));
  const auto id = to_uint(request.parameters.back());
  const auto found = std::ranges::find_if(tokens, [&](const store::ApiToken& t) { return id && static_cast<std::uint64_t>(t.id) == *id; });
  if (found == tokens.end()) return problem(404, "absent", "no such token");
  MOZU_ANSWER(services.identities.accounts().remove_token(found->id));
  services.identities.forget();
  MOZU_ANSWER(audit_shut_out(services, request, "token-remove", fmt::format("{}", found->id),
                             user.id == request.who->user ? std::string() : fmt::format("of {}", user.name)));
  return no_content();
}

Response audit_log(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"who", "action", "object", "from", "until", "cursor", "limit"}));
  store::AuditQuery q;
  q.who = request.query("who");
  q.action = request.query("action");
  q.object = request.query("object");
  // What others did names what they know. Who belongs to no organisation looks after the whole installation.
  if (const auto own = request.who->viewer.organisation; own != intel::common) q.seen_by = own;
  MOZU_ANSWER_LET(q.from, time_of(request, "from"));
  MOZU_ANSWER_LET(q.until, time_of(request, "until"));
  q.cursor = request.query("cursor");
  MOZU_ANSWER_LET(q.limit, limit_of(request));
  MOZU_ANSWER_LET(const auto page, services.identities.accounts().audit_log(q));
  return page_response(page.items, page.next, page.total, [](JsonWriter& w, const store::AuditLine& l) {
    w.begin_object().field("sequence", l.sequence).field("at", format_time(l.at)).field("who", l.who).field("action", l.action).field("object", l.object);
    w.field("detail", l.detail).field("organisation", l.organisation).field("chain", l.chain).end_object();
  });
}

}  // namespace

void add_people_routes(Router& router, Services& services) {
  const auto to = handlers(services);
  router.add(Method::get, "/api/v1/users", Permission::administer, no_body, to(list_users));
  router.add(Method::post, "/api/v1/users", Permission::administer, slow_json, to(add_user));
  router.add(Method::get, "/api/v1/users/{name}", Permission::administer, no_body, to(one_user));
  router.add(Method::patch, "/api/v1/users/{name}", Permission::administer, slow_json, to(change_user));
  router.add(Method::remove, "/api/v1/users/{name}", Permission::administer, no_body, to(remove_user));
  router.add(Method::get, "/api/v1/users/{name}/tokens", Permission::administer, no_body, to(list_tokens));
  router.add(Method::remove, "/api/v1/users/{name}/tokens/{id}", Permission::administer, no_body, to(remove_token));
  router.add(Method::get, "/api/v1/organisations", Permission::administer, no_body, to(list_organisations));
  router.add(Method::post, "/api/v1/organisations", Permission::administer, small_json, to(put_organisation));
  router.add(Method::patch, "/api/v1/organisations/{id}", Permission::administer, small_json, to(put_organisation));
  router.add(Method::get, "/api/v1/tokens", Permission::signed_in, no_body, to(list_tokens));
  router.add(Method::post, "/api/v1/tokens", Permission::signed_in, small_json, to(add_token));
  router.add(Method::remove, "/api/v1/tokens/{id}", Permission::signed_in, no_body, to(remove_token));
  router.add(Method::get, "/api/v1/audit", Permission::audit, no_body, to(audit_log));
}

}  // namespace mozu::server
