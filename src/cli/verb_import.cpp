#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "data_folder.hpp"
#include "diagnostic_list.hpp"
#include "mozu/base/json_write.hpp"
#include "mozu/base/text.hpp"
#include "mozu/exchange/fetch.hpp"
#include "mozu/exchange/import.hpp"
#include "mozu/store/sources.hpp"
#include "organisation.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

constexpr std::size_t folder_rows_max = 25;  // a folder of more files has one row

using formats::KnowledgeStatistics;

bool is_known_format(const std::string& format) {
  for (const auto& [name, description] : formats::knowledge_formats())
    if (name == format) return true;
  std::string names;
  for (const auto& [name, description] : formats::knowledge_formats()) names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
  say(Diagnostic{Severity::error, "usage", fmt::format("--format: '{}' is no format", printable(format, 60)), {}, "one of: " + names});
  return false;
}

constexpr std::uint64_t trial_bytes_max = std::uint64_t{1} << 30;  // a base that a dry run copies: seconds, and room in the temporary folder

/// May the dry run be of several files, so that one may change what another does?
bool is_of_several(const ImportArguments& a) {
  std::error_code ignored;
  return a.paths.size() > 1 || std::filesystem::is_directory(a.paths.front(), ignored) || a.paths.front().find_first_of("*?[") != std::string::npos;
}

/// Gone with it.
class TemporaryFolder {
 public:
  TemporaryFolder() = default;
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  Result<std::string> make() {
    std::error_code error;
    std::string name = (std::filesystem::temp_directory_path(error) / "mozu-import-XXXXXX").string();
    if (error || ::mkdtemp(name.data()) == nullptr)
      return fail("temporary-folder", "no temporary folder can be made", "set TMPDIR to a folder that can be written");
    return path_ = name;
  }

 private:
  std::string path_;
};

/// The base at `options` as it stands, to try in: so files are judged one after the other as they would be, and nothing is changed.
Result<std::string> copy_into(TemporaryFolder& folder, const store::StoreOptions& options) {
  MOZU_LET(const std::string path, folder.make());
  const std::string file = path + "/copy.mzb";
  {
    auto reading = options;
    reading.read_only = true;
    MOZU_LET(const auto store, store::Store::open(reading));
    MOZU_TRY(store->backup(file));
  }
  store::StoreOptions trial;
  trial.location = path + "/base";
  MOZU_TRY(store::restore(file, trial));
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  return trial.location;
}

/// What is named by URL, fetched: the request has the files instead.
Status fetch_urls(exchange::ImportRequest& request, TemporaryFolder& folder) {
  std::string into;
  for (std::string& path : request.paths) {
    if (!exchange::is_url(path)) continue;
    if (into.empty()) {
      MOZU_LET(into, folder.make());
    }
    MOZU_LET(std::string file, exchange::fetch_file(path, into));
    request.urls[file] = exchange::told_url(path);
    path = std::move(file);
  }
  return {};
}

/// One line on the terminal that says which file is being read.
class ImportLine {
 public:
  explicit ImportLine(bool wanted) : wanted_(wanted && stderr_is_terminal()) {}
  ~ImportLine() {
    if (shown_) clear_status();
  }
  void show(const exchange::ImportProgress& p) {
    using namespace std::chrono;
    if (!wanted_) return;
    const auto now = steady_clock::now();
    if (now - last_ < milliseconds(200)) return;
    if (last_ != steady_clock::time_point{} || now - begun_ > milliseconds(400)) {
      shown_ = true;
      std::string line = fmt::format("  {} of {}  {} objects  {}", p.file, plural(p.files, "file"), with_commas(p.objects), printable(p.path, 60));
      if (line.size() > columns()) line.resize(columns());
      show_status(line);
      last_ = now;
    }
  }

 private:
  bool wanted_, shown_ = false;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now(), last_{};
};

/// A row of the table: a file, or a folder's files together.
struct RowCounts {
  std::string name;
  std::size_t files = 0, failed = 0, passed_over = 0;
  KnowledgeStatistics read;
  store::ImportCounts stored;
  void add(const exchange::ImportedFile& f) {
    ++files;
    failed += !f.complete();
    passed_over += f.passed_over;
    read.add(f.read);
    stored.add(f.receipt.counts);
  }
};

class ImportReport {
 public:
  explicit ImportReport(const ImportArguments& a) : a_(a) {}

