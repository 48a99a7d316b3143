// Signing in at an OpenID provider: away to it, and back.
#include <fmt/core.h>

#include <memory>

#include "mozu/base/text.hpp"
#include "oidc.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

constexpr RouteOptions waiting{Body::none, 0, true};  // for the provider

Response leave(Services& services, Oidc& oidc, const Request& request) {
  MOZU_ANSWER_LET(const Oidc::Begun begun, oidc.begin());
  Response r = no_content();
  r.status = 303;
  r.set("Location", begun.location);
  // Lax: coming back is a step from the provider's page.
  r.set("Set-Cookie", cookie_text(oidc_cookie, begun.cookie, oidc_life_ms / 1000, "Lax"));
  return r;
}

Response come_back(Services& services, Oidc& oidc, const Request& request) {
  const auto external = oidc.finish(request);
  auto in = external ? services.identities.sign_in_as(*external, request.address) : Result<SignedIn>(std::unexpected(external.error()));
  Response r;
  if (in) {
    MOZU_ANSWER(audit(services, request, "sign-in", in->who->name, *external, in->who->name, in->who->viewer.organisation));
    // The session's cookie is for steps from our own pages only, so the way on begins at one.
    r.content_type = "text/html; charset=utf-8";
    r.body = "<!doctype html><meta http-equiv=\"refresh\" content=\"0; url=/\"><title>Mozu</title><p>You are signed in. <a href=\"/\">Go on</a></p>\n";
    r.set("Set-Cookie", cookie_text(session_cookie, in->cookie, (in->expires.ms - services.identities.now().ms) / 1000));
  } else {
    const Diagnostic& d = in.error();
    if (d.code != "too-many-sign-ins" && d.code != "oidc-absent")
      MOZU_ANSWER(audit(services, request, "sign-in-failed", external.value_or("oidc"), d.message, "oidc"));
    r = refuse(services, request, d);
  }
  r.set("Set-Cookie", cookie_text(oidc_cookie, "", 0, "Lax"));
  r.compress = false;
  return r;
}

}  // namespace

void add_oidc_routes(Router& router, Services& services) {
  const auto oidc = std::make_shared<Oidc>(services.oidc, services.identities, fetch);
  router.add(Method::get, "/api/v1/session/oidc", Permission::open, waiting,
             [&services, oidc](const Request& request) { return leave(services, *oidc, request); });
  router.add(Method::get, oidc_callback, Permission::open, waiting, [&services, oidc](const Request& request) { return come_back(services, *oidc, request); });
}

}  // namespace mozu::server
