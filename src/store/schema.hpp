// The tables, and how an older base becomes a newer one: numbered steps, only forward, each in the transaction that opens the base.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "db.hpp"

namespace mozu::store {

/// One step of a base. `sql` for both engines, with what in_dialect() knows in it; then the engine's own; then code.
struct Migration {
  std::string_view sql;
  std::string_view sqlite_only, postgres_only;
  Status (*code)(Db& db) = nullptr;
};

/// A set of tables with a version of its own, kept in the table `meta` under its name.
struct Schema {
  std::string_view name;
  std::span<const Migration> steps;
};
const Schema& knowledge_schema();
const Schema& people_schema();

/// Brings the base to `version` (at most; 0 = the newest), within one writing transaction if anything is to be done.
/// "store-newer" if the base is newer than this program.
Status migrate(Db& db, const Schema& schema, int version = 0);
/// SQL with {int}, {bytes}, {clustered} and, of parts (parts.hpp), {part_first}, {part_last}, {part_objects} in it, as the engine says them.
std::string in_dialect(std::string_view sql, Engine engine);
/// 0 for an empty base.
Result<int> schema_version(Db& db, const Schema& schema);

/// For who only reads: "store-older", "store-newer".
Status must_be_newest(Db& db, const Schema& schema);

}  // namespace mozu::store
