// What organisations spend of their quotas, a day. A process takes some of what is left ahead (a hundredth of the quota, at most 1,000) and hands it out of its memory, so that a request
// seldom writes: all processes together never give more than the quota; one that dies takes what it had ahead with it, till the day is over.
#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"
#include "mozu/intel/access.hpp"
#include "mozu/plans/plan.hpp"
#include "mozu/store/accounts.hpp"

namespace mozu::plans {

struct Spent {
  bool granted = false;              ///< all of the amount, or nothing of it
  std::int64_t quota = 0, left = 0;  ///< left: as far as this process knows
  std::int64_t reset_s = 0;          ///< until the next day begins (UTC)
};

class Spending {
 public:
  explicit Spending(store::Accounts& people) : people_(people) {}
  ~Spending();  ///< gives back what was taken ahead
  Spending(const Spending&) = delete;
  Spending& operator=(const Spending&) = delete;
  /// Thread-safe. Errors are the store's: then nothing is granted.
  Result<Spent> spend(intel::OrganisationId organisation, What what, std::int64_t amount, std::int64_t quota, Timestamp now);
  /// What spend() granted at `taken` and was not used. Of a day that is over there is nothing to give back.
  Status give_back(intel::OrganisationId organisation, What what, std::int64_t amount, std::int64_t quota, Timestamp taken);
  /// Without spending.
  Result<Spent> look(intel::OrganisationId organisation, What what, std::int64_t quota, Timestamp now);

 private:
  struct Ahead {
    std::int64_t day = 0, amount = 0, spent = 0;  ///< spent: by all, with what was taken ahead, when it was last asked
  };
  store::Accounts& people_;
  std::mutex mutex_;
  std::map<std::pair<intel::OrganisationId, What>, Ahead> ahead_;
  Status renew(intel::OrganisationId organisation, What what, std::int64_t day, Ahead& ahead);
};

}  // namespace mozu::plans
