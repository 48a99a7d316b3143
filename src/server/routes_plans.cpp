// Plans: what is offered, which organisation holds what, and how one's own stands.
#include <fmt/core.h>

#include <algorithm>

#include "json.hpp"
#include "mozu/base/text.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

using plans::Plan;
using plans::Subscription;

void write_document(JsonWriter& w, const plans::Versioned<Plan>& p) {
  w.begin_object();
  plans::write_plan(w, p.value);
  w.field("version", p.version).end_object();
}

Response list_plans(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER(of_installation(request));
  MOZU_ANSWER_LET(const auto all, services.identities.plans().all());
  return page_response(all, {}, all.size(), write_document);
}

Response one_plan(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER(of_installation(request));
  MOZU_ANSWER_LET(const auto found, services.identities.plans().plan(request.parameters[0]));
  if (!found) return problem(404, "absent", "no such plan");
  std::string body;
  JsonWriter w(body);
  write_document(w, *found);
  return json_response(std::move(body));
}

Response put(Services& services, const Request& request) {
  MOZU_ANSWER(of_installation(request));
  MOZU_ANSWER_LET(const JsonBody body, JsonBody::parse(request));
  MOZU_ANSWER_LET(const auto version, body.number("version", 0));
  MOZU_ANSWER_LET(const Plan plan, plans::read_plan(request.body));
  if (plan.name != request.parameters[0]) return problem(422, "plan-invalid", "the name of the plan is not that of its address (/name)");
  MOZU_ANSWER_LET(const auto now, services.identities.plans().put(plan, version));
  services.identities.forget();
  MOZU_ANSWER(audit(services, request, "plan-save", plan.name, fmt::format("version {}", now)));
  std::string text;
  JsonWriter w(text);
  write_document(w, {plan, now});
  return json_response(std::move(text), version == 0 ? 201 : 200);
}

Response remove_plan(Services& services, const Request& request) {
  MOZU_ANSWER(of_installation(request));
  MOZU_ANSWER(services.identities.plans().remove(request.parameters[0]));
  services.identities.forget();
  MOZU_ANSWER(audit(services, request, "plan-remove", request.parameters[0]));
  return no_content();
}

/// The organisation of the address, if the caller administers it.
Result<intel::OrganisationId> organisation_of(Services& services, const Request& request) {
  const auto id = to_uint(request.parameters[0]);
  MOZU_LET(const auto all, services.identities.accounts().organisations());
  const auto found = std::ranges::find_if(all, [&](const store::Organisation& o) { return id && static_cast<std::uint64_t>(o.id) == *id; });
  const auto own = request.who->viewer.organisation;
  if (found == all.end() || (own != intel::common && own != found->id)) return fail("absent", "no such organisation");
  return found->id;
}

void write_times(JsonWriter& w, const Subscription& s) {
  w.field("start", format_time(s.start)).key("end");
  if (s.end.ms == 0) w.null();
  else w.value(format_time(s.end));
}

void write_quota(JsonWriter& w, std::string_view key, std::optional<std::int64_t> quota, std::int64_t spent) {
  w.key(key);
  if (!quota) {
    w.null();
    return;
  }
  w.begin_object().field("quota", *quota).field("spent", spent).end_object();
}

/// How an organisation stands: its subscriptions, what is left of its trial and of today.
Status write_standing(JsonWriter& w, Services& services, intel::OrganisationId organisation) {
  auto& identities = services.identities;
  const Timestamp now = identities.now();
  MOZU_LET(const auto stands, identities.plans().standing(organisation, now));
  w.field("state", name(stands.state)).key("until");
  if (stands.until.ms == 0) w.null();
  else w.value(format_time(stands.until));
  w.key("trial").begin_object().field("total", stands.trial).field("opened", stands.chosen).field("left", stands.left()).end_object();
  w.key("subscriptions").begin_array();
  for (const auto& [s, plan] : stands.subscriptions) {
    w.begin_object().field("id", s.id).field("plan", s.plan).field("title", plan ? plan->title : std::string());
    write_times(w, s);
    w.field("state", name(s.holds(now) ? plans::State::current : s.begun(now) ? plans::State::expired : plans::State::not_begun)).end_object();
  }
  w.end_array().key("quotas").begin_object();
  for (const plans::What what : plans::counted) {
    const auto quota = stands.quotas[what];
    std::int64_t spent = 0;
    if (quota) {
      MOZU_LET(const auto left, identities.spending().look(organisation, what, *quota, now));
      spent = *quota - left.left;
    }
    write_quota(w, name(what), quota, spent);
  }
  w.end_object();
  return {};
}

