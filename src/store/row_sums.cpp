#include "row_sums.hpp"

#include <fmt/core.h>

#include <array>

#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"

namespace mozu::store {
namespace {

struct Table {
  std::string_view name, columns, told;
};
constexpr std::array<Table, 8> tables = {{
    {"organisation", "id, name, disabled", "organisations"},
    {"account", "id, name, folded, email, password_hash, totp_secret, role, organisation, clearance, disabled, external, created_ms", "accounts"},
    {"api_token", "id, account, name, hash, scopes, created_ms, expires_ms", "API tokens"},
    {"tag", "object, organisation, tag, weight, who, at_ms", "tags"},
    {"decision", "organisation, id, other, sameness, who, at_ms", "decisions"},
    {"false_positive", "organisation, kind, value, reason, who, at_ms, until_ms", "false positives"},
    {"setting", "key, value", "settings"},
    {"document", "collection, id, version, organisation, owner, created_ms, changed_ms, digest", "documents"},
}};

std::string key_of(const Table& t) { return fmt::format("sum of {}", t.name); }

Result<std::uint64_t> sum_of(Db& db, const Table& t, std::string_view where, std::initializer_list<Bind> binds) {
  const auto columns = static_cast<int>(split(t.columns, ',').size());
  std::uint64_t sum = 0;
  MOZU_TRY(db.run(fmt::format("SELECT {} FROM {} WHERE {}", t.columns, t.name, where), binds, [&](const Row& r) {
    std::uint64_t digest = 0;
    for (int i = 0; i < columns; ++i) digest = xxh3_64(r.text(i), digest);  // numbers as the engine writes them: a base stays with its engine
    sum += digest;
    return true;
  }));
  return sum;
}

Result<std::uint64_t> kept_sum(Db& db, const Table& t) {
  const auto key = key_of(t);
  const Bind binds[] = {Bytes{key}};
  MOZU_LET(const auto sum, db.integer("SELECT value FROM meta WHERE key = $1", binds));
  return static_cast<std::uint64_t>(sum);
}

Status put_sum(Db& db, const Table& t, std::uint64_t sum) {
  const auto key = key_of(t);
  return db.run("INSERT INTO meta(key, value) VALUES($1, $2) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                {Bytes{key}, static_cast<std::int64_t>(sum)});
}

}  // namespace

Status keep_sum(Db& db, Summed table, std::string_view where, std::initializer_list<Bind> binds, const std::function<Status()>& write) {
  const auto& t = tables[static_cast<std::size_t>(table)];
  MOZU_LET(const auto before, sum_of(db, t, where, binds));
  MOZU_TRY(write());
  MOZU_LET(const auto after, sum_of(db, t, where, binds));
  if (after == before) return {};
  MOZU_LET(const auto sum, kept_sum(db, t));
  return put_sum(db, t, sum - before + after);
}

Status write_sums(Db& db) {
  for (const auto& t : tables) {
    MOZU_LET(const auto sum, sum_of(db, t, "1 = 1", {}));
    MOZU_TRY(put_sum(db, t, sum));
  }
  return {};
}

Result<std::vector<std::string>> differing_sums(Db& db) {
  std::vector<std::string> out;
  for (const auto& t : tables) {
    MOZU_LET(const auto sum, sum_of(db, t, "1 = 1", {}));
    MOZU_LET(const auto kept, kept_sum(db, t));
    if (sum != kept) out.push_back(fmt::format("the {} are not as Mozu wrote them: rows of table '{}' were changed, added or taken out", t.told, t.name));
  }
  return out;
}

}  // namespace mozu::store
