// What is offered to readers: a plan says which publications it opens, how many more of the reader's choice, and how much may be asked a day. Plans are
// documents, not code: JSON for the API, TOML for files. An organisation holds a plan by a subscription, from its start to its end.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/json_write.hpp"
#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"
#include "mozu/intel/access.hpp"

namespace mozu::plans {

inline constexpr std::int64_t day_ms = std::int64_t{24} * 3'600'000;

/// What is counted a day (UTC).
enum class What : std::uint8_t { requests, lookups, downloads, attributions };
inline constexpr std::array<What, 4> counted = {What::requests, What::lookups, What::downloads, What::attributions};
/// As plans, the API and the store name it.
std::string_view name(What w);

/// None: not limited.
struct Quotas {
  std::optional<std::int64_t> requests;  ///< of programs: with a token or a certificate
  std::optional<std::int64_t> lookups;   ///< values asked about, also in the portal
  std::optional<std::int64_t>
      downloads;  ///< files: PDF, HTML, zip, attachments, rules and indicators of all, exports, files of MISP feeds, the CSV of false positives
  std::optional<std::int64_t> attributions;  ///< files sent in to learn whose code they share
  std::optional<std::int64_t>& operator[](What w);
  const std::optional<std::int64_t>& operator[](What w) const { return const_cast<Quotas&>(*this)[w]; }
  bool any() const {
    return std::ranges::any_of(counted, [&](What w) { return (*this)[w].has_value(); });
  }
  bool operator==(const Quotas&) const = default;
};

struct Plan {
  std::string name;   ///< [a-z0-9-], begins with a letter, at most 64
  std::string title;  ///< for people, at most 200 bytes
  bool all = false;   ///< opens every publication
  /// Else those that fit each list which is not empty, by one of its values. All empty: none.
  std::vector<std::string> kinds, geography, sectors, actors, malware, campaigns;
  std::int64_t trial = 0;  ///< how many more, of the reader's choice; they stay open to the end of the subscription
  std::int64_t days = 0;   ///< how long a subscription lasts that names no end; 0: without end
  Quotas quotas;
  bool operator==(const Plan&) const = default;
};
inline constexpr std::size_t plans_max = 1000, values_max = 500, value_bytes_max = 200, subscriptions_max = 50;
inline constexpr std::int64_t trial_max = 1000, days_max = 36'500, quota_max = 1'000'000'000'000;

/// What opens by the plan, without its trial.
std::optional<intel::Opened::Way> way_of(const Plan& plan);

/// Error "plan-invalid": names the member. Unknown members are refused.
Result<Plan> read_plan(std::string_view json);
/// The same as a file; diagnostics have its line.
Result<Plan> read_plan_toml(std::string_view text, const std::string& file);
/// Members, into an object that is begun.
void write_plan(JsonWriter& w, const Plan& plan);
Status check(const Plan& plan);

struct Subscription {
  std::string plan;
  Timestamp start, end;  ///< end 0: none; the first moment at which it no longer holds
  std::string id;        ///< within the organisation; what was opened counts for it. Given where none is said: of plan and start
  bool operator==(const Subscription&) const = default;
  bool begun(Timestamp now) const { return start <= now; }
  bool ended(Timestamp now) const { return end.ms != 0 && end <= now; }
  bool holds(Timestamp now) const { return begun(now) && !ended(now); }
};

}  // namespace mozu::plans
