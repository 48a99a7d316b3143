// Publications: readers get what is published, with parts on demand; authors write, send to review, attach; who curates publishes and withdraws.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>

#include "json.hpp"
#include "memories.hpp"
#include "mozu/base/base64.hpp"
#include "mozu/base/diagnostics.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "mozu/reports/known_values.hpp"
#include "prints.hpp"
#include "publication_parts.hpp"
#include "quota.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

using publications::Attachment;
using publications::Desk;
using publications::Publication;
using publications::Published;
using publications::Working;

constexpr RouteOptions checking{Body::none, 0, true, false, Spends::request, true};
constexpr RouteOptions draft_body{Body::memory, std::uint64_t{8} << 20, true};
constexpr RouteOptions words{Body::memory, std::uint64_t{64} << 10, true};
constexpr RouteOptions publishing{Body::memory, std::uint64_t{64} << 10, true, true};
constexpr RouteOptions deleting{Body::none, 0, true, true};
constexpr RouteOptions attachment_body{Body::memory, publications::attachment_bytes_max, true};

/// Four lines of a card.
constexpr std::size_t excerpt_bytes = 420;

publications::Author author_of(const Request& request) { return {request.who->viewer, request.who->user, request.who->name}; }

void write_published(JsonWriter& w, const Published& p, std::string_view language) {
  w.field("id", p.id)
      .field("report", p.report)
      .field("slug", p.slug)
      .field("kind", p.kind)
      .field("state", state_of(p))
      .field("version", p.version)
      .field("edition", p.edition);
  w.field("published", format_time(p.published))
      .field("updated", format_time(p.updated))
      .field("organisation", p.organisation)
      .field("title", p.title(language));
  if (p.tlp != intel::Tlp::none) w.field("tlp", tlp_text(p.tlp));
  w.key("languages").begin_array();
  for (const auto& [of, title] : p.titles) w.value(std::string_view(of));
  w.end_array();
  publications::write_about(w, p);
  if (p.locked) {
    w.field("locked", true);
    return;
  }
  w.key("counts").begin_object();
  for (const auto& [kind, count] : p.counts) w.field(kind, count);
  w.end_object();
  if (!p.withdrawn) w.field("excerpt", p.excerpt(language, excerpt_bytes));
}

Response list_publications(Services& services, actors::ActorBooks& books, const Request& request) {
  MOZU_ANSWER(only_these(request, {"kind", "actor", "sector", "geography", "tag", "from", "until", "withdrawn", "lang", "cursor", "limit"}));
  publications::PublishedQuery query;
  MOZU_ANSWER_LET(const auto filter, about_filter_of(books, request));
  query.about = filter.subjects();
  MOZU_ANSWER_LET(query.updated_from, time_of(request, "from"));
  MOZU_ANSWER_LET(query.updated_until, time_of(request, "until"));
  MOZU_ANSWER_LET(query.with_withdrawn, flag_of(request, "withdrawn", false));
  query.cursor = request.query("cursor");
  MOZU_ANSWER_LET(query.limit, limit_of(request));
  MOZU_ANSWER_LET(const auto page, desk_of(services).published_list(request.who->viewer, query));
  return with_etag(request, page_response(page.items, page.next, std::nullopt, [&](JsonWriter& w, const Published& p) {
                     w.begin_object();
                     write_published(w, p, request.query("lang"));
                     w.end_object();
                   }));
}

/// What lists show of it stands beside the reason.
Response locked_publication(Services& services, const Request& request, const Published& p) {
  MOZU_ANSWER_LET(const auto stands, services.identities.plans().standing(request.who->viewer.organisation, services.identities.now()));
  const auto why = why_locked(stands);
  Response r = problem(403, "locked", why.message, why.hint);
  r.body.pop_back();
  r.body += ",\"publication\":";
  JsonWriter w(r.body);
  w.begin_object();
  write_published(w, p, request.query("lang"));
  w.end_object();
  r.body += fmt::format(",\"left\":{}}}", stands.left());
  return r;
}

constexpr std::array<std::string_view, 7> part_names = {"execsum", "full", "html", "pdf", "yara", "iocs", "stix"};

