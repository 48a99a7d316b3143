// Whose code a file shares: files sent in, how far they are, their reports; and the samples themselves, locked, for those who may have them.
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <mutex>

#include <utility>

#include "mozu/attribution/jobs.hpp"
#include "mozu/base/diagnostics.hpp"
#include "mozu/base/fd.hpp"
#include "mozu/base/locked_zip.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/utf8.hpp"
#include "mozu/publications/print.hpp"
#include "publication_parts.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

using attribution::Job;
using attribution::Jobs;

constexpr std::size_t sample_name_bytes_max = 500;
constexpr std::string_view sample_password = "infected";  // what the field agreed on

/// YARA rules of the publications that everybody of the job's organisation may see: all of them read its report.
Result<std::string> rules_for(Services& services, const Job& job) {
  MOZU_LET(const auto who, services.identities.known(job.owner));
  if (!who) return std::string();  // gone meanwhile
  intel::Viewer viewer = (*who)->viewer;
  MOZU_LET(const auto users, services.identities.accounts().users());
  for (const store::User& u : users)
    if (u.organisation == job.organisation && !u.disabled) viewer.clearance = std::min(viewer.clearance, u.clearance);
  MOZU_LET(auto rules, master_yara(services, viewer, {}));
  return std::move(rules.text);
}

/// Null where it could not start: then the log says why, and nothing is taken in.
std::shared_ptr<Jobs> start_jobs(Services& services) {
  const AttributionOptions& asked = services.attributions;
  if (services.data_folder.empty()) return nullptr;
  attribution::JobsOptions options;
  options.vault = {services.data_folder + "/samples", services.identities.key_for("samples"), asked.samples_bytes_max, asked.kept_free_bytes};
  options.samples = services.data_folder + "/gene-samples", options.samples_key = services.identities.key_for("gene-samples");
  options.genes = asked.genes, options.workers = asked.at_once, options.time_s_max = asked.time_s_max, options.kept_days = asked.kept_days;
  options.open_of_user_max = asked.open_of_user_max, options.open_of_organisation_max = asked.open_of_organisation_max;
  options.rules = [&services](const Job& job) { return rules_for(services, job); };
  options.now = [&services] { return services.identities.now(); };
  options.log = [&services](const Diagnostic& d) {
    if (services.log) services.log(render_json(d));
  };
  auto started = Jobs::start(services.identities.accounts(), std::move(options));
  if (started) return std::move(*started);
  if (services.log) services.log(render_json(started.error()));
  return nullptr;
}

Response not_here() {
  return problem(503, "attribution-off", "this server takes no files in for attribution", "its log says why the folder of samples could not be used");
}

/// Handlers of routes that need the jobs.
auto working(Services& services, std::shared_ptr<Jobs> jobs) {
  return [&services, jobs = std::move(jobs)](Response (*handler)(Services&, Jobs&, const Request&)) -> Handler {
    return [&services, jobs, handler](const Request& request) {
      if (jobs == nullptr) return not_here();
      return handler(services, *jobs, request);
    };
  };
}

void write_job(JsonWriter& w, const Job& job) {
  w.begin_object().field("id", job.id).field("file", job.file).field("sha256", job.sha256).field("bytes", job.bytes).field("by", job.by);
  w.field("state", name(job.state)).field("tries", job.tries).field("created", format_time(job.created));
  if (job.began.ms != 0) w.field("began", format_time(job.began));
  if (job.ended.ms != 0) w.field("ended", format_time(job.ended));
  if (!job.why_code.empty()) w.key("problem").begin_object().field("code", job.why_code).field("detail", job.why).end_object();
  if (job.state == attribution::JobState::running)
    w.key("progress")
        .begin_object()
        .field("step", job.objects == 0 ? "opening" : "comparing")
        .field("done", job.compared)
        .field("objects", job.objects)
        .end_object();
  if (job.state == attribution::JobState::done) {
    w.field("kind", job.kind).field("objects", job.objects).field("verdicts", job.verdicts).field("weak", job.weak).key("named").begin_array();
    for (const Job::Named& n : job.named) w.begin_object().field("entity", n.name).field("entity_type", n.type).field("confidence", n.confidence).end_object();
    w.end_array();
  }
  w.end_object();
}

