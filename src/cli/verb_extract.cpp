#include <fmt/core.h>

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/time.hpp"
#include "mozu/files/document.hpp"
#include "mozu/reports/document_text.hpp"
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

Result<files::DocumentText> read_file_or_stdin(const std::string& path, const files::CellLimits& limits) {
  if (path != "-") return files::read_document(path, limits);
  std::string bytes;
  std::array<char, std::size_t{1} << 16> block;
  for (;;) {
    const auto n = ::read(STDIN_FILENO, block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(errno_diagnostic("file-read", "cannot read the input", errno).at("(stdin)"));
    bytes.append(block.data(), static_cast<std::size_t>(n));
    if (n == 0 || bytes.size() > limits.input_bytes_max) return files::read_document_memory("(stdin)", bytes, limits);
  }
}

Result<Document> read(const std::string& path) {
  MOZU_LET(auto read, read_file_or_stdin(path, {}));
  for (const auto& note : read.notes.kept()) say(Diagnostic(note).at(path));
  Document d;
  d.file = {path, std::move(read.sha256)};
  d.report = reports::report_text(std::move(read));
  return d;
}

class Extraction {
 public:
  explicit Extraction(const ExtractArguments& a) : a_(a) {}

  int run() {
    if (!a_.text && !load()) return exit_failed;
    for (const auto& path : a_.files) {
      const auto document = read(path);
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
    if (findings.cut)
      say(Diagnostic{Severity::warning,
                     "findings-cut",
                     fmt::format("'{}' holds more than {} findings; the rest is left out", d.file.file, with_commas(options_.findings_max)),
                     {},
                     {}});
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
