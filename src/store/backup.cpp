#include "sqlite_db.hpp"
#include "store_impl.hpp"

namespace mozu::store {

Status StoreImpl::backup(const std::string& target) {
  MOZU_LET(const auto reader, readers_.borrow());
  return copy_sqlite(static_cast<SqliteDb&>(reader.db()), target);
}

}  // namespace mozu::store
