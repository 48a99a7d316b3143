// Many indicators changed at once, and taken back: each edit is one transaction, written down with who made it and what it was.
#include <fmt/core.h>

#include <algorithm>

#include "json.hpp"
#include "mozu/base/diagnostics.hpp"
#include "mozu/exchange/edit.hpp"
#include "mozu/store/sources.hpp"
#include "routes.hpp"
#include "secrets.hpp"

namespace mozu::server {
namespace {

constexpr std::string_view edits_collection = "indicator-edits", items_collection = "indicator-edit-items", intents_collection = "indicator-edit-intents";
constexpr std::int64_t intent_kept_ms = std::int64_t{24} * 3'600'000, clocks_apart_ms = 3'600'000;
constexpr RouteOptions edit_body{Body::memory, std::uint64_t{4} << 20, true, true};
constexpr RouteOptions undo_options{Body::none, 0, true, true};
constexpr std::size_t edit_labels_max = 50, label_bytes_max = 256;

struct AskedEdit {
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
  if (labels.size() > edit_labels_max || std::ranges::any_of(labels, is_bad))
    return bad(fmt::format("{} holds at most {} labels of 1 to {} bytes", key, edit_labels_max, label_bytes_max));
  return labels;
}

Result<AskedEdit> read_edit(const Request& request) {
  MOZU_LET(const auto body, JsonBody::parse(request));
  MOZU_TRY(body.only({"items", "confidence", "valid_until", "revoke", "add_labels", "remove_labels", "tlp"}));
  AskedEdit out;
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
std::string edit_text(const formats::StixEdit& e) {
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

std::string edit_document_id(intel::OrganisationId organisation, std::int64_t import) { return fmt::format("{}.{:012}", organisation, import); }

/// The edit and the list of edits are in two databases. So what is about to be done is written down first; whoever dies in between leaves that, and whoever asks for the list next
/// completes it, if the edit was made.
struct Intent {
  store::Document document;  ///< its id is the mark of the edit
  std::vector<exchange::EditTarget> targets;
  std::string by, what;
  std::int64_t import = 0;
  std::uint64_t changed = 0;
  Timestamp at;  ///< when the edit was made, however late its note is
};

void write_targets(JsonWriter& w, const std::vector<exchange::EditTarget>& targets) {
  w.key("items").begin_array();
  for (const auto& t : targets) w.begin_object().field("id", t.id).field("sequence", t.sequence).end_object();
  w.end_array();
}

Result<Intent> intend(Services& services, const Request& request, const AskedEdit& asked) {
  Intent out;
  out.document.collection = intents_collection, out.document.id = random_text(24);
  out.document.organisation = request.who->viewer.organisation, out.document.owner = request.who->user;
  out.targets = asked.targets, out.by = request.who->name, out.what = edit_text(asked.edit);
  JsonWriter w(out.document.json);
  w.begin_object().field("by", out.by).field("what", out.what);
  write_targets(w, out.targets);
  w.end_object();
  MOZU_TRY(services.identities.accounts().put_document(out.document));
  return out;
}

Status put_once(store::Accounts& accounts, const store::Document& d) {
  const auto put = accounts.put_document(d);
  return put || put.error().code == "conflict" ? Status() : fail(put.error());  // conflict: somebody completed it at the same time
}

Status forget(store::Accounts& accounts, const Intent& intent) {
  const auto removed = accounts.remove_document(intents_collection, intent.document.id);
  return removed || removed.error().code == "absent" ? Status() : fail(removed.error());
}

/// The list of edits, the audit log, and apart from what a list shows what an undo needs: it may be long.
Status keep_edit(Services& services, const Request& request, const Intent& intent) {
  auto& accounts = services.identities.accounts();
  store::Document d;
  d.id = edit_document_id(intent.document.organisation, intent.import);
  d.organisation = intent.document.organisation, d.owner = intent.document.owner;
  MOZU_LET(const auto there, accounts.document(edits_collection, d.id));
  if (!there) {
    JsonWriter items(d.json);
    items.begin_object();
    write_targets(items, intent.targets);
    items.end_object();
    d.collection = items_collection;
    MOZU_TRY(put_once(accounts, d));
    MOZU_TRY(
        audit(services, request, "indicator-edit", fmt::format("{}", intent.import), fmt::format("{} indicators: {}", intent.changed, intent.what), intent.by));
    d.json.clear();
    JsonWriter w(d.json);
    w.begin_object().field("edit", intent.import).field("by", intent.by).field("at", format_time(intent.at));
    w.field("what", intent.what).field("changed", intent.changed).end_object();
    d.collection = edits_collection;
    MOZU_TRY(put_once(accounts, d));
  }
  return forget(accounts, intent);
}

/// The import that was made of it, if it was.
Status find_import(store::Store& knowledge, Intent& intent) {
  const intel::Viewer own{intent.document.organisation, intel::Tlp::red, false};
  store::Cursor cursor;
  do {
    MOZU_LET(const auto page, knowledge.imports(own, cursor, 1000));
    for (const auto& i : page.items) {
      if (i.at.ms < intent.document.created.ms - clocks_apart_ms) return {};
      if (i.provenance.source != store::edits_source || !i.provenance.origin.ends_with(" " + intent.document.id)) continue;
      intent.import = i.number, intent.changed = i.counts.updated, intent.at = i.at;
      return {};
    }
    cursor = page.next;
  } while (!cursor.empty());
  return {};
}

/// What was cut off between an edit and the note of it.
Status complete_edits(Services& services, const Request& request) {
  auto& accounts = services.identities.accounts();
  store::Accounts::DocumentQuery query;
  query.collection = intents_collection, query.organisation = request.who->viewer.organisation, query.with_json = true;
  do {
    MOZU_LET(const auto page, accounts.documents(query));
    for (const auto& d : page.items) {
      simdjson::dom::parser parser;
      JsonObject o;
      if (parser.parse(d.json).get(o) != simdjson::SUCCESS) continue;
      Intent intent;
      intent.document = d, intent.by = string_member(o, "by"), intent.what = string_member(o, "what");
      MOZU_LET(intent.targets, targets_of(o));
      MOZU_TRY(find_import(services.knowledge, intent));
      if (intent.import != 0) MOZU_TRY(keep_edit(services, request, intent));
      else if (d.created.ms < Timestamp::now().ms - intent_kept_ms) MOZU_TRY(forget(accounts, intent));  // nothing came of it; a younger one may be being made
    }
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return {};
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

exchange::Editor editor_of(const Request& request, std::string mark = {}) { return {request.who->viewer, request.who->name, std::move(mark)}; }

Response edit(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const AskedEdit asked, read_edit(request));
  MOZU_ANSWER_LET(Intent intent, intend(services, request, asked));
  intent.at = services.identities.now();
  const auto receipt = exchange::edit_objects(services.knowledge, editor_of(request, intent.document.id), "indicator", asked.targets, asked.edit, intent.at);
  if (!receipt || receipt->import == 0) {
    // Where the store failed, it may have written all the same: a connection is cut after the commit, too.
    const bool is_certain = receipt || !receipt.error().code.starts_with("store-");
    if (const auto forgotten = is_certain ? forget(services.identities.accounts(), intent) : Status(); !forgotten && services.log)
      services.log(render_json(forgotten.error()));
    return receipt ? receipt_response(*receipt, 200, false) : refuse(services, request, receipt.error());
  }
  // They are changed, whatever becomes of the note of it: to say that nothing was would be untrue.
  intent.import = receipt->import, intent.changed = receipt->changed;
  const auto kept = keep_edit(services, request, intent);
  if (!kept && services.log) services.log(render_json(kept.error()));
  return receipt_response(*receipt, 201, kept.has_value());
}

Response list_edits(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"cursor"}));
  MOZU_ANSWER(complete_edits(services, request));
  store::Accounts::DocumentQuery query;
  query.collection = edits_collection, query.organisation = request.who->viewer.organisation, query.with_json = true;
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
  MOZU_ANSWER(complete_edits(services, request));
  if (import && *import <= INT32_MAX) {
    const std::string id = edit_document_id(request.who->viewer.organisation, static_cast<std::int64_t>(*import));
    MOZU_ANSWER_LET(summary, accounts.document(edits_collection, id));
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
  router.add(Method::get, "/api/v1/indicators/edits", Permission::curate, no_body, to(list_edits));
  router.add(Method::post, "/api/v1/indicators/edits", Permission::curate, edit_body, to(edit));
  router.add(Method::post, "/api/v1/indicators/edits/{edit}/undo", Permission::curate, undo_options, to(undo));
}

}  // namespace mozu::server