Response own_plan(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  std::string body;
  JsonWriter w(body);
  w.begin_object();
  MOZU_ANSWER(write_standing(w, services, request.who->viewer.organisation));
  w.end_object();
  return json_response(std::move(body));
}

Response held_response(Services& services, const Request& request, intel::OrganisationId organisation) {
  MOZU_ANSWER_LET(const auto held, services.identities.plans().subscriptions(organisation));
  std::string body;
  JsonWriter w(body);
  w.begin_object().field("organisation", organisation).field("version", held.version);
  MOZU_ANSWER(write_standing(w, services, organisation));
  w.end_object();
  return json_response(std::move(body));
}

Response held(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER_LET(const auto organisation, organisation_of(services, request));
  return held_response(services, request, organisation);
}

std::unexpected<Diagnostic> no_subscription(std::string_view why) {
  return fail("field-invalid", std::string(why), R"(send {"version":n,"subscriptions":[{"plan":"…","start":"2026-11-01T00:00:00Z","end":null}]})");
}

Result<Timestamp> time_member(JsonElement e, std::string_view key, Timestamp otherwise) {
  const auto found = member(e, key);
  if (!found || found->is_null()) return otherwise;
  const auto t = parse_time_iso(string_member(e, key));
  if (!t) return no_subscription(fmt::format("'{}' of a subscription is no time", key));
  return *t;
}

Result<std::vector<Subscription>> subscriptions_of(const JsonBody& body, Timestamp now) {
  std::vector<Subscription> out;
  const auto list = array_member(body.object(), "subscriptions");
  if (!list) return no_subscription("'subscriptions' is no list");
  for (const JsonElement e : *list) {
    JsonObject object;
    if (e.get(object) != simdjson::SUCCESS || out.size() >= plans::subscriptions_max)
      return no_subscription(fmt::format("'subscriptions' is no list of at most {} subscriptions", plans::subscriptions_max));
    MOZU_TRY(only_fields(object, {"plan", "start", "end", "id"}, fmt::format("/subscriptions/{}", out.size())));
    Subscription s;
    s.plan = string_member(e, "plan");
    s.id = string_member(e, "id");
    MOZU_LET(s.start, time_member(e, "start", now));
    MOZU_LET(s.end, time_member(e, "end", {}));
    out.push_back(std::move(s));
  }
  return out;
}

Response subscribe(Services& services, const Request& request) {
  MOZU_ANSWER(of_installation(request));
  MOZU_ANSWER_LET(const auto organisation, organisation_of(services, request));
  MOZU_ANSWER_LET(const JsonBody body, JsonBody::parse(request));
  MOZU_ANSWER(body.only({"version", "subscriptions"}));
  MOZU_ANSWER_LET(const auto version, body.number("version", 0));
  MOZU_ANSWER_LET(auto list, subscriptions_of(body, services.identities.now()));
  std::string said;
  for (const auto& s : list) said += (said.empty() ? "" : ", ") + s.plan;
  MOZU_ANSWER(services.identities.plans().subscribe(organisation, std::move(list), version, services.identities.now()));
  services.identities.forget();
  MOZU_ANSWER(audit(services, request, "subscribe", fmt::format("{}", organisation), said));
  return held_response(services, request, organisation);
}

}  // namespace

void add_plan_routes(Router& router, Services& services) {
  const auto to = handlers(services);
  router.add(Method::get, "/api/v1/plan", Permission::read, no_body, to(own_plan));
  router.add(Method::get, "/api/v1/plans", Permission::administer, no_body, to(list_plans));
  router.add(Method::get, "/api/v1/plans/{name}", Permission::administer, no_body, to(one_plan));
  router.add(Method::put, "/api/v1/plans/{name}", Permission::administer, small_json, to(put));
  router.add(Method::remove, "/api/v1/plans/{name}", Permission::administer, no_body, to(remove_plan));
  router.add(Method::get, "/api/v1/organisations/{id}/subscriptions", Permission::administer, no_body, to(held));
  router.add(Method::put, "/api/v1/organisations/{id}/subscriptions", Permission::administer, small_json, to(subscribe));
}

}  // namespace mozu::server
