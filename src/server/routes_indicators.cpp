// Indicators and rules by what they are about.
#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <span>

#include "json.hpp"
#include "mozu/formats/stix_objects.hpp"
#include "mozu/lookup/question.hpp"
#include "routes.hpp"

namespace mozu::server {

std::string_view value_kind_name(intel::KeyKind kind) {
  if (kind <= intel::KeyKind::sha512) return intel::short_name(static_cast<intel::PatternKind>(kind));
  return kind == intel::KeyKind::file_name ? "file-name" : "";
}

namespace {

/// How many pages one request looks through for what passes the filter; the cursor goes on from there.
constexpr std::size_t pages_looked_through_max = 10;

/// What the pages of the store are asked for is `query`; the rest is looked for within them.
struct AskedIndicators {
  store::ListQuery query;
  std::string pattern_type, related_to;
  std::string also;  ///< a source that has one of the values, too
  std::optional<intel::KeyKind> kind;
  std::optional<Timestamp> valid_at;
  std::size_t limit = page_items_default;  ///< of what is given
};

std::optional<intel::KeyKind> key_kind_of(std::string_view name) {
  for (std::uint8_t k = 0; k <= static_cast<std::uint8_t>(intel::KeyKind::file_name); ++k)
    if (!name.empty() && value_kind_name(static_cast<intel::KeyKind>(k)) == name) return static_cast<intel::KeyKind>(k);
  return std::nullopt;
}

Result<AskedIndicators> asked_of(const Request& request) {
  MOZU_TRY(only_these(
      request, {"value", "kind", "pattern_type", "label", "source", "tlp", "valid_at", "revoked", "related_to", "also", "after", "order", "cursor", "limit"}));
  AskedIndicators out;
  MOZU_LET(out.query, list_query(request));
  out.limit = out.query.limit;
  out.query.types = {"indicator"};
  out.pattern_type = request.query("pattern_type");
  out.related_to = request.query("related_to");
  MOZU_LET(out.valid_at, time_of(request, "valid_at"));
  if (const auto also = word_of(request, "also")) {
    out.also = *also;
    if (out.also.empty()) return fail("query-invalid", "'also' of the query names no source");
  }
  if (const auto kind = word_of(request, "kind")) {
    out.kind = key_kind_of(*kind);
    if (!out.kind)
      return fail("query-invalid", "'kind' of the query is no kind of value",
                  "ipv4, ipv4-range, ipv6, ipv6-range, domain, url, url-mask, email, md5, sha1, sha256, sha512 or file-name");
  }
  return out;
}

/// Reads objects and writes those that pass.
class Picker {
 public:
  Picker(Services& services, const Request& request, const AskedIndicators& asked, JsonWriter& w)
      : services_(services),
        viewer_(request.who->viewer),
        asked_(asked),
        w_(w) {}

  std::size_t written() const { return written_; }
  /// Before objects are offered: which of their values the other source has, too, is asked once for all of them.
  Status expect(std::span<const store::StoredObject> objects) {
    if (asked_.also.empty()) return {};
    std::vector<intel::Key> keys;
    for (const auto& stored : objects)
      if (reader_.read(stored.json, object_))
        for (const auto& key : object_.keys)
          if (!value_kind_name(key.kind).empty()) keys.push_back(key);
    MOZU_LET(const auto hits, services_.knowledge.find(viewer_, keys, page_items_most));
    shared_.clear();
    for (const auto& hit : hits)
      if (std::ranges::any_of(hit.objects, [&](const store::Head& h) { return h.type == "indicator" && h.source == asked_.also && !h.revoked; }))
        shared_.insert(keys[hit.key]);
    return {};
  }
  void offer(const store::StoredObject& stored) {
    simdjson::dom::object o;
    if (stored.type != "indicator" || parser_.parse(stored.json).get(o) != simdjson::SUCCESS) return;
    const std::string_view pattern_type = string_member(o, "pattern_type");
    if (!asked_.pattern_type.empty() && pattern_type != asked_.pattern_type) return;
    if (!reader_.read(stored.json, object_) || !is_listed(stored)) return;
    if (asked_.kind && std::ranges::find(object_.keys, *asked_.kind, &intel::Key::kind) == object_.keys.end()) return;
    if (!asked_.also.empty() && std::ranges::none_of(object_.keys, [&](const intel::Key& key) { return shared_.contains(key); })) return;
    if (asked_.valid_at &&
        ((object_.valid_from && *asked_.valid_at < *object_.valid_from) || (object_.valid_until && *asked_.valid_at >= *object_.valid_until)))
      return;
    write(stored, o, pattern_type);
  }

 private:
  Services& services_;
  const intel::Viewer& viewer_;
  const AskedIndicators& asked_;
  JsonWriter& w_;
  std::set<intel::Key> shared_;
  formats::StixObjectReader reader_;
  simdjson::dom::parser parser_;
  intel::StixObject object_;
  std::size_t written_ = 0;

