#include "mozu/store/source_values.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "mozu/base/hash.hpp"
#include "store_impl.hpp"

namespace mozu::store {
namespace {

constexpr std::uint64_t rows_between = 65'536;  // after so many it is asked whether to go on
constexpr std::uint16_t nowhere = 0xFFFF;
static_assert(value_groups_max < nowhere);

bool is_of_values(std::int64_t kind) {
  return kind <= static_cast<std::int64_t>(intel::KeyKind::sha512) || kind == static_cast<std::int64_t>(intel::KeyKind::file_name);
}

/// Reads rows until they end or `go_on` says so.
class Reader {
 public:
  Reader(Db& db, const std::function<Status()>& go_on) : db_(db), go_on_(go_on) {}
  template <class Each>
  Status rows(const std::string& sql, const Each& each) {
    Status told;
    MOZU_TRY(db_.run(sql, {}, [&](const Row& r) {
      if (++read_ % rows_between == 0 && go_on_) told = go_on_();
      return told && each(r);
    }));
    return told;
  }

 private:
  Db& db_;
  const std::function<Status()>& go_on_;
  std::uint64_t read_ = 0;
};

/// Which group the indicator stands in that was written as this sequence.
class Groups {
 public:
  Status read(Db& db, Names& names, Reader& reader, SourceValues& out) {
    MOZU_LET(const auto indicator, names.find(db, NameKind::type, "indicator"));
    if (!indicator) return {};
    std::unordered_set<std::int64_t> publications;
    MOZU_TRY(reader.rows("SELECT import_number FROM publication", [&](const Row& r) { return publications.insert(r.integer(0)).second; }));
    std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t, bool>, std::uint16_t> known;
    std::vector<std::int64_t> sources;
    MOZU_TRY(reader.rows(
        fmt::format(
            "SELECT sequence, source, organisation, tlp, import_number FROM version WHERE type = {} AND replaced_by = 0 AND revoked = 0 ORDER BY sequence",
            *indicator),
        [&](const Row& r) {
          const std::tuple key(r.integer(1), r.integer(2), r.integer(3), publications.contains(r.integer(4)));
          const auto [at, fresh] = known.try_emplace(key, static_cast<std::uint16_t>(sources.size()));
          if (fresh && sources.size() == value_groups_max) {
            known.erase(at);
            return out.cut = true;  // the others go on
          }
          if (fresh) {
            sources.push_back(r.integer(1));
            out.groups.push_back({{}, r.integer(2), static_cast<intel::Tlp>(r.integer(3)), std::get<3>(key)});
          }
          put(r.integer(0), at->second);
          return true;
        }));
    for (std::size_t i = 0; i < sources.size(); ++i) {
      MOZU_LET(out.groups[i].source, names.text(db, NameKind::source, sources[i]));
    }
    return {};
  }
  std::uint16_t of(std::int64_t sequence) const {
    const auto at = static_cast<std::uint64_t>(sequence - first_);
    return sequence >= first_ && at < of_.size() ? of_[at] : nowhere;
  }

