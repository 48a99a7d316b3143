// Private to the room: a file of YARA rules, taken apart without compiling it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mozu::formats {

struct YaraRule {
  std::string_view name, text;  ///< text: from its first modifier to the closing brace
  bool is_private = false, is_global = false;
  std::vector<std::string_view> tags;
  std::vector<std::pair<std::string, std::string>> meta;  ///< in order; strings unescaped
  std::uint64_t line = 0;
};
struct YaraProblem {
  std::uint64_t line = 0;
  std::string message;
};
struct YaraFile {
  std::vector<std::string_view> imports;  ///< module names
  std::vector<YaraRule> rules;
  std::vector<YaraProblem> problems;  ///< each costs the rule it stands in
};

/// Views point into `text`. Linear time.
YaraFile split_yara(std::string_view text);

}  // namespace mozu::formats
