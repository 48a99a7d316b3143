#include <fmt/core.h>

#include <array>
#include <string>

#include "mozu/base/json_write.hpp"
#include "mozu/server/http.hpp"

namespace mozu::server {
namespace {

std::string_view title(unsigned status) {
  switch (status) {
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 507: return "Insufficient Storage";
    default: return "Internal Server Error";
  }
}

/// Problems that clients tell from others of their status by type.
bool is_named(std::string_view code) {
  return code == "locked" || code == "trial-spent" || code == "plan-expired" || code == "no-trial" || code == "quota-spent";
}

struct CodeStatus {
  std::string_view code;
  unsigned status;
};
constexpr CodeStatus code_statuses[] = {
    {"absent", 404},
    {"exists", 409},
    {"conflict", 412},
    {"cursor-invalid", 400},
    {"document-too-large", 413},
    {"scope-unknown", 400},
    {"target-invalid", 400},
    {"json-invalid", 400},
    {"field-invalid", 422},
    {"not-knowledge", 422},
    {"input-too-large", 413},
    {"stream-bomb", 422},
    {"stream-corrupt", 422},
    {"stream-too-large", 413},
    {"stream-window", 422},
    {"value-unknown", 422},
    {"store-busy", 503},
    {"store-connection", 503},
    {"store-full", 507},
    {"query-invalid", 400},
    {"password-weak", 422},
    {"content-type", 415},
    {"tag-text", 422},
    {"tag-weight", 422},
    {"user-name", 422},
    {"welcome-refused", 403},
    {"sign-in-refused", 401},
    {"code-needed", 401},
    {"sign-in-locked", 429},
    {"too-many-sign-ins", 429},
    {"account-disabled", 403},
    {"export-format", 400},
    {"export-absent", 404},
    {"export-too-large", 413},
    {"stix-id", 422},
    {"not-permitted", 403},
    {"body-missing", 400},
    {"file-too-large", 413},
    {"document-kind", 415},
    {"document-damaged", 422},
    {"document-encrypted", 422},
    {"document-empty", 422},
    {"cell-time", 422},
    {"cell-memory", 422},
    {"cell-crash", 422},
    {"cell-forbidden", 422},
    {"oidc-absent", 404},
    {"oidc-refused", 401},
    {"fetch-failed", 502},
    {"certificate-refused", 401},
    {"feed-format", 422},
    {"envelope-broken", 422},
    {"import-stopped", 409},
    {"answer-too-large", 413},
    {"too-many-reviews", 409},
    {"is-knowledge", 422},
    {"publication-invalid", 422},
    {"publication-refused", 422},
    {"not-in-review", 409},
    {"attachment-too-large", 413},
    {"markdown-too-large", 413},
    {"markdown-too-deep", 422},
    {"markdown-table", 422},
    {"markdown-pictures", 422},
    {"markdown-marks", 422},
    {"markdown-references", 422},
    {"too-many-documents", 409},
    {"too-many-graphs", 409},
    {"too-many-rules", 409},
    {"edit-tlp", 422},
    {"edit-labels", 422},
    {"edit-valid-until", 422},
    {"too-many-edited", 422},
    {"too-many-false-positives", 409},
    {"false-positive-reason", 422},
    {"backup-running", 409},
    {"backup-engine", 409},
    {"backup-damaged", 409},
    {"disk-short", 507},
    {"graphs-closed", 403},
    {"too-many-decisions", 409},
    {"too-many-tags", 409},
    {"notify-off", 409},
    {"locked", 403},
    {"trial-spent", 403},
    {"plan-expired", 403},
    {"no-trial", 403},
    {"quota-spent", 429},
    {"plan-invalid", 422},
    {"plan-held", 409},
    {"zip-too-large", 413},
    {"too-many-publications", 409},
    {"published-once", 409},
    {"genes-absent", 409},
    {"attribution-off", 503},
    {"attribution-busy", 429},
    {"attribution-open", 409},
    {"attribution-ended", 409},
    {"attribution-failed", 409},
    {"file-empty", 422},
    {"vault-full", 507},
    {"print-missing", 503},
    {"print-busy", 503},
    {"print-time", 503},
    {"print-failed", 502},
};

}  // namespace

Response problem(unsigned status, std::string_view code, std::string_view detail, std::string_view hint) {
  Response r;
  r.status = status;
  r.content_type = "application/problem+json";
  JsonWriter w(r.body);
  w.begin_object()
      .field("type", is_named(code) ? fmt::format("/problems/{}", code) : "about:blank")
      .field("title", title(status))
      .field("status", status)
      .field("code", code)
      .field("detail", detail);
  if (!hint.empty()) w.field("hint", hint);
  w.end_object();
  return r;
}

unsigned status_of(const Diagnostic& d) {
  for (const auto& [code, status] : code_statuses)
    if (code == d.code) return status;
  return 500;
}

Response problem(const Diagnostic& d) {
  const unsigned status = status_of(d);
  if (status != 500) {
    Response r = problem(status, d.code, d.message, d.hint);
    if (d.code == "store-busy") r.set("Retry-After", "10");
    return r;
  }
  return problem(500, d.code, "the server could not do this", "its log says more, under the id of this request");
}

Response json_response(std::string body, unsigned status) {
  Response r;
  r.status = status;
  r.body = std::move(body);
  return r;
}

Response no_content() {
  Response r;
  r.status = 204;
  r.content_type.clear();
  return r;
}

}  // namespace mozu::server
