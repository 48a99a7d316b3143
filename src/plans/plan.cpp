#include "mozu/plans/plan.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <functional>

#include "mozu/base/json_list.hpp"
#include "mozu/base/json_read.hpp"
#include "mozu/base/text.hpp"

namespace mozu::plans {
namespace {

using List = std::vector<std::string>;
struct Subjects {
  std::string_view member, subject;
  List Plan::* list;
};
constexpr std::array<Subjects, 6> lists = {{{"kinds", "kind", &Plan::kinds},
                                            {"geography", "geography", &Plan::geography},
                                            {"sectors", "sector", &Plan::sectors},
                                            {"actors", "actor", &Plan::actors},
                                            {"malware", "malware", &Plan::malware},
                                            {"campaigns", "campaign", &Plan::campaigns}}};
struct Quota {
  What what;
  std::string_view member;
  std::optional<std::int64_t> Quotas::* quota;
};
/// By What.
constexpr std::array<Quota, counted.size()> quotas = {{{What::requests, "requests", &Quotas::requests},
                                                       {What::lookups, "lookups", &Quotas::lookups},
                                                       {What::downloads, "downloads", &Quotas::downloads},
                                                       {What::attributions, "attributions", &Quotas::attributions}}};
const Quota& row_of(What w) { return quotas[static_cast<std::size_t>(w)]; }
static_assert(std::ranges::equal(quotas, counted, {}, &Quota::what));

std::unexpected<Diagnostic> wrong(const std::string& path, std::string_view what, std::string_view hint = {}) {
  Diagnostic d{Severity::error, "plan-invalid", fmt::format("{} ({})", what, path), {}, std::string(hint)};
  d.where.path = path;
  return fail(std::move(d));
}

Status read_list(JsonElement e, const std::string& path, List& out) {
  JsonArray list;
  if (e.get(list) != simdjson::SUCCESS) return wrong(path, "this is no list of texts");
  for (const JsonElement one : list) {
    std::string_view text;
    if (one.get(text) != simdjson::SUCCESS) return wrong(path, "this is no list of texts");
    if (out.size() >= values_max) return wrong(path, fmt::format("these are more than {}", values_max));
    out.emplace_back(text);
  }
  return {};
}

Status read_number(JsonElement e, const std::string& path, std::int64_t& out) {
  if (e.get(out) != simdjson::SUCCESS) return wrong(path, "this is no whole number");
  return {};
}

Status read_text(JsonElement e, const std::string& path, std::string& out) {
  std::string_view text;
  if (e.get(text) != simdjson::SUCCESS) return wrong(path, "this is no text");
  out = text;
  return {};
}

/// Each member of the object by `read`, which says false of what it does not know; `known` says what there is.
Status each(JsonElement e, const std::string& path, const std::string& known_members,
            const std::function<Result<bool>(std::string_view, JsonElement, const std::string&)>& read) {
  JsonObject object;
  if (e.get(object) != simdjson::SUCCESS) return wrong(path, "this is no object");
  for (const auto [key, value] : object) {
    const auto at = fmt::format("{}/{}", path, printable(key, 60));
    MOZU_LET(const bool known, read(key, value, at));
    if (!known) return wrong(at, "this is not known", fmt::format("there are {}", known_members));
  }
  return {};
}

template <class T>
std::string members(const T& list) {
  std::string out;
  for (const auto& one : list) out += fmt::format("{}{}", out.empty() ? "" : ", ", one.member);
  return out;
}

Status read_opens(JsonElement e, Plan& plan) {
  return each(e, "/opens", "all, " + members(lists), [&](std::string_view key, JsonElement value, const std::string& at) -> Result<bool> {
    if (key == "all") {
      if (value.get(plan.all) != simdjson::SUCCESS) return wrong(at, "this is neither true nor false");
      return true;
    }
    const auto found = std::ranges::find(lists, key, &Subjects::member);
    if (found == lists.end()) return false;
    MOZU_TRY(read_list(value, at, plan.*found->list));
    return true;
  });
}

Status read_quotas(JsonElement e, Plan& plan) {
  return each(e, "/quotas", members(quotas), [&](std::string_view key, JsonElement value, const std::string& at) -> Result<bool> {
    const auto found = std::ranges::find(quotas, key, &Quota::member);
    if (found == quotas.end()) return false;
    if (value.is_null()) return true;
    MOZU_TRY(read_number(value, at, (plan.quotas.*found->quota).emplace()));
    return true;
  });
}

bool is_name(std::string_view s) {
  return !s.empty() && s.size() <= 64 && s[0] >= 'a' && s[0] <= 'z' &&
         std::ranges::all_of(s, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

Status in_range(std::int64_t n, std::int64_t most, const std::string& path) {
  if (n < 0 || n > most) return wrong(path, fmt::format("this is not from 0 to {}", most));
  return {};
}

}  // namespace

std::string_view name(What w) { return row_of(w).member; }

std::optional<std::int64_t>& Quotas::operator[](What w) { return this->*row_of(w).quota; }

Status check(const Plan& plan) {
  if (!is_name(plan.name)) return wrong("/name", "a plan's name is made of a-z, 0-9 and '-', at most 64 of them, and begins with a letter");
  if (plan.title.size() > value_bytes_max || !is_utf8(plan.title)) return wrong("/title", "a title has at most 200 bytes");
  bool some = false;
  for (const auto& l : lists) {
    const auto path = fmt::format("/opens/{}", l.member);
    const List& values = plan.*l.list;
    if (values.size() > values_max) return wrong(path, fmt::format("these are more than {}", values_max));
    for (const auto& v : values)
      if (trim(v).empty() || v.size() > value_bytes_max || !is_utf8(v)) return wrong(path, "each of them has 1 to 200 bytes");
    some |= !values.empty();
  }
  if (plan.all && some) return wrong("/opens", "a plan opens all or some", "leave `all` or the lists away");
  MOZU_TRY(in_range(plan.trial, trial_max, "/trial"));
  MOZU_TRY(in_range(plan.days, days_max, "/days"));
  for (const auto& q : quotas) MOZU_TRY(in_range((plan.quotas.*q.quota).value_or(0), quota_max, fmt::format("/quotas/{}", q.member)));
  return {};
}

std::optional<intel::Opened::Way> way_of(const Plan& plan) {
  intel::Opened::Way way;
  for (const auto& l : lists) {
    if ((plan.*l.list).empty()) continue;
    auto& part = way.emplace_back();
    for (const auto& value : plan.*l.list) part.push_back(intel::subject_of(l.subject, value));
  }
  if (way.empty() && !plan.all) return std::nullopt;
  return way;
}

Result<Plan> read_plan(std::string_view json) {
  simdjson::dom::parser parser;
  JsonElement e;
  if (parser.parse(json.data(), json.size()).get(e) != simdjson::SUCCESS) return fail("json-invalid", "a plan is a JSON object");
  Plan plan;
  MOZU_TRY(each(e, {}, "name, title, opens, trial, days, quotas", [&](std::string_view key, JsonElement value, const std::string& at) -> Result<bool> {
    Status done;
    if (key == "name") done = read_text(value, at, plan.name);
    else if (key == "title") done = read_text(value, at, plan.title);
    else if (key == "opens") done = read_opens(value, plan);
    else if (key == "trial") done = read_number(value, at, plan.trial);
    else if (key == "days") done = read_number(value, at, plan.days);
    else if (key == "quotas") done = read_quotas(value, plan);
    else return key == "version";  // of the document, which is the caller's
    if (!done) return fail(done.error());
    return true;
  }));
  MOZU_TRY(check(plan));
  return plan;
}

void write_plan(JsonWriter& w, const Plan& plan) {
  w.field("name", plan.name).field("title", plan.title).key("opens").begin_object().field("all", plan.all);
  for (const auto& l : lists) write_list(w, l.member, plan.*l.list);
  w.end_object().field("trial", plan.trial).field("days", plan.days).key("quotas").begin_object();
  for (const auto& q : quotas) {
    if (const auto n = plan.quotas.*q.quota) w.field(q.member, *n);
    else w.key(q.member).null();
  }
  w.end_object();
}

}  // namespace mozu::plans
