// TAXII 2.1 (OASIS, June 2021): one API root; a collection for everything, one for each source, type and TLP level, and one that
// takes what clients write. Pages follow the store's sequence, so that objects of one date_added are neither lost nor given twice.
#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <set>
#include <span>

#include "mozu/base/diagnostics.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "mozu/formats/stix_objects.hpp"
#include "mozu/store/sources.hpp"
#include "routes.hpp"
#include "taxii.hpp"

namespace mozu::server {
namespace {

constexpr std::string_view stix_type = "application/stix+json;version=2.1";
constexpr std::uint64_t envelope_bytes_max = std::uint64_t{64} << 20;
constexpr std::string_view inbox_source = "taxii", statuses_collection = "taxii-status";
constexpr std::int64_t hour_ms = 3'600'000, status_kept_ms = 7 * 24 * hour_ms;  // the standard asks for 24 hours (§4.3)

Response taxii(std::string body, unsigned status = 200) {
  Response r = json_response(std::move(body), status);
  r.content_type = taxii_type;
  return r;
}

/// The errors of TAXII have a form of their own.
Response taxii_problem(unsigned status, std::string_view title, std::string_view description, std::string_view code) {
  std::string body;
  JsonWriter w(body);
  w.begin_object()
      .field("title", title)
      .field("description", description)
      .field("error_code", code)
      .field("http_status", fmt::format("{}", status))
      .end_object();
  return taxii(std::move(body), status);
}
Response taxii_refuse(const Services& services, const Request& request, const Diagnostic& d) {
  const Response known = refuse(services, request, d);
  return taxii_problem(known.status, known.status >= 500 ? "the server could not do this" : d.message, known.status >= 500 ? "" : d.hint, d.code);
}

/// A media type without blanks, in lower case.
std::string plain_media_type(std::string_view text) {
  std::string out;
  for (const char c : fold(text))
    if (!is_space(static_cast<unsigned char>(c))) out.push_back(c);
  return out;
}

bool takes_taxii(const Request& request) {
  const std::string_view accept = request.header("accept");
  if (accept.empty()) return true;
  for (const std::string_view part : split(accept, ',')) {
    const std::string one = plain_media_type(part);
    if (one.starts_with("*/*") || one.starts_with("application/*") || one == "application/taxii+json" ||
        one.starts_with("application/taxii+json;version=2.1") || one.starts_with("application/taxii+json;q"))
      return true;
  }
  return false;
}

Result<std::vector<Collection>> collections(Services& services, const Request& request) {
  std::vector<std::string> types, sources;
  MOZU_LET(const auto counts, services.knowledge.counts(request.who->viewer));
  for (const auto& [type, n] : counts) types.push_back(type);
  MOZU_LET(const auto records, services.knowledge.sources(request.who->viewer));
  for (const auto& record : records)
    if (record.last.provenance.source != store::edits_source) sources.push_back(record.last.provenance.source);
  return all_collections(types, sources, request.who->viewer.clearance);
}

Result<Collection> collection_asked(Services& services, const Request& request) {
  MOZU_LET(const auto all, collections(services, request));
  const std::string wanted = fold(request.parameters[0]);
  for (const Collection& c : all)
    if (c.id == wanted || c.alias == wanted) return c;
  return fail("absent", "no such collection");
}

void write_collection(JsonWriter& w, const Collection& c, const Request& request) {
  w.begin_object().field("id", c.id).field("title", c.title).field("description", c.description).field("alias", c.alias);
  w.field("can_read", c.kind != Collection::Kind::inbox).field("can_write", c.kind == Collection::Kind::inbox && request.who->may(Permission::import));
  w.key("media_types").begin_array().value(stix_type).end_array().end_object();
}

Response discovery(Services&, const Request&) {
  std::string body;
  JsonWriter w(body);
  w.begin_object().field("title", "Mozu").field("description", "threat intelligence of this Mozu").field("default", "/taxii2/knowledge/");
  w.key("api_roots").begin_array().value("/taxii2/knowledge/").end_array().end_object();
  return taxii(std::move(body));
}

Response api_root(Services&, const Request&) {
  std::string body;
  JsonWriter w(body);
  w.begin_object().field("title", "Mozu's knowledge base").key("versions").begin_array().value(taxii_type).end_array();
  w.field("max_content_length", envelope_bytes_max).end_object();
  return taxii(std::move(body));
}

Response list_collections(Services& services, const Request& request) {
  const auto all = collections(services, request);
  if (!all) return taxii_refuse(services, request, all.error());
  std::string body;
  JsonWriter w(body);
  w.begin_object().key("collections").begin_array();
  for (const Collection& c : *all) write_collection(w, c, request);
  w.end_array().end_object();
  return taxii(std::move(body));
}

Response one_collection(Services& services, const Request& request) {
  const auto collection = collection_asked(services, request);
  if (!collection) return taxii_refuse(services, request, collection.error());
  std::string body;
  JsonWriter w(body);
  write_collection(w, *collection, request);
  return taxii(std::move(body));
}

/// A page of objects as `write` puts them, and the headers that tell where to go on by time.
using WriteItem = void (*)(JsonWriter&, const store::StoredObject&);
Response page_of(const TaxiiPage& page, std::string_view key, WriteItem write) {
  std::string body;
  JsonWriter w(body);
  w.begin_object().field("more", !page.next.empty());
  if (!page.next.empty()) w.field("next", page.next);
  if (!page.items.empty()) {  // empty lists are prohibited (TAXII 2.1 §2)
    w.key(key).begin_array();
    for (const auto& item : page.items) write(w, item);
    w.end_array();
  }
  w.end_object();
  Response r = taxii(std::move(body));
  if (!page.items.empty()) {
    const auto [first, last] = std::ranges::minmax_element(page.items, {}, [](const store::StoredObject& o) { return o.added; });
    r.set("X-TAXII-Date-Added-First", taxii_time(first->added.ms * 1000));
    r.set("X-TAXII-Date-Added-Last", taxii_time(last->added.ms * 1000));
  }
  return r;
}

void write_object(JsonWriter& w, const store::StoredObject& o) { w.raw(o.json); }
void write_manifest(JsonWriter& w, const store::StoredObject& o) {
  w.begin_object()
      .field("id", o.id)
      .field("date_added", taxii_time(o.added.ms * 1000))
      .field("version", taxii_time(version_us(o)))
      .field("media_type", stix_type)
      .end_object();
}
void write_version(JsonWriter& w, const store::StoredObject& o) { w.value(taxii_time(version_us(o))); }

Result<TaxiiPage> asked_page(Services& services, const Request& request, std::string_view id, bool every_version) {
  MOZU_LET(const Collection collection, collection_asked(services, request));
  if (collection.kind == Collection::Kind::inbox) return fail("not-permitted", "this collection is for writing only");
  MOZU_LET(TaxiiQuery query, taxii_query(request));
  if (!id.empty()) query.ids = {std::string(id)};
  const bool plain = query.is_plain();
  if (every_version) query.versions = {"all"};
  MOZU_LET(auto page, taxii_page(services.knowledge, request.who->viewer, collection, query));
  if (!id.empty() && page.items.empty() && plain) return fail("absent", "no such object in this collection");
  return page;
}

Response objects(Services& services, const Request& request) {
  const auto page = asked_page(services, request, {}, false);
  return page ? page_of(*page, "objects", write_object) : taxii_refuse(services, request, page.error());
}
Response manifest(Services& services, const Request& request) {
  const auto page = asked_page(services, request, {}, false);
  return page ? page_of(*page, "objects", write_manifest) : taxii_refuse(services, request, page.error());
}
Response object(Services& services, const Request& request) {
  const auto page = asked_page(services, request, request.parameters[1], false);
  return page ? page_of(*page, "objects", write_object) : taxii_refuse(services, request, page.error());
}
Response taxii_versions(Services& services, const Request& request) {
  const auto page = asked_page(services, request, request.parameters[1], true);
  return page ? page_of(*page, "versions", write_version) : taxii_refuse(services, request, page.error());
}

/// An object with a list "objects". What the list holds is told one by one in the status.
bool is_envelope(const std::string& body) {
  const simdjson::padded_string padded(body);
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  simdjson::ondemand::array objects;
  return parser.iterate(padded).get(document) == simdjson::SUCCESS && document.find_field_unordered("objects").get(objects) == simdjson::SUCCESS;
}

struct Written {
  std::vector<std::pair<std::string, std::string>> good, bad;  ///< id and version; id and why
};

std::string status_json(std::string_view id, Timestamp at, const Written& written) {
  std::string body;
  JsonWriter w(body);
  w.begin_object().field("id", id).field("status", "complete").field("request_timestamp", taxii_time(at.ms * 1000));
  w.field("total_count", written.good.size() + written.bad.size())
      .field("success_count", written.good.size())
      .field("failure_count", written.bad.size())
      .field("pending_count", 0);
  const auto list = [&](std::string_view key, std::string_view why, const auto& items) {
    if (items.empty()) return;
    w.key(key).begin_array();
    for (const auto& [object_id, text] : items) w.begin_object().field("id", object_id).field(why, text).end_object();
    w.end_array();
  };
  list("successes", "version", written.good);
  list("failures", "message", written.bad);
  w.end_object();
  return body;
}

Result<Written> write_envelope(Services& services, const Request& request) {
  MOZU_LET(const Collection collection, collection_asked(services, request));
  if (collection.kind != Collection::Kind::inbox) return fail("not-permitted", "this collection cannot be written to", "write to the collection 'inbox'");
  store::Provenance p;
  p.source = inbox_source;
  p.origin = "TAXII";
  p.sha256 = to_hex(sha256(std::as_bytes(std::span(request.body.data(), request.body.size()))));
  p.actor = request.who->name;
  p.organisation = request.who->viewer.organisation;
  p.tlp = intel::tlp_in_force(p.organisation, intel::Tlp::none);
  MOZU_LET(const auto import, services.knowledge.begin_import(p));
  Written written;
  Diagnostics diagnostics(envelope_failures_max);
  formats::StixReadStatistics statistics;
  MOZU_TRY(formats::read_stix_objects(
      "envelope", request.body,
      [&](intel::StixObject&& o) {
        written.good.emplace_back(o.id, taxii_time(o.modified_us));
        return import->put(std::move(o));
      },
      diagnostics, statistics));
  if (statistics.cut_off > 0) return fail("envelope-broken", "the envelope ends in the middle, or is no JSON", "send an envelope: {\"objects\":[…]}");
  for (const Diagnostic& d : diagnostics.kept()) written.bad.emplace_back(d.where.path.empty() ? "envelope" : d.where.path, d.message);
  MOZU_LET(const auto receipt, import->commit());
  const std::set<std::string_view> published(receipt.published.begin(), receipt.published.end());
  std::erase_if(written.good, [&](const auto& one) { return published.contains(one.first); });
  for (const std::string_view id : published) {
    written.bad.emplace_back(std::string(id), "it is published here: what is published changes by a new edition only");
  }
  MOZU_TRY(audit(services, request, "import", fmt::format("{}", receipt.import),
                 fmt::format("taxii: {} added, {} updated", receipt.counts.added, receipt.counts.updated)));
  return written;
}

/// Statuses are made here only, so their end comes with new ones: looked for once an hour.
class Sweeper {
 public:
  Status sweep(Services& services) {
    const std::int64_t now = services.identities.now().ms;
    std::int64_t before = swept_ms_;
    if (now - before < hour_ms || !swept_ms_.compare_exchange_strong(before, now)) return {};
    return services.identities.accounts().remove_documents(statuses_collection, {now - status_kept_ms});
  }

