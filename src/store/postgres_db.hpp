// PostgreSQL driver (libpq), version 15 and newer.
#pragma once
#include <memory>
#include <string>

#include "db.hpp"

namespace mozu::store {

Result<std::unique_ptr<Db>> open_postgres(const std::string& location);

}  // namespace mozu::store
