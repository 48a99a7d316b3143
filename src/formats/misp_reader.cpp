// MISP events: one, an array, or a server's {"response": …}. An event may be of any size: it is read attribute by attribute,
// and put aside until its own fields (which MISP writes after the attributes) are known.
#include <fmt/core.h>

#include "json_head.hpp"
#include "json_reading.hpp"
#include "misp_types.hpp"
#include "mozu/base/text.hpp"
#include "not_a_feed.hpp"
#include "shape.hpp"

namespace mozu::formats {
namespace {

using intel::TypeHint;

/// 8-4-4-4-12 hex digits.
bool is_uuid(std::string_view s) {
  if (s.size() != 36) return false;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? s[i] != '-' : !is_hex(static_cast<unsigned char>(s[i]))) return false;
  }
  return true;
}

/// manifest.json of a MISP feed: event UUID → what the event is about.
bool is_manifest(const JsonHead& head) {
  return head.root == '{' && head.members.size() >= 2 && head.members[0].depth == 1 && head.members[0].kind == '{' && is_uuid(head.members[0].key) &&
         (head.has("info", 2) || head.has("Orgc", 2) || head.has("timestamp", 2));
}

class MispInput final : public JsonSplitHandler {
 public:
  MispInput(ReaderInput& in, Emitter& out) : reading_(in, out) {}

  Action on_container(const JsonPath& path, std::string_view ahead) override {
    if (path.empty()) return Action::open;
    const JsonStep& last = path.back();
    if (!last.is_key) return is_list(path) ? Action::take : Action::open;  // elements: attributes and objects whole, events opened
    if (last.key == "response" || last.key == "Event") return Action::open;
    if (last.key == "Attribute" || last.key == "Object") return ahead.front() == '[' ? Action::open : Action::skip;
    return last.key == "Tag" || last.key == "Galaxy" || last.key == "Orgc" ? Action::take : Action::skip;
  }

  void on_value(const JsonPath& path, std::string_view text, std::uint64_t line) override {
    if (!path.empty() && path.back().is_key) return event_field(path.back().key, text, line, path);
    if (is_list(path)) {
      backlog_.add(path, text, line, path[path.size() - 2].key == "Object" ? 1 : 0);
      if (backlog_.bytes() <= json_backlog_bytes_max) return;
      reading_.note(Severity::warning, "misp-context", "the event is very large: attributes are given with the context known so far", {}, line);
      flush();
    }
  }

  void on_close(const JsonPath& path) override {
    if (!path.empty() && path.back().is_key && (path.back().key == "Attribute" || path.back().key == "Object")) return;
    flush();
    event_ = {};
  }

  void on_break(const JsonPath& path, std::uint64_t line, std::string message, bool lost) override {
    reading_.refuse_break(path, line, std::move(message), lost);
  }

  void finish() {
    flush();
    if (deleted_ != 0)
      reading_.note(Severity::note, "misp-deleted",
                    fmt::format("{} deleted {} left out", with_commas(deleted_), deleted_ == 1 ? "attribute is" : "attributes are"));
    if (not_for_ids_ != 0 && for_ids_ == 0)
      reading_.note(Severity::warning, "misp-to-ids",
                    fmt::format("none of the {} that Mozu could match on has to_ids set, so none is taken",
                                not_for_ids_ == 1 ? std::string("one attribute") : with_commas(not_for_ids_) + " attributes"),
                    "if the publisher does not use the flag, set all_attributes = true for this feed");
    reading_.finish();
  }

 private:
  struct Event {
    std::string info, date, uuid, source;
    std::vector<std::string> tags;
  };

  static bool is_list(const JsonPath& path) {
    if (path.size() < 2 || path.back().is_key) return false;
    const auto& owner = path[path.size() - 2];
    return owner.is_key && (owner.key == "Attribute" || owner.key == "Object");
  }

  void event_field(const std::string& key, std::string_view text, std::uint64_t line, const JsonPath& path) {
    const bool wanted = key == "info" || key == "date" || key == "uuid" || key == "Tag" || key == "Galaxy" || key == "Orgc";
    if (!wanted) return;
    const auto e = reading_.parse(text, line, json_pointer(path));
    if (!e) return;
    if (key == "info") event_.info = as_string(*e);
    if (key == "date") event_.date = as_string(*e);
    if (key == "uuid") event_.uuid = as_string(*e);
    if (JsonObject o; key == "Orgc" && e->get(o) == simdjson::SUCCESS) event_.source = string_member(o, "name");
    if (JsonArray list; e->get(list) == simdjson::SUCCESS) collect_tags(list, key == "Galaxy", event_.tags);
  }