  /// What the store looks at when it lists; indicators of a value or an object come without.
  bool is_listed(const store::StoredObject& stored) const {
    const auto& q = asked_.query;
    return stored.sequence > q.after_sequence && (q.with_revoked || !stored.revoked) && (q.source.empty() || stored.source == q.source) &&
           (!q.tlp || stored.tlp == *q.tlp) &&
           std::ranges::all_of(q.labels, [&](const std::string& label) { return std::ranges::find(object_.labels, label) != object_.labels.end(); });
  }
  void write(const store::StoredObject& stored, simdjson::dom::object o, std::string_view pattern_type) {
    ++written_;
    w_.begin_object();
    write_head_fields(w_, stored);
    w_.field("pattern_type", pattern_type).field("pattern", string_member(o, "pattern"));
    for (const std::string_view field : {"valid_from", "valid_until", "description"})
      if (const auto value = string_member(o, field); !value.empty()) w_.field(field, value);
    w_.key("labels").begin_array();
    for (const auto& label : object_.labels) w_.value(label);
    w_.end_array().key("values").begin_array();
    for (const auto& key : object_.keys)
      if (const auto kind = value_kind_name(key.kind); !kind.empty()) w_.begin_object().field("kind", kind).field("value", key.value).end_object();
    w_.end_array().end_object();
  }
};

/// The indicators of one value, or of one object: few enough for one answer, or paged by the store.
Result<store::Cursor> offer_related(Services& services, const Request& request, const AskedIndicators& asked, Picker& picker) {
  MOZU_LET(const auto object, services.knowledge.object(request.who->viewer, asked.related_to));
  if (!object) return fail("absent", "the object that 'related_to' of the query names is not there");
  store::NeighbourQuery query;
  query.types = {"indicator"};
  query.with_revoked = asked.query.with_revoked;
  query.cursor = asked.query.cursor;
  query.limit = asked.limit;
  MOZU_LET(const auto page, services.knowledge.neighbours(request.who->viewer, asked.related_to, query));
  std::vector<std::string> ids;
  for (const auto& n : page.items) ids.push_back(n.object.id);
  MOZU_LET(const auto objects, services.knowledge.objects(request.who->viewer, ids));
  MOZU_TRY(picker.expect(objects));
  for (const auto& o : objects) picker.offer(o);
  return page.next;
}

Status offer_value(Services& services, const Request& request, Picker& picker) {
  const auto question = lookup::read_question(request.query("value"));
  std::vector<intel::Key> keys;
  for (const auto& key : question.keys)
    if (key.relation == intel::Relation::exact) keys.push_back(key.key);
  MOZU_LET(const auto hits, services.knowledge.find(request.who->viewer, keys, page_items_most));
  std::vector<std::string> ids;
  for (const auto& hit : hits)
    for (const auto& head : hit.objects)
      if (head.type == "indicator" && std::ranges::find(ids, head.id) == ids.end()) ids.push_back(head.id);
  MOZU_LET(const auto objects, services.knowledge.objects(request.who->viewer, ids));
  MOZU_TRY(picker.expect(objects));
  for (const auto& o : objects) picker.offer(o);
  return {};
}

/// Large pages are looked through; where the answer is full within one, the cursor behind its last object is asked for.
Result<store::Cursor> offer_listed(Services& services, const Request& request, const AskedIndicators& asked, Picker& picker) {
  store::ListQuery query = asked.query;
  for (std::size_t pages = 0; pages < pages_looked_through_max; ++pages) {
    query.limit = page_items_most;
    MOZU_LET(auto page, services.knowledge.list_objects(request.who->viewer, query));
    MOZU_TRY(picker.expect(page.items));
    std::size_t offered = 0;
    while (offered < page.items.size() && picker.written() < asked.limit) picker.offer(page.items[offered++]);
    if (offered < page.items.size()) {
      query.limit = offered;
      MOZU_LET(page, services.knowledge.list_objects(request.who->viewer, query));
    }
    query.cursor = page.next;
    if (query.cursor.empty() || picker.written() == asked.limit) break;
  }
  return query.cursor;
}

Response indicators(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const AskedIndicators asked, asked_of(request));
  if (!request.query("value").empty() && !asked.related_to.empty())
    return problem(400, "query-invalid", "'value' and 'related_to' of the query do not go together");
  std::string body;
  JsonWriter w(body);
  w.begin_object().key("items").begin_array();
  Picker picker(services, request, asked, w);
  store::Cursor next;
  if (!request.query("value").empty()) {
    MOZU_ANSWER(offer_value(services, request, picker));
  } else if (!asked.related_to.empty()) {
    MOZU_ANSWER_LET(next, offer_related(services, request, asked, picker));
  } else {
    MOZU_ANSWER_LET(next, offer_listed(services, request, asked, picker));
  }
  w.end_array();
  if (!next.empty()) w.field("next", next);
  w.end_object();
  return with_etag(request, json_response(std::move(body)));
}

/// The rule itself, as it was written.
Response rule(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const auto stored, services.knowledge.object(request.who->viewer, request.parameters[0]));
  simdjson::dom::parser parser;
  simdjson::dom::object o;
  if (!stored || stored->type != "indicator" || parser.parse(stored->json).get(o) != simdjson::SUCCESS) return problem(404, "absent", "no such rule");
  Response out;
  out.content_type = "text/plain; charset=utf-8";
  out.body = string_member(o, "pattern");
  out.set("X-Mozu-Pattern-Type", std::string(string_member(o, "pattern_type")));
  return with_etag(request, fmt::format("\"{}\"", stored->sequence), std::move(out));
}

}  // namespace

void add_indicator_routes(Router& router, Services& services) {
  const auto to = handlers(services);
  router.add(Method::get, "/api/v1/indicators", Permission::read, slow, to(indicators));
  router.add(Method::get, "/api/v1/indicators/{id}/pattern", Permission::read, no_body, to(rule));
}

}  // namespace mozu::server
