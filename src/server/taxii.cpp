#include "taxii.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <span>

#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/time.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

constexpr std::size_t versions_max = 1000;  // of one object, that are looked through for the first one
constexpr std::size_t taxii_versions_at_once = 100;

Collection make_collection(Collection::Kind kind, std::string alias, std::string title, std::string description) {
  Collection c;
  c.kind = kind;
  c.id = uuid_v5(taxii_space, alias);
  c.alias = std::move(alias);
  c.title = std::move(title);
  c.description = std::move(description);
  return c;
}

/// Times of writing rise with the sequence: the last sequence of which all before were added by then.
Result<std::int64_t> sequence_at(store::Store& knowledge, const intel::Viewer& viewer, std::int64_t added_after_ms) {
  MOZU_LET(const std::int64_t last, knowledge.last_sequence());
  std::int64_t low = 0, high = last;
  store::ListQuery one;
  one.all_versions = true;
  one.limit = 1;
  while (low < high) {
    one.after_sequence = low + (high - low) / 2;
    MOZU_LET(const auto page, knowledge.list(viewer, one));
    if (page.items.empty() || page.items[0].added.ms > added_after_ms) high = one.after_sequence;
    else low = page.items[0].sequence;
  }
  return low;
}

/// "first" is what no other version is older than; times are equal to the microsecond.
Result<bool> version_wanted(store::Store& knowledge, const intel::Viewer& viewer, const TaxiiQuery& query, const store::StoredObject& o) {
  for (const std::string& wanted : query.versions) {
    if (wanted == "all") return true;
    if (const auto us = taxii_time_us(wanted); us && *us == version_us(o)) return true;
    if (wanted != "first" && wanted != "last") continue;
    MOZU_LET(const auto page, knowledge.versions(viewer, o.id, {}, versions_max));
    const auto [oldest, newest] = std::ranges::minmax_element(page.items, {}, [](const store::StoredObject& v) { return version_us(v); });
    if (oldest == page.items.end()) continue;
    if (version_us(wanted == "first" ? *oldest : *newest) == version_us(o)) return true;
  }
  return false;
}

bool latest_only(const TaxiiQuery& q) { return q.versions.empty() || (q.versions.size() == 1 && q.versions[0] == "last"); }

/// Binds `next` to what was asked: with other filters it would lose or repeat objects without a word.
std::string fingerprint(const Collection& collection, const TaxiiQuery& query) {
  std::string text = collection.id;
  for (const auto* list : {&query.ids, &query.types, &query.versions, &query.spec_versions}) {
    text.push_back('\n');
    for (const std::string& value : *list) (text += value).push_back(',');
  }
  if (query.added_after_ms) text += fmt::format("{}", *query.added_after_ms);
  return to_hex(sha256(std::as_bytes(std::span(text)))).substr(0, 16);
}

/// In the order of writing, like lists: `next` is the sequence of the last one given. Of all that fits only a page is held.
Result<TaxiiPage> by_ids(store::Store& knowledge, const intel::Viewer& viewer, const Collection& collection, const TaxiiQuery& query) {
  std::int64_t after = 0;
  if (!query.next.empty()) {
    const auto sequence = to_uint(query.next);
    if (!sequence) return fail("cursor-invalid", "'next' of the query is not from this server");
    after = static_cast<std::int64_t>(*sequence);
  }
  TaxiiPage out;
  const auto keep_page = [&] {
    std::ranges::sort(out.items, {}, &store::StoredObject::sequence);
    const bool more = out.items.size() > query.limit;
    if (more) out.items.erase(out.items.begin() + static_cast<std::ptrdiff_t>(query.limit), out.items.end());
    if (more || !out.next.empty()) out.next = fmt::format("{}", out.items.back().sequence);
  };
  for (const std::string& id : std::set(query.ids.begin(), query.ids.end())) {
    store::Cursor cursor;
    do {
      MOZU_LET(auto page, knowledge.versions(viewer, id, cursor, latest_only(query) ? 1 : taxii_versions_at_once));
      for (auto& o : page.items) {
        const bool fits = o.sequence > after && collection.holds(o) && !(query.added_after_ms && o.added.ms <= *query.added_after_ms) &&
                          (query.types.empty() || std::ranges::find(query.types, o.type) != query.types.end());
        if (fits) out.items.push_back(std::move(o));
      }
      keep_page();
      cursor = latest_only(query) ? store::Cursor() : page.next;
    } while (!cursor.empty());
  }
  return out;
}

Result<TaxiiPage> by_list(store::Store& knowledge, const intel::Viewer& viewer, const Collection& collection, const TaxiiQuery& query) {
  TaxiiPage out;
  store::ListQuery list;
  list.types = query.types;
  if (collection.kind == Collection::Kind::source) list.source = collection.value;
  if (collection.kind == Collection::Kind::tlp) list.tlp = collection.tlp;
  if (collection.kind == Collection::Kind::type) {
    if (!query.types.empty() && std::ranges::find(query.types, collection.value) == query.types.end()) return out;
    list.types = {collection.value};
  }
  list.all_versions = !latest_only(query);
  if (query.added_after_ms) {
    MOZU_LET(list.after_sequence, sequence_at(knowledge, viewer, *query.added_after_ms));
  }
  list.cursor = query.next;
  list.limit = query.limit;
  MOZU_LET(auto page, knowledge.list_objects(viewer, list));
  out.items = std::move(page.items);
  out.next = std::move(page.next);
  return out;
}

}  // namespace

