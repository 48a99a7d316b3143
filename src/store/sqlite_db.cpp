#include "sqlite_db.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

namespace mozu::store {
namespace {

constexpr int busy_ms = 10'000;
constexpr int pages_at_once = 8192;                           // of a copy: 32 MiB, some ten times a second
constexpr int instructions_between = 200'000;                 // of a question that may be interrupted: some milliseconds
constexpr std::int64_t mapped_bytes = std::int64_t{1} << 30;  // reading of it costs no copy, but counts as memory of the process
constexpr int checkpoint_pages = 8192;                        // the log is taken over into the base each 32 MiB
constexpr std::int64_t log_bytes_kept = std::int64_t{64} << 20;

struct SqliteSaying {
  std::string_view code, message, hint;
};

SqliteSaying saying_of(int code, int extended) {
  switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {"store-busy", "another process is writing to the knowledge base", "wait until it is done, or end it; nothing was changed"};
    case SQLITE_FULL:
      return {"store-full", "the disk of the knowledge base is full",
              "free space and do it again; what was acknowledged before is kept, this change was undone"};
    case SQLITE_READONLY:
      return {"store-read-only", "the knowledge base cannot be written",
              "check the permissions of its folder and file, and whether the disk is mounted read-only"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return {"store-corrupt", "the knowledge base is damaged", "run 'mozu doctor'; restore the last backup with 'mozu restore'"};
    case SQLITE_NOMEM: return {"store-memory", "out of memory", "free memory, or use a smaller cache"};
    case SQLITE_CANTOPEN: return {"store-open", "cannot open the knowledge base", "check the path, and the permissions of its folder and file"};
    case SQLITE_IOERR:
      if (extended == SQLITE_IOERR_WRITE || extended == SQLITE_IOERR_FSYNC || extended == SQLITE_IOERR_TRUNCATE || extended == SQLITE_IOERR_SHMSIZE)
        return {"store-full", "the knowledge base cannot be written",
                "check free space, quota and health of the disk; what was acknowledged before is kept, this change was undone"};
      return {"store-io", "the disk of the knowledge base reports an error", "check the health of the disk; restore the last backup if the base is damaged"};
    case SQLITE_INTERRUPT: return {"store-interrupted", "the question took too long and was ended", "ask for something more selective"};
    default: return {"store-engine", "SQLite reports an error", "this is a mistake of the program: please report it"};
  }
}

std::unexpected<Diagnostic> failed(sqlite3* db, int code, const std::string& path) {
  const int extended = db != nullptr ? sqlite3_extended_errcode(db) : code;
  const auto saying = saying_of(code & 0xFF, extended);
  const char* detail = db != nullptr && sqlite3_errcode(db) == code ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  return fail(Diagnostic{Severity::error, std::string(saying.code), fmt::format("{}: {}", saying.message, detail), {path, 0, {}}, std::string(saying.hint)});
}

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* s) : s_(s) {}
  std::int64_t integer(int c) const override { return sqlite3_column_int64(s_, c); }
  double real(int c) const override { return sqlite3_column_double(s_, c); }
  std::string_view text(int c) const override {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(s_, c));
    return {data, data != nullptr ? static_cast<std::size_t>(sqlite3_column_bytes(s_, c)) : 0};
  }

 private:
  sqlite3_stmt* s_;
};

struct Binder {
  sqlite3_stmt* s;
  int n;
  int operator()(std::int64_t v) const { return sqlite3_bind_int64(s, n, v); }
  int operator()(double v) const { return sqlite3_bind_double(s, n, v); }
  int operator()(std::string_view v) const { return sqlite3_bind_text64(s, n, v.data() != nullptr ? v.data() : "", v.size(), SQLITE_STATIC, SQLITE_UTF8); }
  int operator()(Bytes v) const { return sqlite3_bind_blob64(s, n, v.value.data() != nullptr ? v.value.data() : "", v.value.size(), SQLITE_STATIC); }
};

Bind cell(const Column& column, std::size_t row) {
  if (column.integers() != nullptr) return (*column.integers())[row];
  if (column.bytes()) return Bytes{column.strings()[row]};
  return column.strings()[row];
}

std::vector<std::string_view> names_in(std::string_view list) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at <= list.size();) {
    const auto end = std::min(list.find(',', at), list.size());
    out.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

/// "a = $1 AND b = $2", counting from `first`.
std::string equations(std::span<const std::string_view> names, std::size_t first, std::string_view between) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) out += fmt::format("{}{} = ${}", i == 0 ? "" : between, names[i], first + i);
  return out;
}

