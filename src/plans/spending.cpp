#include "mozu/plans/spending.hpp"

#include <algorithm>

namespace mozu::plans {
namespace {

constexpr std::int64_t ahead_max = 1000;

std::int64_t day_of(Timestamp t) { return t.ms / day_ms; }
std::int64_t ahead_of(std::int64_t quota) { return std::clamp<std::int64_t>(quota / 100, 1, ahead_max); }
std::int64_t reset_of(Timestamp t) { return (day_ms - t.ms % day_ms + 999) / 1000; }

}  // namespace

Spending::~Spending() {
  for (const auto& [of, ahead] : ahead_)
    if (ahead.amount > 0) static_cast<void>(people_.spend(of.first, ahead.day, name(of.second), -ahead.amount, 0));
}

/// What was taken ahead for another day is past.
Status Spending::renew(intel::OrganisationId organisation, What what, std::int64_t day, Ahead& ahead) {
  if (ahead.day == day) return {};
  MOZU_LET(const auto spent, people_.spent(organisation, day, name(what)));
  ahead = {day, 0, spent};
  return {};
}

Result<Spent> Spending::spend(intel::OrganisationId organisation, What what, std::int64_t amount, std::int64_t quota, Timestamp now) {
  const std::scoped_lock lock(mutex_);
  Ahead& ahead = ahead_[{organisation, what}];
  MOZU_TRY(renew(organisation, what, day_of(now), ahead));
  if (ahead.amount < amount) {
    const auto wanted = std::max(amount - ahead.amount, ahead_of(quota));
    MOZU_LET(const auto taken, people_.spend(organisation, ahead.day, name(what), wanted, quota));
    ahead.amount += taken;
    MOZU_LET(ahead.spent, people_.spent(organisation, ahead.day, name(what)));
  }
  Spent out{ahead.amount >= amount, quota, 0, reset_of(now)};
  if (out.granted) ahead.amount -= amount;
  out.left = std::max<std::int64_t>(0, quota - ahead.spent + ahead.amount);
  return out;
}

Status Spending::give_back(intel::OrganisationId organisation, What what, std::int64_t amount, std::int64_t quota, Timestamp taken) {
  const std::scoped_lock lock(mutex_);
  const auto found = ahead_.find({organisation, what});
  if (found == ahead_.end() || found->second.day != day_of(taken)) return {};
  Ahead& ahead = found->second;
  ahead.amount += amount;
  const auto more = ahead.amount - ahead_of(quota);  // others shall have it, too
  if (more <= 0) return {};
  MOZU_TRY(people_.spend(organisation, ahead.day, name(what), -more, 0));
  ahead.amount -= more, ahead.spent -= more;
  return {};
}

Result<Spent> Spending::look(intel::OrganisationId organisation, What what, std::int64_t quota, Timestamp now) {
  const std::scoped_lock lock(mutex_);
  Ahead& ahead = ahead_[{organisation, what}];
  MOZU_TRY(renew(organisation, what, day_of(now), ahead));
  MOZU_LET(ahead.spent, people_.spent(organisation, ahead.day, name(what)));
  const auto left = std::max<std::int64_t>(0, quota - ahead.spent + ahead.amount);
  return Spent{left > 0, quota, left, reset_of(now)};
}

}  // namespace mozu::plans
