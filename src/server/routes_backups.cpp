// Backups on the server's own disk, for who runs the installation. There is no way back over HTTP: `mozu restore`.
#include <fmt/core.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "backups.hpp"
#include "mozu/base/file.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

void write_running(JsonWriter& w, const Backups::Running& r) {
  w.begin_object().field("by", r.by).field("since", format_time(r.since)).field("step", name(r.progress.step));
  w.field("done", r.progress.done).field("total", r.progress.total).end_object();
}

Response list_backups(Services& services, Backups& backups, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER(of_installation(request));
  MOZU_ANSWER_LET(const auto kept, backups.folder().list());
  MOZU_ANSWER_LET(const auto base, services.knowledge.state());
  std::string body;
  JsonWriter w(body);
  w.begin_object().key("items").begin_array();
  for (const auto& one : kept) write_backup(w, one);
  w.end_array().field("needed_bytes", backups.folder().needed_bytes(base.bytes));
  const auto offered = backups.offered();
  w.field("offered", offered.has_value());
  if (!offered) w.field("why", offered.error().message + (offered.error().hint.empty() ? "" : ": " + offered.error().hint));
  if (const auto running = backups.running()) {
    w.key("running");
    write_running(w, *running);
  }
  if (const auto failure = backups.failure()) {
    w.key("failure").begin_object().field("code", failure->code).field("detail", failure->message).field("hint", failure->hint).end_object();
  }
  w.end_object();
  Response response = json_response(std::move(body));
  response.set("Cache-Control", "no-store");
  return response;
}

Response start(Services& services, Backups& backups, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER(of_installation(request));
  MOZU_ANSWER(backups.start(request.who->name, request.who->viewer.organisation));
  MOZU_ANSWER(audit(services, request, "backup-start", ""));
  std::string body;
  JsonWriter w(body);
  w.begin_object();
  if (const auto running = backups.running()) {
    w.key("running");
    write_running(w, *running);
  }
  w.end_object();
  return json_response(std::move(body), 202);
}

/// A second name of the file is sent and taken away: removing the backup meanwhile ends no download, and the download removes no backup.
Response download(Services& services, Backups& backups, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER(of_installation(request));
  const std::string& name = request.parameters[0];
  MOZU_ANSWER_LET(const std::string path, request.head ? backups.folder().path_of(name) : backups.folder().checked(name));
  static std::atomic<std::uint64_t> count{0};
  const std::string sent = fmt::format("{}/backup-{}-{}", services.spool, ::getpid(), ++count);
  if (::link(path.c_str(), sent.c_str()) != 0)
    return refuse(services, request, errno_diagnostic("backup-folder", "the backup cannot be handed out: spool and backups must be on one file system", errno));
  if (!request.head)
    if (const auto written = audit(services, request, "backup-download", name); !written) {
      ::unlink(sent.c_str());
      return refuse(services, request, written.error());
    }
  Response out;
  out.content_type = "application/octet-stream";
  out.file = sent;
  out.compress = false;
  out.set("Content-Disposition", fmt::format("attachment; filename=\"{}\"", name));
  out.set("Cache-Control", "no-store");
  return out;
}

Response remove_backup(Services& services, Backups& backups, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER(of_installation(request));
  MOZU_ANSWER(backups.folder().remove(request.parameters[0]));
  MOZU_ANSWER(audit(services, request, "backup-remove", request.parameters[0]));
  return no_content();
}

}  // namespace

void write_backup(JsonWriter& w, const store::KeptBackup& b) {
  w.begin_object().field("name", b.name).field("begun", format_time(b.begun)).field("bytes", b.bytes);
  if (!b.sha256.empty()) w.field("sha256", b.sha256);
  w.end_object();
}

void add_backup_routes(Router& router, Services& services, std::shared_ptr<Backups> backups) {
  const auto to = handlers(services, std::move(backups));
  router.add(Method::get, "/api/v1/backups", Permission::administer, slow, to(list_backups));
  router.add(Method::post, "/api/v1/backups", Permission::administer, slow, to(start));
  router.add(Method::get, "/api/v1/backups/{name}", Permission::administer, slow, to(download));
  router.add(Method::remove, "/api/v1/backups/{name}", Permission::administer, slow, to(remove_backup));
}

}  // namespace mozu::server