Response job_response(const Job& job, unsigned status = 200) {
  std::string body;
  JsonWriter w(body);
  write_job(w, job);
  return json_response(std::move(body), status);
}

Response send_in(Services& services, Jobs& jobs, const Request& request) {
  MOZU_ANSWER(only_these(request, {"name"}));
  const std::string_view name = request.query("name");
  if (name.size() > sample_name_bytes_max || !is_utf8(name))
    return problem(400, "query-invalid", fmt::format("'name' of the query has at most {} bytes of UTF-8", sample_name_bytes_max));
  MOZU_ANSWER(jobs.offered());
  MOZU_ANSWER(some_file(request));
  // A name, not a path: what stands before the last '/' says nothing.
  std::string file = printable(name.substr(name.rfind('/') == name.npos ? 0 : name.rfind('/') + 1), sample_name_bytes_max);
  if (file.empty()) file = "upload";
  MOZU_ANSWER_LET(const Job job, jobs.add({request.who->viewer.organisation, request.who->user, request.who->name, file}, request.body_file));
  MOZU_ANSWER(audit(services, request, "attribution", job.id, fmt::format("{}, sha256 {}", job.file, job.sha256)));
  Response r = job_response(job, 202);
  r.set("Location", "/api/v1/attributions/" + job.id);
  return r;
}

Response list_attributions(Services& services, Jobs& jobs, const Request& request) {
  MOZU_ANSWER(only_these(request, {"mine", "cursor", "limit"}));
  MOZU_ANSWER_LET(const std::size_t limit, limit_of(request));
  MOZU_ANSWER_LET(const bool mine, flag_of(request, "mine", false));
  MOZU_ANSWER_LET(const auto page, jobs.list(request.who->viewer.organisation, mine ? std::optional(request.who->user) : std::nullopt,
                                             std::string(request.query("cursor")), limit));
  return page_response(page.items, page.next, std::nullopt, write_job);
}

/// What can be compared with here, and how much may be sent.
Response settings(Services& services, Jobs& jobs, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  std::string body;
  JsonWriter w(body);
  w.begin_object().field("bytes_max", services.attributions.sample_bytes_max).field("kept_days", services.attributions.kept_days);
  const auto known = jobs.known();
  w.field("offered", known.has_value());
  if (known) w.field("genes", known->genes).field("samples", known->samples).field("entities", known->entities).field("calibrated", known->calibrated);
  else w.field("reason", known.error().message).field("hint", known.error().hint);
  w.end_object();
  return json_response(std::move(body));
}

Response one_attribution(Services& services, Jobs& jobs, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER_LET(const Job job, jobs.job(request.who->viewer.organisation, request.parameters[0]));
  return job_response(job);
}

Response printed(Services& services, Jobs& jobs, const Request& request, const std::string& page, std::mutex& printing) {
  const std::unique_lock one(printing, std::try_to_lock);
  if (!one.owns_lock()) {
    Response r = problem(503, "print-busy", "another report is being printed", "ask again in a moment");
    r.set("Retry-After", "5");
    return r;
  }
  MOZU_ANSWER_LET(const Job job, jobs.job(request.who->viewer.organisation, request.parameters[0]));
  MOZU_ANSWER_LET(std::string pdf, publications::print_pdf([&](const publications::PageNumbers&) -> Result<std::string> { return page; }, job.ended));
  Response r;
  r.content_type = "application/pdf";
  r.body = std::move(pdf);
  r.set("Content-Disposition", fmt::format("attachment; filename=\"{}.pdf\"", job.sha256));
  return r;
}

