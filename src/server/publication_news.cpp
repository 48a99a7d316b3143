#include "publication_news.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

#include "detection_news.hpp"
#include "mozu/base/text.hpp"
#include "mozu/publications/desk.hpp"
#include "mozu/publications/markdown.hpp"

namespace mozu::server {
namespace {

constexpr std::size_t page_reports = 20;  // each may name hundreds of thousands of objects

/// "publication:ORGANISATION:ID:EDITION:p", or ":w" of what was withdrawn.
struct PublicationKey {
  intel::OrganisationId organisation = intel::common;
  std::string id;
  std::int64_t edition = 1;
  bool withdrawn = false;
};
std::string key_text(const PublicationKey& k) { return fmt::format("publication:{}:{}:{}:{}", k.organisation, k.id, k.edition, k.withdrawn ? 'w' : 'p'); }
std::optional<PublicationKey> publication_key_of(std::string_view text) {
  const auto parts = split(text, ':');
  if (parts.size() != 5 || parts[0] != "publication") return std::nullopt;
  const auto organisation = to_uint(parts[1]), edition = to_uint(parts[3]);
  if (!organisation || !edition) return std::nullopt;
  return PublicationKey{static_cast<intel::OrganisationId>(*organisation), std::string(parts[2]), static_cast<std::int64_t>(*edition), parts[4] == "w"};
}

std::vector<notify::EventText> texts_of(const publications::Published& p, const publications::Publication* content) {
  std::vector<notify::EventText> out;
  for (const auto& [language, title] : p.titles) {
    notify::EventText t{language, title, {}};
    if (content != nullptr)
      if (const auto* text = content->text(language); text != nullptr && text->language == language)
        t.summary = publications::plain_text(text->summary).value_or(std::string());
    out.push_back(std::move(t));
  }
  return out;
}

}  // namespace

Result<notify::News> PublicationNews::after(std::int64_t sequence) {
  notify::News out;
  MOZU_LET(out.sequence, knowledge_.last_sequence());  // before the list: what is written meanwhile is the next one's
  store::ListQuery query;
  query.types = {"report"};
  query.source = publications::published_source;
  query.after_sequence = sequence;
  query.all_versions = true;
  query.limit = page_reports;
  MOZU_LET(const auto page, knowledge_.list_objects(intel::Viewer::owner(), query));
  for (const auto& o : page.items)
    if (auto head = publications::report_head(o))
      out.events.push_back({key_text(PublicationKey{o.organisation, std::move(head->id), head->edition, o.revoked}), o.sequence});
  out.more = !page.next.empty();
  if (out.more) out.sequence = page.items.back().sequence;
  MOZU_TRY(add_detection_events(knowledge_, sequence, out.sequence, out.events));
  std::ranges::sort(out.events, {}, &notify::EventRef::sequence);
  return out;
}

/// What was revised since is told as it is now; what was withdrawn since is not told.
Result<std::optional<notify::Event>> PublicationNews::seen_by(const intel::Viewer& viewer, const std::string& text) {
  if (is_detection_key(text)) return detections_seen_by(knowledge_, viewer, text);
  const auto key = publication_key_of(text);
  if (!key) return std::nullopt;
  publications::Desk desk(people_, knowledge_);
  MOZU_LET(const auto p, desk.published(viewer, key->id));
  if (!p || p->organisation != key->organisation || p->withdrawn != key->withdrawn || p->edition < key->edition) return std::nullopt;
  std::optional<publications::Publication> content;
  if (!p->withdrawn && !p->locked) {  // of what no plan opens, the title
    auto read = desk.content(*p);
    if (read) content = std::move(*read);
    else if (read.error().code != "absent") return fail(read.error());
  }
  notify::Event e;
  e.key = text;
  e.subject = p->id;
  e.happened = p->withdrawn ? notify::Happened::withdrawn : key->edition > 1 ? notify::Happened::revised : notify::Happened::published;
  e.edition = p->edition;
  e.at = p->updated;
  e.organisation = p->organisation;
  e.tlp = p->tlp;
  e.locked = p->locked;
  e.kind = p->kind;
  e.path = "/publications/" + p->id;
  e.texts = texts_of(*p, content ? &*content : nullptr);
  e.actors = p->actors, e.sectors = p->sectors, e.countries = p->geography;
  e.tags = p->malware;
  e.tags.insert(e.tags.end(), p->campaigns.begin(), p->campaigns.end());
  return e;
}

Result<std::vector<std::string>> PublicationNews::names_of(const intel::Viewer& viewer, const std::vector<std::string>& actors) {
  MOZU_LET(const auto book, actors_.of(viewer));
  std::vector<std::string> out;
  for (const auto& actor : actors) {
    auto names = book->known_as(actor);
    std::ranges::move(names, std::back_inserter(out));
  }
  return out;
}

}  // namespace mozu::server
