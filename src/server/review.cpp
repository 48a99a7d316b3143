#include "review.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "json.hpp"
#include "mozu/reports/render.hpp"

namespace mozu::server {
namespace {

std::int64_t review_number(const JsonObject& o, std::string_view key) { return member_as<std::int64_t>(o, key).value_or(0); }

reports::Noise noise_of(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(reports::Noise::rule); ++i)
    if (reports::name(static_cast<reports::Noise>(i)) == name) return static_cast<reports::Noise>(i);
  return reports::Noise::none;
}

std::string rendered(const Review& r, bool with_contexts) {
  std::string out;
  JsonWriter w(out);
  w.begin_object().field("by", r.by).field("file", r.file).field("kind", r.kind).field("sha256", r.sha256).field("title", r.title).field("author", r.author);
  w.field("source", r.source).field("tlp", intel::name(r.tlp)).field("cut", r.cut).field("report", r.report).field("import", r.import);
  if (r.accepting) w.field("accepting", r.accepting->ms);
  w.key("diagnostics").begin_array();
  for (const auto& d : r.diagnostics) w.raw(d);
  w.end_array().key("findings").begin_array();
  for (const ReviewedFinding& f : r.findings) {
    w.begin_object();
    write_finding_fields(w, f, with_contexts);
    w.end_object();
  }
  w.end_array().end_object();
  return out;
}

Result<ReviewedFinding> read_finding(const JsonObject& o) {
  ReviewedFinding out;
  const auto type = finding_type_of(string_member(o, "type"));
  if (!type) return fail("review-broken", "a finding of the review has no known type");
  auto& f = out.finding;
  f.type = *type;
  f.value = string_member(o, "value");
  f.page = static_cast<std::uint32_t>(review_number(o, "page"));
  f.context = string_member(o, "context");
  double confidence = 0;
  if (o.at_key("confidence").get(confidence) == simdjson::SUCCESS) f.confidence = confidence;
  f.reason = string_member(o, "reason");
  f.noise = noise_of(string_member(o, "noise"));
  f.id = string_member(o, "id");
  f.name = string_member(o, "name");
  f.written = string_member(o, "written");
  if (f.written.empty()) f.written = f.value;
  simdjson::dom::array span;
  if (o.at_key("span").get(span) == simdjson::SUCCESS && span.size() == 2) {
    out.span = {span.at(0).get_uint64().value_unsafe(), span.at(1).get_uint64().value_unsafe()};
  }
  if (bool said = false; o.at_key("accepted").get(said) == simdjson::SUCCESS) out.accepted = said;
  return out;
}

}  // namespace

std::optional<reports::FindingType> finding_type_of(std::string_view name) {
  for (int i = 0; i < reports::finding_type_count; ++i)
    if (reports::name(static_cast<reports::FindingType>(i)) == name) return static_cast<reports::FindingType>(i);
  return std::nullopt;
}

void write_finding_fields(JsonWriter& w, const ReviewedFinding& r, bool with_context) {
  if (with_context) {
    reports::write_finding(w, r.finding, r.span);
  } else {
    auto short_one = r.finding;
    short_one.context.clear();
    reports::write_finding(w, short_one, r.span);
  }
  const auto& f = r.finding;
  if (!f.id.empty()) w.field("id", f.id);
  if (!f.name.empty()) w.field("name", f.name);
  if (f.written != f.value) w.field("written", f.written);
  if (r.accepted) w.field("accepted", *r.accepted);
}

Result<std::string> review_json(const Review& review) {
  std::string json = rendered(review, true);
  if (json.size() > store::document_bytes_max) json = rendered(review, false);
  if (json.size() > store::document_bytes_max)
    return fail("document-too-large", fmt::format("{} findings are more than one review holds", review.findings.size()),
                "import the list as a feed, or review the document in parts");
  return json;
}

Result<Review> read_review(const store::Document& document) {
  simdjson::dom::parser parser;
  JsonObject o;
  if (parser.parse(document.json).get(o) != simdjson::SUCCESS) return fail("review-broken", "what is stored is no review");
  Review out;
  out.id = document.id;
  out.by = string_member(o, "by");
  out.file = string_member(o, "file");
  out.kind = string_member(o, "kind");
  out.sha256 = string_member(o, "sha256");
  out.title = string_member(o, "title");
  out.author = string_member(o, "author");
  out.source = string_member(o, "source");
  out.tlp = intel::parse_tlp(string_member(o, "tlp")).value_or(intel::Tlp::none);
  out.report = string_member(o, "report");
  out.import = review_number(o, "import");
  if (const auto since = member_as<std::int64_t>(o, "accepting")) out.accepting = Timestamp{*since};
  if (bool cut = false; o.at_key("cut").get(cut) == simdjson::SUCCESS) out.cut = cut;
  simdjson::dom::array list;
  if (o.at_key("diagnostics").get(list) == simdjson::SUCCESS)
    for (const simdjson::dom::element e : list) out.diagnostics.push_back(simdjson::minify(e));
  if (o.at_key("findings").get(list) == simdjson::SUCCESS)
    for (const simdjson::dom::element e : list) {
      JsonObject item;
      if (e.get(item) != simdjson::SUCCESS) return fail("review-broken", "what is stored is no review");
      MOZU_LET(auto finding, read_finding(item));
      out.findings.push_back(std::move(finding));
    }
  return out;
}

}  // namespace mozu::server
