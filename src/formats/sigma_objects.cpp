// Sigma rules as indicator objects. The only file of the room that includes yaml-cpp.
#include <fmt/core.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "misp_cluster.hpp"
#include "mozu/base/text.hpp"
#include "rule_object.hpp"

namespace mozu::formats {
namespace {

/// Longer than any rule; bounds what the YAML parser, whose cost is not linear, is given.
constexpr std::size_t rule_bytes_max = std::size_t{1} << 20;

bool has_line(std::string_view text, std::string_view begin) {
  for (std::size_t at = 0; (at = text.find(begin, at)) != std::string_view::npos; ++at)
    if (at == 0 || text[at - 1] == '\n') return true;
  return false;
}

std::string scalar(const YAML::Node& n) { return n && n.IsScalar() ? n.Scalar() : std::string(); }

std::vector<std::string> strings(const YAML::Node& n) {
  constexpr std::size_t strings_max = 500;
  std::vector<std::string> out;
  if (const auto one = scalar(n); !one.empty()) return {one};
  if (!n || !n.IsSequence()) return out;
  for (const auto& e : n)
    if (auto s = scalar(e); !s.empty() && out.size() < strings_max) out.push_back(std::move(s));
  return out;
}

/// Readers of conditions go down with each parenthesis; no rule that a person wrote comes near.
bool is_nested_too_deep(std::string_view condition) {
  constexpr std::size_t depth_max = 100;
  std::size_t depth = 0;
  for (const char c : condition) {
    if (c == '(' && ++depth > depth_max) return true;
    if (c == ')' && depth > 0) --depth;
  }
  return false;
}

class SigmaRules final : public KnowledgeReader {
 public:
  std::string_view name() const override { return "sigma"; }
  std::string_view description() const override { return "Sigma rules: one a file, or documents parted by ---"; }
  int sniff(std::string_view head) const override {
    return has_line(head, "title:") && (has_line(head, "detection:") || has_line(head, "correlation:")) &&
                   (has_line(head, "logsource:") || has_line(head, "correlation:") || has_line(head, "action:"))
               ? 95
               : 0;
  }
  Status read(ByteStream& in, ObjectEmitter& out) const override {
    MOZU_LET(const std::string text, read_all(in, knowledge_document_bytes_max));
    ObjectText object;
    std::uint64_t line = 1, begin_line = 1;
    std::size_t begin = 0;
    for (std::size_t at = 0; at <= text.size(); ++line) {
      const auto end = std::min(text.find('\n', at), text.size());
      const auto row = trim(std::string_view(text).substr(at, end - at));
      const bool part = row == "---" && text[at] == '-';
      if (part || end == text.size()) {
        document(std::string_view(text).substr(begin, (part ? at : end) - begin), begin_line, out, object);
        begin = std::min(end + 1, text.size());
        begin_line = line + 1;
      }
      at = end + 1;
    }
    return {};
  }

 private:
  static void document(std::string_view text, std::uint64_t line, ObjectEmitter& out, ObjectText& object) {
    if (trim(text).empty()) return;
    const Location where{{}, line, {}};
    if (text.size() > rule_bytes_max) return out.refuse("sigma-too-large", fmt::format("the rule has more than {}", human_bytes(rule_bytes_max)), where);
    try {
      rule(YAML::Load(std::string(text)), text, where, out, object);
    } catch (const YAML::Exception& e) {
      Location at = where;
      if (!e.mark.is_null()) at.line += static_cast<std::uint64_t>(e.mark.line);
      out.refuse("sigma-yaml", fmt::format("not valid YAML: {}", e.msg), at, "this rule is left out, the others are kept");
    }
  }

  static void rule(const YAML::Node& n, std::string_view text, const Location& where, ObjectEmitter& out, ObjectText& object) {
    if (!n.IsMap()) return out.refuse("sigma-rule", "a rule should stand here", where);
    const auto title = scalar(n["title"]);
    if (title.empty()) return out.pass_over(n["action"] ? "sigma global document" : "document without a title");
    if (const YAML::Node detection = n["detection"]; detection && detection.IsMap() && std::ranges::any_of(strings(detection["condition"]), is_nested_too_deep))
      return out.refuse("sigma-rule", "the condition has more than 100 parentheses in one another", where);
    RuleObject r;
    r.language = "sigma";
    r.name = r.title = title;
    const auto id = misp_uuid(scalar(n["id"]));
    r.id = id.empty() ? made_id("indicator", {"sigma", out.source(), title}) : "indicator--" + id;
    r.description = scalar(n["description"]);
    r.pattern = std::string(trim(text)) + "\n";
    const auto date = [](std::string s) {
      std::replace(s.begin(), s.end(), '/', '-');
      const auto t = stix_time_of(s);
      return t == undated ? std::string() : t;
    };
    r.created = date(scalar(n["date"]));
    r.modified = date(scalar(n["modified"]));
    for (const auto& tag : strings(n["tags"])) {
      r.labels.push_back(tag);
      if (const auto cve = istarts_with(tag, "cve.") ? cve_id("CVE-" + tag.substr(4)) : std::string(); !cve.empty())
        r.references.push_back({"cve", cve, {}, {}});
      for (auto& t : istarts_with(tag, "attack.") ? attack_techniques(tag.substr(7)) : std::vector<std::string>())
        if (std::find(r.techniques.begin(), r.techniques.end(), t) == r.techniques.end()) r.techniques.push_back(std::move(t));
    }
    for (const auto& url : strings(n["references"])) r.references.push_back({reference_source(url), {}, url, {}});
    r.member = "x_mozu_sigma";
    JsonWriter w(r.raw);
    w.begin_object();
    for (const char* key : {"status", "level", "author", "license"})
      if (const auto s = scalar(n[key]); !s.empty()) w.field(key, std::string_view(s));
    if (n["logsource"] && n["logsource"].IsMap())
      for (const char* key : {"category", "product", "service"})
        if (const auto s = scalar(n["logsource"][key]); !s.empty()) w.field(fmt::format("logsource_{}", key), std::string_view(s));
    w.end_object();
    emit_rule(out, object, std::move(r), where);
  }
};

}  // namespace

std::unique_ptr<KnowledgeReader> make_sigma_objects() { return std::make_unique<SigmaRules>(); }

}  // namespace mozu::formats
