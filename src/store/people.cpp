#include "people.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <functional>

#include "row_sums.hpp"
#include "schema.hpp"
#include "store_impl.hpp"

namespace mozu::store {
std::string heard(const intel::Viewer& v) { return v.all ? "1 = 1" : fmt::format("organisation IN ({}, {})", intel::common, v.organisation); }

namespace {

constexpr int weight_max = 100;
constexpr std::size_t text_bytes_max = 1024;
constexpr std::string_view decisions_counter = "decisions";  // beside the versions of the schemas in `meta`; absent until somebody decides

}  // namespace

Result<std::unique_ptr<People>> People::open(const StoreOptions& options) {
  auto people = std::make_unique<People>(place_of(options.location, people_file), options.readers_max);
  if (options.read_only) {
    MOZU_LET(const auto reader, people->reader());
    MOZU_TRY(must_be_newest(reader.db(), people_schema()));
    return people;
  }
  MOZU_LET(people->writer_, connect(people->place_, {true, true}));
  MOZU_TRY(migrate(*people->writer_, people_schema()));
  return people;
}

namespace {

Status room_for_decision(Db& db, intel::OrganisationId organisation, std::string_view id, std::string_view other) {
  const Bind of[] = {organisation, Bytes{id}, Bytes{other}};
  MOZU_LET(const auto known, db.integer("SELECT count(*) FROM decision WHERE organisation = $1 AND id = $2 AND other = $3", of));
  if (known != 0) return {};
  const Bind whose[] = {organisation};
  MOZU_LET(const auto n, db.integer("SELECT count(*) FROM decision WHERE organisation = $1", whose));
  if (static_cast<std::size_t>(n) < decisions_max) return {};
  return fail("too-many-decisions", fmt::format("an organisation has decided {} times already; no further pair is kept", n),
              "what is known to be one is better said in the source");
}

Status room_for_tag(Db& db, intel::OrganisationId organisation, std::string_view id, std::string_view tag) {
  const Bind of[] = {Bytes{id}, organisation, Bytes{tag}};
  MOZU_LET(const auto others, db.integer("SELECT count(*) FROM tag WHERE object = $1 AND organisation = $2 AND tag <> $3", of));
  if (static_cast<std::size_t>(others) < tags_max) return {};
  return fail("too-many-tags", fmt::format("the organisation has given this object {} tags already; no further one is kept", others),
              "take away one that is no longer needed");
}

}  // namespace

Status StoreImpl::tag(intel::OrganisationId organisation, std::string_view id, std::string_view tag, int weight, std::string_view who) {
  if (weight < 0 || weight > weight_max) return fail("tag-weight", "the weight of a tag is 1 to 100, or 0 to take it away");
  if (tag.empty() || tag.size() > text_bytes_max) return fail("tag-text", "a tag has 1 to 1024 bytes");
  if (intel::type_of_id(id).empty()) return fail("stix-id", "no id of a STIX object");
  return people_->write([&](Db& db) -> Status {
    if (weight != 0) MOZU_TRY(room_for_tag(db, organisation, id, tag));
    constexpr std::string_view this_one = "object = $1 AND organisation = $2 AND tag = $3";
    return keep_sum(db, Summed::tags, this_one, {Bytes{id}, organisation, Bytes{tag}}, [&] {
      if (weight == 0) return db.run(fmt::format("DELETE FROM tag WHERE {}", this_one), {Bytes{id}, organisation, Bytes{tag}});
      return db.run(
          "INSERT INTO tag(object, organisation, tag, weight, who, at_ms) VALUES($1, $2, $3, $4, $5, $6) "
          "ON CONFLICT(object, organisation, tag) DO UPDATE SET weight = excluded.weight, who = excluded.who, at_ms = excluded.at_ms",
          {Bytes{id}, organisation, Bytes{tag}, std::int64_t{weight}, Bytes{who}, Timestamp::now().ms});
    });
  });
}

Result<std::vector<std::pair<std::string, int>>> StoreImpl::tags(const intel::Viewer& v, std::string_view id) {
  MOZU_LET(const auto reader, people_->reader());
  std::vector<std::pair<std::string, int>> out;
  // Own words stand before those of others.
  const auto sql =
      fmt::format("SELECT tag, weight FROM tag WHERE object = $1 AND {} ORDER BY tag, CASE organisation WHEN {} THEN 0 WHEN {} THEN 1 ELSE 2 END, weight DESC",
                  heard(v), v.organisation, intel::common);
  MOZU_TRY(reader.db().run(sql, {Bytes{id}}, [&](const Row& r) {
    if (out.empty() || out.back().first != r.text(0)) out.emplace_back(r.text(0), static_cast<int>(r.integer(1)));
    return true;
  }));
  std::ranges::stable_sort(out, std::greater{}, &std::pair<std::string, int>::second);
  return out;
}

Status StoreImpl::decide(intel::OrganisationId organisation, std::string_view id, std::string_view other, Sameness sameness, std::string_view who) {
  if (intel::type_of_id(id).empty() || intel::type_of_id(other).empty() || id == other) return fail("stix-id", "a decision is about two ids of STIX objects");
  if (other < id) std::swap(id, other);  // one row a pair, whoever is named first
  return people_->write([&](Db& db) -> Status {
    MOZU_TRY(room_for_decision(db, organisation, id, other));
    MOZU_TRY(keep_sum(db, Summed::decisions, "organisation = $1 AND id = $2 AND other = $3", {organisation, Bytes{id}, Bytes{other}}, [&] {
      return db.run(
          "INSERT INTO decision(organisation, id, other, sameness, who, at_ms) VALUES($1, $2, $3, $4, $5, $6) "
          "ON CONFLICT(organisation, id, other) DO UPDATE SET sameness = excluded.sameness, who = excluded.who, at_ms = excluded.at_ms",
          {organisation, Bytes{id}, Bytes{other}, static_cast<std::int64_t>(sameness), Bytes{who}, Timestamp::now().ms});
    }));
    return db.run("INSERT INTO meta(key, value) VALUES($1, 1) ON CONFLICT(key) DO UPDATE SET value = meta.value + 1", {Bytes{decisions_counter}});
  });
}

Result<std::int64_t> StoreImpl::decisions_made() {
  MOZU_LET(const auto reader, people_->reader());
  const Bind binds[] = {Bytes{decisions_counter}};
  return reader.db().integer("SELECT coalesce(max(value), 0) FROM meta WHERE key = $1", binds);
}

Result<std::vector<Store::Decision>> StoreImpl::decisions(const intel::Viewer& v) {
  MOZU_LET(const auto reader, people_->reader());
  std::vector<Decision> out;
  const auto sql = fmt::format(
      "SELECT id, other, sameness, who, at_ms, organisation FROM decision WHERE {} ORDER BY id, other, CASE organisation WHEN {} THEN 0 ELSE 1 END, "
      "organisation",
      heard(v), v.organisation);
  MOZU_TRY(reader.db().run(sql, {}, [&](const Row& r) {
    if (!v.all && !out.empty() && out.back().id == r.text(0) && out.back().other == r.text(1)) return true;  // the own word counts
    out.push_back({std::string(r.text(0)), std::string(r.text(1)), static_cast<Sameness>(r.integer(2)), std::string(r.text(3)), {r.integer(4)}, r.integer(5)});
    return true;
  }));
  return out;
}

}  // namespace mozu::store
