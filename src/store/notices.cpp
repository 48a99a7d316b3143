// What is to be told to somebody: rows that are written once, claimed, and settled.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <limits>

#include "accounts_impl.hpp"
#include "cursor.hpp"

namespace mozu::store {
namespace {

constexpr std::string_view notice_columns = "id, rule, event, owner, channel, created_ms, due_ms, state, tries, why, changed_ms";
constexpr std::size_t looked_at_per_rule = 64;  // rows among which rules that wait are sought: one rule may have many
constexpr auto waiting = static_cast<std::int64_t>(NoticeState::waiting);

Notice read_notice(const Row& r) {
  Notice n;
  n.id = r.integer(0), n.rule = r.text(1), n.event = r.text(2), n.owner = r.integer(3), n.channel = r.integer(4), n.created = {r.integer(5)},
  n.due = {r.integer(6)};
  n.state = static_cast<NoticeState>(r.integer(7)), n.tries = r.integer(8), n.why = r.text(9), n.changed = {r.integer(10)};
  return n;
}

/// The first of `n` numbers in a row that nobody else gets.
Result<std::int64_t> next_numbers(Db& db, std::int64_t n) {
  const Bytes name{"notices"};
  MOZU_TRY(db.run("INSERT INTO meta(key, value) VALUES($1, $2) ON CONFLICT(key) DO UPDATE SET value = meta.value + excluded.value", {name, n}));
  const Bind binds[] = {name};
  MOZU_LET(const auto last, db.integer("SELECT value FROM meta WHERE key = $1", binds));
  return last - n + 1;
}

Result<std::vector<std::string>> waiting_rules(Db& db, const Accounts::NoticeClaim& claim) {
  std::vector<std::string> rules;
  MOZU_TRY(db.run(
      fmt::format("SELECT rule FROM notice WHERE state = 0 AND channel = $1 AND due_ms <= $2 ORDER BY due_ms, id LIMIT {}", claim.rules * looked_at_per_rule),
      {claim.channel, claim.now.ms}, [&](const Row& r) {
        if (std::ranges::find(rules, r.text(0)) == rules.end()) rules.emplace_back(r.text(0));
        return rules.size() < claim.rules;
      }));
  return rules;
}

}  // namespace

Result<std::uint64_t> AccountsImpl::add_notices(std::span<const Notice> notices, std::string_view setting, std::string_view value) {
  return people_->write([&](Db& db) -> Result<std::uint64_t> {
    const auto now = Timestamp::now().ms;
    MOZU_LET(const auto first, next_numbers(db, static_cast<std::int64_t>(notices.size())));
    Integers id, owner, channel, created(notices.size(), now), due, state(notices.size(), waiting), none(notices.size(), 0);
    Blobs rule, event, why(notices.size(), std::string_view());
    for (const Notice& n : notices) {
      id.push_back(first + static_cast<std::int64_t>(id.size()));
      owner.push_back(n.owner), channel.push_back(n.channel), due.push_back(n.due.ms);
      rule.push_back(n.rule), event.push_back(n.event);
    }
    const Bind from[] = {first};
    if (!notices.empty())
      MOZU_TRY(db.insert_many("notice", "id,rule,event,owner,channel,created_ms,due_ms,state,tries,why,changed_ms",
                              {id, rule, event, owner, channel, created, due, state, none, why, created}, "ON CONFLICT DO NOTHING"));
    MOZU_TRY(put_setting(db, setting, value));
    MOZU_LET(const auto added, db.integer("SELECT count(*) FROM notice WHERE id >= $1", from));
    return static_cast<std::uint64_t>(added);
  });
}

Result<std::vector<Notice>> AccountsImpl::claim_notices(const NoticeClaim& claim) {
  std::vector<std::string> rules;
  {
    MOZU_LET(const auto reader, people_->reader());  // mostly there are none, and nobody need wait for a writer
    MOZU_LET(rules, waiting_rules(reader.db(), claim));
  }
  if (rules.empty()) return std::vector<Notice>();
  return people_->write([&](Db& db) -> Result<std::vector<Notice>> {
    std::vector<Notice> out;
    for (const auto& rule : rules) {
      std::vector<Notice> found;
      MOZU_TRY(db.run(fmt::format("SELECT {} FROM notice WHERE rule = $1 AND state = 0 AND due_ms <= $2 ORDER BY id LIMIT {}", notice_columns, claim.most),
                      {Bytes{rule}, claim.now.ms}, [&](const Row& r) {
                        found.push_back(read_notice(r));
                        return true;
                      }));
      for (Notice& n : found) {  // on a base that several servers share, another may have been faster
        MOZU_TRY(db.run("UPDATE notice SET due_ms = $1, tries = tries + 1 WHERE id = $2 AND state = 0 AND due_ms <= $3", {claim.until.ms, n.id, claim.now.ms}));
        if (db.changed() == 0) continue;
        ++n.tries;
        out.push_back(std::move(n));
      }
    }
    return out;
  });
}

Status AccountsImpl::settle_notices(std::span<const std::int64_t> ids, NoticeState state, Timestamp due, std::string_view why) {
  return people_->write([&](Db& db) -> Status {
    for (const auto id : ids)
      MOZU_TRY(db.run("UPDATE notice SET state = $1, due_ms = $2, why = $3, changed_ms = $4 WHERE id = $5 AND state = 0",
                      {static_cast<std::int64_t>(state), due.ms, Bytes{why}, Timestamp::now().ms, id}));
    return {};
  });
}

Status AccountsImpl::release_notices(std::span<const Notice> claimed, Timestamp due) {
  return people_->write([&](Db& db) -> Status {
    for (const Notice& n : claimed)
      MOZU_TRY(db.run("UPDATE notice SET due_ms = $1, tries = $2 WHERE id = $3 AND state = 0 AND tries = $4", {due.ms, n.tries - 1, n.id, n.tries}));
    return {};
  });
}

Result<Page<Notice>> AccountsImpl::notices(const NoticeQuery& q) {
  MOZU_LET(const auto after, read_cursor('n', 1, q.cursor));
  const auto limit = page_size(q.limit);
  std::string where = "id < $1";
  std::vector<Bind> binds{after ? after->front() : std::numeric_limits<std::int64_t>::max()};
  const auto equal = [&](std::string_view column, Bind value) {
    binds.push_back(value);
    where += fmt::format(" AND {} = ${}", column, binds.size());
  };
  if (q.owner) equal("owner", *q.owner);
  if (!q.rule.empty()) equal("rule", Bytes{q.rule});
  MOZU_LET(const auto reader, people_->reader());
  Page<Notice> page;
  MOZU_TRY(reader.db().run(fmt::format("SELECT {} FROM notice WHERE {} ORDER BY id DESC LIMIT {}", notice_columns, where, limit + 1), binds, [&](const Row& r) {
    page.items.push_back(read_notice(r));
    return true;
  }));
  if (page.items.size() > limit) {
    page.items.resize(limit);
    page.next = make_cursor('n', std::array{page.items.back().id});
  }
  return page;
}

Result<std::vector<std::pair<NoticeState, std::uint64_t>>> AccountsImpl::count_notices() {
  return all<std::pair<NoticeState, std::uint64_t>>("SELECT state, count(*) FROM notice GROUP BY state ORDER BY state", {}, [](const Row& r) {
    return std::pair{static_cast<NoticeState>(r.integer(0)), static_cast<std::uint64_t>(r.integer(1))};
  });
}

Status AccountsImpl::remove_notices(Timestamp changed_before) {
  return people_->write([&](Db& db) -> Status { return db.run("DELETE FROM notice WHERE state <> 0 AND changed_ms < $1", {changed_before.ms}); });
}

}  // namespace mozu::store
