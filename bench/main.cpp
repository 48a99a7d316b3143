// mozu_bench: one measurement per call, each in a process of its own, so that memory figures mean something.
// bench/run.py calls it; docs/benchmarks.md says what is measured and how.
#include <fmt/core.h>

#include <array>
#include <cstdio>
#include <new>

#include "mozu/base/diagnostics.hpp"
#include "support.hpp"

namespace {

using Command = mozu::Status (*)(const mozu::bench::Arguments&);
struct Named {
  std::string_view name;
  Command run;
};
constexpr std::array commands = {
    Named{"sample", mozu::bench::command_sample}, Named{"tokens", mozu::bench::command_tokens},       Named{"build", mozu::bench::command_build},
    Named{"open", mozu::bench::command_open},     Named{"scan", mozu::bench::command_scan},           Named{"lines", mozu::bench::command_lines},
    Named{"limits", mozu::bench::command_limits}, Named{"hyperscan", mozu::bench::command_hyperscan},
};

mozu::Status run(int count, char** words) {
  const std::string_view wanted = count > 1 ? words[1] : "";
  for (const Named& c : commands) {
    if (c.name != wanted) continue;
    auto arguments = mozu::bench::Arguments::parse(count - 2, words + 2);
    if (!arguments) return std::unexpected(arguments.error());
    return c.run(*arguments);
  }
  return mozu::fail("usage", "the first word must be sample, tokens, build, open, scan, lines, limits or hyperscan", "bench/support.hpp lists their options");
}

}  // namespace

int main(int count, char** words) {
  try {
    const mozu::Status status = run(count, words);
    if (status) return 0;
    fmt::print(stderr, "mozu_bench: {}\n", mozu::render_text(status.error()));
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "mozu_bench: not enough memory\n");
  }
  return 1;
}
