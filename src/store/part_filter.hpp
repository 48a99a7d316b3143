// Which ids a part that takes no more new ones does not hold: an import asks of most ids only to learn that they are new, and would else ask every part.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "db.hpp"

namespace mozu::store {

/// A Bloom filter whose bits of one id lie in one cache line; about one id in a hundred passes that is not there. Stored in the base.
class PartFilter {
 public:
  /// `hash`: IdKey::hash().
  bool may_hold(std::uint64_t hash) const;
  /// Of the ids of a part, from the base; without one, of a damaged base say, all may be there.
  static Result<PartFilter> read(Db& db, std::int64_t part);
  /// How many ids of a part its filter does not let pass: must be none.
  static Result<std::uint64_t> denied(Db& db, std::int64_t part);
  /// Builds and stores that of a part. For the writer.
  static Status build(Db& db, std::int64_t part);

 private:
  void add(std::uint64_t hash);
  std::size_t line_of(std::uint64_t hash) const;
  std::string bits_;  // lines of 64 bytes
};

}  // namespace mozu::store
