#include "mozu/actors/resolve.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "mozu/base/text.hpp"
#include "mozu/intel/stix_object.hpp"

namespace mozu::actors {
namespace {

/// A vendor's list of its own names: an alias there that is another entry's name is that entry's later or former name.
constexpr std::string_view own_names_list = "microsoft-activity-group";
constexpr std::size_t owners_max = 64;  // a name that more units bear tells nothing
constexpr std::size_t candidates_max = 10'000;
constexpr std::size_t names_shown_max = 8;

/// Weights are set so that a stronger kind of evidence outweighs any number of shared names of a weaker one.
constexpr int weight_attack = 80, weight_same_name = 40, weight_similar = 20, weight_main_name = 10, shared_counted_max = 9;
/// A match must be better than the next best of the same list by this much: three shared names, or one kind of evidence.
constexpr int clear_margin = 3;

bool is_attack_id(std::string_view folded) {
  return folded.size() == 5 && folded[0] == 'g' &&
         std::all_of(folded.begin() + 1, folded.end(), [](char c) { return is_digit(static_cast<unsigned char>(c)); });
}

class Forest {
 public:
  explicit Forest(std::size_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }
  std::size_t find(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(std::size_t root, std::size_t other) { parent_[find(other)] = find(root); }

 private:
  std::vector<std::size_t> parent_;
};

struct Match {
  std::size_t a = 0, b = 0;         ///< units, a < b
  std::vector<std::string> shared;  ///< folded, without ambiguous ones
  bool attack = false, same_name = false, similar = false, main_name = false, contradiction = false;
  int score() const {
    const int names = static_cast<int>(std::min<std::size_t>(shared.size(), shared_counted_max));
    return weight_attack * attack + weight_same_name * same_name + weight_similar * similar + weight_main_name * main_name + names;
  }
  /// Enough to join the two, if nothing contradicts.
  bool enough() const { return attack || (same_name && (shared.size() > 1 || !contradiction)) || (similar && !shared.empty()) || shared.size() > 1; }
  Evidence evidence() const { return attack ? Evidence::attack_id : same_name ? Evidence::same_name : similar ? Evidence::similar : Evidence::two_names; }
};

class Resolver {
 public:
  Resolver(std::span<const ActorRecord> records, std::span<const ActorDecision> decisions)
      : records_(records),
        forest_(records.size()),
        links_(records.size()),
        former_(records.size()) {
    members_.resize(records.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
      members_[i] = {i};
      by_id_.emplace(records[i].id, i);
    }
    order_.resize(records.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::ranges::sort(order_,
                      [&](std::size_t a, std::size_t b) { return std::tie(records_[a].list, records_[a].id) < std::tie(records_[b].list, records_[b].id); });
    for (const auto& d : decisions)
      if (!d.same)
        if (const auto a = record(d.id), b = record(d.other); a != none && b != none) different_.emplace(std::min(a, b), std::max(a, b));
  }

  Resolution run(std::span<const ActorDecision> decisions) {
    for (const auto& d : decisions) decide(d);
    replaced();
    renamed();
    name_units();
    collect_matches();
    join_matches();
    mentions();
    return finish();
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  std::size_t record(const std::string& id) const {
    const auto it = by_id_.find(id);
    return it == by_id_.end() ? none : it->second;
  }

  bool kept_apart(std::size_t a, std::size_t b) {
    if (different_.empty()) return false;
    a = forest_.find(a);
    b = forest_.find(b);
    return std::ranges::any_of(different_, [&](const auto& pair) {
      const auto x = forest_.find(pair.first), y = forest_.find(pair.second);
      return (x == a && y == b) || (x == b && y == a);
    });
  }

  void join(Link link) {
    const auto a = forest_.find(link.from), b = forest_.find(link.to);
    links_[a].push_back(std::move(link));
    if (a == b) return;
    forest_.join(a, b);
    members_[a].insert(members_[a].end(), members_[b].begin(), members_[b].end());
    members_[b].clear();
    std::ranges::move(links_[b], std::back_inserter(links_[a]));
    links_[b].clear();
  }

  void decide(const ActorDecision& d) {
    const auto a = record(d.id), b = record(d.other);
    if (!d.same || a == none || b == none || a == b) return;
    if (kept_apart(a, b)) out_.unheeded.push_back(d);
    else join({a, b, Evidence::person, {}});
  }

  void replace(std::size_t i, std::size_t by, std::vector<std::string> names) {
    former_[i] = true;
    join({by, i, Evidence::replaced, std::move(names)});
  }

  /// What its own source put another record in place of.
  void replaced() {
    for (const auto i : order_) {
      const auto to = record(records_[i].replaced_by);
      if (to != none && to != i && forest_.find(to) != forest_.find(i) && !kept_apart(i, to)) replace(i, to, {});
    }
  }

  void renamed() {
    std::unordered_map<std::string, std::vector<std::size_t>> owners;  // alias → records of the list
    for (const auto i : order_)
      if (records_[i].list == own_names_list)
        for (const auto& alias : records_[i].aliases) {
          auto& list = owners[intel::fold_name(alias.name)];
          if (list.empty() || list.back() != i) list.push_back(i);
        }
    for (const auto i : order_) {
      if (records_[i].list != own_names_list) continue;
      const auto it = owners.find(intel::fold_name(records_[i].name));
      if (it == owners.end() || it->second.size() != 1) continue;
      const auto to = it->second.front();
      if (forest_.find(to) != forest_.find(i) && !kept_apart(to, i)) replace(i, to, {records_[i].name});
    }
  }

  /// A unit is what is one already: its names, lists and ids count together.
  void name_units() {
    names_.resize(records_.size());
    lists_.resize(records_.size());
    for (const auto i : order_) {
      if (records_[i].list.empty()) continue;
      const auto u = forest_.find(i);
      lists_[u].insert(records_[i].list);
      const auto add = [&](std::string_view name) {
        if (auto f = intel::fold_name(name); f.size() > 1) names_[u].insert(std::move(f));
      };
      add(records_[i].name);
      if (!former_[i]) add(records_[i].attack_id);
      for (const auto& alias : records_[i].aliases) add(alias.name);
    }
    for (const auto i : order_)
      if (forest_.find(i) == i)
        for (const auto& n : names_[i]) owners_[n].push_back(i);
    for (const auto& [name, owners] : owners_) {
      std::map<std::string_view, int> claims;
      int most = 0;
      for (const auto u : owners)
        for (const auto& list : lists_[u]) most = std::max(most, ++claims[list]);
      if (most > 1 || owners.size() > owners_max) contested_.insert(name);
    }
  }

  bool is_main_name(std::size_t unit, const std::string& folded) const {
    return std::ranges::any_of(members_[unit], [&](std::size_t i) { return !former_[i] && intel::fold_name(records_[i].name) == folded; });
  }

  bool contradicts(std::size_t a, std::size_t b) const {
    for (const auto i : members_[a])
      for (const auto j : members_[b])
        if (!records_[i].country.empty() && !records_[j].country.empty() && !iequals(records_[i].country, records_[j].country)) return true;
    return false;
  }

  static bool share_list(const std::set<std::string>& a, const std::set<std::string>& b) {
    return std::ranges::any_of(a, [&](const auto& list) { return b.contains(list); });
  }

  void collect_matches() {
    std::map<std::pair<std::size_t, std::size_t>, Match> found;
    const auto pair = [&](std::size_t a, std::size_t b) -> Match& {
      auto& m = found[std::minmax(a, b)];
      std::tie(m.a, m.b) = std::minmax(a, b);
      return m;
    };
    for (const auto& [name, owners] : owners_) {
      if (contested_.contains(name)) continue;
      for (std::size_t i = 0; i < owners.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) {
          auto& m = pair(owners[i], owners[j]);
          if (is_attack_id(name)) m.attack = true;
          else m.shared.push_back(name);
        }
    }
    for (const auto i : order_)
      for (const auto& id : records_[i].similar) {
        const auto j = record(id);
        if (j == none || records_[i].list.empty() || records_[j].list.empty() || forest_.find(i) == forest_.find(j)) continue;
        pair(forest_.find(i), forest_.find(j)).similar = true;
      }
    for (auto& [key, m] : found) {
      m.contradiction = contradicts(m.a, m.b);
      for (const auto& n : m.shared) {
        const bool of_a = is_main_name(m.a, n), of_b = is_main_name(m.b, n);
        m.same_name = m.same_name || (of_a && of_b);
        m.main_name = m.main_name || of_a || of_b;
      }
      matches_.push_back(std::move(m));
    }
    std::ranges::sort(matches_, [&](const Match& x, const Match& y) {
      const int sx = x.score(), sy = y.score();
      return sx != sy ? sx > sy : std::tie(records_[x.a].id, records_[x.b].id) < std::tie(records_[y.a].id, records_[y.b].id);
    });
  }

  /// Best and second best score that a unit has in a list.
  struct Best {
    int first = 0, second = 0;
    void add(int score) {
      if (score > first) second = std::exchange(first, score);
      else second = std::max(second, score);
    }
    bool clear(int score) const { return score == first && (second == 0 || score >= second + clear_margin); }
  };

  void join_matches() {
    std::map<std::pair<std::size_t, std::string>, Best> best;
    for (const auto& m : matches_)
      if (m.enough() && !share_list(lists_[m.a], lists_[m.b])) {
        for (const auto& list : lists_[m.b]) best[{m.a, list}].add(m.score());
        for (const auto& list : lists_[m.a]) best[{m.b, list}].add(m.score());
      }
    const auto clear = [&](std::size_t unit, std::size_t other, int score) {
      return std::ranges::all_of(lists_[other], [&](const auto& list) { return best[{unit, list}].clear(score); });
    };
    auto unit_lists = lists_;  // of what grows together, by root
    for (const auto& m : matches_) {
      const auto a = forest_.find(m.a), b = forest_.find(m.b);
      if (a == b) continue;
      std::string_view reason;
      if (!m.enough()) reason = m.shared.empty() ? "similar" : m.same_name ? "country" : "one-name";
      else if (share_list(lists_[m.a], lists_[m.b]) || share_list(unit_lists[a], unit_lists[b])) reason = "same-list";
      else if (!clear(m.a, m.b, m.score()) || !clear(m.b, m.a, m.score())) reason = "no-clear-best";
      else if (kept_apart(a, b)) reason = "decided-different";
      else if (m.evidence() == Evidence::same_name && m.shared.size() == 1 && contradicts(a, b)) reason = "country";  // of what joined meanwhile
      if (!reason.empty()) {
        open_.push_back({&m, reason});
        continue;
      }
      unit_lists[a].insert(unit_lists[b].begin(), unit_lists[b].end());
      join({m.a, m.b, m.evidence(), written(m)});
    }
  }

  /// Shared names as people write them.
  std::vector<std::string> written(const Match& m) const {
    std::vector<std::string> out;
    const auto add = [&](const std::string& name) {
      const auto f = intel::fold_name(name);
      if (out.size() < names_shown_max && std::ranges::find(m.shared, f) != m.shared.end() &&
          std::ranges::none_of(out, [&](const auto& o) { return intel::fold_name(o) == f; }))
        out.push_back(name);
    };
    for (const auto i : unit_members_of(m.a)) {
      add(records_[i].name);
      for (const auto& alias : records_[i].aliases) add(alias.name);
    }
    return out;
  }

  /// Members of the unit whose root was `u`, whatever it belongs to by now.
  std::vector<std::size_t> unit_members_of(std::size_t u) const { return members_[u].empty() ? std::vector<std::size_t>{u} : members_[u]; }

  /// Records of no catalogue: mentions in reports and feeds. They join the one actor that bears their name, and never join two.
  void mentions() {
    std::unordered_map<std::string, std::set<std::size_t>> bearers;
    for (const auto& [name, owners] : owners_)
      for (const auto u : owners) bearers[name].insert(forest_.find(u));
    std::unordered_map<std::string, std::size_t> first;
    for (const auto i : order_) {
      if (!records_[i].list.empty() || forest_.find(i) != i || members_[i].size() > 1) continue;
      const auto n = intel::fold_name(records_[i].name);
      if (n.size() < 2) continue;
      const auto it = bearers.find(n);
      const bool one = it != bearers.end() && it->second.size() == 1;
      const auto to = one ? forest_.find(*it->second.begin()) : first.emplace(n, i).first->second;
      if (to != i && !kept_apart(to, i)) join({to, i, Evidence::same_name, {records_[i].name}});
    }
  }

  int rank(std::size_t i) const {
    const auto& r = records_[i];
    return (r.revoked || former_[i] ? 10 : 0) + (r.list == "mitre-attack" ? 0 : r.list == "threat-actor" ? 1 : r.list.empty() ? 3 : 2);
  }

  Resolution finish() {
    for (const auto i : order_) {
      if (members_[i].empty()) continue;
      Profile p;
      p.members = std::move(members_[i]);
      p.links = std::move(links_[i]);
      std::ranges::sort(p.members, [&](std::size_t a, std::size_t b) {
        const int ra = rank(a), rb = rank(b);
        return std::tie(ra, records_[a].list, records_[a].id) < std::tie(rb, records_[b].list, records_[b].id);
      });
      p.canonical = p.members.front();
      out_.profiles.push_back(std::move(p));
    }
    std::ranges::sort(out_.profiles, [&](const Profile& a, const Profile& b) {
      const auto &x = records_[a.canonical], &y = records_[b.canonical];
      const auto fx = fold(x.name), fy = fold(y.name);
      return std::tie(fx, x.id) < std::tie(fy, y.id);
    });
    out_.profile_of.resize(records_.size());
    for (std::size_t p = 0; p < out_.profiles.size(); ++p)
      for (const auto i : out_.profiles[p].members) out_.profile_of[i] = p;
    find_ambiguous();
    for (const auto& [match, reason] : open_) {
      const auto a = out_.profile_of[match->a], b = out_.profile_of[match->b];
      if (a == b || out_.candidates.size() >= candidates_max) continue;
      if (std::ranges::any_of(out_.candidates, [&](const auto& c) { return std::minmax(c.profile, c.other) == std::minmax(a, b); })) continue;
      Candidate c{std::min(a, b), std::max(a, b), {}, std::string(reason)};
      c.names.assign(match->shared.begin(), match->shared.begin() + static_cast<std::ptrdiff_t>(std::min(match->shared.size(), names_shown_max)));
      out_.candidates.push_back(std::move(c));
    }
    return std::move(out_);
  }

  void find_ambiguous() {
    std::map<std::string, AmbiguousName> names;
    for (std::size_t p = 0; p < out_.profiles.size(); ++p) {
      const auto add = [&](const std::string& name) {
        const auto f = intel::fold_name(name);
        if (f.size() < 2) return;
        auto& n = names[f];
        if (n.name.empty()) n.name = name;
        if (n.profiles.empty() || n.profiles.back() != p) n.profiles.push_back(p);
      };
      for (const auto i : out_.profiles[p].members) {
        add(records_[i].name);
        for (const auto& alias : records_[i].aliases) add(alias.name);
      }
    }
    for (auto& [folded, n] : names)
      if (n.profiles.size() > 1) out_.ambiguous.push_back(std::move(n));
  }

  std::span<const ActorRecord> records_;
  Forest forest_;
  std::unordered_map<std::string, std::size_t> by_id_;
  std::vector<std::size_t> order_;
  std::set<std::pair<std::size_t, std::size_t>> different_;
  std::vector<std::vector<std::size_t>> members_;  // by root
  std::vector<std::vector<Link>> links_;
  std::vector<bool> former_;                                // replaced by another: its name is not the unit's main one
  std::vector<std::set<std::string>> names_, lists_;        // by unit: folded names, catalogues
  std::map<std::string, std::vector<std::size_t>> owners_;  // folded name → units
  std::set<std::string> contested_;
  std::vector<Match> matches_;
  std::vector<std::pair<const Match*, std::string_view>> open_;
  Resolution out_;
};

}  // namespace

std::string_view name(Evidence e) {
  constexpr std::string_view names[] = {"two-names", "similar", "same-name", "attack-id", "replaced", "person"};
  return names[static_cast<std::size_t>(e)];
}

Resolution resolve(std::span<const ActorRecord> records, std::span<const ActorDecision> decisions) { return Resolver(records, decisions).run(decisions); }

}  // namespace mozu::actors
