#include "parts.hpp"

#include <fmt/core.h>

#include "part_filter.hpp"

namespace mozu::store {

std::string is_in(const Part& part, std::string_view table, Engine engine) {
  return engine == Engine::postgres ? "1 = 1" : fmt::format("{}.part = {}", table, part.number);
}

Result<Parts> Parts::read(Db& db) {
  Parts parts;
  MOZU_TRY(db.run("SELECT number, first_n, first_sequence FROM part ORDER BY number", {}, [&](const Row& r) {
    parts.all_.push_back({r.integer(0), r.integer(1), r.integer(2)});
    return true;
  }));
  if (parts.all_.empty()) return fail("store-corrupt", "the knowledge base has no parts", "restore the last backup with 'mozu restore'");
  return parts;
}

const Part& Parts::last_from(std::int64_t value, std::int64_t Part::* first) const {
  auto at = all_.size() - 1;
  while (at > 0 && all_[at].*first > value) --at;
  return all_[at];
}

Status Parts::grow(Db& db, std::int64_t next_n, std::int64_t next_sequence, std::int64_t objects_max) {
  const auto& newest = all_.back();
  if (db.engine() == Engine::postgres) return {};
  if (next_n - newest.first_n < objects_max && next_sequence - newest.first_sequence < objects_max) return {};
  MOZU_TRY(PartFilter::build(db, newest.number));
  all_.push_back({newest.number + 1, next_n, next_sequence});
  return db.run("INSERT INTO part(number, first_n, first_sequence) VALUES($1, $2, $3)", {all_.back().number, next_n, next_sequence});
}

}  // namespace mozu::store
