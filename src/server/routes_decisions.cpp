// People's words on whether two objects are the same.
#include <algorithm>

#include "json.hpp"
#include "mozu/actors/decide.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

using Sameness = store::Store::Sameness;

Response list_decisions(Services& services, const Request& request) {
  MOZU_ANSWER_LET(auto decisions, services.knowledge.decisions(request.who->viewer));
  std::vector<std::string> ids;
  for (const auto& d : decisions) {
    ids.push_back(d.id);
    ids.push_back(d.other);
  }
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  MOZU_ANSWER_LET(const auto seen, services.knowledge.heads(request.who->viewer, ids));
  std::vector<std::string_view> visible;
  for (const auto& o : seen) visible.emplace_back(o.id);
  std::ranges::sort(visible);
  const auto is_visible = [&](const std::string& id) { return std::ranges::binary_search(visible, std::string_view(id)); };
  std::erase_if(decisions, [&](const auto& d) { return !is_visible(d.id) || !is_visible(d.other); });
  return page_response(decisions, {}, std::nullopt, [](JsonWriter& w, const store::Store::Decision& d) {
    w.begin_object();
    actors::write_fields(w, d);
    w.end_object();
  });
}

Response decide(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const JsonBody body, JsonBody::parse(request));
  MOZU_ANSWER_LET(const std::string id, body.text("id"));
  MOZU_ANSWER_LET(const std::string other, body.text("other"));
  MOZU_ANSWER_LET(const std::string sameness, body.text("sameness"));
  const auto found = std::ranges::find(actors::sameness_words, sameness);
  if (found == actors::sameness_words.end()) return problem(422, "field-invalid", "sameness is none of same, different, undecided");
  MOZU_ANSWER(
      actors::decide(services.knowledge, request.who->viewer, id, other, static_cast<Sameness>(found - actors::sameness_words.begin()), request.who->name));
  MOZU_ANSWER(audit(services, request, "decide", id, sameness + " as " + other));
  return no_content();
}

}  // namespace

void add_decision_routes(Router& router, Services& services) {
  router.add(Method::get, "/api/v1/decisions", Permission::read, no_body, [&services](const Request& request) { return list_decisions(services, request); });
  router.add(Method::post, "/api/v1/decisions", Permission::curate, small_json, [&services](const Request& request) { return decide(services, request); });
}

}  // namespace mozu::server
