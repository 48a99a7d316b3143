// Bringing knowledge in: a body of any known format is one import.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "mozu/base/diagnostics.hpp"
#include "mozu/base/text.hpp"
#include "mozu/exchange/import.hpp"
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
  u.provenance.origin = request.query("name").empty() ? "upload" : printable(request.query("name"), 500);
  u.provenance.actor = request.who->name;
  u.provenance.organisation = request.who->viewer.organisation;
  MOZU_LET(const bool shared, flag_of(request, "shared", false));
  if (shared && u.provenance.organisation != intel::common) return fail("not-permitted", "only people of no organisation give to all organisations");
  u.provenance.tlp = tlp_unsaid(u.provenance.organisation);
  MOZU_LET(const auto tlp, tlp_of(request, "tlp"));
  if (tlp) u.provenance.tlp = *tlp;
  u.format = request.query("format");
  MOZU_LET(u.dry_run, flag_of(request, "dry_run", false));
  return u;
}

/// Diagnostics name what the client sent, not where it lay meanwhile.
std::string told(Diagnostic d, const Request& request, const Upload& upload) {
  if (d.where.file.starts_with(request.body_file)) d.where.file = upload.provenance.origin + d.where.file.substr(request.body_file.size());
  return render_json(d);
}

Response import(Services& services, RunningImports& all, const Request& request) {
  MOZU_ANSWER_LET(Upload upload, read_upload(request));
  if (request.body_file.empty()) return problem(400, "body-missing", "the body, what is to be imported, is missing");
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
                                  [&] { return running->go_on(ImportState::committing); }};
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
  for (const Diagnostic& d : file.diagnostics.kept()) w.raw(told(d, request, upload));
  w.end_array().end_object();
  return json_response(std::move(body), kept ? 201 : 200);
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
  return page_response(page.items, page.next, std::nullopt, [](JsonWriter& w, const store::ImportRecord& r) {
    w.begin_object().field("import", r.number).field("at", format_time(r.at)).field("source", r.provenance.source).field("origin", r.provenance.origin);
    w.field("actor", r.provenance.actor).field("organisation", r.provenance.organisation).field("tlp", tlp_text(r.provenance.tlp));
    if (!r.provenance.sha256.empty()) w.field("sha256", r.provenance.sha256);
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
  router.add(Method::post, "/api/v1/imports", Permission::import, upload, [&services, all](const Request& request) { return import(services, *all, request); });
  router.add(Method::get, "/api/v1/imports/running", Permission::import, no_body,
             [&services, all](const Request& request) { return running_imports(services, *all, request); });
  router.add(Method::remove, "/api/v1/imports/running/{id}", Permission::import, no_body,
             [&services, all](const Request& request) { return stop_import(services, *all, request); });
  router.add(Method::get, "/api/v1/imports", Permission::import, no_body, [&services](const Request& request) { return imports(services, request); });
}

}  // namespace mozu::server
