// SQLite driver (WAL, one file).
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "db.hpp"

struct sqlite3;

namespace mozu::store {

struct SqliteOptions {
  std::string path;
  bool write = false;  ///< else read-only
  bool create = false;
  std::size_t cache_bytes = std::size_t{8} << 20;
  /// For tests: the name of an SQLite VFS; empty = the system's.
  std::string vfs;
};
class SqliteDb : public Db {
 public:
  virtual sqlite3* handle() = 0;
};
Result<std::unique_ptr<SqliteDb>> open_sqlite(const SqliteOptions& options);

/// Pages of the whole that are copied; an error ends the copy.
using CopyWatch = std::function<Status(std::uint64_t done, std::uint64_t total)>;
/// A consistent copy of an open base into a new file, page by page, while others read and write. `from` has no transaction.
Status copy_sqlite(SqliteDb& from, const std::string& target, const CopyWatch& watch = {});
/// While it lives, `go_on` is asked now and then whether what runs on the connection goes on; an error ends that with "store-interrupted".
class Interruptible {
 public:
  Interruptible(SqliteDb& db, std::function<Status()> go_on);
  ~Interruptible();
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;
  /// `done`, or what ended it.
  Status told(Status done) const { return stopped_ ? fail(*stopped_) : done; }

 private:
  sqlite3* handle_;
  std::function<Status()> go_on_;
  std::unique_ptr<Diagnostic> stopped_;
  static int asked(void* self);
};

}  // namespace mozu::store
