#include <fmt/core.h>

#include "mozu/base/hash.hpp"
#include "mozu/base/stream.hpp"
#include "mozu/base/text.hpp"
#include "mozu/reports/names.hpp"
#include "mozu/reports/render.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

struct Document {
  reports::ReportFile file;
  reports::ReportText report;
};

Result<Document> read_document(const std::string& path) {
  MOZU_LET(auto input, open_input(path));
  MOZU_LET(auto stream, input->next());
  Document d;
  MOZU_LET(d.report.text, read_all(*decode_bom(std::move(stream)), reports::report_bytes_max));
  d.file = {path, to_hex(sha256(std::as_bytes(std::span(d.report.text.data(), d.report.text.size()))))};
  d.report.title = reports::title_of(d.report.text);
  return d;
}

class Extraction {
 public:
  explicit Extraction(const ExtractArguments& a) : a_(a) {}

  int run() {
    if (!a_.text && !load()) return exit_failed;
    for (const auto& path : a_.files) {
      const auto document = read_document(path);
      if (!document) {
        say(Diagnostic(document.error()).at(path));
        failed_ = true;
        continue;
      }
      if (const auto written = write_stdout(render(*document)); !written) {
        if (written.error().code == "output-closed") return failed_ ? exit_failed : exit_done;
        say(written.error());
        return exit_failed;
      }
      first_ = false;
    }
    return failed_ ? exit_failed : exit_done;
  }

 private:
  bool load() {
    Diagnostics diagnostics;
    std::vector<reports::Entity> entities;
    for (const auto& path : a_.names) {
      if (const auto read = reports::read_names(path, entities, diagnostics); !read) {
        say(Diagnostic(read.error()).at(path));
        failed_ = true;
      }
    }
    dictionary_ = reports::Dictionary(std::move(entities));
    if (!a_.warninglists.empty()) {
      auto known = reports::KnownValues::read(a_.warninglists, diagnostics);
      if (!known) {
        say(known.error());
        return false;
      }
      known_ = std::move(*known);
      options_.known = &*known_;
    }
    say(diagnostics);
    failed_ = failed_ || diagnostics.errors() != 0;
    options_.every_mention = a_.mentions;
    return true;
  }

  std::string render(const Document& d) const {
    if (a_.text) return d.report.text;
    const auto findings = reports::extract(d.report, dictionary_, options_);
    if (findings.cut) say(Diagnostic{Severity::warning, "findings-cut", fmt::format("'{}' holds more than {} findings; the rest is left out", d.file.file, with_commas(options_.findings_max)), {}, {}});
    if (a_.json) return reports::render_json(d.file, d.report, findings);
    if (a_.stix) return reports::render_stix(d.file, d.report, findings, now());
    return (first_ ? "" : "\n") + reports::render_text(d.file, d.report, findings, stdout_colour());
  }

  const ExtractArguments& a_;
  reports::Dictionary dictionary_;
  std::optional<reports::KnownValues> known_;
  reports::ExtractOptions options_;
  bool failed_ = false, first_ = true;
};

}  // namespace

int extract_verb(const ExtractArguments& arguments) { return Extraction(arguments).run(); }

}  // namespace mozu::cli