class SqliteDriver final : public SqliteDb {
 public:
  explicit SqliteDriver(std::string path) : path_(std::move(path)) {}
  ~SqliteDriver() override {
    for (auto& [sql, s] : statements_) sqlite3_finalize(s);
    sqlite3_close_v2(db_);
  }
  SqliteDriver(const SqliteDriver&) = delete;
  SqliteDriver& operator=(const SqliteDriver&) = delete;

  Status open(const SqliteOptions& o);
  Engine engine() const override { return Engine::sqlite; }
  sqlite3* handle() override { return db_; }

  Status begin(bool write) override { return plain(write ? "BEGIN IMMEDIATE" : "BEGIN"); }
  Status commit() override {
    // SQLite writes on into a file that was removed; what is acknowledged must be there.
    if (int moved = 0;
        sqlite3_txn_state(db_, "main") == SQLITE_TXN_WRITE && sqlite3_file_control(db_, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0)
      return fail(Diagnostic{Severity::error,
                             "store-open",
                             "the file of the knowledge base was removed or replaced while it was open",
                             {path_, 0, {}},
                             "put it back, or restore the last backup; then start anew"});
    return plain("COMMIT");
  }
  void rollback() override {
    if (sqlite3_get_autocommit(db_) == 0) static_cast<void>(plain("ROLLBACK"));
  }

  Status script(const std::string& sql) override {
    const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return failed(db_, code, path_);
    return {};
  }
  Status run(std::string_view sql, std::span<const Bind> binds, const RowSink& each) override {
    MOZU_LET(sqlite3_stmt * s, prepare(sql));
    for (std::size_t i = 0; i < binds.size(); ++i)
      if (const int code = std::visit(Binder{s, static_cast<int>(i) + 1}, binds[i]); code != SQLITE_OK) return failed(db_, code, path_);
    return step(s, each);
  }
  std::int64_t changed() const override { return sqlite3_changes64(db_); }

  Status insert_many(std::string_view table, std::string_view names, const Columns& columns, std::string_view suffix) override {
    std::string places;
    for (std::size_t i = 1; i <= columns.size(); ++i) places += fmt::format("{}${}", i == 1 ? "" : ",", i);
    return loop(fmt::format("INSERT INTO {}({}) VALUES({}) {}", table, names, places, suffix), columns, nullptr);
  }
  Status delete_many(std::string_view table, std::string_view names, const Columns& columns) override {
    return loop(fmt::format("DELETE FROM {} WHERE {}", table, equations(names_in(names), 1, " AND ")), columns, nullptr);
  }
  Status update_many(std::string_view table, std::string_view names, const Columns& columns) override {
    const auto list = names_in(names);
    const auto set = std::span(list).first(list.size() - 1);
    return loop(fmt::format("UPDATE {} SET {} WHERE {} = ${}", table, equations(set, 1, ", "), list.back(), list.size()), columns, nullptr);
  }
  Status select_many(std::string_view sql, const Columns& columns, const BatchSink& each) override { return loop(sql, columns, each); }

  Status set_cache(std::size_t bytes) override { return script(fmt::format("PRAGMA cache_size=-{}; PRAGMA shrink_memory;", bytes >> 10)); }

  Status check(const std::function<void(std::string)>& finding) override {
    return run("PRAGMA integrity_check", {}, [&](const Row& r) {
      if (r.text(0) != "ok") finding(std::string(r.text(0)));
      return true;
    });
  }

 private:
  Status plain(std::string_view sql) { return run(sql, std::span<const Bind>(), nullptr); }

  Result<sqlite3_stmt*> prepare(std::string_view sql) {
    if (const auto found = statements_.find(std::string(sql)); found != statements_.end()) return found->second;
    if (statements_.size() >= statements_max) {
      for (auto& [text, s] : statements_) sqlite3_finalize(s);
      statements_.clear();
    }
    sqlite3_stmt* s = nullptr;
    const int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &s, nullptr);
    if (code != SQLITE_OK) return failed(db_, code, path_);
    statements_.emplace(sql, s);
    return s;
  }

  Status step(sqlite3_stmt* s, const RowSink& each) {
    const SqliteRow row(s);
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(s)) == SQLITE_ROW)
      if (each && !each(row)) break;
    Status out;
    if (code != SQLITE_DONE && code != SQLITE_ROW) out = failed(db_, code, path_);
    sqlite3_reset(s);
    return out;
  }

  Status loop(std::string_view sql, const Columns& columns, const BatchSink& each) {
    MOZU_LET(sqlite3_stmt * s, prepare(sql));
    const std::size_t rows = rows_of(columns);
    const SqliteRow row(s);
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t c = 0; c < columns.size(); ++c) std::visit(Binder{s, static_cast<int>(c) + 1}, cell(columns[c], i));
      int code = SQLITE_ROW;
      while ((code = sqlite3_step(s)) == SQLITE_ROW)
        if (each) each(i, row);
      if (code != SQLITE_DONE) {
        auto out = failed(db_, code, path_);
        sqlite3_reset(s);
        return out;
      }
      sqlite3_reset(s);
    }
    return {};
  }

  std::string path_;
  sqlite3* db_ = nullptr;
  std::unordered_map<std::string, sqlite3_stmt*> statements_;
};

