#include "postgres_db.hpp"

namespace mozu::store {

Result<std::unique_ptr<Db>> open_postgres(const std::string&) { return fail("store-connection", "PostgreSQL is not built in yet"); }

}  // namespace mozu::store
