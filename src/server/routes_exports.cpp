// A selection of the knowledge base in another tongue, as one file.
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "mozu/base/fd.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "mozu/exchange/export.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

/// Removed again unless it is given away.
class ExportFile {
 public:
  explicit ExportFile(const std::string& folder) : path_(folder + "/export-XXXXXX"), file_(::mkostemp(path_.data(), O_CLOEXEC)) {}
  ExportFile(const ExportFile&) = delete;
  ExportFile& operator=(const ExportFile&) = delete;
  ~ExportFile() {
    if (file_.is_open() && !path_.empty()) ::unlink(path_.c_str());
  }
  bool is_open() const { return file_.is_open(); }
  Status write(std::string_view bytes) {
    buffer_ += bytes;
    return buffer_.size() < flushed_bytes ? Status{} : flush();
  }
  Status flush() {
    for (std::string_view rest = buffer_; !rest.empty();) {
      const ssize_t n = ::write(file_.get(), rest.data(), rest.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return fail("store-full", "there is no room for the export");
      rest.remove_prefix(static_cast<std::size_t>(n));
    }
    buffer_.clear();
    return {};
  }
  std::string give() { return std::exchange(path_, {}); }

 private:
  static constexpr std::size_t flushed_bytes = std::size_t{1} << 20;
  std::string path_, buffer_;
  Fd file_;
};

Result<exchange::Selection> selection_of(const Request& request) {
  MOZU_TRY(only_these(request, {"format", "title", "type", "label", "source", "q", "id", "since", "tlp_max", "revoked", "neighbours", "indicators_only"}));
  exchange::Selection s;
  s.types = request.queries("type");
  s.labels = request.queries("label");
  s.source = request.query("source");
  s.query = request.query("q");
  s.ids = request.queries("id");
  MOZU_LET(s.since, time_of(request, "since"));
  MOZU_LET(const auto tlp, tlp_of(request, "tlp_max"));
  if (tlp) s.tlp_max = *tlp;
  MOZU_LET(s.with_revoked, flag_of(request, "revoked", true));
  MOZU_LET(s.with_neighbours, flag_of(request, "neighbours", false));
  MOZU_LET(s.indicators_only, flag_of(request, "indicators_only", false));
  return s;
}

std::string_view media_type(std::string_view format) {
  if (format == "stix") return "application/stix+json;version=2.1";
  if (format.starts_with("misp") || format == "navigator") return "application/json";
  if (format == "csv") return "text/csv; charset=utf-8";
  if (format == "openioc") return "application/xml";
  return "text/plain; charset=utf-8";
}

Response give(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const auto selection, selection_of(request));
  const std::string format(word_of(request, "format").value_or("stix"));
  const auto& known = formats::export_formats();
  const auto found = std::ranges::find(known, format, &formats::ExportFormat::name);
  if (found == known.end() || found->folder) {
    std::string names;
    for (const auto& f : known)
      if (!f.folder) names += (names.empty() ? "" : ", ") + std::string(f.name);
    return problem(400, "query-invalid", "'format' of the query is no format that is given as one file", "formats are " + names);
  }
  ExportFile file(services.spool);
  if (!file.is_open()) return problem(507, "spool", "there is no room for the export");
  formats::ExportSettings settings;
  if (const auto title = request.query("title"); !title.empty()) settings.title = printable(title, 300);
  settings.now = services.identities.now();
  MOZU_ANSWER_LET(const auto report, exchange::export_objects(services.knowledge, request.who->viewer, selection, format, settings,
                                                              [&](std::string_view, std::string_view bytes) { return file.write(bytes); }));
  MOZU_ANSWER(file.flush());
  MOZU_ANSWER(audit(services, request, "export", format,
                    fmt::format("{} objects, {}", report.written, report.tlp == intel::Tlp::none ? "unmarked" : tlp_text(report.tlp))));
  Response r;
  r.content_type = media_type(format);
  r.file = file.give();
  r.set("X-Mozu-Written", fmt::format("{}", report.written));
  r.set("X-Mozu-Left-Out", fmt::format("{}", report.left_out));
  return r;
}

}  // namespace

void add_export_routes(Router& router, Services& services) {
  router.add(Method::get, "/api/v1/exports", Permission::read, spends_download, [&services](const Request& request) { return give(services, request); });
}

}  // namespace mozu::server
