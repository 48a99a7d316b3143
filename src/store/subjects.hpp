// Imports that are publications, and what they are about: by it plans open them (intel::is_open()).
#pragma once
#include <cstdint>
#include <span>

#include "db.hpp"
#include "mozu/intel/access.hpp"

namespace mozu::store {

/// The versions of an import have all numbers from `first` to `last`. Without subjects it is no publication.
Status write_subjects(Db& db, std::int64_t import, std::int64_t first, std::int64_t last, std::span<const intel::Subject> subjects);
/// Of publications that an earlier version of Mozu imported: from their origin, their labels and what they name.
Status find_subjects(Db& db);

}  // namespace mozu::store
