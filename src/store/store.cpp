#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <map>

#include "mozu/base/text.hpp"
#include "object_key.hpp"
#include "schema.hpp"
#include "store_impl.hpp"
#include "subjects.hpp"

namespace mozu::store {

void ImportCounts::add(const ImportCounts& o) { added += o.added, updated += o.updated, older += o.older, unchanged += o.unchanged, published += o.published; }

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options) {
  auto store = std::make_unique<StoreImpl>(options, place_of(options.location, "knowledge.db"));
  MOZU_TRY(store->open());
  return store;
}

Status StoreImpl::open() {
  if (options_.read_only) {
    MOZU_LET(const auto reader, readers_.borrow());
    MOZU_TRY(must_be_newest(reader.db(), knowledge_schema()));
  }
  MOZU_LET(people_, People::open(options_));
  if (options_.read_only) return {};
  MOZU_LET(writer_, connect(place_, {true, true}));
  // A step may build an index anew: with the memory of an import.
  MOZU_TRY(writer_->set_cache(options_.cache_bytes));
  MOZU_TRY(migrate(*writer_, knowledge_schema()));
  return writer_->set_cache(writer_resting_cache_bytes);
}

std::string visible_beyond_plans(const intel::Viewer& v, std::string_view t) {
  if (v.all) return "1 = 1";
  return fmt::format("({0}.tlp <= {1} AND ({0}.organisation = {2} OR {0}.organisation = {3} OR {0}.tlp <= {4}))", t, static_cast<int>(v.clearance),
                     intel::common, v.organisation, static_cast<int>(intel::Tlp::green));
}

namespace {

template <class List, class Text>
std::string joined(const List& list, std::string_view between, const Text& text) {
  std::string out;
  for (const auto& one : list) out += fmt::format("{}{}", out.empty() ? std::string_view() : between, text(one));
  return out;
}

/// intel::is_open(): the own, what is no publication, and what one of the ways leads to.
std::string open(const intel::Viewer& v, std::string_view t, Rows of) {
  const auto import = of == Rows::versions ? fmt::format("{}.import_number", t) : fmt::format("{}.number", t);
  const auto part = [&](const std::vector<intel::Subject>& subjects) {
    if (subjects.empty()) return std::string("1 = 0");
    return fmt::format("EXISTS (SELECT 1 FROM publication_subject q WHERE q.import_number = {} AND q.subject IN ({}))", import,
                       joined(subjects, ", ", [](auto s) { return fmt::format("{}", s); }));
  };
  const auto way = [&](const intel::Opened::Way& w) { return w.empty() ? std::string("1 = 1") : "(" + joined(w, " AND ", part) + ")"; };
  std::string out = fmt::format("{}.organisation = {} OR NOT EXISTS (SELECT 1 FROM publication q WHERE q.import_number = {})", t, v.organisation, import);
  if (of == Rows::versions) {
    out += fmt::format(" OR {}.type IN ({})", t, joined(named_types, ", ", [&](auto type) { return fmt::format("{}", standard_code(type)); }));
  }
  if (!v.opened->ways.empty()) out += " OR " + joined(v.opened->ways, " OR ", way);
  return "(" + out + ")";
}

}  // namespace

std::string closed(const intel::Viewer& v, std::string_view t) { return "NOT " + open(v, t, Rows::imports); }

std::string visible(const intel::Viewer& v, std::string_view t, Rows of) {
  return v.is_limited() ? fmt::format("({} AND {})", visible_beyond_plans(v, t), open(v, t, of)) : visible_beyond_plans(v, t);
}

std::string visible_past(const intel::Viewer& v, std::string_view t) {
  if (v.all) return visible(v, t);
  return fmt::format("{} AND ({}.replaced_by = 0 OR EXISTS (SELECT 1 FROM object lo JOIN version lv ON lv.sequence = lo.sequence WHERE lo.n = {}.n AND {}))",
                     visible(v, t), t, t, visible(v, "lv"));
}

RawHead read_head(const Row& r) {
  RawHead raw;
  raw.key = r.text(0);
  auto& h = raw.head;
  h.sequence = r.integer(1), h.number = r.integer(2);
  raw.source = r.integer(3);
  h.organisation = r.integer(4), h.tlp = static_cast<intel::Tlp>(r.integer(5)), h.confidence = static_cast<std::uint8_t>(r.integer(6));
  h.revoked = r.integer(7) != 0, h.created_us = r.integer(8), h.modified_us = r.integer(9), h.added = {r.integer(10)};
  h.name = r.text(11);
  raw.type = r.integer(12);
  return raw;
}

Status StoreImpl::name_head(Db& db, RawHead& raw) {
  MOZU_LET(raw.head.type, names_.text(db, NameKind::type, raw.type));
  MOZU_LET(raw.head.source, names_.text(db, NameKind::source, raw.source));
  raw.head.id = object_id(raw.key, raw.head.type);
  return {};
}

Result<std::vector<Head>> StoreImpl::name_heads(Db& db, std::vector<RawHead>&& raws) {
  std::vector<Head> out;
  out.reserve(raws.size());
  for (auto& raw : raws) {
    MOZU_TRY(name_head(db, raw));
    out.push_back(std::move(raw.head));
  }
  return out;
}

