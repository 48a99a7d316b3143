// The publications in the shape that integrations of a commercial portal know: what was written for it works here by its base URL only. Parameters
// stand in the query, also of POST; everything is in an envelope; payloads are base64, the two master files base64 of gzip.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "mozu/base/base64.hpp"
#include "mozu/base/json_list.hpp"
#include "mozu/base/json_write.hpp"
#include "mozu/base/text.hpp"
#include "mozu/publications/markdown.hpp"
#include "packing.hpp"
#include "prints.hpp"
#include "publication_parts.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

using publications::Desk;
using publications::Published;

constexpr RouteOptions ignored_body{Body::memory, std::uint64_t{64} << 10, true};  // parameters are in the query
constexpr RouteOptions download_ignored_body{Body::memory, std::uint64_t{64} << 10, true, false, Spends::download};
constexpr RouteOptions parts_ignored_body{Body::memory, std::uint64_t{64} << 10, true, false, Spends::parts};
constexpr std::array<std::string_view, 6> infos = {"all", "pdf", "execsum", "yara", "iocs", "html"};

Response envelope(std::string_view status, std::string_view message, std::string_view return_data, unsigned code = 200) {
  std::string body;
  JsonWriter(body).begin_object().field("status", status).field("status_msg", message).key("return_data").raw(return_data).end_object();
  return json_response(std::move(body), code);
}
/// `looked_at`: how many there is room for, where there are more.
Response ok(std::string_view return_data, std::optional<std::size_t> looked_at = std::nullopt) {
  if (!looked_at) return envelope("ok", "", return_data);
  Response r = envelope("ok", fmt::format("cut: only the first {} were looked at, and there are more", *looked_at), return_data);
  r.set(cut_header, fmt::format("{}", *looked_at));
  return r;
}
/// What is hidden from clients is logged, as everywhere.
Response wrong(Services& services, const Request& request, const Diagnostic& d) {
  const Response plain = refuse(services, request, d);
  const unsigned status = plain.status == 422 ? 400 : plain.status;
  const std::string told = d.hint.empty() ? d.message : fmt::format("{}; {}", d.message, d.hint);  // the envelope has no place of its own for a hint
  return envelope("error", plain.status == 500 ? "the server could not do this" : told, "{}", status);
}

std::string_view portal_group_of(std::string_view kind) { return kind == "crimeware" ? "fin" : kind; }

/// The kind that `report_group` says; empty: all. Own kinds are those of which there is a publication.
Result<std::string> publication_kind_of(Services& services, const Request& request) {
  const auto group = word_of(request, "report_group").value_or("all");
  if (group == "all") return std::string();
  const std::string kind(group == "fin" ? "crimeware" : group);
  constexpr std::array<std::string_view, 3> always = {"apt", "crimeware", "ics"};
  if (std::ranges::find(always, kind) != always.end()) return kind;
  publications::PublishedQuery query;
  query.kind = kind, query.limit = 1;
  if (!kind.empty()) {
    MOZU_LET(const auto page, desk_of(services).published_list(request.who->viewer, query));
    if (!page.items.empty()) return kind;
  }
  return fail("query-invalid", fmt::format("'report_group' of the query is '{}', and of this kind there is no publication", printable(group, 60)),
              "write all, apt, fin, ics, a kind of your own, or leave it away");
}

/// The language of the query, English if it says none, as the API that this one is compatible with has it. Where a publication has no text in it, its original is given.
Result<std::string> language_asked(const Request& request) {
  const auto language = word_of(request, "lang");
  if (!language || publications::is_language(*language)) return std::string(language.value_or("en"));
  return fail("query-invalid", fmt::format("'lang' of the query is '{}', which is no language", printable(*language, 40)),
              "write en, ja, pt-BR, …, or leave it away for English");
}

void write_fields(JsonWriter& w, const Published& p, std::string_view language) {
  w.field("id", p.id)
      .field("updated", p.updated.ms / 1000)
      .field("published", p.published.ms / 1000)
      .field("name", p.title(language))
      .field("desc", p.excerpt(language, p.description.size()))
      .field("report_group", portal_group_of(p.kind));
  std::vector<std::string> tags = p.malware;
  tags.insert(tags.end(), p.campaigns.begin(), p.campaigns.end());
  write_list(w, "tags", tags);
  write_list(w, "tags_industry", p.sectors);
  write_list(w, "tags_geo", p.geography);
  write_list(w, "tags_actors", p.actors);
}

