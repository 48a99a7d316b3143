// Verbs of the matcher.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "command_tree.hpp"
#include "mozu/base/text.hpp"
#include "mozu/formats/feed.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

/// Elsewhere -o is a file, so that is what people try here.
CLI::Validator output_format() {
  const auto check = [](const std::string& name) -> std::string {
    for (const std::string_view known : {"json", "cef", "leef", "ecs", "text"})
      if (name == known) return {};
    return fmt::format("'{0}' is no format: json, cef, leef, ecs, text\nto write into a file: `mozu match … > {1}`", printable(name, 60),
                       name.find_first_of("./") != std::string::npos ? printable(name, 60) : "FILE");
  };
  return {check, ""};
}

CLI::Validator feed_format() {
  std::vector<std::string> names;
  for (const auto& [name, about] : formats::feed_formats()) names.emplace_back(name);
  return one_of(std::move(names));
}

void add_feed_options(CLI::App* app, std::vector<std::string>& suppress, bool& allow_broad, std::string& format) {
  repeatable(app, "--suppress", suppress,
             "values that are no detections (MISP warning list or any feed format): a file, a folder, or a glob in quotes; repeatable")
      ->type_name("FILE");
  app->add_flag("--allow-broad", allow_broad, "take indicators that would flood, such as 10.0.0.0/8 or a bare TLD");
  app->add_option("--format", format, "the feeds' format, if it is not found by content; see `mozu formats`")->check(feed_format())->type_name("NAME");
}

void add_match(CommandTree& tree) {
  auto arguments = std::make_shared<MatchArguments>();
  auto& a = *arguments;
  auto* app = tree.root.add_subcommand("match", "find which indicators stand in which lines of logs");
  app->add_option("--index,-i", a.index, "an index file from `mozu index build`")->type_name("FILE");
  repeatable(app, "--feed,-f", a.feeds, "a feed file, a folder (one feed), or feed settings (*.toml); repeatable")->type_name("FILE");
  app->add_option("--as-of", a.as_of, "judge validity at this time instead of each line's own")->check(not_empty())->type_name("TIME");
  app->add_option("--output,-o", a.output, "json, cef, leef, ecs or text (default: text on a terminal, else json)")
      ->check(output_format())
      ->type_name("FORMAT");
  app->add_option("-j,--threads", a.threads, "threads (default: one per processor)")->check(in_range(1, 1024))->type_name("N");
  app->add_flag("--stats", a.stats, "print a summary at the end, to standard error");
  app->add_option("--stats-json", a.stats_json, "write the summary as JSON to this file")->check(named_file())->type_name("FILE");
  app->add_flag("--defanged", a.defanged,
                "also match defanged forms in the logs: hxxp, [.], (.), [dot], [:], [@], [at] and kin are undone before scanning; "
                "offsets still locate the raw bytes");
  app->add_flag("--show-suppressed", a.show_suppressed, "also give suppressed values, with the reason");
  app->add_option("--profile", a.profile, "TOML that renames or restricts the fields of a source")->type_name("FILE");
  app->add_option("--kernel", a.kernel, "auto, scalar, avx2 or avx512")->check(one_of({"auto", "scalar", "avx2", "avx512"}))->type_name("NAME");
  app->add_flag("--fail-on-match", a.fail_on_match, "exit with 3 if anything matched");
  app->add_option("--explain", a.explain, "show the tokens of this line, their canonical forms and what was looked up; nothing else is done")
      ->type_name("LINE");
  app->add_flag("--no-progress", a.no_progress, "no progress bar");
  app->add_option("--line-bytes-max", a.line_bytes_max, fmt::format("longer lines are scanned in pieces (default: {})", default_line_bytes_max))
      ->check(in_range(line_bytes_least, line_bytes_most))
      ->type_name("BYTES");
  add_feed_options(app, a.suppress, a.allow_broad, a.feed_format);
  app->add_option("PATH", a.paths, "files, folders, globs; - or nothing is standard input; .gz .zst .xz .bz2 .zip .tar are unpacked");
  app->footer("Exit: 0 done, 1 bad usage, 2 some input failed (the rest was done), 3 with --fail-on-match if anything matched.");
  tree.add(app, [arguments] { return match_verb(*arguments); });
}

void add_observables(CommandTree& tree) {
  auto arguments = std::make_shared<ObservablesArguments>();
  auto& a = *arguments;
  auto* app = tree.root.add_subcommand("observables", "extract every address, name, URL, e-mail address and hash of logs, counted");
  app->add_option("-j,--threads", a.threads, "threads (default: one per processor)")->check(in_range(1, 1024))->type_name("N");
  repeatable(app, "--type,-t", a.types,
             "only this type, e.g. ipv4, domain, sha256, or as detections call it: ipv4-addr, domain-name, file (any hash); repeatable")
      ->check(
          one_of({"ipv4", "ipv6", "domain", "url", "email", "md5", "sha1", "sha256", "sha512", "ipv4-addr", "ipv6-addr", "domain-name", "email-addr", "file"}))
      ->type_name("TYPE");
  app->add_option("--top", a.top, "only the N most frequent")->check(whole_number())->type_name("N");
  app->add_flag("--json", a.json, "one JSON object a line");
  app->add_flag("--defanged", a.defanged, "also defanged forms, such as evil[.]example");
  app->add_flag("--no-progress", a.no_progress, "no progress bar");
  app->add_option("--line-bytes-max", a.line_bytes_max, fmt::format("longer lines are taken in pieces (default: {})", default_line_bytes_max))
      ->check(in_range(line_bytes_least, line_bytes_most))
      ->type_name("BYTES");
  app->add_option("PATH", a.paths, "files, folders, globs; - or nothing is standard input");
  tree.add(app, [arguments] { return observables_verb(*arguments); });
}