 private:
  std::int64_t first_ = 0;
  std::vector<std::uint16_t> of_;  // two bytes a version written since the first indicator
  void put(std::int64_t sequence, std::uint16_t group) {
    if (of_.empty()) first_ = sequence;
    const auto at = static_cast<std::size_t>(sequence - first_);
    if (at >= of_.size()) of_.resize(at + 1, nowhere);
    of_[at] = group;
  }
};

struct Posting {
  std::uint64_t value = 0;  // hash: of forty million the chance of two alike is one in twenty thousand
  std::uint16_t group = 0;
  std::uint8_t kind = 0;
  auto operator<=>(const Posting&) const = default;
};

std::vector<ValueSet> sets_of(std::vector<Posting>& places, bool& cut) {
  std::ranges::sort(places);
  std::unordered_map<std::string, std::uint64_t> counted;
  std::string key;
  for (std::size_t at = 0; at < places.size();) {
    key.assign(1, static_cast<char>(places[at].kind));
    std::size_t end = at;
    for (std::uint16_t before = nowhere; end < places.size() && places[end].value == places[at].value; ++end)
      if (const auto group = places[end].group; group != before) {
        key.append({static_cast<char>(group >> 8), static_cast<char>(group & 0xFF)});
        before = group;
      }
    at = end;
    if (const auto found = counted.find(key); found != counted.end()) ++found->second;
    else if (counted.size() < value_sets_max) counted.emplace(key, 1);
    else cut = true;
  }
  std::vector<ValueSet> out;
  out.reserve(counted.size());
  for (const auto& [text, values] : counted) {
    ValueSet set{static_cast<intel::KeyKind>(text[0]), {}, values};
    for (std::size_t i = 1; i < text.size(); i += 2)
      set.groups.push_back(static_cast<std::uint16_t>(static_cast<unsigned char>(text[i]) << 8 | static_cast<unsigned char>(text[i + 1])));
    out.push_back(std::move(set));
  }
  return out;
}

/// Sources by number, in order of their names, of the groups that the viewer may see.
struct Seen {
  static constexpr std::size_t none = ~std::size_t{0};
  std::vector<std::size_t> source_of;  // of each group
  std::vector<std::string> names;
};
Seen seen_by(const SourceValues& values, const intel::Viewer& viewer) {
  Seen out;
  const auto may = [&](const ValueGroup& g) {
    return intel::may_see(viewer, g.organisation, g.tlp) && (!g.published || !viewer.is_limited() || g.organisation == viewer.organisation);
  };
  for (const auto& g : values.groups)
    if (may(g)) out.names.push_back(g.source);
  std::ranges::sort(out.names);
  out.names.erase(std::ranges::unique(out.names).begin(), out.names.end());
  for (const auto& g : values.groups)
    out.source_of.push_back(may(g) ? static_cast<std::size_t>(std::ranges::lower_bound(out.names, g.source) - out.names.begin()) : Seen::none);
  return out;
}

void count_kind(SourceShare& share, intel::KeyKind kind, std::uint64_t values) {
  share.values += values;
  auto at = std::ranges::lower_bound(share.by_kind, kind, {}, &std::pair<intel::KeyKind, std::uint64_t>::first);
  if (at == share.by_kind.end() || at->first != kind) at = share.by_kind.insert(at, {kind, 0});
  at->second += values;
}

}  // namespace

SourceOverlaps overlaps_of(const SourceValues& values, const intel::Viewer& viewer) {
  const Seen seen = seen_by(values, viewer);
  SourceOverlaps out;
  for (const auto& name : seen.names) out.sources.push_back({name});
  std::unordered_map<std::uint64_t, std::uint64_t> pairs;
  std::vector<std::size_t> in;
  for (const auto& set : values.sets) {
    in.clear();
    for (const auto group : set.groups)
      if (const auto source = seen.source_of[group]; source != Seen::none) in.push_back(source);
    std::ranges::sort(in);
    in.erase(std::ranges::unique(in).begin(), in.end());
    for (const auto source : in) count_kind(out.sources[source], set.kind, set.values);
    if (in.size() == 1) out.sources[in[0]].only_here += set.values;
    for (std::size_t i = 0; i < in.size(); ++i)
      for (std::size_t j = i + 1; j < in.size(); ++j) pairs[in[i] << 32 | in[j]] += set.values;
  }
  for (const auto& [key, both] : pairs) out.pairs.push_back({key >> 32, key & 0xFFFFFFFF, both});
  std::ranges::sort(out.pairs, [](const SourcePair& x, const SourcePair& y) { return std::tuple(y.both, x.a, x.b) < std::tuple(x.both, y.a, y.b); });
  return out;
}

Result<SourceValues> StoreImpl::source_values(const std::function<Status()>& go_on) {
  MOZU_LET(const auto lease, readers_.borrow());
  Db& db = lease.db();
  Transaction t(db);
  MOZU_TRY(t.begin(false));
  SourceValues out;
  MOZU_LET(out.sequence, db.integer("SELECT coalesce(max(sequence), 0) FROM version"));
  Reader reader(db, go_on);
  Groups groups;
  MOZU_TRY(groups.read(db, names_, reader, out));
  MOZU_LET(const auto parts, Parts::read(db));
  std::vector<Posting> places;
  for (const auto& part : parts.all())
    MOZU_TRY(reader.rows(fmt::format("SELECT kind, value, sequence FROM lookup_key k WHERE {} AND kind <= {}", is_in(part, "k", db.engine()),
                                     static_cast<int>(intel::KeyKind::file_name)),
                         [&](const Row& r) {
                           const auto group = groups.of(r.integer(2));
                           const auto kind = r.integer(0);
                           if (group == nowhere || !is_of_values(kind)) return true;
                           if (places.size() == counted_values_max) return !(out.cut = true);
                           places.push_back({xxh3_64(r.text(1), static_cast<std::uint64_t>(kind)), group, static_cast<std::uint8_t>(kind)});
                           return true;
                         }));
  out.sets = sets_of(places, out.cut);
  return out;
}

}  // namespace mozu::store
