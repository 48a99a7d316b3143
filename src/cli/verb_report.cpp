// mozu report: publications from files to readers.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>

#include "data_folder.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "mozu/lookup/lookup.hpp"
#include "mozu/match/index.hpp"
#include "mozu/publications/desk.hpp"
#include "mozu/publications/documents.hpp"
#include "mozu/publications/markdown.hpp"
#include "mozu/publications/taking.hpp"
#include "mozu/reports/known_values.hpp"
#include "organisation.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

using publications::Desk;
using publications::Working;

enum class WithoutBase : std::uint8_t { made, there };  ///< if there is none: made, or told of

/// The desk of a data folder, with who sits at it: the machine's owner, for one organisation.
class ReportOffice {
 public:
  static Result<std::unique_ptr<ReportOffice>> open(const ReportArguments& a, WithoutBase base) {
    const DataFolder data(a.data);
    if (base == WithoutBase::there) MOZU_TRY(data.must_have_base());
    auto out = std::make_unique<ReportOffice>();
    store::StoreOptions options;
    options.location = data.knowledge();
    MOZU_LET(out->people_, store::Accounts::open(options));
    MOZU_LET(out->knowledge_, store::Store::open(options));
    out->desk_.emplace(*out->people_, *out->knowledge_);
    MOZU_LET(const auto organisation, owner_of(*out->people_, a.organisation));
    out->author_ = {{organisation, intel::Tlp::red, true}, 0, "cli"};
    auto& memories = out->memories_;
    if (std::error_code ignored; std::filesystem::exists(data.warning_lists(), ignored)) {
      MOZU_LET(memories.warning_lists, match::Index::open(data.warning_lists(), match::Index::Verify::later));
    }
    memories.known_lists = std::make_shared<lookup::KnownLists>(*out->knowledge_);
    memories.false_positives = std::make_shared<lookup::OwnFalsePositives>(*out->knowledge_);
    return out;
  }
  Desk& desk() { return *desk_; }
  /// A line that names organisations with how many publications they have; empty: none has any.
  Result<std::string> those_with(const std::map<intel::OrganisationId, std::uint64_t>& counts) {
    if (counts.empty()) return std::string();
    MOZU_LET(const auto organisations, people_->organisations());
    std::string list;
    for (const auto& [id, n] : counts) {
      const auto found = std::ranges::find(organisations, id, &store::Organisation::id);
      list += fmt::format("{}{} ({})", list.empty() ? "" : ", ", found == organisations.end() ? std::string("common to all") : printable(found->name, 80), n);
    }
    return fmt::format("--organisation lists those of: {}\n", list);
  }
  const publications::Author& author() const { return author_; }
  /// What people of the organisation would be warned of in the portal; read when it is first asked for.
  Result<publications::KnownHarmless> harmless() {
    if (!harmless_) {
      const intel::Viewer own{author_.viewer.organisation, intel::Tlp::red, false};
      MOZU_LET(auto lists, lookup::harmless_lists(memories_, own, Timestamp::now()));
      harmless_.emplace(reports::KnownValues::of(std::move(lists)));
    }
    return publications::KnownHarmless([this](std::string_view value) { return harmless_->find(value); });
  }
  std::string id_of(const std::string& name) const {
    return name.size() == 36 && std::ranges::count(name, '-') == 4 ? name : Desk::id_of(author_.viewer.organisation, name);
  }
  Result<Working> working(const std::string& name) {
    auto w = desk_->working(author_.viewer, id_of(name));
    if (!w && w.error().code == "absent")
      return fail("absent", fmt::format("there is no publication '{}'", printable(name, 80)), "`mozu report list` shows all");
    return w;
  }
  Status audit(std::string action, const Working& w) {
    return cli::audit(*people_, std::move(action), w.id, fmt::format("{} version {}", w.publication.slug, w.version), w.organisation);
  }

 private:
  std::unique_ptr<store::Accounts> people_;
  std::unique_ptr<store::Store> knowledge_;
  lookup::Memories memories_;  // of harmless values only
  std::optional<Desk> desk_;
  publications::Author author_;
  std::optional<reports::KnownValues> harmless_;
};

/// Why it is not published, and how it stands now.
std::unexpected<Diagnostic> not_published(const Working& w, Diagnostic why) {
  const std::string whose = w.organisation == intel::common ? std::string() : fmt::format("--organisation {} ", w.organisation);
  why.hint += fmt::format("{}it is kept as version {}, in the stage {}; `mozu report publish {}{}` tries again", why.hint.empty() ? "" : "; ", w.version,
                          publications::name(w.stage), whose, w.publication.slug);
  return fail(std::move(why));
}

