// The only file that sees libyara.
#include <fmt/core.h>
#include <yara.h>

#include <memory>

#include "mozu/base/text.hpp"
#include "mozu/publications/attachments.hpp"

namespace mozu::publications {
namespace {

struct Destroy {
  void operator()(YR_COMPILER* c) const { yr_compiler_destroy(c); }
};

struct Heard {
  const std::string& name;
  Diagnostics& diagnostics;
};

void hear(int level, const char*, int line, const YR_RULE* rule, const char* message, void* data) {
  auto& heard = *static_cast<Heard*>(data);
  std::string text = printable(message == nullptr ? "" : message, 300);
  if (rule != nullptr) text = fmt::format("rule \"{}\": {}", printable(rule->identifier, 100), text);
  const bool error = level == YARA_ERROR_LEVEL_ERROR;
  // A slow string is the author's choice; it is told, and does not stop a publication.
  heard.diagnostics.add({error ? Severity::error : Severity::note, error ? "yara" : "yara-note", std::move(text), {heard.name, static_cast<std::uint64_t>(line > 0 ? line : 0), {}}, error ? "correct the rule" : ""});
}

}  // namespace

void check_yara(const std::string& name, std::string_view rules, Diagnostics& diagnostics) {
  const auto refuse = [&](std::string_view code, std::string what) { diagnostics.add({Severity::error, std::string(code), std::move(what), {name, 0, {}}, {}}); };
  if (rules.size() > yara_bytes_max) return refuse("attachment-too-large", fmt::format("YARA rules have at most {} a file", human_bytes(static_cast<double>(yara_bytes_max))));
  if (rules.find('\0') != rules.npos || !is_utf8(rules)) return refuse("yara", "the rules are no UTF-8 text");
  static const int initialised = yr_initialize();  // counts uses itself; ends with the process
  if (initialised != ERROR_SUCCESS) return refuse("yara", "libyara cannot start");
  YR_COMPILER* made = nullptr;
  if (yr_compiler_create(&made) != ERROR_SUCCESS) return refuse("yara", "libyara has no memory");
  const std::unique_ptr<YR_COMPILER, Destroy> compiler(made);
  Heard heard{name, diagnostics};
  yr_compiler_set_callback(compiler.get(), hear, &heard);
  yr_compiler_set_include_callback(compiler.get(), nullptr, nullptr, nullptr);  // no file of this machine is anybody's rule
  const auto before = diagnostics.errors();
  const int errors = yr_compiler_add_string(compiler.get(), std::string(rules).c_str(), nullptr);
  if (errors != 0 && diagnostics.errors() == before) refuse("yara", fmt::format("libyara refuses the rules ({} errors)", errors));
}

}  // namespace mozu::publications
