// Reading reports: an uploaded document becomes findings, a person accepts or corrects them, and then they are knowledge.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "json.hpp"
#include "memories.hpp"
#include "mozu/base/diagnostics.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/utf8.hpp"
#include "mozu/files/document.hpp"
#include "mozu/files/identify.hpp"
#include "mozu/formats/certain_format.hpp"
#include "mozu/formats/stix_objects.hpp"
#include "mozu/reports/canonical.hpp"
#include "mozu/reports/document_text.hpp"
#include "mozu/reports/names.hpp"
#include "mozu/reports/render.hpp"
#include "mozu/store/known.hpp"
#include "mozu/store/pages.hpp"
#include "mozu/store/sources.hpp"
#include "mozu/store/viewer_cache.hpp"
#include "review.hpp"
#include "routes.hpp"
#include "secrets.hpp"

namespace mozu::server {
namespace {

constexpr std::string_view reviews_collection = "reviews", text_collection = "review-texts";
constexpr std::size_t title_bytes_max = 500, entities_max = 200'000;
constexpr RouteOptions document_body{Body::file, std::uint64_t{512} << 20, true};
constexpr RouteOptions acceptance{Body::memory, std::uint64_t{64} << 10, true, true};
constexpr std::size_t indicated_max = 20;
constexpr std::string_view review_space = "f3a1c1de-5f0c-5d0e-9a68-6d6f7a750002";  // of the ids made here
constexpr RouteOptions changes{Body::memory, std::uint64_t{4} << 20, true};

/// What documents are read with: the names that a kind of viewer knows, and what is known to be harmless.
class Readings {
 public:
  Readings(store::Store& knowledge, std::shared_ptr<Memories> memories) : knowledge_(knowledge), dictionaries_(knowledge), memories_(std::move(memories)) {}
  Result<std::shared_ptr<const reports::Dictionary>> dictionary(const intel::Viewer& viewer) {
    return dictionaries_.get(viewer, {}, [this](const intel::Viewer& v) { return make(v); });
  }

  /// By the lists that lookups ask.
  Result<std::optional<reports::KnownValues>> harmless(const intel::Viewer& viewer) {
    MOZU_LET(auto lists, memories_->warning_lists(viewer));
    if (lists.empty()) return std::nullopt;
    return reports::KnownValues::of(std::move(lists));
  }

 private:
  store::Store& knowledge_;
  store::ViewerCache<reports::Dictionary> dictionaries_;
  std::shared_ptr<Memories> memories_;

