// What readers ask of a publication besides its texts: its beginning, a page of its indicators, its editions.
#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <span>

#include "mozu/base/text.hpp"
#include "mozu/publications/desk.hpp"
#include "stix.hpp"

namespace mozu::publications {

std::string Published::excerpt(std::string_view language, std::size_t bytes_max) const {
  std::string_view text = description;
  // The description is the original summary, then title and summary of each further language.
  const auto heading = [](std::string_view title) { return fmt::format("\n\n{}\n\n", title); };
  for (std::size_t i = titles.size(); i-- > 1;) {
    const auto at = text.rfind(heading(titles[i].second));
    if (at == text.npos) continue;
    if (titles[i].first == language) {
      text.remove_prefix(at + titles[i].second.size() + 4);
      break;
    }
    text = text.substr(0, at);
  }
  std::string out;
  for (const auto word : split(text, '\n')) {
    const auto line = trim(word);
    if (line.empty()) continue;
    if (!out.empty()) out += ' ';
    out += line;
    if (out.size() > bytes_max) break;
  }
  if (out.size() <= bytes_max) return out;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0) == 0x80) --end;
  if (const auto blank = out.rfind(' ', end); blank != out.npos && blank > bytes_max / 2) end = blank;
  return out.substr(0, end) + "…";
}

bool is_rule_kind(std::string_view kind) { return kind == "yara" || kind == "sigma" || kind == "suricata" || kind == "snort"; }

namespace {

constexpr std::size_t editions_max = 200;

/// Places in `objects` of those of the wanted kinds, in order. What was published before counts were kept has none: then all are candidates.
std::vector<std::size_t> places_of_kinds(const Published& p, const std::vector<std::string>& kinds) {
  const auto wanted = [&](std::string_view kind) { return kinds.empty() ? !is_rule_kind(kind) : std::ranges::find(kinds, kind) != kinds.end(); };
  std::vector<std::size_t> out;
  std::size_t at = 0;
  for (const auto& [kind, count] : p.counts) {
    const std::size_t end = std::min<std::size_t>(p.objects.size(), at + std::min<std::size_t>(count, p.objects.size()));
    const bool take = wanted(kind);
    for (; at < end; ++at)
      if (take) out.push_back(at);
  }
  if (!p.counts.empty()) return out;
  for (at = 0; at < p.objects.size(); ++at)
    if (p.objects[at].starts_with("indicator--")) out.push_back(at);
  return out;
}

bool holds(std::string_view value, std::string_view folded) {
  const auto same = [](char a, char b) { return fold(a) == b; };
  return std::search(value.begin(), value.end(), folded.begin(), folded.end(), same) != value.end();
}

}  // namespace

Result<std::vector<store::StoredObject>> as_published(store::Store& knowledge, const intel::Viewer& v, intel::OrganisationId organisation,
                                                      std::span<const std::string> ids) {
  MOZU_LET(auto seen, knowledge.objects(v, ids));
  if (v.organisation == organisation) return seen;
  MOZU_LET(auto said, knowledge.objects({organisation, intel::Tlp::red, false}, ids));
  const auto by_id = [](auto& objects) {
    std::map<std::string, store::StoredObject*, std::less<>> out;
    for (auto& o : objects) out.emplace(o.id, &o);
    return out;
  };
  const auto theirs = by_id(said), ours = by_id(seen);
  std::vector<store::StoredObject> out;
  for (const auto& id : ids) {
    const auto their = theirs.find(id), our = ours.find(id);
    const bool is_theirs = their != theirs.end() && their->second->organisation == organisation && their->second->source == published_source &&
                           intel::may_see(v, organisation, their->second->tlp);
    if (is_theirs) out.push_back(*their->second);
    else if (our != ours.end()) out.push_back(*our->second);
  }
  return out;
}

Result<ItemPage> Desk::item_page(const intel::Viewer& v, const Published& p, const ItemQuery& query) {
  const auto places = places_of_kinds(p, query.kinds);
  const bool all = !query.text.empty() || p.counts.empty();
  const std::string folded = fold(query.text);
  ItemPage out;
  std::size_t at = all ? 0 : std::min(query.offset, places.size());
  const std::size_t end = all ? places.size() : at + std::min(query.limit, places.size() - at);
  constexpr std::size_t batch = 1000;
  std::vector<std::string> ids;
  while (at < end) {
    ids.clear();
    for (; at < end && ids.size() < batch; ++at) ids.emplace_back(p.objects[places[at]]);
    MOZU_LET(const auto objects, as_published(knowledge_, v, p.organisation, ids));
    for (const auto& o : objects) {
      auto item = read_item(o);
      if (!item || o.revoked || item->publication != p.id) continue;
      if (query.kinds.empty() ? is_rule_kind(item->kind) : std::ranges::find(query.kinds, item->kind) == query.kinds.end()) continue;
      if (!folded.empty() && !holds(item->value, folded)) continue;
      ++out.total;
      if (!all || (out.total > query.offset && out.items.size() < query.limit)) out.items.push_back(std::move(*item));
    }
  }
  if (!all) out.total = places.size();
  return out;
}

Result<std::vector<Published>> Desk::editions(const intel::Viewer& v, std::string_view id) {
  std::vector<Published> out;
  MOZU_LET(const auto now, published(v, id));
  if (!now || now->withdrawn) return out;
  store::Cursor cursor;
  constexpr std::size_t page_items = 16;  // each may refer to hundreds of thousands of objects
  do {
    MOZU_LET(const auto page, knowledge_.versions({now->organisation, intel::Tlp::red, false}, now->report, cursor, page_items));
    for (const auto& o : page.items) {
      if (o.organisation != now->organisation || !intel::may_see(v, o.organisation, o.tlp)) continue;
      auto p = read_published(o, Refs::leave);
      // A withdrawal is no edition; one that was published again after it bears a number of its own.
      if (!p || p->withdrawn || (!out.empty() && p->edition >= out.back().edition)) continue;
      if (!intel::is_open(v, p->organisation, p->subjects())) continue;
      out.push_back(std::move(*p));
    }
    cursor = page.next;
  } while (!cursor.empty() && out.size() < editions_max);
  return out;
}

}  // namespace mozu::publications
