#include "mozu/plans/plans.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "mozu/base/json_read.hpp"
#include "mozu/base/text.hpp"

namespace mozu::plans {
namespace {

constexpr std::string_view plan_documents = "plans", subscription_documents = "subscriptions", opened_documents = "opened-publications";
constexpr int tries_max = 1000;  // of writing down what is opened, while others do

std::unexpected<Diagnostic> broken(std::string_view what) {
  return fail("plan-broken", fmt::format("the document '{}' cannot be read", printable(what, 80)), "restore the store from a backup");
}
std::string id_of(intel::OrganisationId organisation) { return fmt::format("{}", organisation); }

/// One publication of the reader's choice.
struct Choice {
  std::string publication, subscription, by;
  Timestamp at;
};

std::string choices_json(const std::vector<Choice>& choices) {
  std::string out;
  JsonWriter w(out);
  w.begin_object().key("opened").begin_array();
  for (const auto& c : choices)
    w.begin_object().field("publication", c.publication).field("subscription", c.subscription).field("by", c.by).field("at", c.at.ms).end_object();
  w.end_array().end_object();
  return out;
}

Result<Versioned<std::vector<Choice>>> choices_of(store::Accounts& people, intel::OrganisationId organisation) {
  Versioned<std::vector<Choice>> out;
  MOZU_LET(const auto d, people.document(opened_documents, id_of(organisation)));
  if (!d) return out;
  out.version = d->version;
  simdjson::dom::parser parser;
  JsonElement e;
  if (parser.parse(d->json).get(e) != simdjson::SUCCESS) return broken(d->id);
  if (const auto list = array_member(e, "opened"))
    for (const JsonElement c : *list)
      out.value.push_back({std::string(string_member(c, "publication")),
                           std::string(string_member(c, "subscription")),
                           std::string(string_member(c, "by")),
                           {member_as<std::int64_t>(c, "at").value_or(0)}});
  return out;
}

std::string subscriptions_json(const std::vector<Subscription>& list) {
  std::string out;
  JsonWriter w(out);
  w.begin_object().key("subscriptions").begin_array();
  for (const auto& s : list) w.begin_object().field("id", s.id).field("plan", s.plan).field("start", s.start.ms).field("end", s.end.ms).end_object();
  w.end_array().end_object();
  return out;
}

std::optional<std::int64_t> greater(std::optional<std::int64_t> a, std::optional<std::int64_t> b) {
  return a && b ? std::optional(std::max(*a, *b)) : std::nullopt;
}

/// Quotas of several: whoever holds one without a limit has none.
Quotas greatest(const std::vector<const Plan*>& plans) {
  if (plans.empty()) return {};
  Quotas out = plans.front()->quotas;
  for (const Plan* p : plans)
    for (const What w : counted) out[w] = greater(out[w], p->quotas[w]);
  return out;
}

State state_of(const Standing& s, Timestamp now) {
  if (s.subscriptions.empty()) return State::unlimited;
  const auto any = [&](auto what) { return std::ranges::any_of(s.subscriptions, [&](const auto& one) { return what(one.first); }); };
  if (any([&](const Subscription& one) { return one.holds(now); })) return State::current;
  return any([&](const Subscription& one) { return !one.begun(now); }) ? State::not_begun : State::expired;
}

void set_quotas(Standing& s, Timestamp now) {
  std::vector<const Plan*> held, last;
  for (const auto& [subscription, plan] : s.subscriptions)
    if (plan && subscription.holds(now)) held.push_back(&*plan);
    else if (plan && subscription.end == s.until) last.push_back(&*plan);
  s.quotas = greatest(held.empty() ? last : held);
}

/// What is open: by the plans, and of the reader's choice.
void set_opened(Standing& s, const std::vector<Choice>& choices, Timestamp now) {
  auto opened = std::make_shared<intel::Opened>();
  std::vector<intel::Subject> chosen;
  for (const auto& [subscription, plan] : s.subscriptions) {
    if (!plan || !subscription.holds(now)) continue;
    s.trial += plan->trial;
    if (auto way = way_of(*plan)) opened->ways.push_back(std::move(*way));
    std::int64_t of_this = 0;
    for (const auto& c : choices)
      if (c.subscription == subscription.id && of_this < plan->trial) ++of_this, chosen.push_back(intel::subject_of("publication", c.publication));
    s.chosen += of_this;
  }
  if (!chosen.empty()) opened->ways.push_back({std::move(chosen)});
  s.opened = std::move(opened);
}

}  // namespace

std::string_view name(State s) {
  switch (s) {
    case State::unlimited: return "unlimited";
    case State::current: return "current";
    case State::not_begun: return "not-begun";
    case State::expired: break;
  }
  return "expired";
}

Result<std::vector<Versioned<Plan>>> Plans::all() {
  std::vector<Versioned<Plan>> out;
  store::Accounts::DocumentQuery query;
  query.collection = plan_documents;
  query.with_json = true;
  query.limit = plans_max;
  MOZU_LET(const auto page, people_.documents(query));
  for (const auto& d : page.items) {
    MOZU_LET(auto plan, read_plan(d.json));
    out.push_back({std::move(plan), d.version});
  }
  return out;
}

Result<std::optional<Versioned<Plan>>> Plans::plan(std::string_view name) {
  MOZU_LET(const auto d, people_.document(plan_documents, name));
  if (!d) return std::nullopt;
  MOZU_LET(auto plan, read_plan(d->json));
  return Versioned<Plan>{std::move(plan), d->version};
}

Result<std::int64_t> Plans::put(const Plan& plan, std::int64_t version) {
  MOZU_TRY(check(plan));
  if (version == 0) {
    MOZU_LET(const auto there, all());
    if (there.size() >= plans_max) return fail("plan-invalid", fmt::format("there are {} plans already", there.size()), "remove one that nobody holds");
  }
  store::Document d;
  d.collection = plan_documents, d.id = plan.name, d.version = version;
  JsonWriter w(d.json);
  w.begin_object();
  write_plan(w, plan);
  w.end_object();
  return people_.put_document(d);
}

Status Plans::remove(std::string_view name) {
  store::Accounts::DocumentQuery query;
  query.collection = subscription_documents;
  do {
    MOZU_LET(const auto page, people_.documents(query));
    for (const auto& d : page.items) {
      MOZU_LET(const auto held, subscriptions(d.organisation));
      if (std::ranges::find(held.value, name, &Subscription::plan) != held.value.end())
        return fail("plan-held", fmt::format("an organisation holds the plan '{}'", printable(name, 64)), "take its subscription away first");
    }
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return people_.remove_document(plan_documents, name);
}

Result<Versioned<std::vector<Subscription>>> Plans::subscriptions(intel::OrganisationId organisation) {
  Versioned<std::vector<Subscription>> out;
  MOZU_LET(const auto d, people_.document(subscription_documents, id_of(organisation)));
  if (!d) return out;
  out.version = d->version;
  simdjson::dom::parser parser;
  JsonElement e;
  if (parser.parse(d->json).get(e) != simdjson::SUCCESS) return broken(d->id);
  const auto list = array_member(e, "subscriptions");
  if (!list) return broken(d->id);
  for (const JsonElement s : *list)
    out.value.push_back({std::string(string_member(s, "plan")),
                         {member_as<std::int64_t>(s, "start").value_or(0)},
                         {member_as<std::int64_t>(s, "end").value_or(0)},
                         std::string(string_member(s, "id"))});
  return out;
}

namespace {

/// `held`: before; what has ended stays there until it is taken away.
Status check_times(const Subscription& s, const std::string& path, const std::vector<Subscription>& held, Timestamp now) {
  // Times are told by the second.
  const auto is_this = [&](const Subscription& h) { return h.id == s.id && h.plan == s.plan && h.end.ms / 1000 == s.end.ms / 1000; };
  if (s.end.ms == 0 || std::ranges::any_of(held, is_this)) return {};
  const auto refused = [&](std::string_view why) {
    Diagnostic d{Severity::error, "plan-invalid", fmt::format("{} ({}/end)", why, path), {}, "give an end after the begin and after today, or none"};
    d.where.path = path + "/end";
    return fail(std::move(d));
  };
  const auto plan = printable(s.plan, 64), end = format_time(s.end);
  if (s.end <= s.start) return refused(fmt::format("the subscription to '{}' ends on {}, before it begins on {}", plan, end, format_time(s.start)));
  if (s.end <= now) return refused(fmt::format("the subscription to '{}' would have ended already, on {}", plan, end));
  return {};
}

}  // namespace

Result<std::int64_t> Plans::subscribe(intel::OrganisationId organisation, std::vector<Subscription> list, std::int64_t version, Timestamp now) {
  if (organisation == intel::common) return fail("plan-invalid", "who belongs to no organisation is limited by no plan");
  if (list.size() > subscriptions_max) return fail("plan-invalid", fmt::format("an organisation holds at most {} subscriptions", subscriptions_max));
  std::set<std::string_view> ids;
  MOZU_LET(const auto before, subscriptions(organisation));
  for (auto& s : list) {
    MOZU_LET(const auto found, plan(s.plan));
    if (!found) return fail("plan-invalid", fmt::format("there is no plan '{}'", printable(s.plan, 64)), "`mozu plan list` shows all");
    if (s.end.ms == 0 && found->value.days > 0) s.end = {s.start.ms + found->value.days * day_ms};
    if (s.id.empty()) s.id = fmt::format("{} {}", s.plan, s.start.ms);
    if (s.id.size() > value_bytes_max || !is_utf8(s.id)) return fail("plan-invalid", "the id of a subscription has 1 to 200 bytes");
    MOZU_TRY(check_times(s, fmt::format("/subscriptions/{}", &s - list.data()), before.value, now));
  }
  for (const auto& s : list)
    if (!ids.insert(s.id).second) return fail("plan-invalid", fmt::format("two subscriptions have the id '{}'", printable(s.id, 80)));
  store::Document d;
  d.collection = subscription_documents, d.id = id_of(organisation), d.organisation = organisation, d.version = version;
  d.json = subscriptions_json(list);
  return people_.put_document(d);
}

Result<Standing> Plans::standing(intel::OrganisationId organisation, Timestamp now) {
  Standing out;
  if (organisation == intel::common) return out;
  MOZU_LET(auto held, subscriptions(organisation));
  if (held.value.empty()) return out;
  bool endless = false;
  for (auto& s : held.value) {
    MOZU_LET(auto found, plan(s.plan));
    out.until = std::max(out.until, s.end);
    endless |= s.end.ms == 0;
    out.subscriptions.emplace_back(std::move(s), found ? std::optional(std::move(found->value)) : std::nullopt);
  }
  if (endless) out.until = {};
  out.state = state_of(out, now);
  MOZU_LET(const auto choices, choices_of(people_, organisation));
  set_opened(out, choices.value, now);
  set_quotas(out, now);
  return out;
}

Result<intel::Viewer> Plans::viewer(const store::User& user, Timestamp now) {
  MOZU_LET(const auto stands, standing(user.organisation, now));
  return intel::Viewer{user.organisation, user.clearance, false, stands.opened};
}

Result<Standing> Plans::open(intel::OrganisationId organisation, std::string_view publication, std::string_view who, Timestamp now) {
  const std::scoped_lock lock(opening_);
  for (int i = 0; i < tries_max; ++i) {
    MOZU_LET(auto choices, choices_of(people_, organisation));
    MOZU_LET(auto stands, standing(organisation, now));
    const Subscription* with = nullptr;
    for (const auto& [subscription, plan] : stands.subscriptions) {
      if (!plan || !subscription.holds(now)) continue;
      const auto of_this = [&](const Choice& c) { return c.subscription == subscription.id; };
      if (std::ranges::any_of(choices.value, [&](const Choice& c) { return of_this(c) && c.publication == publication; })) return stands;
      if (with == nullptr && std::ranges::count_if(choices.value, of_this) < plan->trial) with = &subscription;
    }
    if (stands.state == State::expired)
      return fail("plan-expired", fmt::format("your plan ended on {}", format_time(stands.until).substr(0, 10)), "who sold it can renew it");
    if (stands.state == State::not_begun) return fail("locked", "your plan has not begun yet");
    if (with == nullptr && stands.trial == 0)
      return fail("no-trial", "your plan opens no publication of your choice", "ask for one that opens this publication");
    if (with == nullptr)
      return fail("trial-spent", fmt::format("all {} publications of your trial are open already", stands.trial), "ask for a plan that opens more");
    // Those of subscriptions that are gone are kept: whoever takes one away and gives it again gives no new trial.
    choices.value.push_back({std::string(publication), with->id, std::string(who), now});
    store::Document d;
    d.collection = opened_documents, d.id = id_of(organisation), d.organisation = organisation, d.version = choices.version;
    d.json = choices_json(choices.value);
    const auto put = people_.put_document(d);
    if (put) return standing(organisation, now);
    if (put.error().code != "conflict") return fail(put.error());
  }
  return fail("conflict", "too many others open publications at this moment", "try again");
}

}  // namespace mozu::plans
