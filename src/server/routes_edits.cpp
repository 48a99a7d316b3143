// Many indicators changed at once, and taken back: each edit is one transaction, written down with who made it and what it was.
#include <fmt/core.h>

#include <algorithm>

#include "json.hpp"
#include "mozu/base/diagnostics.hpp"
#include "mozu/exchange/edit.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

constexpr std::string_view collection = "indicator-edits", items_collection = "indicator-edit-items";
constexpr RouteOptions edit_body{Body::memory, std::uint64_t{4} << 20, true, true};
constexpr RouteOptions undo_options{Body::none, 0, true, true};
constexpr std::size_t labels_max = 50, label_bytes_max = 256;

struct Asked {
  std::vector<exchange::EditTarget> targets;
  formats::StixEdit edit;
};

std::unexpected<Diagnostic> bad(std::string_view what) { return fail("field-invalid", std::string(what)); }

Result<std::vector<exchange::EditTarget>> targets_of(const JsonObject& o) {
  std::vector<exchange::EditTarget> out;
  const auto items = array_member(o, "items");
  if (!items) return bad("items is not a list");
  for (const JsonElement e : *items) {
    const std::string_view id = string_member(e, "id");
    const auto sequence = member_as<std::int64_t>(e, "sequence");
    if (id.empty() || !sequence) return bad("each of items has id and sequence, as lists give them");
    out.push_back({std::string(id), *sequence});
  }
  std::ranges::sort(out, {}, &exchange::EditTarget::id);
  const auto twice = std::ranges::unique(out, {}, &exchange::EditTarget::id);
  out.erase(twice.begin(), twice.end());
  if (out.empty() || out.size() > exchange::edited_max) return bad(fmt::format("items holds 1 to {} indicators", exchange::edited_max));
  return out;
}

Result<std::vector<std::string>> labels_of(const JsonBody& body, std::string_view key) {
  MOZU_LET(auto labels, body.texts(key));
  const auto is_bad = [](const std::string& label) { return trim(label).empty() || label.size() > label_bytes_max; };
  if (labels.size() > labels_max || std::ranges::any_of(labels, is_bad))
    return bad(fmt::format("{} holds at most {} labels of 1 to {} bytes", key, labels_max, label_bytes_max));
  return labels;
}

Result<Asked> read(const Request& request) {
  MOZU_LET(const auto body, JsonBody::parse(request));
  MOZU_TRY(body.only({"items", "confidence", "valid_until", "revoke", "add_labels", "remove_labels", "tlp"}));
  Asked out;
  MOZU_LET(out.targets, targets_of(body.object()));
  if (body.has("confidence")) {
    MOZU_LET(const auto confidence, body.number("confidence", 0));
    if (confidence < 0 || confidence > 100) return bad("confidence is a number from 0 to 100");
    out.edit.confidence = static_cast<std::uint8_t>(confidence);
  }
  if (body.has("valid_until")) {
    MOZU_LET(const auto text, body.text("valid_until"));
    out.edit.valid_until = parse_time_iso(text);
    if (!out.edit.valid_until) return bad("valid_until is no time such as 2027-01-31T00:00:00Z");
  }
  MOZU_LET(out.edit.revoke, body.flag("revoke", false));
  MOZU_LET(out.edit.add_labels, labels_of(body, "add_labels"));
  MOZU_LET(out.edit.remove_labels, labels_of(body, "remove_labels"));
  if (body.has("tlp")) {
    MOZU_LET(const auto text, body.text("tlp"));
    const auto tlp = intel::parse_tlp(text);
    if (!tlp || *tlp == intel::Tlp::none) return bad("tlp is clear, green, amber, amber+strict or red");
    out.edit.tlp = *tlp;
  }
  const auto& e = out.edit;
  if (!e.confidence && !e.valid_until && !e.revoke && e.add_labels.empty() && e.remove_labels.empty() && e.tlp == intel::Tlp::none)
    return bad("nothing is to be changed: say confidence, valid_until, revoke, add_labels, remove_labels or tlp");
  return out;
}

/// "confidence 40, revoked, +phishing"
std::string told(const formats::StixEdit& e) {
  std::string out;
  const auto add = [&](std::string_view text) { out += (out.empty() ? "" : ", ") + std::string(text); };
  if (e.confidence) add(fmt::format("confidence {}", *e.confidence));
  if (e.valid_until) add(fmt::format("valid until {}", format_time(*e.valid_until)));
  if (e.revoke) add("revoked");
  for (const auto& label : e.add_labels) add("+" + label);
  for (const auto& label : e.remove_labels) add("-" + label);
  if (e.tlp != intel::Tlp::none) add(tlp_text(e.tlp));
  return printable(out, 1000);
}

std::string document_id(const Request& request, std::int64_t import) { return fmt::format("{}.{:012}", request.who->viewer.organisation, import); }

