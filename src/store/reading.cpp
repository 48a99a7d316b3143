// Objects by id, their versions, by key; imports.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <limits>

#include "cursor.hpp"
#include "mozu/store/sources.hpp"
#include "object_key.hpp"
#include "store_impl.hpp"

namespace mozu::store {
namespace {

/// A row of head_columns, json, import.
struct RawObject {
  RawHead head;
  std::string packed;
  std::int64_t import = 0;
  static RawObject read(const Row& r) { return {read_head(r), std::string(r.text(head_column_count)), r.integer(head_column_count + 1)}; }
};

std::string object_select(std::string_view from_where) { return fmt::format("SELECT {}, c.json, v.import_number FROM {}", head_columns, from_where); }

}  // namespace

Result<std::vector<std::string>> StoreImpl::keys_of(Db& db, const intel::Viewer& v, std::span<const std::string> ids) {
  std::vector<std::string> keys;
  for (const auto& id : ids) {
    MOZU_LET(auto key, key_of(db, id));
    if (key) keys.push_back(own_key(*key, v.organisation)), keys.push_back(*std::move(key));
  }
  return keys;
}

Result<std::optional<StoredObject>> StoreImpl::object(const intel::Viewer& v, std::string_view id) {
  const std::string ids[] = {std::string(id)};
  MOZU_LET(auto found, objects(v, ids));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

Result<std::vector<StoredObject>> StoreImpl::objects(const intel::Viewer& v, std::span<const std::string> ids) {
  MOZU_LET(const auto reader, readers_.borrow());
  auto& db = reader.db();
  Transaction t(db);  // else every key takes and gives back the lock of the file
  MOZU_TRY(t.begin(false));
  MOZU_LET(const auto keys, keys_of(db, v, ids));
  const Blobs asked(keys.begin(), keys.end());
  std::vector<std::optional<RawObject>> raws(keys.size());
  const auto sql = object_select(fmt::format("{} JOIN version v ON v.sequence = o.sequence JOIN content c ON c.sequence = o.sequence WHERE {} AND {}",
                                             object_of_key, is_of_key, visible(v, "v")));
  MOZU_TRY(db.select_many(sql, {asked}, [&](std::size_t i, const Row& r) { raws[i] = RawObject::read(r); }));
  std::vector<StoredObject> out;
  for (std::size_t i = 0; i < raws.size(); i += 2) {
    auto& raw = raws[i] ? raws[i] : raws[i + 1];
    if (!raw) continue;
    MOZU_TRY(name_head(db, raw->head));
    MOZU_LET(auto json, reader->codec.unpack(raw->packed));
    out.push_back({std::move(raw->head.head), std::move(json), raw->import});
  }
  return out;
}

Result<std::vector<Head>> StoreImpl::heads(const intel::Viewer& v, std::span<const std::string> ids) {
  MOZU_LET(const auto reader, readers_.borrow());
  auto& db = reader.db();
  Transaction t(db);
  MOZU_TRY(t.begin(false));
  MOZU_LET(const auto keys, keys_of(db, v, ids));
  const Blobs asked(keys.begin(), keys.end());
  std::vector<std::optional<RawHead>> raws(keys.size());
  const auto sql =
      fmt::format("SELECT {} FROM {} JOIN version v ON v.sequence = o.sequence WHERE {} AND {}", head_columns, object_of_key, is_of_key, visible(v, "v"));
  MOZU_TRY(db.select_many(sql, {asked}, [&](std::size_t i, const Row& r) { raws[i] = read_head(r); }));
  std::vector<RawHead> found;
  for (std::size_t i = 0; i < raws.size(); i += 2)
    if (auto& raw = raws[i] ? raws[i] : raws[i + 1]) found.push_back(*std::move(raw));
  return name_heads(db, std::move(found));
}

Result<Page<StoredObject>> StoreImpl::versions(const intel::Viewer& v, std::string_view id, const Cursor& cursor, std::size_t limit) {
  MOZU_LET(const auto after, read_cursor('v', 2, cursor));
  limit = page_size(limit);
  MOZU_LET(const auto reader, readers_.borrow());
  auto& db = reader.db();
  MOZU_LET(const auto numbers, numbers_of(db, v, id));
  Page<StoredObject> page;
  if (numbers.empty()) return page;
  // The latest is found by the object, what came before by its own index: together in the order of `modified`.
  const std::string before = after ? fmt::format(" AND (v.modified_us, v.sequence) < ({}, {})", (*after)[0], (*after)[1]) : "";
  const auto sql = fmt::format(
      "SELECT * FROM (SELECT {0}, c.json, v.import_number FROM version v JOIN object o ON o.n = v.n JOIN content c ON c.sequence = v.sequence "
      "WHERE v.n {4} AND v.replaced_by <> 0 AND {1}{2} ORDER BY v.modified_us DESC, v.sequence DESC LIMIT {3}) AS past UNION ALL "
      "SELECT {0}, c.json, v.import_number FROM object o JOIN version v ON v.sequence = o.sequence JOIN content c ON c.sequence = o.sequence "
      "WHERE o.n {4} AND {1}{2}",
      head_columns, visible_past(v, "v"), before, limit + 1, among(numbers));
  std::vector<RawObject> raws;
  MOZU_TRY(db.run(sql, std::vector<Bind>(numbers.begin(), numbers.end()), [&](const Row& r) {
    raws.push_back(RawObject::read(r));
    return true;
  }));
  const auto place = [](const RawObject& r) { return std::pair(r.head.head.modified_us, r.head.head.sequence); };
  std::sort(raws.begin(), raws.end(), [&](const auto& a, const auto& b) { return place(a) > place(b); });
  if (raws.size() > limit) {
    raws.resize(limit);
    const auto [modified, sequence] = place(raws.back());
    page.next = make_cursor('v', std::array{modified, sequence});
  }
  for (auto& raw : raws) {
    MOZU_TRY(name_head(db, raw.head));
    MOZU_LET(auto json, reader->codec.unpack(raw.packed));
    page.items.push_back({std::move(raw.head.head), std::move(json), raw.import});
  }
  return page;
}

Result<std::vector<KeyHits>> StoreImpl::find(const intel::Viewer& v, std::span<const intel::Key> keys, std::size_t per_key_max) {
  MOZU_LET(const auto reader, readers_.borrow());
  auto& db = reader.db();
  Transaction t(db);  // else every key takes and gives back the lock of the file
  MOZU_TRY(t.begin(false));
  Integers kinds;
  std::vector<std::string> values;
  for (const auto& key : keys) kinds.push_back(static_cast<std::int64_t>(key.kind)), values.push_back(key_value(key));
  const Blobs asked(values.begin(), values.end());
  MOZU_LET(const auto parts, Parts::read(db));
  std::vector<std::pair<std::size_t, RawHead>> raws;
  for (const auto& part : parts.all()) {
    const auto sql = fmt::format("SELECT {} FROM {} AND {} ORDER BY k.sequence DESC LIMIT {}", head_columns, versions_of_value(part, db.engine()),
                                 visible(v, "v"), page_size(per_key_max));
    MOZU_TRY(db.select_many(sql, {kinds, asked}, [&](std::size_t i, const Row& r) { raws.emplace_back(i, read_head(r)); }));
  }
  std::stable_sort(raws.begin(), raws.end(),
                   [](const auto& a, const auto& b) { return std::pair(a.first, -a.second.head.sequence) < std::pair(b.first, -b.second.head.sequence); });
  std::vector<KeyHits> out;
  for (auto& [i, raw] : raws) {
    MOZU_TRY(name_head(db, raw));
    if (out.empty() || out.back().key != i) out.push_back({i, {}});
    if (out.back().objects.size() < page_size(per_key_max)) out.back().objects.push_back(std::move(raw.head));
  }
  return out;
}

namespace {

constexpr std::string_view import_columns =
    "i.number, i.source, i.origin, i.sha256, i.actor, i.organisation, i.tlp, i.confidence, i.at_ms, i.added, i.updated, i.older, i.unchanged";
constexpr int import_column_count = 13;

ImportCounts read_counts(const Row& r, int first) {
  const auto unsigned_at = [&](int c) { return static_cast<std::uint64_t>(r.integer(first + c)); };
  return {unsigned_at(0), unsigned_at(1), unsigned_at(2), unsigned_at(3)};
}
ImportRecord read_import(const Row& r) {
  ImportRecord record;
  auto& p = record.provenance;
  record.number = r.integer(0);
  p.source = r.text(1), p.origin = r.text(2), p.sha256 = r.text(3), p.actor = r.text(4);
  p.organisation = r.integer(5), p.tlp = static_cast<intel::Tlp>(r.integer(6)), p.confidence = static_cast<std::uint8_t>(r.integer(7));
  record.at = {r.integer(8)};
  record.counts = read_counts(r, 9);
  return record;
}

}  // namespace

Result<Page<ImportRecord>> StoreImpl::imports(const intel::Viewer& v, const Cursor& cursor, std::size_t limit) {
  MOZU_LET(const auto after, read_cursor('i', 1, cursor));
  limit = page_size(limit);
  MOZU_LET(const auto reader, readers_.borrow());
  Page<ImportRecord> page;
  MOZU_TRY(reader.db().run(
      fmt::format("SELECT {} FROM import i WHERE number < $1 AND {} ORDER BY number DESC LIMIT $2", import_columns, visible(v, "i", Rows::imports)),
      {after ? after->front() : std::numeric_limits<std::int64_t>::max(), static_cast<std::int64_t>(limit + 1)}, [&](const Row& r) {
        page.items.push_back(read_import(r));
        return true;
      }));
  if (page.items.size() > limit) {
    page.items.resize(limit);
    page.next = make_cursor('i', std::array{page.items.back().number});
  }
  return page;
}

Result<std::vector<SourceRecord>> StoreImpl::sources(const intel::Viewer& v) {
  MOZU_LET(const auto reader, readers_.borrow());
  std::vector<SourceRecord> out;
  // Sums of integers are of another type in PostgreSQL.
  const auto sql = fmt::format(
      "SELECT {}, s.imports, s.added, s.updated, s.older, s.unchanged FROM (SELECT max(number) AS number, count(*) AS imports, CAST(sum(added) AS bigint) AS "
      "added, "
      "CAST(sum(updated) AS bigint) AS updated, CAST(sum(older) AS bigint) AS older, CAST(sum(unchanged) AS bigint) AS unchanged FROM import i WHERE {} GROUP "
      "BY source) s "
      "JOIN import i ON i.number = s.number ORDER BY i.source",
      import_columns, visible(v, "i", Rows::imports));
  MOZU_TRY(reader.db().run(sql, {}, [&](const Row& r) {
    out.push_back({static_cast<std::uint64_t>(r.integer(import_column_count)), read_counts(r, import_column_count + 1), read_import(r)});
    return true;
  }));
  return out;
}

Result<std::vector<ImportDay>> StoreImpl::import_days(const intel::Viewer& v, Timestamp from, Timestamp until) {
  MOZU_LET(const auto reader, readers_.borrow());
  std::vector<ImportDay> out;
  MOZU_TRY(reader.db().run(
      fmt::format("SELECT at_ms / 86400000, count(*), CAST(sum(added) AS bigint), CAST(sum(updated) AS bigint) FROM import i WHERE at_ms >= $1 AND at_ms < $2 "
                  "AND source <> $3 AND {} GROUP BY 1 ORDER BY 1",
                  visible(v, "i", Rows::imports)),
      {from.ms, until.ms, Bytes{edits_source}}, [&](const Row& r) {
        const auto unsigned_at = [&](int c) { return static_cast<std::uint64_t>(r.integer(c)); };
        out.push_back({r.integer(0), unsigned_at(1), unsigned_at(2), unsigned_at(3)});
        return true;
      }));
  return out;
}

}  // namespace mozu::store
