// Verbs of the knowledge base.
#include <CLI/CLI.hpp>
#include <memory>

#include "command_tree.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

void add_actor(CommandTree& tree) {
  auto a = std::make_shared<ActorArguments>();
  auto* actor = tree.root.add_subcommand("actor", "actors of all catalogues as one profile each, and people's word on which are one");
  actor->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, int (*verb)(const ActorArguments&)) {
    auto* app = actor->add_subcommand(name, help);
    app->add_option("--data", a->data, "data folder (default: $MOZU_DATA, else mozu-data)")->type_name("DIR")->check(not_empty());
    tree.add(app, [a, verb] { return verb(*a); });
    return app;
  };
  const auto two = [&](CLI::App* app, const char* footer) {
    app->add_option("A", a->name, "name, alias, ATT&CK id or STIX id")->required()->check(not_empty());
    app->add_option("B", a->other, "the other one")->required()->check(not_empty());
    app->footer(footer);
  };
  add("list", "all profiles", actor_list_verb)->add_flag("--json", a->json, "one JSON object a profile");
  auto* show = add("show", "one profile: names, records, what each source states, why they were joined, what was not", actor_show_verb);
  show->add_option("NAME", a->name, "name, alias, ATT&CK id or STIX id; a name that several bear shows them all")->required()->check(not_empty());
  show->add_flag("--json", a->json, "one JSON object a profile, as the API gives it");
  two(add("merge", "A and B are the same actor", actor_merge_verb),
      "A decision is common to all organisations. Imports do not change it; `mozu actor undo` takes it back.");
  two(add("split", "the records A and B are different actors", actor_split_verb),
      "Where a name is that of several records, give their STIX ids: `mozu actor show` tells them.");
  two(add("undo", "take back what was decided of A and B", actor_undo_verb), "`mozu actor decisions` lists what is decided.");
  add("decisions", "what people decided", actor_decisions_verb)->add_flag("--json", a->json, "one JSON object a decision");
}

}  // namespace

void add_knowledge_verbs(CommandTree& tree) {
  auto a = std::make_shared<LookupArguments>();
  auto* app = tree.root.add_subcommand("lookup", "what is known about a value: verdict, feeds, warning lists, relations, reports");
  app->add_option("--data", a->data, "data folder (default: $MOZU_DATA, else mozu-data)")->type_name("DIR")->check(not_empty());
  repeatable(app, "--index", a->indexes, "index files to ask instead of the data folder's indicators.mzi; repeatable")->type_name("FILE");
  app->add_option("--as-of", a->as_of, "what is valid at that time counts as active (default: now)")->type_name("TIME");
  app->add_flag("--json", a->json, "one JSON object a value");
  repeatable(app, "--input", a->inputs, "values from a file, one a line, answered as JSON lines in the same order; repeatable")->type_name("FILE");
  app->add_option("-j,--threads", a->threads, "threads for values from files (default: one a processor)")->type_name("N")->check(whole_number());
  app->add_option("VALUE", a->values,
                  "hash, address, range, domain, URL, e-mail address, CVE, ATT&CK id, file name, or name of an actor, malware or tool; - reads standard input");
  app->footer(
      "Asked are the indicators (`mozu index build -o DIR/indicators.mzi FEED…`), the knowledge base and the warning lists (`mozu import --data DIR FILE…`) of "
      "the "
      "data folder DIR. Defanged values (hxxp://evil[.]example) are understood. Exit: 0 answered, also if nothing is known; 1 bad usage, 2 a memory or an "
      "input could not be "
      "read.");
  tree.add(app, [a] { return lookup_verb(*a); });
  add_actor(tree);
}

}  // namespace mozu::cli
