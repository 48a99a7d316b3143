// Which plans organisations hold, what those open to them, and what they opened of their trials. All of it is documents of the store's people. Whoever
// makes the eyes of a reader (intel::Viewer) makes them here, so that nobody forgets the plan.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/plans/plan.hpp"
#include "mozu/store/accounts.hpp"

namespace mozu::plans {

enum class State : std::uint8_t {
  unlimited,  ///< no subscription at all: plans do not concern this organisation
  current,
  not_begun,
  expired,  ///< what was open is closed again
};
std::string_view name(State s);

/// How an organisation stands at a moment.
struct Standing {
  State state = State::unlimited;
  Timestamp until{};                            ///< when the last one ends or ended; 0: none
  std::shared_ptr<const intel::Opened> opened;  ///< none: everything is open
  std::int64_t trial = 0, chosen = 0;           ///< of the current ones: how many of the reader's choice, how many of them are open already
  std::int64_t left() const { return trial > chosen ? trial - chosen : 0; }
  Quotas quotas;                                                            ///< the greatest of the current ones; where none is, of those that ended last
  std::vector<std::pair<Subscription, std::optional<Plan>>> subscriptions;  ///< with their plans, unless those are gone: such a one opens nothing
};

/// A document with the version that must be told to change it.
template <class T>
struct Versioned {
  T value;
  std::int64_t version = 0;  ///< 0: there is none yet
};

/// Errors: "plan-invalid", "absent", "conflict" (changed meanwhile), "plan-held" (an organisation holds it), "trial-spent", those of store::Accounts. Thread-safe, also beside other
/// processes on the same base.
class Plans {
 public:
  explicit Plans(store::Accounts& people) : people_(people) {}

  Result<std::vector<Versioned<Plan>>> all();
  Result<std::optional<Versioned<Plan>>> plan(std::string_view name);
  Result<std::int64_t> put(const Plan& plan, std::int64_t version);
  Status remove(std::string_view name);

  Result<Versioned<std::vector<Subscription>>> subscriptions(intel::OrganisationId organisation);
  /// All of them. Plans must exist; no two have one id; none ends before it begins, and none that is new or changed has ended by `now`.
  Result<std::int64_t> subscribe(intel::OrganisationId organisation, std::vector<Subscription> subscriptions, std::int64_t version, Timestamp now);

  Result<Standing> standing(intel::OrganisationId organisation, Timestamp now);
  /// The eyes of a user: organisation, clearance, and what their organisation's plans open.
  Result<intel::Viewer> viewer(const store::User& user, Timestamp now);
  /// Opens one more of the reader's choice. What is open already is not counted twice. "trial-spent": none is left; "plan-expired"; "no-trial".
  Result<Standing> open(intel::OrganisationId organisation, std::string_view publication, std::string_view who, Timestamp now);

 private:
  store::Accounts& people_;
  std::mutex opening_;  ///< spares those of one process to race; what counts is the document's version
};

}  // namespace mozu::plans
