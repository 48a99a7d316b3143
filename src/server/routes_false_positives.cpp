// What people of an organisation know to be harmless: marked, listed, removed. Lookups, reviews and exports ask the same list.
#include <fmt/core.h>

#include <algorithm>

#include "json.hpp"
#include "mozu/base/csv_write.hpp"
#include "mozu/lookup/question.hpp"
#include "mozu/store/false_positives.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

constexpr std::size_t marked_values_max = 10'000, told_max = 20;
constexpr RouteOptions marks_body{Body::memory, std::uint64_t{2} << 20, true};

void write_mark(JsonWriter& w, const store::FalsePositive& f) {
  w.begin_object()
      .field("value", f.value)
      .field("kind", intel::short_name(f.kind))
      .field("reason", f.reason)
      .field("who", f.who)
      .field("at", format_time(f.at));
  if (f.until) w.field("until", format_time(*f.until));
  w.field("counts", f.counts(Timestamp::now())).field("common", f.organisation == intel::common).end_object();
}

Response csv(Services& services, const Request& request, store::FalsePositiveQuery query) {
  std::string body = "value,kind,reason,who,at,until,common\r\n";
  query.limit = store::page_items_max;
  do {
    MOZU_ANSWER_LET(auto page, services.knowledge.false_positives(request.who->viewer, query));
    for (const auto& f : page.items) {
      for (const std::string_view text : {std::string_view(f.value), intel::short_name(f.kind), std::string_view(f.reason), std::string_view(f.who)}) {
        append_csv_cell(body, text);
        body += ',';
      }
      body += fmt::format("{},{},{}\r\n", format_time(f.at), f.until ? format_time(*f.until) : "", f.organisation == intel::common);
    }
    query.cursor = std::move(page.next);
  } while (!query.cursor.empty());
  MOZU_ANSWER(audit(services, request, "export", "false-positives"));
  Response out;
  out.content_type = "text/csv; charset=utf-8";
  out.body = std::move(body);
  out.set("Content-Disposition", "attachment; filename=\"false-positives.csv\"");
  out.set("Cache-Control", "no-store");
  return out;
}

Response list_marks(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"q", "format", "cursor", "limit"}));
  store::FalsePositiveQuery query;
  query.text = request.query("q");
  query.cursor = request.query("cursor");
  MOZU_ANSWER_LET(query.limit, limit_of(request));
  if (const auto format = word_of(request, "format"); format == "csv") return csv(services, request, std::move(query));
  else if (format && format != "json") return problem(400, "query-invalid", "'format' of the query is json or csv");
  MOZU_ANSWER_LET(const auto page, services.knowledge.false_positives(request.who->viewer, query));
  return with_etag(request, page_response(page.items, page.next, std::nullopt, write_mark));
}

Response mark(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const auto body, JsonBody::parse(request));
  MOZU_ANSWER(body.only({"values", "reason", "until"}));
  MOZU_ANSWER_LET(const auto values, body.texts("values"));
  MOZU_ANSWER_LET(const std::string reason, body.text("reason"));
  MOZU_ANSWER_LET(const std::string until, body.text("until"));
  const auto bad = [](std::string_view what) { return problem(422, "field-invalid", what); };
  if (values.empty() || values.size() > marked_values_max) return bad(fmt::format("values holds 1 to {} values", marked_values_max));
  if (trim(reason).empty() || reason.size() > store::false_positive_reason_bytes_max)
    return bad(fmt::format("reason, which those who ask are told, has 1 to {} bytes", store::false_positive_reason_bytes_max));
  std::vector<store::FalsePositive> marks;
  store::FalsePositive one{request.who->viewer.organisation, {}, {}, printable(trim(reason), store::false_positive_reason_bytes_max), request.who->name,
                           services.identities.now()};
  if (!until.empty()) {
    one.until = parse_time_iso(until);
    if (!one.until) return bad("until is no time such as 2027-01-31T00:00:00Z");
  }
  for (const auto& value : values) {
    MOZU_ANSWER_LET(const auto pattern, lookup::pattern_of(value));  // all or nothing: a slip is told before anything is kept
    one.kind = pattern.kind, one.value = pattern.value;
    marks.push_back(one);
  }
  MOZU_ANSWER(services.knowledge.mark_false_positives(marks));
  std::string told;
  for (std::size_t i = 0; i < std::min(marks.size(), told_max); ++i) told += (i == 0 ? "" : ", ") + marks[i].value;
  MOZU_ANSWER(audit(services, request, "false-positive", told, fmt::format("{} values: {}", marks.size(), one.reason)));
  std::string out;
  JsonWriter w(out);
  w.begin_object().key("items").begin_array();
  for (const auto& f : marks) write_mark(w, f);
  w.end_array().end_object();
  return json_response(std::move(out), 201);
}

Response remove_marks(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"value"}));
  MOZU_ANSWER_LET(const auto pattern, lookup::pattern_of(request.query("value")));
  MOZU_ANSWER_LET(const bool removed, services.knowledge.remove_false_positive(request.who->viewer.organisation, pattern.kind, pattern.value));
  if (!removed)
    return problem(404, "absent", "your organisation has not marked this value", "what is marked for everybody is removed by people of no organisation");
  MOZU_ANSWER(audit(services, request, "false-positive-remove", pattern.value));
  return no_content();
}

}  // namespace

void add_false_positive_routes(Router& router, Services& services) {
  const auto to = handlers(services);
  router.add(Method::get, "/api/v1/false-positives", Permission::read, RouteOptions{Body::none, 0, true, false, Spends::csv_download}, to(list_marks));
  router.add(Method::post, "/api/v1/false-positives", Permission::curate, marks_body, to(mark));
  router.add(Method::remove, "/api/v1/false-positives", Permission::curate, no_body, to(remove_marks));
}

}  // namespace mozu::server
