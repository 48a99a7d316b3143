// What can be derived from the stored JSON, built anew.
#pragma once
#include "db.hpp"

namespace mozu::store {

/// Fills the empty text index from the latest versions. Within a transaction of the caller.
Status rebuild_words(Db& db);

}  // namespace mozu::store
