#include "db.hpp"

namespace mozu::store {

Result<std::int64_t> Db::integer(std::string_view sql, std::span<const Bind> binds, std::int64_t absent) {
  MOZU_TRY(run(sql, binds, [&](const Row& r) {
    absent = r.integer(0);
    return false;
  }));
  return absent;
}

}  // namespace mozu::store
