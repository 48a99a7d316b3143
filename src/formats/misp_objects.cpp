// MISP events, whole: attributes, objects, references, galaxies, sightings, proposals, event reports.
#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>

#include "json_reading.hpp"
#include "knowledge_json.hpp"
#include "misp_cluster.hpp"
#include "misp_patterns.hpp"
#include "mozu/base/text.hpp"

namespace mozu::formats {
namespace {

constexpr std::string_view tlp_prefix = "tlp:";

/// What tags say: labels, and the strictest TLP.
struct Tags {
  std::vector<std::string> labels;
  intel::Tlp tlp = intel::Tlp::none;
  void read(JsonObject o) {
    const auto list = array_member(o, "Tag");
    if (!list) return;
    for (const JsonElement e : *list) {
      JsonObject tag;
      if (e.get(tag) != simdjson::SUCCESS) continue;
      const auto name = string_member(tag, "name");
      const auto marking = istarts_with(name, tlp_prefix) ? intel::parse_tlp(name) : std::nullopt;
      if (marking) tlp = std::max(tlp, *marking);
      else if (!name.empty()) labels.emplace_back(name);
    }
  }
};

std::string time_member(JsonObject o, std::string_view key) {
  const auto e = member(o, key);
  const auto t = e ? as_time(*e) : std::nullopt;
  return t && t->ms > 0 ? stix_time(*t) : std::string();
}

bool flag_member(JsonObject o, std::string_view key) {
  const auto e = member(o, key);
  return e && as_bool(*e).value_or(false);
}

/// Members that are kept as they are, under names of their own.
struct Kept {
  std::string_view from, to;
};
constexpr Kept attribute_members[] = {{"type", "x_misp_type"},
                                      {"category", "x_misp_category"},
                                      {"value", "x_misp_value"},
                                      {"comment", "x_misp_comment"},
                                      {"object_relation", "x_misp_object_relation"},
                                      {"distribution", "x_misp_distribution"},
                                      {"data", "x_misp_data"}};
constexpr Kept event_members[] = {{"threat_level_id", "x_misp_threat_level"},
                                  {"analysis", "x_misp_analysis"},
                                  {"distribution", "x_misp_distribution"},
                                  {"extends_uuid", "x_misp_extends_uuid"},
                                  {"publish_timestamp", "x_misp_publish_timestamp"}};

template <std::size_t N>
void keep_members(ObjectText& o, JsonObject from, const Kept (&list)[N]) {
  for (const auto& [name, to] : list)
    if (const auto e = member(from, name)) o.text(to, scalar_text(*e));
}

class MispEvent {
 public:
  explicit MispEvent(ObjectEmitter& out) : out_(out) {}

  /// Whatever a document or an element of a response is.
  void document(JsonObject o, const Location& where) {
    if (const auto sighting = object_member(o, "Sighting"); sighting || member(o, "date_sighting")) return sighting_alone(sighting ? *sighting : o, where);
    if (const auto inner = object_member(o, "Event"); inner && !array_member(o, "Attribute"))
      return event(*inner, {where.file, where.line, where.path + "/Event"});
    if (const auto response = member(o, "response")) {
      JsonArray list;
      JsonObject one;
      if (response->get(list) == simdjson::SUCCESS) {
        for (const JsonElement e : list)
          if (JsonObject item; e.get(item) == simdjson::SUCCESS) document(item, where);
      } else if (response->get(one) == simdjson::SUCCESS) {
        document(one, where);
      }
      return;
    }
    event(o, where);
  }

 private:
  struct Relation {
    std::string source, type, target_uuid, comment, time;
  };
  struct Context {
    std::string author, created;
    Tags tags;
  };