Result<std::vector<std::string>> parts_of(const Request& request) {
  auto parts = request.queries("include");
  for (const auto& part : parts)
    if (std::ranges::find(part_names, part) == part_names.end())
      return fail("query-invalid", fmt::format("'{}' in include is no part", printable(part, 40)), "parts are execsum, full, html, pdf, yara, iocs, stix");
  return parts;
}

Status write_publication_parts(JsonWriter& w, Services& services, const Request& request, const Published& p, const Publication& content,
                               const std::vector<std::string>& parts) {
  const auto wanted = [&](std::string_view part) { return std::ranges::find(parts, part) != parts.end(); };
  const auto& viewer = request.who->viewer;
  if (const auto* text = content.text(request.query("lang")); text != nullptr) {
    w.field("language", text->language);
    if (wanted("execsum")) w.field("execsum", text->summary);
    if (wanted("full")) w.field("full", text->full);
    if (wanted("html")) MOZU_TRY(write_texts_html(w, text->summary, text->full, &content, fmt::format("/api/v1/publications/{}/files/", p.id)));
  }
  if (wanted("iocs")) {
    MOZU_LET(const auto items, desk_of(services).items(viewer, p, publications::indicators_max));
    w.key("iocs").begin_array();
    for (const auto& item : items)
      if (!publications::is_rule_kind(item.kind))
        w.begin_object().field("id", item.id).field("type", item.kind).field("value", item.value).field("since", format_time(item.since)).end_object();
    w.end_array();
  }
  if (wanted("yara")) {
    MOZU_LET(const std::string rules, yara_rules(services, viewer, p));
    w.field("yara", rules);
  }
  if (wanted("stix")) {
    MOZU_LET(const std::string bundle, stix_bundle(services, viewer, p));
    w.key("stix").raw(trim(bundle));
  }
  return {};
}

Response one_publication(Services& services, Prints& prints, const Request& request) {
  MOZU_ANSWER(only_these(request, {"include", "lang"}));
  MOZU_ANSWER_LET(const auto parts, parts_of(request));
  MOZU_ANSWER_LET(const Published p, listed_of(services, request));
  if (p.locked) return locked_publication(services, request, p);
  std::string body;
  JsonWriter w(body);
  w.begin_object();
  write_published(w, p, request.query("lang"));
  if (!p.withdrawn) {
    MOZU_ANSWER_LET(const Publication content, desk_of(services).content(p));
    publications::write_techniques(w, content.techniques);
    publications::write_references(w, content.references);
    w.key("attachments").begin_array();
    for (const auto& a : content.attachments) w.begin_object().field("kind", name(a.kind)).field("name", a.name).field("bytes", a.bytes).end_object();
    w.end_array().field("pdf", prints.offered());
    MOZU_ANSWER(write_publication_parts(w, services, request, p, content, parts));
    if (std::ranges::find(parts, "pdf") != parts.end()) {
      MOZU_ANSWER_LET(const std::string pdf, prints.pdf(p, publications::Part::report, language_of(p, request.query("lang"))));
      w.field("report_pdf", base64(pdf));
    }
  }
  w.end_object();
  Response r = with_etag(request, json_response(std::move(body)));
  r.without_files = p.withdrawn;
  return r;
}

/// Pictures are shown; everything else is given to be kept, whatever it says it is.
Response attachment_response(const Request& request, const Attachment& a, std::string bytes) {
  Response r;
  const auto picture = a.kind == publications::AttachmentKind::figure ? publications::picture_type(bytes) : std::string_view();
  r.content_type = picture.empty() ? "application/octet-stream" : std::string(picture);
  r.set("Content-Disposition", fmt::format("{}; filename=\"{}\"", picture.empty() ? "attachment" : "inline", a.name));  // the name holds no quotes
  r.body = std::move(bytes);
  return with_etag(request, fmt::format("\"{}\"", a.sha256), std::move(r));
}

Response file(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER_LET(const Published p, published_of(services, request));
  MOZU_ANSWER_LET(const Publication content, desk_of(services).content(p));
  const Attachment* a = content.attachment(request.parameters[1]);
  if (a == nullptr) return problem(404, "absent", "no such file");
  MOZU_ANSWER_LET(auto bytes, desk_of(services).file(p.organisation, *a));
  return attachment_response(request, *a, std::move(bytes));
}

