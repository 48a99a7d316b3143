#include "routes.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "backups.hpp"
#include "memories.hpp"
#include "mozu/base/diagnostics.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/time.hpp"
#include "prints.hpp"
#include "running_imports.hpp"
#include "titles.hpp"

namespace mozu::server {
namespace {

std::unexpected<Diagnostic> query_invalid(std::string_view name, std::string_view wanted) {
  return fail("query-invalid", fmt::format("'{}' of the query is not {}", name, wanted));
}

/// Absent and empty are not the same: "limit=" is a mistake of the client.
bool is_given(const Request& request, std::string_view name) {
  return std::ranges::find(request.target.query, name, &std::pair<std::string, std::string>::first) != request.target.query.end();
}

store::AuditLine audit_line(Services& services, const Request& request, std::string_view action, std::string_view object, std::string_view detail,
                            std::string_view who, intel::OrganisationId organisation) {
  store::AuditLine line;
  line.at = services.identities.now();
  line.who = who.empty() && request.who ? request.who->name : std::string(who);
  line.action = action;
  line.object = printable(object, 300);
  line.detail = fmt::format("{}{}from {}", detail, detail.empty() ? "" : "; ", request.address);
  line.organisation = request.who ? request.who->viewer.organisation : organisation;
  return line;
}

}  // namespace

Router make_routes(Services& services) {
  Router router;
  services.titles = std::make_shared<Titles>(services.knowledge);
  const auto actors = std::make_shared<actors::ActorBooks>(services.knowledge);
  const auto memories = std::make_shared<Memories>(services.knowledge, actors, services.indicators, services.warning_lists, services.log);
  add_service_routes(router, services);
  add_session_routes(router, services);
  add_oidc_routes(router, services);
  add_people_routes(router, services);
  add_plan_routes(router, services);
  add_object_routes(router, services);
  const auto imports = std::make_shared<RunningImports>();
  add_import_routes(router, services, imports);
  const auto backups = std::make_shared<Backups>(services);
  add_backup_routes(router, services, backups);
  add_system_routes(router, services, imports, backups);
  add_actor_routes(router, services, actors);
  add_decision_routes(router, services);
  add_export_routes(router, services);
  add_lookup_routes(router, services, memories);
  add_matrix_routes(router, services);
  add_indicator_routes(router, services);
  add_source_routes(router, services);
  add_false_positive_routes(router, services);
  add_edit_routes(router, services);
  add_feed_routes(router, services, actors);
  add_review_routes(router, services, memories);
  const auto prints = std::make_shared<Prints>(services);
  add_publication_routes(router, services, memories, prints, actors);
  add_publication_reading_routes(router, services);
  add_print_routes(router, services, prints);
  add_compatible_routes(router, services, prints);
  add_compatible_lookup_routes(router, services, memories);
  add_graph_routes(router, services);
  add_notification_routes(router, services);
  add_sample_routes(router, services);
  add_attribution_routes(router, services);
  add_taxii_routes(router, services);
  add_portal_routes(router, services);
  return router;
}

std::string cookie_text(std::string_view name, std::string_view value, std::int64_t seconds, std::string_view site) {
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; Secure; SameSite={}", name, value, seconds, site);
}

std::optional<std::string_view> word_of(const Request& request, std::string_view name) {
  return is_given(request, name) ? std::optional(request.query(name)) : std::nullopt;
}

Result<std::size_t> limit_of(const Request& request) {
  const std::string_view text = request.query("limit");
  if (!is_given(request, "limit")) return page_items_default;
  const auto n = to_uint(text);
  if (!n || *n < 1 || *n > page_items_most) return query_invalid("limit", fmt::format("a number from 1 to {}", page_items_most));
  return static_cast<std::size_t>(*n);
}

Result<bool> flag_of(const Request& request, std::string_view name, bool otherwise) {
  const std::string_view text = request.query(name);
  if (!is_given(request, name)) return otherwise;
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  return query_invalid(name, "true or false");
}

Result<std::optional<Timestamp>> time_of(const Request& request, std::string_view name) {
  if (!is_given(request, name)) return std::nullopt;
  const auto t = parse_time_iso(request.query(name));
  if (!t) return query_invalid(name, "a time like 2026-11-01T10:00:00Z");
  return t;
}

Result<std::optional<std::int64_t>> number_of(const Request& request, std::string_view name) {
  const std::string_view text = request.query(name);
  if (!is_given(request, name)) return std::nullopt;
  const auto n = to_uint(text);
  if (!n || *n > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return query_invalid(name, "a whole number");
  return static_cast<std::int64_t>(*n);
}

Result<std::optional<intel::Tlp>> tlp_of(const Request& request, std::string_view name) {
  if (!is_given(request, name)) return std::nullopt;
  const auto tlp = intel::parse_tlp(request.query(name));
  if (!tlp || *tlp == intel::Tlp::none)
    return fail("query-invalid", fmt::format("'{}' of the query is no TLP marking", name), "write clear, green, amber, amber+strict or red");
  return tlp;
}

Status only_these(const Request& request, std::initializer_list<std::string_view> names) {
  for (const auto& [key, value] : request.target.query)
    if (std::ranges::find(names, key) == names.end()) return fail("query-invalid", fmt::format("'{}' of the query is not known here", printable(key, 60)));
  return {};
}

Status some_file(const Request& request) {
  if (!request.body_file.empty()) return {};
  return fail("file-empty", "the file is empty: not one byte was sent", "send the bytes of the file as the body of the request");
}

std::string_view tlp_text(intel::Tlp t) { return intel::name(t); }

std::string time_text_us(std::int64_t us) {
  const std::int64_t second = us >= 0 ? us / 1'000'000 : -((-us + 999'999) / 1'000'000);
  const std::int64_t rest = us - second * 1'000'000;
  std::string text = format_time({second * 1000});
  if (rest != 0) text = text.substr(0, text.size() - 1) + fmt::format(".{:06}Z", rest);
  return text;
}

Response with_etag(const Request& request, std::string etag, Response response, std::string_view caching) {
  bool same = false;
  for (std::string_view one : split(request.header("if-none-match"), ',')) {
    one = trim(one);
    if (one.starts_with("W/")) one.remove_prefix(2);
    same |= one == "*" || one == etag;
  }
  Response out = same ? Response{304, {}, {}, {}, true, {}} : std::move(response);
  out.set("ETag", std::move(etag));
  out.set("Cache-Control", std::string(caching));
  return out;
}

Response with_etag(const Request& request, Response response) {
  std::string etag = fmt::format("\"{:016x}\"", xxh3_64(response.body));
  return with_etag(request, std::move(etag), std::move(response));
}

Status audit(Services& services, const Request& request, std::string_view action, std::string_view object, std::string_view detail, std::string_view who,
             intel::OrganisationId organisation) {
  const auto written = services.identities.accounts().audit(audit_line(services, request, action, object, detail, who, organisation));
  if (!written) return fail(written.error());
  return {};
}

Status audit_shut_out(Services& services, const Request& request, std::string_view action, std::string_view object, std::string_view detail) {
  const auto written = services.identities.accounts().audit(audit_line(services, request, action, object, detail, {}, intel::common), true);
  if (written) return {};
  if (written.error().code != "store-full") return fail(written.error());
  return fail("store-full", "it was done and holds, but the audit log could not take its line: the disk is full",
              "free space on the disk of the knowledge base");
}

Response refuse(const Services& services, const Request& request, const Diagnostic& d) {
  if (status_of(d) >= 500 && services.log) {
    Diagnostic told = d;
    told.message = fmt::format("{}: {}", request.id, d.message);
    services.log(render_json(told));
  }
  return problem(d);
}

}  // namespace mozu::server
