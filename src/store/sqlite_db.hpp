// SQLite driver (WAL, one file).
#pragma once
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

/// A consistent copy of an open base into a new file, page by page, while others read and write.
Status copy_sqlite(SqliteDb& from, const std::string& target);

}  // namespace mozu::store
