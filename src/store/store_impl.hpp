// The store over any Db.
#pragma once
#include <fmt/core.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connection.hpp"
#include "mozu/store/accounts.hpp"
#include "mozu/store/false_positives.hpp"
#include "mozu/store/source_values.hpp"
#include "mozu/store/store.hpp"
#include "names.hpp"
#include "parts.hpp"
#include "people.hpp"

namespace mozu::store {

/// SQL condition that equals intel::may_see() and intel::is_open() over the rows of the table called `t`.
enum class Rows : std::uint8_t { versions, imports };
std::string visible(const intel::Viewer& v, std::string_view t, Rows of = Rows::versions);
/// Of a past version too: what is said about the object by now may be seen as well. What was open before it was closed is closed with it.
std::string visible_past(const intel::Viewer& v, std::string_view t);
/// Of a viewer whom plans limit: the imports that are publications closed to them. Of their versions only those of `named_types` may be seen.
std::string closed(const intel::Viewer& v, std::string_view t);
/// The first half of it, over the columns `organisation` and `tlp` alone.
std::string visible_beyond_plans(const intel::Viewer& v, std::string_view t);

/// Condition of being the first parameter, or one of the first two: one number is asked for as one, so that the order of an index stays that of the answer.
inline std::string_view among(const Integers& numbers) { return numbers.size() == 1 ? "= $1" : "IN ($1, $2)"; }

/// Columns of a Head, in the order read_head() takes them; the tables must be called v (version) and o (object).
inline constexpr std::string_view head_columns =
    "o.key, v.sequence, v.n, v.source, v.organisation, v.tlp, v.confidence, v.revoked, v.created_us, v.modified_us, v.added_ms, v.name, v.type";
inline constexpr int head_column_count = 13;
/// Objects o of the id whose key is $1. One is in one part only, so all are asked.
inline constexpr std::string_view object_of_key = "part p CROSS JOIN id k CROSS JOIN object o";
inline constexpr std::string_view is_of_key = "k.part = p.number AND k.key = $1 AND o.n = k.n";

/// Versions v, with their objects o, that are found by the key of kind $1 and value $2 in a part.
inline std::string versions_of_value(const Part& part, Engine engine) {
  return fmt::format("lookup_key k JOIN version v ON v.sequence = k.sequence JOIN object o ON o.n = v.n WHERE {} AND k.kind = $1 AND k.value = $2",
                     is_in(part, "k", engine));
}

/// A Head whose type and source are still codes.
struct RawHead {
  Head head;
  std::string key;
  std::int64_t type = 0, source = 0;
};
RawHead read_head(const Row& row);

/// An id as edges know it (own_words.hpp).
struct IdNumbers {
  std::int64_t plain = 0, own = 0;  ///< of the id; of the viewer's organisation's words about it that may be seen. 0: there is none
  bool plain_seen = false;          ///< may the latest version under `plain` be seen?
  bool seen() const { return plain_seen || own != 0; }
  /// Where edges of the id begin or end: only references begin at words of one's own.
  Integers numbers(bool outgoing) const { return outgoing && own != 0 ? Integers{own, plain} : Integers{plain}; }
};

class StoreImpl final : public Store {
 public:
  StoreImpl(StoreOptions options, Place place) : options_(std::move(options)), place_(std::move(place)), readers_(place_, options_.readers_max) {}
  Status open();

