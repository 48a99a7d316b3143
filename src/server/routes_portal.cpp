// The portal: pages that a browser opens, and the files they are made of. What they show they ask of /api/v1, as every other program does.
#include <zlib.h>

#include <algorithm>
#include <array>

#include "mozu/base/text.hpp"
#include "mozu/server/portal.hpp"
#include "packing.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

/// Addresses that a browser may open or be sent; web/src/lib/pages.ts holds the same ones. Others are 404.
constexpr std::string_view pages[] = {"/publications",
                                      "/publications/drafts",
                                      "/publications/new",
                                      "/publications/{id}",
                                      "/publications/{id}/edit",
                                      "/lookup",
                                      "/search",
                                      "/actors",
                                      "/actors/compare",
                                      "/actors/{id}",
                                      "/attack",
                                      "/attack/{technique}",
                                      "/objects/{id}",
                                      "/graph",
                                      "/indicators",
                                      "/indicators/false-positives",
                                      "/sources",
                                      "/reviews",
                                      "/reviews/{id}",
                                      "/attribution",
                                      "/attribution/{id}",
                                      "/account",
                                      "/account/notifications",
                                      "/admin",
                                      "/admin/users/{name}",
                                      "/admin/organisations",
                                      "/admin/organisations/{id}",
                                      "/admin/plans",
                                      "/admin/system",
                                      "/admin/backups",
                                      "/admin/{part}",
                                      "/welcome"};

/// Everything comes from here; no script or style stands in the page itself, and nobody may show it inside theirs.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action "
    "'none'; frame-ancestors 'none'";

/// For the rare client that takes no gzip. Of our own making, so what does not unpack is a mistake of the build.
std::string unpack_portal_file(std::span<const std::uint8_t> packed) {
  z_stream z{};
  if (inflateInit2(&z, 15 + 16) != Z_OK) return {};
  z.next_in = const_cast<Bytef*>(packed.data());  // zlib's interface; it does not write there
  z.avail_in = static_cast<uInt>(packed.size());
  std::string out;
  int code = Z_OK;
  while (code == Z_OK) {
    const std::size_t had = out.size();
    out.resize(had + (std::size_t{64} << 10));
    z.next_out = reinterpret_cast<Bytef*>(out.data() + had);
    z.avail_out = static_cast<uInt>(out.size() - had);
    code = inflate(&z, Z_NO_FLUSH);
    out.resize(out.size() - z.avail_out);
  }
  inflateEnd(&z);
  return code == Z_STREAM_END ? out : std::string();
}

Response packed_or_not(const Request& request, const PortalFile& file) {
  Response r;
  r.content_type = file.content_type;
  r.compress = false;  // it is packed already
  if (takes_gzip(request.header("accept-encoding"))) {
    r.body.assign(file.gzip.begin(), file.gzip.end());
    r.set("Content-Encoding", "gzip");
  } else {
    r.body = unpack_portal_file(file.gzip);
  }
  return r;
}

Response portal_file_response(const Request& request, const PortalFile& file, bool page) {
  Response out = with_etag(request, std::string(file.etag), packed_or_not(request, file), page ? "no-cache" : "public, max-age=31536000, immutable");
  out.set("Vary", "Accept-Encoding");
  if (page) out.set("Content-Security-Policy", std::string(policy));
  return out;
}

/// Who mistypes an address in a browser is told by the portal, which knows no such page either; programs get the problem as elsewhere.
std::optional<Response> absent_page(const Request& request, const PortalFile& index) {
  constexpr std::array<std::string_view, 4> of_programs = {"api", "taxii2", "feeds", "assets"};
  const auto& at = request.target.segments;
  if (request.method != Method::get || at.empty() || std::ranges::find(of_programs, at.front()) != of_programs.end() ||
      request.header("accept").find("text/html") == std::string_view::npos)
    return std::nullopt;
  Response out = packed_or_not(request, index);
  out.status = 404;
  out.set("Cache-Control", "no-cache");
  out.set("Vary", "Accept, Accept-Encoding");
  out.set("Content-Security-Policy", std::string(policy));
  return out;
}

Response no_portal(const Request&) {
  Response r;
  r.content_type = "text/plain; charset=utf-8";
  r.body = "This mozu was built without its portal: npm was not there when it was built.\nThe API is under /api/v1, TAXII at /taxii2/.\n";
  return r;
}

}  // namespace

void add_portal_routes(Router& router, Services& services) {
  const auto files = services.portal;
  const auto index = std::ranges::find(files, "index.html", &PortalFile::path);
  if (index == files.end()) return router.add(Method::get, "/", Permission::open, no_body, no_portal);
  const auto page = [file = *index](const Request& request) { return portal_file_response(request, file, true); };
  router.add(Method::get, "/", Permission::open, no_body, page);
  router.set_absent([file = *index](const Request& request) { return absent_page(request, file); });
  for (const std::string_view one : pages) router.add(Method::get, one, Permission::open, no_body, page);
  for (const PortalFile& file : files) {
    // Names under assets/ hold a hash of the content; others may change under the same name.
    const bool hashed = file.path.starts_with("assets/");
    if (&file != &*index)
      router.add(Method::get, "/" + std::string(file.path), Permission::open, no_body,
                 [file, hashed](const Request& request) { return portal_file_response(request, file, !hashed); });
  }
}

}  // namespace mozu::server
