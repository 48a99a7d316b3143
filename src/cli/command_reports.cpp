// Verbs about reports.
#include <CLI/CLI.hpp>
#include <memory>

#include "command_tree.hpp"
#include "verbs.hpp"

namespace mozu::cli {

void add_report_verbs(CommandTree& tree) {
  auto a = std::make_shared<ExtractArguments>();
  auto* app = tree.root.add_subcommand("extract", "read reports: indicators, techniques, actors, malware, rules and what else they tell");
  auto* json = app->add_flag("--json", a->json, "one JSON object a file");
  auto* stix = app->add_flag("--stix", a->stix, "a STIX 2.1 bundle a file, with a report object")->excludes(json);
  app->add_flag("--text", a->text, "the document's text, without looking for anything")->excludes(json)->excludes(stix);
  repeatable(app, "--names", a->names,
             "names of actors, malware, tools and techniques: ATT&CK or other STIX bundles, MISP galaxy clusters; the first file counts most; repeatable")
      ->type_name("FILE");
  repeatable(app, "--warninglists", a->warninglists, "lists of known harmless values: MISP warning lists or any feed format; repeatable")->type_name("FILE");
  app->add_flag("--mentions", a->mentions, "every place of a value, not only the best");
  app->add_option("FILE", a->files, "the reports; - is standard input")->required();
  app->footer("Exit: 0 all read, 1 bad usage, 2 some file could not be read (the others were).");
  tree.add(app, [a] { return extract_verb(*a); });
}

}  // namespace mozu::cli
