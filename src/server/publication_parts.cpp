#include "publication_parts.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include "mozu/base/text.hpp"
#include "mozu/publications/bundles.hpp"
#include "mozu/publications/documents.hpp"
#include "mozu/publications/markdown.hpp"
#include "quota.hpp"

namespace mozu::server {
namespace {

using publications::Desk;
using publications::Published;
using publications::PublishedItem;

constexpr std::size_t items_max = publications::indicators_max + publications::rules_max;
constexpr std::size_t publications_max = 100'000;

template <class File>
Result<std::string> of_one(Services& services, const intel::Viewer& viewer, const Published& p) {
  Desk desk = desk_of(services);
  MOZU_LET(const auto items, desk.items(viewer, p, items_max));
  File file;
  for (const PublishedItem& item : items) file.add(item, p.title({}));
  return std::move(file).finish();
}

template <class File>
Result<Master> of_all(Services& services, const intel::Viewer& viewer, std::string_view kind) {
  Desk desk = desk_of(services);
  std::map<std::string, std::string, std::less<>> titles;
  publications::PublishedQuery query;
  query.kind = kind;
  query.limit = 1000;
  do {
    MOZU_LET(const auto page, desk.published_list(viewer, query));
    for (const Published& p : page.items) titles.emplace(p.id, p.title({}));
    query.cursor = page.next;
  } while (!query.cursor.empty() && titles.size() < publications_max);
  File file;
  MOZU_LET(const bool whole, desk.each_item(viewer, services.master_items_max, [&](PublishedItem&& item) {
    if (const auto found = titles.find(item.publication); found != titles.end()) file.add(item, found->second);
  }));
  return Master{std::move(file).finish(), !whole || !query.cursor.empty()};
}

void write_html(JsonWriter& w, std::string_view key, const publications::Html& html) {
  w.key(key).begin_object().field("html", html.html).key("contents").begin_array();
  for (const auto& h : html.contents) w.begin_object().field("level", h.level).field("id", h.id).field("text", h.text).end_object();
  w.end_array().end_object();
}

}  // namespace

Desk desk_of(Services& services) { return Desk(services.identities.accounts(), services.knowledge, services.publications_max); }

Result<Published> published_of(Services& services, const Request& request) {
  MOZU_LET(Published p, listed_of(services, request));
  if (!p.locked) return p;
  MOZU_LET(const auto stands, services.identities.plans().standing(request.who->viewer.organisation, services.identities.now()));
  return fail(why_locked(stands));
}

Result<Published> listed_of(Services& services, const Request& request) {
  Desk desk = desk_of(services);
  MOZU_LET(auto p, desk.published(request.who->viewer, request.parameters[0]));
  if (!p) return fail("absent", "no such publication");
  return std::move(*p);
}

Result<publications::AboutFilter> about_filter_of(actors::ActorBooks& books, const Request& request) {
  publications::AboutFilter f;
  f.kinds = request.queries("kind"), f.sectors = request.queries("sector"), f.geography = request.queries("geography"), f.tags = request.queries("tag");
  const auto named = request.queries("actor");
  if (named.empty()) return f;
  MOZU_LET(const auto book, books.of(request.who->viewer));
  for (const auto& actor : named) {
    auto names = book->known_as(actor);
    std::ranges::move(names, std::back_inserter(f.actors));
  }
  return f;
}

Status write_texts_html(JsonWriter& w, std::string_view summary, std::string_view full, const publications::Publication* of, const std::string& files) {
  publications::HtmlOptions options;
  options.figure = [&](std::string_view name) {
    const publications::Attachment* a = of == nullptr ? nullptr : of->attachment(name);
    return a != nullptr && a->kind == publications::AttachmentKind::figure ? files + percent_encode(name) : std::string();
  };
  options.id_prefix = "summary-";
  MOZU_LET(const auto first, publications::render_html(summary, options));
  options.id_prefix = "full-";
  MOZU_LET(const auto second, publications::render_html(full, options));
  w.key("html").begin_object();
  write_html(w, "summary", first);
  write_html(w, "full", second);
  w.end_object();
  return {};
}

std::string language_of(const Published& p, std::string_view asked) {
  for (const auto& [language, title] : p.titles)
    if (language == asked) return language;
  return p.titles.empty() ? std::string() : p.titles.front().first;
}

std::string_view state_of(const Published& p) { return p.withdrawn ? "withdrawn" : p.edition > 1 ? "revised" : "published"; }

Result<std::string> indicator_csv(Services& services, const intel::Viewer& viewer, const Published& p) {
  return of_one<publications::IndicatorCsv>(services, viewer, p);
}
Result<std::string> yara_rules(Services& services, const intel::Viewer& viewer, const Published& p) {
  return of_one<publications::YaraFile>(services, viewer, p);
}
Result<Master> master_indicators(Services& services, const intel::Viewer& viewer, std::string_view kind) {
  return of_all<publications::IndicatorCsv>(services, viewer, kind);
}
Result<Master> master_yara(Services& services, const intel::Viewer& viewer, std::string_view kind) {
  return of_all<publications::YaraFile>(services, viewer, kind);
}

Result<std::string> stix_bundle(Services& services, const intel::Viewer& viewer, const Published& p) {
  Desk desk = desk_of(services);
  return publications::written_as(desk, viewer, p, "stix");
}

}  // namespace mozu::server
