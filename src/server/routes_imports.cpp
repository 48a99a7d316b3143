// Bringing knowledge in: a body of any known format is one import.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <system_error>

#include "json.hpp"
#include "mozu/base/diagnostics.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "mozu/exchange/import.hpp"
#include "mozu/store/sources.hpp"
#include "routes.hpp"
#include "running_imports.hpp"

namespace mozu::server {
namespace {

/// What the client says of its upload.
struct Upload {
  store::Provenance provenance;
  std::string format;
  bool dry_run = false;
};

Result<Upload> read_upload(const Request& request) {
  MOZU_TRY(only_these(request, {"source", "name", "format", "tlp", "shared", "dry_run"}));
  Upload u;
  u.provenance.source = request.query("source");
  if (u.provenance.source.empty() || u.provenance.source.size() > 256)
    return fail("query-invalid", "'source' of the query, whose words these are, has 1 to 256 bytes");
  MOZU_TRY(store::check_source(u.provenance.source));
  MOZU_TRY(store::check_origin(request.query("name")));
  u.provenance.origin = request.query("name").empty() ? "upload" : printable(request.query("name"), 500);
  u.provenance.actor = request.who->name;
  u.provenance.organisation = request.who->viewer.organisation;
  MOZU_LET(const bool shared, flag_of(request, "shared", false));
  if (shared && u.provenance.organisation != intel::common) return fail("not-permitted", "only people of no organisation give to all organisations");
  u.provenance.tlp = intel::tlp_in_force(u.provenance.organisation, intel::Tlp::none);
  MOZU_LET(const auto tlp, tlp_of(request, "tlp"));
  if (tlp) u.provenance.tlp = *tlp;
  u.format = request.query("format");
  MOZU_LET(u.dry_run, flag_of(request, "dry_run", false));
  return u;
}

/// Diagnostics name what the client sent, not where it lay meanwhile.
std::string told_diagnostic(Diagnostic d, const Request& request, const Upload& upload) {
  if (d.where.file.starts_with(request.body_file)) d.where.file = upload.provenance.origin + d.where.file.substr(request.body_file.size());
  return render_json(d);
}

Response bring(Services& services, RunningImports& all, const Request& request) {
  MOZU_ANSWER_LET(Upload upload, read_upload(request));
  MOZU_ANSWER(some_file(request));
  const auto running = std::make_shared<RunningImport>();
  running->id = request.id;
  running->by = request.who->name;
  running->source = upload.provenance.source;
  running->origin = upload.provenance.origin;
  running->organisation = request.who->viewer.organisation;
  running->since = services.identities.now();
  running->dry_run = upload.dry_run;
  std::error_code unknown;
  running->bytes = std::filesystem::file_size(request.body_file, unknown);
  all.add(running);
  const exchange::FileWatch watch{[&](std::uint64_t objects) {
                                    running->objects = objects;
                                    return running->go_on(ImportState::reading);
                                  },
                                  [&] { return running->go_on(ImportState::committing); },
                                  [&](bool waits) { return running->go_on(waits ? ImportState::waiting : ImportState::reading); }};
  MOZU_ANSWER_LET(const exchange::ImportedFile file,
                  exchange::import_file(services.knowledge, {request.body_file, upload.format, upload.provenance, upload.dry_run, request.who->viewer}, watch));
  if (file.failure) {
    Diagnostic d = *file.failure;
    if (d.message.find(request.body_file) != std::string::npos) d.message = "this is nothing that can be imported";
    return refuse(services, request, d);
  }
  if (file.read.objects == 0 && !file.complete() && !file.diagnostics.kept().empty())
    return problem(422, "not-knowledge", fmt::format("nothing of it could be read: {}", file.diagnostics.kept().front().message));
  const store::ImportReceipt& receipt = file.receipt;
  const auto& read = file.read;
  const bool kept = receipt.import != 0;  // not of a dry run, nor where there was nothing to keep
  if (kept)
    MOZU_ANSWER(audit(
        services, request, "import", fmt::format("{}", receipt.import),
        fmt::format("{} from {}: {} added, {} updated", upload.provenance.source, upload.provenance.origin, receipt.counts.added, receipt.counts.updated)));
  std::string body;
  JsonWriter w(body);
  w.begin_object().field("dry_run", upload.dry_run);
  if (kept) w.field("import", receipt.import);
  w.field("format", read.format)
      .field("objects", read.objects)
      .field("refused", read.refused)
      .field("cut_off", read.cut_off)
      .field("passed_over", read.passed_over);
  w.key("counts");
  write_counts(w, receipt.counts);
  w.key("diagnostics").begin_array();
  for (const Diagnostic& d : file.diagnostics.kept()) w.raw(told_diagnostic(d, request, upload));
  w.end_array().end_object();
  return json_response(std::move(body), kept ? 201 : 200);
}

/// What became of a source's last import stays until one succeeds: whoever looks after feeds sees which of them fail. Of one's organisation's imports.
constexpr std::string_view failures_collection = "import-failures";
constexpr std::int64_t failures_kept_ms = std::int64_t{90} * 24 * 3'600'000;
constexpr std::size_t import_failures_max = 1000;

Status remember(Services& services, const Request& request, std::string_view source, const Response& response) {
  auto& accounts = services.identities.accounts();
  const std::string id = fmt::format("{}.{}", request.who->viewer.organisation, to_hex(sha256(std::as_bytes(std::span(source)))).substr(0, 32));
  MOZU_LET(const auto known, accounts.document(failures_collection, id));
  if (response.status < 400) return known && response.status == 201 ? accounts.remove_document(failures_collection, id) : Status();
  store::Accounts::DocumentQuery query;
  query.collection = failures_collection, query.organisation = request.who->viewer.organisation, query.limit = import_failures_max;
  MOZU_LET(const auto others, accounts.documents(query));
  if (!known && others.items.size() >= import_failures_max) return accounts.remove_documents(failures_collection, {Timestamp::now().ms - failures_kept_ms});
  store::Document d;
  d.collection = failures_collection, d.id = id, d.version = known ? known->version : 0;
  d.organisation = request.who->viewer.organisation, d.owner = request.who->user;
  JsonWriter(d.json)
      .begin_object()
      .field("source", source)
      .field("by", request.who->name)
      .field("at", format_time(services.identities.now()))
      .key("problem")
      .raw(response.body)
      .end_object();
  const auto put = accounts.put_document(d);
  return put ? Status() : fail(put.error());
}

Response import_upload(Services& services, RunningImports& all, const Request& request) {
  Response response = bring(services, all, request);
  const std::string_view source = request.query("source");
  const bool judged =
      response.status < 500 && response.status != 400 && response.status != 403 && response.status != 409;  // of what was sent, not of how or when
  if (judged && store::check_source(source) && request.query("dry_run").empty())
    if (const auto done = remember(services, request, source, response); !done && done.error().code != "conflict")
      return refuse(services, request, done.error());
  return response;
}

Response failures(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  store::Accounts::DocumentQuery query;
  query.collection = failures_collection, query.organisation = request.who->viewer.organisation, query.with_json = true, query.limit = import_failures_max;
  MOZU_ANSWER_LET(const auto page, services.identities.accounts().documents(query));
  simdjson::dom::parser parser;
  return page_response(page.items, {}, std::nullopt, [&](JsonWriter& w, const store::Document& d) {
    JsonObject o;
    if (parser.parse(d.json).get(o) != simdjson::SUCCESS) return;
    w.begin_object();
    for (const std::string_view key : {"source", "by", "at"}) w.field(key, string_member(o, key));
    const auto told = object_member(o, "problem");
    for (const std::string_view key : {"code", "detail"}) w.field(key, told ? string_member(*told, key) : std::string_view());
    w.end_object();
  });
}

Response running_imports(Services& services, RunningImports& all, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  return page_response(all.of(request.who->viewer.organisation), {}, std::nullopt, [](JsonWriter& w, const RunningImports::One& r) {
    w.begin_object().field("id", r->id).field("by", r->by).field("source", r->source).field("origin", r->origin).field("dry_run", r->dry_run);
    w.field("state", name(r->state)).field("since", format_time(r->since)).field("bytes", r->bytes.load()).field("objects", r->objects.load()).end_object();
  });
}

Response stop_import(Services& services, RunningImports& all, const Request& request) {
  const auto running = all.of(request.who->viewer.organisation);
  const auto found = std::ranges::find(running, request.parameters[0], [](const RunningImports::One& r) { return r->id; });
  if (found == running.end()) return problem(404, "absent", "no import of this id is running");
  if (!(*found)->stop()) return problem(409, "import-ending", "the import is being committed and cannot be stopped any more");
  MOZU_ANSWER(audit(services, request, "import-stop", request.parameters[0], (*found)->source));
  return no_content();
}

Response imports(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"cursor", "limit"}));
  MOZU_ANSWER_LET(const std::size_t limit, limit_of(request));
  MOZU_ANSWER_LET(const auto page, services.knowledge.imports(request.who->viewer, std::string(request.query("cursor")), limit));
  return page_response(page.items, page.next, std::nullopt, [&](JsonWriter& w, const store::ImportRecord& r) {
    // Who works for others, and which files they have, is theirs.
    const intel::Viewer& reader = request.who->viewer;
    const bool is_own = reader.organisation == intel::common || reader.organisation == r.provenance.organisation;
    w.begin_object().field("import", r.number).field("at", format_time(r.at)).field("source", r.provenance.source).field("origin", r.provenance.origin);
    w.field("actor", is_own ? r.provenance.actor : std::string()).field("organisation", r.provenance.organisation).field("tlp", tlp_text(r.provenance.tlp));
    if (is_own && !r.provenance.sha256.empty()) w.field("sha256", r.provenance.sha256);
    w.key("counts");
    write_counts(w, r.counts);
    w.end_object();
  });
}

}  // namespace

void write_counts(JsonWriter& w, const store::ImportCounts& c) {
  w.begin_object().field("added", c.added).field("updated", c.updated).field("older", c.older).field("unchanged", c.unchanged).end_object();
}

void add_import_routes(Router& router, Services& services, std::shared_ptr<RunningImports> all) {
  const RouteOptions upload{Body::file, services.import_bytes_max, true, true};
  router.add(Method::post, "/api/v1/imports", Permission::import, upload,
             [&services, all](const Request& request) { return import_upload(services, *all, request); });
  router.add(Method::get, "/api/v1/imports/running", Permission::import, no_body,
             [&services, all](const Request& request) { return running_imports(services, *all, request); });
  router.add(Method::remove, "/api/v1/imports/running/{id}", Permission::import, no_body,
             [&services, all](const Request& request) { return stop_import(services, *all, request); });
  router.add(Method::get, "/api/v1/imports/failures", Permission::import, no_body, [&services](const Request& request) { return failures(services, request); });
  router.add(Method::get, "/api/v1/imports", Permission::import, no_body, [&services](const Request& request) { return imports(services, request); });
}

}  // namespace mozu::server
