// ATT&CK Navigator layers, kept whole: the layer as an object, its techniques as references.
#include <fmt/core.h>

#include <algorithm>

#include "knowledge_json.hpp"
#include "mozu/base/text.hpp"
#include "object_text.hpp"

namespace mozu::formats {
namespace {

class NavigatorLayers final : public KnowledgeReader {
 public:
  std::string_view name() const override { return "navigator"; }
  std::string_view description() const override { return "ATT&CK Navigator layers"; }
  int sniff(std::string_view text) const override {
    const auto head = json_head(text, 3, 400);
    if (head.root == 0 || !head.has("techniques") || !head.has("name")) return 0;
    return head.has("techniqueID") || head.has("domain", 1) || (head.has("versions", 1) && head.has("gradient", 1)) ? 97 : 0;
  }
  Status read(ByteStream& in, ObjectEmitter& out) const override {
    ObjectText object;
    return for_each_record(in, out, {}, [&](JsonObject o, const Location& where) { layer(o, where, out, object); });
  }

 private:
  static void layer(JsonObject o, const Location& where, ObjectEmitter& out, ObjectText& object) {
    const auto techniques = array_member(o, "techniques");
    const auto name = string_member(o, "name");
    if (!techniques || name.empty()) return out.refuse("navigator-layer", "a layer has a name and techniques", where);
    std::vector<ExternalReference> references;
    std::vector<std::string> refs;
    constexpr std::size_t techniques_max = 5000;
    for (const JsonElement e : *techniques) {
      JsonObject t;
      if (e.get(t) != simdjson::SUCCESS || references.size() >= techniques_max) continue;
      const auto ids = attack_techniques(string_member(t, "techniqueID"));
      if (ids.empty() || std::any_of(references.begin(), references.end(), [&](const auto& r) { return r.id == ids[0]; })) continue;
      references.push_back({"mitre-attack", ids[0], {}, {}});
      if (auto id = out.id_of_technique(ids[0]); !id.empty()) refs.push_back(std::move(id));
    }
    object.begin("x-mozu-attack-layer", made_id("x-mozu-attack-layer", {out.source(), string_member(o, "domain"), name}), undated, undated);
    object.text("name", name).text("description", string_member(o, "description")).text("domain", string_member(o, "domain")).list("object_refs", refs);
    add_external_references(object, references);
    object.raw("layer", raw_json(o));
    out.emit(object.end(), where);
  }
};

}  // namespace

std::unique_ptr<KnowledgeReader> make_navigator_objects() { return std::make_unique<NavigatorLayers>(); }

}  // namespace mozu::formats
