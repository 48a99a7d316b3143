// What the base knows of the ids that an import meets.
#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "db.hpp"
#include "id_table.hpp"
#include "mozu/intel/access.hpp"
#include "part_filter.hpp"
#include "parts.hpp"

namespace mozu::store {

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
