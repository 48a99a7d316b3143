#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "command_tree.hpp"
#include "mozu/base/text.hpp"

namespace mozu::cli {

CLI::Option* repeatable(CLI::App* app, const std::string& name, std::vector<std::string>& values, const std::string& help) {
  return app->add_option(name, values, help)->allow_extra_args(false);
}

CLI::Validator one_of(std::vector<std::string> names) {
  const auto check = [names = std::move(names)](const std::string& word) {
    return std::ranges::find(names, word) != names.end() ? std::string() : fmt::format("'{}' is none of {}", printable(word, 60), fmt::join(names, ", "));
  };
  return {check, ""};
}

CLI::Validator in_range(int first, int last) { return CLI::Range(first, last).description(""); }
CLI::Validator in_range(std::uint64_t first, std::uint64_t last) { return CLI::Range(first, last).description(""); }

CLI::Validator not_empty() {
  return CLI::Validator([](const std::string& text) { return std::string(text.empty() ? "a value is missing" : ""); }, "");
}

CLI::Validator named_file() {
  const auto check = [](const std::string& name) -> std::string {
    if (name.empty()) return "a value is missing";
    return name == "-" ? "'-' is no file: this is not written to standard output\ngive a name (./- for a file that is called so)" : "";
  };
  return {check, ""};
}

CLI::Validator whole_number() {
  return CLI::Validator(
      [](const std::string& text) { return to_uint(text) ? std::string() : fmt::format("'{}' is no whole number from 0 on", printable(text, 60)); }, "");
}

}  // namespace mozu::cli
