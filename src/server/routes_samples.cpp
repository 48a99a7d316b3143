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
  // It makes an organisation, and brings in what everybody sees.
  if (request.who->viewer.organisation != intel::common)
    return problem(403, "not-permitted", "sample content is for administrators who belong to no organisation");
  MOZU_ANSWER_LET(const SampleCounts counts, load_samples(services.knowledge, services.identities.accounts(), services.spool, request.who->name));
  MOZU_ANSWER(audit(services, request, "samples-load", sample_organisation, fmt::format("{} objects, {} publications", counts.objects, counts.published)));
  std::string body;
  JsonWriter(body).begin_object().field("objects", counts.objects).field("publications", counts.publications).field("published", counts.published).end_object();
  return json_response(std::move(body));
}

}  // namespace

void add_sample_routes(Router& router, Services& services) {
  const auto to = handlers(services);
  router.add(Method::get, "/api/v1/samples", Permission::administer, no_body, to(is_loaded));
  router.add(Method::post, "/api/v1/samples", Permission::administer, RouteOptions{Body::none, 0, true, true}, to(load));
}

}  // namespace mozu::server
