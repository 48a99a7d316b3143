// YARA rules as indicator objects.
#include <fmt/core.h>

#include <algorithm>

#include "mozu/base/text.hpp"
#include "rule_object.hpp"
#include "yara_rules.hpp"

namespace mozu::formats {
namespace {

/// A time only if it is one: rule authors write dates in every shape.
std::string date_of(std::string_view text) {
  auto t = stix_time_of(text);
  if (t == undated && text.find('/') == 4) {
    std::string dashed(text);
    std::replace(dashed.begin(), dashed.end(), '/', '-');
    t = stix_time_of(dashed);
  }
  return t == undated ? std::string() : t;
}

class YaraRules final : public KnowledgeReader {
 public:
  std::string_view name() const override { return "yara"; }
  std::string_view description() const override { return "YARA rules"; }
  int sniff(std::string_view head) const override {
    if (head.find("condition") == std::string_view::npos || head.find("rule") == std::string_view::npos) return 0;
    const auto file = split_yara(head);  // the head may end inside a rule
    return !file.rules.empty() && file.rules.size() >= file.problems.size() ? 96 : 0;
  }
  Status read(ByteStream& in, ObjectEmitter& out) const override {
    MOZU_LET(const std::string text, read_all(in, knowledge_document_bytes_max));
    const YaraFile file = split_yara(text);
    for (const auto& p : file.problems) out.refuse("yara-rule", p.message, {{}, p.line, {}}, "the other rules of the file are kept");
    ObjectText object;
    for (const auto& rule : file.rules) emit(rule, file, out, object);
    return {};
  }

 private:
  static void emit(const YaraRule& rule, const YaraFile& file, ObjectEmitter& out, ObjectText& object) {
    RuleObject r;
    r.language = "yara";
    r.name = rule.name;
    r.id = made_id("indicator", {"yara", out.source(), rule.name});
    for (const auto module : file.imports)
      if (rule.text.find(std::string(module) + ".") != std::string_view::npos) r.pattern += fmt::format("import \"{}\"\n", module);
    r.pattern += rule.text;
    r.member = "x_mozu_rule_meta";
    JsonWriter w(r.raw);
    w.begin_object();
    std::vector<std::string_view> seen;
    for (const auto& [key, value] : rule.meta) {
      read_meta(r, key, value);
      if (std::find(seen.begin(), seen.end(), key) != seen.end()) continue;
      seen.push_back(key);
      w.key(key).begin_array();
      for (const auto& [k, v] : rule.meta)
        if (k == key) w.value(std::string_view(v));
      w.end_array();
    }
    w.end_object();
    for (const auto tag : rule.tags) r.labels.emplace_back(tag);
    if (rule.is_private) r.labels.emplace_back("private-rule");
    if (rule.is_global) r.labels.emplace_back("global-rule");
    for (const auto tag : rule.tags) add_techniques(r, tag);
    emit_rule(out, object, std::move(r), {{}, rule.line, {}});
  }

  static void read_meta(RuleObject& r, std::string_view key, const std::string& value) {
    if (iequals(key, "description") || iequals(key, "desc")) r.description = value;
    else if (iequals(key, "date") || iequals(key, "created")) r.created = date_of(value);
    else if (iequals(key, "modified") || iequals(key, "last_modified") || iequals(key, "updated")) r.modified = date_of(value);
    else if (istarts_with(key, "ref") && value.find_first_of(" \n") == std::string::npos && value.find('.') != std::string::npos)
      r.references.push_back({reference_source(value), {}, value, {}});
    else if (istarts_with(key, "ref")) r.references.push_back({"reference", {}, {}, value});
    else if (istarts_with(key, "hash") || iequals(key, "md5") || iequals(key, "sha1") || iequals(key, "sha256")) return;
    else add_techniques(r, value);
  }

  static void add_techniques(RuleObject& r, std::string_view text) {
    for (auto& t : attack_techniques(text))
      if (std::find(r.techniques.begin(), r.techniques.end(), t) == r.techniques.end()) r.techniques.push_back(std::move(t));
  }
};

}  // namespace

std::unique_ptr<KnowledgeReader> make_yara_objects() { return std::make_unique<YaraRules>(); }

}  // namespace mozu::formats
