// What watches the server: is it alive, what does it count.
#include "mozu/base/version.hpp"
#include "routes.hpp"

namespace mozu::server {

void add_service_routes(Router& router, Services& services) {
  // One read of each memory: a server that cannot do this cannot serve.
  router.add(Method::get, "/healthz", Permission::open, no_body, [&services](const Request& request) {
    MOZU_ANSWER(services.knowledge.last_sequence());
    MOZU_ANSWER(services.identities.accounts().setting("health"));
    return json_response(R"({"status":"ok"})");
  });
  router.add(Method::get, "/metrics", Permission::metrics, no_body, [&services](const Request& request) {
    MOZU_ANSWER(of_installation(request));  // of everybody's requests
    Response r;
    r.content_type = "text/plain; version=0.0.4; charset=utf-8";
    r.body = services.metrics();
    return r;
  });
  router.add(Method::get, "/api/v1/version", Permission::signed_in, no_body, [](const Request&) {
    std::string body;
    JsonWriter w(body);
    w.begin_object().field("version", version()).end_object();
    return json_response(std::move(body));
  });
}

}  // namespace mozu::server
