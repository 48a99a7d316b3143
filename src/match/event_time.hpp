// Times as logs write them. A line must be read from a given place on and the end of the time must be known, a missing zone or
// year must be filled by rules, so this is a scanner of its own beside base/time.hpp (which reads whole strings, UTC).
#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

#include "mozu/base/time.hpp"

namespace mozu::match::detail {

struct TimeRules {
  Timestamp reference;     ///< gives the year of times without one
  int default_year = 0;    ///< if not 0: that year instead
  int offset_minutes = 0;  ///< zone of times that name none
};

struct ScannedTime {
  Timestamp time;
  std::size_t length = 0;  ///< bytes it takes
  bool zoned = false;      ///< names its zone, or counts from the epoch
};

/// A date with a time of day at the start of s:
/// "2026-11-22T10:00:00.123+01:00" (also '/' or '.' in the date; blanks, " - " or ", " before the clock; ',' before the fraction),
/// "20261122T100000Z", "10/Oct/2000:13:55:36 -0700", "22-Nov-2026 10:00:00.5", "11/22/2026, 7:32:47 PM", "Nov 22 10:00:00",
/// "Nov 22 2026 10:00:00", "Nov 22 10:00:00 2026", "Nov 22, 2026 at 7:59:41 PM", "Sun Nov 22 10:00:00 CET 2026", "Sun, 22 Nov 2026 10:00:00 GMT".
std::optional<ScannedTime> scan_time(std::string_view s, const TimeRules& rules);

/// Seconds (8–10 digits, with or without fraction), or 13, 16, 19 digits of milli-, micro-, nanoseconds, since the epoch, at the start of s.
std::optional<ScannedTime> scan_epoch(std::string_view s);

/// The first time that begins in the first `within` bytes, after anything that is no letter or digit; *at gets its offset.
std::optional<ScannedTime> find_time(std::string_view s, std::size_t within, const TimeRules& rules, std::size_t* at = nullptr);

/// "10/Oct/2000:" at the start of s: how access logs write a date.
bool is_clf_date(std::string_view s);
/// 1–12 for the three letters of an English month at the start of s, any case; else 0.
int month_of(std::string_view s);

}  // namespace mozu::match::detail
