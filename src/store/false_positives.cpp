#include "mozu/store/false_positives.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <vector>

#include "mozu/base/text.hpp"
#include "people.hpp"
#include "row_sums.hpp"
#include "store_impl.hpp"

namespace mozu::store {
namespace {

constexpr std::string_view counter = "false-positives";  // in `meta`; absent until somebody marks one
constexpr std::string_view false_positive_columns = "organisation, kind, value, reason, who, at_ms, until_ms";
constexpr std::string_view this_one = "organisation = $1 AND kind = $2 AND value = $3";

FalsePositive read_row(const Row& r) {
  FalsePositive out{r.integer(0),  static_cast<intel::PatternKind>(r.integer(1)), std::string(r.text(2)), std::string(r.text(3)), std::string(r.text(4)),
                    {r.integer(5)}};
  if (r.integer(6) != 0) out.until = Timestamp{r.integer(6)};
  return out;
}

Status count_up(Db& db) { return db.run("INSERT INTO meta(key, value) VALUES($1, 1) ON CONFLICT(key) DO UPDATE SET value = meta.value + 1", {Bytes{counter}}); }

bool holds(const FalsePositive& f, std::string_view folded) {
  const auto has = [&](std::string_view text) { return fold(text).find(folded) != std::string::npos; };
  return folded.empty() || has(f.value) || has(f.reason) || has(f.who);
}

/// Where a page ended: organisation, kind and value of its last row, which are its key. The caller's own words, so they are read with care.
std::string cursor_of(const FalsePositive& f) { return fmt::format("f{}.{}.{}", f.organisation, static_cast<int>(f.kind), f.value); }
struct After {
  std::int64_t organisation = 0, kind = 0;
  std::string value;
};
Result<std::optional<After>> read_after(std::string_view cursor) {
  if (cursor.empty()) return std::nullopt;
  const auto bad = [] { return fail("cursor-invalid", "this is no cursor of this list", "use `next` of the page before as it is"); };
  const auto first = cursor.find('.'), second = first == cursor.npos ? cursor.npos : cursor.find('.', first + 1);
  if (cursor[0] != 'f' || second == cursor.npos) return bad();
  const auto organisation = to_uint(cursor.substr(1, first - 1)), kind = to_uint(cursor.substr(first + 1, second - first - 1));
  if (!organisation || !kind || *organisation > INT64_MAX || *kind > 255) return bad();
  return After{static_cast<std::int64_t>(*organisation), static_cast<std::int64_t>(*kind), std::string(cursor.substr(second + 1))};
}

}  // namespace

Status StoreImpl::mark_false_positives(std::span<const FalsePositive> marks) {
  for (const auto& f : marks)
    if (f.reason.empty() || f.reason.size() > false_positive_reason_bytes_max || f.value.empty())
      return fail("false-positive-reason", fmt::format("a false positive has a reason of 1 to {} bytes", false_positive_reason_bytes_max));
  return people_->write([&](Db& db) -> Status {
    for (const auto& f : marks) {
      MOZU_TRY(keep_sum(db, Summed::false_positives, this_one, {f.organisation, static_cast<std::int64_t>(f.kind), Bytes{f.value}}, [&] {
        return db.run(
            "INSERT INTO false_positive(organisation, kind, value, reason, who, at_ms, until_ms) VALUES($1, $2, $3, $4, $5, $6, $7) "
            "ON CONFLICT(organisation, kind, value) DO UPDATE SET reason = excluded.reason, who = excluded.who, at_ms = excluded.at_ms, until_ms = "
            "excluded.until_ms",
            {f.organisation, static_cast<std::int64_t>(f.kind), Bytes{f.value}, Bytes{f.reason}, Bytes{f.who}, f.at.ms, f.until ? f.until->ms : 0});
      }));
    }
    if (marks.empty()) return {};
    const Bind whose[] = {marks.front().organisation};
    MOZU_LET(const auto n, db.integer("SELECT count(*) FROM false_positive WHERE organisation = $1", whose));
    if (static_cast<std::size_t>(n) > false_positives_max)
      return fail("too-many-false-positives", fmt::format("an organisation keeps at most {} false positives", false_positives_max),
                  "remove those that are over");
    return count_up(db);
  });
}

Result<bool> StoreImpl::remove_false_positive(intel::OrganisationId organisation, intel::PatternKind kind, std::string_view value) {
  return people_->write([&](Db& db) -> Result<bool> {
    bool any = false;
    MOZU_TRY(keep_sum(db, Summed::false_positives, this_one, {organisation, static_cast<std::int64_t>(kind), Bytes{value}}, [&] {
      auto done = db.run(fmt::format("DELETE FROM false_positive WHERE {}", this_one), {organisation, static_cast<std::int64_t>(kind), Bytes{value}});
      any = done && db.changed() != 0;
      return done;
    }));
    if (any) MOZU_TRY(count_up(db));
    return any;
  });
}

Result<Page<FalsePositive>> StoreImpl::false_positives(const intel::Viewer& v, const FalsePositiveQuery& q) {
  MOZU_LET(const auto after, read_after(q.cursor));
  const auto limit = std::clamp<std::size_t>(q.limit, 1, page_items_max);
  const std::string folded = fold(q.text);
  std::string where = heard(v);
  std::vector<Bind> binds;
  if (q.own) where += fmt::format(" AND organisation = {}", *q.own);
  if (after) {
    where += fmt::format(" AND (organisation > {0} OR organisation = {0} AND (kind > {1} OR kind = {1} AND value > $1))", after->organisation, after->kind);
    binds.push_back(Bytes{after->value});
  }
  MOZU_LET(const auto reader, people_->reader());
  Page<FalsePositive> page;
  MOZU_TRY(reader.db().run(fmt::format("SELECT {} FROM false_positive WHERE {} ORDER BY organisation, kind, value", false_positive_columns, where), binds,
                           [&](const Row& r) {
                             auto f = read_row(r);
                             if ((!q.counting_at || f.counts(*q.counting_at)) && holds(f, folded)) page.items.push_back(std::move(f));
                             return page.items.size() <= limit;
                           }));
  if (page.items.size() > limit) {
    page.items.resize(limit);
    page.next = cursor_of(page.items.back());
  }
  return page;
}

Result<std::int64_t> StoreImpl::false_positives_changed() {
  MOZU_LET(const auto reader, people_->reader());
  const Bind binds[] = {Bytes{counter}};
  return reader.db().integer("SELECT coalesce(max(value), 0) FROM meta WHERE key = $1", binds);
}

}  // namespace mozu::store
