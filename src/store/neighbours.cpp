// The graph: what an object is related to.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>

#include "cursor.hpp"
#include "object_key.hpp"
#include "store_impl.hpp"

namespace mozu::store {
namespace {

constexpr std::int64_t counted_max = 100'000;

/// Outgoing and incoming edges are one list: first the outgoing.
struct Side {
  std::string_view own, own_type, other, other_type;
  bool outgoing;
};
constexpr Side sides[] = {{"source", "source_type", "target", "target_type", true}, {"target", "target_type", "source", "source_type", false}};

/// The relation itself (if it is an object) must be there and to be seen, too.
std::string via_visible(const intel::Viewer& v, bool with_revoked) {
  return fmt::format("(e.via = 0 OR EXISTS (SELECT 1 FROM object r JOIN version w ON w.sequence = r.sequence WHERE r.n = e.via AND {}{}))", visible(v, "w"),
                     with_revoked ? "" : " AND w.revoked = 0");
}

std::string one_of(std::string_view column, const std::vector<std::int64_t>& codes) {
  std::string list;
  for (const auto code : codes) list += fmt::format("{}{}", list.empty() ? "" : ", ", code);
  return fmt::format(" AND {} IN ({})", column, list);
}

struct Found {
  RawHead head;
  std::int64_t relation, via;
  bool outgoing;
  std::array<std::int64_t, 5> place;
  std::string via_key;
};

/// The first edges of one part.
Status read_side(Db& db, const Side& s, const Part& part, const std::string& where, const Integers& numbers, std::size_t limit, std::vector<Found>& out) {
  const auto sql = fmt::format(
      "SELECT {0}, e.relation, e.via, e.{1}, e.{2}, (SELECT x.key FROM object x WHERE x.n = e.via) FROM edge e JOIN object o ON o.n = e.{2} "
      "JOIN version v ON v.sequence = o.sequence WHERE {3} AND {4} ORDER BY e.relation, e.{1}, e.{2}, e.via LIMIT {5}",
      head_columns, s.other_type, s.other, is_in(part, "e", db.engine()), where, limit);
  constexpr int c = head_column_count;
  return db.run(sql, std::vector<Bind>(numbers.begin(), numbers.end()), [&](const Row& r) {
    out.push_back({read_head(r), r.integer(c), r.integer(c + 1), s.outgoing,
                   {s.outgoing ? 0 : 1, r.integer(c), r.integer(c + 2), r.integer(c + 3), r.integer(c + 1)}, std::string(r.text(c + 4))});
    return true;
  });
}

/// How many neighbours by relation and type, on one side.
struct SideCounts {
  struct Relation {
    std::map<std::int64_t, std::uint64_t> types;
    std::int64_t seen = 0;
  };
  std::map<std::int64_t, Relation> relations;
};

Status count_side(Db& db, const intel::Viewer& v, const Side& s, const Part& part, const Integers& numbers, SideCounts& out) {
  // From relation to relation by the index: one with millions of edges is not read to its end.
  std::vector<Bind> binds(numbers.begin(), numbers.end());
  for (std::int64_t relation = 0;;) {
    binds.resize(numbers.size());
    binds.emplace_back(relation);
    MOZU_LET(relation, db.integer(fmt::format("SELECT e.relation FROM edge e WHERE {} AND e.{} {} AND e.relation > ${} ORDER BY e.relation LIMIT 1", is_in(part, "e", db.engine()), s.own, among(numbers), binds.size()), binds));
    if (relation == 0) return {};
    binds.back() = relation;
    auto& counts = out.relations[relation];
    MOZU_TRY(db.run(fmt::format("SELECT e.{0} FROM edge e JOIN object o ON o.n = e.{1} JOIN version v ON v.sequence = o.sequence "
                                "WHERE {8} AND e.{2} {6} AND e.relation = ${7} AND v.revoked = 0 AND {3} AND {4} LIMIT {5}",
                                s.other_type, s.other, s.own, visible(v, "v"), via_visible(v, false), counted_max + 1 - counts.seen, among(numbers), binds.size(), is_in(part, "e", db.engine())),
                    binds, [&](const Row& r) {
                      if (++counts.seen <= counted_max) ++counts.types[r.integer(0)];
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
  MOZU_LET(const auto numbers, numbers_of(db, v, id, Latest::seen));
  if (numbers.empty()) return page;
  std::string filters = fmt::format(" AND {} AND {}", visible(v, "v"), via_visible(v, q.with_revoked));
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
  if (!q.with_revoked) filters += " AND v.revoked = 0";

  MOZU_LET(const auto parts, Parts::read(db));
  std::vector<Found> found;
  for (const auto& s : sides) {
    if (found.size() > limit) break;
    if (q.direction == (s.outgoing ? Direction::in : Direction::out)) continue;
    if (after && (*after)[0] == 1 && s.outgoing) continue;  // that side is done
    std::string where = fmt::format("e.{} {}{}", s.own, among(numbers), filters);
    if (!types.empty()) where += one_of(fmt::format("e.{}", s.other_type), types);
    if (after && ((*after)[0] == 0) == s.outgoing)
      where += fmt::format(" AND (e.relation, e.{}, e.{}, e.via) > ({}, {}, {}, {})", s.other_type, s.other, (*after)[1], (*after)[2], (*after)[3], (*after)[4]);
    // Each part has its edges in the order of the answer.
    const auto left = limit + 1 - found.size();
    std::vector<Found> side;
    for (const auto& part : parts.all()) MOZU_TRY(read_side(db, s, part, where, numbers, left, side));
    std::ranges::sort(side, {}, &Found::place);
    if (side.size() > left) side.resize(left);
    std::ranges::move(side, std::back_inserter(found));
  }
  if (found.size() > limit) {
    found.resize(limit);
    page.next = make_cursor('n', found.back().place);
  }
  for (auto& f : found) {
    MOZU_TRY(name_head(db, f.head));
    auto& item = page.items.emplace_back();
    item.object = std::move(f.head.head);
    item.outgoing = f.outgoing;
    MOZU_LET(item.relation, names_.text(db, NameKind::relation, f.relation));
    if (f.via == 0) continue;
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
  MOZU_LET(const auto numbers, numbers_of(db, v, id, Latest::seen));
  if (numbers.empty()) return out;
  MOZU_LET(const auto parts, Parts::read(db));
  for (const auto& s : sides) {
    SideCounts counts;
    for (const auto& part : parts.all()) MOZU_TRY(count_side(db, v, s, part, numbers, counts));
    for (const auto& [relation, counted] : counts.relations) {
      MOZU_LET(const auto relation_name, names_.text(db, NameKind::relation, relation));
      for (const auto& [type, count] : counted.types) {
        MOZU_LET(auto type_name, names_.text(db, NameKind::type, type));
        out.push_back({relation_name, std::move(type_name), s.outgoing, count, counted.seen > counted_max});
      }
    }
  }
  return out;
}

}  // namespace mozu::store
