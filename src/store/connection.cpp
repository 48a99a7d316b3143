#include "connection.hpp"

#include <filesystem>
#include <system_error>

#include "mozu/base/file.hpp"
#include "people.hpp"
#include "postgres_db.hpp"
#include "sqlite_db.hpp"

namespace mozu::store {

Place place_of(const std::string& location, std::string_view file) {
  const bool postgres = location.starts_with("postgresql://") || location.starts_with("postgres://") || location.starts_with("host=") ||
                        location.starts_with("dbname=") || location.starts_with("service=");
  constexpr std::int64_t first_lock = 0x6D6F7A75;  // "mozu"
  if (postgres) return {Engine::postgres, location, first_lock + static_cast<std::int64_t>(file == people_file)};
  return {Engine::sqlite, (location.empty() ? std::string(".") : location) + "/" + std::string(file), 0};
}

Result<std::unique_ptr<Db>> connect(const Place& place, const ConnectOptions& options) {
  if (place.engine == Engine::postgres) return open_postgres(place.path, place.lock);
  if (options.create) {
    std::error_code error;
    const auto folder = std::filesystem::path(place.path).parent_path();
    std::filesystem::create_directories(folder, error);
    if (error) return fail(errno_diagnostic("store-open", "cannot make the data folder", error.value()).at(folder.string()));
  }
  SqliteOptions o;
  o.path = place.path;
  o.write = options.write;
  o.create = options.create;
  o.cache_bytes = options.cache_bytes;
  return open_sqlite(o);
}

Result<Pool::Lease> Pool::borrow() {
  {
    std::unique_lock held(lock_);
    returned_.wait(held, [&] { return left_ > 0; });
    --left_;
    if (!idle_.empty()) {
      auto c = std::move(idle_.back());
      idle_.pop_back();
      return Lease(*this, std::move(c));
    }
  }
  auto db = connect(place_, {});
  if (!db) {
    give_back(nullptr);
    return std::unexpected(std::move(db).error());
  }
  auto c = std::make_unique<Connection>();
  c->db = *std::move(db);
  return Lease(*this, std::move(c));
}

void Pool::give_back(std::unique_ptr<Connection> c) {
  {
    const std::lock_guard held(lock_);
    if (c && !c->db->broken()) idle_.push_back(std::move(c));
    ++left_;
  }
  returned_.notify_one();
}

Result<Turnstile::Pass> Turnstile::enter(const Turn& turn, std::chrono::milliseconds time) {
  const auto& go_on = turn.patient;
  if (auto pass = enter_within(go_on ? std::chrono::milliseconds(0) : time)) return *std::move(pass);
  if (!go_on) return fail("store-busy", "a long import is being written; nothing was changed", "try again in a moment");
  for (;;) {
    MOZU_TRY(go_on(true));
    if (auto pass = enter_within(std::chrono::seconds(1))) {
      MOZU_TRY(go_on(false));
      return *std::move(pass);
    }
  }
}

}  // namespace mozu::store