  Result<std::unique_ptr<Import>> begin_import(const Provenance& provenance, bool dry_run, const Turn& turn) override;
  Result<std::optional<StoredObject>> object(const intel::Viewer& v, std::string_view id) override;
  Result<std::vector<StoredObject>> objects(const intel::Viewer& v, std::span<const std::string> ids) override;
  Result<std::vector<Head>> heads(const intel::Viewer& v, std::span<const std::string> ids) override;
  Result<bool> hidden_since(const intel::Viewer& v, std::int64_t sequence) override;
  Result<Page<StoredObject>> versions(const intel::Viewer& v, std::string_view id, const Cursor& cursor, std::size_t limit) override;
  Result<Page<Head>> list(const intel::Viewer& v, const ListQuery& query) override;
  Result<Page<StoredObject>> list_objects(const intel::Viewer& v, const ListQuery& query) override;
  Result<SearchPage> search(const intel::Viewer& v, const SearchQuery& query) override;
  Result<std::vector<KeyHits>> find(const intel::Viewer& v, std::span<const intel::Key> keys, std::size_t per_key_max) override;
  Result<Page<Neighbour>> neighbours(const intel::Viewer& v, std::string_view id, const NeighbourQuery& query) override;
  Result<std::vector<NeighbourCount>> neighbour_counts(const intel::Viewer& v, std::string_view id) override;
  Result<std::vector<std::pair<std::string, std::uint64_t>>> counts(const intel::Viewer& v) override;
  Result<Page<ImportRecord>> imports(const intel::Viewer& v, const Cursor& cursor, std::size_t limit) override;
  Result<std::vector<SourceRecord>> sources(const intel::Viewer& v) override;
  Result<std::vector<ImportDay>> import_days(const intel::Viewer& v, Timestamp from, Timestamp until) override;
  Result<SourceValues> source_values(const std::function<Status()>& go_on) override;
  Result<std::int64_t> last_sequence() override;
  Result<StoreState> state() override;
  Status tag(intel::OrganisationId organisation, std::string_view id, std::string_view tag, int weight, std::string_view who) override;
  Result<std::vector<std::pair<std::string, int>>> tags(const intel::Viewer& v, std::string_view id) override;
  Status decide(intel::OrganisationId organisation, std::string_view id, std::string_view other, Sameness sameness, std::string_view who) override;
  Result<std::vector<Decision>> decisions(const intel::Viewer& v) override;
  Result<std::int64_t> decisions_made() override;
  Status mark_false_positives(std::span<const FalsePositive> marks) override;
  Result<bool> remove_false_positive(intel::OrganisationId organisation, intel::PatternKind kind, std::string_view value) override;
  Result<Page<FalsePositive>> false_positives(const intel::Viewer& v, const FalsePositiveQuery& query) override;
  Result<std::int64_t> false_positives_changed() override;
  Status backup(const std::string& target, const BackupWatch& watch) override;
  Result<std::vector<Diagnostic>> verify() override;

 private:
  /// The key of an id; nothing if its type is unknown here.
  Result<std::optional<std::string>> key_of(Db& db, std::string_view id);
  /// Of each known id the organisation's own key, then that of all.
  Result<std::vector<std::string>> keys_of(Db& db, const intel::Viewer& v, std::span<const std::string> ids);
  /// Numbers of what goes by an id for this viewer, the organisation's own first.
  Result<Integers> numbers_of(Db& db, const intel::Viewer& v, std::string_view id);
  Result<IdNumbers> id_numbers(Db& db, const intel::Viewer& v, std::string_view id);
  Status name_head(Db& db, RawHead& raw);
  Result<std::vector<Head>> name_heads(Db& db, std::vector<RawHead>&& raws);
  /// Condition over v and l<i> of a ListQuery; false in the first = nothing can match.
  struct Filter {
    bool none = false;
    std::string joins, where;
  };
  Result<Filter> filter_of(Db& db, const intel::Viewer& v, const ListQuery& query);
  /// Where a list of the newest need not look: long runs of versions that none of it can be among.
  struct Run {
    std::int64_t first = 0, last = 0;
  };
  Result<std::vector<Run>> closed_runs(Db& db, const intel::Viewer& v, const ListQuery& query);
  Result<Page<RawHead>> list_raw(Db& db, const intel::Viewer& v, const ListQuery& query);

  StoreOptions options_;
  Place place_;
  Pool readers_;
  Turnstile writing_;
  std::unique_ptr<Db> writer_;
  Names names_;
  std::unique_ptr<People> people_;
};

/// Of SQLite's pages, for a writer that neither imports nor brings an older base to this version.
inline constexpr std::size_t writer_resting_cache_bytes = std::size_t{8} << 20;

struct ImportPlan {
  Provenance provenance;
  bool dry_run = false;
  std::size_t cache_bytes = 0;
  std::int64_t part_objects = 0;
  std::function<Result<std::unique_ptr<Db>>()> open_reader;
  Turn turn;
  std::chrono::milliseconds turn_time{};
};
/// Writes on `db` once it is through `door`.
Result<std::unique_ptr<Import>> start_import(Db& db, Turnstile& door, ImportPlan plan);

}  // namespace mozu::store