/// `path`: the file it came from; what is told names it.
Result<std::string> publish(ReportOffice& office, Working w, bool accept_warnings, const std::string& path = {}) {
  Desk& desk = office.desk();
  if (w.stage == publications::Stage::draft) {
    auto moved = desk.move(office.author(), w.id, w.version, publications::Stage::review);
    if (!moved) return not_published(w, std::move(moved).error());
    w = *std::move(moved);
  }
  Diagnostics diagnostics(1000);
  const auto harmless = office.harmless();
  if (!harmless) return not_published(w, harmless.error());
  const auto done = desk.publish(office.author(), w.id, w.version, {accept_warnings, *harmless}, diagnostics);
  for (const auto& d : diagnostics.kept())
    if (d.severity != Severity::note) say(path.empty() || !d.where.file.empty() ? d : Diagnostic(d).at(path));
  if (!done && done.error().code == "publication-refused") {
    const bool warned = diagnostics.errors() == 0;
    Diagnostic why;
    why.code = "publication-refused";
    why.message =
        fmt::format("{} is not published: {}", w.publication.slug, warned ? plural(diagnostics.warnings(), "warning") : plural(diagnostics.errors(), "error"));
    why.hint = warned ? "correct what is told above, or say --accept-warnings" : "correct what is told above";
    return not_published(w, std::move(why));
  }
  if (!done) return not_published(w, done.error());
  MOZU_TRY(office.audit("publish", w));
  return fmt::format("{}: version {} is published, edition {}, {}\n", done->slug, done->version, done->edition, done->report);
}

std::string state_of(const Working& w, const std::optional<publications::Published>& p) {
  const std::string stage(publications::name(w.stage));
  if (!p) return stage;
  const std::string state = p->withdrawn ? "withdrawn" : p->edition > 1 ? "revised" : "published";
  return p->version == w.version ? state : fmt::format("{}, {}", state, stage);
}

/// Does `what` for each; the first mistake of one does not keep the others.
template <class What>
int for_each(const ReportArguments& a, const std::vector<std::string>& list, const What& what, WithoutBase base = WithoutBase::there) {
  auto office = ReportOffice::open(a, base);
  if (!office) return say(office.error()), exit_failed;
  int code = exit_done;
  for (const auto& one : list) {
    const Result<std::string> done = what(**office, one);
    if (!done) {
      say(done.error());
      code = exit_failed;
      continue;
    }
    if (const int written = finish_stdout(*done, code); written != code) return written;
  }
  return code;
}

Result<std::string> shown(ReportOffice& office, const std::string& name, const ReportArguments& a) {
  MOZU_LET(const Working w, office.working(name));
  const auto* text = w.publication.text(a.language);
  if (a.json) return json_of(w.publication) + "\n";
  if (text == nullptr) return std::string("\n");
  if (!a.html) return fmt::format("{}\n\n{}\n{}", text->title, text->summary, text->full);
  MOZU_LET(const auto summary, publications::render_html(text->summary, {{}, "summary-"}));
  MOZU_LET(const auto full, publications::render_html(text->full, {{}, "full-"}));
  return summary.html + full.html;
}

/// `d` says which of many files it is about.
Diagnostic of_file(Diagnostic d, const std::string& path) { return d.where.file.empty() ? std::move(d).at(path) : d; }

Result<std::string> added(ReportOffice& office, const std::string& path, const ReportArguments& a) {
  MOZU_LET(const Working w, publications::take_file(office.desk(), office.author(), path));
  MOZU_TRY(office.audit("publication-save", w));
  if (a.publish) return publish(office, w, a.accept_warnings, path);
  return fmt::format("{}: version {}, {}, {}\n", w.publication.slug, w.version, publications::name(w.stage),
                     plural(w.publication.attachments.size(), "attachment"));
}

}  // namespace

int report_add_verb(const ReportArguments& a) {
  return for_each(
      a, a.files,
      [&](ReportOffice& office, const std::string& path) -> Result<std::string> {
        auto done = added(office, path, a);
        if (!done) return fail(of_file(std::move(done).error(), path));
        return done;
      },
      WithoutBase::made);
}

