// Verbs of attribution.
#include <CLI/CLI.hpp>
#include <memory>

#include "command_tree.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

void add_data(CLI::App* app, GeneArguments& a) {
  app->add_option("--data", a.data, "data folder (default: $MOZU_DATA, else mozu-data)")->type_name("DIR")->check(not_empty());
}

void add_common(CLI::App* app, GeneArguments& a) {
  add_data(app, a);
  app->add_option("--passwords", a.passwords, "passwords for encrypted members, one a line, beside \"infected\" and \"malware\"")
      ->type_name("FILE")
      ->check(not_empty());
  app->add_option("FILE", a.paths, "files, or folders of files")->required()->type_name("FILE");
}

void add_pack_verbs(CommandTree& tree, CLI::App* gene, const std::shared_ptr<GeneArguments>& a) {
  auto* pack = gene->add_subcommand("pack", "genes in one signed file, for sites that no network leads to; no samples");
  pack->require_subcommand(1);
  auto* key = pack->add_subcommand("key", "a new pair of keys: FILE signs packs and stays secret, FILE.pub goes to those who take them");
  key->add_option("FILE", a->key, "where the private key goes")->required()->type_name("FILE")->check(not_empty());
  tree.add(key, [a] { return gene_pack_key_verb(*a); });
  auto* out = pack->add_subcommand("export", "what the index holds, or of some alone");
  add_data(out, *a);
  out->add_option("--key", a->key, "private key that signs it")->required()->type_name("FILE")->check(not_empty());
  out->add_option("--name", a->pack_name, "what it is called where it is read (default: name of the file)")->type_name("TEXT")->check(not_empty());
  repeatable(out, "--actor", a->actors, "samples of this actor; repeatable, as the others")->type_name("NAME")->check(not_empty());
  repeatable(out, "--campaign", a->campaigns, "of this campaign")->type_name("NAME")->check(not_empty());
  repeatable(out, "--malware", a->malware, "of this family")->type_name("NAME")->check(not_empty());
  repeatable(out, "--tool", a->tools, "of this tool")->type_name("NAME")->check(not_empty());
  repeatable(out, "--library", a->libraries, "of this library")->type_name("NAME")->check(not_empty());
  out->add_flag("--goodware", a->goodware, "clean files");
  out->add_option("OUT", a->pack, "the pack; written over if it is there")->required()->type_name("OUT")->check(not_empty());
  out->footer("Without names all of the index goes into the pack. With names, samples of these alone do, and nobody else whose they are is named.");
  tree.add(out, [a] { return gene_pack_export_verb(*a); });
  auto* in = pack->add_subcommand("import", "what packs hold, into the index");
  add_data(in, *a);
  repeatable(in, "--trust", a->trust, "public key of whom packs are taken from; repeatable")->required()->type_name("FILE")->check(not_empty());
  in->add_option("PACK", a->paths, "packs")->required()->type_name("PACK");
  in->footer("All of a pack is taken, or nothing. Its clean files and libraries count as those of this site: trust whom you would let choose them.");
  tree.add(in, [a] { return gene_pack_import_verb(*a); });
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
  add_data(stat, *a);
  stat->add_flag("--json", a->json, "one JSON object");
  tree.add(stat, [a] { return gene_stat_verb(*a); });
  add_pack_verbs(tree, gene, a);

  auto* attribute = tree.root.add_subcommand("attribute", "whose code a file shares, and which bytes show it");
  attribute->add_option("--classes", a->classes, "genes to look at: code, strings, imports (default: all)")
      ->delimiter(',')
      ->type_name("NAME,…")
      ->check(one_of({"code", "strings", "imports"}));
  attribute->add_flag("--weak", a->weak, "also what is below the thresholds");
  repeatable(attribute, "--yara", a->yara, "rules that each object is looked at with; repeatable")->type_name("FILE")->check(not_empty());
  attribute->add_flag("--fuzzy", a->fuzzy, "facts of objects have ssdeep and TLSH, too; slow");
  attribute->add_flag("--disassembly", a->places, "the instructions and text that the evidence is, of the file and of the samples");
  attribute->add_option("--labels", a->labels, "a script that labels what is shared, for a disassembler: ida, ghidra, x64dbg; of one file")
      ->type_name("TOOL")
      ->check(one_of({"ida", "ghidra", "x64dbg"}));
  attribute->add_flag("--json", a->json, "one JSON object a file, in order")->excludes("--labels");
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
  add_data(generate, *a);
  generate->add_option("FILE", a->paths, "samples, or folders of samples")->required()->type_name("FILE");
  generate->footer(
      "The rule goes to standard output, what it hit of samples and clean files to standard error.\n"
      "Exit: 0 it hits all samples, 1 bad usage, 2 it does not, or a file could not be read.");
  tree.add(generate, [a] { return yara_generate_verb(*a); });
}

}  // namespace mozu::cli