bool Collection::holds(const store::Head& h) const {
  switch (kind) {
    case Kind::everything: return true;
    case Kind::source: return h.source == value;
    case Kind::type: return h.type == value;
    case Kind::tlp: return h.tlp == tlp;
    case Kind::inbox: return false;
  }
  return false;
}

std::vector<Collection> all_collections(const std::vector<std::string>& types, const std::vector<std::string>& sources, intel::Tlp clearance) {
  using Kind = Collection::Kind;
  std::vector<Collection> out;
  out.push_back(make_collection(Kind::everything, "everything", "Everything", "all objects that you may see"));
  for (const auto tlp : {intel::Tlp::clear, intel::Tlp::green, intel::Tlp::amber, intel::Tlp::amber_strict, intel::Tlp::red}) {
    if (tlp > clearance) break;
    out.push_back(make_collection(Kind::tlp, fold(intel::name(tlp)), std::string(intel::name(tlp)), fmt::format("objects marked {}", intel::name(tlp))));
    out.back().tlp = tlp;
  }
  const auto add = [&](Kind kind, std::string_view prefix, const std::vector<std::string>& values, std::string_view what) {
    for (const std::string& value : values) {
      if (out.size() >= collections_max) return;
      out.push_back(make_collection(kind, fmt::format("{}:{}", prefix, value), value, fmt::format("objects of the {} {}", what, value)));
      out.back().value = value;
    }
  };
  add(Kind::type, "type", types, "type");
  add(Kind::source, "source", sources, "source");
  out.push_back(make_collection(Kind::inbox, "inbox", "Inbox", "takes what you write; it is then in the other collections"));
  return out;
}

Result<TaxiiQuery> taxii_query(const Request& request) {
  MOZU_TRY(only_these(request, {"added_after", "limit", "next", "match[id]", "match[type]", "match[version]", "match[spec_version]"}));
  TaxiiQuery q;
  q.ids = request.queries("match[id]");
  q.types = request.queries("match[type]");
  q.versions = request.queries("match[version]");
  q.spec_versions = request.queries("match[spec_version]");
  q.next = request.query("next");
  if (const auto text = word_of(request, "added_after")) {
    const auto us = taxii_time_us(*text);
    if (!us) return fail("query-invalid", "'added_after' of the query is no time", "write it like 2026-11-01T10:00:00.000Z");
    q.added_after_ms = *us / 1000;
  }
  for (const std::string& v : q.versions)
    if (v != "all" && v != "first" && v != "last" && !taxii_time_us(v))
      return fail("query-invalid", "'match[version]' of the query is none of first, last, all and no time");
  if (q.ids.size() > 100) return fail("query-invalid", "'match[id]' of the query has more than 100 ids");
  const auto limit = word_of(request, "limit");
  if (!limit) return q;
  const auto n = to_uint(*limit);
  if (!n || *n < 1) return fail("query-invalid", "'limit' of the query is no positive number");
  q.limit = static_cast<std::size_t>(std::min<std::uint64_t>(*n, page_items_most));
  return q;
}

Result<TaxiiPage> taxii_page(store::Store& knowledge, const intel::Viewer& viewer, const Collection& collection, const TaxiiQuery& query) {
  // Everything is kept as STIX 2.1.
  if (!query.spec_versions.empty() && std::ranges::find(query.spec_versions, "2.1") == query.spec_versions.end()) return TaxiiPage{};
  const std::string asked = fingerprint(collection, query);
  TaxiiQuery from = query;
  if (!query.next.empty()) {
    if (!query.next.starts_with(asked))
      return fail("cursor-invalid", "'next' of the query belongs to another question", "go on with the filters that it was given for");
    from.next.erase(0, asked.size());
  }
  MOZU_LET(TaxiiPage page, from.ids.empty() ? by_list(knowledge, viewer, collection, from) : by_ids(knowledge, viewer, collection, from));
  if (!page.next.empty()) page.next.insert(0, asked);
  if (latest_only(query)) return page;
  std::vector<store::StoredObject> wanted;
  for (auto& o : page.items) {
    MOZU_LET(const bool fits, version_wanted(knowledge, viewer, query, o));
    if (fits) wanted.push_back(std::move(o));
  }
  page.items = std::move(wanted);
  return page;
}

std::int64_t version_us(const store::Head& h) { return h.modified_us != 0 ? h.modified_us : h.created_us != 0 ? h.created_us : h.added.ms * 1000; }

std::string taxii_time(std::int64_t us) {
  const std::int64_t second = us >= 0 ? us / 1'000'000 : -((-us + 999'999) / 1'000'000);
  const std::int64_t rest = us - second * 1'000'000;
  std::string text = format_time({second * 1000});
  text.pop_back();
  return text + (rest % 1000 == 0 ? fmt::format(".{:03}Z", rest / 1000) : fmt::format(".{:06}Z", rest));
}

std::optional<std::int64_t> taxii_time_us(std::string_view text) {
  const auto t = parse_time_iso(text);
  if (!t || text.find('T') == text.npos) return std::nullopt;
  std::int64_t below_ms = 0;
  if (const auto dot = text.find('.'); dot != text.npos) {
    std::int64_t unit = 100;
    for (std::size_t i = dot + 4; i < text.size() && is_digit(static_cast<unsigned char>(text[i])) && unit > 0 && i < dot + 7; ++i, unit /= 10)
      below_ms += (text[i] - '0') * unit;
  }
  return t->ms * 1000 + below_ms;
}

}  // namespace mozu::server
