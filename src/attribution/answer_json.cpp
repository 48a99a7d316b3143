// An answer as JSON.
#include <fmt/core.h>

#include "mozu/attribution/answer.hpp"
#include "mozu/base/json_write.hpp"

namespace mozu::attribution {
namespace {

using gene::Attribution;
using gene::GeneClass;
using gene::Verdict;

void write_place(JsonWriter& w, const files::Place& p, std::string_view lines, std::string_view address) {
  if (p.address) w.field(address, fmt::format("0x{:x}", *p.address));
  w.key(lines).begin_array();
  for (const auto& line : p.lines) w.value(std::string_view(line));
  w.end_array();
}

void write_evidence(JsonWriter& w, const Answer& x, std::size_t object, const Verdict& v) {
  w.key("evidence").begin_array();
  for (const gene::Evidence& e : v.evidence) {
    w.begin_object().field("class", name(e.gene_class)).field("offset", e.offset).field("length", e.length).field("entities", e.entities);
    if (e.gene_class <= GeneClass::function) w.field("function", e.function);
    w.field("sample", e.sample).field("sample_file", e.sample_file).field("sample_offset", e.sample_offset);
    if (const auto at = x.here.find({object, e.key}); at != x.here.end()) write_place(w, at->second, "disassembly", "address");
    if (const auto at = x.there.find({e.sample, e.key}); at != x.there.end()) write_place(w, at->second, "sample_disassembly", "sample_address");
    w.end_object();
  }
  w.end_array();
}

void write_reused(JsonWriter& w, const Verdict& v) {
  w.field("reuse", v.reuse).field("by_reuse", v.is_by_reuse).field("reused_functions", v.reused_functions).key("reused").begin_array();
  for (const gene::ReusedFunction& f : v.reused)
    w.begin_object()
        .field("offset", f.offset)
        .field("length", f.length)
        .field("shared", f.shared)
        .field("genes", f.genes)
        .field("whole", f.is_whole)
        .end_object();
  w.end_array();
}

void write_hit(JsonWriter& w, const files::YaraHit& hit) {
  w.begin_object().field("rule", hit.rule).field("description", hit.description).key("tags").begin_array();
  for (const auto& tag : hit.tags) w.value(std::string_view(tag));
  w.end_array().key("strings").begin_array();
  for (const auto& s : hit.strings) w.begin_object().field("name", s.name).field("offset", s.offset).end_object();
  w.end_array().end_object();
}

void write_object(JsonWriter& w, const Answer& x, std::size_t i, bool opened) {
  const files::FileObject& o = x.opened.objects[i];
  const Attribution& a = x.each[i];
  w.begin_object().field("path", object_path(x.file, o)).field("how", o.how).field("kind", o.kind).field("sha256", o.sha256).field("bytes", o.bytes);
  w.field("architecture", name(o.architecture)).field("code_bytes", o.genome.code_bytes).field("functions", o.genome.functions);
  w.field("genes", a.genes).field("clean_genes", a.clean).field("library_genes", a.library).field("known_genes", a.known).field("cut", o.genome.cut);
  w.key("facts").begin_object();
  for (const auto& [fact, value] : o.facts) w.field(fact, value);
  w.end_object().key("yara").begin_array();
  for (const files::YaraHit& hit : o.yara) write_hit(w, hit);
  w.end_array().key("notes").begin_array();
  for (const Diagnostic& d : notes_of(o, opened)) w.begin_object().field("code", d.code).field("message", d.message).end_object();
  w.end_array().end_object();
}

}  // namespace

std::string json_of(const Answer& x) {
  std::string out;
  JsonWriter w(out);
  const files::FileObject& whole = x.opened.objects.front();
  w.begin_object().field("file", x.file).field("sha256", whole.sha256).field("kind", whole.kind).key("objects").begin_array();
  const auto opened = opened_ones(x.opened);
  for (std::size_t i = 0; i < x.opened.objects.size(); ++i) write_object(w, x, i, opened[i]);
  w.end_array().key("libraries").begin_array();
  for (const auto& l : x.joined.libraries) w.begin_object().field("name", l.name).field("genes", l.genes).end_object();
  w.end_array().key("verdicts").begin_array();
  for (const gene::JoinedVerdict& j : x.joined.verdicts) {
    const Verdict& v = j.verdict;
    w.begin_object().field("entity", v.entity.name).field("entity_type", name(v.entity.type)).field("named", v.is_named);
    w.field("object", object_path(x.file, x.opened.objects[j.object])).field("objects", static_cast<std::uint64_t>(j.objects));
    w.field("similarity", v.similarity).field("containment", v.containment).field("confidence", v.confidence);
    if (v.p_value) w.field("p_value", *v.p_value);
    else w.key("p_value").null();
    w.key("similarity_of").begin_object();
    for (std::size_t c = 0; c < gene::gene_classes; ++c) w.field(name(static_cast<GeneClass>(c)), v.similarity_of[c]);
    w.end_object().field("shared_genes", v.shared_genes).field("exclusive_genes", v.exclusive_genes).field("functions", v.functions);
    w.field("nearest_sample", v.nearest).field("nearest_file", v.nearest_file);
    write_reused(w, v);
    write_evidence(w, x, j.object, v);
    w.end_object();
  }
  w.end_array().key("maps").begin_array();
  for (const ObjectMap& map : x.maps) {
    w.begin_object().field("object", object_path(x.file, x.opened.objects[map.object])).field("cell_bytes", map.cell_bytes).key("entities").begin_array();
    for (const gene::Entity& e : map.whose) w.begin_object().field("entity", e.name).field("entity_type", name(e.type)).end_object();
    w.end_array().field("cells", map.cells).end_object();
  }
  w.end_array().key("notes").begin_array();
  for (const auto& note : x.notes) w.value(std::string_view(note));
  w.end_array().end_object();
  out += '\n';
  return out;
}

}  // namespace mozu::attribution
