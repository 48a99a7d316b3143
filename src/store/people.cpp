#include "people.hpp"

#include <algorithm>

#include "schema.hpp"
#include "store_impl.hpp"

namespace mozu::store {
namespace {

constexpr int weight_max = 100;
constexpr std::size_t text_bytes_max = 1024;

}  // namespace

Result<std::unique_ptr<People>> People::open(const StoreOptions& options) {
  auto people = std::make_unique<People>(place_of(options.location, people_file), options.readers_max);
  if (options.read_only) return people;
  MOZU_LET(people->writer_, connect(people->place_, {true, true}));
  MOZU_TRY(migrate(*people->writer_, people_schema()));
  return people;
}

Status StoreImpl::tag(std::string_view id, std::string_view tag, int weight, std::string_view who) {
  if (weight < 0 || weight > weight_max) return fail("tag-weight", "the weight of a tag is 1 to 100, or 0 to take it away");
  if (tag.empty() || tag.size() > text_bytes_max) return fail("tag-text", "a tag has 1 to 1024 bytes");
  if (intel::type_of_id(id).empty()) return fail("stix-id", "no id of a STIX object");
  return people_->write([&](Db& db) -> Status {
    if (weight == 0) return db.run("DELETE FROM tag WHERE object = $1 AND tag = $2", {Bytes{id}, Bytes{tag}});
    return db.run("INSERT INTO tag(object, tag, weight, who, at_ms) VALUES($1, $2, $3, $4, $5) "
                  "ON CONFLICT(object, tag) DO UPDATE SET weight = excluded.weight, who = excluded.who, at_ms = excluded.at_ms",
                  {Bytes{id}, Bytes{tag}, std::int64_t{weight}, Bytes{who}, Timestamp::now().ms});
  });
}

Result<std::vector<std::pair<std::string, int>>> StoreImpl::tags(std::string_view id) {
  MOZU_LET(const auto reader, people_->reader());
  std::vector<std::pair<std::string, int>> out;
  MOZU_TRY(reader.db().run("SELECT tag, weight FROM tag WHERE object = $1 ORDER BY weight DESC, tag", {Bytes{id}}, [&](const Row& r) {
    out.emplace_back(r.text(0), static_cast<int>(r.integer(1)));
    return true;
  }));
  return out;
}

Status StoreImpl::decide(std::string_view id, std::string_view other, Sameness sameness, std::string_view who) {
  if (intel::type_of_id(id).empty() || intel::type_of_id(other).empty() || id == other) return fail("stix-id", "a decision is about two ids of STIX objects");
  if (other < id) std::swap(id, other);  // one row a pair, whoever is named first
  return people_->write([&](Db& db) -> Status {
    return db.run("INSERT INTO decision(id, other, sameness, who, at_ms) VALUES($1, $2, $3, $4, $5) "
                  "ON CONFLICT(id, other) DO UPDATE SET sameness = excluded.sameness, who = excluded.who, at_ms = excluded.at_ms",
                  {Bytes{id}, Bytes{other}, static_cast<std::int64_t>(sameness), Bytes{who}, Timestamp::now().ms});
  });
}

Result<std::vector<Store::Decision>> StoreImpl::decisions() {
  MOZU_LET(const auto reader, people_->reader());
  std::vector<Decision> out;
  MOZU_TRY(reader.db().run("SELECT id, other, sameness, who, at_ms FROM decision ORDER BY id, other", {}, [&](const Row& r) {
    out.push_back({std::string(r.text(0)), std::string(r.text(1)), static_cast<Sameness>(r.integer(2)), std::string(r.text(3)), {r.integer(4)}});
    return true;
  }));
  return out;
}

}  // namespace mozu::store
