#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <ranges>
#include <set>
#include <string>
#include <system_error>
#include <utility>

#include "data_folder.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "mozu/exchange/export.hpp"
#include "mozu/plans/plans.hpp"
#include "mozu/store/accounts.hpp"
#include "organisation.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

Result<exchange::Selection> selection_of(const ExportArguments& a, std::optional<Timestamp> since) {
  exchange::Selection s;
  s.types = a.types, s.kinds = a.kinds, s.labels = a.labels, s.source = a.source, s.query = a.query, s.ids = a.ids, s.since = since;
  s.with_neighbours = a.with_neighbours, s.with_revoked = !a.without_revoked;
  if (!a.tlp_max.empty()) s.tlp_max = *intel::parse_tlp(a.tlp_max);
  if (!s.ids.empty() && (!s.types.empty() || !s.kinds.empty() || !s.labels.empty() || !s.source.empty() || !s.query.empty() || s.since))
    return fail("usage", "--id names objects; it cannot be combined with --type, --kind, --label, --source, --query or --since");
  return s;
}

/// Whose eyes: the machine's owner, or those of an organisation, with its plans.
Result<intel::Viewer> viewer_of(const ExportArguments& a, const store::StoreOptions& options) {
  if (a.as_organisation.empty()) return intel::Viewer::owner();
  MOZU_LET(const auto people, store::Accounts::open(options));
  MOZU_LET(const auto found, organisation_of(*people, a.as_organisation));
  plans::Plans plans(*people);
  MOZU_LET(auto stands, plans.standing(found.id, now()));
  return intel::Viewer{found.id, intel::Tlp::red, false, std::move(stands.opened)};
}

/// Where the output goes: a file that appears when it is whole, a folder of such files, or standard output.
class Destination {
 public:
  Destination(std::string path, bool folder) : path_(std::move(path)), folder_(folder) {}
  Status open() {
    if (folder_) {
      std::error_code error;
      std::filesystem::create_directories(path_, error);
      if (error) return fail(errno_diagnostic("export-folder", "cannot make the folder", error.value()).at(path_));
      return {};
    }
    if (path_.empty()) return {};
    MOZU_LET(file_, AtomicFile::create(path_));
    return {};
  }
  Status write(std::string_view name, std::string_view bytes) {
    if (folder_) {
      MOZU_LET(auto file, AtomicFile::create(path_ + "/" + std::string(name)));
      MOZU_TRY(file.write(bytes));
      return file.commit();
    }
    return path_.empty() ? write_stdout(bytes) : file_.write(bytes);
  }
  Status close() { return path_.empty() || folder_ ? Status() : file_.commit(); }

 private:
  std::string path_;
  bool folder_;
  AtomicFile file_;
};

int export_failed(Diagnostic d) {
  if (d.code == "output-closed") return exit_done;
  say(d);
  return d.code == "usage" ? exit_usage : exit_failed;
}

std::string summary(const exchange::ExportReport& r, const std::string& format) {
  std::string out = fmt::format("wrote {} as {}, {}", plural(r.written, "object"), format,
                                r.tlp == intel::Tlp::none ? "none marked with a TLP" : fmt::format("at most {}", intel::name(r.tlp)));
  if (r.left_out != 0) out += fmt::format("; {} left out, for which the format has no words", with_commas(r.left_out));
  if (r.withheld != 0) out += fmt::format("; {} withheld by --tlp-max", with_commas(r.withheld));
  return out + "\n";
}

/// A name that was mistyped is no empty answer.
Diagnostic nothing_selected(store::Store& store, const std::string& source) {
  Diagnostic d{Severity::warning, "export-empty", "nothing in the knowledge base fits the selection", {}, "`mozu export --format csv` lists what is there"};
  if (source.empty()) return d;
  constexpr std::size_t told_max = 20;
  std::set<std::string> sources;
  if (const auto imports = store.imports(intel::Viewer::owner(), {}, store::page_items_max))
    for (const auto& import : imports->items) sources.insert(import.provenance.source);
  std::string names;
  for (const auto& name : sources | std::views::take(told_max)) names += (names.empty() ? "" : ", ") + name;
  d.hint = fmt::format("sources are {}{}", names, sources.size() > told_max ? " …" : "");
  return d;
}

}  // namespace

int export_verb(const ExportArguments& a) {
  std::optional<Timestamp> since;
  if (!read_time_argument(a.since, "--since", since)) return exit_usage;
  const auto selection = selection_of(a, since);
  if (!selection) return export_failed(selection.error());
  bool folder = false;
  for (const auto& f : formats::export_formats()) folder |= f.name == a.format && f.folder;
  if (folder && a.output.empty())
    return export_failed({Severity::error, "usage", fmt::format("{} is a folder of files", a.format), {}, "name the folder: -o DIR"});
  const DataFolder data(a.data);
  if (!data.has_knowledge())
    return export_failed(
        {Severity::error, "store-absent", "there is no knowledge base", {data.path, 0, {}}, "`mozu import` makes one; --data names another folder"});
  store::StoreOptions options;
  options.location = data.knowledge();
  options.read_only = true;
  const auto store = store::Store::open(options);
  if (!store) return export_failed(store.error());
  const auto viewer = viewer_of(a, options);
  if (!viewer) return export_failed(viewer.error());
  Destination out(a.output, folder);
  if (auto opened = out.open(); !opened) return export_failed(opened.error());
  formats::ExportSettings settings;
  settings.now = now();
  if (!a.title.empty()) settings.title = a.title;
  const auto report = exchange::export_objects(**store, *viewer, *selection, a.format, settings,
                                               [&](std::string_view name, std::string_view bytes) { return out.write(name, bytes); });
  if (!report) return export_failed(report.error());
  if (auto closed = out.close(); !closed) return export_failed(closed.error());
  if (report->selected == 0 && report->withheld == 0) say(nothing_selected(**store, a.source));
  write_stderr(summary(*report, a.format));
  return exit_done;
}

}  // namespace mozu::cli
