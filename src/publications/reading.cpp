// What readers ask of a publication besides its texts: its beginning, a page of its indicators, its editions.
#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <span>
#include <unordered_set>

#include "mozu/base/text.hpp"
#include "mozu/base/utf8.hpp"
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
  std::size_t end = utf8_prefix(out, bytes_max).size();
  if (const auto blank = out.rfind(' ', end); blank != out.npos && blank > bytes_max / 2) end = blank;
  return out.substr(0, end) + "…";
}

bool is_rule_kind(std::string_view kind) { return kind == "yara" || kind == "sigma" || kind == "suricata" || kind == "snort"; }

namespace {

constexpr std::size_t editions_max = 200;

/// A run of a publication's `objects`.
struct Piece {
  std::size_t begin, end;
  std::size_t size() const { return end - begin; }
};

/// Where those of the wanted kinds stand, in order. What was published before counts were kept has none: then all are candidates.
std::vector<Piece> pieces_of_kinds(const Published& p, const std::vector<std::string>& kinds) {
  if (p.counts.empty()) return {{0, p.objects.size()}};
  std::vector<Piece> out;
  std::size_t at = 0;
  for (const auto& [kind, count] : p.counts) {
    const std::size_t end = at + std::min<std::size_t>(count, p.objects.size() - at);
    if (kinds.empty() ? !is_rule_kind(kind) : std::ranges::find(kinds, kind) != kinds.end()) out.push_back({at, end});
    at = end;
  }
  return out;
}

/// Of those in the pieces, the ids behind the first `skip`.
std::vector<std::string> ids_in(const Published& p, std::span<const Piece> pieces, std::size_t skip, std::size_t most) {
  std::vector<std::string> out;
  for (const auto& piece : pieces) {
    const std::size_t skipped = std::min(skip, piece.size());
    skip -= skipped;
    for (std::size_t at = piece.begin + skipped; at < piece.end && out.size() < most; ++at) out.emplace_back(p.objects[at]);
  }
  return out;
}

bool holds(std::string_view value, std::string_view folded) {
  const auto same = [](char a, char b) { return fold(a) == b; };
  return std::search(value.begin(), value.end(), folded.begin(), folded.end(), same) != value.end();
}

/// Leaves out ids of indicators that do not hold the text, as far as their names tell: an indicator that is published bears its value as its name, and a name is had without
/// unpacking what the object says.
Status leave_out_others(store::Store& knowledge, intel::OrganisationId organisation, std::string_view folded, std::vector<std::string>& ids) {
  constexpr std::size_t whole_bytes = 500;  // longer ones may be cut in the store
  MOZU_LET(const auto heads, knowledge.heads({organisation, intel::Tlp::red, false}, ids));
  std::unordered_set<std::string_view> others;
  for (const auto& h : heads)
    if (h.type == "indicator" && h.organisation == organisation && h.source == published_source && h.name.size() < whole_bytes && !holds(h.name, folded))
      others.insert(h.id);
  std::erase_if(ids, [&](const std::string& id) { return others.contains(id); });
  return {};
}

}  // namespace

Result<std::vector<store::StoredObject>> as_published(store::Store& knowledge, const intel::Viewer& v, intel::OrganisationId organisation,
                                                      std::span<const std::string> ids) {
  if (v.organisation == organisation) return knowledge.objects(v, ids);
  using ById = std::map<std::string, store::StoredObject, std::less<>>;
  const auto by_id = [](std::vector<store::StoredObject>&& objects) {
    ById out;
    for (auto& o : objects) out.emplace(o.id, std::move(o));
    return out;
  };
  MOZU_LET(auto said, knowledge.objects({organisation, intel::Tlp::red, false}, ids));
  ById theirs = by_id(std::move(said));
  std::erase_if(theirs, [&](const auto& one) {
    const store::StoredObject& o = one.second;
    return o.organisation != organisation || o.source != published_source || !intel::may_see(v, organisation, o.tlp);
  });
  std::vector<std::string> rest;  // mostly nothing: asking for all of them again would double the cost of each page
  for (const auto& id : ids)
    if (!theirs.contains(id)) rest.push_back(id);
  ById ours;
  if (!rest.empty()) {
    MOZU_LET(auto seen, knowledge.objects(v, rest));
    ours = by_id(std::move(seen));
  }
  std::vector<store::StoredObject> out;
  for (const auto& id : ids)
    for (auto* from : {&theirs, &ours})
      if (auto found = from->extract(id)) out.push_back(std::move(found.mapped()));
  return out;
}

Result<ItemPage> Desk::item_page(const intel::Viewer& v, const Published& p, const ItemQuery& query) {
  const auto pieces = pieces_of_kinds(p, query.kinds);
  std::size_t candidates = 0;
  for (const auto& piece : pieces) candidates += piece.size();
  const bool all = !query.text.empty() || p.counts.empty();
  const std::string folded = fold(query.text);
  ItemPage out;
  std::size_t at = all ? 0 : std::min(query.offset, candidates);
  const std::size_t end = all ? candidates : at + std::min(query.limit, candidates - at);
  const bool by_name = !folded.empty() && std::ranges::none_of(query.kinds, is_rule_kind);  // of rules the text is looked for in the rule
  constexpr std::size_t batch = 1000;
  while (at < end) {
    auto ids = ids_in(p, pieces, at, std::min(batch, end - at));
    at += ids.size();
    if (by_name) MOZU_TRY(leave_out_others(knowledge_, p.organisation, folded, ids));
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
  if (!all) out.total = candidates;
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