Result<std::optional<std::string>> StoreImpl::key_of(Db& db, std::string_view id) {
  const auto type = intel::type_of_id(id);
  if (type.empty()) return std::nullopt;
  MOZU_LET(const auto code, names_.find(db, NameKind::type, type));
  if (!code) return std::nullopt;
  return object_key(*code, id);
}

Result<Integers> StoreImpl::numbers_of(Db& db, const intel::Viewer& v, std::string_view id) {
  Integers out;
  MOZU_LET(const auto plain, key_of(db, id));
  if (!plain) return out;
  const auto own = own_key(*plain, v.organisation);
  const auto sql = fmt::format("SELECT o.n FROM {} WHERE {}", object_of_key, is_of_key);
  for (const std::string_view key : {std::string_view(own), std::string_view(*plain)}) {
    const Bind asked[] = {Bytes{key}};
    MOZU_LET(const auto n, db.integer(sql, asked));
    if (n != 0) out.push_back(n);
  }
  return out;
}

Result<IdNumbers> StoreImpl::id_numbers(Db& db, const intel::Viewer& v, std::string_view id) {
  IdNumbers out;
  MOZU_LET(const auto plain, key_of(db, id));
  if (!plain) return out;
  const auto sql = fmt::format("SELECT o.n, v.sequence IS NOT NULL FROM {} LEFT JOIN version v ON v.sequence = o.sequence AND {} WHERE {}", object_of_key,
                               visible(v, "v"), is_of_key);
  MOZU_TRY(db.run(sql, {Bytes{*plain}}, [&](const Row& r) {
    out.plain = r.integer(0), out.plain_seen = r.integer(1) != 0;
    return false;
  }));
  const auto own = own_key(*plain, v.organisation);
  MOZU_TRY(db.run(sql, {Bytes{own}}, [&](const Row& r) {
    if (r.integer(1) != 0) out.own = r.integer(0);
    return false;
  }));
  return out;
}

Result<std::unique_ptr<Import>> StoreImpl::begin_import(const Provenance& provenance, bool dry_run, const Turn& turn) {
  if (!writer_) return fail("store-read-only", "the knowledge base was opened for reading only");
  return start_import(*writer_, writing_,
                      {provenance, dry_run, options_.cache_bytes, options_.part_objects, [this] { return connect(place_, {}); }, turn,
                       std::chrono::milliseconds(options_.turn_ms)});
}

Result<bool> StoreImpl::hidden_since(const intel::Viewer& v, std::int64_t sequence) {
  if (v.all && v.clearance == intel::Tlp::red) return false;
  MOZU_LET(const auto reader, readers_.borrow());
  const auto sql = fmt::format(
      "SELECT 1 FROM version a JOIN version b ON b.n = a.n AND b.replaced_by <> 0 AND b.replaced_by = a.sequence WHERE a.sequence > $1 AND ({} AND NOT {} OR "
      "a.revoked > b.revoked) LIMIT 1",
      visible(v, "b"), visible(v, "a"));
  const Bind binds[] = {sequence};
  MOZU_LET(const auto found, reader.db().integer(sql, binds));
  return found != 0;
}

Result<std::int64_t> StoreImpl::last_sequence() {
  MOZU_LET(const auto reader, readers_.borrow());
  return reader.db().integer("SELECT coalesce(max(sequence), 0) FROM version");
}

Result<std::vector<std::pair<std::string, std::uint64_t>>> StoreImpl::counts(const intel::Viewer& v) {
  MOZU_LET(const auto reader, readers_.borrow());
  auto& db = reader.db();
  Transaction t(db);
  MOZU_TRY(t.begin(false));
  struct Count {
    std::int64_t objects = 0, revoked = 0;
  };
  std::map<std::int64_t, Count> found;
  const auto add = [&](std::int64_t sign) {
    return [&found, sign](const Row& r) {
      Count& one = found[r.integer(0)];
      one.objects += sign * r.integer(1), one.revoked += sign * r.integer(2);
      return true;
    };
  };
  constexpr std::string_view sums = "SELECT type, CAST(sum(objects) AS BIGINT), CAST(sum(revoked) AS BIGINT) FROM";
  MOZU_TRY(db.run(fmt::format("{} tally t WHERE {} GROUP BY type", sums, visible_beyond_plans(v, "t")), {}, add(1)));
  // What plans keep closed is counted out.
  if (v.is_limited())
    MOZU_TRY(db.run(fmt::format("{} publication_tally t WHERE {} AND NOT {} GROUP BY type", sums, visible_beyond_plans(v, "t"), visible(v, "t")), {}, add(-1)));
  std::vector<std::pair<std::string, std::uint64_t>> out;
  for (const auto& [type, n] : found) {
    if (n.objects <= 0) continue;
    MOZU_LET(auto name, names_.text(db, NameKind::type, type));
    out.emplace_back(std::move(name), static_cast<std::uint64_t>(std::max<std::int64_t>(0, n.objects - n.revoked)));
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace mozu::store