Result<std::optional<Timestamp>> second_of(const Request& request, std::string_view name) {
  MOZU_LET(const auto seconds, number_of(request, name));
  if (!seconds) return std::nullopt;
  if (*seconds > 253'402'300'799) return fail("query-invalid", fmt::format("'{}' of the query is no time in seconds since 1970", name));
  return Timestamp{*seconds * 1000};
}

/// Sets `cut` where there are more than are listed.
Result<std::string> list_data(Services& services, const Request& request, bool& cut) {
  publications::PublishedQuery query;
  MOZU_LET(query.updated_from, second_of(request, "date_start"));
  MOZU_LET(query.updated_until, second_of(request, "date_end"));
  if (query.updated_until) query.updated_until->ms += 999;  // all of that second
  MOZU_LET(const auto language, language_asked(request));
  Desk desk = desk_of(services);
  std::string list;
  JsonWriter w(list);
  std::size_t count = 0;
  const std::size_t most = services.compatible_listed_max;
  w.begin_array();
  do {
    query.limit = std::min<std::size_t>(1000, most - count);
    MOZU_LET(const auto page, desk.published_list(request.who->viewer, query));
    for (const Published& p : page.items) {
      w.begin_object();
      write_fields(w, p, language);
      w.end_object();
      ++count;
    }
    query.cursor = page.next;
  } while (!query.cursor.empty() && count < most);
  cut = !query.cursor.empty();
  w.end_array();
  std::string out;
  JsonWriter(out).begin_object().field("count", static_cast<std::uint64_t>(count)).key("publications").raw(list).end_object();
  return out;
}

Response get_list(Services& services, const Request& request) {
  bool cut = false;
  const auto data = list_data(services, request, cut);
  return data ? ok(*data, cut ? std::optional(services.compatible_listed_max) : std::nullopt) : wrong(services, request, data.error());
}

Status write_info(JsonWriter& w, Services& services, Prints& prints, const Request& request, const Published& p, const std::vector<std::string>& wanted,
                  std::string_view language) {
  const auto wants = [&](std::string_view info) { return std::ranges::find(wanted, info) != wanted.end() || std::ranges::find(wanted, "all") != wanted.end(); };
  MOZU_LET(const auto content, desk_of(services).content(p));
  const auto* text = content.text(language);
  if (text != nullptr && wants("execsum")) w.field("report_execsum", base64(text->summary));
  if (text != nullptr && wants("html")) {
    MOZU_LET(const auto summary, publications::render_html(text->summary, {{}, "summary-"}));
    MOZU_LET(const auto full, publications::render_html(text->full, {{}, "full-"}));
    w.field("report_html", base64(summary.html + full.html));
  }
  if (wants("pdf")) {
    const auto pdf = prints.pdf(p, publications::Part::report, language_of(p, language));
    // Who asked for all of it gets the rest where there is no PDF.
    if (!pdf && std::ranges::find(wanted, "pdf") != wanted.end()) return std::unexpected(pdf.error());
    if (pdf) w.field("report_pdf", base64(*pdf));
  }
  if (wants("yara")) {
    MOZU_LET(const std::string rules, yara_rules(services, request.who->viewer, p));
    w.field("report_yara", base64(rules));
  }
  if (wants("iocs")) {
    MOZU_LET(const std::string csv, indicator_csv(services, request.who->viewer, p));
    w.field("report_iocs", base64(csv));
  }
  return {};
}

Result<std::string> one_data(Services& services, Prints& prints, const Request& request) {
  const std::string_view id = request.query("publication_id");
  if (id.empty()) return fail("query-invalid", "'publication_id' of the query is missing");
  const auto wanted = request.queries("include_info");
  for (const auto& info : wanted)
    if (std::ranges::find(infos, info) == infos.end()) return fail("query-invalid", fmt::format("'{}' in include_info is not known", printable(info, 40)));
  MOZU_LET(const auto language, language_asked(request));
  MOZU_LET(const auto p, desk_of(services).published(request.who->viewer, id));
  if (!p || p->withdrawn) return fail("absent", "no such publication");
  std::string out;
  JsonWriter w(out);
  w.begin_object();
  write_fields(w, *p, language);
  MOZU_TRY(write_info(w, services, prints, request, *p, wanted, language));
  w.end_object();
  return out;
}

Response get_one(Services& services, Prints& prints, const Request& request) {
  const auto data = one_data(services, prints, request);
  return data ? ok(*data) : wrong(services, request, data.error());
}

Response master(Services& services, const Request& request, std::string_view key, Result<Master> (*make)(Services&, const intel::Viewer&, std::string_view)) {
  const auto kind = publication_kind_of(services, request);
  if (!kind) return wrong(services, request, kind.error());
  const auto made = make(services, request.who->viewer, *kind);
  if (!made) return wrong(services, request, made.error());
  std::string data;
  JsonWriter(data).begin_object().field(key, base64(pack(made->text, "gzip"))).end_object();
  return ok(data, made->cut ? std::optional(services.master_items_max) : std::nullopt);
}
Response get_master_ioc(Services& services, const Request& request) { return master(services, request, "master_ioc", master_indicators); }
Response get_master_yara(Services& services, const Request& request) { return master(services, request, "master_yara", mozu::server::master_yara); }

}  // namespace

void add_compatible_routes(Router& router, Services& services, std::shared_ptr<Prints> prints) {
  const auto to = handlers(services);
  const auto printing = handlers(services, std::move(prints));
  const auto both = [&](std::string_view name, const Handler& handler, const RouteOptions& get, const RouteOptions& post) {
    router.add(Method::get, fmt::format("/api/publications/{}", name), Permission::read, get, handler);
    router.add(Method::post, fmt::format("/api/publications/{}", name), Permission::read, post, handler);
  };
  both("get_list", to(get_list), slow, ignored_body);
  both("get_one", printing(get_one), spends_parts, parts_ignored_body);
  both("get_master_ioc", to(get_master_ioc), spends_download, download_ignored_body);
  both("get_master_yara", to(get_master_yara), spends_download, download_ignored_body);
}

}  // namespace mozu::server
