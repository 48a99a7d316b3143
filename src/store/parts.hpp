// Parts of the trees whose keys come in no order (ids, look-up keys, edges): what is new goes to the newest part only, whose pages are few enough
// to stay in memory; those of older parts are hardly written again. Without parts each import would write nearly every page of these trees anew,
// and the cost of an import would grow with the base.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "db.hpp"

namespace mozu::store {

/// A part holds ids and edges of objects numbered from `first_n`, look-up keys of versions from `first_sequence`, to where the next part begins.
struct Part {
  std::int64_t number = 0, first_n = 1, first_sequence = 1;
};

/// Condition of standing in the part. PostgreSQL, which has one, is not told: without statistics its planner takes a part for few rows, and walks through all of it.
std::string is_in(const Part& part, std::string_view table, Engine engine);

class Parts {
 public:
  static Result<Parts> read(Db& db);
  const std::vector<Part>& all() const { return all_; }  ///< never empty; oldest first
  std::int64_t of_number(std::int64_t n) const { return last_from(n, &Part::first_n).number; }
  std::int64_t of_sequence(std::int64_t sequence) const { return last_from(sequence, &Part::first_sequence).number; }
  /// Begins a part with these if the newest one holds `objects_max`. For the writer. PostgreSQL keeps one part (see schema_knowledge.cpp).
  Status grow(Db& db, std::int64_t next_n, std::int64_t next_sequence, std::int64_t objects_max);

 private:
  const Part& last_from(std::int64_t value, std::int64_t Part::* first) const;
  std::vector<Part> all_;
};

}  // namespace mozu::store
