// Lists in the order of writing, with filters.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <limits>

#include "cursor.hpp"
#include "mozu/store/sources.hpp"
#include "store_impl.hpp"
#include "subjects.hpp"

namespace mozu::store {
namespace {

constexpr std::int64_t run_versions_min = 500;  // looking at fewer costs less than one more question

std::string in_list(const std::vector<std::int64_t>& codes) {
  std::string out;
  for (const auto code : codes) out += fmt::format("{}{}", out.empty() ? "" : ", ", code);
  return out;
}

}  // namespace

Result<StoreImpl::Filter> StoreImpl::filter_of(Db& db, const intel::Viewer& v, const ListQuery& q) {
  Filter f;
  f.where = q.all_versions || q.newest_first ? visible_past(v, "v") : visible(v, "v");
  if (!q.types.empty()) {
    std::vector<std::int64_t> codes;
    for (const auto& type : q.types) {
      MOZU_LET(const auto code, names_.find(db, NameKind::type, type));
      if (code) codes.push_back(*code);
    }
    if (codes.empty()) f.none = true;
    else f.where += codes.size() == 1 ? fmt::format(" AND v.type = {}", codes[0]) : fmt::format(" AND v.type IN ({})", in_list(codes));
  }
  if (!q.source.empty()) {
    MOZU_LET(const auto code, names_.find(db, NameKind::source, q.source));
    if (!code) f.none = true;
    else f.where += fmt::format(" AND v.source = {}", *code);
  }
  for (const auto& subjects : q.about) {
    std::string numbers;
    for (const auto subject : subjects) numbers += fmt::format("{}{}", numbers.empty() ? "" : ", ", subject);
    if (numbers.empty()) f.none = true;
    else f.where += fmt::format(" AND EXISTS (SELECT 1 FROM publication_subject s WHERE s.import_number = v.import_number AND s.subject IN ({}))", numbers);
  }
  for (std::size_t i = 0; i < q.labels.size(); ++i) {
    MOZU_LET(const auto code, names_.find(db, NameKind::label, q.labels[i]));
    if (!code) f.none = true;
    else f.joins += fmt::format(" JOIN label l{0} ON l{0}.code = {1} AND l{0}.sequence = v.sequence", i, *code);
  }
  if (q.tlp) f.where += fmt::format(" AND v.tlp = {}{}", static_cast<int>(*q.tlp), *q.tlp != intel::Tlp::none ? " AND v.tlp <> 0" : "");
  if (q.own && v.organisation != intel::common) f.where += fmt::format(" AND v.organisation = {}", v.organisation);
  if (q.after_sequence > 0) f.where += fmt::format(" AND v.sequence > {}", q.after_sequence);
  if (q.modified_from_us) f.where += fmt::format(" AND v.modified_us >= {}", *q.modified_from_us);
  if (q.modified_until_us) f.where += fmt::format(" AND v.modified_us < {}", *q.modified_until_us);
  if (!q.with_revoked) f.where += " AND v.revoked = 0";
  return f;
}

/// The newest first. Of a reader whom plans limit, all that is newest may be closed, and each version would be looked at to find that out.
Result<std::vector<StoreImpl::Run>> StoreImpl::closed_runs(Db& db, const intel::Viewer& v, const ListQuery& q) {
  std::vector<Run> runs;
  const auto is_named = [](const std::string& type) { return std::ranges::find(named_types, std::string_view(type)) != std::end(named_types); };
  if (!v.is_limited() || !q.newest_first || q.types.empty() || std::ranges::any_of(q.types, is_named)) return runs;
  MOZU_TRY(db.run(
      fmt::format("SELECT p.first_sequence, p.last_sequence FROM publication p JOIN import i ON i.number = p.import_number WHERE {} ORDER BY p.import_number "
                  "DESC",
                  closed(v, "i")),
      {}, [&](const Row& r) {
        if (!runs.empty() && runs.back().first == r.integer(1) + 1) runs.back().first = r.integer(0);
        else runs.push_back({r.integer(0), r.integer(1)});
        return true;
      }));
  std::erase_if(runs, [](const Run& r) { return r.last - r.first < run_versions_min; });
  return runs;
}

/// The cursor holds where the page ended and the newest sequence when the first page was made. Newest first, the base is shown as it was
/// then: what is written meanwhile would else move from pages to come to pages gone.
Result<Page<RawHead>> StoreImpl::list_raw(Db& db, const intel::Viewer& v, const ListQuery& q) {
  MOZU_LET(const auto after, read_cursor('l', 2, q.cursor));
  const auto limit = page_size(q.limit);
  MOZU_LET(const auto filter, filter_of(db, v, q));
  Page<RawHead> page;
  if (filter.none) return page;
  std::int64_t top = after ? (*after)[1] : 0;
  if (!after && q.newest_first) {
    MOZU_LET(top, db.integer("SELECT coalesce(max(sequence), 0) FROM version"));
  }
  std::string where = filter.where;
  if (q.newest_first) where += fmt::format(" AND v.sequence <= {}", after ? (*after)[0] - 1 : top);
  else if (after) where += fmt::format(" AND v.sequence > {}", (*after)[0]);
  if (!q.all_versions) where += q.newest_first ? fmt::format(" AND (v.replaced_by = 0 OR v.replaced_by > {})", top) : " AND v.replaced_by = 0";
  MOZU_LET(const auto runs, closed_runs(db, v, q));
  const auto read = [&](std::string_view also) {
    const auto sql = fmt::format("SELECT {} FROM version v JOIN object o ON o.n = v.n{} WHERE {}{} ORDER BY v.sequence {} LIMIT {}", head_columns, filter.joins,
                                 where, also, q.newest_first ? "DESC" : "ASC", limit + 1 - page.items.size());
    return db.run(sql, {}, [&](const Row& r) {
      page.items.push_back(read_head(r));
      return true;
    });
  };
  std::int64_t above = std::numeric_limits<std::int64_t>::max();  // the newest run first: what lies between it and the one before
  for (const auto& run : runs) {
    if (page.items.size() > limit) break;
    MOZU_TRY(read(fmt::format(" AND v.sequence > {} AND v.sequence < {}", run.last, above)));
    above = run.first;
  }
  if (page.items.size() <= limit) MOZU_TRY(read(runs.empty() ? "" : fmt::format(" AND v.sequence < {}", above)));
  if (page.items.size() > limit) {
    page.items.resize(limit);
    page.next = make_cursor('l', std::array{page.items.back().head.sequence, top});
  }
  return page;
}

Result<Page<Head>> StoreImpl::list(const intel::Viewer& v, const ListQuery& query) {
  MOZU_LET(const auto reader, readers_.borrow());
  Transaction t(reader.db());
  MOZU_TRY(t.begin(false));
  MOZU_LET(auto raw, list_raw(reader.db(), v, query));
  MOZU_LET(auto items, name_heads(reader.db(), std::move(raw.items)));
  return Page<Head>{std::move(items), std::move(raw.next), {}};
}

Result<Page<StoredObject>> StoreImpl::list_objects(const intel::Viewer& v, const ListQuery& query) {
  MOZU_LET(const auto reader, readers_.borrow());
  auto& db = reader.db();
  Transaction t(db);
  MOZU_TRY(t.begin(false));
  MOZU_LET(auto raw, list_raw(db, v, query));
  Integers sequences;
  for (const auto& item : raw.items) sequences.push_back(item.head.sequence);
  MOZU_LET(auto heads, name_heads(db, std::move(raw.items)));
  Page<StoredObject> page;
  page.next = std::move(raw.next);
  page.items.resize(heads.size());
  Status unpacked;
  MOZU_TRY(db.select_many("SELECT c.json, v.import_number FROM content c JOIN version v ON v.sequence = c.sequence WHERE c.sequence = $1", {sequences},
                          [&](std::size_t i, const Row& r) {
                            auto json = reader->codec.unpack(r.text(0));
                            if (!json) unpacked = fail(json.error());
                            else page.items[i].json = *std::move(json), page.items[i].import = r.integer(1);
                          }));
  MOZU_TRY(unpacked);
  for (std::size_t i = 0; i < heads.size(); ++i) static_cast<Head&>(page.items[i]) = std::move(heads[i]);
  return page;
}

}  // namespace mozu::store
