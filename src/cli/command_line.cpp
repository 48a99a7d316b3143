// The command tree. The only file that includes CLI11 (7 s to compile).
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "mozu/base/text.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

struct Arguments {
  MatchArguments match;
  ObservablesArguments observables;
  FeedCheckArguments feed_check;
  IndexBuildArguments index_build;
  IndexInfoArguments index_info;
  IndexMergeArguments index_merge;
  IndexDiffArguments index_diff;
  bool formats_json = false;
};

/// An option that takes one value each time it is given and may be given again: `--feed a --feed b paths…`.
CLI::Option* repeatable(CLI::App* app, const std::string& name, std::vector<std::string>& values, const std::string& help) {
  return app->add_option(name, values, help)->allow_extra_args(false);
}

/// Checks whose rule the help text tells already.
CLI::Validator one_of(std::vector<std::string> names) { return CLI::IsMember(std::move(names)).description(""); }
template <class T>
CLI::Validator in_range(T first, T last) {
  return CLI::Range(first, last).description("");
}

/// Nothing given, as by a variable of a script that is not set, is no answer.
CLI::Validator not_empty() {
  return CLI::Validator([](const std::string& text) { return std::string(text.empty() ? "a value is missing" : ""); }, "");
}
/// CLI11 would read "-1" as the largest number there is.
CLI::Validator whole_number() {
  return CLI::Validator(
      [](const std::string& text) { return to_uint(text) ? std::string() : fmt::format("'{}' is no whole number from 0 on", printable(text, 60)); }, "");
}

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

void add_feed_options(CLI::App* app, std::vector<std::string>& suppress, bool& allow_broad, std::string& format) {
  repeatable(app, "--suppress", suppress, "a list of values that are no detections (MISP warning list or any feed format); repeatable")->type_name("FILE");
  app->add_flag("--allow-broad", allow_broad, "take indicators that would flood, such as 10.0.0.0/8 or a bare TLD");
  app->add_option("--format", format, "the feeds' format, if it is not found by content; see `mozu formats`")->type_name("NAME");
}

CLI::App* add_match(CLI::App& root, MatchArguments& a) {
  auto* app = root.add_subcommand("match", "find which indicators stand in which lines of logs");
  app->add_option("--index,-i", a.index, "an index file from `mozu index build`")->type_name("FILE");
  repeatable(app, "--feed,-f", a.feeds, "a feed file, a folder (one feed), or feed settings (*.toml); repeatable")->type_name("FILE");
  app->add_option("--as-of", a.as_of, "judge validity at this time instead of each line's own")->check(not_empty())->type_name("TIME");
  app->add_option("--output,-o", a.output, "json, cef, leef, ecs or text (default: text on a terminal, else json)")
      ->check(output_format())->type_name("FORMAT");
  app->add_option("-j,--threads", a.threads, "threads (default: one per processor)")->check(in_range(1, 1024))->type_name("N");
  app->add_flag("--stats", a.stats, "print a summary at the end, to standard error");
  app->add_option("--stats-json", a.stats_json, "write the summary as JSON to this file")->check(not_empty())->type_name("FILE");
  app->add_flag("--defanged", a.defanged,
                "also match defanged forms in the logs: hxxp, [.], (.), [dot], [:], [@], [at] and kin are undone before scanning; "
                "offsets still locate the raw bytes");
  app->add_flag("--show-suppressed", a.show_suppressed, "also give suppressed values, with the reason");
  app->add_option("--profile", a.profile, "TOML that renames or restricts the fields of a source")->type_name("FILE");
  app->add_option("--kernel", a.kernel, "auto, scalar, avx2 or avx512")->check(one_of({"auto", "scalar", "avx2", "avx512"}))->type_name("NAME");
  app->add_flag("--fail-on-match", a.fail_on_match, "exit with 3 if anything matched");
  app->add_option("--explain", a.explain, "show the tokens of this line, their canonical forms and what was looked up; nothing else is done")->type_name("LINE");
  app->add_flag("--no-progress", a.no_progress, "no progress bar");
  app->add_option("--line-bytes-max", a.line_bytes_max, "longer lines are scanned in pieces (default: 8388608)")->check(in_range(4096.0, 4e9))->type_name("BYTES");
  add_feed_options(app, a.suppress, a.allow_broad, a.feed_format);
  app->add_option("PATH", a.paths, "files, folders, globs; - or nothing is standard input; .gz .zst .xz .bz2 .zip are unpacked");
  app->footer("Exit: 0 done, 1 bad usage, 2 some input failed (the rest was done), 3 with --fail-on-match if anything matched.");
  return app;
}

