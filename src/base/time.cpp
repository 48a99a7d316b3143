#include "mozu/base/time.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "mozu/base/text.hpp"

namespace mozu {
namespace {

constexpr std::int64_t day_ms = 86'400'000;

/// Days since 1970-01-01 of a proleptic Gregorian date: whole 400-year eras, then days within the era, the year beginning in March.
constexpr std::int64_t days_of(int year, int month, int day) {
  const int y = month <= 2 ? year - 1 : year;
  const int era = (y >= 0 ? y : y - 399) / 400;
  const int year_of_era = y - era * 400;
  const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return static_cast<std::int64_t>(era) * 146097 + day_of_era - 719468;
}
static_assert(days_of(1970, 1, 1) == 0 && days_of(2000, 3, 1) == 11017);

constexpr bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
constexpr int days_in(int year, int month) {
  constexpr std::array<int, 13> days = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[static_cast<std::size_t>(month)];
}

/// A place in the text that is moved on as parts are read; after a failed part nothing is promised about it.
struct Cursor {
  const char* p;
  const char* end;
  explicit Cursor(std::string_view s) : p(s.data()), end(s.data() + s.size()) {}
  bool done() const { return p == end; }
  bool take(char c) {
    if (p == end || *p != c) return false;
    ++p;
    return true;
  }
  void blanks() {
    while (p != end && *p == ' ') ++p;
  }
  /// between `min` and `max` digits; further digits are left
  bool digits(int min, int max, int& value) {
    int n = 0;
    value = 0;
    while (n < max && p != end && is_digit(static_cast<unsigned char>(*p))) {
      value = value * 10 + (*p++ - '0');
      ++n;
    }
    return n >= min;
  }
  bool word(std::string_view w) {
    if (!istarts_with({p, static_cast<std::size_t>(end - p)}, w)) return false;
    p += w.size();
    return true;
  }
};

/// ".123456" or ",5": milliseconds, further digits cut. No fraction is no error; a point without digits is.
bool read_fraction(Cursor& c, int& ms) {
  if (c.done() || (*c.p != '.' && *c.p != ',')) return true;
  ++c.p;
  int n = 0;
  for (; !c.done() && is_digit(static_cast<unsigned char>(*c.p)); ++c.p, ++n)
    if (n < 3) ms = ms * 10 + (*c.p - '0');
  for (int i = n; i < 3; ++i) ms *= 10;
  return n > 0;
}

/// hh:mm[:ss[.fff]]
bool read_clock(Cursor& c, CivilTime& t) {
  if (!c.digits(2, 2, t.hour) || !c.take(':') || !c.digits(2, 2, t.minute)) return false;
  if (!c.take(':')) return true;
  return c.digits(2, 2, t.second) && read_fraction(c, t.millisecond);
}

/// Everything that is left must be a zone: "", "Z", " UTC", " GMT", ±hh, ±hhmm, ±hh:mm (a blank may stand before).
bool read_zone(Cursor& c, int& offset_minutes) {
  offset_minutes = 0;
  if (c.done()) return true;
  c.take(' ');
  if (c.take('Z') || c.take('z') || c.word("UTC") || c.word("GMT")) return c.done();
  const bool minus = !c.done() && *c.p == '-';
  if (!minus && (c.done() || *c.p != '+')) return false;
  ++c.p;
  int hours = 0, minutes = 0;
  if (!c.digits(2, 2, hours)) return false;
  if (!c.done()) {
    c.take(':');
    if (!c.digits(2, 2, minutes)) return false;
  }
  if (!c.done() || hours > 23 || minutes > 59) return false;
  offset_minutes = (hours * 60 + minutes) * (minus ? -1 : 1);
  return true;
}

/// A 60th second (leap second) is the last millisecond that exists of its minute.
void fold_leap_second(CivilTime& t) {
  if (t.second != 60) return;
  t.second = 59;
  t.millisecond = 999;
}

std::optional<Timestamp> finish(CivilTime t, int offset_minutes) {
  fold_leap_second(t);
  if (t.year < 1900 || t.year > 9999 || !is_valid(t)) return std::nullopt;
  return from_civil(t, offset_minutes);
}

std::optional<Timestamp> parse_unix(std::string_view s) {
  std::size_t n = 0;
  while (n < s.size() && is_digit(static_cast<unsigned char>(s[n]))) ++n;
  if (n != 10 && n != 13) return std::nullopt;
  Cursor c(s.substr(n));
  int fraction_ms = 0;
  if (!read_fraction(c, fraction_ms) || !c.done()) return std::nullopt;
  const auto whole = static_cast<std::int64_t>(*to_uint(s.substr(0, n)));
  return Timestamp{n == 10 ? whole * 1000 + fraction_ms : whole};
}

/// After a date: nothing, or blanks, "T" or ", " and a clock, and a zone.
std::optional<Timestamp> finish_clock(Cursor c, CivilTime t) {
  if (c.done()) return finish(t, 0);
  c.take(',');
  if (!c.take('T')) c.blanks();
  int hour = 0;
  Cursor probe = c;
  // "9:05" as people write it
  if (probe.digits(1, 1, hour) && probe.take(':')) {
    t.hour = hour;
    c = probe;
    if (!c.digits(2, 2, t.minute)) return std::nullopt;
    if (c.take(':') && !(c.digits(2, 2, t.second) && read_fraction(c, t.millisecond))) return std::nullopt;
  } else if (!read_clock(c, t)) {
    return std::nullopt;
  }
  int offset = 0;
  if (!read_zone(c, offset)) return std::nullopt;
  return finish(t, offset);
}

/// DD.MM.YYYY…
std::optional<Timestamp> parse_dotted(std::string_view s) {
  Cursor c(s);
  CivilTime t;
  if (!c.digits(1, 2, t.day) || !c.take('.') || !c.digits(1, 2, t.month) || !c.take('.') || !c.digits(4, 4, t.year)) return std::nullopt;
  return finish_clock(c, t);
}

/// YYYY/MM/DD… or YYYY-M-D…
std::optional<Timestamp> parse_year_first(std::string_view s) {
  Cursor c(s);
  CivilTime t;
  if (!c.digits(4, 4, t.year) || c.done() || (*c.p != '/' && *c.p != '-')) return std::nullopt;
  const char separator = *c.p++;
  if (!c.digits(1, 2, t.month) || !c.take(separator) || !c.digits(1, 2, t.day)) return std::nullopt;
  return finish_clock(c, t);
}

int read_month(Cursor& c) {
  static constexpr std::array<std::string_view, 12> names = {"january", "february", "march",     "april",   "may",      "june",
                                                             "july",    "august",   "september", "october", "november", "december"};
  std::size_t n = 0;
  while (c.p + n != c.end && is_alpha(static_cast<unsigned char>(c.p[n]))) ++n;
  const std::string_view word(c.p, n);
  if (n < 3) return 0;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (istarts_with(names[i], word) || (i == 8 && iequals(word, "sept"))) {
      c.p += n;
      return static_cast<int>(i) + 1;
    }
  return 0;
}

void skip_weekday(Cursor& c) {
  static constexpr std::array<std::string_view, 7> names = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
  std::size_t n = 0;
  while (c.p + n != c.end && is_alpha(static_cast<unsigned char>(c.p[n]))) ++n;
  if (n < 3) return;
  for (const auto name : names)
    if (istarts_with(name, {c.p, n})) {
      c.p += n;
      c.take(',');
      c.blanks();
      return;
    }
}

/// "Nov 22 2026 …", "Nov 22, 2026", "22 Nov 2026 …", "22-Nov-2026", "Sun, 22 Nov 2026 …", "Sun Nov 22 10:00:00 2026"
std::optional<Timestamp> parse_named_month(std::string_view s) {
  Cursor c(s);
  CivilTime t;
  skip_weekday(c);
  if ((t.month = read_month(c)) != 0) {
    c.blanks();
    if (!c.digits(1, 2, t.day)) return std::nullopt;
    c.take(',');
    c.blanks();
    Cursor clock = c;
    if (read_clock(clock, t) && clock.take(' ') && clock.digits(4, 4, t.year) && clock.done()) return finish(t, 0);
    t.hour = t.minute = t.second = t.millisecond = 0;
    if (!c.digits(4, 4, t.year)) return std::nullopt;
    return finish_clock(c, t);
  }
  if (!c.digits(1, 2, t.day)) return std::nullopt;
  const auto separator = [&] {
    if (!c.take('-')) c.blanks();
  };
  separator();
  if ((t.month = read_month(c)) == 0) return std::nullopt;
  c.take(',');
  separator();
  if (!c.digits(4, 4, t.year)) return std::nullopt;
  return finish_clock(c, t);
}

}  // namespace

Timestamp Timestamp::now() {
  using namespace std::chrono;
  return {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}

bool is_valid(const CivilTime& t) {
  return t.month >= 1 && t.month <= 12 && t.day >= 1 && t.day <= days_in(t.year, t.month) && t.hour >= 0 && t.hour <= 23 && t.minute >= 0 && t.minute <= 59 &&
         t.second >= 0 && t.second <= 59 && t.millisecond >= 0 && t.millisecond <= 999;
}

Timestamp from_civil(const CivilTime& t, int offset_minutes) {
  const std::int64_t minutes = (t.hour * 60 + t.minute) - offset_minutes;
  return {days_of(t.year, t.month, t.day) * day_ms + minutes * 60'000 + t.second * 1000 + t.millisecond};
}

CivilTime to_civil(Timestamp time) {
  std::int64_t days = time.ms / day_ms;
  std::int64_t rest = time.ms % day_ms;
  if (rest < 0) {
    rest += day_ms;
    --days;
  }
  // The reverse of days_of.
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const auto day_of_era = static_cast<int>(days - era * 146097);
  const int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int shifted_month = (5 * day_of_year + 2) / 153;
  CivilTime t;
  t.day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  t.month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  t.year = static_cast<int>(year_of_era + era * 400 + (t.month <= 2 ? 1 : 0));
  t.hour = static_cast<int>(rest / 3'600'000);
  t.minute = static_cast<int>(rest / 60'000 % 60);
  t.second = static_cast<int>(rest / 1000 % 60);
  t.millisecond = static_cast<int>(rest % 1000);
  return t;
}

std::optional<Timestamp> parse_time_iso(std::string_view s) {
  Cursor c(s);
  CivilTime t;
  if (!c.digits(4, 4, t.year) || !c.take('-') || !c.digits(2, 2, t.month) || !c.take('-') || !c.digits(2, 2, t.day)) return std::nullopt;
  int offset = 0;
  if (!c.done()) {
    if (!c.take('T') && !c.take(' ') && !c.take('t')) return std::nullopt;
    if (!read_clock(c, t) || !read_zone(c, offset)) return std::nullopt;
  }
  return finish(t, offset);
}

std::optional<Timestamp> parse_time_any(std::string_view s) {
  s = trim(s);
  if (s.empty() || s.size() > 64) return std::nullopt;
  if (auto t = parse_time_iso(s)) return t;
  if (auto t = parse_unix(s)) return t;
  if (auto t = parse_year_first(s)) return t;
  if (auto t = parse_dotted(s)) return t;
  return parse_named_month(s);
}

std::string format_time(Timestamp time) {
  static const Timestamp first = from_civil({.year = 0});
  static const Timestamp last = from_civil({9999, 12, 31, 23, 59, 59, 999});
  const CivilTime t = to_civil(std::clamp(time, first, last));
  std::string out = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", t.year, t.month, t.day, t.hour, t.minute, t.second);
  if (t.millisecond != 0) out += fmt::format(".{:03}", t.millisecond);
  out += 'Z';
  return out;
}

}  // namespace mozu
