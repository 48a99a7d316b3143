// Suricata and Snort rules as indicator objects, disabled ones too.
#include <fmt/core.h>

#include <algorithm>

#include "lines.hpp"
#include "mozu/base/text.hpp"
#include "not_a_feed.hpp"
#include "rule_object.hpp"

namespace mozu::formats {
namespace {

/// "alert tcp any any -> any any (…)": an action, six words of header with a direction, options in parentheses.
bool is_rule(std::string_view s) {
  const auto open = s.find('(');
  if (open == std::string_view::npos || !s.ends_with(')')) return false;
  const auto head = s.substr(0, open);
  const auto action = head.substr(0, head.find_first_of(" \t"));
  constexpr std::string_view actions[] = {"alert", "drop",  "pass",  "reject",   "rejectsrc", "rejectdst", "rejectboth",
                                          "log",   "block", "sdrop", "activate", "dynamic",   "config"};
  if (std::find(std::begin(actions), std::end(actions), action) == std::end(actions)) return false;
  return head.find("->") != std::string_view::npos || head.find("<>") != std::string_view::npos || head.find("=>") != std::string_view::npos ||
         std::count(trim(head).begin(), trim(head).end(), ' ') == 1;
}

struct Option {
  std::string name, value;
};

/// "a:b; c; d:\"x\\;\";" → options; quotes and backslashes keep semicolons.
std::vector<Option> options_of(std::string_view text) {
  constexpr std::size_t options_max = 2000;
  std::vector<Option> out;
  std::string one;
  bool quoted = false;
  const auto finish = [&] {
    const std::string_view s = trim(one);
    const auto colon = s.find(':');
    if (!s.empty() && out.size() < options_max)
      out.push_back({std::string(trim(s.substr(0, colon))), colon == std::string_view::npos ? std::string() : std::string(trim(s.substr(colon + 1)))});
    one.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      const char next = text[++i];
      if (next != ';' && next != '"' && next != ':' && next != '\\') one += '\\';
      one += next;
      continue;
    }
    if (text[i] == '"') quoted = !quoted;
    else if (text[i] == ';' && !quoted) finish();
    else one += text[i];
  }
  finish();
  return out;
}

std::string date_of(std::string value) {
  std::replace(value.begin(), value.end(), '_', '-');
  const auto t = stix_time_of(value);
  return t == undated ? std::string() : t;
}

class IdsRules final : public KnowledgeReader {
 public:
  std::string_view name() const override { return "suricata"; }
  std::string_view description() const override { return "Suricata and Snort rules"; }
  int sniff(std::string_view head) const override {
    const auto what = not_a_feed(head);
    return what && what->find("intrusion detection") != std::string_view::npos ? 95 : 0;
  }
  Status read(ByteStream& in, ObjectEmitter& out) const override {
    constexpr std::size_t rule_bytes_max = std::size_t{1} << 20;
    Lines lines(in);
    std::string_view line;
    std::string rule;
    std::uint64_t begin = 0;
    ObjectText object;
    while (lines.next(line) && out.status()) {
      line = trim(line);
      if (rule.empty()) begin = lines.number();
      if (line.ends_with('\\') && rule.size() < rule_bytes_max) {
        rule += line.substr(0, line.size() - 1);
        continue;
      }
      rule += line;
      if (!rule.empty()) take(trim(rule), {{}, begin, {}}, out, object);
      rule.clear();
    }
    if (!rule.empty()) take(trim(rule), {{}, begin, {}}, out, object);
    return lines.status();
  }

 private:
  static void take(std::string_view text, const Location& where, ObjectEmitter& out, ObjectText& object) {
    const bool disabled = text.starts_with('#');
    while (text.starts_with('#')) text = trim(text.substr(1));
    if (is_rule(text)) return emit(text, disabled, where, out, object);
    if (!disabled && !text.empty())
      out.refuse("ids-rule", fmt::format("\"{}\" is no rule", printable(text, 80)), where,
                 "a rule is: action protocol source port -> destination port (options)");
  }

