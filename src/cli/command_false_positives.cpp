// Verbs of false positives.
#include <CLI/CLI.hpp>
#include <memory>

#include "command_tree.hpp"
#include "verbs.hpp"

namespace mozu::cli {

void add_false_positive_verbs(CommandTree& tree) {
  auto* group =
      tree.root.add_subcommand("falsepositive", "what is known to be harmless though sources list it; lookups tell of it, exported lists leave it out");
  group->require_subcommand(1);
  const auto a = std::make_shared<FalsePositiveArguments>();
  const auto verb = [&](const char* name, const char* help, int (*run)(const FalsePositiveArguments&)) {
    auto* app = group->add_subcommand(name, help);
    app->add_option("--data", a->data, "the data folder")->type_name("DIR");
    app->add_option("--organisation", a->organisation, "whose list, by name or number (default: everybody's; of list: all)")->type_name("NAME|N");
    tree.add(app, [a, run] { return run(*a); });
    return app;
  };
  auto* add = verb("add", "mark values; the last word about one counts", false_positive_add_verb);
  add->add_option("VALUE", a->values, "addresses, ranges, domains, URLs, e-mail addresses, hashes; also defanged")->required()->check(not_empty());
  add->add_option("--reason", a->reason, "why, for those who look the value up")->required()->check(not_empty());
  add->add_option("--until", a->until, "from then on it counts no more (default: without end)")->type_name("TIME");
  verb("list", "those that there are", false_positive_list_verb)->add_option("--text", a->text, "within value, reason or name");
  verb("remove", "take marks away", false_positive_remove_verb)->add_option("VALUE", a->values, "the values")->required()->check(not_empty());
}

}  // namespace mozu::cli
