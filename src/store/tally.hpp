// Private to the room: how many objects there are of each kind and marking, and relations of each kind, kept beside them.
#pragma once
#include <cstdint>
#include <map>
#include <tuple>

#include "db.hpp"

namespace mozu::store {

/// What an import changes of the counts, written once at its end.
struct TallyChanges {
  struct Change {
    std::int64_t objects = 0, revoked = 0;
    void add(std::int64_t n, bool is_revoked) { objects += n, revoked += is_revoked ? n : 0; }
  };
  std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t>, Change> objects;  ///< by type, TLP, organisation
  std::map<std::int64_t, std::int64_t> relations;
  Status write(Db& db) const;
};

}  // namespace mozu::store
