// MISP galaxies: cluster files of the public repository, and galaxies as a server exports them.
#include <fmt/core.h>

#include <unordered_map>

#include "knowledge_json.hpp"
#include "misp_cluster.hpp"
#include "mozu/base/text.hpp"
#include "reader.hpp"

namespace mozu::formats {
namespace {

std::uint64_t version_of(JsonObject o, std::uint64_t otherwise = 0) {
  const auto v = member(o, "version");
  return v ? as_uint(*v).value_or(otherwise) : otherwise;
}

class GalaxyInput {
 public:
  explicit GalaxyInput(ObjectEmitter& out) : out_(out) {}

  void document(JsonObject o, const Location& where) {
    JsonObject galaxy = o;
    if (const auto inner = object_member(o, "Galaxy")) galaxy = *inner;
    auto list = array_member(galaxy, "values");
    if (!list) list = array_member(galaxy, "GalaxyCluster");
    if (!list) list = array_member(o, "GalaxyCluster");
    if (!list) return out_.pass_over("galaxy without clusters");
    const std::uint64_t version = version_of(galaxy);
    ClusterOrigin origin{string_member(galaxy, "type"), string_member(galaxy, "name"), version};
    std::uint64_t index = 0;
    for (const JsonElement e : *list) {
      JsonObject cluster;
      Location at = where;
      at.path += fmt::format("/values/{}", index++);
      if (e.get(cluster) != simdjson::SUCCESS) {
        out_.refuse("misp-cluster", "a cluster should stand here", at);
        continue;
      }
      origin.version = version_of(cluster, version);
      if (const auto id = emit_cluster(out_, object_, cluster, origin, at); !id.empty()) ids_.emplace(misp_uuid(string_member(cluster, "uuid")), id);
    }
    index = 0;
    for (const JsonElement e : *list) {
      JsonObject cluster;
      Location at = where;
      at.path += fmt::format("/values/{}", index++);
      if (e.get(cluster) == simdjson::SUCCESS) relations(cluster, at);
    }
  }

 private:
  std::string id_of(std::string_view uuid) const {
    const auto key = misp_uuid(uuid);
    if (key.empty()) return {};
    if (const auto it = ids_.find(key); it != ids_.end()) return it->second;
    return out_.id_of_uuid(key);
  }

  void relations(JsonObject cluster, const Location& where) {
    const auto source = id_of(string_member(cluster, "uuid"));
    const auto related = array_member(cluster, "related");
    if (source.empty() || !related) return;
    for (const JsonElement e : *related) {
      JsonObject r;
      if (e.get(r) != simdjson::SUCCESS) continue;
      const auto target = id_of(string_member(r, "dest-uuid"));
      if (target.empty()) {
        out_.pass_over("relation to a cluster that is not known");
        continue;
      }
      const auto type = string_member(r, "type");
      const std::string kind = type.empty() ? "related-to" : fold(type);
      object_.begin("relationship", made_id("relationship", {kind, source, target}), undated, undated);
      object_.text("relationship_type", kind).text("source_ref", source).text("target_ref", target).list("labels", string_list(r, "tags"));
      out_.emit(object_.end(), where);
    }
  }

  ObjectEmitter& out_;
  ObjectText object_;
  std::unordered_map<std::string, std::string> ids_;
};

class GalaxyFiles final : public KnowledgeReader {
 public:
  std::string_view name() const override { return "misp-galaxy"; }
  std::string_view description() const override { return "MISP galaxies: cluster files, galaxies of a server"; }
  int sniff(std::string_view text) const override {
    const auto head = json_head(text, 3, 80);
    if (head.root == 0 || head.has("$schema", 1)) return 0;
    if (head.root == '{' && head.has("authors", 1) && head.has("type", 1) && (head.has("values", 1) || head.has("uuid", 1))) return 96;
    if (head.has("GalaxyCluster") && !head.has("Event", 1) && !head.has("Attribute")) return 95;
    return head.root == '{' && head.has("namespace", 1) && head.has("icon", 1) && head.has("uuid", 1) ? 94 : 0;
  }
  Status read(ByteStream& in, ObjectEmitter& out) const override {
    GalaxyInput input(out);
    return for_each_record(in, out, {}, [&](JsonObject o, const Location& where) { input.document(o, where); });
  }
};

class WarningLists final : public KnowledgeReader {
 public:
  std::string_view name() const override { return "warninglist"; }
  std::string_view description() const override { return "MISP warning lists, kept whole for look-ups"; }
  int sniff(std::string_view head) const override {
    for (const auto& reader : readers())
      if (reader->name() == "warninglist") return reader->sniff(head, {});
    return 0;
  }
  Status read(ByteStream& in, ObjectEmitter& out) const override {
    ObjectText object;
    return for_each_record(in, out, {}, [&](JsonObject o, const Location& where) {
      const auto name = string_member(o, "name");
      const auto list = array_member(o, "list");
      if (name.empty() || !list) return out.refuse("warninglist", "a warning list has a name and a list", where);
      object.begin("x-mozu-warning-list", made_id("x-mozu-warning-list", {name}), undated, stix_time_of_version(version_of(o)));
      object.text("name", name).text("description", string_member(o, "description")).text("list_type", string_member(o, "type"));
      object.text("category", string_member(o, "category")).list("matching_attributes", string_list(o, "matching_attributes", 1000));
      object.raw("list", raw_json(*list));
      out.emit(object.end(), where);
    });
  }
};

}  // namespace

std::unique_ptr<KnowledgeReader> make_galaxy_objects() { return std::make_unique<GalaxyFiles>(); }
std::unique_ptr<KnowledgeReader> make_warninglist_objects() { return std::make_unique<WarningLists>(); }

}  // namespace mozu::formats