/// Opens one of the reader's choice, if the organisation's trial has any left.
Response open(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER_LET(const Published p, listed_of(services, request));
  if (p.withdrawn) return problem(404, "absent", "the publication was withdrawn");
  auto& plans = services.identities.plans();
  const auto organisation = request.who->viewer.organisation;
  Result<plans::Standing> stands =
      p.locked ? plans.open(organisation, p.id, request.who->name, services.identities.now()) : plans.standing(organisation, services.identities.now());
  if (!stands) return refuse(services, request, stands.error());
  if (p.locked) {
    services.identities.forget();
    MOZU_ANSWER(audit(services, request, "publication-open", p.id, fmt::format("{} of {}", stands->chosen, stands->trial)));
  }
  std::string body;
  JsonWriter(body).begin_object().field("open", true).field("opened", stands->chosen).field("left", stands->left()).end_object();
  return json_response(std::move(body));
}

Response text_response(const Request& request, std::string body, std::string_view type) {
  Response r;
  r.content_type = type;
  r.body = std::move(body);
  return with_etag(request, std::move(r));
}
Response master_response(Services& services, const Request& request, Master master, std::string_view type) {
  Response r = text_response(request, std::move(master.text), type);
  if (master.cut) r.set(cut_header, fmt::format("{}", services.master_items_max));
  return r;
}
Response all_indicators(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"kind"}));
  MOZU_ANSWER_LET(auto csv, master_indicators(services, request.who->viewer, request.query("kind")));
  return master_response(services, request, std::move(csv), "text/csv; charset=utf-8");
}
Response all_yara(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"kind"}));
  MOZU_ANSWER_LET(auto rules, master_yara(services, request.who->viewer, request.query("kind")));
  return master_response(services, request, std::move(rules), "text/plain; charset=utf-8");
}

// -- authors --

Status write_working(JsonWriter& w, Services& services, const Working& of) {
  w.field("id", of.id).field("version", of.version).field("stage", publications::name(of.stage)).field("organisation", of.organisation);
  w.field("created", format_time(of.created)).field("changed", format_time(of.changed)).field("by", of.by);
  MOZU_LET(const auto p, desk_of(services).published({of.organisation, intel::Tlp::red, false}, of.id));
  if (p)
    w.key("published")
        .begin_object()
        .field("state", state_of(*p))
        .field("version", p->version)
        .field("edition", p->edition)
        .field("updated", format_time(p->updated))
        .end_object();
  publications::write_fields(w, of.publication);
  return {};
}

Response working_response(Services& services, const Request& request, const Working& of, unsigned status = 200, bool html = false) {
  std::string body;
  JsonWriter w(body);
  w.begin_object();
  MOZU_ANSWER(write_working(w, services, of));
  if (const auto* text = of.publication.text(request.query("lang")); html && text != nullptr)
    MOZU_ANSWER(write_texts_html(w, text->summary, text->full, &of.publication, fmt::format("/api/v1/publications/{}/draft/files/", of.id)));
  w.end_object();
  return json_response(std::move(body), status);
}

Response create(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const JsonBody body, JsonBody::parse(request));
  Publication p;
  MOZU_ANSWER(publications::read_fields(request.body, false, p));
  MOZU_ANSWER_LET(const Working made, desk_of(services).create(author_of(request), std::move(p)));
  MOZU_ANSWER(audit(services, request, "publication-save", made.id, fmt::format("{} version {}", made.publication.slug, made.version)));
  return working_response(services, request, made, 201);
}

Response drafts(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"cursor", "limit"}));
  MOZU_ANSWER_LET(const auto limit, limit_of(request));
  MOZU_ANSWER_LET(const auto page, desk_of(services).workings(request.who->viewer, std::string(request.query("cursor")), limit));
  std::string body;
  JsonWriter w(body);
  w.begin_object().key("items").begin_array();
  for (const Working& of : page.items) {
    w.begin_object();
    MOZU_ANSWER(write_working(w, services, of));
    w.end_object();
  }
  w.end_array();
  if (!page.next.empty()) w.field("next", page.next);
  w.end_object();
  return json_response(std::move(body));
}

Response draft(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"version", "html", "lang"}));
  MOZU_ANSWER_LET(const auto version, number_of(request, "version"));
  MOZU_ANSWER_LET(const bool html, flag_of(request, "html", false));
  Desk desk = desk_of(services);
  MOZU_ANSWER_LET(const Working of, version ? desk.working_version(request.who->viewer, request.parameters[0], *version)
                                            : desk.working(request.who->viewer, request.parameters[0]));
  return working_response(services, request, of, 200, html);
}