 private:
  std::atomic<std::int64_t> swept_ms_ = 0;
};

Response add_objects(Services& services, Sweeper& sweeper, const Request& request) {
  if (const std::string type = plain_media_type(request.header("content-type")); type != "application/taxii+json" && type != taxii_type)
    return taxii_problem(415, "an envelope is application/taxii+json;version=2.1", "", "content-type");
  if (!is_envelope(request.body)) return taxii_problem(422, "the body is no envelope", "send an envelope: {\"objects\":[…]}", "json-invalid");  // §5.5
  if (const auto swept = sweeper.sweep(services); !swept) return taxii_refuse(services, request, swept.error());
  const auto written = write_envelope(services, request);
  if (!written) return taxii_refuse(services, request, written.error());
  const Timestamp at = services.identities.now();
  store::Document status;
  status.collection = statuses_collection;
  status.id = uuid_v5(taxii_space, request.id + taxii_time(at.ms * 1000) + request.who->name);
  status.organisation = request.who->viewer.organisation;
  status.owner = request.who->user;
  status.json = status_json(status.id, at, *written);
  if (status.json.size() > store::document_bytes_max) status.json = status_json(status.id, at, {});
  const auto kept = services.identities.accounts().put_document(status);
  if (!kept) return taxii_refuse(services, request, kept.error());
  return taxii(std::move(status.json), 202);
}

Response status(Services& services, const Request& request) {
  const auto found = services.identities.accounts().document(statuses_collection, request.parameters[0]);
  if (!found) return taxii_refuse(services, request, found.error());
  if (!*found || (*found)->owner != request.who->user) return taxii_problem(404, "no such status", "", "absent");
  return taxii((*found)->json);
}

}  // namespace

void add_taxii_routes(Router& router, Services& services) {
  const auto sweeper = std::make_shared<Sweeper>();
  const auto speaking = [](Handler handler) {
    return [handler = std::move(handler)](const Request& request) {
      if (!takes_taxii(request))
        return taxii_problem(406, "only TAXII 2.1 is spoken here", "send the header Accept: application/taxii+json;version=2.1", "accept");
      return handler(request);
    };
  };
  const auto to = [&](Response (*handler)(Services&, const Request&)) { return speaking(handlers(services)(handler)); };
  const RouteOptions envelope{Body::memory, envelope_bytes_max, true, true};
  router.add(Method::get, "/taxii2", Permission::taxii, no_body, to(discovery));
  router.add(Method::get, "/taxii2/knowledge", Permission::taxii, no_body, to(api_root));
  router.add(Method::get, "/taxii2/knowledge/status/{status}", Permission::taxii, no_body, to(status));
  router.add(Method::get, "/taxii2/knowledge/collections", Permission::taxii, no_body, to(list_collections));
  router.add(Method::get, "/taxii2/knowledge/collections/{collection}", Permission::taxii, no_body, to(one_collection));
  router.add(Method::get, "/taxii2/knowledge/collections/{collection}/objects", Permission::taxii, no_body, to(objects));
  router.add(Method::post, "/taxii2/knowledge/collections/{collection}/objects", Permission::import, envelope,
             speaking(handlers(services, sweeper)(add_objects)));
  router.add(Method::get, "/taxii2/knowledge/collections/{collection}/manifest", Permission::taxii, no_body, to(manifest));
  router.add(Method::get, "/taxii2/knowledge/collections/{collection}/objects/{object}", Permission::taxii, no_body, to(object));
  router.add(Method::get, "/taxii2/knowledge/collections/{collection}/objects/{object}/versions", Permission::taxii, no_body, to(taxii_versions));
}

}  // namespace mozu::server
