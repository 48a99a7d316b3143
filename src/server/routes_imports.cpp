// Bringing knowledge in: a body of any known format is one import.
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <span>

#include "mozu/base/diagnostics.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "mozu/formats/knowledge.hpp"
#include "routes.hpp"
#include "running_imports.hpp"

namespace mozu::server {
namespace {

/// What the client says of its upload.
struct Upload {
  store::Provenance provenance;
  formats::KnowledgeSettings settings;
  bool dry_run = false;
};

Result<Upload> read_upload(const Request& request) {
  MOZU_TRY(only_these(request, {"source", "name", "format", "tlp", "shared", "dry_run"}));
  Upload u;
  u.provenance.source = request.query("source");
  if (u.provenance.source.empty() || u.provenance.source.size() > 256) return fail("query-invalid", "'source' of the query, whose words these are, has 1 to 256 bytes");
  u.provenance.origin = request.query("name").empty() ? "upload" : printable(request.query("name"), 500);
  u.provenance.actor = request.who->name;
  u.provenance.organisation = request.who->viewer.organisation;
  MOZU_LET(const bool shared, flag_of(request, "shared", false));
  if (shared && u.provenance.organisation != intel::common) {
    if (!request.who->may(Permission::administer)) return fail("not-permitted", "only administrators give to all organisations");
    u.provenance.organisation = intel::common;
  }
  u.provenance.tlp = tlp_unsaid(u.provenance.organisation);
  MOZU_LET(const auto tlp, tlp_of(request, "tlp"));
  if (tlp) u.provenance.tlp = *tlp;
  u.settings.format = request.query("format");
  u.settings.source = u.provenance.source;
  MOZU_LET(u.dry_run, flag_of(request, "dry_run", false));
  return u;
}

/// What MISP and rules refer to by number alone may be here already.
void know_what_is_stored(Services& services, const intel::Viewer& viewer, formats::KnowledgeSettings& settings) {
  settings.id_of_technique = [&services, viewer](std::string_view technique) -> std::string {
    const intel::Key key{intel::KeyKind::external_id, std::string(technique)};
    const auto hits = services.knowledge.find(viewer, std::span(&key, 1));
    if (!hits) return {};
    for (const store::KeyHits& hit : *hits)
      for (const store::Head& h : hit.objects)
        if (h.type == "attack-pattern" && !h.revoked) return h.id;
    return {};
  };
  settings.id_of_uuid = [&services, viewer](std::string_view uuid) -> std::string {
    std::vector<std::string> ids;
    for (const std::string_view type : {"intrusion-set", "threat-actor", "malware", "tool", "attack-pattern", "campaign", "course-of-action", "identity", "location"})
      ids.push_back(fmt::format("{}--{}", type, uuid));
    const auto found = services.knowledge.objects(viewer, ids);
    return found && !found->empty() ? found->front().id : std::string();
  };
}

/// Diagnostics name what the client sent, not where it lay meanwhile.
std::string told(Diagnostic d, const Request& request, const Upload& upload) {
  if (d.where.file.starts_with(request.body_file)) d.where.file = upload.provenance.origin + d.where.file.substr(request.body_file.size());
  return render_json(d);
}

/// Reads the body into the knowledge base, or only tries it. Errors: those of the reader and the store, "import-stopped".
Result<store::ImportReceipt> run(Services& services, const Request& request, Upload& upload, RunningImport& running, formats::KnowledgeStatistics& read, Diagnostics& diagnostics) {
  {
    MOZU_LET(const MappedFile file, MappedFile::open(request.body_file));
    const auto digest = sha256(file.bytes());
    upload.provenance.sha256 = to_hex(digest);
    running.bytes = file.bytes().size();
  }
  know_what_is_stored(services, request.who->viewer, upload.settings);
  MOZU_LET(const auto import, services.knowledge.begin_import(upload.provenance, upload.dry_run));
  running.state = ImportState::reading;
  const auto sink = [&](intel::StixObject&& object) -> Status {
    if (running.stop) return fail("import-stopped", "the import was stopped; nothing of it was kept");
    ++running.objects;
    return import->put(std::move(object));
  };
  if (const Status status = formats::read_knowledge(request.body_file, upload.settings, sink, diagnostics, read); !status) {
    Diagnostic d = status.error();
    if (d.message.find(request.body_file) != std::string::npos) d.message = "this is nothing that can be imported";
    return fail(std::move(d));
  }
  running.state = ImportState::committing;
  return import->commit();
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
  all.add(running);
  Diagnostics diagnostics;
  formats::KnowledgeStatistics read;
  MOZU_ANSWER_LET(const store::ImportReceipt receipt, run(services, request, upload, *running, read, diagnostics));
  if (!upload.dry_run)
    MOZU_ANSWER(audit(services, request, "import", fmt::format("{}", receipt.import), fmt::format("{} from {}: {} added, {} updated", upload.provenance.source, upload.provenance.origin, receipt.counts.added, receipt.counts.updated)));
  std::string body;
  JsonWriter w(body);
  w.begin_object().field("dry_run", upload.dry_run);
  if (!upload.dry_run) w.field("import", receipt.import);
  w.field("format", read.format).field("objects", read.objects).field("refused", read.refused).field("cut_off", read.cut_off).field("passed_over", read.passed_over);
  w.key("counts");
  write_counts(w, receipt.counts);
  w.key("diagnostics").begin_array();
  for (const Diagnostic& d : diagnostics.kept()) w.raw(told(d, request, upload));
  w.end_array().end_object();
  return json_response(std::move(body), upload.dry_run ? 200 : 201);
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
  MOZU_ANSWER(audit(services, request, "stop import", request.parameters[0], (*found)->source));
  (*found)->stop = true;
  return no_content();
}

Response imports(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"cursor", "limit"}));
  MOZU_ANSWER_LET(const std::size_t limit, limit_of(request));
  MOZU_ANSWER_LET(auto page, services.knowledge.imports(std::string(request.query("cursor")), limit));
  std::erase_if(page.items, [&](const store::ImportRecord& r) { return !intel::may_see(request.who->viewer, r.provenance.organisation, r.provenance.tlp); });
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

void add_import_routes(Router& router, Services& services) {
  const RouteOptions upload{Body::file, services.import_bytes_max, true};
  const auto all = std::make_shared<RunningImports>();
  router.add(Method::post, "/api/v1/imports", Permission::import, upload, [&services, all](const Request& request) { return import(services, *all, request); });
  router.add(Method::get, "/api/v1/imports/running", Permission::import, no_body, [&services, all](const Request& request) { return running_imports(services, *all, request); });
  router.add(Method::remove, "/api/v1/imports/running/{id}", Permission::import, no_body, [&services, all](const Request& request) { return stop_import(services, *all, request); });
  router.add(Method::get, "/api/v1/imports", Permission::import, no_body, [&services](const Request& request) { return imports(services, request); });
}

}  // namespace mozu::server