  void event(JsonObject o, const Location& where) {
    refs_.clear();
    ids_.clear();
    relations_.clear();
    links_.clear();
    const auto uuid = misp_uuid(string_member(o, "uuid"));
    const auto info = string_member(o, "info");
    Context c;
    c.tags.read(o);
    c.created = time_member(o, "date");
    const auto modified = time_member(o, "timestamp");
    if (c.created.empty()) c.created = modified.empty() ? std::string(undated) : modified;
    c.author = organisation(o, "Orgc", where);
    contents(o, c, where);
    if (uuid.empty() && info.empty()) return finish_relations(where);  // a list of attributes is no report
    if (uuid.empty()) return out_.refuse("misp-event", "the event has no UUID", where);
    ids_[uuid] = "report--" + uuid;
    reports(o, c, uuid, where);
    object_.begin("report", "report--" + uuid, c.created, modified.empty() ? c.created : modified);
    object_.text("created_by_ref", c.author)
        .text("name", info.empty() ? std::string_view(uuid) : info)
        .text("published", c.created)
        .list("report_types", {"threat-report"});
    object_.list("labels", c.tags.labels).marking(c.tags.tlp);
    std::vector<ExternalReference> references;
    for (const auto& url : links_) references.push_back({reference_source(url), {}, url, {}});
    add_external_references(object_, references);
    if (refs_.empty() && !c.author.empty()) refs_.push_back(c.author);
    object_.list("object_refs", unique(refs_));
    keep_members(object_, o, event_members);
    if (const auto published = member(o, "published")) object_.json().field("x_misp_published", as_bool(*published).value_or(false));
    if (refs_.empty()) return out_.pass_over("event without any content");
    out_.emit(object_.end(), where);
    finish_relations(where);
  }

  /// Sorted copies would lose MISP's order; ObjectText::list compares each with each, which a large event cannot bear.
  static std::vector<std::string> unique(std::vector<std::string> v) {
    std::sort(v.begin(), v.end());
    v.erase(std::unique(v.begin(), v.end()), v.end());
    return v;
  }

  void contents(JsonObject o, const Context& c, const Location& where) {
    each(o, "Attribute", where, [&](JsonObject a, const Location& at) {
      if (const auto id = attribute(a, c, at); !id.empty()) refs_.push_back(id);
    });
    each(o, "Object", where, [&](JsonObject m, const Location& at) { misp_object(m, c, at); });
    galaxies(o, {}, where);
    each(o, "ShadowAttribute", where, [&](JsonObject p, const Location& at) { proposal(p, {}, c, at); });
  }

  template <class F>
  void each(JsonObject o, std::string_view key, const Location& where, F f) {
    const auto e = member(o, key);
    if (!e) return;
    JsonArray list;
    JsonObject one;
    if (e->get(one) == simdjson::SUCCESS) return f(one, Location{where.file, where.line, fmt::format("{}/{}", where.path, key)});
    if (e->get(list) != simdjson::SUCCESS) return;
    std::uint64_t index = 0;
    for (const JsonElement item : list) {
      const Location at{where.file, where.line, fmt::format("{}/{}/{}", where.path, key, index++)};
      if (item.get(one) == simdjson::SUCCESS) f(one, at);
      else out_.refuse("misp-record", "an object should stand here", at);
    }
  }

  std::string organisation(JsonObject o, std::string_view key, const Location& where) {
    const auto org = object_member(o, key);
    const auto uuid = org ? misp_uuid(string_member(*org, "uuid")) : std::string();
    const auto name = org ? string_member(*org, "name") : std::string_view();
    if (name.empty()) return {};
    const std::string id = uuid.empty() ? made_id("identity", {"organization", name}) : "identity--" + uuid;
    object_.begin("identity", id, undated, undated).text("name", name).text("identity_class", "organization");
    out_.emit(object_.end(), where);
    return id;
  }

