// The command line: reads it, runs the verb.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "command_tree.hpp"
#include "mozu/base/text.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

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
  CLI::App root{"Mozu finds threat indicators in logs: exactly, and fast.", "mozu"};
  root.require_subcommand(1);
  root.get_formatter()->column_width(28);
  bool version = false;
  root.add_flag("--version,-V", version, "print the version")->trigger_on_parse()->each([](const std::string&) { throw CLI::CallForVersion("", 0); });
  CommandTree tree{root, {}};
  add_match_verbs(tree);
  add_report_verbs(tree);
  add_knowledge_verbs(tree);
  add_server_verbs(tree);
  add_exchange_verbs(tree);
  tree.add(root.add_subcommand("version", "print the version"), [] { return version_verb(); });
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
  for (const auto& [app, verb] : tree.verbs)
    if (app->parsed()) return verb();
  return exit_usage;
}

}  // namespace mozu::cli
