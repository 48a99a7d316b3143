// Private to the command tree: verbs and what runs them. CLI11 (7 s to compile) stands in command_*.cpp only.
#pragma once
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
class Option;
class Validator;
}  // namespace CLI

namespace mozu::cli {

/// The verbs in the order of the help text. A verb's arguments live in what runs it.
struct CommandTree {
  CLI::App& root;
  std::vector<std::pair<const CLI::App*, std::function<int()>>> verbs;
  void add(const CLI::App* app, std::function<int()> run) { verbs.emplace_back(app, std::move(run)); }
};
void add_match_verbs(CommandTree& tree);           ///< command_match.cpp
void add_report_verbs(CommandTree& tree);          ///< command_reports.cpp
void add_publication_verbs(CommandTree& tree);     ///< command_publications.cpp
void add_plan_verbs(CommandTree& tree);            ///< command_plans.cpp
void add_false_positive_verbs(CommandTree& tree);  ///< command_false_positives.cpp
void add_knowledge_verbs(CommandTree& tree);       ///< command_knowledge.cpp
void add_gene_verbs(CommandTree& tree);            ///< command_genes.cpp
void add_server_verbs(CommandTree& tree);          ///< command_server.cpp
void add_exchange_verbs(CommandTree& tree);        ///< command_exchange.cpp

/// An option that takes one value each time it is given and may be given again: `--feed a --feed b paths…`.
CLI::Option* repeatable(CLI::App* app, const std::string& name, std::vector<std::string>& values, const std::string& help);

/// Checks whose rule the help text tells already.
CLI::Validator one_of(std::vector<std::string> names);
CLI::Validator in_range(int first, int last);
CLI::Validator in_range(std::uint64_t first, std::uint64_t last);
/// Nothing given, as by a variable of a script that is not set, is no answer.
CLI::Validator not_empty();
/// A file that appears when it is whole: "-" would be taken for its name.
CLI::Validator named_file();
/// CLI11 would read "-1" as the largest number there is.
CLI::Validator whole_number();

}  // namespace mozu::cli