/// The version that the client has read; without it two authors would overwrite each other.
Result<std::int64_t> draft_version(const JsonBody& body) {
  MOZU_LET(const auto version, body.number("version", 0));
  if (version < 1) return fail("field-invalid", "'version' is missing", "send the version that you have read");
  return version;
}
Result<std::int64_t> draft_version(const Request& request) {
  MOZU_LET(const auto version, number_of(request, "version"));
  if (!version || *version < 1) return fail("query-invalid", "'version' of the query is missing", "send the version that you have read");
  return *version;
}

Response saved(Services& services, const Request& request, const Result<Working>& of) {
  if (!of) return refuse(services, request, of.error());
  MOZU_ANSWER(audit(services, request, "publication-save", of->id, fmt::format("{} version {}", of->publication.slug, of->version)));
  return working_response(services, request, *of);
}

Response change_draft(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const JsonBody body, JsonBody::parse(request));
  MOZU_ANSWER_LET(const auto version, draft_version(body));
  Desk desk = desk_of(services);
  MOZU_ANSWER_LET(Working of, desk.working(request.who->viewer, request.parameters[0]));
  MOZU_ANSWER(publications::read_fields(request.body, false, of.publication));
  return saved(services, request, desk.save(author_of(request), of.id, version, std::move(of.publication)));
}

Response discard_draft(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"version"}));
  MOZU_ANSWER_LET(const auto version, draft_version(request));
  MOZU_ANSWER_LET(const Working gone, desk_of(services).remove(author_of(request), request.parameters[0], version));
  MOZU_ANSWER(audit(services, request, "publication-delete", gone.id, fmt::format("{} version {}", gone.publication.slug, gone.version)));
  return no_content();
}

Response attach(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"kind", "version"}));
  MOZU_ANSWER_LET(const auto version, draft_version(request));
  const auto kind = publications::attachment_kind_of(request.query("kind"));
  if (!kind) return problem(400, "query-invalid", "'kind' of the query is no kind of attachment", "kinds are indicators, yara, sigma, suricata, figure");
  return saved(services, request, desk_of(services).attach(author_of(request), request.parameters[0], version, *kind, request.parameters[1], request.body));
}
Response detach(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"version"}));
  MOZU_ANSWER_LET(const auto version, draft_version(request));
  return saved(services, request, desk_of(services).detach(author_of(request), request.parameters[0], version, request.parameters[1]));
}
Response draft_file(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER_LET(const Working of, desk_of(services).working(request.who->viewer, request.parameters[0]));
  const Attachment* a = of.publication.attachment(request.parameters[1]);
  if (a == nullptr) return problem(404, "absent", "no such file");
  MOZU_ANSWER_LET(auto bytes, desk_of(services).file(of.organisation, *a));
  return attachment_response(request, *a, std::move(bytes));
}

// -- stages --

/// Lists of what is harmless, as long as the request runs.
struct Harmless {
  std::optional<reports::KnownValues> known;
  static Result<Harmless> of(Memories& memories, const intel::Viewer& viewer) {
    Harmless out;
    MOZU_LET(auto lists, memories.warning_lists(viewer));
    if (!lists.empty()) out.known.emplace(reports::KnownValues::of(std::move(lists)));
    return out;
  }
  publications::KnownHarmless find() const {
    if (!known) return {};
    return [this](std::string_view value) { return known->find(value); };
  }
};

Response check(Services& services, Memories& memories, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  Desk desk = desk_of(services);
  MOZU_ANSWER_LET(const Working of, desk.working(request.who->viewer, request.parameters[0]));
  MOZU_ANSWER_LET(const Harmless harmless, Harmless::of(memories, request.who->viewer));
  Diagnostics diagnostics(100);
  if (const auto done = desk.check(of, harmless.find(), diagnostics); !done) {
    if (done.error().code != "publication-invalid") return refuse(services, request, done.error());
    diagnostics.add(done.error());
  }
  std::string body;
  JsonWriter w(body);
  w.begin_object()
      .field("version", of.version)
      .field("errors", diagnostics.errors())
      .field("warnings", diagnostics.warnings())
      .key("diagnostics")
      .begin_array();
  for (const auto& d : diagnostics.kept()) w.raw(render_json(d));
  w.end_array().end_object();
  return json_response(std::move(body));
}

