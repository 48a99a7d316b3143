// Detections that `mozu match --output json` wrote (docs/detections.md) → what was seen, when and in which log, as observed-data and sightings.
// A log may hold a million lines of one indicator: what was seen in one log on one day is one object that counts them.
#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "knowledge_json.hpp"
#include "mozu/base/text.hpp"
#include "object_text.hpp"

namespace mozu::formats {
namespace {

constexpr std::size_t groups_max = 200'000;  // some 200 MB; each is two objects
constexpr std::size_t context_max = 20;      // feeds and labels of a group

constexpr std::string_view value_types[] = {"ipv4-addr", "ipv6-addr", "domain-name", "url", "email-addr"};
constexpr std::string_view algorithms[] = {"MD5", "SHA-1", "SHA-256", "SHA-512"};
constexpr std::string_view relations[] = {"exact", "subdomain", "url-host", "email-host", "range", "mask"};

template <std::size_t N>
bool is_one_of(std::string_view s, const std::string_view (&list)[N]) {
  return std::ranges::find(list, s) != std::end(list);
}

/// An observable as the record has it; type empty: it is none.
struct Value {
  std::string type, value, algorithm;
  static Value of(const std::optional<JsonObject>& o) {
    Value v;
    if (!o) return v;
    const std::string_view type = string_member(*o, "type"), value = string_member(*o, "value"), algorithm = string_member(*o, "algorithm");
    if (value.empty() || value.size() > 4096) return v;
    if (type == "file" ? is_one_of(algorithm, algorithms) : is_one_of(type, value_types)) v = {std::string(type), std::string(value), std::string(algorithm)};
    return v;
  }
  bool is_value() const { return !type.empty(); }
  std::string id() const { return type == "file" ? made_id("file", {algorithm, value}) : observable_id(type, value); }
};

struct Group {
  Value observable, indicator;
  std::string log, relation, indicator_id, first, last, source, destination, user, format;
  std::vector<std::string> feeds, labels;
  std::uint64_t count = 0, line = 0;
  intel::Tlp tlp = intel::Tlp::none;
};

void add_names(std::vector<std::string>& to, const std::vector<std::string>& names) {
  for (const auto& name : names)
    if (to.size() < context_max && std::ranges::find(to, name) == to.end()) to.push_back(name);
}

class Groups {
 public:
  explicit Groups(ObjectEmitter& out) : out_(out) {}

  void add(JsonObject o, const Location& where) {
    if (member(o, "suppressed")) return out_.pass_over("suppressed");
    const auto listed = object_member(o, "indicator");
    Group g;
    g.observable = Value::of(object_member(o, "observable"));
    g.relation = string_member(o, "relation");
    if (!listed || !g.observable.is_value() || !is_one_of(g.relation, relations))
      return out_.refuse("detection-record", "this is no detection: observable, relation and indicator are needed", where,
                         "write them with `mozu match --output json`");
    g.indicator = Value::of(listed);
    g.log = printable(string_member(o, "source"), 300);
    const auto e = member(o, "time");
    const auto time = e ? as_time(*e) : std::nullopt;
    g.first = g.last = time && time->ms > 0 ? stix_time(*time) : std::string(undated);
    Group* group = group_of(g, string_member(*listed, "value"), where);
    if (group == nullptr) return;
    ++group->count;
    group->first = std::min(group->first, g.first), group->last = std::max(group->last, g.first);
    tell(*group, o, *listed);
  }

  void emit() {
    ObjectText object;
    for (const auto& [key, g] : groups_) {
      if (!out_.status()) return;
      std::vector<std::string> seen = {observable(object, g.observable)};
      // Who saw cdn.evil.example or a URL of evil.example saw that name, too; of a range nobody saw the range.
      const bool within = g.relation == "subdomain" || g.relation == "url-host" || g.relation == "email-host";
      if (within && g.indicator.is_value() && !g.indicator.value.contains('/')) seen.push_back(observable(object, g.indicator));
      const std::string observed = made_id("observed-data", {key});
      // Written by the last event: who imports a longer stretch of the same log replaces what was there.
      object.begin("observed-data", observed, g.first, g.last).text("first_observed", g.first).text("last_observed", g.last);
      object.json().field("number_observed", std::min<std::uint64_t>(g.count, 999'999'999));
      object.list("object_refs", seen).list("labels", g.labels).marking(g.tlp);
      detection(object, g);
      out_.emit(object.end());
      if (intel::type_of_id(g.indicator_id) != "indicator") continue;
      object.begin("sighting", made_id("sighting", {key}), g.first, g.last).text("first_seen", g.first).text("last_seen", g.last);
      object.json().field("count", std::min<std::uint64_t>(g.count, 999'999'999));
      object.text("sighting_of_ref", g.indicator_id)
          .list("observed_data_refs", {observed})
          .text("description", fmt::format("{} in {}", g.observable.value, g.log))
          .marking(g.tlp);
      out_.emit(object.end());
    }
  }

