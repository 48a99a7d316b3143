// Publications, read closely: pages of indicators and rules, editions and what each said; versions of the working copy, and a look at texts that are not saved yet.
#include <fmt/core.h>

#include <algorithm>

#include "json.hpp"
#include "mozu/base/text.hpp"
#include "mozu/intel/indicator.hpp"
#include "publication_parts.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

using publications::Desk;
using publications::Published;
using publications::Working;

constexpr RouteOptions preview_body{Body::memory, std::uint64_t{8} << 20, true, false, Spends::request, true};
constexpr std::int64_t offset_max = publications::indicators_max + publications::rules_max;
constexpr std::size_t text_bytes_max = 200;
/// Each is read whole, and may hold megabytes.
constexpr std::size_t draft_versions_at_once = 20;

Status check_item_kinds(const std::vector<std::string>& asked) {
  std::string known;
  const auto is_one = [&](std::string_view kind) {
    for (int k = 0; k < intel::pattern_kind_count; ++k)
      if (intel::short_name(static_cast<intel::PatternKind>(k)) == kind) return true;
    return publications::is_rule_kind(kind);
  };
  if (std::ranges::all_of(asked, is_one)) return {};
  for (int k = 0; k < intel::pattern_kind_count; ++k) known += fmt::format("{}, ", intel::short_name(static_cast<intel::PatternKind>(k)));
  return fail("query-invalid", "'kind' of the query is no kind of item", known + "yara, sigma, suricata or snort; several are parted by commas");
}

Response items(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"kind", "text", "offset", "limit"}));
  publications::ItemQuery query;
  query.kinds = request.queries("kind");
  MOZU_ANSWER(check_item_kinds(query.kinds));
  query.text = request.query("text");
  if (query.text.size() > text_bytes_max) return problem(400, "query-invalid", fmt::format("'text' of the query has more than {} bytes", text_bytes_max));
  MOZU_ANSWER_LET(const auto offset, number_of(request, "offset"));
  if (offset && (*offset < 0 || *offset > offset_max)) return problem(400, "query-invalid", fmt::format("'offset' of the query is not 0 to {}", offset_max));
  query.offset = static_cast<std::size_t>(offset.value_or(0));
  MOZU_ANSWER_LET(query.limit, limit_of(request));
  MOZU_ANSWER_LET(const Published p, published_of(services, request));
  if (p.withdrawn) return problem(404, "absent", "the publication was withdrawn");
  MOZU_ANSWER_LET(const auto page, desk_of(services).item_page(request.who->viewer, p, query));
  return with_etag(request, page_response(page.items, {}, page.total, [](JsonWriter& w, const publications::PublishedItem& item) {
                     w.begin_object().field("id", item.id).field("type", item.kind).field("value", item.value).field("since", format_time(item.since));
                     if (publications::is_rule_kind(item.kind)) w.field("name", item.name);
                     w.end_object();
                   }));
}

void write_edition(JsonWriter& w, const Published& p, std::string_view language) {
  w.field("edition", p.edition).field("version", p.version).field("updated", format_time(p.updated)).field("title", p.title(language));
  if (p.tlp != intel::Tlp::none) w.field("tlp", tlp_text(p.tlp));
}

/// Those of what is still published; whoever may see it today and might not then does not see what it said then.
Response editions(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"lang"}));
  MOZU_ANSWER_LET(const Published now, published_of(services, request));
  MOZU_ANSWER_LET(const auto list, desk_of(services).editions(request.who->viewer, now.id));
  return with_etag(request, page_response(list, {}, std::nullopt, [&](JsonWriter& w, const Published& p) {
                     w.begin_object();
                     write_edition(w, p, request.query("lang"));
                     w.end_object();
                   }));
}

Response edition(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"lang"}));
  MOZU_ANSWER_LET(const Published now, published_of(services, request));
  MOZU_ANSWER_LET(const auto list, desk_of(services).editions(request.who->viewer, now.id));
  const auto number = to_uint(request.parameters[1]);
  const auto p = std::ranges::find_if(list, [&](const Published& one) { return number && one.edition == static_cast<std::int64_t>(*number); });
  if (p == list.end()) return problem(404, "absent", "no such edition");
  MOZU_ANSWER_LET(const auto content, desk_of(services).content(*p));
  std::string body;
  JsonWriter w(body);
  w.begin_object();
  write_edition(w, *p, request.query("lang"));
  if (const auto* text = content.text(request.query("lang"))) w.field("language", text->language).field("execsum", text->summary).field("full", text->full);
  w.end_object();
  return with_etag(request, json_response(std::move(body)));
}

/// The newest first, those before `before`.
Response draft_versions(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"before"}));
  MOZU_ANSWER_LET(const auto before, number_of(request, "before"));
  Desk desk = desk_of(services);
  MOZU_ANSWER_LET(const Working now, desk.working(request.who->viewer, request.parameters[0]));
  std::string body;
  JsonWriter w(body);
  w.begin_object().key("items").begin_array();
  std::int64_t at = std::min(now.version, before.value_or(now.version + 1) - 1);
  for (std::size_t given = 0; at >= 1 && given < draft_versions_at_once; --at, ++given) {
    const auto of = desk.working_version(request.who->viewer, now.id, at);
    if (!of && of.error().code != "absent") return refuse(services, request, of.error());
    if (of)
      w.begin_object()
          .field("version", of->version)
          .field("stage", publications::name(of->stage))
          .field("changed", format_time(of->changed))
          .field("by", of->by)
          .end_object();
  }
  w.end_array();
  if (at >= 1) w.field("next", fmt::format("{}", at + 1));
  w.end_object();
  return json_response(std::move(body));
}

Response preview(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const JsonBody body, JsonBody::parse(request));
  MOZU_ANSWER(body.only({"summary", "full", "id"}));
  MOZU_ANSWER_LET(const std::string summary, body.text("summary"));
  MOZU_ANSWER_LET(const std::string full, body.text("full"));
  MOZU_ANSWER_LET(const std::string id, body.text("id"));
  std::optional<Working> of;  // its figures are shown
  if (!id.empty()) {
    MOZU_ANSWER_LET(of, desk_of(services).working(request.who->viewer, id));
  }
  std::string out;
  JsonWriter w(out);
  w.begin_object();
  MOZU_ANSWER(write_texts_html(w, summary, full, of ? &of->publication : nullptr, fmt::format("/api/v1/publications/{}/draft/files/", id)));
  w.end_object();
  return json_response(std::move(out));
}

}  // namespace

void add_publication_reading_routes(Router& router, Services& services) {
  const auto to = handlers(services);
  const std::string base = "/api/v1/publications", of = base + "/{id}";
  router.add(Method::get, of + "/items", Permission::read, slow, to(items));
  router.add(Method::get, of + "/editions", Permission::read, slow, to(editions));
  router.add(Method::get, of + "/editions/{number}", Permission::read, slow, to(edition));
  router.add(Method::get, of + "/draft/versions", Permission::write, slow, to(draft_versions));
  router.add(Method::post, base + "/preview", Permission::write, preview_body, to(preview));
}

}  // namespace mozu::server