  /// Gives the id of what the attribute became.
  std::string attribute(JsonObject a, const Context& c, const Location& where) {
    const auto uuid = misp_uuid(string_member(a, "uuid"));
    const auto type = string_member(a, "type");
    const auto value_member = member(a, "value");
    const std::string value = value_member ? scalar_text(*value_member) : std::string();
    if (type.empty() || value.empty()) {
      out_.refuse("misp-attribute", fmt::format("an attribute has no {}", type.empty() ? "type" : "value"), where);
      return {};
    }
    if (const auto cve = type == "vulnerability" ? cve_id(value) : std::string(); !cve.empty()) {
      out_.emit(vulnerability_stub(object_, cve), where);
      refs_.push_back(vulnerability_id(cve));
    }
    if ((type == "link" || type == "url") && !flag_member(a, "to_ids") && istarts_with(value, "http") && links_.size() < 1000) links_.push_back(value);
    Tags tags;
    tags.read(a);
    tags.tlp = std::max(tags.tlp, c.tags.tlp);
    const std::string key = uuid.empty() ? made_id("x", {out_.source(), type, value}).substr(3) : uuid;
    const std::string id = describe(a, c, tags, type, value, key, where);
    if (!uuid.empty()) ids_[uuid] = id;
    galaxies(a, id, where);
    sightings(a, id, c, where);
    each(a, "ShadowAttribute", where, [&](JsonObject p, const Location& at) { proposal(p, id, c, at); });
    return id;
  }

  std::string describe(JsonObject a, const Context& c, const Tags& tags, std::string_view type, const std::string& value, const std::string& key,
                       const Location& where) {
    std::string language;
    const auto pattern = flag_member(a, "to_ids") ? misp_pattern(type, value, language) : std::string();
    const auto seen = pattern.empty() ? misp_observables(type, value) : std::vector<MispObservable>();
    const auto modified = time_member(a, "timestamp");
    const auto first = time_member(a, "first_seen"), last = time_member(a, "last_seen");
    const std::string from = !first.empty() ? first : !modified.empty() ? modified : c.created;
    const std::string_view kind = !pattern.empty() ? "indicator" : !seen.empty() ? "observed-data" : "x-misp-attribute";
    const std::string id = fmt::format("{}--{}", kind, key);
    for (const auto& s : seen) {
      out_.emit(s.json, where);
      refs_.push_back(s.id);
    }
    object_.begin(kind, id, std::min(c.created, modified.empty() ? c.created : modified), modified);
    object_.text("created_by_ref", c.author);
    if (flag_member(a, "deleted")) object_.json().field("revoked", true);
    if (!pattern.empty()) {
      object_.text("name", value.substr(0, 1000))
          .text("description", description_or_source(string_member(a, "comment"), out_.source()))
          .text("pattern", pattern)
          .text("pattern_type", language)
          .text("valid_from", from);
    } else if (!seen.empty()) {
      object_.text("first_observed", from).text("last_observed", last.empty() ? from : std::max(last, from));
      object_.json().field("number_observed", 1);
      std::vector<std::string> ids;
      for (const auto& s : seen) ids.push_back(s.id);
      object_.list("object_refs", ids);
    } else {
      object_.text("name", value.substr(0, 1000)).text("description", string_member(a, "comment"));
    }
    object_.list("labels", tags.labels).marking(tags.tlp);
    if (!first.empty()) object_.text("x_misp_first_seen", first);
    if (!last.empty()) object_.text("x_misp_last_seen", last);
    keep_members(object_, a, attribute_members);
    object_.json().field("x_misp_to_ids", flag_member(a, "to_ids"));
    out_.emit(object_.end(), where);
    return id;
  }

  void misp_object(JsonObject m, const Context& c, const Location& where) {
    const auto uuid = misp_uuid(string_member(m, "uuid"));
    std::vector<std::string> members;
    each(m, "Attribute", where, [&](JsonObject a, const Location& at) {
      if (auto id = attribute(a, c, at); !id.empty()) members.push_back(std::move(id));
    });
    refs_.insert(refs_.end(), members.begin(), members.end());
    if (uuid.empty()) return out_.refuse("misp-object", "an object has no UUID", where);
    if (members.empty()) return out_.pass_over("object without attributes");
    const std::string id = "grouping--" + uuid;
    ids_[uuid] = id;
    refs_.push_back(id);
    const auto modified = time_member(m, "timestamp");
    object_.begin("grouping", id, std::min(c.created, modified.empty() ? c.created : modified), modified);
    object_.text("created_by_ref", c.author);
    if (flag_member(m, "deleted")) object_.json().field("revoked", true);
    object_.text("name", string_member(m, "name"))
        .text("description", string_member(m, "comment"))
        .text("context", "unspecified")
        .list("object_refs", unique(members));
    object_.marking(c.tags.tlp);
    object_.text("x_misp_meta_category", string_member(m, "meta-category")).text("x_misp_template_uuid", string_member(m, "template_uuid"));
    out_.emit(object_.end(), where);
    each(m, "ObjectReference", where, [&](JsonObject r, const Location&) {
      const auto type = string_member(r, "relationship_type");
      relations_.push_back({id, type.empty() ? "related-to" : fold(type), misp_uuid(string_member(r, "referenced_uuid")),
                            std::string(string_member(r, "comment")), time_member(r, "timestamp")});
    });
  }

