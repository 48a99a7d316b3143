// A plan as a file. The only file of the room that sees toml++.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <fmt/core.h>

#include "mozu/base/text.hpp"
#include "mozu/plans/plan.hpp"

namespace mozu::plans {
namespace {

constexpr int depth_max = 4;

/// As JSON, which is judged in one place. What JSON has not is null there, and refused.
void write(JsonWriter& w, const toml::node& node, int depth) {
  if (const auto* table = node.as_table(); table != nullptr && depth < depth_max) {
    w.begin_object();
    for (const auto& [key, value] : *table) {
      w.key(key.str());
      write(w, value, depth + 1);
    }
    w.end_object();
  } else if (const auto* list = node.as_array(); list != nullptr && depth < depth_max) {
    w.begin_array();
    for (const auto& value : *list) write(w, value, depth + 1);
    w.end_array();
  } else if (const auto text = node.value_exact<std::string>()) {
    w.value(std::string_view(*text));
  } else if (const auto number = node.value_exact<std::int64_t>()) {
    w.value(*number);
  } else if (const auto flag = node.value_exact<bool>()) {
    w.value(*flag);
  } else {
    w.null();
  }
}

/// Where a member stands: "/opens/kinds" → its line.
std::uint64_t line_of(const toml::table& root, std::string_view path) {
  const toml::node* at = &root;
  for (const auto part : split(path, '/')) {
    if (part.empty()) continue;
    const auto* table = at->as_table();
    const toml::node* next = table == nullptr ? nullptr : table->get(part);
    if (next == nullptr) break;
    at = next;
  }
  return at->source().begin.line;
}

}  // namespace

Result<Plan> read_plan_toml(std::string_view text, const std::string& file) {
  if (!is_utf8(text)) return fail(Diagnostic{Severity::error, "plan-invalid", "the file is no UTF-8", {file, 0, {}}, {}});
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed)
    return fail(Diagnostic{Severity::error, "plan-invalid", std::string(parsed.error().description()), {file, parsed.error().source().begin.line, {}}, {}});
  std::string json;
  JsonWriter w(json);
  write(w, parsed.table(), 0);
  auto plan = read_plan(json);
  if (!plan) {
    Diagnostic d = plan.error();
    d.where.line = line_of(parsed.table(), d.where.path);
    d.where.file = file;
    d.where.path.clear();  // the sentence names it
    return fail(std::move(d));
  }
  return plan;
}

}  // namespace mozu::plans