 private:
  ObjectEmitter& out_;
  std::map<std::string, Group> groups_;

  Group* group_of(const Group& g, std::string_view indicator, const Location& where) {
    const std::string key =
        fmt::format("{}\n{}\n{}\n{}\n{}\n{}", out_.source(), g.log, g.first.substr(0, 10), g.observable.id(), g.relation, printable(indicator, 4096));
    if (const auto found = groups_.find(key); found != groups_.end()) return &found->second;
    if (groups_.size() >= groups_max) {
      out_.refuse("detections-many", fmt::format("more than {} different detections in one file", groups_max), where, "import them by day, or by log");
      return nullptr;
    }
    return &groups_.emplace(key, g).first->second;
  }

  /// What the first detection of the group says, and the feeds of all.
  static void tell(Group& g, JsonObject o, JsonObject listed) {
    add_names(g.feeds, string_list(listed, "feeds"));
    add_names(g.labels, string_list(listed, "labels"));
    if (const auto t = intel::parse_tlp(string_member(listed, "tlp"))) g.tlp = std::max(g.tlp, *t);
    if (g.count > 1) return;
    g.indicator_id = string_member(listed, "id");
    if (const auto line = member(o, "line")) g.line = as_uint(*line).value_or(0);
    const auto event = object_member(o, "event");
    if (!event) return;
    g.source = printable(string_member(*event, "source"), 300), g.destination = printable(string_member(*event, "destination"), 300);
    g.user = printable(string_member(*event, "user"), 300), g.format = printable(string_member(*event, "format"), 60);
  }

  std::string observable(ObjectText& object, const Value& v) {
    const std::string id = v.id();
    object.begin_observable(v.type, id);
    if (v.type == "file") object.json().key("hashes").begin_object().field(v.algorithm, std::string_view(v.value)).end_object();
    else object.text("value", v.value);
    out_.emit(object.end());
    return id;
  }

  static void detection(ObjectText& object, const Group& g) {
    auto& w = object.json();
    w.key("x_mozu_detection").begin_object().field("log", std::string_view(g.log)).field("line", g.line).field("value", std::string_view(g.observable.value));
    w.field("relation", std::string_view(g.relation)).field("indicator", std::string_view(g.indicator.value));
    w.key("feeds").begin_array();
    for (const auto& feed : g.feeds) w.value(std::string_view(feed));
    w.end_array();
    for (const auto& [name, value] : {std::pair{"format", &g.format}, {"source", &g.source}, {"destination", &g.destination}, {"user", &g.user}})
      if (!value->empty()) w.field(name, std::string_view(*value));
    w.end_object();
  }
};

class Detections final : public KnowledgeReader {
 public:
  std::string_view name() const override { return "detections"; }
  std::string_view description() const override { return "detections of `mozu match --output json`: what was seen in logs"; }
  int sniff(std::string_view text) const override {
    const auto head = json_head(text, 3, 40);
    return head.root == '{' && head.has("observable", 1) && head.has("indicator", 1) && head.has("relation", 1) && head.has("offset", 1) ? 98 : 0;
  }
  Status read(ByteStream& in, ObjectEmitter& out) const override {
    Groups groups(out);
    MOZU_TRY(for_each_record(in, out, {}, [&](JsonObject o, const Location& where) { groups.add(o, where); }));
    groups.emit();
    return {};
  }
};

}  // namespace

std::unique_ptr<KnowledgeReader> make_detection_objects() { return std::make_unique<Detections>(); }

}  // namespace mozu::formats