  /// Clusters of the event (`of` empty: the report refers to them) or of an attribute, which indicates or is related to them.
  void galaxies(JsonObject o, const std::string& of, const Location& where) {
    each(o, "Galaxy", where, [&](JsonObject g, const Location& at) {
      each(g, "GalaxyCluster", at, [&](JsonObject cluster, const Location& place) {
        const auto type = string_member(g, "type");
        const auto id = emit_cluster(out_, object_, cluster, {type.empty() ? string_member(cluster, "type") : type, string_member(g, "name"), 0}, place);
        if (id.empty()) return;
        refs_.push_back(id);
        if (of.empty()) return;
        const std::string_view kind = of.starts_with("indicator--") ? "indicates" : "related-to";
        out_.emit(relationship(object_, kind, of, id), place);
        refs_.push_back(made_id("relationship", {kind, of, id}));
      });
    });
  }

  void sightings(JsonObject a, const std::string& of, const Context& c, const Location& where) {
    each(a, "Sighting", where, [&](JsonObject s, const Location& at) { sighting(s, of, c, at); });
  }

  void sighting(JsonObject s, const std::string& of, const Context& c, const Location& at) {
    const auto who = organisation(s, "Organisation", at);
    const auto seen = time_member(s, "date_sighting");
    const auto type_member = member(s, "type");
    const std::string type = type_member ? scalar_text(*type_member) : "0";
    const auto uuid = misp_uuid(string_member(s, "uuid"));
    const std::string id = uuid.empty() ? made_id("sighting", {of, seen, who, type}) : "sighting--" + uuid;
    const std::string date = seen.empty() ? c.created : seen;
    object_.begin("sighting", id, date, date).text("first_seen", date).text("last_seen", date);
    object_.json().field("count", 1);
    object_.text("sighting_of_ref", of);
    if (!who.empty()) object_.list("where_sighted_refs", {who});
    object_.marking(c.tags.tlp);
    if (type == "1") object_.list("labels", {"false-positive"});
    if (type == "2") object_.list("labels", {"expiration"});
    const auto source = string_member(s, "source");
    object_.text("x_misp_source", source);
    out_.emit(object_.end(), at);
  }

  /// As a server lists sightings: of an attribute that is known already, or that the answer holds (includeAttribute).
  void sighting_alone(JsonObject s, const Location& where) {
    refs_.clear();
    ids_.clear();
    links_.clear();
    const auto a = object_member(s, "Attribute");
    const auto uuid = misp_uuid(a ? string_member(*a, "uuid") : string_member(s, "attribute_uuid"));
    Context c;
    c.created = time_member(s, "date_sighting");
    if (c.created.empty()) c.created = undated;
    std::string of = uuid.empty() ? std::string() : out_.id_of_uuid(uuid);
    if (of.empty() && a) of = attribute(*a, c, {where.file, where.line, where.path + "/Attribute"});
    if (of.empty())
      return out_.refuse("misp-sighting", "a sighting of an attribute that is not known", where,
                         "import its event first, or ask the server with includeAttribute");
    sighting(s, of, c, where);
  }