/// What an undo needs, apart from what a list of edits shows: it may be long.
Status keep(Services& services, const Request& request, const exchange::EditReceipt& receipt, const Asked& asked) {
  store::Document d;
  d.id = document_id(request, receipt.import);
  d.organisation = request.who->viewer.organisation, d.owner = request.who->user;
  auto& accounts = services.identities.accounts();
  JsonWriter items(d.json);
  items.begin_object().key("items").begin_array();
  for (const auto& t : asked.targets) items.begin_object().field("id", t.id).field("sequence", t.sequence).end_object();
  items.end_array().end_object();
  d.collection = items_collection;
  if (const auto put = accounts.put_document(d); !put) return fail(put.error());
  d.json.clear();
  JsonWriter w(d.json);
  w.begin_object().field("edit", receipt.import).field("by", request.who->name).field("at", format_time(services.identities.now()));
  w.field("what", told(asked.edit)).field("changed", receipt.changed).end_object();
  d.collection = collection;
  const auto put = accounts.put_document(d);
  return put ? Status() : fail(put.error());
}

/// `undoable`: it stands in the list of edits.
Response receipt_response(const exchange::EditReceipt& receipt, unsigned status, bool undoable) {
  std::string body;
  JsonWriter w(body);
  w.begin_object();
  if (receipt.import != 0) w.field("edit", receipt.import);
  w.field("changed", receipt.changed).field("unchanged", receipt.unchanged).field("skipped", receipt.skipped).field("undoable", undoable).end_object();
  return json_response(std::move(body), status);
}

exchange::Editor editor_of(const Request& request) { return {request.who->viewer, request.who->name}; }

Response edit(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const Asked asked, read(request));
  MOZU_ANSWER_LET(const auto receipt,
                  exchange::edit_objects(services.knowledge, editor_of(request), "indicator", asked.targets, asked.edit, services.identities.now()));
  if (receipt.import != 0) {
    // They are changed, whatever becomes of the note of it, which stands in the other database: to say that nothing was would be untrue.
    const auto kept = keep(services, request, receipt, asked);
    const auto noted =
        audit(services, request, "indicator-edit", fmt::format("{}", receipt.import), fmt::format("{} indicators: {}", receipt.changed, told(asked.edit)));
    for (const auto* done : {&kept, &noted})
      if (!*done && services.log) services.log(render_json(done->error()));
    return receipt_response(receipt, 201, kept.has_value());
  }
  return receipt_response(receipt, 200, false);
}

Response list(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"cursor"}));
  store::Accounts::DocumentQuery query;
  query.collection = collection, query.organisation = request.who->viewer.organisation, query.with_json = true;
  query.descending = true, query.limit = page_items_most, query.cursor = request.query("cursor");
  MOZU_ANSWER_LET(auto page, services.identities.accounts().documents(query));
  simdjson::dom::parser parser;
  return page_response(page.items, page.next, std::nullopt, [&](JsonWriter& w, const store::Document& d) {
    JsonObject o;
    if (parser.parse(d.json).get(o) != simdjson::SUCCESS) return;
    w.begin_object();
    for (const std::string_view key : {"edit", "changed"}) w.field(key, member_as<std::int64_t>(o, key).value_or(0));
    for (const std::string_view key : {"by", "at", "what"}) w.field(key, string_member(o, key));
    w.field("undone", d.version > 1).end_object();
  });
}

Response undo(Services& services, const Request& request) {
  const auto import = to_uint(request.parameters[0]);
  auto& accounts = services.identities.accounts();
  std::optional<store::Document> summary, items;
  if (import && *import <= INT32_MAX) {
    const std::string id = document_id(request, static_cast<std::int64_t>(*import));
    MOZU_ANSWER_LET(summary, accounts.document(collection, id));
    MOZU_ANSWER_LET(items, accounts.document(items_collection, id));
  }
  simdjson::dom::parser parser;
  JsonObject o;
  if (!summary || !items || parser.parse(items->json).get(o) != simdjson::SUCCESS) return problem(404, "absent", "your organisation made no such edit");
  MOZU_ANSWER_LET(const auto targets, targets_of(o));
  MOZU_ANSWER_LET(const auto receipt,
                  exchange::undo_edit(services.knowledge, editor_of(request), static_cast<std::int64_t>(*import), targets, services.identities.now()));
  MOZU_ANSWER(accounts.put_document(*summary));  // its second version: it was undone
  MOZU_ANSWER(audit(services, request, "indicator-edit-undo", request.parameters[0],
                    fmt::format("{} indicators, {} changed again since", receipt.changed, receipt.skipped)));
  return receipt_response(receipt, 200, false);
}

}  // namespace

void add_edit_routes(Router& router, Services& services) {
  const auto to = handlers(services);
  router.add(Method::get, "/api/v1/indicators/edits", Permission::curate, no_body, to(list));
  router.add(Method::post, "/api/v1/indicators/edits", Permission::curate, edit_body, to(edit));
  router.add(Method::post, "/api/v1/indicators/edits/{edit}/undo", Permission::curate, undo_options, to(undo));
}

}  // namespace mozu::server
