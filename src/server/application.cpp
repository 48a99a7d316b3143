// What stands before and after every route.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <exception>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "metrics.hpp"
#include "mozu/base/base64.hpp"
#include "mozu/base/diagnostics.hpp"
#include "mozu/base/json_write.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/time.hpp"
#include "mozu/server/server.hpp"
#include "packing.hpp"
#include "quota.hpp"
#include "secrets.hpp"

namespace mozu::server {
namespace {

constexpr std::size_t compressed_bytes_min = 1024;

void compress(const Request& request, Response& response) {
  if (!response.compress || response.body.size() < compressed_bytes_min || response.body.size() > (std::size_t{1} << 30)) return;
  response.set("Vary", "Accept-Encoding");
  const std::string_view packing = packing_wanted(request.header("accept-encoding"));
  if (packing.empty()) return;
  std::string packed = pack(response.body, packing);
  if (packed.empty() || packed.size() >= response.body.size()) return;
  response.body = std::move(packed);
  response.set("Content-Encoding", std::string(packing));
}

/// "Basic" with a token as the password: for clients that know nothing else.
std::string token_of_basic(std::string_view encoded) {
  const std::string text = from_base64(encoded, Base64::unpadded).value_or(std::string());
  const auto colon = text.find(':');
  return colon == text.npos ? std::string() : text.substr(colon + 1);
}

/// Said by browsers of requests that a page of another place made; programs say neither.
bool is_from_elsewhere(const Request& request) {
  const std::string_view site = request.header("sec-fetch-site");
  if (!site.empty()) return site != "same-origin" && site != "none";  // a proxy may have put another Host
  std::string_view origin = request.header("origin");
  if (origin.empty()) return false;
  const auto scheme = origin.find("://");
  return scheme == origin.npos || !iequals(origin.substr(scheme + 3), request.header("host"));
}

/// Cookies, certificates and passwords of Basic are sent by browsers whoever made the page, a Bearer token is not. Nor must a page of another place sign somebody in: what
/// they then write would go to whose name it is.
bool may_be_a_browsers(const Request& request) { return !istarts_with(request.header("authorization"), "bearer "); }

Response unauthorised(std::string_view code, std::string_view detail, std::string_view hint) {
  Response r = problem(401, code, detail, hint);
  r.set("WWW-Authenticate", R"(Bearer realm="mozu", Basic realm="mozu", charset="UTF-8")");
  return r;
}

}  // namespace

namespace {

constexpr unsigned status_left = 499;  // of a request whose client went away: as nginx writes it, for whoever reads the log

struct Cost {
  plans::What what;
  std::int64_t amount = 1;
};

/// Parts of a publication that have an address of their own, where each is a download.
std::int64_t files_among(const Request& request) {
  constexpr std::array<std::string_view, 4> files = {"pdf", "yara", "iocs", "stix"};
  std::set<std::string, std::less<>> asked;
  for (const std::string_view name : {"include", "include_info"})
    for (auto& part : request.queries(name)) asked.insert(std::move(part));
  if (asked.contains("all")) asked.insert({"pdf", "yara", "iocs"});  // as the compatible get_one has it
  return std::ranges::count_if(files, [&](std::string_view file) { return asked.contains(file); });
}

/// What it spends beside itself: the one place that says what a download is.
std::optional<Cost> cost_of(const Request& request) {
  if (request.route == nullptr) return std::nullopt;  // refused before it had one: what is no HTTP, or leads nowhere
  const auto downloads = [](std::int64_t n) { return n > 0 ? std::optional(Cost{plans::What::downloads, n}) : std::nullopt; };
  switch (request.route->options.spends) {
    case Spends::request: return std::nullopt;
    case Spends::lookup: return Cost{plans::What::lookups};
    case Spends::download: return downloads(1);
    case Spends::attribution: return Cost{plans::What::attributions};
    case Spends::parts: return downloads(files_among(request));
    case Spends::csv_download: break;
  }
  return downloads(request.query("format") == "csv" ? 1 : 0);
}

/// Counts against the organisation's quotas; the narrowest is told.
Status spend(Identities& identities, Request& request, const Cost& cost) {
  const auto [what, amount] = cost;
  const auto quota = request.who->quotas[what];
  if (!quota) return {};
  const auto now = identities.now();
  MOZU_LET(const auto spent, identities.spending().spend(request.who->viewer.organisation, what, amount, *quota, now));
  if (!request.quota || !spent.granted || spent.left < request.quota->left)
    request.quota = QuotaLeft{spent.quota, spent.left, spent.reset_s, spent.granted ? amount : 0, what != plans::What::requests};
  if (!spent.granted) return quota_spent(what, *quota, spent.left, amount);
  if (!request.taken.request) request.taken.at = now;  // of two days in one request the older: what is given back to a day that is over is lost, and no more
  if (what == plans::What::requests) request.taken.request = true;
  else request.taken.other = amount;
  return {};
}

}  // namespace

std::unexpected<Diagnostic> quota_spent(plans::What what, std::int64_t quota, std::int64_t left, std::int64_t asked) {
  if (left > 0)
    return fail("quota-spent", fmt::format("{} {} are asked for; left of the {} a day of your organisation's plan: {}", asked, plans::name(what), quota, left),
                "ask for no more than what is left; the day begins anew at midnight UTC");
  return fail("quota-spent", fmt::format("your organisation's plan has {} {} a day, and they are spent", quota, plans::name(what)),
              "the day begins anew at midnight UTC");
}

Diagnostic why_locked(const plans::Standing& stands) {
  const auto day = format_time(stands.until).substr(0, 10);
  if (stands.state == plans::State::expired)
    return {Severity::error, "locked", fmt::format("your plan ended on {}; what it opened is closed again", day), {}, "who sold it can renew it"};
  if (stands.state == plans::State::not_begun) return {Severity::error, "locked", "your plan has not begun yet", {}, {}};
  if (stands.left() > 0)
    return {Severity::error, "locked", fmt::format("your trial opens {} more publications of your choice", stands.left()), {}, "POST …/open opens this one"};
  return {Severity::error, "locked", "no plan of yours opens this publication", {}, "ask for one that does"};
}

void Application::give_back(const Request& request, bool all) {
  const auto give = [&](plans::What what, std::int64_t amount) {
    const auto done = identities_.spending().give_back(request.who->viewer.organisation, what, amount, request.who->quotas[what].value_or(0), request.taken.at);
    if (!done) log_(render_json(done.error()));
  };
  if (all && request.taken.request) give(plans::What::requests, 1);
  if (const auto cost = cost_of(request); cost && request.taken.other > 0) give(cost->what, request.taken.other);
}

void Application::settle(const Request& request, Response& response) {
  const bool failed = response.status >= 400;
  const auto cost = cost_of(request);
  const bool has_it = cost && cost->what == plans::What::downloads && (response.status == 304 || response.without_files);  // who asked has the file already
  if (failed || has_it) give_back(request, failed);
  if (!request.quota) return;
  const QuotaLeft& told = *request.quota;
  const std::int64_t left = told.left + (failed || (has_it && told.other) ? told.taken : 0);
  response.set("RateLimit-Limit", fmt::format("{}", told.quota));
  response.set("RateLimit-Remaining", fmt::format("{}", left));
  response.set("RateLimit-Reset", fmt::format("{}", told.reset_s));
  if (response.status == 429 && left == 0) response.set("Retry-After", fmt::format("{}", told.reset_s));  // with some left, asking for less helps, not waiting
}

std::optional<Response> Application::count(Request& request) {
  if (!request.who->quotas.any()) return std::nullopt;
  Status done;
  // People in a browser are not counted: a page asks as it likes.
  if (request.who->session.empty()) done = spend(identities_, request, {plans::What::requests});
  if (const auto cost = cost_of(request); done && cost) done = spend(identities_, request, *cost);
  if (done) return std::nullopt;
  if (status_of(done.error()) >= 500) log_(render_json(done.error()));
  return problem(done.error());
}

Application::Application(Router router, Identities& identities, LogSink log)
    : router_(std::move(router)),
      identities_(identities),
      log_(std::move(log)),
      metrics_(std::make_unique<Metrics>(router_.routes().size())) {}
Application::~Application() = default;

Result<Who> Application::authenticate(const Request& request) {
  const std::string_view authorization = request.header("authorization");
  if (istarts_with(authorization, "bearer ")) return identities_.by_token(trim(authorization.substr(7)));
  if (istarts_with(authorization, "basic ")) return identities_.by_token(token_of_basic(trim(authorization.substr(6))));
  if (!authorization.empty()) return fail("token-refused", "this kind of authorization is not known", "send `Authorization: Bearer mozu_…`");
  if (const auto session = cookie(request.header("cookie"), session_cookie)) return identities_.by_session(*session);
  if (!request.certificate.empty()) return identities_.by_certificate(request.certificate, request.certificate_subject);
  return fail("sign-in-needed", "this needs who you are", "send `Authorization: Bearer mozu_…`, or sign in");
}

Response Application::not_let_in(const Diagnostic& d) {
  if (status_of(d) == 503 || d.code.starts_with("store-")) {  // not the caller's fault
    log_(render_json(d));
    return problem(d);
  }
  return unauthorised(d.code, d.message, d.hint);
}

std::optional<Response> Application::begin(Request& request) {
  auto target = parse_target(request.raw_target);
  if (!target) return problem(target.error());
  request.target = std::move(*target);
  auto found = router_.find(request.method, request.target);
  if (found.route == nullptr || request.other_method) {
    if (found.allowed.empty()) {
      if (auto page = request.other_method ? std::nullopt : router_.absent(request)) return page;
      return problem(404, "absent", "nothing is here");
    }
    Response r = problem(405, "method", "this is not done here");
    std::string allowed;
    for (const Method m : found.allowed) allowed += (allowed.empty() ? "" : ", ") + std::string(m == Method::get ? "GET, HEAD" : name(m));
    r.set("Allow", allowed);
    return r;
  }
  request.route = found.route;
  request.parameters = std::move(found.parameters);
  const Permission needed = request.route->permission;
  auto who = authenticate(request);
  if (!who && needed != Permission::open) return not_let_in(who.error());
  if (who) request.who = std::move(*who);
  if (!is_safe(request.method) && may_be_a_browsers(request) && is_from_elsewhere(request))
    return problem(403, "csrf", "a page of another place may not do this",
                   fmt::format("use the portal, or a token; it came from '{}' to '{}', which a proxy must leave as it is",
                               printable(request.header("origin"), 200), printable(request.header("host"), 200)));
  if (needed == Permission::open) return std::nullopt;
  if (!request.who->may(needed)) return problem(403, "not-permitted", fmt::format("this needs the permission '{}'", name(needed)));
  if (!is_safe(request.method) && !request.who->session.empty() && !equal_in_constant_time(request.header("x-csrf-token"), request.who->csrf))
    return problem(403, "csrf", "the header X-CSRF-Token is missing or wrong", "send what `csrf` of the session says");
  return count(request);
}

std::optional<Response> Application::refused_by_now(Request& request) {
  const Route& route = *request.route;
  if (route.permission == Permission::open || (route.options.body == Body::none && !route.options.slow)) return std::nullopt;
  auto who = authenticate(request);
  if (!who) return not_let_in(who.error());
  // What it took was another's, and is given back to those.
  if ((*who)->viewer.organisation != request.who->viewer.organisation)
    return unauthorised("account-changed", "the account was moved to another organisation meanwhile", "ask again");
  if (!(*who)->may(route.permission)) return problem(403, "not-permitted", fmt::format("this needs the permission '{}'", name(route.permission)));
  request.who = std::move(*who);
  return std::nullopt;
}

Response Application::run(Request& request) {
  Response response;
  try {
    auto refusal = refused_by_now(request);
    response = refusal ? std::move(*refusal) : request.route->handler(request);
  } catch (const std::exception& e) {
    // A handler's own mistake or lack of memory must not end the service of all others.
    log_(render_json(Diagnostic{Severity::error, "handler", fmt::format("{} {}: {}", request.id, request.route->pattern, e.what()), {}, {}}));
    response = problem(500, "internal", "the server could not do this", "its log says more, under the id of this request");
  }
  compress(request, response);
  return response;
}

void Application::finished(const Request& request, unsigned status, std::uint64_t bytes, double seconds) {
  const std::size_t route = request.route == nullptr ? router_.routes().size() : static_cast<std::size_t>(request.route - router_.routes().data());
  metrics_->count(route, status, bytes, seconds);
  std::string line;
  JsonWriter w(line);
  w.begin_object().field("time", format_time(Timestamp::now())).field("id", request.id).field("address", request.address);
  w.field("method", request.other_method ? "other"
                    : request.head       ? std::string_view("HEAD")
                                         : name(request.method))
      .field("target", request.raw_target)
      .field("status", status);
  w.field("bytes", bytes).field("ms", static_cast<double>(static_cast<std::int64_t>(seconds * 1e6)) / 1e3);
  if (request.who) w.field("user", request.who->name);
  w.end_object();
  log_(line);
}

void Application::refused(const Request& request, unsigned status, std::string_view why) {
  give_back(request, true);
  metrics_->count(router_.routes().size(), status, 0, 0);
  std::string line;
  JsonWriter w(line);
  w.begin_object()
      .field("time", format_time(Timestamp::now()))
      .field("id", request.id)
      .field("address", request.address)
      .field("status", status)
      .field("refused", why)
      .end_object();
  log_(line);
}

void Application::left(const Request& request) {
  give_back(request, true);
  if (request.route != nullptr) finished(request, status_left, 0, 0);
}

std::string Application::metrics() const { return metrics_->text(router_); }
void Application::connections(std::int64_t change) { metrics_->connections.fetch_add(change, std::memory_order_relaxed); }

}  // namespace mozu::server