  void proposal(JsonObject p, const std::string& of, const Context& c, const Location& where) {
    const auto uuid = misp_uuid(string_member(p, "uuid"));
    const auto value = string_member(p, "value");
    const std::string time = time_member(p, "timestamp");
    const std::string id = uuid.empty() ? made_id("x-misp-proposal", {of, string_member(p, "type"), value}) : "x-misp-proposal--" + uuid;
    object_.begin("x-misp-proposal", id, time.empty() ? std::string_view(c.created) : time, time).text("name", value.substr(0, 1000));
    if (!of.empty()) object_.text("object_ref", of);
    object_.marking(c.tags.tlp);
    keep_members(object_, p, attribute_members);
    object_.json().field("x_misp_to_ids", flag_member(p, "to_ids")).field("x_misp_proposal_to_delete", flag_member(p, "proposal_to_delete"));
    if (const auto org = object_member(p, "Org")) object_.text("x_misp_organisation", string_member(*org, "name"));
    out_.emit(object_.end(), where);
    refs_.push_back(id);
  }

  void reports(JsonObject o, const Context& c, const std::string& event, const Location& where) {
    each(o, "EventReport", where, [&](JsonObject r, const Location& at) {
      const auto uuid = misp_uuid(string_member(r, "uuid"));
      const auto content = string_member(r, "content"), name = string_member(r, "name");
      if (uuid.empty() || (content.empty() && name.empty())) return out_.pass_over("empty event report");
      const auto modified = time_member(r, "timestamp");
      object_.begin("note", "note--" + uuid, std::min(c.created, modified.empty() ? c.created : modified), modified).text("created_by_ref", c.author);
      object_.text("abstract", name).text("content", content.empty() ? name : content).list("object_refs", {"report--" + event}).marking(c.tags.tlp);
      out_.emit(object_.end(), at);
    });
  }

  void finish_relations(const Location& where) {
    for (const auto& r : relations_) {
      const auto target = ids_.find(r.target_uuid);
      if (target == ids_.end()) {
        out_.pass_over("reference to what the event does not hold");
        continue;
      }
      const std::string date = r.time.empty() ? std::string(undated) : r.time;
      object_.begin("relationship", made_id("relationship", {r.type, r.source, target->second}), date, date);
      object_.text("relationship_type", r.type).text("source_ref", r.source).text("target_ref", target->second).text("description", r.comment);
      out_.emit(object_.end(), where);
    }
  }

  ObjectEmitter& out_;
  ObjectText object_;
  std::vector<std::string> refs_, links_;
  std::unordered_map<std::string, std::string> ids_;
  std::vector<Relation> relations_;
};

class MispEventReader final : public KnowledgeReader {
 public:
  std::string_view name() const override { return "misp"; }
  std::string_view description() const override { return "MISP events: one, an array, or a server's response; feed events; sightings"; }
  int sniff(std::string_view text) const override {
    const auto head = json_head(text, 3, 200);
    if (head.root == 0) return 0;
    if (head.has("Event", 1) || head.has("Event", 2) || head.has("Event", 3)) return 95;
    const auto* sighting = head.find("Sighting");  // in events it is a list of each attribute, and deeper
    if ((sighting != nullptr && sighting->kind == '{') || (head.has("date_sighting") && head.has("attribute_id"))) return 93;
    const bool event = head.has("info", 1) || head.has("Orgc", 1) || head.has("orgc_id", 1) || head.has("event_id") || head.has("to_ids");
    return event && (head.has("Attribute", 1) || head.has("Object", 1) || head.has("Attribute", 2)) ? 92 : 0;
  }
  Status read(ByteStream& in, ObjectEmitter& out) const override {
    PeekStream stream(in);
    JsonHead head;
    head.scan(stream.head(), 1, 100);
    MispEvent event(out);
    const auto* response = head.find("response", 1);
    const std::string_view list = response != nullptr && response->kind == '[' ? "response" : "";
    return for_each_record(stream, out, list, [&](JsonObject o, const Location& where) { event.document(o, where); });
  }
};

}  // namespace

std::unique_ptr<KnowledgeReader> make_misp_objects() { return std::make_unique<MispEventReader>(); }

}  // namespace mozu::formats