/// SQLite counts its memory for all its users together, under one lock that every page costs; nobody asks for the count.
void uncounted_memory() {
  static const int done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);  // refused once the library is in use: then it counts
  static_cast<void>(done);
}

Status SqliteDriver::open(const SqliteOptions& o) {
  uncounted_memory();
  const int flags =
      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (o.write ? SQLITE_OPEN_READWRITE | (o.create ? SQLITE_OPEN_CREATE : 0) : SQLITE_OPEN_READONLY);
  // A new base is its owner's alone, whatever the umask: it holds what is marked RED, and hashes of passwords. Its WAL has the mode of the base.
  if (o.write && o.create)
    if (const int fd = ::open(path_.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600); fd >= 0) ::close(fd);
  // A pipe or device would be waited for, for ever.
  if (struct stat info{}; ::stat(path_.c_str(), &info) == 0 && !S_ISREG(info.st_mode))
    return fail(Diagnostic{Severity::error,
                           "store-open",
                           "this is no regular file, so it cannot be a knowledge base",
                           {path_, 0, {}},
                           "move it away, or name another data folder"});
  const char* vfs = o.vfs.empty() ? nullptr : o.vfs.c_str();
  if (const int code = sqlite3_open_v2(path_.c_str(), &db_, flags, vfs); code != SQLITE_OK) return failed(db_, code, path_);
  sqlite3_busy_timeout(db_, busy_ms);
  // A base from elsewhere is data, never a program.
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  MOZU_TRY(script(fmt::format("PRAGMA cache_size=-{}; PRAGMA temp_store=MEMORY;", o.cache_bytes >> 10)));
  if (!o.write) return script(fmt::format("PRAGMA mmap_size={}; PRAGMA query_only=1;", mapped_bytes));
  return script(fmt::format("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint={}; PRAGMA journal_size_limit={};", checkpoint_pages,
                            log_bytes_kept));
}

}  // namespace

Result<std::unique_ptr<SqliteDb>> open_sqlite(const SqliteOptions& options) {
  auto driver = std::make_unique<SqliteDriver>(options.path);
  MOZU_TRY(driver->open(options));
  return driver;
}

Status copy_sqlite(SqliteDb& from, const std::string& target, const CopyWatch& watch) {
  SqliteOptions o;
  o.path = target, o.write = true, o.create = true;
  SqliteDriver to(target);
  MOZU_TRY(to.open(o));
  sqlite3_backup* copy = sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
  if (copy == nullptr) return failed(to.handle(), sqlite3_errcode(to.handle()), target);
  // Within one reading transaction of the source it is one state, and writers go on in the log: else what they write would make each step begin anew.
  Status go_on = from.script("BEGIN; SELECT 1 FROM sqlite_master LIMIT 1");
  int code = SQLITE_OK;
  while (go_on && code == SQLITE_OK) {
    code = sqlite3_backup_step(copy, pages_at_once);
    const auto total = static_cast<std::uint64_t>(sqlite3_backup_pagecount(copy));
    if (watch && code == SQLITE_OK) go_on = watch(total - static_cast<std::uint64_t>(sqlite3_backup_remaining(copy)), total);
  }
  const int end = sqlite3_backup_finish(copy);
  from.rollback();
  MOZU_TRY(go_on);
  if (code != SQLITE_DONE) return failed(to.handle(), code, target);
  if (end != SQLITE_OK) return failed(to.handle(), end, target);
  return {};
}

Interruptible::Interruptible(SqliteDb& db, std::function<Status()> go_on) : handle_(db.handle()), go_on_(std::move(go_on)) {
  if (go_on_) sqlite3_progress_handler(handle_, instructions_between, asked, this);
}
Interruptible::~Interruptible() { sqlite3_progress_handler(handle_, 0, nullptr, nullptr); }

int Interruptible::asked(void* self) {
  auto& me = *static_cast<Interruptible*>(self);
  auto go_on = me.go_on_();
  if (!go_on && !me.stopped_) me.stopped_ = std::make_unique<Diagnostic>(std::move(go_on).error());
  return go_on ? 0 : 1;
}

}  // namespace mozu::store
