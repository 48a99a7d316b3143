#include "mozu/feeds/diff.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

namespace mozu::feeds {
namespace {

/// One index's entries in the order of kind and value.
class Entries {
 public:
  explicit Entries(const match::Index& index) : index_(index), order_(index.size()) {
    std::iota(order_.begin(), order_.end(), match::EntryId{0});
    values_.reserve(order_.size());
    for (const auto e : order_) values_.push_back(index.value(e));
    std::sort(order_.begin(), order_.end(), [&](match::EntryId a, match::EntryId b) { return key(a) < key(b); });
  }
  std::size_t size() const { return order_.size(); }
  std::pair<intel::PatternKind, std::string_view> at(std::size_t i) const { return key(order_[i]); }
  std::vector<match::Posting> postings(std::size_t i) const { return index_.postings(order_[i]); }
  std::vector<std::string> feeds(const std::vector<match::Posting>& postings) const {
    std::vector<std::string> out;
    for (const auto& p : postings) out.push_back(index_.feeds()[p.feed].name);
    std::sort(out.begin(), out.end());
    return out;
  }
  const std::string& feed_name(std::uint32_t feed) const { return index_.feeds()[feed].name; }

 private:
  std::pair<intel::PatternKind, std::string_view> key(match::EntryId e) const { return {index_.kind(e), values_[e]}; }
  const match::Index& index_;
  std::vector<match::EntryId> order_;
  std::vector<std::string> values_;
};

/// What differs between the words of the same feeds; feeds that only one side has are "feeds".
std::vector<std::string> differences(const Entries& before, const std::vector<match::Posting>& a, const Entries& after, const std::vector<match::Posting>& b) {
  std::map<std::string, const match::Posting*, std::less<>> old;
  for (const auto& p : a) old[before.feed_name(p.feed)] = &p;
  bool feeds = a.size() != b.size(), validity = false, confidence = false, labels = false, id = false, exact = false, context = false;
  for (const auto& p : b) {
    const auto it = old.find(after.feed_name(p.feed));
    if (it == old.end()) {
      feeds = true;
      continue;
    }
    const match::Posting& q = *it->second;
    validity |= std::tie(p.valid_from, p.valid_until) != std::tie(q.valid_from, q.valid_until);
    confidence |= p.confidence != q.confidence;
    labels |= p.labels != q.labels;
    id |= p.id != q.id;
    exact |= p.exact_only != q.exact_only;
    context |= p.context != q.context;
  }
  std::vector<std::string> out;
  for (const auto& [differs, name] : {std::pair{feeds, "feeds"},
                                      {validity, "validity"},
                                      {confidence, "confidence"},
                                      {labels, "labels"},
                                      {id, "id"},
                                      {exact, "exact-only"},
                                      {context, "context"}})
    if (differs) out.emplace_back(name);
  return out;
}

}  // namespace

DiffTotals diff_indexes(const match::Index& before, const match::Index& after, const std::function<void(const IndexChange&)>& each) {
  const Entries a(before), b(after);
  DiffTotals totals;
  std::size_t i = 0, j = 0;
  const auto one_sided = [&](IndexChange::What what, const Entries& side, std::size_t at) {
    IndexChange change{what, side.at(at).first, std::string(side.at(at).second), {}, {}, {}};
    (what == IndexChange::What::added ? change.feeds_after : change.feeds_before) = side.feeds(side.postings(at));
    each(change);
  };
  while (i < a.size() || j < b.size()) {
    if (j == b.size() || (i < a.size() && a.at(i) < b.at(j))) {
      one_sided(IndexChange::What::removed, a, i++);
      ++totals.removed;
    } else if (i == a.size() || b.at(j) < a.at(i)) {
      one_sided(IndexChange::What::added, b, j++);
      ++totals.added;
    } else {
      const auto old_words = a.postings(i), new_words = b.postings(j);
      auto what = differences(a, old_words, b, new_words);
      if (what.empty()) {
        ++totals.same;
      } else {
        ++totals.changed;
        each({IndexChange::What::changed, a.at(i).first, std::string(a.at(i).second), a.feeds(old_words), b.feeds(new_words), std::move(what)});
      }
      ++i;
      ++j;
    }
  }
  return totals;
}

DiffTotals diff_suppressions(const match::Index& before, const match::Index& after, const std::function<void(const SuppressionChange&)>& each) {
  using Reasons = std::map<std::pair<intel::PatternKind, std::string>, std::string>;
  const auto reasons_of = [](const match::Index& index) {
    Reasons out;
    for (auto& s : index.suppressions()) out.emplace(std::pair{s.pattern.kind, std::move(s.pattern.value)}, std::move(s.reason));
    return out;
  };
  const Reasons a = reasons_of(before), b = reasons_of(after);
  DiffTotals totals;
  auto i = a.begin();
  auto j = b.begin();
  while (i != a.end() || j != b.end()) {
    if (j == b.end() || (i != a.end() && i->first < j->first)) {
      each({IndexChange::What::removed, i->first.first, i->first.second, i->second, {}});
      ++totals.removed;
      ++i;
    } else if (i == a.end() || j->first < i->first) {
      each({IndexChange::What::added, j->first.first, j->first.second, {}, j->second});
      ++totals.added;
      ++j;
    } else {
      if (i->second == j->second) {
        ++totals.same;
      } else {
        each({IndexChange::What::changed, j->first.first, j->first.second, i->second, j->second});
        ++totals.changed;
      }
      ++i;
      ++j;
    }
  }
  return totals;
}

}  // namespace mozu::feeds
