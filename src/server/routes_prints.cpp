// Publications as documents to keep: one page of HTML, the same as PDF, all of it in a zip.
#include <fmt/core.h>

#include "mozu/publications/documents.hpp"
#include "prints.hpp"
#include "publication_parts.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

using publications::Desk;
using publications::Part;
using publications::Publication;
using publications::Published;

Result<Part> part_asked(const Request& request) {
  const auto word = word_of(request, "part");
  const auto part = publications::part_of(word.value_or("report"));
  if (!part) return fail("query-invalid", "'part' of the query is neither summary nor report");
  return *part;
}

/// Slug and part are letters, digits and '-'; so is a language.
std::string file_name(const Published& p, Part part, std::string_view language, std::string_view ending) {
  return fmt::format("{}-{}-{}.{}", p.slug, name(part), language, ending);
}

Response document(std::string type, std::string body, std::string_view disposition, const std::string& file) {
  Response r;
  r.content_type = std::move(type);
  r.body = std::move(body);
  r.set("Content-Disposition", fmt::format("{}; filename=\"{}\"", disposition, file));
  return r;
}

Response html(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"part", "lang"}));
  MOZU_ANSWER_LET(const Part part, part_asked(request));
  MOZU_ANSWER_LET(const Published p, published_of(services, request));
  Desk desk = desk_of(services);
  MOZU_ANSWER_LET(const Publication content, desk.content(p));
  const std::string language = language_of(p, request.query("lang"));
  MOZU_ANSWER_LET(std::string page, publications::page_of(desk, p, content, part, language));
  const std::string policy = publications::page_policy(page);
  Response r = with_etag(request, document("text/html; charset=utf-8", std::move(page), "inline", file_name(p, part, language, "html")));
  r.set("Content-Security-Policy", policy);
  return r;
}

Response not_now(Services& services, const Request& request, const Diagnostic& d) {
  Response r = refuse(services, request, d);
  if (d.code == "print-busy") r.set("Retry-After", "30");
  return r;
}

Response pdf(Services& services, Prints& prints, const Request& request) {
  MOZU_ANSWER(only_these(request, {"part", "lang"}));
  MOZU_ANSWER_LET(const Part part, part_asked(request));
  MOZU_ANSWER_LET(const Published p, published_of(services, request));
  if (p.withdrawn) return problem(404, "absent", "the publication was withdrawn");
  const std::string language = language_of(p, request.query("lang"));
  auto bytes = prints.pdf(p, part, language);
  if (!bytes) return not_now(services, request, bytes.error());
  return with_etag(request, document("application/pdf", *std::move(bytes), "inline", file_name(p, part, language, "pdf")));
}

/// PDFs are in it where they can be made; those that are being made are waited for by asking again.
Response zip(Services& services, Prints& prints, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER_LET(const Published p, published_of(services, request));
  Desk desk = desk_of(services);
  auto bytes = publications::archive(desk, request.who->viewer, p, [&](Part part, const std::string& language) -> Result<std::optional<std::string>> {
    auto printed = prints.pdf(p, part, language);
    if (printed) return std::optional(*std::move(printed));
    if (printed.error().code == "print-busy") return std::unexpected(printed.error());
    return std::nullopt;
  });
  if (!bytes) return not_now(services, request, bytes.error());
  Response r = document("application/zip", *std::move(bytes), "attachment", p.slug + ".zip");
  r.compress = false;  // it is packed already
  return with_etag(request, std::move(r));
}

}  // namespace

void add_print_routes(Router& router, Services& services, std::shared_ptr<Prints> prints) {
  const auto to = handlers(services);
  const auto printing = handlers(services, std::move(prints));
  const std::string of = "/api/v1/publications/{id}";
  router.add(Method::get, of + "/html", Permission::read, spends_download, to(html));
  router.add(Method::get, of + "/pdf", Permission::read, spends_download, printing(pdf));
  router.add(Method::get, of + "/zip", Permission::read, spends_download, printing(zip));
}

}  // namespace mozu::server