int report_list_verb(const ReportArguments& a) {
  return for_each(a, {""}, [&](ReportOffice& office, const std::string&) -> Result<std::string> {
    Table table("llrll");
    table.header({"slug", "kind", "version", "state", "title"});
    std::string json;
    std::map<intel::OrganisationId, std::uint64_t> elsewhere;
    publications::Author const& author = office.author();
    store::Cursor cursor;
    do {
      MOZU_LET(const auto page, office.desk().workings(author.viewer, cursor, 100));
      for (const Working& w : page.items) {
        if (w.organisation != author.viewer.organisation) {
          ++elsewhere[w.organisation];
          continue;
        }
        MOZU_LET(const auto published, office.desk().published({w.organisation, intel::Tlp::red, false}, w.id));
        const auto* text = w.publication.text({});
        const std::string title = text == nullptr ? std::string() : text->title;
        table.row({w.publication.slug, w.publication.kind, fmt::format("{}", w.version), state_of(w, published), printable(title, 200)});
        JsonWriter(json)
            .begin_object()
            .field("id", w.id)
            .field("slug", w.publication.slug)
            .field("kind", w.publication.kind)
            .field("version", w.version)
            .field("state", state_of(w, published))
            .field("title", title)
            .end_object();
        json += '\n';
      }
      cursor = page.next;
    } while (!cursor.empty());
    if (a.json) return json;
    if (!table.empty()) return table.text(stdout_colour(), "");
    MOZU_LET(const auto others, office.those_with(elsewhere));
    return fmt::format("no publications {}\n{}", author.viewer.organisation == intel::common ? "that are common to all" : "of this organisation", others);
  });
}

int report_show_verb(const ReportArguments& a) {
  return for_each(a, a.names, [&](ReportOffice& office, const std::string& name) { return shown(office, name, a); });
}

int report_publish_verb(const ReportArguments& a) {
  return for_each(a, a.names, [&](ReportOffice& office, const std::string& name) -> Result<std::string> {
    MOZU_LET(Working w, office.working(name));
    return publish(office, std::move(w), a.accept_warnings);
  });
}

namespace {

/// As it stands in the base, else printed now and kept there.
Result<std::string> printed(Desk& desk, const publications::Published& p, const publications::Publication& content, publications::Part part,
                            const std::string& language) {
  MOZU_LET(auto kept, desk.kept_print(p, publications::name(part), language));
  if (kept) return std::move(*kept);
  MOZU_LET(const std::string pdf,
           publications::print_pdf([&](const publications::PageNumbers& numbers) { return publications::page_of(desk, p, content, part, language, numbers); },
                                   p.updated));
  MOZU_TRY(desk.keep_print(p, publications::name(part), language, pdf));
  return pdf;
}

Result<std::string> exported(ReportOffice& office, const std::string& name, const ReportArguments& a) {
  MOZU_LET(const Working w, office.working(name));
  Desk& desk = office.desk();
  const auto& viewer = office.author().viewer;
  MOZU_LET(const auto p, desk.published(viewer, w.id));
  if (!p || p->withdrawn) return fail("absent", fmt::format("{} is not published", w.publication.slug), "`mozu report publish` publishes it");
  MOZU_LET(const auto content, desk.content(*p));
  const auto* text = content.text(a.language);
  if (text == nullptr) return fail("absent", "it has no text");
  const auto part = publications::part_of(a.part).value_or(publications::Part::report);
  if (a.format == "md") return part == publications::Part::summary ? text->summary : text->full;
  if (a.format == "html") return publications::page_of(desk, *p, content, part, text->language);
  if (a.format == "pdf") return printed(desk, *p, content, part, text->language);
  if (a.format != "zip") return publications::written_as(desk, viewer, *p, a.format);
  return publications::archive(desk, viewer, *p, [&](publications::Part of, const std::string& language) -> Result<std::optional<std::string>> {
    if (!publications::can_print()) return std::nullopt;
    MOZU_LET(auto pdf, printed(desk, *p, content, of, language));
    return std::optional(std::move(pdf));
  });
}

}  // namespace

int report_export_verb(const ReportArguments& a) {
  if (a.names.size() > 1 && !a.output.empty())
    return say(Diagnostic{Severity::error, "usage", "--output takes one publication", {}, "export them one by one"}), exit_usage;
  return for_each(a, a.names, [&](ReportOffice& office, const std::string& name) -> Result<std::string> {
    MOZU_LET(std::string bytes, exported(office, name, a));
    if (a.output.empty()) return bytes;
    MOZU_LET(auto file, AtomicFile::create(a.output));
    MOZU_TRY(file.write(bytes));
    MOZU_TRY(file.commit());
    return std::string();
  });
}

int report_withdraw_verb(const ReportArguments& a) {
  return for_each(a, a.names, [&](ReportOffice& office, const std::string& name) -> Result<std::string> {
    MOZU_LET(const Working w, office.working(name));
    const auto gone = office.desk().withdraw(office.author(), w.id);
    if (!gone && gone.error().code == "absent")
      return fail("absent", fmt::format("'{}' is not published, so there is nothing to withdraw", printable(w.publication.slug, 80)),
                  "`mozu report list` shows what is");
    if (!gone) return fail(gone.error());
    MOZU_TRY(office.audit("withdraw", w));
    return fmt::format("{}: withdrawn\n", gone->slug);
  });
}

}  // namespace mozu::cli
