// The command line: reads it, runs the verb.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

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

/// Single letters to write, drop or change until one word is the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t corner = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) corner = std::exchange(row[j + 1], std::min({corner + (a[i] != b[j] ? 1 : 0), row[j] + 1, row[j + 1] + 1}));
  }
  return row.back();
}

/// What is wrong with the words before the options, hint behind a line end; CLI11 would only say that a verb is missing.
std::string wrong_verb(const CLI::App& root, std::span<const char* const> words) {
  const CLI::App* app = &root;
  std::string command = "mozu";
  for (const std::string_view word : words) {
    const auto verbs = app->get_subcommands({});
    if (verbs.empty()) return {};
    const std::string shown(word.substr(0, 60));
    if (word.starts_with('-'))
      return app->get_option_no_throw(std::string(word)) != nullptr
                 ? ""
                 : fmt::format("'{}' is no option of {}\n`{} --help` shows how it is used", printable(shown), command, command);
    const auto it = std::ranges::find(verbs, word, &CLI::App::get_name);
    if (it != verbs.end()) {
      app = *it;
      command += " " + app->get_name();
      continue;
    }
    const auto near = std::ranges::min(verbs, {}, [&](const CLI::App* verb) { return distance(verb->get_name(), shown); });
    const bool meant = distance(near->get_name(), shown) <= 2;
    return fmt::format("'{}' is no verb{}\n{}`{} --help` shows all", printable(shown), app == &root ? "" : " of " + command,
                       meant ? fmt::format("meant is perhaps `{} {}`; ", command, near->get_name()) : "", command);
  }
  const auto verbs = app->get_subcommands({});
  if (verbs.empty()) return {};
  std::string names;
  for (const CLI::App* verb : verbs) names += (names.empty() ? "" : ", ") + verb->get_name();
  return fmt::format("`{}` needs a verb: {}\n`{} --help` shows more", command, names, command);
}

/// CLI11 shows "--feed FILE ..." of an option that is given again for each value, and "PATH TEXT ..." of a path.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_option_opts(const CLI::Option* option) const override {
    std::string text = CLI::Formatter::make_option_opts(option);
    const std::string_view unwanted = option->get_positional() ? " TEXT" : " ...";
    if (const auto at = text.find(unwanted); at != std::string::npos) text.erase(at, unwanted.size());
    return text;
  }
};

bool check_pinned_time() {
  const char* pinned = std::getenv("MOZU_NOW");
  if (pinned == nullptr || *pinned == '\0' || parse_time_iso(pinned)) return true;
  say(Diagnostic{Severity::error,
                 "usage",
                 fmt::format("the environment variable MOZU_NOW holds '{}', which is no time", printable(pinned, 60)),
                 {},
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
  say(Diagnostic{
      Severity::error, "usage", fmt::format("{}: '{}' is no time", option, printable(text)), {}, "write it like 2026-11-01 or 2026-11-01T10:00:00Z"});
  return false;
}

int run(int argc, const char* const* argv) {
  if (argc <= 1 || (argc == 2 && std::string_view(argv[1]) == "help")) return overview_verb();
  CLI::App root{"Mozu finds threat indicators in logs: exactly, and fast.", "mozu"};
  root.require_subcommand(1);
  root.formatter(std::make_shared<HelpFormatter>());
  root.get_formatter()->column_width(28);
  bool version = false;
  root.add_flag("--version,-V", version, "print the version")->trigger_on_parse()->each([](const std::string&) { throw CLI::CallForVersion("", 0); });
  CommandTree tree{root, {}};
  add_match_verbs(tree);
  add_report_verbs(tree);
  add_publication_verbs(tree);
  add_plan_verbs(tree);
  add_false_positive_verbs(tree);
  add_knowledge_verbs(tree);
  add_gene_verbs(tree);
  add_server_verbs(tree);
  add_exchange_verbs(tree);
  tree.add(root.add_subcommand("version", "print the version"), [] { return version_verb(); });
  if (std::string wrong = wrong_verb(root, {argv + 1, static_cast<std::size_t>(argc - 1)}); !wrong.empty()) return usage_error(root, std::move(wrong));
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
