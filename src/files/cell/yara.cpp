// YARA rules compiled, and objects looked at with them. The only file that sees libyara: a rule is made by somebody else, and its compiler is a parser in C like the others here.
#include <fmt/core.h>
#include <yara.h>

#include <cstring>
#include <memory>

#include "mozu/base/text.hpp"
#include "objects.hpp"
#include "reader.hpp"
#include "wire_objects.hpp"

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

using Compiler = std::unique_ptr<YR_COMPILER, Destroy>;
Compiler new_compiler() {
  YR_COMPILER* made = nullptr;
  if (yr_compiler_create(&made) != ERROR_SUCCESS) return nullptr;
  yr_compiler_set_include_callback(made, nullptr, nullptr, nullptr);  // no file of this machine is anybody's rule
  return Compiler(made);
}

/// The first mistake.
void hear_first(int level, const char*, int line, const YR_RULE* rule, const char* message, void* data) {
  auto& why = *static_cast<std::string*>(data);
  if (level != YARA_ERROR_LEVEL_ERROR || !why.empty()) return;
  why = printable(message == nullptr ? "it does not compile" : message, yara_text_bytes_max);
  if (rule != nullptr) why = fmt::format("rule {}: {}", printable(rule->identifier, 100), why);
  why = fmt::format("line {}: {}", line, why);
}

std::string told(const char* text) { return printable(text == nullptr ? "" : text, yara_text_bytes_max - 8); }

YaraHit hit_of(YR_SCAN_CONTEXT* context, YR_RULE* rule) {
  YaraHit out;
  out.rule = told(rule->identifier);
  const char* tag = nullptr;
  yr_rule_tags_foreach(rule, tag) if (out.tags.size() < yara_tags_max) out.tags.push_back(told(tag));
  YR_META* meta = nullptr;
  yr_rule_metas_foreach(rule, meta) if (meta->type == META_TYPE_STRING && std::string_view(meta->identifier) == "description") out.description =
      told(meta->string);
  YR_STRING* string = nullptr;
  yr_rule_strings_foreach(rule, string) {
    // libyara lays matches out as they come, whatever their alignment: each is copied.
    YR_MATCH match{};
    for (const void* at = context->matches[string->idx].head; at != nullptr && out.strings.size() < yara_strings_max; at = match.next) {
      std::memcpy(&match, at, sizeof match);
      if (!match.is_private) out.strings.push_back({told(string->identifier), static_cast<std::uint64_t>(match.base + match.offset)});
    }
  }
  return out;
}

int hear_match(YR_SCAN_CONTEXT* context, int message, void* data, void* user) {
  auto& hits = *static_cast<std::vector<YaraHit>*>(user);
  if (message == CALLBACK_MSG_RULE_MATCHING) hits.push_back(hit_of(context, static_cast<YR_RULE*>(data)));
  return hits.size() < yara_hits_max ? CALLBACK_CONTINUE : CALLBACK_ABORT;
}

}  // namespace

YaraRules::~YaraRules() {
  if (rules_ != nullptr) yr_rules_destroy(rules_);
}

std::string YaraRules::compile(const std::string& text) {
  const auto compiler = new_compiler();
  if (compiler == nullptr) return "libyara has no memory";
  std::string why;
  yr_compiler_set_callback(compiler.get(), hear_first, &why);
  if (yr_compiler_add_string(compiler.get(), text.c_str(), nullptr) != 0) return why.empty() ? "they do not compile" : why;
  return yr_compiler_get_rules(compiler.get(), &rules_) == ERROR_SUCCESS ? "" : "libyara has no memory";
}

bool YaraRules::look_at(std::string_view bytes, int seconds, std::vector<YaraHit>& hits) const {
  // What it catches otherwise are signals of files that shrink while they are mapped.
  constexpr int flags = SCAN_FLAGS_REPORT_RULES_MATCHING | SCAN_FLAGS_NO_TRYCATCH;
  const int said = yr_rules_scan_mem(rules_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), flags, hear_match, &hits, seconds);
  return said == ERROR_SUCCESS && hits.size() < yara_hits_max;
}

bool prepare_yara() { return yr_initialize() == ERROR_SUCCESS; }

/// Each mistake is a note, its path the number of the line.
Status read_yara(std::string_view bytes, TextOut& out) {
  const auto compiler = new_compiler();
  if (compiler == nullptr) return fail("cell-memory", "libyara has no memory");
  yr_compiler_set_callback(compiler.get(), hear, &out);
  const int errors = yr_compiler_add_string(compiler.get(), std::string(bytes).c_str(), nullptr);
  out.append(errors == 0 ? "compiled" : "refused");
  return {};
}

}  // namespace mozu::files
