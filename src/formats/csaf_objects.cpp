// CSAF 2.0 advisories and VEX: a report for the document, a note for each vulnerability of it.
#include <fmt/core.h>

#include "knowledge_json.hpp"
#include "mozu/base/text.hpp"
#include "vulnerability_note.hpp"

namespace mozu::formats {
namespace {

std::string note_texts(JsonObject o) {
  std::string out;
  if (const auto notes = array_member(o, "notes"))
    for (const JsonElement e : *notes)
      if (JsonObject n; e.get(n) == simdjson::SUCCESS && string_member(n, "category") != "legal_disclaimer") {
        if (!out.empty()) out += "\n\n";
        if (!string_member(n, "title").empty()) out += fmt::format("{}: ", string_member(n, "title"));
        out += string_member(n, "text");
      }
  return out;
}

void add_references(std::vector<ExternalReference>& to, JsonObject o) {
  constexpr std::size_t references_max = 500;
  if (const auto list = array_member(o, "references"))
    for (const JsonElement e : *list)
      if (JsonObject r; e.get(r) == simdjson::SUCCESS && !string_member(r, "url").empty() && to.size() < references_max)
        to.push_back({reference_source(string_member(r, "url")), {}, std::string(string_member(r, "url")), std::string(string_member(r, "summary"))});
}

class CsafDocuments final : public KnowledgeReader {
 public:
  std::string_view name() const override { return "csaf"; }
  std::string_view description() const override { return "CSAF 2.0 advisories and VEX"; }
  int sniff(std::string_view text) const override {
    const auto head = json_head(text, 2);
    return head.root == '{' && head.has("document", 1) && head.has("csaf_version", 2) ? 98 : 0;
  }
  Status read(ByteStream& in, ObjectEmitter& out) const override {
    ObjectText object;
    return for_each_record(in, out, {}, [&](JsonObject o, const Location& where) { advisory(o, where, out, object); });
  }

 private:
  static void advisory(JsonObject o, const Location& where, ObjectEmitter& out, ObjectText& object) {
    const auto document = object_member(o, "document");
    const auto tracking = document ? object_member(*document, "tracking") : std::nullopt;
    const auto id = tracking ? string_member(*tracking, "id") : std::string_view();
    if (id.empty()) return out.refuse("csaf-id", "the document has no tracking.id", where);
    const auto publisher = object_member(*document, "publisher");
    const std::string who(publisher ? string_member(*publisher, "name") : std::string_view());
    const std::string source = "csaf:" + who;
    const auto created = stix_time_of(string_member(*tracking, "initial_release_date")),
               modified = stix_time_of(string_member(*tracking, "current_release_date"));
    const std::string author = made_id("identity", {"organization", who});
    object.begin("identity", author, undated, undated)
        .text("name", who.empty() ? "unknown publisher" : std::string_view(who))
        .text("identity_class", "organization");
    out.emit(object.end(), where);
    std::vector<std::string> refs;
    if (const auto list = array_member(o, "vulnerabilities"))
      for (const JsonElement e : *list)
        if (JsonObject v; e.get(v) == simdjson::SUCCESS) vulnerability(v, source, who, id, created, modified, refs, where, out, object);
    const auto title = string_member(*document, "title");
    object.begin("report", made_id("report", {source, id}), created, modified);
    object.text("created_by_ref", author)
        .text("name", title.empty() ? std::string(id) : fmt::format("{}: {}", id, title))
        .text("description", note_texts(*document))
        .text("published", created);
    object.list("report_types", {"vulnerability"});
    if (const auto d = object_member(*document, "distribution"))
      if (const auto tlp = object_member(*d, "tlp")) object.marking(intel::parse_tlp(string_member(*tlp, "label")).value_or(intel::Tlp::none));
    std::vector<ExternalReference> references{{who.empty() ? "csaf" : who, std::string(id), {}, {}}};
    add_references(references, *document);
    add_external_references(object, references);
    if (refs.empty()) refs.push_back(author);  // a report must refer to something
    object.list("object_refs", refs);
    object.raw("x_mozu_csaf_document", raw_json(*document));
    if (const auto tree = object_member(o, "product_tree")) object.raw("x_mozu_csaf_product_tree", raw_json(*tree));
    out.emit(object.end(), where);
  }

  static void vulnerability(JsonObject v, std::string_view source, const std::string& who, std::string_view id, const std::string& created,
                            const std::string& modified, std::vector<std::string>& refs, const Location& where, ObjectEmitter& out, ObjectText& object) {
    VulnerabilityNote n;
    n.cve = cve_id(string_member(v, "cve"));
    if (n.cve.empty()) return out.pass_over("vulnerability without a CVE id");
    n.source = source;
    n.created = created;
    n.modified = modified;
    n.title = fmt::format("{} {}: {}", who, id, string_member(v, "title").empty() ? std::string_view(n.cve) : string_member(v, "title"));
    n.content = note_texts(v);
    if (const auto status = object_member(v, "product_status"))
      for (const auto field : *status) n.labels.push_back("vex:" + std::string(field.key));
    if (const auto cwe = object_member(v, "cwe")) add_weaknesses(n.references, string_member(*cwe, "id"));
    add_references(n.references, v);
    n.member = "x_mozu_csaf";
    n.raw = raw_json(v);
    emit_vulnerability_note(out, object, n, where, id);
    refs.push_back(vulnerability_id(n.cve));
    refs.push_back(made_id("note", {n.source, n.cve, id}));
  }
};

}  // namespace

std::unique_ptr<KnowledgeReader> make_csaf_objects() { return std::make_unique<CsafDocuments>(); }

}  // namespace mozu::formats
