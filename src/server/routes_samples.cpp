// Sample content, for a new installation: is it there, and bring it in.
#include <fmt/core.h>

#include "json.hpp"
#include "mozu/server/samples.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

Response is_loaded(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const bool loaded, samples_loaded(services.identities.accounts()));
  std::string body;
  JsonWriter(body).begin_object().field("loaded", loaded).field("organisation", sample_organisation).end_object();
  return json_response(std::move(body));
}

Response load(Services& services, const Request& request) {
  MOZU_ANSWER(of_installation(request));
  MOZU_ANSWER_LET(const SampleCounts counts, load_samples(services.knowledge, services.identities.accounts(), services.spool, request.who->name));
  MOZU_ANSWER(audit(services, request, "samples-load", sample_organisation, fmt::format("{} objects, {} publications", counts.objects, counts.published)));
  std::string body;
  JsonWriter(body).begin_object().field("objects", counts.objects).field("publications", counts.publications).field("published", counts.published).end_object();
  return json_response(std::move(body));
}

Response unload(Services& services, const Request& request) {
  MOZU_ANSWER(of_installation(request));
  MOZU_ANSWER_LET(const SampleRemoval gone, remove_samples(services.knowledge, services.identities.accounts(), request.who->name));
  MOZU_ANSWER(audit(services, request, "samples-remove", sample_organisation,
                    fmt::format("{} objects, {} publications; {} kept", gone.objects, gone.publications, gone.kept)));
  std::string body;
  JsonWriter w(body);
  w.begin_object().field("objects", gone.objects).field("publications", gone.publications).field("kept", gone.kept).key("kept_items").begin_array();
  for (const auto& [id, name] : gone.kept_names) w.begin_object().field("id", id).field("name", name).end_object();
  w.end_array().end_object();
  return json_response(std::move(body));
}

}  // namespace

void add_sample_routes(Router& router, Services& services) {
  const auto to = handlers(services);
  router.add(Method::get, "/api/v1/samples", Permission::administer, no_body, to(is_loaded));
  router.add(Method::post, "/api/v1/samples", Permission::administer, RouteOptions{Body::none, 0, true, true}, to(load));
  router.add(Method::remove, "/api/v1/samples", Permission::administer, RouteOptions{Body::none, 0, true, true}, to(unload));
}

}  // namespace mozu::server