  void take(exchange::ImportedFile&& f) {
    failed_ |= !f.complete();
    if (a_.dry_run) f.receipt.import = 0;  // of the trial
    if (a_.json) return print_json(f);
    if (!f.again) return files_.push_back(std::move(f));
    // To people both readings are one: what came by the second is added to the first.
    for (auto& first : files_)
      if (first.path == f.path) {
        auto counts = first.receipt.counts;
        counts.added += f.receipt.counts.added, counts.updated += f.receipt.counts.updated;
        first = std::move(f);
        first.receipt.counts = counts;
        return;
      }
  }
  bool failed() const { return failed_; }
  Status output() const { return output_; }

  std::string text(bool colour) const {
    Table table("llrrrrrrr");
    table.header({"file", "format", "objects", "added", "updated", "unchanged", "older", "refused", "not complete"});
    const auto rows = this->rows();
    RowCounts total{"together", 0, 0, 0, {}, {}};
    for (const auto& r : rows) {
      add_row(table, r);
      total.files += r.files, total.failed += r.failed;
      total.read.add(r.read);
      total.read.format.clear();
      total.stored.add(r.stored);
    }
    if (rows.size() > 1) add_row(table, total);
    std::string out = rows.empty() ? std::string() : table.without_empty_columns().text(colour, "");
    if (const auto n = std::ranges::count_if(files_, &exchange::ImportedFile::passed_over); n != 0)
      out += fmt::format("no knowledge, passed over: {}\n", plural(static_cast<std::uint64_t>(n), "file")) + passed_over();
    for (const auto& f : files_) out += details(f, colour);
    return out;
  }

  void say_failures() const {
    for (const auto& f : files_) {
      if (f.failure) say(*f.failure);
      for (const auto& d : f.diagnostics.kept())
        if (d.severity == Severity::error) say(d);
    }
  }

 private:
  static void add_row(Table& table, const RowCounts& r) {
    const auto refused = r.read.refused;
    table.row({r.name, r.read.format.empty() ? "–" : r.read.format, with_commas(r.read.objects), with_commas(r.stored.added), with_commas(r.stored.updated),
               with_commas(r.stored.unchanged), with_commas(r.stored.older), with_commas(refused), r.failed == 0 ? "" : with_commas(r.failed)});
  }

  std::vector<RowCounts> rows() const {
    std::map<std::size_t, std::size_t> in_folder;
    for (const auto& f : files_)
      if (f.in_folder && !f.passed_over) ++in_folder[f.argument];
    std::vector<RowCounts> out;
    std::map<std::pair<std::size_t, std::string>, std::size_t> row_of;
    for (const auto& f : files_) {
      const bool together = f.in_folder && (in_folder[f.argument] > folder_rows_max || f.passed_over);
      const auto [it, is_new] = row_of.try_emplace({f.argument, together ? std::string() : f.path}, out.size());
      if (is_new) out.push_back({together ? a_.paths[f.argument] : f.path, 0, 0, 0, {}, {}});
      out[it->second].add(f);
    }
    for (auto& r : out)
      r.name = r.files > 1 + r.passed_over ? fmt::format("{} ({})", printable(r.name, 60), plural(r.files - r.passed_over, "file")) : printable(r.name, 60);
    std::erase_if(out, [](const RowCounts& r) { return r.files == r.passed_over; });
    return out;
  }

  /// The first of them, and why.
  std::string passed_over() const {
    constexpr std::size_t told_max = 10;
    std::string out;
    std::size_t told = 0;
    for (const auto& f : files_) {
      if (!f.passed_over || f.diagnostics.kept().empty()) continue;
      if (++told > told_max) return out + "  …\n";
      out += fmt::format("  {}: {}\n", printable(f.path, 200), printable(f.diagnostics.kept().front().message, 200));
    }
    return out;
  }

  static std::string details(const exchange::ImportedFile& f, bool colour) {
    const bool empty = f.read.objects == 0 && f.read.passed_over != 0;
    if (f.passed_over || (!f.failure && f.diagnostics.empty() && !empty)) return {};
    std::string out = fmt::format("\n{}\n", bold(printable(f.path, 200), colour));
    for (const auto& [kind, n] : f.read.passed_over_by_kind)
      if (empty) out += fmt::format("    nothing to keep: {} {}\n", with_commas(n), kind);
    if (f.failure) out += indented(*f.failure, colour);
    return out + diagnostics_text(f.diagnostics, colour);
  }

  void print_json(const exchange::ImportedFile& f) {
    std::string out;
    JsonWriter w(out);
    w.begin_object().field("file", f.path).field("sha256", f.sha256).field("format", f.read.format);
    w.field("stored", f.receipt.import != 0).field("complete", f.complete()).field("no_knowledge", f.passed_over).field("again", f.again);
    w.field("import", f.receipt.import).field("objects", f.read.objects).field("added", f.receipt.counts.added).field("updated", f.receipt.counts.updated);
    w.field("unchanged", f.receipt.counts.unchanged).field("older", f.receipt.counts.older).field("refused", f.read.refused);
    w.key("by_type").begin_object();
    for (const auto& [type, n] : f.read.by_type) w.field(type, n);
    w.end_object().key("diagnostics").begin_array();
    if (f.failure) w.raw(render_json(*f.failure));
    for (const auto& d : f.diagnostics.kept()) w.raw(render_json(d));
    w.end_array().end_object();
    if (output_) output_ = write_stdout(out + '\n');
  }

