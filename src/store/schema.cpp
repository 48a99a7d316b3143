#include "schema.hpp"

#include <fmt/core.h>

#include <utility>

namespace mozu::store {
namespace {

Result<bool> has_meta(Db& db) {
  const auto sql = db.engine() == Engine::sqlite ? "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'meta'"
                                                 : "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'meta'";
  MOZU_LET(const auto n, db.integer(sql));
  return n != 0;
}

int newest_version(const Schema& schema) { return static_cast<int>(schema.steps.size()); }
std::unexpected<Diagnostic> newer(const Schema& schema, int found) {
  return fail("store-newer",
              fmt::format("the {} base has version {}, made by a newer Mozu; this one knows up to {}", schema.name, found, newest_version(schema)),
              "use the newer program, or restore a backup made by this one");
}

}  // namespace

std::string in_dialect(std::string_view sql, Engine engine) {
  const bool sqlite = engine == Engine::sqlite;
  const std::pair<std::string_view, std::string_view> words[] = {
      {"{int}", sqlite ? "INTEGER" : "BIGINT"}, {"{bytes}", sqlite ? "BLOB" : "BYTEA"},  {"{clustered}", sqlite ? "WITHOUT ROWID" : ""},
      {"{part_first}", sqlite ? "part, " : ""}, {"{part_last}", sqlite ? "" : ", part"}, {"{part_objects}", sqlite ? "4194304" : "4611686018427387904"}};
  std::string out(sql);
  for (const auto& [word, meaning] : words)
    for (auto at = out.find(word); at != std::string::npos; at = out.find(word, at + meaning.size())) out.replace(at, word.size(), meaning);
  return out;
}

Result<int> schema_version(Db& db, const Schema& schema) {
  MOZU_LET(const bool any, has_meta(db));
  if (!any) return 0;
  const Bind binds[] = {Bytes{schema.name}};
  MOZU_LET(const auto version, db.integer("SELECT value FROM meta WHERE key = $1", binds));
  return static_cast<int>(version);
}

Status must_be_newest(Db& db, const Schema& schema) {
  const int newest = newest_version(schema);
  MOZU_LET(const int found, schema_version(db, schema));
  if (found > newest) return newer(schema, found);
  if (found == newest) return {};
  return fail("store-older", fmt::format("the {} base has version {} and must be brought to {}", schema.name, found, newest),
              "open it once for writing, e.g. with 'mozu doctor'");
}

Status migrate(Db& db, const Schema& schema, int version) {
  if (version == 0) version = newest_version(schema);
  MOZU_LET(const int found, schema_version(db, schema));
  if (found > newest_version(schema)) return newer(schema, found);
  if (found >= version) return {};
  Transaction t(db);
  MOZU_TRY(t.begin(true));
  MOZU_LET(int at, schema_version(db, schema));  // another process may have been quicker
  MOZU_TRY(db.script(in_dialect("CREATE TABLE IF NOT EXISTS meta(key {bytes} PRIMARY KEY, value {int} NOT NULL)", db.engine())));
  for (; at < version; ++at) {
    const auto& step = schema.steps[static_cast<std::size_t>(at)];
    MOZU_TRY(db.script(in_dialect(step.sql, db.engine())));
    MOZU_TRY(db.script(in_dialect(db.engine() == Engine::sqlite ? step.sqlite_only : step.postgres_only, db.engine())));
    if (step.code != nullptr) MOZU_TRY(step.code(db));
  }
  MOZU_TRY(
      db.run("INSERT INTO meta(key, value) VALUES($1, $2) ON CONFLICT(key) DO UPDATE SET value = excluded.value", {Bytes{schema.name}, std::int64_t{version}}));
  return t.commit();
}

}  // namespace mozu::store
