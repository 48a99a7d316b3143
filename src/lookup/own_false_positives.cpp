#include "mozu/lookup/own_false_positives.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "mozu/match/builder.hpp"

namespace mozu::lookup {
namespace {

std::string key_of(intel::PatternKind kind, std::string_view value) {
  std::string out(1, static_cast<char>(kind));
  return out.append(value);
}

Result<std::shared_ptr<const match::Index>> index_of(const std::unordered_map<std::string, store::FalsePositive>& marks) {
  match::Builder builder;
  intel::FeedInfo info;
  info.name = FalsePositiveList::feed_name;
  const auto feed = builder.add_feed(info);
  for (const auto& [key, mark] : marks) {
    auto pattern = intel::pattern_from_value(mark.kind, mark.value);
    if (!pattern) continue;  // of a version whose canonical form was another
    intel::Indicator indicator;
    indicator.pattern = std::move(*pattern);
    indicator.exact_only = true;
    builder.add(feed, indicator);
  }
  MOZU_LET(auto bytes, builder.build(Timestamp::now()));
  return match::Index::from_bytes(std::move(bytes));
}

}  // namespace

const store::FalsePositive* FalsePositiveList::find(intel::PatternKind kind, std::string_view value) const {
  const auto found = marks_.find(key_of(kind, value));
  return found == marks_.end() ? nullptr : &found->second;
}

Result<OwnFalsePositives::Kept> OwnFalsePositives::read(const intel::Viewer& viewer, Timestamp now) {
  Kept out{viewer.organisation, viewer.all, 0, {std::numeric_limits<std::int64_t>::max()}, nullptr};
  MOZU_LET(out.changed, knowledge_.false_positives_changed());
  auto list = std::make_shared<FalsePositiveList>();
  store::FalsePositiveQuery query;
  query.counting_at = now, query.limit = store::page_items_max;
  if (viewer.all) query.own = intel::common;  // whose organisation's words would count for the command line?
  do {
    MOZU_LET(auto page, knowledge_.false_positives(viewer, query));
    for (auto& mark : page.items) {
      if (mark.until) out.until = std::min(out.until, *mark.until);
      const auto [at, fresh] = list->marks_.try_emplace(key_of(mark.kind, mark.value), mark);
      if (!fresh && mark.organisation != intel::common) at->second = std::move(mark);
    }
    query.cursor = std::move(page.next);
  } while (!query.cursor.empty());
  if (!list->marks_.empty()) {
    MOZU_LET(list->index_, index_of(list->marks_));
  }
  out.list = std::move(list);
  return out;
}

Result<std::shared_ptr<const FalsePositiveList>> OwnFalsePositives::of(const intel::Viewer& viewer, Timestamp now) {
  MOZU_LET(const auto changed, knowledge_.false_positives_changed());
  const std::scoped_lock lock(mutex_);
  const auto is_of = [&](const Kept& kept) { return kept.organisation == viewer.organisation && kept.all == viewer.all; };
  for (const Kept& kept : kept_)
    if (is_of(kept) && kept.changed == changed && now < kept.until) return kept.list;
  MOZU_LET(Kept fresh, read(viewer, now));
  std::erase_if(kept_, is_of);
  kept_.push_front(std::move(fresh));
  if (kept_.size() > kept_max) kept_.pop_back();
  return kept_.front().list;
}

}  // namespace mozu::lookup
