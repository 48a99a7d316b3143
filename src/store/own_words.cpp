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

namespace {

/// Edges from and to a number, said by others than the words that it is of, to another one.
Status lead_edges(Db& db, std::int64_t from, std::int64_t to) {
  MOZU_TRY(db.run("UPDATE edge SET target = $1 WHERE part IN (SELECT number FROM part) AND target = $2", {to, from}));
  return db.run("UPDATE edge SET source = $1 WHERE part IN (SELECT number FROM part) AND source = $2 AND via <> 0", {to, from});
}

/// The parts in which these keys stand, of each that is somewhere.
Status take_ids(Db& db, const Blobs& keys) {
  Integers parts;
  Blobs found;
  MOZU_TRY(db.select_many("SELECT k.part FROM part p CROSS JOIN id k WHERE k.part = p.number AND k.key = $1", {keys},
                          [&](std::size_t i, const Row& r) { parts.push_back(r.integer(0)), found.push_back(keys[i]); }));
  return db.delete_many("id", "part,key", {parts, found});
}

}  // namespace

Status displace_words(Db& db, const std::vector<Displaced>& words, std::int64_t part) {
  if (words.empty()) return {};
  Blobs keys;
  std::vector<std::string> own;
  Integers before, now, organisations;
  for (const auto& w : words) {
    keys.push_back(w.known->key.view()), own.push_back(own_key(w.known->key.view(), w.organisation));
    before.push_back(w.n), now.push_back(w.known->n), organisations.push_back(w.organisation);
  }
  const Blobs owned(own.begin(), own.end());
  MOZU_TRY(take_ids(db, keys));
  MOZU_TRY(db.insert_many("id", "part,key,n", {Integers(own.size(), part), owned, before}));
  MOZU_TRY(db.update_many("object", "key,n", {owned, before}));
  MOZU_TRY(db.update_many("own_words", "plain,plain", {now, before}));
  MOZU_TRY(db.insert_many("own_words", "plain,organisation,n", {now, organisations, before}));
  std::vector<bool> has_edges(words.size(), false);
  for (const std::string_view end : {"target", "source"})
    MOZU_TRY(db.select_many(fmt::format("SELECT 1 FROM edge WHERE part IN (SELECT number FROM part) AND {} = $1 LIMIT 1", end), {before},
                            [&](std::size_t i, const Row&) { has_edges[i] = true; }));
  for (std::size_t i = 0; i < words.size(); ++i)
    if (has_edges[i]) MOZU_TRY(lead_edges(db, before[i], now[i]));
  return {};
}

Status own_no_more(Db& db, intel::OrganisationId publisher, const std::vector<Known*>& own, std::int64_t part) {
  Integers plain;
  for (const auto* known : own) plain.push_back(known->plain);
  std::vector<Displaced> back;
  MOZU_TRY(
      db.select_many("SELECT v.organisation FROM object o JOIN version v ON v.sequence = o.sequence WHERE o.n = $1", {plain}, [&](std::size_t i, const Row& r) {
        const auto organisation = r.integer(0);
        if (organisation != intel::common && organisation != publisher) back.push_back({own[i], plain[i], organisation});
      }));
  if (back.empty()) return {};
  std::vector<std::string> owned;
  Blobs keys;
  Integers before, now;
  for (const auto& one : back) {
    owned.push_back(own_key(one.known->key.view(), publisher)), keys.push_back(one.known->key.view());
    before.push_back(one.n), now.push_back(one.known->n);
  }
  MOZU_TRY(take_ids(db, Blobs(owned.begin(), owned.end())));
  MOZU_TRY(db.delete_many("own_words", "plain,organisation,n", {before, Integers(before.size(), publisher), now}));
  MOZU_TRY(displace_words(db, back, part));
  MOZU_TRY(db.insert_many("id", "part,key,n", {Integers(now.size(), part), keys, now}));
  MOZU_TRY(db.update_many("object", "key,n", {keys, now}));
  for (const auto& one : back) one.known->own = false, one.known->plain = one.known->n;
  return {};
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
    MOZU_TRY(lead_edges(db, own.n, plain));
  }
  return {};
}

}  // namespace mozu::store
