// PostgreSQL driver (libpq), version 15 and newer.
#pragma once
#include <memory>
#include <string>

#include "db.hpp"

namespace mozu::store {

/// `lock`: number of the advisory lock that a writing transaction holds, so that there is one at a time.
Result<std::unique_ptr<Db>> open_postgres(const std::string& location, std::int64_t lock);

}  // namespace mozu::store