  /// Names of a Tag list, or of the clusters in a Galaxy list (which repeat tags, or stand for them in older exports).
  static void collect_tags(JsonArray list, bool galaxy, std::vector<std::string>& tags) {
    constexpr std::size_t tags_max = 200;
    const auto add = [&](std::string_view name) {
      if (!name.empty() && tags.size() < tags_max && std::find(tags.begin(), tags.end(), name) == tags.end()) tags.emplace_back(name);
    };
    for (const JsonElement e : list) {
      JsonObject o;
      if (e.get(o) != simdjson::SUCCESS) continue;
      if (!galaxy) {
        add(string_member(o, "name"));
      } else if (const auto clusters = array_member(o, "GalaxyCluster")) {
        for (const JsonElement c : *clusters)
          if (JsonObject cluster; c.get(cluster) == simdjson::SUCCESS) add(string_member(cluster, "tag_name"));
      }
    }
  }

  void flush() {
    backlog_.drain([this](std::string_view text, std::uint64_t line, const std::string& pointer, std::uint32_t tag) {
      const auto e = reading_.parse(text, line, pointer);
      if (!e) return;
      JsonObject o;
      if (e->get(o) != simdjson::SUCCESS) return refuse(line, pointer, tag == 1 ? "an object should stand here" : "an attribute should stand here");
      if (tag == 1) object(o, line, pointer);
      else attribute(o, nullptr, line, pointer);
    });
  }

  void refuse(std::uint64_t line, std::string path, std::string message) {
    Diagnostic d{Severity::warning, "misp-attribute", std::move(message), {}, {}};
    d.where.line = line;
    d.where.path = std::move(path);
    reading_.out().refuse(std::move(d));
  }

  static bool is_deleted(JsonObject o) {
    const auto deleted = member(o, "deleted");
    return deleted && as_bool(*deleted).value_or(false);
  }

  void object(JsonObject o, std::uint64_t line, const std::string& pointer) {
    const auto list = array_member(o, "Attribute");
    if (!list) return;
    std::uint64_t index = 0;
    for (const JsonElement e : *list) {
      const std::string place = fmt::format("{}/Attribute/{}", pointer, index++);
      JsonObject a;
      if (e.get(a) == simdjson::SUCCESS) attribute(a, &o, line, place);
      else refuse(line, place, "an attribute should stand here");
    }
  }

  void attribute(JsonObject a, const JsonObject* object, std::uint64_t line, const std::string& pointer) {
    if (is_deleted(a) || (object != nullptr && is_deleted(*object))) {
      ++deleted_;
      return reading_.out().pass_over("deleted");
    }
    const auto type = string_member(a, "type");
    const auto value_member = member(a, "value");
    const std::string value = value_member ? scalar_text(*value_member) : std::string{};
    if (type.empty() || value.empty()) return refuse(line, pointer, fmt::format("an attribute has no {}", type.empty() ? "type" : "value"));
    const MispRole role = misp_role(type);
    if (role == MispRole::other) return reading_.out().pass_over(type);
    const auto to_ids = member(a, "to_ids");
    if (!reading_.in().settings.all_attributes && to_ids && !as_bool(*to_ids).value_or(true)) {
      ++not_for_ids_;
      return reading_.out().pass_over("to_ids is false");
    }
    ++for_ids_;
    fill(a, object, line, pointer);
    emit(role, type, value);
  }

  void fill(JsonObject a, const JsonObject* object, std::uint64_t line, const std::string& pointer) {
    record_.clear();
    record_.where.line = line;
    record_.where.path = pointer;
    for (const JsonObject* o : {object, static_cast<const JsonObject*>(&a)}) {
      if (o == nullptr) continue;
      if (const auto t = member(*o, "first_seen")) record_.first_seen = as_time(*t);
      if (const auto t = member(*o, "last_seen")) record_.last_seen = as_time(*t);
    }
    if (const auto uuid = string_member(a, "uuid"); is_uuid(uuid)) record_.id = "indicator--" + fold(uuid);
    auto& c = record_.context;
    add_context(c, "category", string_member(a, "category"));
    add_context(c, "description", string_member(a, "comment"));
    if (object != nullptr) {
      add_context(c, "object", string_member(*object, "name"));
      add_context(c, "description", string_member(*object, "comment"));
      add_context(c, "file_name", file_name(*object));
    }
    tags_.clear();
    if (const auto list = array_member(a, "Tag")) collect_tags(*list, false, tags_);
    if (const auto list = array_member(a, "Galaxy")) collect_tags(*list, true, tags_);
    for (const auto& t : tags_) apply_misp_tag(t, record_);
    for (const auto& t : event_.tags) apply_misp_tag(t, record_);
    const auto own_event = object_member(a, "Event");  // the answer of an attribute search
    add_context(c, "threat", own_event ? string_member(*own_event, "info") : event_.info);
    add_context(c, "event_date", own_event ? string_member(*own_event, "date") : event_.date);
    add_context(c, "event_uuid", own_event ? string_member(*own_event, "uuid") : event_.uuid);
    add_context(c, "created_by", event_.source);
  }

