// ATT&CK Navigator layer 4.5: the techniques of a selection, scored by how many of its actors, campaigns and programs use each.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "export_values.hpp"
#include "mozu/formats/navigator.hpp"

namespace mozu::formats {
namespace {

struct Technique {
  std::string id, domain, name;
  std::set<std::string> users;
};

class NavigatorExport final : public KnowledgeWriter {
 public:
  NavigatorExport(const ExportSettings& settings, ExportSink sink) : settings_(settings), sink_(std::move(sink)) {}

  Status put(const ExportObject& o) override {
    MOZU_LET(const auto element, parser_.parse(o.json, false));
    JsonObject object;
    if (element.get(object) != simdjson::SUCCESS) return {};
    if (o.type == "attack-pattern") return technique(o, object);
    if (o.type == "relationship") {
      const auto kind = string_member(object, "relationship_type");
      if (kind == "uses" || kind == "indicates" || kind == "detects") uses_.emplace(string_member(object, "target_ref"), string_member(object, "source_ref"));
      return {};
    }
    if (const auto name = string_member(object, "name"); !name.empty()) names_.emplace(o.id, name);
    return {};
  }

  Status end() override {
    for (const auto& [target, source] : uses_)
      if (const auto it = techniques_.find(target); it != techniques_.end()) it->second.users.insert(source);
    std::map<std::string, std::size_t> domains;
    for (const auto& [id, t] : techniques_) ++domains[t.domain];
    std::string domain = "enterprise-attack";
    std::size_t most = 0;
    for (const auto& [name, n] : domains)
      if (n > most) domain = name, most = n;
    std::map<std::string, const Technique*> rows;
    for (const auto& [id, t] : techniques_)
      if (t.domain == domain) rows.emplace(t.id, &t);
      else ++left_out_;
    written_ = rows.size();
    return write(domain, rows);
  }

 private:
  Status technique(const ExportObject& o, JsonObject object) {
    const auto revoked = member(object, "revoked"), deprecated = member(object, "x_mitre_deprecated");
    Technique t{attack_id(object), "enterprise-attack", std::string(string_member(object, "name")), {}};
    if (t.id.empty() || (revoked && as_bool(*revoked).value_or(false)) || (deprecated && as_bool(*deprecated).value_or(false))) return ++left_out_, Status();
    if (const auto domains = string_list(object, "x_mitre_domains"); !domains.empty()) t.domain = domains.front();
    techniques_.insert_or_assign(std::string(o.id), std::move(t));
    return {};
  }

  Status write(const std::string& domain, const std::map<std::string, const Technique*>& rows) {
    NavigatorLayer layer{settings_.title,
                         fmt::format("{}, written by Mozu at {}", tlp_line(settings_.tlp), format_time(settings_.now)),
                         domain,
                         std::string(tlp_line(settings_.tlp)),
                         {}};
    for (const auto& [id, t] : rows) layer.techniques.push_back({id, std::max<std::uint64_t>(1, t->users.size()), comment(*t)});
    return sink_({}, navigator_json(layer) + '\n');
  }

  std::string comment(const Technique& t) const {
    constexpr std::size_t named_max = 30;
    std::string out;
    std::size_t n = 0;
    for (const auto& user : t.users) {
      const auto it = names_.find(user);
      if (it == names_.end()) continue;
      if (++n > named_max) return out + ", …";
      out += (out.empty() ? "" : ", ") + it->second;
    }
    return out;
  }

  ExportSettings settings_;
  ExportSink sink_;
  JsonParser parser_;
  std::unordered_map<std::string, Technique> techniques_;
  std::unordered_multimap<std::string, std::string> uses_;
  std::unordered_map<std::string, std::string> names_;
};

}  // namespace

std::string navigator_json(const NavigatorLayer& layer) {
  std::uint64_t highest = 1;
  std::string out;
  JsonWriter w(out);
  w.begin_object().field("name", layer.name).field("domain", layer.domain).field("description", layer.description);
  w.key("versions").begin_object().field("navigator", "5.1.0").field("layer", "4.5").end_object().key("techniques").begin_array();
  for (const auto& t : layer.techniques) {
    highest = std::max(highest, t.score);
    w.begin_object().field("techniqueID", t.attack_id).field("score", t.score).field("enabled", true);
    if (!t.comment.empty()) w.field("comment", t.comment);
    w.end_object();
  }
  w.end_array()
      .key("gradient")
      .begin_object()
      .key("colors")
      .begin_array()
      .value("#ffe8cc")
      .value("#e8590c")
      .end_array()
      .field("minValue", 0)
      .field("maxValue", highest)
      .end_object();
  w.key("metadata").begin_array().begin_object().field("name", "TLP").field("value", layer.tlp).end_object().end_array().end_object();
  return out;
}

std::unique_ptr<KnowledgeWriter> make_navigator_layer(const ExportSettings& s, ExportSink sink) {
  return std::make_unique<NavigatorExport>(s, std::move(sink));
}

}  // namespace mozu::formats