  static void emit(std::string_view text, bool disabled, const Location& where, ObjectEmitter& out, ObjectText& object) {
    RuleObject r;
    const auto open = text.find('(');
    std::string sid, gid = "1", rev, classtype;
    for (const auto& [name, value] : options_of(text.substr(open + 1, text.size() - open - 2))) {
      if (name == "msg") r.title = value;
      else if (name == "sid") sid = value;
      else if (name == "gid") gid = value;
      else if (name == "rev") rev = value;
      else if (name == "classtype") classtype = value;
      else if (name == "reference") add_reference(r, value);
      else if (name == "metadata") read_metadata(r, value);
    }
    if (!to_uint(sid)) return out.refuse("ids-rule", "a rule has no sid", where);
    r.language = text.find("_raw;") == std::string_view::npos && text.find("uricontent:") != std::string_view::npos ? "snort" : "suricata";
    r.name = fmt::format("{}:{}", gid, sid);
    if (r.title.empty()) r.title = r.name;
    r.id = made_id("indicator", {"suricata", out.source(), gid, sid});
    r.pattern = text;
    if (!classtype.empty()) r.labels.push_back(classtype);
    if (disabled) r.labels.emplace_back("disabled");
    r.member = "x_mozu_ids_rule";
    JsonWriter w(r.raw);
    w.begin_object().field("sid", *to_uint(sid)).field("gid", to_uint(gid).value_or(1)).field("rev", to_uint(rev).value_or(0));
    w.field("enabled", !disabled).field("action", text.substr(0, text.find_first_of(" \t"))).end_object();
    emit_rule(out, object, std::move(r), where);
  }

  /// "cve,2017-0144", "url,example.org/x", "md5,…"
  static void add_reference(RuleObject& r, std::string_view value) {
    const auto comma = value.find(',');
    if (comma == std::string_view::npos) return;
    const auto system = trim(value.substr(0, comma)), what = trim(value.substr(comma + 1));
    if (what.empty()) return;
    if (iequals(system, "url")) {
      const std::string url = what.find("://") == std::string_view::npos ? "http://" + std::string(what) : std::string(what);
      r.references.push_back({reference_source(url), {}, url, {}});
    } else if (iequals(system, "cve")) {
      const auto cve = cve_id(istarts_with(what, "cve-") ? std::string(what) : "CVE-" + std::string(what));
      if (!cve.empty()) r.references.push_back({"cve", cve, {}, {}});
    } else if (!system.empty()) {
      r.references.push_back({fold(system), std::string(what), {}, {}});
    }
  }

  static void read_metadata(RuleObject& r, std::string_view value) {
    for (const auto part : split(value, ',')) {
      const auto pair = trim(part);
      const auto blank = pair.find(' ');
      if (blank == std::string_view::npos) continue;
      const auto key = pair.substr(0, blank), word = trim(pair.substr(blank + 1));
      if (key == "created_at") r.created = date_of(std::string(word));
      else if (key == "updated_at") r.modified = date_of(std::string(word));
      else if (key == "mitre_technique_id" || key == "mitre_tactic_id") {
        for (auto& t : attack_techniques(word))
          if (std::find(r.techniques.begin(), r.techniques.end(), t) == r.techniques.end()) r.techniques.push_back(std::move(t));
      } else if (key == "cve") {
        std::string dashed(word);
        std::replace(dashed.begin(), dashed.end(), '_', '-');
        if (const auto cve = cve_id(istarts_with(dashed, "cve-") ? dashed : "CVE-" + dashed); !cve.empty()) r.references.push_back({"cve", cve, {}, {}});
      } else if (r.labels.size() < 50 &&
                 (key == "malware_family" || key == "signature_severity" || key == "attack_target" || key == "tag" || key == "confidence")) {
        r.labels.push_back(fmt::format("{}:{}", key, word));
      }
    }
  }
};

}  // namespace

std::unique_ptr<KnowledgeReader> make_suricata_objects() { return std::make_unique<IdsRules>(); }

}  // namespace mozu::formats