void add_feed(CommandTree& tree) {
  auto arguments = std::make_shared<FeedCheckArguments>();
  auto& a = *arguments;
  auto* app = tree.root.add_subcommand("feed", "look at feeds");
  app->require_subcommand(1);
  auto* check = app->add_subcommand("check", "read feeds and say what is in them and what is refused, and why");
  check->add_option("FILE", a.files, "feed files, folders, globs, or feed settings (*.toml)")->required();
  check->add_option("--format", a.format, "the format, if it is not found by content; see `mozu formats`")->check(feed_format())->type_name("NAME");
  check->add_flag("--allow-broad", a.allow_broad, "take indicators that would flood");
  check->add_flag("--json", a.json, "the report as JSON");
  check->footer("Exit: 0 all read, 1 bad usage, 2 some file could not be read.");
  tree.add(check, [arguments] { return feed_check_verb(*arguments); });
}

void add_index_build(CommandTree& tree, CLI::App* index) {
  auto arguments = std::make_shared<IndexBuildArguments>();
  auto& a = *arguments;
  auto* build = index->add_subcommand("build", "compile feeds into one index file");
  build->add_option("-o,--output", a.output, "the index file to write")->required()->check(named_file())->type_name("FILE");
  repeatable(build, "--config,-c", a.configs, "feed settings; repeatable")->type_name("FEEDS.toml");
  build->add_option("--as-of", a.as_of, "count this as the time of reading (lifetimes, build time)")->check(not_empty())->type_name("TIME");
  build->add_flag("--quiet,-q", a.quiet, "only errors");
  add_feed_options(build, a.suppress, a.allow_broad, a.feed_format);
  build->add_option("FEED", a.feeds, "feed files, folders, globs, or feed settings (*.toml); a folder is one feed")->type_name("PATH");
  build->footer(
      "Each path is a feed of its own, named after its file; name the files (FOLDER/*) to tell them apart, or give settings.\n"
      "Exit: 0 done, 1 bad usage, 2 some feed could not be read (the index holds the rest), or nothing could be written.");
  tree.add(build, [arguments] { return index_build_verb(*arguments); });
}

void add_index_info(CommandTree& tree, CLI::App* index) {
  auto arguments = std::make_shared<IndexInfoArguments>();
  auto& a = *arguments;
  auto* info = index->add_subcommand("info", "what an index holds");
  info->add_option("INDEX", a.index, "the index file")->required();
  info->add_flag("--json", a.json, "as JSON");
  info->add_flag("--verify", a.verify, "check every byte of the file");
  tree.add(info, [arguments] { return index_info_verb(*arguments); });
}

void add_index_merge(CommandTree& tree, CLI::App* index) {
  auto arguments = std::make_shared<IndexMergeArguments>();
  auto& a = *arguments;
  auto* merge = index->add_subcommand("merge", "join indexes into one");
  merge->add_option("-o,--output", a.output, "the index file to write")->required()->check(named_file())->type_name("FILE");
  merge->add_option("INDEX", a.indexes, "the index files")->required();
  tree.add(merge, [arguments] { return index_merge_verb(*arguments); });
}

void add_index_diff(CommandTree& tree, CLI::App* index) {
  auto arguments = std::make_shared<IndexDiffArguments>();
  auto& a = *arguments;
  auto* diff = index->add_subcommand("diff", "which indicators were added, removed or changed");
  diff->add_option("BEFORE", a.before, "an index file")->required();
  diff->add_option("AFTER", a.after, "a later one")->required();
  diff->add_flag("--json", a.json, "one JSON object a line");
  tree.add(diff, [arguments] { return index_diff_verb(*arguments); });
}

}  // namespace

void add_match_verbs(CommandTree& tree) {
  add_match(tree);
  add_observables(tree);
  add_feed(tree);
  auto* index = tree.root.add_subcommand("index", "build, examine, merge and compare index files");
  index->require_subcommand(1);
  add_index_build(tree, index);
  add_index_info(tree, index);
  add_index_merge(tree, index);
  add_index_diff(tree, index);
  auto* formats = tree.root.add_subcommand("formats", "the feed formats that are read");
  auto json = std::make_shared<bool>(false);
  formats->add_flag("--json", *json, "as JSON");
  tree.add(formats, [json] { return formats_verb(*json); });
}

}  // namespace mozu::cli
