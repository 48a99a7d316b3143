// One's own account: signing in and out, password, second factor.
#include <fmt/core.h>

#include "json.hpp"
#include "mozu/base/text.hpp"
#include "routes.hpp"
#include "welcome.hpp"

namespace mozu::server {
namespace {

Response describe(const Identity& who, bool second_factor, unsigned status) {
  std::string body;
  JsonWriter w(body);
  w.begin_object()
      .field("name", who.name)
      .field("role", name(who.role))
      .field("organisation", who.viewer.organisation)
      .field("clearance", tlp_text(who.viewer.clearance));
  w.field("second_factor", second_factor).key("permissions").begin_array();
  for (std::size_t i = 0; i < permission_count; ++i)
    if (const auto p = static_cast<Permission>(i); p != Permission::open && who.may(p)) w.value(name(p));
  w.end_array();
  if (!who.csrf.empty()) w.field("csrf", who.csrf);
  w.end_object();
  Response r = json_response(std::move(body), status);
  r.compress = false;
  return r;
}

Result<store::User> own_user(Services& services, const Request& request) {
  MOZU_LET(auto user, services.identities.accounts().user(request.who->user));
  if (!user) return fail("absent", "no such user");
  return std::move(*user);
}

Response signed_in(Services& services, const SignedIn& in, bool second_factor) {
  Response r = describe(*in.who, second_factor, 201);
  r.set("Set-Cookie", cookie_text(session_cookie, in.cookie, (in.expires.ms - services.identities.now().ms) / 1000));
  return r;
}

Response welcome(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const JsonBody body, JsonBody::parse(request));
  MOZU_ANSWER(body.only({"secret", "name", "password"}));
  MOZU_ANSWER_LET(const std::string secret, body.text("secret"));
  MOZU_ANSWER_LET(const std::string user, body.text("name"));
  MOZU_ANSWER_LET(const std::string password, body.text("password"));
  const auto in = services.identities.welcome(secret, user, password, request.address);
  if (!in) {
    if (in.error().code == "welcome-refused")
      MOZU_ANSWER(audit(services, request, "welcome-failed", printable(user, 100), in.error().code, printable(user, 100)));
    Response r = refuse(services, request, in.error());
    if (r.status == 429) r.set("Retry-After", "60");
    return r;
  }
  MOZU_ANSWER(audit(services, request, "welcome", in->who->name, "administrator", in->who->name));
  return signed_in(services, *in, false);
}

Response sign_in(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const JsonBody body, JsonBody::parse(request));
  MOZU_ANSWER(body.only({"name", "password", "code"}));
  MOZU_ANSWER_LET(const std::string user, body.text("name"));
  MOZU_ANSWER_LET(const std::string password, body.text("password"));
  MOZU_ANSWER_LET(const std::string code, body.text("code"));
  auto in = services.identities.sign_in(user, password, code, request.address);
  if (!in) {
    if (in.error().code != "too-many-sign-ins") {
      MOZU_ANSWER_LET(const auto whom, services.identities.accounts().user_named(user));
      MOZU_ANSWER(
          audit(services, request, "sign-in-failed", printable(user, 100), in.error().code, printable(user, 100), whom ? whom->organisation : intel::common));
    }
    Response r = refuse(services, request, in.error());
    if (r.status == 429) r.set("Retry-After", "60");
    return r;
  }
  MOZU_ANSWER(audit(services, request, "sign-in", in->who->name, {}, in->who->name, in->who->viewer.organisation));
  MOZU_ANSWER_LET(const auto row, services.identities.accounts().user(in->who->user));
  return signed_in(services, *in, row && !row->totp_secret.empty());
}

Response sign_out(Services& services, const Request& request) {
  if (request.who->session.empty()) return problem(409, "no-session", "a token is not signed out", "take it back under /api/v1/tokens");
  MOZU_ANSWER(services.identities.sign_out(*request.who));
  MOZU_ANSWER(audit_shut_out(services, request, "sign-out", request.who->name));
  Response r = no_content();
  r.set("Set-Cookie", cookie_text(session_cookie, "", 0));
  return r;
}

/// For who is not signed in yet, and nothing else about this server.
Response ways(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER_LET(const bool welcome, awaits_welcome(services.identities.accounts(), services.identities.now()));
  std::string body;
  JsonWriter(body).begin_object().field("password", true).field("oidc", !services.oidc.issuer.empty()).field("welcome", welcome).end_object();
  return json_response(std::move(body));
}

Response me(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const store::User user, own_user(services, request));
  return describe(*request.who, !user.totp_secret.empty(), 200);
}

Response change_password(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const JsonBody body, JsonBody::parse(request));
  MOZU_ANSWER_LET(const std::string old, body.text("old"));
  MOZU_ANSWER_LET(const std::string wanted, body.text("new"));
  MOZU_ANSWER(services.identities.check_password(request.who->user, old));
  MOZU_ANSWER(services.identities.set_password(request.who->user, wanted));
  MOZU_ANSWER(audit_shut_out(services, request, "password", request.who->name));
  return no_content();
}

Response begin_totp(Services& services, const Request& request) {
  const std::string secret = services.identities.new_totp_secret();
  std::string body;
  JsonWriter w(body);
  w.begin_object().field("secret", secret);
  w.field("uri", fmt::format("otpauth://totp/Mozu:{}?secret={}&issuer=Mozu&algorithm=SHA1&digits=6&period=30", percent_encode(request.who->name), secret))
      .end_object();
  Response r = json_response(std::move(body));
  r.compress = false;
  return r;
}

Response set_totp(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const JsonBody body, JsonBody::parse(request));
  MOZU_ANSWER_LET(const std::string password, body.text("password"));
  MOZU_ANSWER(services.identities.check_password(request.who->user, password));
  const bool on = request.method == Method::put;
  if (on) {
    MOZU_ANSWER_LET(const std::string secret, body.text("secret"));
    MOZU_ANSWER_LET(const std::string code, body.text("code"));
    MOZU_ANSWER(services.identities.confirm_totp(request.who->user, secret, code));
  } else {
    MOZU_ANSWER(services.identities.remove_totp(request.who->user));
  }
  MOZU_ANSWER(audit(services, request, on ? "second-factor" : "second-factor-remove", request.who->name));
  return no_content();
}

}  // namespace

void add_session_routes(Router& router, Services& services) {
  const auto to = handlers(services);
  router.add(Method::post, "/api/v1/session", Permission::open, slow_json, to(sign_in));
  router.add(Method::get, "/api/v1/session/ways", Permission::open, no_body, to(ways));
  router.add(Method::post, "/api/v1/welcome", Permission::open, slow_json, to(welcome));
  router.add(Method::get, "/api/v1/session", Permission::signed_in, no_body, to(me));
  router.add(Method::remove, "/api/v1/session", Permission::signed_in, no_body, to(sign_out));
  router.add(Method::put, "/api/v1/session/password", Permission::signed_in, slow_json, to(change_password));
  router.add(Method::post, "/api/v1/session/second-factor", Permission::signed_in, no_body, to(begin_totp));
  router.add(Method::put, "/api/v1/session/second-factor", Permission::signed_in, slow_json, to(set_totp));
  router.add(Method::remove, "/api/v1/session/second-factor", Permission::signed_in, slow_json, to(set_totp));
}

}  // namespace mozu::server