  Result<reports::Dictionary> make(const intel::Viewer& viewer) {
    std::vector<reports::Entity> entities;
    Diagnostics ignored;  // what is stored was read before
    MOZU_TRY(store::each_page(knowledge_, viewer, {"intrusion-set", "threat-actor", "malware", "tool", "attack-pattern", "x-mitre-tactic", "course-of-action"},
                              false, entities_max, [&](const auto& items) -> Status {
                                if (items.empty()) return {};
                                std::string bundle = R"({"type":"bundle","objects":[)";
                                for (const auto& o : items) bundle += (bundle.back() == '[' ? "" : ",") + o.json;
                                return reports::read_names_memory("knowledge", bundle + "]}", entities, ignored);
                              }));
    return reports::Dictionary(std::move(entities));
  }
};

struct KeptReview {
  store::Document document;
  Review review;
};
/// Only people of the organisation that owns a review see it, and only within its TLP.
Result<KeptReview> find_review(Services& services, const Request& request) {
  MOZU_LET(auto document, services.identities.accounts().document(reviews_collection, request.parameters[0]));
  const auto& viewer = request.who->viewer;
  if (!document || document->organisation != viewer.organisation) return fail("absent", "no such review");
  MOZU_LET(Review review, read_review(*document));
  if (!intel::may_see(viewer, document->organisation, review.tlp)) return fail("absent", "no such review");
  return KeptReview{std::move(*document), std::move(review)};
}
/// Between the knowledge and the review's record of it there is a moment, on a base that several servers share also for others. Whoever died in it leaves the review to others after a while.
Status must_be_nobodys(const Services& services, const KeptReview& kept) {
  if (!kept.review.accepting || Timestamp::now().ms - kept.document.changed.ms >= services.acceptance_ms) return {};
  return fail("conflict", "the review is being accepted just now", fmt::format("read it again in {} seconds at most", services.acceptance_ms / 1000));
}
Result<KeptReview> find_pending(Services& services, const Request& request) {
  MOZU_LET(auto kept, find_review(services, request));
  if (!kept.review.report.empty()) return fail("exists", "the review was accepted already and stays as it is");
  MOZU_TRY(must_be_nobodys(services, kept));
  return kept;
}

void write_review_summary(JsonWriter& w, const store::Document& d, const Review& r) {
  w.field("id", d.id).field("version", d.version).field("created", format_time(d.created)).field("changed", format_time(d.changed)).field("by", r.by);
  w.field("status", r.report.empty() ? "pending" : "accepted")
      .field("file", r.file)
      .field("kind", r.kind)
      .field("sha256", r.sha256)
      .field("title", r.title)
      .field("source", r.source);
  if (r.tlp != intel::Tlp::none) w.field("tlp", tlp_text(r.tlp));
  if (!r.author.empty()) w.field("author", r.author);
  if (!r.report.empty()) w.field("report", r.report).field("import", r.import);
  w.field("cut", r.cut).field("accepted", static_cast<std::uint64_t>(std::ranges::count_if(r.findings, &ReviewedFinding::is_accepted)));
}

Response whole_review(const Request& request, const store::Document& d, const Review& r, unsigned status = 200) {
  std::string body;
  JsonWriter w(body);
  w.begin_object();
  write_review_summary(w, d, r);
  w.key("diagnostics").begin_array();
  for (const auto& note : r.diagnostics) w.raw(note);
  w.end_array().key("findings").begin_array();
  for (std::size_t i = 0; i < r.findings.size(); ++i) {
    w.begin_object().field("index", static_cast<std::uint64_t>(i));
    ReviewedFinding f = r.findings[i];
    f.accepted = f.is_accepted();
    write_finding_fields(w, f, true);
    w.end_object();
  }
  w.end_array().end_object();
  Response response = json_response(std::move(body), status);
  return status == 200 ? with_etag(request, fmt::format("\"{}\"", d.version), std::move(response)) : std::move(response);
}

std::unexpected<Diagnostic> too_many_reviews(const Services& services) {
  return fail("too-many-reviews", fmt::format("the organisation has {} reviews", with_commas(services.reviews_max)),
              "discard some; what was accepted stays in the knowledge base");
}

/// Puts it back under the version it was read with, and gives the document as it stands then.
Result<store::Document> keep_review(Services& services, store::Document d, const Review& review) {
  MOZU_LET(d.json, review_json(review));
  const auto put = services.identities.accounts().put_document(d, {0, services.reviews_max});
  if (!put && put.error().code == "too-many-documents") return too_many_reviews(services);
  MOZU_TRY(put);
  MOZU_LET(auto kept, services.identities.accounts().document(reviews_collection, d.id));
  if (!kept) return fail("absent", "the review was removed meanwhile");
  return std::move(*kept);
}

Result<intel::Tlp> marking_of(std::string_view text) {
  const auto tlp = intel::parse_tlp(text);
  if (!tlp) return fail("field-invalid", "tlp is no TLP marking", "write clear, green, amber, amber+strict or red");
  return *tlp;
}

/// Nobody marks what they then could not see.
Status must_be_cleared(const intel::Viewer& viewer, intel::Tlp marking) {
  if (marking <= viewer.clearance || viewer.all) return {};
  return fail("field-invalid", "this marking is above what you may see (/tlp)", "somebody with the clearance can set it");
}

/// What was read, beside what was found in it.
struct Read {
  Review review;
  std::string text;
};

/// What is knowledge as it stands (STIX, MISP, tables, lists) is imported: read as prose it would lose what it says. Documents are what they are by content or, where that is text, by name.
Status must_be_a_document(const Request& request, std::string_view bytes) {
  const std::string_view name = request.query("name"), kind = files::identify(bytes, name);
  for (const std::string_view document : {"pdf", "docx", "html", "email", "mbox"})
    if (kind == document) return {};
  for (const std::string_view ending : {".md", ".markdown", ".adoc", ".asciidoc"})
    if (name.size() > ending.size() && iequals(name.substr(name.size() - ending.size()), ending)) return {};
  const auto format = formats::certain_format(request.body_file, name);
  if (!format || format->empty()) return {};  // what cannot be opened is told of as a document
  return fail("is-knowledge", fmt::format("this is {}: knowledge that is imported, not a report that is read", *format),
              "send it to /api/v1/imports, or with as=document to have it read nevertheless");
}

/// Said by who sends it, else by the document itself.
Result<intel::Tlp> marking_in(const Request& request, std::string_view text) {
  MOZU_LET(const auto given, tlp_of(request, "tlp"));
  const auto& viewer = request.who->viewer;
  if (given) {
    MOZU_TRY(must_be_cleared(viewer, *given));
    return *given;
  }
  const intel::Tlp said = reports::said_marking(text).value_or(intel::Tlp::none);
  if (said > viewer.clearance && !viewer.all)
    return fail("not-permitted", fmt::format("the document says that it is {}, which is beyond your clearance", tlp_text(said)),
                "say its marking with tlp, if it is another one");
  return intel::tlp_in_force(viewer.organisation, said);
}

Result<Read> read_document(const Request& request, Readings& readings) {
  MOZU_TRY(only_these(request, {"name", "title", "tlp", "source", "as"}));
  MOZU_TRY(some_file(request));
  const auto as = word_of(request, "as");
  if (as && *as != "document") return fail("query-invalid", "'as' of the query is nothing but document");
  Review out;
  out.by = request.who->name;
  out.file = request.query("name").empty() ? "document" : printable(request.query("name"), title_bytes_max);
  out.source = request.query("source").empty() ? "reviews" : request.query("source");
  MOZU_TRY(store::check_source(out.source));
  MOZU_LET(const auto dictionary, readings.dictionary(request.who->viewer));
  MOZU_LET(const MappedFile file, MappedFile::open(request.body_file));
  if (!as) MOZU_TRY(must_be_a_document(request, file.text()));
  MOZU_LET(auto document, files::read_document_memory(out.file, file.text()));
  MOZU_LET(out.tlp, marking_in(request, document.text));
  out.kind = document.kind;
  out.sha256 = document.sha256;
  for (const auto& note : document.notes.kept()) out.diagnostics.push_back(render_json(Diagnostic(note).at(out.file)));
  reports::ReportText report = reports::report_text(std::move(document));
  out.title = request.query("title").empty() ? report.title : printable(request.query("title"), title_bytes_max);
  if (out.title.empty()) out.title = out.file;
  out.author = report.author;
  MOZU_LET(const auto harmless, readings.harmless(request.who->viewer));
  reports::ExtractOptions options;
  if (harmless) options.known = &*harmless;
  auto findings = reports::extract(report, *dictionary, options);
  out.cut = findings.cut;
  const auto spans = reports::character_spans(report, findings);
  for (std::size_t i = 0; i < spans.size(); ++i) out.findings.push_back({std::move(findings.findings[i]), spans[i], std::nullopt});
  return Read{std::move(out), std::move(report.text)};
}

/// As much of it as a document of the store holds. Whoever dies before it is kept has a review whose findings stand with their sentences alone.
Status keep_text(Services& services, const store::Document& review, std::string_view text) {
  store::Document d;
  d.collection = text_collection;
  d.id = review.id;
  d.organisation = review.organisation;
  d.owner = review.owner;
  std::string_view kept = text;
  do {
    d.json.clear();
    JsonWriter w(d.json);
    w.begin_object().field("text", kept).field("cut", kept.size() < text.size()).end_object();
    if (d.json.size() <= store::document_bytes_max) break;
    kept = utf8_prefix(kept, kept.size() / 4 * 3);
  } while (!kept.empty());
  MOZU_TRY(services.identities.accounts().put_document(d));
  return {};
}

/// Asked before megabytes are read; who asks at the same time is counted where they are kept.
Status room_for_one_more_review(Services& services, intel::OrganisationId organisation) {
  store::Accounts::DocumentQuery query;
  query.collection = reviews_collection;
  query.organisation = organisation;
  query.limit = services.reviews_max;
  MOZU_LET(const auto page, services.identities.accounts().documents(query));
  if (page.items.size() < services.reviews_max) return {};
  return too_many_reviews(services);
}

Response begin_review(Services& services, Readings& readings, const Request& request) {
  MOZU_ANSWER(room_for_one_more_review(services, request.who->viewer.organisation));
  MOZU_ANSWER_LET(const Read read, read_document(request, readings));
  store::Document d;
  d.collection = reviews_collection;
  d.id = random_text(16);
  d.organisation = request.who->viewer.organisation;
  d.owner = request.who->user;
  MOZU_ANSWER_LET(const auto kept, keep_review(services, std::move(d), read.review));
  MOZU_ANSWER(keep_text(services, kept, read.text));
  MOZU_ANSWER(audit(services, request, "review", kept.id, read.review.file));
  return whole_review(request, kept, read.review, 201);
}

Response list_reviews(Services& services, Readings&, const Request& request) {
  MOZU_ANSWER(only_these(request, {"cursor", "limit"}));
  store::Accounts::DocumentQuery query;
  query.collection = reviews_collection;
  query.organisation = request.who->viewer.organisation;
  query.cursor = request.query("cursor");
  MOZU_ANSWER_LET(query.limit, limit_of(request));
  MOZU_ANSWER_LET(const auto page, services.identities.accounts().documents(query));
  std::string body;
  JsonWriter w(body);
  w.begin_object().key("items").begin_array();
  for (const auto& listed : page.items) {  // each may hold megabytes: one at a time
    MOZU_ANSWER_LET(const auto document, services.identities.accounts().document(reviews_collection, listed.id));
    if (!document) continue;  // removed meanwhile
    MOZU_ANSWER_LET(const Review review, read_review(*document));
    if (!intel::may_see(request.who->viewer, document->organisation, review.tlp)) continue;
    w.begin_object();
    write_review_summary(w, *document, review);
    w.field("findings", static_cast<std::uint64_t>(review.findings.size())).end_object();
  }
  w.end_array();
  if (!page.next.empty()) w.field("next", page.next);
  w.end_object();
  return json_response(std::move(body));
}

Response one_review(Services& services, Readings&, const Request& request) {
  MOZU_ANSWER_LET(const auto kept, find_review(services, request));
  return whole_review(request, kept.document, kept.review);
}

/// What the text of the document was, with places as the spans of findings count them; "cut": its end is missing.
Response review_text(Services& services, Readings&, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER_LET(const auto kept, find_review(services, request));
  MOZU_ANSWER_LET(auto document, services.identities.accounts().document(text_collection, kept.document.id));
  if (!document) return problem(404, "absent", "the text of this review was not kept");
  return with_etag(request, json_response(std::move(document->json)));
}

/// Absent: nullopt. Of another type: "field-invalid".
template <class T>
Result<std::optional<T>> member(simdjson::dom::object o, std::string_view key) {
  const auto found = o.at_key(key);
  if (found.error() != simdjson::SUCCESS) return std::nullopt;
  T value{};
  if (found.get(value) != simdjson::SUCCESS) return fail("field-invalid", fmt::format("{} of a finding is of another type than it must be", key));
  return value;
}

/// The sentence in which somebody marked the value, and where that is.
Status set_place(ReviewedFinding& f, simdjson::dom::object o) {
  MOZU_LET(const auto context, member<std::string_view>(o, "context"));
  if (context && context->size() > reports::context_bytes_max)
    return fail("field-invalid", fmt::format("context of a finding has at most {} bytes", reports::context_bytes_max));
  if (context) f.finding.context = *context;
  MOZU_LET(const auto span, member<simdjson::dom::array>(o, "span"));
  if (!span) return {};
  std::uint64_t begin = 0, end = 0;
  if (span->size() != 2 || span->at(0).get(begin) != simdjson::SUCCESS || span->at(1).get(end) != simdjson::SUCCESS || begin >= end ||
      end > reports::report_bytes_max)
    return fail("field-invalid", "span of a finding is not two places of the text, the first and the one behind the last");
  f.span = {begin, end};
  return {};
}

/// {"index":3,"accepted":false}, {"index":3,"type":…,"value":…}, or without an index one more finding, unless it is there already.
Status change_finding(Review& review, simdjson::dom::object o) {
  MOZU_LET(const auto index, member<std::uint64_t>(o, "index"));
  MOZU_LET(const auto type, member<std::string_view>(o, "type"));
  MOZU_LET(const auto value, member<std::string_view>(o, "value"));
  MOZU_LET(const auto accepted, member<bool>(o, "accepted"));
  if (index && *index >= review.findings.size()) return fail("field-invalid", "a finding of that index is not there");
  if (!index && (!type || !value)) return fail("field-invalid", "a finding more needs a type and a value");
  ReviewedFinding f = index ? review.findings[*index] : ReviewedFinding{};
  if (type) {
    const auto known = finding_type_of(*type);
    if (!known) return fail("field-invalid", "the type of a finding is not known");
    f.finding.type = *known;
  }
  if (type || value) {
    MOZU_TRY(reports::say_value(f.finding, value ? std::string(*value) : std::string(f.finding.written)));
    f.accepted = true;
  }
  MOZU_TRY(set_place(f, o));
  if (accepted) f.accepted = accepted;
  const auto same = [&](const ReviewedFinding& one) { return one.finding.type == f.finding.type && one.finding.value == f.finding.value; };
  if (const auto there = std::ranges::find_if(review.findings, same); !index && there != review.findings.end()) {
    there->accepted = f.accepted;  // added once more: it was found already
    return {};
  }
  (index ? review.findings[*index] : review.findings.emplace_back()) = std::move(f);
  return {};
}

Status change_review(Review& review, const JsonBody& body, const intel::Viewer& viewer) {
  MOZU_LET(const std::string title, body.text("title", review.title));
  MOZU_LET(const std::string source, body.text("source", review.source));
  if (title.size() > title_bytes_max) return fail("field-invalid", fmt::format("title has at most {} bytes", title_bytes_max));
  MOZU_TRY(store::check_source(source));
  review.title = title;
  review.source = source;
  if (body.has("tlp")) {
    MOZU_LET(const std::string tlp, body.text("tlp"));
    MOZU_LET(const auto marking, marking_of(tlp));
    MOZU_TRY(must_be_cleared(viewer, marking));
    review.tlp = marking;
  }
  if (!body.has("findings")) return {};
  simdjson::dom::array list;
  if (body.object().at_key("findings").get(list) != simdjson::SUCCESS) return fail("field-invalid", "findings is no list");
  for (const simdjson::dom::element e : list) {
    simdjson::dom::object o;
    if (e.get(o) != simdjson::SUCCESS) return fail("field-invalid", "a finding is no object");
    MOZU_TRY(change_finding(review, o));
  }
  return {};
}

Response change_review(Services& services, Readings&, const Request& request) {
  MOZU_ANSWER_LET(const JsonBody body, JsonBody::parse(request));
  MOZU_ANSWER_LET(auto found, find_pending(services, request));
  auto& [document, review] = found;
  MOZU_ANSWER_LET(document.version, body.number("version", document.version));
  review.accepting.reset();  // by whoever was cut off: what is accepted now differs
  MOZU_ANSWER(change_review(review, body, request.who->viewer));
  MOZU_ANSWER_LET(const auto kept, keep_review(services, std::move(document), review));
  MOZU_ANSWER(audit(services, request, "review-change", kept.id, fmt::format("version {}", kept.version)));
  return whole_review(request, kept, review);
}

/// Names that the knowledge base has already: its objects are referred to, not doubled.
Result<std::string> known_object(Services& services, const Request& request, const reports::Finding& f, std::string_view type) {
  if (!intel::type_of_id(f.id).empty()) {
    MOZU_LET(const auto found, services.knowledge.object(request.who->viewer, f.id));
    return found ? f.id : std::string();
  }
  const bool listed = f.type == reports::FindingType::technique || f.type == reports::FindingType::vulnerability;
  const intel::Key key = !f.id.empty() ? intel::Key{intel::KeyKind::external_id, f.id}
                         : listed      ? intel::Key{intel::KeyKind::external_id, f.value}
                                       : intel::Key{intel::KeyKind::name, intel::fold_name(f.value)};
  return store::known_id(services.knowledge, request.who->viewer, key, std::span(&type, 1));
}

struct Acceptance {
  std::optional<std::int64_t> version;  ///< that was read
  std::vector<std::string> indicates;   ///< ids
};
Result<Acceptance> acceptance_of(const Request& request) {
  Acceptance out;
  if (request.body.empty()) return out;
  MOZU_LET(const JsonBody body, JsonBody::parse(request));
  MOZU_TRY(body.only({"indicates", "version"}));
  MOZU_LET(out.indicates, body.texts("indicates"));
  if (!body.has("version")) return out;
  MOZU_LET(out.version, body.number("version", 0));
  return out;
}

/// What the accepted indicators indicate by the word of who accepts, never by a guess: ids of objects that are known, of the types that STIX 2.1 §4.7 relates indicators to.
Status must_be_indicated(Services& services, const Request& request, const std::vector<std::string>& ids) {
  static constexpr std::array<std::string_view, 7> types = {"attack-pattern", "campaign", "infrastructure", "intrusion-set", "malware", "threat-actor", "tool"};
  if (ids.size() > indicated_max) return fail("field-invalid", fmt::format("indicates has {} ids; at most {} are taken", ids.size(), indicated_max));
  for (const std::string& id : ids) {
    if (std::ranges::find(types, intel::type_of_id(id)) == types.end())
      return fail("field-invalid", fmt::format("'{}' in indicates is nothing that indicators indicate", printable(id, 100)),
                  "give ids of malware, tools, intrusion sets, threat actors, campaigns, infrastructure or attack patterns");
    MOZU_LET(const auto object, services.knowledge.object(request.who->viewer, id));
    if (!object || object->revoked)
      return fail("field-invalid", fmt::format("'{}' in indicates is not there, or was revoked", printable(id, 100)),
                  "give ids of objects of the knowledge base");
  }
  return {};
}

/// A relationship for each of both, with the same id whenever the same is accepted again.
std::string indicates_bundle(const std::vector<std::string>& indicators, const std::vector<std::string>& targets, const store::Document& document,
                             Timestamp at) {
  std::string out;
  JsonWriter w(out);
  const std::string time = format_time(at);
  w.begin_object().field("type", "bundle").field("id", "bundle--" + uuid_v5(review_space, document.id)).key("objects").begin_array();
  for (const std::string& indicator : indicators)
    for (const std::string& target : targets) {
      const std::string id = "relationship--" + uuid_v5(review_space, fmt::format("{} {} indicates {}", document.organisation, indicator, target));
      w.begin_object().field("type", "relationship").field("spec_version", "2.1").field("id", id).field("created", time).field("modified", time);
      w.field("relationship_type", "indicates").field("source_ref", indicator).field("target_ref", target).end_object();
    }
  w.end_array().end_object();
  return out;
}

/// Of two who accept at once, here or at two servers, the second finds another version, and writes nothing.
Status claim(Services& services, store::Document& document, Review& review, Timestamp at) {
  review.accepting = at;
  MOZU_LET(document, keep_review(services, std::move(document), review));
  review.accepting.reset();
  return {};
}

/// Who says which version they have read accepts and discards no other.
Status must_be_version(const KeptReview& kept, std::optional<std::int64_t> version) {
  if (!version || *version == kept.document.version) return {};
  return fail("conflict", fmt::format("the review has version {} by now", kept.document.version), "read it again and repeat the change");
}
Response accept(Services& services, Readings&, const Request& request) {
  MOZU_ANSWER_LET(auto found, find_pending(services, request));
  MOZU_ANSWER_LET(const auto asked_for, acceptance_of(request));
  MOZU_ANSWER(must_be_version(found, asked_for.version));
  MOZU_ANSWER(must_be_indicated(services, request, asked_for.indicates));
  const auto& targets = asked_for.indicates;
  auto& [document, review] = found;
  MOZU_ANSWER(store::check_source(review.source));
  reports::Findings accepted;
  for (const ReviewedFinding& f : review.findings)
    if (f.is_accepted()) {
      accepted.findings.push_back(f.finding);
      accepted.findings.back().noise = reports::Noise::none;
    }
  reports::ReportText report;
  report.title = review.title;
  const std::string space = document.organisation == intel::common ? std::string() : fmt::format("organisation {}", document.organisation);
  // The time of the last change, not of now: who dies between the writings below accepts once more, and the same review brings the same objects.
  const Timestamp at = review.accepting.value_or(document.changed);
  Status asked;
  const std::string bundle =
      reports::render_stix({review.file, review.sha256, space}, report, accepted, at, [&](const reports::Finding& f, std::string_view type) {
        auto known = known_object(services, request, f, type);
        if (!known) asked = fail(std::move(known.error()));
        return std::move(known).value_or(std::string());
      });
  MOZU_ANSWER(asked);
  store::Provenance provenance{review.source, review.file, review.sha256, request.who->name, document.organisation, review.tlp, intel::confidence_unknown};
  MOZU_ANSWER_LET(const auto import, services.knowledge.begin_import(provenance));
  MOZU_ANSWER(claim(services, document, review, at));
  Diagnostics diagnostics;
  formats::StixReadStatistics read;
  std::vector<std::string> indicators;
  const auto sink = [&](intel::StixObject&& object) {
    if (object.type == "report") review.report = object.id;
    if (object.type == "indicator" && !targets.empty()) indicators.push_back(object.id);
    return import->put(std::move(object));
  };
  MOZU_ANSWER(formats::read_stix_objects(review.file, bundle, sink, diagnostics, read));
  if (!indicators.empty()) MOZU_ANSWER(formats::read_stix_objects(review.file, indicates_bundle(indicators, targets, document, at), sink, diagnostics, read));
  for (const Diagnostic& d : diagnostics.kept()) review.diagnostics.push_back(render_json(d));  // a finding that became no object
  MOZU_ANSWER_LET(const store::ImportReceipt receipt, import->commit());
  review.import = receipt.import;
  MOZU_ANSWER(
      audit(services, request, "accept", document.id, fmt::format("import {}, {} findings, {}", receipt.import, accepted.findings.size(), review.report)));
  MOZU_ANSWER_LET(const auto kept, keep_review(services, std::move(document), review));
  return whole_review(request, kept, review);
}

Response discard_review(Services& services, Readings&, const Request& request) {
  MOZU_ANSWER_LET(const auto kept, find_review(services, request));
  MOZU_ANSWER(must_be_nobodys(services, kept));
  MOZU_ANSWER(only_these(request, {"version"}));
  MOZU_ANSWER_LET(const auto version, number_of(request, "version"));
  MOZU_ANSWER(must_be_version(kept, version));
  // In this order: a review that somebody changed meanwhile keeps its text.
  MOZU_ANSWER(services.identities.accounts().remove_document(reviews_collection, kept.document.id, kept.document.version));
  if (const auto done = services.identities.accounts().remove_document(text_collection, kept.document.id); !done && done.error().code != "absent")
    return refuse(services, request, done.error());
  MOZU_ANSWER(audit(services, request, "discard", kept.document.id));
  return no_content();
}

}  // namespace

void add_review_routes(Router& router, Services& services, std::shared_ptr<Memories> memories) {
  const auto readings = std::make_shared<Readings>(services.knowledge, std::move(memories));
  const auto to = handlers(services, readings);
  router.add(Method::post, "/api/v1/reviews", Permission::curate, document_body, to(begin_review));
  router.add(Method::get, "/api/v1/reviews", Permission::curate, slow, to(list_reviews));
  router.add(Method::get, "/api/v1/reviews/{id}", Permission::curate, slow, to(one_review));
  router.add(Method::get, "/api/v1/reviews/{id}/text", Permission::curate, slow, to(review_text));
  router.add(Method::patch, "/api/v1/reviews/{id}", Permission::curate, changes, to(change_review));
  router.add(Method::post, "/api/v1/reviews/{id}/acceptance", Permission::curate, acceptance, to(accept));
  router.add(Method::remove, "/api/v1/reviews/{id}", Permission::curate, no_body, to(discard_review));
}

}  // namespace mozu::server