CLI::App* add_observables(CLI::App& root, ObservablesArguments& a) {
  auto* app = root.add_subcommand("observables", "extract every address, name, URL, e-mail address and hash of logs, counted");
  app->add_option("-j,--threads", a.threads, "threads (default: one per processor)")->check(in_range(1, 1024))->type_name("N");
  repeatable(app, "--type,-t", a.types, "only this type, e.g. ipv4, domain, sha256, or as detections call it: ipv4-addr, domain-name, file (any hash); repeatable")
      ->check(one_of({"ipv4", "ipv6", "domain", "url", "email", "md5", "sha1", "sha256", "sha512", "ipv4-addr", "ipv6-addr", "domain-name", "email-addr", "file"}))->type_name("TYPE");
  app->add_option("--top", a.top, "only the N most frequent")->check(whole_number())->type_name("N");
  app->add_flag("--json", a.json, "one JSON object a line");
  app->add_flag("--defanged", a.defanged, "also defanged forms, such as evil[.]example");
  app->add_flag("--no-progress", a.no_progress, "no progress bar");
  app->add_option("--line-bytes-max", a.line_bytes_max, "longer lines are taken in pieces")->check(in_range(4096.0, 4e9))->type_name("BYTES");
  app->add_option("PATH", a.paths, "files, folders, globs; - or nothing is standard input");
  return app;
}

CLI::App* add_feed(CLI::App& root, FeedCheckArguments& a, CLI::App*& check) {
  auto* app = root.add_subcommand("feed", "look at feeds");
  app->require_subcommand(1);
  check = app->add_subcommand("check", "read feeds and say what is in them and what is refused, and why");
  check->add_option("FILE", a.files, "feed files, folders, globs, or feed settings (*.toml)")->required();
  check->add_option("--format", a.format, "the format, if it is not found by content; see `mozu formats`")->type_name("NAME");
  check->add_flag("--allow-broad", a.allow_broad, "take indicators that would flood");
  check->add_flag("--json", a.json, "the report as JSON");
  check->footer("Exit: 0 all read, 1 bad usage, 2 some file could not be read.");
  return app;
}

struct IndexVerbs {
  CLI::App *build = nullptr, *info = nullptr, *merge = nullptr, *diff = nullptr;
};
CLI::App* add_index(CLI::App& root, Arguments& a, IndexVerbs& verbs) {
  auto* app = root.add_subcommand("index", "build, examine, merge and compare index files");
  app->require_subcommand(1);
  verbs.build = app->add_subcommand("build", "compile feeds into one index file");
  auto& b = a.index_build;
  verbs.build->add_option("-o,--output", b.output, "the index file to write")->required()->type_name("FILE");
  repeatable(verbs.build, "--config,-c", b.configs, "feed settings; repeatable")->type_name("FEEDS.toml");
  verbs.build->add_option("--as-of", b.as_of, "count this as the time of reading (lifetimes, build time)")->check(not_empty())->type_name("TIME");
  verbs.build->add_flag("--quiet,-q", b.quiet, "only errors");
  add_feed_options(verbs.build, b.suppress, b.allow_broad, b.feed_format);
  verbs.build->add_option("FEED", b.feeds, "feed files, folders, globs, or feed settings (*.toml); a folder is one feed")->type_name("PATH");
  verbs.build->footer("Each path is a feed of its own, named after its file; name the files (FOLDER/*) to tell them apart, or give settings.\n"
                      "Exit: 0 done, 1 bad usage, 2 some feed could not be read (the index holds the rest), or nothing could be written.");
  verbs.info = app->add_subcommand("info", "what an index holds");
  verbs.info->add_option("INDEX", a.index_info.index, "the index file")->required();
  verbs.info->add_flag("--json", a.index_info.json, "as JSON");
  verbs.info->add_flag("--verify", a.index_info.verify, "check every byte of the file");
  verbs.merge = app->add_subcommand("merge", "join indexes into one");
  verbs.merge->add_option("-o,--output", a.index_merge.output, "the index file to write")->required()->type_name("FILE");
  verbs.merge->add_option("INDEX", a.index_merge.indexes, "the index files")->required();
  verbs.diff = app->add_subcommand("diff", "which indicators were added, removed or changed");
  verbs.diff->add_option("BEFORE", a.index_diff.before, "an index file")->required();
  verbs.diff->add_option("AFTER", a.index_diff.after, "a later one")->required();
  verbs.diff->add_flag("--json", a.index_diff.json, "one JSON object a line");
  return app;
}