  const ImportArguments& a_;
  std::vector<exchange::ImportedFile> files_;
  bool failed_ = false;
  Status output_;
};

exchange::ImportRequest request_of(const ImportArguments& a) {
  exchange::ImportRequest r;
  r.paths = a.paths, r.format = a.format, r.dry_run = a.dry_run;
  r.provenance.source = a.source, r.provenance.actor = "cli";
  r.provenance.tlp = a.tlp.empty() ? intel::Tlp::none : *intel::parse_tlp(a.tlp);
  if (a.confidence) r.provenance.confidence = static_cast<std::uint8_t>(*a.confidence);
  return r;
}

/// Nothing is opened for what is common to all.
Result<intel::OrganisationId> owner_in(const DataFolder& data, const store::StoreOptions& options, const std::string& organisation) {
  if (organisation.empty() || organisation == "0") return intel::common;
  if (!data.has_knowledge())
    return fail("absent", fmt::format("there is no organisation '{}'", printable(organisation, 80)), "`mozu user add NAME --organisation …` makes one");
  MOZU_LET(const auto people, store::Accounts::open(options));
  return owner_of(*people, organisation);
}

/// Where a dry run tries. One file, and a base too large to copy, is rolled back where it stands: then `in_place`.
Result<std::string> trial_location(const ImportArguments& a, const DataFolder& data, TemporaryFolder& folder, bool& in_place) {
  in_place = false;
  if (!data.has_knowledge()) return folder.make();
  store::StoreOptions options;
  options.location = data.knowledge();
  std::error_code error;
  const bool small = options.location == data.path && std::filesystem::file_size(data.path + "/knowledge.db", error) <= trial_bytes_max && !error;
  if (is_of_several(a) && small) return copy_into(folder, options);
  in_place = true;
  if (is_of_several(a))
    say(Diagnostic{Severity::note,
                   "dry-run-apart",
                   "each file is judged against what is stored now, not against the files before it",
                   {},
                   fmt::format("of a base in a file of up to {} a dry run uses a copy", human_bytes(static_cast<double>(trial_bytes_max)))});
  return options.location;
}

}  // namespace

int import_verb(const ImportArguments& a) {
  if (!a.format.empty() && !is_known_format(a.format)) return exit_usage;
  if (const auto allowed = a.source.empty() ? Status{} : store::check_source(a.source); !allowed) {
    auto d = allowed.error();
    d.code = "usage", d.message = "--source: " + d.message;
    return say(std::move(d)), exit_usage;
  }
  const DataFolder data(a.data);
  TemporaryFolder trial, fetched;
  store::StoreOptions options;
  options.location = data.knowledge();
  auto request = request_of(a);
  if (auto owner = owner_in(data, options, a.organisation)) request.provenance.organisation = *owner;
  else return say(std::move(owner).error()), exit_failed;
  if (const auto there = fetch_urls(request, fetched); !there) return say(there.error()), exit_failed;
  if (a.dry_run) {
    auto location = trial_location(a, data, trial, request.dry_run);
    if (!location) return say(std::move(location).error()), exit_failed;
    options.location = *std::move(location);
  }
  auto store = store::Store::open(options);
  if (!store) return say(std::move(store).error()), exit_failed;
  ImportReport report(a);
  Diagnostics problems;
  Status done;
  {
    ImportLine line(!a.quiet);
    done = exchange::import_paths(**store, request, {[&](exchange::ImportedFile&& f) { report.take(std::move(f)); }, [&](const auto& p) { line.show(p); }},
                                  problems);
  }
  say(problems);
  bool failed = problems.errors() != 0 || report.failed() || !done;
  if (a.quiet) report.say_failures();
  else if (!a.json)
    if (auto written = write_stdout(report.text(stdout_colour()) + (a.dry_run ? "dry run: nothing was stored\n" : ""));
        !written && written.error().code != "output-closed") {
      say(std::move(written).error());
      failed = true;
    }
  if (const auto output = report.output(); !output && output.error().code != "output-closed") {
    say(output.error());
    failed = true;
  }
  if (!done) say(std::move(done).error());
  return failed ? exit_failed : exit_done;
}

}  // namespace mozu::cli