Response report(Services& services, Jobs& jobs, const Request& request, std::mutex& printing) {
  using attribution::Report;
  MOZU_ANSWER(only_these(request, {"weak", "format"}));
  MOZU_ANSWER_LET(const bool weak, flag_of(request, "weak", false));
  const std::string_view format = word_of(request, "format").value_or("json");
  constexpr std::pair<std::string_view, Report> forms[] = {{"json", Report::json}, {"stix", Report::stix},     {"html", Report::html},    {"pdf", Report::html},
                                                           {"ida", Report::ida},   {"ghidra", Report::ghidra}, {"x64dbg", Report::x64dbg}};
  const auto* const form = std::ranges::find(forms, format, &std::pair<std::string_view, Report>::first);
  if (form == std::end(forms)) return problem(400, "query-invalid", "'format' of the query is none of json, stix, html, pdf, ida, ghidra, x64dbg");
  if (weak && format != "json") return problem(400, "query-invalid", "'weak' and this 'format' of the query do not go together: weak links are not handed on");
  MOZU_ANSWER_LET(std::string text, jobs.report(request.who->viewer.organisation, request.parameters[0], weak ? Report::weak : form->second));
  if (format == "pdf") return printed(services, jobs, request, text, printing);
  Response r = json_response(std::move(text));
  if (format == "stix") r.content_type = "application/stix+json;version=2.1";
  if (format == "html") {
    r.content_type = "text/html; charset=utf-8";
    r.set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'");
    r.set("Content-Disposition", "attachment; filename=\"attribution.html\"");
  }
  if (form->second == Report::ida || form->second == Report::ghidra || form->second == Report::x64dbg) {
    r.content_type = form->second == Report::x64dbg ? "text/plain; charset=utf-8" : "text/x-python; charset=utf-8";
    r.set("Content-Disposition", fmt::format("attachment; filename=\"mozu-{}.{}\"", format, form->second == Report::x64dbg ? "txt" : "py"));
  }
  return with_etag(request, std::move(r));
}

Response cancel(Services& services, Jobs& jobs, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER(jobs.cancel(request.who->viewer.organisation, request.parameters[0]));
  MOZU_ANSWER(audit(services, request, "attribution-cancel", request.parameters[0]));
  return no_content();
}

Response remove_attribution(Services& services, Jobs& jobs, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER(jobs.remove(request.who->viewer.organisation, request.parameters[0]));
  MOZU_ANSWER(audit(services, request, "attribution-remove", request.parameters[0]));
  return no_content();
}

Response sample(Services& services, Jobs& jobs, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER_LET(const Job job, jobs.job(request.who->viewer.organisation, request.parameters[0]));
  // Written down first: nobody gets one of which the log does not tell.
  MOZU_ANSWER(audit(services, request, "sample-download", job.id, fmt::format("{}, sha256 {}", job.file, job.sha256)));
  std::string path = services.spool + "/sample-XXXXXX";
  const Fd fd(::mkostemp(path.data(), O_CLOEXEC));
  if (!fd.is_open()) return problem(507, "spool", "there is no room for the zip");
  const auto written =
      write_locked_zip(fd.get(), job.sha256, job.bytes, sample_password, [&](const attribution::Vault::Take& take) { return jobs.sample(job, take); });
  if (!written) {
    ::unlink(path.c_str());
    return refuse(services, request, written.error());
  }
  Response r;
  r.content_type = "application/zip";
  r.file = std::move(path);
  r.compress = false;
  r.set("Content-Disposition", fmt::format("attachment; filename=\"{}.zip\"", job.sha256));
  r.set("Cache-Control", "no-store");
  return r;
}

}  // namespace

void add_attribution_routes(Router& router, Services& services) {
  const auto jobs = start_jobs(services);
  const auto to = working(services, jobs);
  // One at a time: a browser takes more memory than all else here.
  const Handler reports = [&services, jobs, printing = std::make_shared<std::mutex>()](const Request& request) {
    return jobs == nullptr ? not_here() : report(services, *jobs, request, *printing);
  };
  const std::string all = "/api/v1/attributions", of = all + "/{id}";
  const RouteOptions upload{Body::file, services.attributions.sample_bytes_max, true, false, Spends::attribution};
  router.add(Method::post, all, Permission::attribute, upload, to(send_in));
  router.add(Method::get, all, Permission::attribute, no_body, to(list_attributions));
  router.add(Method::get, all + "/settings", Permission::attribute, slow, to(settings));
  router.add(Method::get, of, Permission::attribute, no_body, to(one_attribution));
  router.add(Method::get, of + "/report", Permission::attribute, slow, reports);
  router.add(Method::post, of + "/cancel", Permission::attribute, no_body, to(cancel));
  router.add(Method::remove, of, Permission::attribute, slow, to(remove_attribution));
  router.add(Method::get, of + "/sample", Permission::samples, spends_download, to(sample));
}

}  // namespace mozu::server