Response review(Services& services, Memories&, const Request& request) {
  MOZU_ANSWER_LET(const JsonBody body, JsonBody::parse(request));
  MOZU_ANSWER_LET(const auto version, draft_version(body));
  MOZU_ANSWER_LET(const std::string stage, body.text("stage", "review"));
  if (stage != "review" && stage != "draft") return problem(422, "field-invalid", "stage is neither review nor draft");
  return saved(
      services, request,
      desk_of(services).move(author_of(request), request.parameters[0], version, stage == "review" ? publications::Stage::review : publications::Stage::draft));
}

Response published_response(Services& services, const Request& request, const Result<Published>& p, std::string_view action) {
  if (!p) return refuse(services, request, p.error());
  MOZU_ANSWER(audit(services, request, action, p->id, fmt::format("{} version {} edition {}", p->slug, p->version, p->edition)));
  std::string body;
  JsonWriter w(body);
  w.begin_object();
  write_published(w, *p, {});
  w.end_object();
  return json_response(std::move(body));
}

struct Desks {
  std::shared_ptr<Memories> memories;
  std::shared_ptr<Prints> prints;
};

Response publish_draft(Services& services, Desks& desks, const Request& request) {
  MOZU_ANSWER_LET(const JsonBody body, JsonBody::parse(request));
  MOZU_ANSWER_LET(const auto version, draft_version(body));
  publications::PublishWord word;
  MOZU_ANSWER_LET(word.accept_warnings, body.flag("accept_warnings", false));
  MOZU_ANSWER_LET(const Harmless harmless, Harmless::of(*desks.memories, request.who->viewer));
  word.harmless = harmless.find();
  Diagnostics diagnostics;
  const auto done = desk_of(services).publish(author_of(request), request.parameters[0], version, word, diagnostics);
  if (done) desks.prints->order(*done);
  return published_response(services, request, done, "publish");
}

Response withdraw(Services& services, Memories&, const Request& request) {
  return published_response(services, request, desk_of(services).withdraw(author_of(request), request.parameters[0]), "withdraw");
}

}  // namespace

void add_publication_routes(Router& router, Services& services, std::shared_ptr<Memories> memories, std::shared_ptr<Prints> prints, SharedActors actors) {
  const auto to = handlers(services);
  const auto giving = handlers(services, std::make_shared<Desks>(Desks{memories, prints}));
  const auto printing = handlers(services, std::move(prints));
  const auto with = handlers(services, std::move(memories));
  const std::string base = "/api/v1/publications", of = base + "/{id}", desk = of + "/draft";
  router.add(Method::get, base, Permission::read, slow, handlers(services, std::move(actors))(list_publications));
  router.add(Method::get, of, Permission::read, spends_parts, printing(one_publication));
  router.add(Method::get, of + "/files/{name}", Permission::read, spends_download, to(file));
  router.add(Method::get, base + "/bundles/iocs", Permission::read, spends_download, to(all_indicators));
  router.add(Method::get, base + "/bundles/yara", Permission::read, spends_download, to(all_yara));
  router.add(Method::post, of + "/open", Permission::read, slow, to(open));
  router.add(Method::post, base, Permission::write, draft_body, to(create));
  router.add(Method::get, base + "/drafts", Permission::write, slow, to(drafts));
  router.add(Method::get, desk, Permission::write, slow, to(draft));
  router.add(Method::patch, desk, Permission::write, draft_body, to(change_draft));
  router.add(Method::remove, desk, Permission::write, deleting, to(discard_draft));
  router.add(Method::get, desk + "/files/{name}", Permission::write, slow, to(draft_file));
  router.add(Method::put, desk + "/files/{name}", Permission::write, attachment_body, to(attach));
  router.add(Method::remove, desk + "/files/{name}", Permission::write, slow, to(detach));
  router.add(Method::get, desk + "/check", Permission::write, checking, with(check));
  router.add(Method::post, desk + "/stage", Permission::write, words, with(review));
  router.add(Method::post, of + "/publication", Permission::curate, publishing, giving(publish_draft));
  router.add(Method::post, of + "/withdrawal", Permission::curate, publishing, with(withdraw));
}

}  // namespace mozu::server