/// What stands behind a line end of the message is the hint.
int usage_error(const CLI::App& root, std::string message) {
  if (const auto end = message.find('\n'); end != std::string::npos) {
    std::string hint = message.substr(end + 1);
    message.resize(end);
    say(Diagnostic{Severity::error, "usage", std::move(message), {}, std::move(hint)});
    return exit_usage;
  }
  // Name the verb whose help is meant.
  std::string command = "mozu";
  for (const CLI::App* app = &root; !app->get_subcommands().empty();) {
    app = app->get_subcommands().front();
    command += " " + app->get_name();
  }
  say(Diagnostic{Severity::error, "usage", message, {}, fmt::format("`{} --help` shows how it is used", command)});
  return exit_usage;
}

bool check_pinned_time() {
  const char* pinned = std::getenv("MOZU_NOW");
  if (pinned == nullptr || *pinned == '\0' || parse_time_iso(pinned)) return true;
  say(Diagnostic{Severity::error, "usage", fmt::format("the environment variable MOZU_NOW holds '{}', which is no time", printable(pinned, 60)), {},
                 "write it like 2026-11-01T10:00:00Z, or unset it: then the clock counts"});
  return false;
}

}  // namespace

Timestamp now() {
  const char* pinned = std::getenv("MOZU_NOW");
  if (pinned != nullptr)
    if (const auto t = parse_time_iso(pinned)) return *t;
  return Timestamp::now();  // not set or empty: run() refuses anything else
}

bool read_time_argument(const std::string& text, std::string_view option, std::optional<Timestamp>& out) {
  if (text.empty()) return true;
  out = parse_time_any(text);
  if (out) return true;
  say(Diagnostic{Severity::error, "usage", fmt::format("{}: '{}' is no time", option, printable(text)), {}, "write it like 2026-11-01 or 2026-11-01T10:00:00Z"});
  return false;
}

int run(int argc, const char* const* argv) {
  if (argc <= 1) return overview_verb();
  Arguments a;
  CLI::App root{"Mozu finds threat indicators in logs: exactly, and fast.", "mozu"};
  root.require_subcommand(1);
  root.get_formatter()->column_width(28);
  bool version = false;
  root.add_flag("--version,-V", version, "print the version")->trigger_on_parse()->each([](const std::string&) { throw CLI::CallForVersion("", 0); });
  auto* match = add_match(root, a.match);
  auto* observables = add_observables(root, a.observables);
  CLI::App* check = nullptr;
  add_feed(root, a.feed_check, check);
  IndexVerbs index;
  add_index(root, a, index);
  auto* formats = root.add_subcommand("formats", "the feed formats that are read");
  formats->add_flag("--json", a.formats_json, "as JSON");
  auto* version_app = root.add_subcommand("version", "print the version");
  // CLI11 would only say that a verb is missing.
  const std::string_view first = argv[1];
  if (!first.starts_with('-') && root.get_subcommands([first](const CLI::App* verb) { return verb->get_name() == first; }).empty())
    return usage_error(root, fmt::format("'{}' is no verb", printable(first, 60)));
  try {
    root.parse(argc, argv);
  } catch (const CLI::CallForVersion&) {
    return version_verb();
  } catch (const CLI::CallForHelp&) {
    return finish_stdout(root.help(), exit_done);
  } catch (const CLI::ParseError& e) {
    return usage_error(root, e.what());
  }
  if (!check_pinned_time()) return exit_usage;
  if (*match) return match_verb(a.match);
  if (*observables) return observables_verb(a.observables);
  if (*check) return feed_check_verb(a.feed_check);
  if (*index.build) return index_build_verb(a.index_build);
  if (*index.info) return index_info_verb(a.index_info);
  if (*index.merge) return index_merge_verb(a.index_merge);
  if (*index.diff) return index_diff_verb(a.index_diff);
  if (*formats) return formats_verb(a.formats_json);
  if (*version_app) return version_verb();
  return exit_usage;
}

}  // namespace mozu::cli
