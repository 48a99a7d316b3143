// One file that holds both bases: that of knowledge, copied page by page, and the tables of the people's base beside its own.
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "backup_seal.hpp"
#include "mozu/base/fd.hpp"
#include "mozu/base/file.hpp"
#include "schema.hpp"
#include "sqlite_db.hpp"
#include "store_impl.hpp"

namespace mozu::store {
namespace {

namespace fs = std::filesystem;

/// Names the tables that are the people's.
constexpr std::string_view contents_table = "backup_contents";

/// A base while it is being made: it bears its name when it is whole.
class Draft {
 public:
  explicit Draft(std::string path) : path_(std::move(path)), draft_(path_ + ".part") { remove(); }
  ~Draft() { remove(); }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  const std::string& path() const { return draft_; }

  /// All connections to it must be closed.
  Status finish() {
    Fd file(::open(draft_.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) return fail(errno_diagnostic("store-open", "cannot open what was written", errno).at(draft_));
    const int synced = ::fsync(file.get());
    const int why = errno;
    file.close();
    if (synced != 0) return fail(errno_diagnostic("store-full", "cannot write to the disk", why).at(draft_));
    if (::rename(draft_.c_str(), path_.c_str()) != 0) return fail(errno_diagnostic("store-open", "cannot give the file its name", errno).at(path_));
    const std::string folder = fs::path(path_).parent_path().string();
    if (const Fd at(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); at.is_open()) static_cast<void>(::fsync(at.get()));
    return {};
  }

 private:
  void remove() const {
    std::error_code ignored;
    for (const auto* end : {"", "-wal", "-shm", "-journal"}) fs::remove(draft_ + end, ignored);
  }
  std::string path_, draft_;
};

std::string in_quotes(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    out += c;
    if (c == quote) out += c;
  }
  return out + quote;
}

Status attach(Db& db, const std::string& path) { return db.script(fmt::format("ATTACH {} AS other", in_quotes(path, '\''))); }

/// Tables and indexes of the attached base, the indexes last.
Result<std::vector<std::pair<std::string, std::string>>> attached_schema(Db& db) {
  std::vector<std::pair<std::string, std::string>> out;
  MOZU_TRY(
      db.run("SELECT CASE type WHEN 'table' THEN name ELSE '' END, sql FROM other.sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL "
             "AND name NOT LIKE 'sqlite%' ORDER BY type = 'index'",
             {}, [&](const Row& r) {
               out.emplace_back(r.text(0), r.text(1));
               return true;
             }));
  return out;
}

/// The people's base into an open draft of a backup.
Status add_people(Db& to, const std::string& people) {
  MOZU_TRY(attach(to, people));
  MOZU_TRY(to.script(fmt::format("BEGIN; CREATE TABLE {}(name BLOB PRIMARY KEY) WITHOUT ROWID;", contents_table)));
  MOZU_LET(const auto schema, attached_schema(to));
  for (const auto& [table, sql] : schema) {
    if (table == "meta") continue;
    MOZU_TRY(to.script(sql));
    if (table.empty()) continue;
    MOZU_TRY(to.script(fmt::format("INSERT INTO main.{0} SELECT * FROM other.{0}", in_quotes(table, '"'))));
    MOZU_TRY(to.run(fmt::format("INSERT INTO {} VALUES($1)", contents_table), {Bytes{table}}));
  }
  // Also what is counted and summed there: keys of both bases differ, as in PostgreSQL they share the table.
  MOZU_TRY(to.script("INSERT INTO main.meta SELECT * FROM other.meta"));
  return to.script("COMMIT; DETACH other;");
}

/// The people's base out of a backup.
Status take_people(Db& to, const std::string& backup, const std::vector<std::string>& tables) {
  MOZU_TRY(attach(to, backup));
  MOZU_TRY(to.script("BEGIN; CREATE TABLE meta(key BLOB PRIMARY KEY, value INTEGER NOT NULL);"));
  for (const auto& table : tables) {
    std::vector<std::string> made;
    MOZU_TRY(to.run("SELECT sql FROM other.sqlite_master WHERE tbl_name = $1 AND sql IS NOT NULL ORDER BY type = 'index'", {std::string_view(table)},
                    [&](const Row& r) {
                      made.emplace_back(r.text(0));
                      return true;
                    }));
    if (made.empty())
      return fail(Diagnostic{Severity::error, "backup-invalid", fmt::format("the backup lacks its table {}", table), {backup, 0, {}}, "use another backup"});
    MOZU_TRY(to.script(made.front()));
    MOZU_TRY(to.script(fmt::format("INSERT INTO main.{0} SELECT * FROM other.{0}", in_quotes(table, '"'))));
    for (std::size_t i = 1; i < made.size(); ++i) MOZU_TRY(to.script(made[i]));
  }
  MOZU_TRY(to.run("INSERT INTO main.meta SELECT * FROM other.meta WHERE key <> $1", {Bytes{knowledge_schema().name}}));
  return to.script("COMMIT; DETACH other;");
}

Status check_whole(SqliteDb& db, const std::string& path) {
  std::string first;
  MOZU_TRY(db.check([&](std::string finding) {
    if (first.empty()) first = std::move(finding);
  }));
  if (!first.empty())
    return fail(Diagnostic{Severity::error, "store-corrupt", "the engine finds: " + first, {path, 0, {}}, "check the disk; use another backup"});
  return {};
}

Result<std::unique_ptr<SqliteDb>> open_draft(const std::string& path) {
  SqliteOptions o;
  o.path = path, o.write = true, o.create = true;
  return open_sqlite(o);
}

Result<std::vector<std::string>> people_tables(Db& backup) {
  std::vector<std::string> tables;
  MOZU_TRY(backup.run(fmt::format("SELECT name FROM {}", contents_table), {}, [&](const Row& r) {
    tables.emplace_back(r.text(0));
    return true;
  }));
  return tables;
}

Diagnostic about_backup(Diagnostic d) {
  if (d.code != "store-corrupt") return d;
  if (d.message.find("file is not a database") != d.message.npos) {
    d.code = "backup-invalid", d.message = "this is no backup of a knowledge base", d.hint = "give a file that `mozu backup` has written";
    return d;
  }
  d.message = "the backup is damaged: " + d.message;
  d.hint = "use another backup";
  return d;
}

Status check_backup(SqliteDb& db, const std::string& path) {
  const auto version = schema_version(db, knowledge_schema());
  if (version && *version > static_cast<int>(knowledge_schema().steps.size())) return migrate(db, knowledge_schema());  // tells of it
  const auto tables = people_tables(db);
  if (!version && version.error().code == "store-corrupt") return fail(version.error());
  if (!version || *version == 0 || !tables)
    return fail(
        Diagnostic{Severity::error, "backup-invalid", "this is no backup of a knowledge base", {path, 0, {}}, "give a file that `mozu backup` has written"});
  return check_whole(db, path);
}

std::unexpected<Diagnostic> not_sqlite(std::string_view tool) {
  return fail("backup-engine", "a base in PostgreSQL is saved and brought back by PostgreSQL itself", fmt::format("use {}", tool));
}

}  // namespace

Status StoreImpl::backup(const std::string& target, const BackupWatch& watch) {
  using Step = BackupProgress::Step;
  const auto told = [&](Step step, std::uint64_t done, std::uint64_t total) { return watch ? watch({step, done, total}) : Status(); };
  if (place_.engine != Engine::sqlite) return not_sqlite("`pg_dump --format=custom`");
  Draft draft(target);
  {
    MOZU_LET(const auto reader, readers_.borrow());
    MOZU_TRY(copy_sqlite(static_cast<SqliteDb&>(reader.db()), draft.path(), [&](auto done, auto total) { return told(Step::copying, done, total); }));
  }
  {
    MOZU_LET(const auto db, open_draft(draft.path()));
    MOZU_TRY(told(Step::people, 0, 0));
    {
      const Interruptible running(*db, [&] { return told(Step::people, 0, 0); });
      MOZU_TRY(running.told(add_people(*db, place_of(options_.location, people_file).path)));
    }
    MOZU_TRY(told(Step::checking, 0, 0));
    {
      const Interruptible running(*db, [&] { return told(Step::checking, 0, 0); });
      MOZU_TRY(running.told(check_whole(*db, draft.path())));
    }
    MOZU_TRY(db->script(fmt::format("PRAGMA application_id={}", sealed_application)));
    MOZU_TRY(db->script("PRAGMA journal_mode=DELETE"));  // one file, wherever it is carried
  }
  MOZU_TRY(seal_backup(draft.path(), [&](auto done, auto total) { return told(Step::naming, done, total); }));
  return draft.finish();
}

namespace {

/// Every byte of it, before SQLite looks at any.
Result<Restored> check_bytes(const std::string& backup_file) {
  Restored out;
  MOZU_LET(const Seal seal, check_seal(backup_file));
  if (seal == Seal::none)
    out.notes.push_back({Severity::note,
                         "backup-unsealed",
                         "the backup bears no checksum, since an earlier Mozu made it: what is damaged in it may go unnoticed",
                         {backup_file, 0, {}},
                         "`mozu doctor` checks what was restored; make a new backup with this Mozu"});
  return out;
}

}  // namespace

Result<Restored> restore(const std::string& backup_file, const StoreOptions& options) {
  const auto knowledge = place_of(options.location, "knowledge.db"), people = place_of(options.location, people_file);
  if (knowledge.engine != Engine::sqlite) return not_sqlite("`pg_restore`");
  std::error_code error;
  for (const auto& place : {knowledge, people})
    if (fs::exists(place.path, error))
      return fail(Diagnostic{
          Severity::error, "restore-exists", "a base stands there already", {place.path, 0, {}}, "restore into another folder, or move this one away first"});
  if (!fs::is_regular_file(backup_file, error))
    return fail(Diagnostic{Severity::error, "file-open", "no such file", {backup_file, 0, {}}, "give a file that `mozu backup` has written"});
  MOZU_LET(auto restored, check_bytes(backup_file));
  SqliteOptions o;
  o.path = backup_file;
  auto opened = open_sqlite(o);
  if (!opened && opened.error().code != "store-corrupt") return fail(std::move(opened).error());
  if (!opened) return fail(about_backup(std::move(opened).error()));
  const auto from = *std::move(opened);
  if (auto whole = check_backup(*from, backup_file); !whole) return fail(about_backup(std::move(whole).error()));
  MOZU_LET(const auto tables, people_tables(*from));
  fs::create_directories(options.location.empty() ? "." : options.location, error);
  if (error) return fail(errno_diagnostic("store-open", "cannot make the data folder", error.value()).at(options.location));
  Draft knowledge_draft(knowledge.path), people_draft(people.path);
  {
    MOZU_LET(const auto db, open_draft(people_draft.path()));
    MOZU_TRY(take_people(*db, backup_file, tables));
  }
  MOZU_TRY(copy_sqlite(*from, knowledge_draft.path()));
  {
    MOZU_LET(const auto db, open_draft(knowledge_draft.path()));
    Transaction t(*db);
    MOZU_TRY(t.begin(true));
    for (const auto& table : tables) MOZU_TRY(db->script(fmt::format("DROP TABLE {}", in_quotes(table, '"'))));
    MOZU_TRY(db->script(fmt::format("DROP TABLE {}", contents_table)));
    MOZU_TRY(db->run("DELETE FROM meta WHERE key <> $1", {Bytes{knowledge_schema().name}}));
    MOZU_TRY(t.commit());
    MOZU_TRY(db->script("PRAGMA application_id=0"));
  }
  MOZU_TRY(people_draft.finish());
  MOZU_TRY(knowledge_draft.finish());
  return restored;
}

}  // namespace mozu::store
