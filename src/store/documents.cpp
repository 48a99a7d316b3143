// The audit log, settings and documents.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <limits>

#include "accounts_impl.hpp"
#include "cursor.hpp"
#include "mozu/base/hash.hpp"
#include "row_sums.hpp"

namespace mozu::store {
namespace {

constexpr std::string_view audit_columns = "sequence, at_ms, who, action, object, detail, organisation, chain";
AuditLine read_line(const Row& r) {
  AuditLine line;
  line.sequence = r.integer(0), line.at = {r.integer(1)}, line.who = r.text(2), line.action = r.text(3), line.object = r.text(4), line.detail = r.text(5);
  line.organisation = r.integer(6), line.chain = r.text(7);
  return line;
}

/// Lengths stand before the texts, so that no two different lines give the same bytes.
std::string chained(std::string_view before, const AuditLine& l) {
  std::string bytes = fmt::format("{}\n{}\n{}\n{}\n", before, l.sequence, l.at.ms, l.organisation);
  for (const auto& text : {l.who, l.action, l.object, l.detail}) bytes += fmt::format("{}\n{}\n", text.size(), text);
  return to_hex(sha256(std::as_bytes(std::span(bytes))));
}

std::string last_chain(Db& db, Status& status) {
  std::string chain;
  status = db.run("SELECT chain FROM audit ORDER BY sequence DESC LIMIT 1", {}, [&](const Row& r) {
    chain = r.text(0);
    return false;
  });
  return chain;
}

constexpr std::string_view this_document = "collection = $1 AND id = $2";
constexpr std::string_view document_columns = "collection, id, version, organisation, owner, created_ms, changed_ms";
Document read_document(const Row& r) {
  Document d;
  d.collection = r.text(0), d.id = r.text(1), d.version = r.integer(2), d.organisation = r.integer(3), d.owner = r.integer(4);
  d.created = {r.integer(5)}, d.changed = {r.integer(6)}, d.json = r.text(7);
  return d;
}

Status room_for_document(Db& db, std::string_view collection, std::string_view column, std::int64_t whose, std::size_t most) {
  if (most == 0) return {};
  const Bind binds[] = {Bytes{collection}, whose};
  MOZU_LET(const auto n, db.integer(fmt::format("SELECT count(*) FROM document WHERE collection = $1 AND {} = $2", column), binds));
  if (static_cast<std::size_t>(n) < most) return {};
  return fail("too-many-documents", fmt::format("there are {} of these already", n), "remove some");
}

}  // namespace

std::int64_t document_digest(std::string_view collection, std::string_view id, std::string_view json) {
  return static_cast<std::int64_t>(xxh3_64(json, xxh3_64(id, xxh3_64(collection))));
}

Status write_document_digests(Db& db) {
  struct Written {
    std::string collection, id;
    std::int64_t digest;
  };
  std::vector<Written> all;
  MOZU_TRY(db.run("SELECT collection, id, json FROM document", {}, [&](const Row& r) {
    all.push_back({std::string(r.text(0)), std::string(r.text(1)), document_digest(r.text(0), r.text(1), r.text(2))});
    return true;
  }));
  for (const auto& w : all) MOZU_TRY(db.run("UPDATE document SET digest = $1 WHERE collection = $2 AND id = $3", {w.digest, Bytes{w.collection}, Bytes{w.id}}));
  return {};
}

Result<std::int64_t> next_number(Db& db, std::string_view name) {
  MOZU_TRY(db.run("INSERT INTO meta(key, value) VALUES($1, 1) ON CONFLICT(key) DO UPDATE SET value = meta.value + 1", {Bytes{name}}));
  const Bind binds[] = {Bytes{name}};
  return db.integer("SELECT value FROM meta WHERE key = $1", binds);
}

Result<std::int64_t> AccountsImpl::audit(const AuditLine& given, bool shuts_out) {
  const auto write = [&](Db& db) -> Result<std::int64_t> {
    AuditLine line = given;
    Status read;
    const auto before = last_chain(db, read);
    MOZU_TRY(read);
    MOZU_LET(line.sequence, db.integer("SELECT coalesce(max(sequence), 0) + 1 FROM audit"));
    line.chain = chained(before, line);
    MOZU_TRY(
        db.run("INSERT INTO audit(sequence, at_ms, who, action, object, detail, organisation, chain) VALUES($1, $2, $3, $4, $5, $6, $7, $8)",
               {line.sequence, line.at.ms, Bytes{line.who}, Bytes{line.action}, Bytes{line.object}, Bytes{line.detail}, line.organisation, Bytes{line.chain}}));
    return line.sequence;
  };
  if (shuts_out) return shut_out(write);
  auto written = people_->write(write);
  if (written) reserve_.keep();  // after each change there is a line, so that what was given back is soon taken again
  return written;
}

Result<Page<AuditLine>> AccountsImpl::audit_log(const AuditQuery& q) {
  MOZU_LET(const auto after, read_cursor('a', 1, q.cursor));
  const auto limit = page_size(q.limit);
  std::string where = "sequence < $1";
  std::vector<Bind> binds{after ? after->front() : std::numeric_limits<std::int64_t>::max()};
  const auto equal = [&](std::string_view column, Bind value, std::string_view op = "=") {
    binds.push_back(value);
    where += fmt::format(" AND {} {} ${}", column, op, binds.size());
  };
  if (!q.who.empty()) equal("who", Bytes{q.who});
  if (!q.action.empty()) equal("action", Bytes{q.action});
  if (!q.object.empty()) equal("object", Bytes{q.object});
  if (q.seen_by) {
    binds.push_back(*q.seen_by);
    where += fmt::format(" AND organisation = ${}", binds.size());
  }
  if (q.from) equal("at_ms", q.from->ms, ">=");
  if (q.until) equal("at_ms", q.until->ms, "<");
  MOZU_LET(const auto reader, people_->reader());
  Page<AuditLine> page;
  MOZU_TRY(
      reader.db().run(fmt::format("SELECT {} FROM audit WHERE {} ORDER BY sequence DESC LIMIT {}", audit_columns, where, limit + 1), binds, [&](const Row& r) {
        page.items.push_back(read_line(r));
        return true;
      }));
  if (page.items.size() > limit) {
    page.items.resize(limit);
    page.next = make_cursor('a', std::array{page.items.back().sequence});
  }
  return page;
}

Status verify_audit(Db& db) {
  std::string before;
  std::int64_t expected = 1, broken = 0;
  MOZU_TRY(db.run(fmt::format("SELECT {} FROM audit ORDER BY sequence", audit_columns), {}, [&](const Row& r) {
    const auto line = read_line(r);
    if (line.sequence != expected || line.chain != chained(before, line)) broken = expected;
    before = line.chain;
    ++expected;
    return broken == 0;
  }));
  if (broken != 0) return fail("audit-broken", fmt::format("line {} of the audit log was changed or taken out", broken), "compare with a backup");
  return {};
}

Status AccountsImpl::verify_audit() {
  MOZU_LET(const auto reader, people_->reader());
  return store::verify_audit(reader.db());
}

namespace {

Result<std::int64_t> spent_of(Db& db, intel::OrganisationId organisation, std::int64_t day, std::string_view what) {
  const Bind binds[] = {organisation, day, Bytes{what}};
  return db.integer("SELECT amount FROM spent WHERE organisation = $1 AND day = $2 AND what = $3", binds);
}

}  // namespace

Result<std::int64_t> AccountsImpl::spend(intel::OrganisationId organisation, std::int64_t day, std::string_view what, std::int64_t amount, std::int64_t most) {
  constexpr std::int64_t kept_days = 7;
  return people_->write([&](Db& db) -> Result<std::int64_t> {
    MOZU_LET(const auto before, spent_of(db, organisation, day, what));
    const auto taken = amount < 0 ? std::max(amount, -before) : std::max(std::min(amount, most - before), std::int64_t{0});
    if (taken == 0) return taken;
    MOZU_TRY(
        db.run("INSERT INTO spent(organisation, day, what, amount) VALUES($1, $2, $3, $4) ON CONFLICT(organisation, day, what) DO UPDATE SET amount = "
               "spent.amount + excluded.amount",
               {organisation, day, Bytes{what}, taken}));
    if (before == 0) MOZU_TRY(db.run("DELETE FROM spent WHERE organisation = $1 AND day < $2", {organisation, day - kept_days}));
    return taken;
  });
}

Result<std::int64_t> AccountsImpl::spent(intel::OrganisationId organisation, std::int64_t day, std::string_view what) {
  MOZU_LET(const auto reader, people_->reader());
  return spent_of(reader.db(), organisation, day, what);
}

Result<std::optional<std::string>> AccountsImpl::setting(std::string_view key) {
  return one<std::string>("SELECT value FROM setting WHERE key = $1", {Bytes{key}}, [](const Row& r) { return std::string(r.text(0)); });
}
Status put_setting(Db& db, std::string_view key, std::string_view value) {
  return keep_sum(db, Summed::settings, "key = $1", {Bytes{key}}, [&] {
    return db.run("INSERT INTO setting(key, value) VALUES($1, $2) ON CONFLICT(key) DO UPDATE SET value = excluded.value", {Bytes{key}, Bytes{value}});
  });
}
Status AccountsImpl::set_setting(std::string_view key, std::string_view value) {
  return people_->write([&](Db& db) { return put_setting(db, key, value); });
}

Result<std::optional<Document>> AccountsImpl::document(std::string_view collection, std::string_view id) {
  return one<Document>(fmt::format("SELECT {}, json FROM document WHERE collection = $1 AND id = $2", document_columns), {Bytes{collection}, Bytes{id}},
                       read_document);
}

Result<std::int64_t> AccountsImpl::put_document(const Document& d, const DocumentsMost& most) {
  if (d.json.size() > document_bytes_max)
    return fail("document-too-large", fmt::format("the document has {} bytes; at most {} are kept", d.json.size(), document_bytes_max));
  return people_->write([&](Db& db) -> Result<std::int64_t> {
    const auto now = Timestamp::now().ms;
    const Bind key[] = {Bytes{d.collection}, Bytes{d.id}};
    MOZU_LET(const auto stored, db.integer("SELECT version FROM document WHERE collection = $1 AND id = $2", key));
    if (stored != d.version)
      return fail("conflict",
                  stored == 0      ? "the document is gone"
                  : d.version == 0 ? "there is such a document already"
                                   : "the document was changed meanwhile",
                  "read it again and repeat the change");
    if (stored == 0) MOZU_TRY(room_for_document(db, d.collection, "owner", d.owner, most.of_owner));
    if (stored == 0) MOZU_TRY(room_for_document(db, d.collection, "organisation", d.organisation, most.of_organisation));
    const auto digest = document_digest(d.collection, d.id, d.json);
    MOZU_TRY(keep_sum(db, Summed::documents, this_document, {Bytes{d.collection}, Bytes{d.id}}, [&] {
      if (stored == 0)
        return db.run(
            "INSERT INTO document(collection, id, version, organisation, owner, created_ms, changed_ms, json, digest) "
            "VALUES($1, $2, 1, $3, $4, $5, $6, $7, $8)",
            {Bytes{d.collection}, Bytes{d.id}, d.organisation, d.owner, now, now, Bytes{d.json}, digest});
      return db.run(
          "UPDATE document SET version = $1, organisation = $2, owner = $3, changed_ms = $4, json = $5, digest = $6 WHERE collection = $7 AND id = $8",
          {stored + 1, d.organisation, d.owner, now, Bytes{d.json}, digest, Bytes{d.collection}, Bytes{d.id}});
    }));
    return stored + 1;
  });
}

Status AccountsImpl::remove_document(std::string_view collection, std::string_view id, std::int64_t version) {
  return people_->write([&](Db& db) -> Status {
    if (version != 0) {
      const Bind key[] = {Bytes{collection}, Bytes{id}};
      MOZU_LET(const auto stored, db.integer("SELECT version FROM document WHERE collection = $1 AND id = $2", key));
      if (stored != 0 && stored != version) return fail("conflict", "the document was changed meanwhile", "read it again and repeat the change");
    }
    return keep_sum(db, Summed::documents, this_document, {Bytes{collection}, Bytes{id}}, [&]() -> Status {
      MOZU_TRY(db.run(fmt::format("DELETE FROM document WHERE {}", this_document), {Bytes{collection}, Bytes{id}}));
      return changed_one(db, "document");
    });
  });
}

Status AccountsImpl::remove_documents(std::string_view collection, Timestamp changed_before) {
  constexpr std::string_view these = "collection = $1 AND changed_ms < $2";
  return people_->write([&](Db& db) {
    return keep_sum(db, Summed::documents, these, {Bytes{collection}, changed_before.ms},
                    [&] { return db.run(fmt::format("DELETE FROM document WHERE {}", these), {Bytes{collection}, changed_before.ms}); });
  });
}

Result<Page<Document>> AccountsImpl::documents(const DocumentQuery& q) {
  // The cursor is the last id itself, behind its letter: it is the caller's own.
  if (!q.cursor.empty() && q.cursor[0] != 'd') return fail("cursor-invalid", "this is no cursor of this list", "use `next` of the page before as it is");
  const auto limit = page_size(q.limit);
  std::string where = "collection = $1";
  std::vector<Bind> binds{Bytes{q.collection}};
  const auto add = [&](std::string_view condition, Bind value) {
    binds.push_back(value);
    where += fmt::format(" AND {} ${}", condition, binds.size());
  };
  if (!q.cursor.empty()) add(q.descending ? "id <" : "id >", Bytes{std::string_view(q.cursor).substr(1)});
  if (q.organisation) add("organisation =", *q.organisation);
  if (q.owner) add("owner =", *q.owner);
  MOZU_LET(const auto reader, people_->reader());
  Page<Document> page;
  const std::string sql = fmt::format("SELECT {}{} FROM document WHERE {} ORDER BY id {} LIMIT {}", document_columns, q.with_json ? ", json" : ", NULL", where,
                                      q.descending ? "DESC" : "ASC", limit + 1);
  MOZU_TRY(reader.db().run(sql, binds, [&](const Row& r) {
    page.items.push_back(read_document(r));
    return true;
  }));
  if (page.items.size() > limit) {
    page.items.resize(limit);
    page.next = "d" + page.items.back().id;
  }
  return page;
}

}  // namespace mozu::store