  /// Of a file object: one name helps whoever sees the hash.
  static std::string_view file_name(JsonObject object) {
    const auto list = array_member(object, "Attribute");
    if (string_member(object, "name") != "file" || !list) return {};
    for (const JsonElement e : *list)
      if (JsonObject a; e.get(a) == simdjson::SUCCESS && string_member(a, "type") == "filename") return string_member(a, "value");
    return {};
  }

  void put(std::string_view value, TypeHint hint) {
    record_.value = value;
    record_.hint = hint;
    reading_.out().emit(record_);
  }

  void emit(MispRole role, std::string_view type, std::string_view value) {
    const auto bar = value.find('|');
    const auto left = value.substr(0, bar);
    const auto right = bar == std::string_view::npos ? std::string_view{} : value.substr(bar + 1);
    switch (role) {
      case MispRole::ip: return put(value, TypeHint::ip);
      case MispRole::domain: return put(value, TypeHint::domain);
      case MispRole::url: return put(value, TypeHint::url);
      case MispRole::email: return put(value, TypeHint::email);
      case MispRole::hash: return put(value, TypeHint::hash);
      case MispRole::uri: {
        if (shape_of(value) == Shape::url) return put(value, TypeHint::url);
        return reading_.out().pass_over("uri");
      }
      case MispRole::with_port: add_context(record_.context, "port", right); return put(left, type.starts_with("ip-") ? TypeHint::ip : TypeHint::domain);
      case MispRole::domain_ip:
        put(left, TypeHint::domain);
        if (!right.empty()) put(right, TypeHint::ip);
        return;
      case MispRole::filename_hash:
        if (bar == std::string_view::npos) return reading_.out().pass_over("file name");
        add_context(record_.context, "file_name", value.substr(0, value.rfind('|')));
        return put(value.substr(value.rfind('|') + 1), TypeHint::hash);
      case MispRole::other: return;
    }
  }

  JsonReading reading_;
  Event event_;
  JsonBacklog backlog_;
  RawRecord record_;
  std::vector<std::string> tags_;
  std::uint64_t deleted_ = 0, for_ids_ = 0, not_for_ids_ = 0;
};

class MispReader final : public FeedReader {
 public:
  std::string_view name() const override { return "misp"; }
  std::string_view description() const override { return "MISP events as JSON: one, several, or a server's answer; files of a MISP feed"; }

  int sniff(std::string_view text, std::string_view) const override {
    const auto begin = trim(text);
    if (begin.empty() || (begin.front() != '{' && begin.front() != '[')) return 0;
    JsonHead head;
    head.scan(text, 4, 400);
    if (is_manifest(head)) return 96;
    const int depth = head.root == '[' ? 2 : 1;
    const auto kind = [&](std::string_view key, int d) { return head.has(key, d) ? head.find(key, d)->kind : '\0'; };
    if (kind("Event", depth) == '{') return 96;
    if (kind("response", 1) != '\0' && (head.has("Event") || head.has("Attribute"))) return 96;
    if (head.has("info", depth) && (head.has("threat_level_id", depth) || head.has("analysis", depth) || head.has("Orgc", depth))) return 93;
    const bool lists = kind("Attribute", depth) == '[' || kind("Object", depth) == '[';
    return lists && (head.has("to_ids") || head.has("meta-category") || head.has("object_relation") || head.has("category")) ? 93 : 0;
  }

  Status read(ReaderInput& in, Emitter& out) const override {
    PeekStream stream(in.stream);
    JsonHead head;
    head.scan(stream.head(), 3, 20);
    if (is_manifest(head)) {
      auto d = not_a_feed_diagnostic("the index file of a MISP feed");
      d.hint = "give its folder, so that the event files beside it are read";
      return fail(std::move(d));
    }
    MispInput input(in, out);
    const Status status = split_json(stream, input);
    input.finish();
    return status;
  }
};

}  // namespace

std::unique_ptr<FeedReader> make_misp_reader() { return std::make_unique<MispReader>(); }

}  // namespace mozu::formats
