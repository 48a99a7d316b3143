// What the base knows of the ids that an import meets.
#pragma once
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "db.hpp"
#include "id_table.hpp"
#include "mozu/intel/access.hpp"
#include "part_filter.hpp"
#include "parts.hpp"

namespace mozu::store {

/// An id of which others speak, by their number, and what will be the organisation's own under it.
using PartedId = std::pair<std::int64_t, const Known*>;

class IdLookup {
 public:
  explicit IdLookup(intel::OrganisationId organisation) : organisation_(organisation) {}
  /// Every one of `asked` learns what is there; they are brought into the order of the index. The number is the organisation's own where it has one.
  Status ask(Db& db, const Parts& parts, std::vector<Known*>& asked);

 private:
  Status ask_part(Db& db, const Part& part, bool newest, std::vector<Known*>& left);
  Status ask_own(Db& db, const std::vector<Known*>& asked);
  intel::OrganisationId organisation_;
  std::uint64_t asked_ = 0;
  std::map<std::int64_t, PartFilter> filters_;
};

}  // namespace mozu::store
