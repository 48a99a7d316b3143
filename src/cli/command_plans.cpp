// Verbs of plans.
#include <CLI/CLI.hpp>
#include <memory>

#include "command_tree.hpp"
#include "verbs.hpp"

namespace mozu::cli {

void add_plan_verbs(CommandTree& tree) {
  auto* plan = tree.root.add_subcommand("plan", "what organisations may read of what others publish");
  const auto a = std::make_shared<PlanArguments>();
  const auto verb = [&](const char* name, const char* help, int (*run)(const PlanArguments&)) {
    auto* app = plan->add_subcommand(name, help);
    app->add_option("--data", a->data, "the data folder")->type_name("DIR");
    tree.add(app, [a, run] { return run(*a); });
    return app;
  };
  verb("add", "take plans from files in TOML; one of a name that is there is another version of it", plan_add_verb)
      ->add_option("FILE", a->names, "the plans; docs/plans.md shows their form")
      ->required();
  verb("list", "all plans", plan_list_verb);
  verb("remove", "remove plans that no organisation holds", plan_remove_verb)->add_option("NAME", a->names, "names of plans")->required();
  verb("show", "what an organisation holds", plan_show_verb)->add_option("ORGANISATION", a->organisation, "its name or number")->required();
  auto* give = verb("give", "let an organisation hold a plan; with the first, it is limited to what its plans open", plan_give_verb);
  give->add_option("ORGANISATION", a->organisation, "its name or number")->required();
  give->add_option("PLAN", a->plan, "name of the plan")->required();
  give->add_option("--from", a->from, "first day (default: now)")->check(not_empty())->type_name("DAY");
  give->add_option("--until", a->until, "the day on which it ends (default: as the plan says)")->check(not_empty())->type_name("DAY");
  auto* take = verb("take", "take a plan from an organisation; without any, everything is open to it", plan_take_verb);
  take->add_option("ORGANISATION", a->organisation, "its name or number")->required();
  take->add_option("PLAN", a->plan, "name of the plan")->required();
}

}  // namespace mozu::cli
