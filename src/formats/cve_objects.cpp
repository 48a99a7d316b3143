// CVE records (5.x, one a document, in arrays or one a line) are the vulnerability objects themselves; NVD's words are notes.
#include <fmt/core.h>

#include "knowledge_json.hpp"
#include "mozu/base/text.hpp"
#include "vulnerability_note.hpp"

namespace mozu::formats {
namespace {

/// The English one of a list of {"lang", "value"}; else the first.
std::string_view english(JsonObject o, std::string_view list) {
  std::string_view first;
  const auto texts = array_member(o, list);
  if (!texts) return {};
  for (const JsonElement e : *texts) {
    JsonObject t;
    if (e.get(t) != simdjson::SUCCESS) continue;
    if (istarts_with(string_member(t, "lang"), "en")) return string_member(t, "value");
    if (first.empty()) first = string_member(t, "value");
  }
  return first;
}

void add_urls(std::vector<ExternalReference>& to, JsonObject o) {
  constexpr std::size_t references_max = 500;
  if (const auto list = array_member(o, "references"))
    for (const JsonElement e : *list)
      if (JsonObject r; e.get(r) == simdjson::SUCCESS && !string_member(r, "url").empty() && to.size() < references_max)
        to.push_back({reference_source(string_member(r, "url")), {}, std::string(string_member(r, "url")), {}});
}

void add_container(std::vector<ExternalReference>& to, JsonObject c) {
  if (const auto types = array_member(c, "problemTypes")) add_weaknesses(to, raw_json(*types));
  add_urls(to, c);
}

class CveRecords final : public KnowledgeReader {
 public:
  std::string_view name() const override { return "cve"; }
  std::string_view description() const override { return "CVE records 5.x: one, an array, or one a line"; }
  int sniff(std::string_view text) const override {
    const auto head = json_head(text, 2);
    if (text.substr(0, head_limit).find("CVE_RECORD") == std::string_view::npos) return 0;
    for (const int depth : {1, 2})
      if (const auto* type = head.find("dataType", depth); type != nullptr && type->text == "CVE_RECORD") return 98;
    return head.has("containers", 1) || head.has("cveMetadata", 1) ? 90 : 0;
  }
  Status read(ByteStream& in, ObjectEmitter& out) const override {
    ObjectText object;
    return for_each_record(in, out, {}, [&](JsonObject o, const Location& where) { record(o, where, out, object); });
  }

 private:
  static constexpr std::size_t head_limit = 64 * 1024;

  static void record(JsonObject o, const Location& where, ObjectEmitter& out, ObjectText& object) {
    const auto meta = object_member(o, "cveMetadata");
    const std::string cve = meta ? cve_id(string_member(*meta, "cveId")) : std::string();
    if (cve.empty()) return out.refuse("cve-id", "the record has no cveMetadata.cveId", where);
    const std::string created = vulnerability_created(cve);
    auto modified = stix_time_of(string_member(*meta, "dateUpdated"));
    if (modified == undated) modified = stix_time_of(string_member(*meta, "datePublished"));
    object.begin("vulnerability", vulnerability_id(cve), created, modified);
    if (string_member(*meta, "state") == "REJECTED") object.json().field("revoked", true);
    object.text("name", cve);
    std::vector<ExternalReference> references{{"cve", cve, fmt::format("https://www.cve.org/CVERecord?id={}", cve), {}}};
    const auto containers = object_member(o, "containers");
    const auto cna = containers ? object_member(*containers, "cna") : std::nullopt;
    if (cna) {
      const auto title = string_member(*cna, "title");
      auto text = english(*cna, "descriptions");
      if (text.empty()) text = english(*cna, "rejectedReasons");
      object.text("description", title.empty() ? std::string(text) : fmt::format("{}\n\n{}", title, text));
      add_container(references, *cna);
    }
    if (const auto adp = containers ? array_member(*containers, "adp") : std::nullopt)
      for (const JsonElement e : *adp)
        if (JsonObject c; e.get(c) == simdjson::SUCCESS) add_container(references, c);
    add_external_references(object, references);
    object.raw("x_mozu_cve", raw_json(o));
    out.emit(object.end(), where);
  }
};

class NvdRecords final : public KnowledgeReader {
 public:
  std::string_view name() const override { return "nvd"; }
  std::string_view description() const override { return "NVD 2.0 JSON (API answers and year files)"; }
  int sniff(std::string_view text) const override {
    const auto head = json_head(text, 4, 80);
    if (head.root != '{' || !head.has("vulnerabilities", 1)) return 0;
    if (const auto* format = head.find("format", 1); format != nullptr && format->text == "NVD_CVE") return 98;
    return head.has("cve", 3) && head.has("sourceIdentifier", 4) ? 96 : 0;
  }
  Status read(ByteStream& in, ObjectEmitter& out) const override {
    ObjectText object;
    return for_each_record(in, out, "vulnerabilities", [&](JsonObject o, const Location& where) {
      const auto record = object_member(o, "cve");
      VulnerabilityNote n;
      n.cve = record ? cve_id(string_member(*record, "id")) : std::string();
      if (n.cve.empty()) return out.refuse("nvd-cve", "the record has no cve.id", where);
      n.source = "nvd";
      n.created = stix_time_of(string_member(*record, "published"));
      n.modified = stix_time_of(string_member(*record, "lastModified"));
      n.title = fmt::format("NVD: {}", n.cve);
      n.content = english(*record, "descriptions");
      if (const auto weaknesses = array_member(*record, "weaknesses")) add_weaknesses(n.references, raw_json(*weaknesses));
      add_urls(n.references, *record);
      n.member = "x_mozu_nvd";
      n.raw = raw_json(*record);
      emit_vulnerability_note(out, object, n, where);
    });
  }
};

}  // namespace

std::unique_ptr<KnowledgeReader> make_cve_objects() { return std::make_unique<CveRecords>(); }
std::unique_ptr<KnowledgeReader> make_nvd_objects() { return std::make_unique<NvdRecords>(); }

}  // namespace mozu::formats
