// Verbs of attribution.
#include <CLI/CLI.hpp>
#include <memory>

#include "command_tree.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

void add_common(CLI::App* app, GeneArguments& a) {
  app->add_option("--data", a.data, "data folder (default: $MOZU_DATA, else mozu-data)")->type_name("DIR")->check(not_empty());
  app->add_option("--passwords", a.passwords, "passwords for encrypted members, one a line, beside \"infected\" and \"malware\"")
      ->type_name("FILE")
      ->check(not_empty());
  app->add_option("FILE", a.paths, "files, or folders of files")->required()->type_name("FILE");
}

}  // namespace

void add_gene_verbs(CommandTree& tree) {
  auto a = std::make_shared<GeneArguments>();
  auto* gene = tree.root.add_subcommand("gene", "what `mozu attribute` compares with: samples of known actors, clean files, libraries");
  gene->require_subcommand(1);
  auto* add = gene->add_subcommand("add", "samples, and whose they are");
  repeatable(add, "--actor", a->actors, "who uses it; repeatable")->type_name("NAME")->check(not_empty());
  repeatable(add, "--campaign", a->campaigns, "in which campaign; repeatable")->type_name("NAME")->check(not_empty());
  repeatable(add, "--malware", a->malware, "of which family; repeatable")->type_name("NAME")->check(not_empty());
  repeatable(add, "--tool", a->tools, "which tool it is; repeatable")->type_name("NAME")->check(not_empty());
  add_common(add, *a);
  add->footer("Files are opened in mozu-cell and never run. What is there already is left out. Samples are kept encrypted, to show in verdicts.");
  add->add_flag("--no-keep", a->no_keep, "do not keep the samples (encrypted, in the data folder): verdicts cannot show their side then");
  tree.add(add, [a] { return gene_add_verb(*a); });
  auto* library = gene->add_subcommand("library", "code that many programs use: named where it is found, never taken for kinship");
  library->add_option("--name", a->library, "which library, like \"Lua 5.3\"")->required()->type_name("NAME")->check(not_empty());
  add_common(library, *a);
  tree.add(library, [a] { return gene_library_verb(*a); });
  auto* goodware = gene->add_subcommand("goodware", "clean files: what they have says nothing about anybody");
  add_common(goodware, *a);
  tree.add(goodware, [a] { return gene_goodware_verb(*a); });
  auto* calibrate = gene->add_subcommand("calibrate", "how near clean files come to anybody: gives verdicts p-values");
  add_common(calibrate, *a);
  calibrate->footer("Give 1,000 clean files or more, others than those of `mozu gene goodware`. Do it again when many samples were added.");
  tree.add(calibrate, [a] { return gene_calibrate_verb(*a); });
  auto* stat = gene->add_subcommand("stat", "how much of whom there is");
  stat->add_option("--data", a->data, "data folder (default: $MOZU_DATA, else mozu-data)")->type_name("DIR")->check(not_empty());
  stat->add_flag("--json", a->json, "one JSON object");
  tree.add(stat, [a] { return gene_stat_verb(*a); });

  auto* attribute = tree.root.add_subcommand("attribute", "whose code a file shares, and which bytes show it");
  attribute->add_option("--classes", a->classes, "genes to look at: code, strings, imports (default: all)")
      ->delimiter(',')
      ->type_name("NAME,…")
      ->check(one_of({"code", "strings", "imports"}));
  attribute->add_flag("--weak", a->weak, "also what is below the thresholds");
  repeatable(attribute, "--yara", a->yara, "rules that each object is looked at with; repeatable")->type_name("FILE")->check(not_empty());
  attribute->add_flag("--fuzzy", a->fuzzy, "facts of objects have ssdeep and TLSH, too; slow");
  attribute->add_flag("--disassembly", a->places, "the instructions and text that the evidence is, of the file and of the samples");
  attribute->add_flag("--json", a->json, "one JSON object a file, in order");
  add_common(attribute, *a);
  attribute->footer("Shared code is no proof of who acted: code is copied, sold and planted. Exit: 0 answered, 1 bad usage, 2 a file could not be read.");
  tree.add(attribute, [a] { return attribute_verb(*a); });

  auto* yara = tree.root.add_subcommand("yara", "YARA rules made from samples");
  yara->require_subcommand(1);
  auto* generate = yara->add_subcommand("generate", "a rule of what samples have and nobody else in the gene index does");
  repeatable(generate, "--malware", a->malware, "the family that they are of")->type_name("NAME")->check(not_empty());
  repeatable(generate, "--actor", a->actors, "or whose they are")->type_name("NAME")->check(not_empty());
  repeatable(generate, "--clean", a->clean, "clean files or folders that it must not hit; repeatable")->type_name("PATH")->check(not_empty());
  generate->add_option("--name", a->rule, "name of the rule (default: of the family)")->type_name("NAME")->check(not_empty());
  generate->add_option("--data", a->data, "data folder (default: $MOZU_DATA, else mozu-data)")->type_name("DIR")->check(not_empty());
  generate->add_option("FILE", a->paths, "samples, or folders of samples")->required()->type_name("FILE");
  generate->footer(
      "The rule goes to standard output, what it hit of samples and clean files to standard error.\n"
      "Exit: 0 it hits all samples, 1 bad usage, 2 it does not, or a file could not be read.");
  tree.add(generate, [a] { return yara_generate_verb(*a); });
}

}  // namespace mozu::cli
