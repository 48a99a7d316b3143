// MISP events: a report and what it refers to become an event; what no report refers to becomes an event of its own.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "export_values.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "object_text.hpp"

namespace mozu::formats {
namespace {

constexpr std::size_t attributes_max = 2'000'000, beside_max = 2'000'000;

struct Meaning {
  std::string_view property, type, category;
};
constexpr std::array meanings = {
    Meaning{"ipv4-addr:value", "ip-dst", "Network activity"},      Meaning{"ipv6-addr:value", "ip-dst", "Network activity"},
    Meaning{"domain-name:value", "domain", "Network activity"},    Meaning{"url:value", "url", "Network activity"},
    Meaning{"email-addr:value", "email-src", "Payload delivery"},  Meaning{"email-message:subject", "email-subject", "Payload delivery"},
    Meaning{"file:hashes.MD5", "md5", "Payload delivery"},         Meaning{"file:hashes.SHA-1", "sha1", "Payload delivery"},
    Meaning{"file:hashes.SHA-256", "sha256", "Payload delivery"},  Meaning{"file:hashes.SHA-512", "sha512", "Payload delivery"},
    Meaning{"file:hashes.SSDEEP", "ssdeep", "Payload delivery"},   Meaning{"file:hashes.TLSH", "tlsh", "Payload delivery"},
    Meaning{"file:hashes.IMPHASH", "imphash", "Payload delivery"}, Meaning{"file:name", "filename", "Payload delivery"},
    Meaning{"mutex:name", "mutex", "Artifacts dropped"},           Meaning{"windows-registry-key:key", "regkey", "Persistence mechanism"},
    Meaning{"mac-addr:value", "mac-address", "Network activity"},  Meaning{"autonomous-system:number", "AS", "Network activity"}};

/// Galaxies of MISP by the type of object; techniques are named with their number. What came from a galaxy goes back into it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> galaxies = {{{"intrusion-set", "threat-actor"},
                                                                                    {"threat-actor", "threat-actor"},
                                                                                    {"malware", "malpedia"},
                                                                                    {"tool", "tool"},
                                                                                    {"attack-pattern", "mitre-attack-pattern"},
                                                                                    {"campaign", "mitre-campaign"},
                                                                                    {"course-of-action", "mitre-course-of-action"},
                                                                                    {"x-misp-galaxy-cluster", {}}}};
constexpr std::string_view galaxy_label = "misp-galaxy:";

std::string uuid_of(std::string_view id) {
  const auto at = id.find("--");
  return at == std::string_view::npos ? std::string() : std::string(id.substr(at + 2));
}

std::string unix_time(std::string_view iso) {
  const auto t = parse_time_iso(iso);
  return t && t->ms > 0 ? fmt::format("{}", t->ms / 1000) : "0";
}

std::string tag_of_tlp(intel::Tlp tlp) { return fold(intel::name(tlp)); }

void write_tags(JsonWriter& w, const std::vector<std::string>& labels, intel::Tlp tlp) {
  w.key("Tag").begin_array();
  for (const auto& label : labels) w.begin_object().field("name", std::string_view(label)).end_object();
  if (tlp != intel::Tlp::none) w.begin_object().field("name", tag_of_tlp(tlp)).end_object();
  w.end_array();
}

struct Event {
  std::string uuid, info, date, timestamp, author, threat_level = "4", analysis = "2", distribution = "0";
  std::vector<std::string> labels;
  intel::Tlp tlp = intel::Tlp::none;
  std::vector<std::string> refs;
  bool published = false;
  std::string published_at, extends;
};
struct Grouping {
  std::string uuid, name, comment, meta_category, template_uuid, timestamp;
  std::vector<std::string> refs;
};
/// The attributes an object became: JSON, parted by commas. What is said of the object goes into the first of them.
struct Attributes {
  std::string first, others;
  std::string digests;  ///< MD5 of the values, 32 digits each: what hashes.csv of a feed holds
};
struct Cluster {
  std::string tag, json;
};
/// What MISP says within another element: the relation of an object or of an attribute to a cluster, sightings, reports, proposals.
struct Relation {
  std::string type, target, comment, timestamp;
};
struct Sighting {
  std::string uuid, date, type, source, by;
};
struct Beside {
  std::vector<Relation> relations;
  std::vector<Sighting> sightings;
  std::vector<std::string> reports;    ///< JSON
  std::vector<std::string> proposals;  ///< ids
};

