#include "own_words.hpp"

#include <fmt/core.h>

#include <vector>

#include "object_key.hpp"
#include "store_impl.hpp"

namespace mozu::store {

std::string number_for(const intel::Viewer& v, std::string_view plain) {
  if (v.organisation == intel::common) return std::string(plain);
  return fmt::format(
      "coalesce((SELECT ow.n FROM own_words ow JOIN object oo ON oo.n = ow.n JOIN version ov ON ov.sequence = oo.sequence WHERE ow.plain = {0} AND "
      "ow.organisation = {1} AND {2}), {0})",
      plain, v.organisation, visible(v, "ov"));
}

Status write_own_words(Db& db, intel::OrganisationId organisation, const std::vector<const Known*>& own) {
  Integers plain, numbers;
  for (const auto* known : own) plain.push_back(known->plain), numbers.push_back(known->n);
  return db.insert_many("own_words", "plain,organisation,n", {plain, Integers(numbers.size(), organisation), numbers});
}

Status displace_words(Db& db, const Displaced& words, std::int64_t part) {
  const std::string own = own_key(words.known->key.view(), words.organisation);
  const std::int64_t now = words.known->n;
  MOZU_TRY(db.run("DELETE FROM id WHERE part IN (SELECT number FROM part) AND key = $1", {Bytes{words.known->key.view()}}));
  MOZU_TRY(db.run("INSERT INTO id(part, key, n) VALUES($1, $2, $3)", {part, Bytes{own}, words.n}));
  MOZU_TRY(db.run("UPDATE object SET key = $1 WHERE n = $2", {Bytes{own}, words.n}));
  MOZU_TRY(db.run("UPDATE own_words SET plain = $1 WHERE plain = $2", {now, words.n}));
  MOZU_TRY(db.run("INSERT INTO own_words(plain, organisation, n) VALUES($1, $2, $3)", {now, words.organisation, words.n}));
  MOZU_TRY(db.run("UPDATE edge SET target = $1 WHERE part IN (SELECT number FROM part) AND target = $2", {now, words.n}));
  return db.run("UPDATE edge SET source = $1 WHERE part IN (SELECT number FROM part) AND source = $2 AND via <> 0", {now, words.n});
}

Status find_own_words(Db& db) {
  struct Own {
    std::int64_t n;
    intel::OrganisationId organisation;
    std::string plain;
  };
  std::vector<Own> all;
  const auto [first, behind] = owned_keys();
  MOZU_TRY(db.run("SELECT n, key FROM object WHERE key >= $1 AND key < $2", {Bytes{first}, Bytes{behind}}, [&](const Row& r) {
    if (auto owned = read_own_key(r.text(1))) all.push_back({r.integer(0), owned->first, std::string(owned->second)});
    return true;
  }));
  for (const auto& own : all) {
    const Bind asked[] = {Bytes{own.plain}};
    MOZU_LET(const auto plain, db.integer(fmt::format("SELECT o.n FROM {} WHERE {}", object_of_key, is_of_key), asked));
    if (plain == 0) continue;
    MOZU_TRY(db.run("INSERT INTO own_words(plain, organisation, n) VALUES($1, $2, $3)", {plain, own.organisation, own.n}));
    MOZU_TRY(db.run("UPDATE edge SET target = $1 WHERE part IN (SELECT number FROM part) AND target = $2", {plain, own.n}));
    MOZU_TRY(db.run("UPDATE edge SET source = $1 WHERE part IN (SELECT number FROM part) AND source = $2 AND via <> 0", {plain, own.n}));
  }
  return {};
}

}  // namespace mozu::store
