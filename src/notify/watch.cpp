#include "watch.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "mozu/base/text.hpp"

namespace mozu::notify {
namespace {

constexpr std::size_t page_rules = 1000;
constexpr std::size_t batch_notices = 20'000;  // in one transaction

}  // namespace

Status Watch::begin() {
  MOZU_LET(const auto last, house_.source.last_sequence());
  MOZU_LET(const auto kept, house_.people.setting(cursor_setting));
  const auto number = kept ? to_uint(*kept) : std::nullopt;
  if (number && *number <= static_cast<std::uint64_t>(last)) {
    sequence_ = static_cast<std::int64_t>(*number);
    return {};
  }
  sequence_ = last;  // the first start; or the knowledge base was replaced by an older one
  return house_.people.set_setting(cursor_setting, fmt::format("{}", last));
}

Result<const std::optional<Recipient>*> Watch::recipient(store::UserId user) {
  if (const auto found = recipients_.find(user); found != recipients_.end()) return &found->second;
  MOZU_LET(auto read, house_.recipient(user));
  return &recipients_.emplace(user, std::move(read)).first->second;
}

/// The first at once; what is seen within a quarter of an hour after it is told together at its end.
Timestamp Watch::due_of_detections(const Rule& rule) {
  const Timestamp now = Timestamp::now();
  if (rule.rhythm != Rhythm::immediate) return due(rule, now);
  Timestamp& last = detections_due_[rule.id];
  if (last.ms <= now.ms) last = {std::max(now.ms, last.ms + detections_pause_ms)};
  return last;
}

Status Watch::add(const Rule& rule, const std::vector<EventRef>& events, std::vector<store::Notice>& out) {
  if (!rule.enabled) return {};
  MOZU_LET(const auto* const to, recipient(rule.owner));
  if (!*to) return {};
  for (const EventRef& ref : events) {
    if (ref.sequence <= rule.since) continue;
    MOZU_LET(const auto event, seen_.get((*to)->viewer, ref.key));
    if (event == nullptr) continue;
    const auto& viewer = (*to)->viewer;
    MOZU_LET(const bool wanted, fits(rule.filter, *event, [&](const auto& actors) { return house_.source.names_of(viewer, actors); }));
    if (!wanted) continue;
    store::Notice n;
    n.rule = rule.id, n.event = ref.key, n.owner = rule.owner, n.channel = static_cast<std::int64_t>(rule.channel);
    n.due = event->happened == Happened::detected ? due_of_detections(rule) : due(rule, Timestamp::now());
    out.push_back(std::move(n));
  }
  return {};
}

/// The cursor moves with the last rows: whoever dies in between writes the first ones again, and they are there already.
Result<std::uint64_t> Watch::write(const News& news) {
  recipients_.clear();
  std::uint64_t added = 0;
  std::vector<store::Notice> notices;
  store::Accounts::DocumentQuery query;
  query.collection = rules_collection, query.with_json = true, query.limit = page_rules;
  do {
    if (news.events.empty()) break;
    MOZU_LET(const auto page, house_.people.documents(query));
    for (const auto& document : page.items) {
      const auto rule = read_rule(document);
      if (!rule) house_.log(rule.error());
      else MOZU_TRY(add(*rule, news.events, notices));
    }
    if (notices.size() >= batch_notices) {
      MOZU_LET(const auto n, house_.people.add_notices(notices, cursor_setting, fmt::format("{}", sequence_)));
      added += n;
      notices.clear();
    }
    query.cursor = page.next;
  } while (!query.cursor.empty());
  MOZU_LET(const auto n, house_.people.add_notices(notices, cursor_setting, fmt::format("{}", news.sequence)));
  return added + n;
}

Result<std::uint64_t> Watch::look() {
  std::uint64_t added = 0;
  for (;;) {
    MOZU_LET(const auto last, house_.source.last_sequence());
    if (last <= sequence_) return added;
    MOZU_LET(const auto news, house_.source.after(sequence_));
    MOZU_LET(const auto n, write(news));
    added += n;
    sequence_ = news.sequence;
    if (!news.more) return added;
  }
}

}  // namespace mozu::notify