class MispEvents final : public KnowledgeWriter {
 public:
  MispEvents(bool folder, const ExportSettings& settings, ExportSink sink) : folder_(folder), settings_(settings), sink_(std::move(sink)) {}

  Status put(const ExportObject& o) override {
    MOZU_LET(const auto element, parser_.parse(o.json, false));
    JsonObject object;
    if (element.get(object) != simdjson::SUCCESS) return {};
    const auto text = [&](std::string_view key) { return std::string(string_member(object, key)); };
    if (o.type == "report") return report(o, object);
    if (o.type == "identity") return authors_.emplace(o.id, text("name")), ++written_, Status();
    if (o.type == "grouping") {
      groupings_[std::string(o.id)] = {uuid_of(o.id),
                                       text("name"),
                                       text("description"),
                                       text("x_misp_meta_category"),
                                       text("x_misp_template_uuid"),
                                       unix_time(text("modified")),
                                       string_list(object, "object_refs", 100'000)};
      order_.emplace_back(o.id);
      return ++written_, Status();
    }
    for (const auto& [type, galaxy] : galaxies)
      if (type == o.type) return cluster(o, object, std::string(galaxy));
    if (o.type == "relationship" || o.type == "sighting" || o.type == "note" || o.type == "x-misp-proposal") return beside(o, object);
    if (o.type == "vulnerability") return vulnerability(o, object);
    return attributes(o, object);
  }

  Status end() override {
    std::unordered_set<std::string> told;
    std::string manifest = "{";
    for (const auto& event : events_) {
      const auto json = render(event, told);
      MOZU_TRY(give(event, json, manifest));
    }
    Event rest{uuid_v5(made_space, "misp export " + settings_.title),
               settings_.title,
               format_time(settings_.now).substr(0, 10),
               fmt::format("{}", settings_.now.ms / 1000),
               {},
               "4",
               "2",
               "0",
               {},
               settings_.tlp,
               {},
               false,
               {},
               {}};
    for (const auto& id : order_)
      if (!told.contains(id)) rest.refs.push_back(id);
    if (!rest.refs.empty()) MOZU_TRY(give(rest, render(rest, told), manifest));
    written_ += beside_written_, left_out_ += beside_given_ - std::min(beside_given_, beside_written_);
    if (folder_) {
      MOZU_TRY(sink_("hashes.csv", hashes_));
      return sink_("manifest.json", manifest + "}\n");
    }
    return sink_({}, count_ == 0 ? "{\"response\":[]}\n" : "\n]}\n");
  }

 private:
  Status report(const ExportObject& o, JsonObject object) {
    const auto text = [&](std::string_view key) { return std::string(string_member(object, key)); };
    const auto kept = [&](std::string_view key, std::string absent) {
      const auto s = text(key);
      return s.empty() ? std::move(absent) : s;
    };
    const auto published = member(object, "x_misp_published");
    events_.push_back({uuid_of(o.id), text("name"), kept("created", "1970-01-01").substr(0, 10), unix_time(text("modified")), text("created_by_ref"),
                       kept("x_misp_threat_level", "4"), kept("x_misp_analysis", "2"), kept("x_misp_distribution", "0"), export_labels(object), o.tlp,
                       string_list(object, "object_refs", attributes_max), published && as_bool(*published).value_or(false), text("x_misp_publish_timestamp"),
                       text("x_misp_extends_uuid")});
    ++written_;
    return {};
  }

  Status cluster(const ExportObject& o, JsonObject object, std::string galaxy) {
    std::string name(string_member(object, "name"));
    for (const auto& label : export_labels(object))
      if (label.starts_with(galaxy_label)) galaxy = label.substr(galaxy_label.size());
    if (galaxy.empty() || name.empty()) return ++left_out_, Status();
    std::string value = name;
    if (const auto id = attack_id(object); o.type == "attack-pattern" && !id.empty() && name.find(id) == std::string::npos) value += " - " + id;
    std::string quoted = value;
    std::erase(quoted, '"');
    Cluster c{fmt::format("{}{}=\"{}\"", galaxy_label, galaxy, quoted), {}};
    JsonWriter w(c.json);
    const auto galaxy_name = string_member(object, "x_misp_galaxy");
    w.begin_object()
        .field("type", galaxy)
        .field("name", galaxy_name.empty() ? std::string_view(galaxy) : galaxy_name)
        .key("GalaxyCluster")
        .begin_array()
        .begin_object();
    w.field("uuid", uuid_of(o.id))
        .field("type", galaxy)
        .field("value", value)
        .field("tag_name", c.tag)
        .field("description", string_member(object, "description"));
    write_meta(w, object);
    w.end_object().end_array().end_object();
    if (clusters_.emplace(o.id, std::move(c)).second) order_.emplace_back(o.id);
    ++written_;
    return {};
  }

  /// Meta as it came, or what STIX has for its members.
  static void write_meta(JsonWriter& w, JsonObject object) {
    w.key("meta");
    if (const auto meta = object_member(object, "x_misp_meta")) {
      w.raw(simdjson::minify(*meta));
      return;
    }
    std::vector<std::string> urls, ids;
    if (const auto references = array_member(object, "external_references"))
      for (const JsonElement e : *references) {
        JsonObject r;
        if (e.get(r) != simdjson::SUCCESS) continue;
        if (const auto url = string_member(r, "url"); !url.empty()) urls.emplace_back(url);
        if (const auto id = string_member(r, "external_id"); !id.empty()) ids.emplace_back(id);
      }
    const auto list = [&w](std::string_view key, const std::vector<std::string>& values) {
      if (values.empty()) return;
      w.key(key).begin_array();
      for (const auto& v : values) w.value(std::string_view(v));
      w.end_array();
    };
    w.begin_object();
    list("synonyms", string_list(object, "aliases", 10'000));
    list("external_id", ids);
    list("refs", urls);
    w.end_object();
  }

  /// Kept by what it is said of, which may come later.
  Status beside(const ExportObject& o, JsonObject object) {
    if (++beside_given_ > beside_max)
      return fail("export-too-large",
                  fmt::format("a MISP event is one document, and more than {} relations, sightings and notes do not fit into memory", with_commas(beside_max)),
                  "select less: --type, --label, --source, --since");
    const auto text = [&](std::string_view key) { return std::string(string_member(object, key)); };
    if (o.type == "relationship") {
      beside_[text("source_ref")].relations.push_back({text("relationship_type"), text("target_ref"), text("description"), unix_time(text("modified"))});
    } else if (o.type == "sighting") {
      const auto labels = export_labels(object), by = string_list(object, "where_sighted_refs", 1);
      const auto is = [&](std::string_view label) { return std::ranges::find(labels, label) != labels.end(); };
      const auto seen = text("last_seen");
      beside_[text("sighting_of_ref")].sightings.push_back({uuid_of(o.id), unix_time(seen.empty() ? text("created") : seen),
                                                            is("false-positive") ? "1"
                                                            : is("expiration")   ? "2"
                                                                                 : "0",
                                                            text("x_misp_source"), by.empty() ? std::string() : by.front()});
    } else {
      std::string json;
      JsonWriter w(json);
      w.begin_object();
      if (o.type == "note") {
        w.field("uuid", uuid_of(o.id))
            .field("name", text("abstract"))
            .field("content", text("content"))
            .field("timestamp", unix_time(text("modified")))
            .end_object();
        for (const auto& ref : string_list(object, "object_refs", 1000))
          if (ref.starts_with("report--")) return beside_[ref].reports.push_back(std::move(json)), Status();
        return {};
      }
      for (const auto& [name, from] :
           {std::pair{"type", "x_misp_type"}, {"category", "x_misp_category"}, {"value", "x_misp_value"}, {"comment", "x_misp_comment"}})
        w.field(name, text(from));
      w.field("uuid", uuid_of(o.id));
      if (const auto by = text("x_misp_organisation"); !by.empty()) w.key("Org").begin_object().field("name", by).end_object();
      const auto flag = [&](std::string_view from) {
        const auto e = member(object, from);
        return e && as_bool(*e).value_or(false);
      };
      w.field("timestamp", unix_time(text("modified")))
          .field("to_ids", flag("x_misp_to_ids"))
          .field("proposal_to_delete", flag("x_misp_proposal_to_delete"))
          .end_object();
      proposals_.emplace(o.id, std::move(json));
      const auto of = text("object_ref");
      (of.empty() ? order_ : beside_[of].proposals).emplace_back(o.id);
    }
    return {};
  }

  Status vulnerability(const ExportObject& o, JsonObject object) {
    return attribute(o, object, uuid_of(o.id), "vulnerability", "External analysis", std::string(string_member(object, "name")), false);
  }

  Status attributes(const ExportObject& o, JsonObject object) {
    if (const auto type = string_member(object, "x_misp_type"); !type.empty()) {
      const auto to_ids = member(object, "x_misp_to_ids");
      const auto category = string_member(object, "x_misp_category");
      return attribute(o, object, uuid_of(o.id), type, category.empty() ? "Other" : category, std::string(string_member(object, "x_misp_value")),
                       to_ids && as_bool(*to_ids).value_or(false));
    }
    const auto language = string_member(object, "pattern_type");
    if (o.type == "indicator" && (language == "yara" || language == "sigma" || language == "snort" || language == "suricata"))
      return attribute(o, object, uuid_of(o.id), language == "suricata" ? "snort" : language, language == "yara" ? "Payload installation" : "Network activity",
                       std::string(string_member(object, "pattern")), true);
    const auto values = export_values(object);
    bool any = false;
    for (const auto& v : values)
      for (const auto& m : meanings)
        if (m.property == v.property) {
          any = true;
          const auto uuid = values.size() == 1 ? uuid_of(o.id) : uuid_v5(made_space, fmt::format("misp {} {} {}", o.id, v.property, v.value));
          MOZU_TRY(attribute(o, object, uuid, m.type, m.category, v.value, o.type == "indicator"));
        }
    if (!any) ++left_out_;
    return {};
  }

  Status attribute(const ExportObject& o, JsonObject object, const std::string& uuid, std::string_view type, std::string_view category, std::string value,
                   bool to_ids) {
    if (value.empty()) return ++left_out_, Status();
    if (++attribute_count_ > attributes_max)
      return fail("export-too-large", fmt::format("a MISP event is one document, and more than {} values do not fit into memory", with_commas(attributes_max)),
                  "select less: --type, --label, --source, --since");
    std::string out;
    JsonWriter w(out);
    const auto text = [&](std::string_view key) { return string_member(object, key); };
    auto comment = text("x_misp_comment");
    if (comment.empty()) comment = text("description");
    if (comment.starts_with(listed_by)) comment = {};
    const auto distribution = text("x_misp_distribution");
    w.begin_object().field("uuid", uuid).field("type", type).field("category", category).field("value", value).field("to_ids", to_ids);
    w.field("comment", comment).field("distribution", distribution.empty() ? "5" : distribution).field("timestamp", unix_time(text("modified")));
    const std::pair<std::string_view, std::string_view> more[] = {
        {"object_relation", "x_misp_object_relation"}, {"first_seen", "x_misp_first_seen"}, {"last_seen", "x_misp_last_seen"}, {"data", "x_misp_data"}};
    for (const auto& [name, from] : more)
      if (!text(from).empty()) w.field(name, text(from));
    const auto revoked = member(object, "revoked");
    const bool deleted = revoked && as_bool(*revoked).value_or(false);
    if (deleted) w.field("deleted", true);
    write_tags(w, export_labels(object), o.tlp);
    w.end_object();
    auto& list = attributes_[std::string(o.id)];
    if (folder_ && !deleted) list.digests += digests_of(type, value);
    if (list.first.empty()) {
      list.first = std::move(out);
      order_.emplace_back(o.id);
      ++written_;
    } else {
      list.others += ',' + out;
    }
    return {};
  }

  /// MISP compares the parts of a value such as "a.exe|d41d…" one by one.
  static std::string digests_of(std::string_view type, std::string_view value) {
    if (type.find('|') == std::string_view::npos && type != "malware-sample") return to_hex(md5(value));
    std::string out;
    for (const auto part : split(value, '|')) out += to_hex(md5(part));
    return out;
  }

  std::string render(const Event& event, std::unordered_set<std::string>& told) {
    std::string out;
    JsonWriter w(out);
    auto labels = event.labels;
    w.begin_object()
        .key("Event")
        .begin_object()
        .field("uuid", event.uuid)
        .field("info", event.info)
        .field("date", event.date)
        .field("timestamp", event.timestamp);
    w.field("threat_level_id", event.threat_level)
        .field("analysis", event.analysis)
        .field("distribution", event.distribution)
        .field("published", event.published);
    if (!event.published_at.empty()) w.field("publish_timestamp", event.published_at);
    if (!event.extends.empty()) w.field("extends_uuid", event.extends);
    write_author(w, event);
    std::unordered_set<std::string> inside;
    w.key("Object").begin_array();
    for (const auto& id : event.refs)
      if (const auto g = groupings_.find(id); g != groupings_.end() && inside.insert(id).second) write_object(w, id, g->second, inside);
    w.end_array().key("Attribute").begin_array();
    for (const auto& id : event.refs) {
      const auto a = attributes_.find(id);
      if (a != attributes_.end() && inside.insert(id).second) write_attributes(w, id, a->second, inside);
    }
    w.end_array().key("Galaxy").begin_array();
    for (const auto& id : event.refs)
      if (const auto c = clusters_.find(id); c != clusters_.end() && inside.insert(id).second) {
        if (std::ranges::find(labels, c->second.tag) == labels.end()) labels.push_back(c->second.tag);
        w.raw(c->second.json);
      }
    w.end_array().key("ShadowAttribute").begin_array();
    for (const auto& id : event.refs) write_proposal(w, id, inside);
    w.end_array();
    write_reports(w, "report--" + event.uuid);
    told.insert(inside.begin(), inside.end());
    write_tags(w, labels, event.tlp);
    w.end_object().end_object();
    return out;
  }

  /// What is said of an attribute stands within it.
  void write_attributes(JsonWriter& w, const std::string& id, const Attributes& a, std::unordered_set<std::string>& inside) {
    digests_ += a.digests;
    const auto said = beside_.find(id);
    if (said == beside_.end()) {
      w.raw(a.first + a.others);
      return;
    }
    std::string inner;
    JsonWriter more(inner);
    more.begin_object().key("Galaxy").begin_array();
    for (const auto& r : said->second.relations)
      if (const auto c = clusters_.find(r.target); c != clusters_.end()) more.raw(c->second.json), ++beside_written_;
    more.end_array().key("Sighting").begin_array();
    for (const auto& s : said->second.sightings) {
      more.begin_object().field("uuid", s.uuid).field("type", s.type).field("date_sighting", s.date).field("source", s.source);
      if (const auto by = authors_.find(s.by); by != authors_.end())
        more.key("Organisation").begin_object().field("uuid", uuid_of(s.by)).field("name", std::string_view(by->second)).end_object();
      more.end_object();
      ++beside_written_;
    }
    more.end_array().key("ShadowAttribute").begin_array();
    for (const auto& p : said->second.proposals) write_proposal(more, p, inside);
    more.end_array().end_object();
    w.raw(a.first.substr(0, a.first.size() - 1) + ',' + inner.substr(1) + a.others);
  }

  void write_proposal(JsonWriter& w, const std::string& id, std::unordered_set<std::string>& inside) {
    const auto p = proposals_.find(id);
    if (p == proposals_.end() || !inside.insert(id).second) return;
    w.raw(p->second);
    ++beside_written_;
  }

  void write_reports(JsonWriter& w, const std::string& report) {
    const auto said = beside_.find(report);
    if (said == beside_.end() || said->second.reports.empty()) return;
    w.key("EventReport").begin_array();
    for (const auto& r : said->second.reports) w.raw(r), ++beside_written_;
    w.end_array();
  }

  void write_author(JsonWriter& w, const Event& event) const {
    const auto author = authors_.find(event.author);
    const bool known = author != authors_.end();
    w.key("Orgc").begin_object().field("name", known ? std::string_view(author->second) : "Mozu");
    w.field("uuid", known ? uuid_of(event.author) : uuid_v5(made_space, "Mozu")).end_object();
  }

  void write_object(JsonWriter& w, const std::string& id, const Grouping& g, std::unordered_set<std::string>& inside) {
    w.begin_object()
        .field("uuid", g.uuid)
        .field("name", g.name)
        .field("meta-category", g.meta_category)
        .field("template_uuid", g.template_uuid)
        .field("comment", g.comment);
    w.field("timestamp", g.timestamp).key("Attribute").begin_array();
    for (const auto& ref : g.refs)
      if (const auto a = attributes_.find(ref); a != attributes_.end() && inside.insert(ref).second) write_attributes(w, ref, a->second, inside);
    w.end_array().key("ObjectReference").begin_array();
    if (const auto said = beside_.find(id); said != beside_.end())
      for (const auto& r : said->second.relations)
        if (attributes_.contains(r.target) || groupings_.contains(r.target)) {
          w.begin_object()
              .field("referenced_uuid", uuid_of(r.target))
              .field("relationship_type", r.type)
              .field("comment", r.comment)
              .field("timestamp", r.timestamp)
              .end_object();
          ++beside_written_;
        }
    w.end_array().end_object();
  }

  Status give(const Event& event, const std::string& json, std::string& manifest) {
    if (!folder_) return sink_({}, (count_++ == 0 ? "{\"response\":[\n" : ",\n") + json);
    constexpr std::size_t digits = 32;
    for (std::size_t at = 0; at < digests_.size(); at += digits) hashes_.append(digests_, at, digits).append(",").append(event.uuid).append("\n");
    digests_.clear();
    JsonWriter w(manifest);
    if (count_++ != 0) manifest += ",\n";
    append_json_string(manifest, event.uuid);
    manifest += ':';
    w.begin_object();
    write_author(w, event);
    write_tags(w, event.labels, event.tlp);
    w.field("info", event.info)
        .field("date", event.date)
        .field("analysis", event.analysis)
        .field("threat_level_id", event.threat_level)
        .field("timestamp", event.timestamp)
        .end_object();
    return sink_(event.uuid + ".json", json + '\n');
  }

  bool folder_;
  ExportSettings settings_;
  ExportSink sink_;
  JsonParser parser_;
  std::vector<Event> events_;
  std::vector<std::string> order_;  // ids of attributes, objects and clusters, as they came
  std::unordered_map<std::string, std::string> authors_, proposals_;
  std::unordered_map<std::string, Attributes> attributes_;
  std::unordered_map<std::string, Cluster> clusters_;
  std::unordered_map<std::string, Grouping> groupings_;
  std::unordered_map<std::string, Beside> beside_;  // by the id of what it is said of
  std::string digests_, hashes_;                    // of the event being written; of those before
  std::size_t attribute_count_ = 0, count_ = 0;
  std::uint64_t beside_given_ = 0, beside_written_ = 0;
};

}  // namespace

std::unique_ptr<KnowledgeWriter> make_misp_events(bool folder, const ExportSettings& s, ExportSink sink) {
  return std::make_unique<MispEvents>(folder, s, std::move(sink));
}

}  // namespace mozu::formats
