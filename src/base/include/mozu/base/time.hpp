// Points in time: seconds + nanoseconds would be more than logs give; one int64 of milliseconds since 1970-01-01T00:00:00Z.
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace mozu {

struct Timestamp {
  std::int64_t ms = 0;  ///< since the Unix epoch, UTC, leap seconds ignored
  auto operator<=>(const Timestamp&) const = default;
  static Timestamp now();
  static constexpr Timestamp min() { return {std::numeric_limits<std::int64_t>::min()}; }
  static constexpr Timestamp max() { return {std::numeric_limits<std::int64_t>::max()}; }
};

struct CivilTime {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, millisecond = 0;
};
/// Proleptic Gregorian; fields must be in range (`is_valid`).
bool is_valid(const CivilTime& t);
Timestamp from_civil(const CivilTime& t, int offset_minutes = 0);
CivilTime to_civil(Timestamp t);

/// RFC 3339 / ISO 8601 in the shapes feeds and logs use: date alone (midnight UTC), 'T' or blank, optional fraction,
/// 'Z', ±hh:mm, ±hhmm, " UTC", or no zone (= UTC). Nothing may follow. Years 1900–9999.
std::optional<Timestamp> parse_time_iso(std::string_view s);
/// ISO shapes, Unix seconds/milliseconds (10 or 13 digits, optional fraction), DD.MM.YYYY[ HH:MM[:SS]], YYYY/MM/DD…, "Nov 22 2026 …" forms; UTC.
std::optional<Timestamp> parse_time_any(std::string_view s);
/// "2026-11-01T10:00:00Z", with ".123" only when ms ≠ 0. Years outside 0–9999 are clamped.
std::string format_time(Timestamp t);

}  // namespace mozu
