// Verbs of the knowledge base.
#include <CLI/CLI.hpp>
#include <memory>

#include "command_tree.hpp"
#include "verbs.hpp"

namespace mozu::cli {

void add_knowledge_verbs(CommandTree& tree) {
  auto a = std::make_shared<LookupArguments>();
  auto* app = tree.root.add_subcommand("lookup", "what is known about a value: verdict, feeds, warning lists, relations, reports");
  app->add_option("--data", a->data, "data folder (default: $MOZU_DATA, else mozu-data)")->type_name("DIR")->check(not_empty());
  repeatable(app, "--index", a->indexes, "index files to ask instead of the data folder's indicators.mzi; repeatable")->type_name("FILE");
  app->add_option("--as-of", a->as_of, "what is valid at that time counts as active (default: now)")->type_name("TIME");
  app->add_flag("--json", a->json, "one JSON object a value");
  repeatable(app, "--input", a->inputs, "values from a file, one a line, answered as JSON lines in the same order; repeatable")->type_name("FILE");
  app->add_option("-j,--threads", a->threads, "threads for values from files (default: one a processor)")->type_name("N")->check(whole_number());
  app->add_option("VALUE", a->values, "hash, address, range, domain, URL, e-mail address, CVE, ATT&CK id, file name, or name of an actor, malware or tool; - reads standard input");
  app->footer("Defanged values (hxxp://evil[.]example) are understood. Exit: 0 answered, also if nothing is known; 1 bad usage, 2 a memory or an input could not be read.");
  tree.add(app, [a] { return lookup_verb(*a); });
}

}  // namespace mozu::cli
