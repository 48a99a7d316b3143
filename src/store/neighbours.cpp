// The graph: what an object is related to.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>

#include "cursor.hpp"
#include "object_key.hpp"
#include "own_words.hpp"
#include "store_impl.hpp"

namespace mozu::store {
namespace {

constexpr std::int64_t counted_max = 20'000;
/// Edges that one call reads, of all parts: those that lead to nothing to be seen would otherwise be read without end.
constexpr std::size_t walked_max = 20'000;

/// Outgoing and incoming edges are one list: first the outgoing.
struct Side {
  std::string_view own, own_type, other, other_type;
  bool outgoing;
};
constexpr Side sides[] = {{"source", "source_type", "target", "target_type", true}, {"target", "target_type", "source", "source_type", false}};

/// The relation itself (if it is an object) must be there and to be seen, too; where the viewer has words of their own about it, those count.
std::string via_visible(const intel::Viewer& v, bool with_revoked) {
  return fmt::format("(e.via = 0 OR EXISTS (SELECT 1 FROM object r JOIN version w ON w.sequence = r.sequence WHERE r.n = e.via AND r.n = {} AND {}{}))",
                     number_for(v, "r.n"), visible(v, "w"), with_revoked ? "" : " AND w.revoked = 0");
}

/// Condition of beginning (or ending) at the id; the numbers are its parameters. Relations lead to the id whoever speaks of it, references begin at the words that say them: those
/// that the viewer does not see say nothing.
std::string at_id(const Side& s, const IdNumbers& id) {
  const auto condition = fmt::format("e.{} {}", s.own, among(id.numbers(s.outgoing)));
  return !s.outgoing || id.plain_seen ? condition : fmt::format("{} AND (e.via <> 0 OR e.source <> {})", condition, id.plain);
}

std::string one_of(std::string_view column, const std::vector<std::int64_t>& codes) {
  std::string list;
  for (const auto code : codes) list += fmt::format("{}{}", list.empty() ? "" : ", ", code);
  return fmt::format(" AND {} IN ({})", column, list);
}

/// Where an edge stands in the answer: side, relation, type and number of the other end, relation object.
using EdgePlace = std::array<std::int64_t, 5>;

struct Found {
  RawHead head;
  EdgePlace place;
  std::string via_key;
};

/// Edges of one side that may be asked for, and which of them are shown.
struct Walk {
  const Side& side;
  std::string edges, shown, other;  // other: the number of the other end for the viewer
  Integers numbers;
};

/// The first edges of one part behind `after`: `wanted` of those that are shown, or all. Gives the place where it gave up after `most` edges.
Result<std::optional<EdgePlace>> walk_part(Db& db, const Walk& w, const Part& part, std::optional<EdgePlace> after, std::size_t wanted, std::size_t most,
                                           std::vector<Found>& out) {
  const Side& s = w.side;
  constexpr int c = head_column_count;
  for (std::size_t window = wanted, walked = 0;;) {
    const auto behind = after ? fmt::format(" AND (e.relation, e.{}, e.{}, e.via) > ({}, {}, {}, {})", s.other_type, s.other, (*after)[1], (*after)[2],
                                            (*after)[3], (*after)[4])
                              : "";
    const auto sql = fmt::format(
        "SELECT {0}, e.relation, e.{1}, e.{2}, e.via, v.sequence IS NOT NULL, (SELECT x.key FROM object x WHERE x.n = e.via) FROM "
        "(SELECT e.relation, e.{1}, e.{2}, e.via FROM edge e WHERE {3} AND {4}{5} ORDER BY e.relation, e.{1}, e.{2}, e.via LIMIT {6}) e "
        "LEFT JOIN object o ON o.n = {8} LEFT JOIN version v ON v.sequence = o.sequence AND {7} ORDER BY e.relation, e.{1}, e.{2}, e.via",
        head_columns, s.other_type, s.other, is_in(part, "e", db.engine()), w.edges, behind, window, w.shown, w.other);
    std::size_t rows = 0;
    MOZU_TRY(db.run(sql, std::vector<Bind>(w.numbers.begin(), w.numbers.end()), [&](const Row& r) {
      ++rows;
      after = EdgePlace{s.outgoing ? 0 : 1, r.integer(c), r.integer(c + 1), r.integer(c + 2), r.integer(c + 3)};
      if (r.integer(c + 4) == 0) return true;
      out.push_back({read_head(r), *after, std::string(r.text(c + 5))});
      return --wanted > 0;
    }));
    walked += rows;
    if (wanted == 0 || rows < window) return std::optional<EdgePlace>();
    if (walked >= most) return after;
    window = std::min(most - walked, window * 4);
  }
}

/// How many neighbours by relation and type, on one side.
struct SideCounts {
  struct Relation {
    std::map<std::int64_t, std::uint64_t> types;
    std::int64_t walked = 0;
  };
  std::map<std::int64_t, Relation> relations;
};

Status count_side(Db& db, const intel::Viewer& v, const Side& s, const Part& part, const IdNumbers& id, SideCounts& out) {
  const auto numbers = id.numbers(s.outgoing);
  // From relation to relation by the index: one with millions of edges is not read to its end.
  std::vector<Bind> binds(numbers.begin(), numbers.end());
  for (std::int64_t relation = 0;;) {
    binds.resize(numbers.size());
    binds.emplace_back(relation);
    MOZU_LET(relation, db.integer(fmt::format("SELECT e.relation FROM edge e WHERE {} AND {} AND e.relation > ${} ORDER BY e.relation LIMIT 1",
                                              is_in(part, "e", db.engine()), at_id(s, id), binds.size()),
                                  binds));
    if (relation == 0) return {};
    binds.back() = relation;
    auto& counts = out.relations[relation];
    MOZU_TRY(db.run(
        fmt::format("SELECT e.{0}, v.sequence IS NOT NULL FROM (SELECT e.{0}, e.{1}, e.via FROM edge e WHERE {2} AND {3} AND e.relation = ${4} LIMIT {5}) e "
                    "LEFT JOIN object o ON o.n = {6} LEFT JOIN version v ON v.sequence = o.sequence AND v.revoked = 0 AND {7} AND {8}",
                    s.other_type, s.other, is_in(part, "e", db.engine()), at_id(s, id), binds.size(), counted_max + 1 - counts.walked,
                    number_for(v, fmt::format("e.{}", s.other)), visible(v, "v"), via_visible(v, false)),
        binds, [&](const Row& r) {
          if (++counts.walked <= counted_max && r.integer(1) != 0) ++counts.types[r.integer(0)];
          return true;
        }));
  }
}

}  // namespace

Result<Page<Neighbour>> StoreImpl::neighbours(const intel::Viewer& v, std::string_view id, const NeighbourQuery& q) {
  MOZU_LET(const auto after, read_cursor('n', 5, q.cursor));
  const auto limit = page_size(q.limit);
  MOZU_LET(const auto reader, readers_.borrow());
  auto& db = reader.db();
  Transaction t(db);
  MOZU_TRY(t.begin(false));
  Page<Neighbour> page;
  MOZU_LET(const auto start, id_numbers(db, v, id));
  if (!start.seen()) return page;
  std::string filters;
  const auto codes_of = [&](NameKind kind, const std::vector<std::string>& names) -> Result<std::vector<std::int64_t>> {
    std::vector<std::int64_t> codes;
    for (const auto& name : names) {
      MOZU_LET(const auto code, names_.find(db, kind, name));
      codes.push_back(code.value_or(-1));
    }
    return codes;
  };
  MOZU_LET(const auto relations, codes_of(NameKind::relation, q.relations));
  MOZU_LET(const auto types, codes_of(NameKind::type, q.types));
  if (!relations.empty()) filters += one_of("e.relation", relations);
  if (!q.references) filters += " AND e.via <> 0";
  const auto shown = fmt::format("{} AND {}{}", visible(v, "v"), via_visible(v, q.with_revoked), q.with_revoked ? "" : " AND v.revoked = 0");

  MOZU_LET(const auto parts, Parts::read(db));
  std::vector<Found> found;
  std::optional<EdgePlace> end;
  for (const auto& s : sides) {
    if (found.size() > limit || end) break;
    if (q.direction == (s.outgoing ? Direction::in : Direction::out)) continue;
    if (after && (*after)[0] == 1 && s.outgoing) continue;  // that side is done
    Walk walk{s, at_id(s, start) + filters, shown, number_for(v, fmt::format("e.{}", s.other)), start.numbers(s.outgoing)};
    if (!types.empty()) walk.edges += one_of(fmt::format("e.{}", s.other_type), types);
    std::optional<EdgePlace> behind;
    if (after && ((*after)[0] == 0) == s.outgoing) std::ranges::copy(*after, behind.emplace().begin());
    // Each part has its edges in the order of the answer; where one gave up, what others have behind that place is for the next page.
    const auto left = limit + 1 - found.size();
    const auto most = std::max<std::size_t>(left, walked_max / parts.all().size());
    std::vector<Found> side;
    for (const auto& part : parts.all()) {
      MOZU_LET(const auto gave_up, walk_part(db, walk, part, behind, left, most, side));
      if (gave_up && (!end || *gave_up < *end)) end = gave_up;
    }
    if (end) std::erase_if(side, [&](const Found& f) { return f.place > *end; });
    std::ranges::sort(side, {}, &Found::place);
    if (side.size() > left) side.resize(left);
    std::ranges::move(side, std::back_inserter(found));
  }
  if (end) page.next = make_cursor('n', *end);
  if (found.size() > limit) {
    found.resize(limit);
    page.next = make_cursor('n', found.back().place);
  }
  for (auto& f : found) {
    MOZU_TRY(name_head(db, f.head));
    auto& item = page.items.emplace_back();
    item.object = std::move(f.head.head);
    item.outgoing = f.place[0] == 0;
    MOZU_LET(item.relation, names_.text(db, NameKind::relation, f.place[1]));
    if (f.place[4] == 0) continue;
    MOZU_LET(const auto type, names_.text(db, NameKind::type, type_code_of(f.via_key)));
    item.relationship_id = object_id(f.via_key, type);
  }
  return page;
}

Result<std::vector<NeighbourCount>> StoreImpl::neighbour_counts(const intel::Viewer& v, std::string_view id) {
  MOZU_LET(const auto reader, readers_.borrow());
  auto& db = reader.db();
  Transaction t(db);
  MOZU_TRY(t.begin(false));
  std::vector<NeighbourCount> out;
  MOZU_LET(const auto start, id_numbers(db, v, id));
  if (!start.seen()) return out;
  MOZU_LET(const auto parts, Parts::read(db));
  for (const auto& s : sides) {
    SideCounts counts;
    for (const auto& part : parts.all()) MOZU_TRY(count_side(db, v, s, part, start, counts));
    for (const auto& [relation, counted] : counts.relations) {
      MOZU_LET(const auto relation_name, names_.text(db, NameKind::relation, relation));
      for (const auto& [type, count] : counted.types) {
        MOZU_LET(auto type_name, names_.text(db, NameKind::type, type));
        out.push_back({relation_name, std::move(type_name), s.outgoing, count, counted.walked > counted_max});
      }
    }
  }
  return out;
}

}  // namespace mozu::store
