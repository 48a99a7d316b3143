// YARA rules compiled, not run. The only file that sees libyara: a rule is made by somebody else, and its compiler is a parser in C like the others here.
#include <fmt/core.h>
#include <yara.h>

#include <memory>

#include "mozu/base/text.hpp"
#include "reader.hpp"

namespace mozu::files {
namespace {

struct Destroy {
  void operator()(YR_COMPILER* c) const { yr_compiler_destroy(c); }
};

void hear(int level, const char*, int line, const YR_RULE* rule, const char* message, void* data) {
  std::string text = printable(message == nullptr ? "" : message, 300);
  if (rule != nullptr) text = fmt::format("rule \"{}\": {}", printable(rule->identifier, 100), text);
  static_cast<TextOut*>(data)->note(level == YARA_ERROR_LEVEL_ERROR ? "yara" : "yara-note", std::move(text), fmt::format("{}", line > 0 ? line : 0));
}

}  // namespace

bool prepare_yara() { return yr_initialize() == ERROR_SUCCESS; }

/// Each mistake is a note, its path the number of the line.
Status read_yara(std::string_view bytes, TextOut& out) {
  YR_COMPILER* made = nullptr;
  if (yr_compiler_create(&made) != ERROR_SUCCESS) return fail("cell-memory", "libyara has no memory");
  const std::unique_ptr<YR_COMPILER, Destroy> compiler(made);
  yr_compiler_set_callback(compiler.get(), hear, &out);
  yr_compiler_set_include_callback(compiler.get(), nullptr, nullptr, nullptr);  // no file of this machine is anybody's rule
  const int errors = yr_compiler_add_string(compiler.get(), std::string(bytes).c_str(), nullptr);
  out.append(errors == 0 ? "compiled" : "refused");
  return {};
}

}  // namespace mozu::files
