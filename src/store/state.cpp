// What the base is, for who runs it: engine, versions of the tables, place on the disk.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "schema.hpp"
#include "store_impl.hpp"

namespace mozu::store {
namespace {

/// A base of SQLite with its log.
std::uint64_t bytes_of(const std::string& path) {
  std::uint64_t bytes = 0;
  for (const auto* end : {"", "-wal", "-shm"}) {
    std::error_code absent;
    const auto size = std::filesystem::file_size(path + end, absent);
    if (!absent) bytes += size;
  }
  return bytes;
}

Result<std::string> version_of(Db& db) {
  std::string version;
  MOZU_TRY(db.run(db.engine() == Engine::sqlite ? "SELECT sqlite_version()" : "SELECT current_setting('server_version')", {}, [&](const Row& r) {
    version = r.text(0);
    return false;
  }));
  return version;
}

}  // namespace

Result<StoreState> StoreImpl::state() {
  StoreState out;
  MOZU_LET(const auto reader, readers_.borrow());
  MOZU_LET(out.engine_version, version_of(reader.db()));
  MOZU_LET(out.knowledge_schema, schema_version(reader.db(), knowledge_schema()));
  std::vector<std::pair<std::int64_t, std::int64_t>> relations;
  MOZU_TRY(reader.db().run("SELECT relation, objects FROM relation_tally WHERE objects > 0", {}, [&](const Row& r) {
    relations.emplace_back(r.integer(0), r.integer(1));
    return true;
  }));
  for (const auto& [code, n] : relations) {
    MOZU_LET(auto name, names_.text(reader.db(), NameKind::relation, code));
    out.relations.emplace_back(std::move(name), static_cast<std::uint64_t>(n));
  }
  std::ranges::sort(out.relations, [](const auto& a, const auto& b) { return a.second != b.second ? a.second > b.second : a.first < b.first; });
  {
    MOZU_LET(const auto people, people_->reader());
    MOZU_LET(out.people_schema, schema_version(people.db(), people_schema()));
  }
  if (place_.engine == Engine::sqlite) {
    out.engine = "SQLite";
    out.bytes = bytes_of(place_.path) + bytes_of(place_of(options_.location, people_file).path);
    return out;
  }
  out.engine = "PostgreSQL";
  MOZU_LET(const auto bytes, reader.db().integer("SELECT pg_database_size(current_database())"));
  out.bytes = static_cast<std::uint64_t>(bytes);
  return out;
}

}  // namespace mozu::store
