// Verbs that write and publish reports.
#include <CLI/CLI.hpp>
#include <functional>
#include <memory>

#include "command_tree.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

using PublicationVerb = int (*)(const ReportArguments&);

struct Made {
  CLI::App* app;
  std::shared_ptr<ReportArguments> arguments;
};

Made verb(CommandTree& tree, CLI::App& root, const char* name, const char* help, PublicationVerb run) {
  auto a = std::make_shared<ReportArguments>();
  auto* app = root.add_subcommand(name, help);
  app->add_option("--data", a->data, "data folder (default: $MOZU_DATA, else mozu-data)")->type_name("DIR")->check(not_empty());
  app->add_option("--organisation", a->organisation, "the organisation whose publications are meant, by name or number (default: 0, common to all)")
      ->type_name("NAME|N");
  tree.add(app, [a, run] { return run(*a); });
  return {app, a};
}

void add_names(const Made& m) { m.app->add_option("NAME", m.arguments->names, "slugs or ids of publications")->required(); }

}  // namespace

void add_publication_verbs(CommandTree& tree) {
  auto* report = tree.root.add_subcommand("report", "write, list, publish and withdraw publications");
  const auto add =
      verb(tree, *report, "add", "take publications from files: front matter in TOML, texts in Markdown, attachments beside them", report_add_verb);
  add.app->add_flag("--publish", add.arguments->publish, "publish them at once");
  add.app->add_flag("--accept-warnings", add.arguments->accept_warnings, "publish also what a warning list knows as harmless");
  add.app->add_option("FILE", add.arguments->files, "the publications; docs/publications.md shows their form")->required();
  add.app->footer(
      "The same file again changes nothing; a changed one is a new version.\nExit: 0 done, 1 bad usage, 2 some publication was refused (the others were "
      "taken).");
  const auto list = verb(tree, *report, "list", "all publications of an organisation: stage, version, title", report_list_verb);
  list.app->add_flag("--json", list.arguments->json, "one JSON object a publication");
  const auto show = verb(tree, *report, "show", "one publication as it stands", report_show_verb);
  show.app->add_option("--language", show.arguments->language, "en, ja, … (default: the original)")->type_name("LANG");
  auto* json = show.app->add_flag("--json", show.arguments->json, "all of it as JSON");
  show.app->add_flag("--html", show.arguments->html, "summary and full report as HTML")->excludes(json);
  add_names(show);
  const auto publish = verb(tree, *report, "publish", "give publications to readers: search, TAXII, feeds and lookups have them at once", report_publish_verb);
  publish.app->add_flag("--accept-warnings", publish.arguments->accept_warnings, "publish also what a warning list knows as harmless");
  add_names(publish);
  const auto keep = verb(tree, *report, "export", "one published publication as a file", report_export_verb);
  keep.app->add_option("--format", keep.arguments->format, "pdf, html, md, zip (all of it), csv, stix, misp, openioc, plain, yara, sigma, suricata, navigator")
      ->required()
      ->check(CLI::IsMember({"pdf", "html", "md", "zip", "csv", "stix", "misp", "openioc", "plain", "yara", "sigma", "suricata", "navigator"}));
  keep.app->add_option("--part", keep.arguments->part, "of pdf, html, md: summary or report (default: report)")->check(CLI::IsMember({"summary", "report"}));
  keep.app->add_option("--language", keep.arguments->language, "of pdf, html, md: en, ja, … (default: the original)")->type_name("LANG");
  keep.app->add_option("-o,--output", keep.arguments->output, "file to write (default: standard output)")->type_name("FILE");
  add_names(keep);
  add_names(verb(tree, *report, "withdraw", "take publications back: report, indicators and rules are revoked", report_withdraw_verb));
}

}  // namespace mozu::cli
