// Verbs that fill, check and copy the knowledge base.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "command_tree.hpp"
#include "mozu/exchange/export.hpp"
#include "mozu/formats/knowledge_writer.hpp"
#include "mozu/intel/indicator.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

constexpr const char* data_help = "the data folder (default: $MOZU_DATA, else ./mozu-data)";

CLI::Validator tlp_level() {
  return {[](const std::string& text) -> std::string {
            return intel::parse_tlp(text) ? "" : fmt::format("'{}' is no TLP level\nwrite clear, green, amber, amber+strict or red", text.substr(0, 60));
          },
          ""};
}

void add_import(CommandTree& tree) {
  auto arguments = std::make_shared<ImportArguments>();
  auto& a = *arguments;
  auto* app = tree.root.add_subcommand("import", "bring files into the knowledge base: STIX, ATT&CK, MISP, CVE, KEV, rules, feeds and more");
  app->add_option("--data", a.data, data_help)->check(not_empty())->type_name("DIR");
  app->add_flag("--dry-run", a.dry_run, "tell what would change; change nothing");
  app->add_option("--source", a.source, "whose words these are (default: the file's or folder's name)")->check(not_empty())->type_name("NAME");
  app->add_option("--tlp", a.tlp, "of objects without a stricter marking: clear, green, amber, amber+strict, red")->check(tlp_level())->type_name("LEVEL");
  app->add_option("--confidence", a.confidence, "0 to 100, of objects that say none")->check(in_range(0, 100))->type_name("N");
  app->add_option("--organisation", a.organisation, "the organisation that shall own the objects, by name or number (default: 0, common to all)")
      ->type_name("NAME|N");
  app->add_option("--format", a.format, "the format, if it is not found by content; see docs/exchange.md")->check(not_empty())->type_name("NAME");
  auto* json = app->add_flag("--json", a.json, "one JSON object a file, as soon as it is stored");
  app->add_flag("--quiet,-q", a.quiet, "only errors")->excludes(json);
  app->add_option("PATH", a.paths, "files, folders, globs, https:// addresses; - is standard input; .gz .zst .xz .bz2 .zip .tar are unpacked")->required();
  app->footer(
      "Each file is stored whole or not at all. Importing it again changes nothing.\n"
      "Exit: 0 done, 1 bad usage, 2 some input failed (the rest was stored).");
  tree.add(app, [arguments] { return import_verb(*arguments); });
}

void add_export(CommandTree& tree) {
  auto arguments = std::make_shared<ExportArguments>();
  auto& a = *arguments;
  std::vector<std::string> names;
  std::string list;
  for (const auto& f : formats::export_formats()) {
    names.emplace_back(f.name);
    list += (list.empty() ? "" : ", ") + names.back();
  }
  auto* app = tree.root.add_subcommand("export", "write a selection of the knowledge base: STIX, MISP, CSV, OpenIOC, layers, lists, rules");
  app->add_option("--data", a.data, data_help)->check(not_empty())->type_name("DIR");
  app->add_option("--format", a.format, list)->required()->check(one_of(names))->type_name("NAME");
  repeatable(app, "--type", a.types, "only objects of this STIX type; repeatable: any of them")->type_name("TYPE");
  repeatable(app, "--kind", a.kinds, "only what stands for such a value: ip, hash, ipv4, domain, url, email, sha256 …; repeatable: any of them")
      ->check(one_of(exchange::selection_kinds()))
      ->type_name("KIND");
  repeatable(app, "--label", a.labels, "only objects with this label; repeatable: all of them")->type_name("LABEL");
  app->add_option("--source", a.source, "only what came from this source")->check(not_empty())->type_name("NAME");
  app->add_option("--query", a.query, "only what holds these words")->check(not_empty())->type_name("WORDS");
  app->add_option("--since", a.since, "only what was modified then or later")->check(not_empty())->type_name("TIME");
  repeatable(app, "--id", a.ids, "this object, by its STIX id, its id elsewhere (T1059, G0016, CVE-…) or a name of it; repeatable")->type_name("ID|NAME");
  app->add_option("--tlp-max", a.tlp_max, "nothing stricter: clear, green, amber, amber+strict, red (default: red, all)")
      ->check(tlp_level())
      ->type_name("LEVEL");
  app->add_flag("--with-neighbours", a.with_neighbours, "also what is related to the selected objects, and the relations");
  app->add_flag("--without-revoked", a.without_revoked, "leave out what was revoked");
  app->add_option("--as-organisation", a.as_organisation,
                  "what people of this organisation (name or number) may see: its markings, and of publications what its plans open")
      ->check(not_empty())
      ->type_name("NAME");
  app->add_option("--title", a.title, "name of the export in formats that have one")->check(not_empty())->type_name("TEXT");
  app->add_option("-o,--output", a.output, "a file, or for misp-feed a folder (default: standard output)")->check(not_empty())->type_name("PATH");
  app->footer("Exit: 0 done, 1 bad usage, 2 nothing could be read or written.");
  tree.add(app, [arguments] { return export_verb(*arguments); });
}

void add_store(CommandTree& tree) {
  auto doctor = std::make_shared<StoreArguments>();
  auto* app = tree.root.add_subcommand("doctor", "check the knowledge base and the people's base");
  app->add_option("--data", doctor->data, data_help)->check(not_empty())->type_name("DIR");
  app->footer("Exit: 0 all is well, 1 bad usage, 2 something is damaged.");
  tree.add(app, [doctor] { return doctor_verb(*doctor); });

  auto backup = std::make_shared<StoreArguments>();
  app = tree.root.add_subcommand("backup", "copy the whole base into one file, checked, while others read and write");
  app->footer(
      "Not in it: secret.key (second factors, kept samples), genes, gene-samples, samples, indexes and warning lists (*.mzi), *.mmdb. Keep copies of them.");
  app->add_option("--data", backup->data, data_help)->check(not_empty())->type_name("DIR");
  app->add_option("FILE", backup->file, "the file to write; one that stands there is replaced when the new one is whole")->required()->check(not_empty());
  tree.add(app, [backup] { return backup_verb(*backup); });

  auto restore = std::make_shared<StoreArguments>();
  app = tree.root.add_subcommand("restore", "put a backup in place where no base stands");
  app->footer("A backup holds both bases, not secret.key, genes, gene-samples, samples, *.mzi or *.mmdb: copy these into the folder, too.");
  app->add_option("--data", restore->data, data_help)->check(not_empty())->type_name("DIR");
  app->add_option("FILE", restore->file, "a file written by `mozu backup`")->required()->check(not_empty());
  tree.add(app, [restore] { return restore_verb(*restore); });
}

}  // namespace

void add_exchange_verbs(CommandTree& tree) {
  add_import(tree);
  add_export(tree);
  add_store(tree);
}

}  // namespace mozu::cli
