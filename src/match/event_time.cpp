#include "event_time.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "mozu/base/text.hpp"

namespace mozu::match::detail {
namespace {

/// Reads forward; every method leaves the place alone when it fails.
struct TimeCursor {
  std::string_view s;
  std::size_t at = 0;

  char peek(std::size_t ahead = 0) const { return at + ahead < s.size() ? s[at + ahead] : '\0'; }
  bool take(char c) {
    if (peek() != c || at >= s.size()) return false;
    ++at;
    return true;
  }
  std::size_t digit_run(std::size_t most = 20) const {
    std::size_t n = 0;
    while (n < most && is_digit(static_cast<unsigned char>(peek(n)))) ++n;
    return n;
  }
  /// Between least and most digits, all that stand there; a longer run fails.
  bool number(int& out, std::size_t least, std::size_t most) {
    const std::size_t n = digit_run(most + 1);
    if (n < least || n > most) return false;
    int v = 0;
    for (std::size_t i = 0; i < n; ++i) v = v * 10 + (s[at + i] - '0');
    at += n;
    out = v;
    return true;
  }
  void blanks() {
    while (peek() == ' ') ++at;
  }
  bool month(int& out) {
    const int m = month_of(s.substr(std::min(at, s.size())));
    if (m == 0) return false;
    at += 3;
    while (is_alpha(static_cast<unsigned char>(peek()))) ++at;  // "November"
    out = m;
    return true;
  }
};

void read_fraction(TimeCursor& c, CivilTime& t) {
  if ((c.peek() != '.' && c.peek() != ',') || !is_digit(static_cast<unsigned char>(c.peek(1)))) return;
  ++c.at;
  int scale = 100;
  for (; is_digit(static_cast<unsigned char>(c.peek())); ++c.at) {
    t.millisecond += (c.peek() - '0') * scale;
    scale /= 10;
  }
}

void read_half_of_day(TimeCursor& c, CivilTime& t) {
  std::size_t ahead = c.peek() == ' ' ? 1 : 0;
  const char half = fold(c.peek(ahead));
  if ((half != 'a' && half != 'p') || fold(c.peek(ahead + 1)) != 'm' || is_alnum(static_cast<unsigned char>(c.peek(ahead + 2)))) return;
  if (t.hour < 1 || t.hour > 12) return;
  t.hour = t.hour % 12 + (half == 'p' ? 12 : 0);
  c.at += ahead + 2;
}

/// hh:mm[:ss[.fraction]][ AM|PM]
bool read_clock(TimeCursor& c, CivilTime& t) {
  if (!c.number(t.hour, 1, 2) || !c.take(':') || !c.number(t.minute, 2, 2)) return false;
  if (c.peek() == ':' && is_digit(static_cast<unsigned char>(c.peek(1)))) {
    ++c.at;
    if (!c.number(t.second, 2, 2)) return false;
    if (t.second == 60) t.second = 59;  // a leap second; Timestamp does not count them
    read_fraction(c, t);
  }
  read_half_of_day(c, t);
  return true;
}

struct ZoneName {
  std::string_view name;
  int minutes;
};
// RFC 5322 §4.3 and the few others that logs really carry; a name that means several zones is not guessed.
constexpr std::array zone_names{ZoneName{"UTC", 0},    ZoneName{"GMT", 0},    ZoneName{"EST", -300}, ZoneName{"EDT", -240}, ZoneName{"CST", -360},
                                ZoneName{"CDT", -300}, ZoneName{"MST", -420}, ZoneName{"MDT", -360}, ZoneName{"PST", -480}, ZoneName{"PDT", -420},
                                ZoneName{"CET", 60},   ZoneName{"CEST", 120}, ZoneName{"EET", 120},  ZoneName{"EEST", 180}, ZoneName{"JST", 540}};

bool read_numeric_zone(TimeCursor& c, std::size_t ahead, int& minutes) {
  const char sign = c.peek(ahead);
  if (sign != '+' && sign != '-') return false;
  TimeCursor z{c.s, c.at + ahead + 1};
  int hours = 0, rest = 0;
  const std::size_t n = z.digit_run(5);
  if (n == 4) {
    int both = 0;
    z.number(both, 4, 4);
    hours = both / 100;
    rest = both % 100;
  } else if (n == 2) {
    z.number(hours, 2, 2);
    if (z.peek() == ':' && is_digit(static_cast<unsigned char>(z.peek(1)))) {
      ++z.at;
      if (!z.number(rest, 2, 2)) return false;
    } else if (ahead != 0) {
      return false;  // " +12" after a time is more likely text than a zone
    }
  } else {
    return false;
  }
  if (hours > 14 || rest > 59) return false;
  minutes = (hours * 60 + rest) * (sign == '-' ? -1 : 1);
  c.at = z.at;
  return true;
}

bool read_zone(TimeCursor& c, int& minutes) {
  const std::size_t ahead = c.peek() == ' ' ? 1 : 0;
  if (read_numeric_zone(c, ahead, minutes)) return true;
  if (ahead == 0 && (c.peek() == 'Z' || c.peek() == 'z') && !is_alnum(static_cast<unsigned char>(c.peek(1)))) {
    ++c.at;
    minutes = 0;
    return true;
  }
  const std::string_view rest = c.s.substr(std::min(c.at + ahead, c.s.size()));
  for (const auto& zone : zone_names) {
    if (!rest.starts_with(zone.name)) continue;
    if (rest.size() > zone.name.size() && is_alnum(static_cast<unsigned char>(rest[zone.name.size()]))) continue;
    c.at += ahead + zone.name.size();
    minutes = zone.minutes;
    return true;
  }
  return false;
}

std::optional<ScannedTime> finish(TimeCursor& c, const CivilTime& t, const TimeRules& rules) {
  if (t.year < 1970 || t.year > 9999 || !is_valid(t)) return std::nullopt;
  int minutes = rules.offset_minutes;
  const bool zoned = read_zone(c, minutes);
  return ScannedTime{from_civil(t, minutes), c.at, zoned};
}

/// A time without a year: that of the reference, or the year before if it would lie more than a day ahead of it.
std::optional<ScannedTime> finish_without_year(TimeCursor& c, CivilTime t, const TimeRules& rules) {
  constexpr std::int64_t day_ms = 86'400'000;
  constexpr int leap_cycle_years = 8;  // 29 February comes round within eight years
  if (rules.default_year != 0) {
    t.year = rules.default_year;
    return finish(c, t, rules);
  }
  t.year = to_civil(rules.reference).year;
  for (int tries = 0; tries <= leap_cycle_years; ++tries, --t.year) {
    TimeCursor look = c;
    const auto found = finish(look, t, rules);
    if (!found || found->time.ms > rules.reference.ms + day_ms) continue;
    c = look;
    return found;
  }
  return std::nullopt;
}

/// After "yyyy-mm-dd": what stands between date and clock.
bool read_date_gap(TimeCursor& c) {
  const std::size_t start = c.at;
  if (c.take('T') || c.take('t') || c.take('_') || c.take(':')) return true;
  c.take(',');
  c.blanks();
  if (c.peek() == '-' && c.peek(1) == ' ' && c.at > start) {
    ++c.at;
    c.blanks();
  }
  return c.at > start;
}

std::optional<ScannedTime> scan_year_first(TimeCursor c, const TimeRules& rules) {
  CivilTime t;
  if (!c.number(t.year, 4, 4)) return std::nullopt;
  const char mark = c.peek();
  if (mark != '-' && mark != '/' && mark != '.') return std::nullopt;
  ++c.at;
  if (!c.number(t.month, 1, 2) || !c.take(mark) || !c.number(t.day, 1, 2)) return std::nullopt;
  if (!read_date_gap(c) || !read_clock(c, t)) return std::nullopt;
  return finish(c, t, rules);
}

/// yyyymmddThhmmss
std::optional<ScannedTime> scan_compact(TimeCursor c, const TimeRules& rules) {
  int date = 0, clock = 0;
  if (!c.number(date, 8, 8) || !c.take('T') || !c.number(clock, 6, 6)) return std::nullopt;
  CivilTime t{date / 10000, date / 100 % 100, date % 100, clock / 10000, clock / 100 % 100, clock % 100, 0};
  read_fraction(c, t);
  return finish(c, t, rules);
}

/// dd/Mon/yyyy:…, dd-Mon-yyyy …, dd Mon yyyy …; mm/dd/yyyy only with AM or PM, which tells the American order.
std::optional<ScannedTime> scan_day_first(TimeCursor c, const TimeRules& rules) {
  CivilTime t;
  if (!c.number(t.day, 1, 2)) return std::nullopt;
  const char mark = c.peek();
  if (mark != '/' && mark != '-' && mark != ' ') return std::nullopt;
  ++c.at;
  if (c.month(t.month)) {
    if (!c.take(mark) || !c.number(t.year, 4, 4) || !read_date_gap(c) || !read_clock(c, t)) return std::nullopt;
    return finish(c, t, rules);
  }
  if (mark != '/') return std::nullopt;
  t.month = t.day;
  if (!c.number(t.day, 1, 2) || !c.take('/') || !c.number(t.year, 4, 4) || !read_date_gap(c)) return std::nullopt;
  const std::size_t clock = c.at;
  if (!read_clock(c, t) || fold(c.s[c.at - 1]) != 'm' || c.at == clock) return std::nullopt;
  return finish(c, t, rules);
}

/// Mon dd[,] [yyyy] hh:mm:ss [zone] [yyyy]
std::optional<ScannedTime> scan_month_first(TimeCursor c, const TimeRules& rules) {
  CivilTime t;
  if (!c.month(t.month)) return std::nullopt;
  c.blanks();
  if (!c.number(t.day, 1, 2)) return std::nullopt;
  c.take(',');
  if (c.peek() != ' ') return std::nullopt;
  c.blanks();
  bool has_year = false;
  if (c.digit_run(5) == 4) {
    has_year = c.number(t.year, 4, 4);
    c.take(',');
    c.blanks();
    if (c.peek() == 'a' && c.peek(1) == 't' && c.peek(2) == ' ') c.at += 3;
  }
  if (!read_clock(c, t)) return std::nullopt;
  if (has_year) return finish(c, t, rules);

  TimeCursor look = c;  // "10:00:00 2026" and "10:00:00 CET 2026"; a four-digit number may also be the first word of the message
  int minutes = rules.offset_minutes;
  const bool zoned = read_zone(look, minutes);
  int year = 0;
  if (look.take(' ') && look.number(year, 4, 4) && year >= 1970 && year <= 2199 && !is_alnum(static_cast<unsigned char>(look.peek()))) {
    t.year = year;
    if (!is_valid(t)) return std::nullopt;
    return ScannedTime{from_civil(t, minutes), look.at, zoned};
  }
  return finish_without_year(c, t, rules);
}

bool is_weekday(std::string_view s) {
  static constexpr std::array<std::string_view, 7> days{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  if (s.size() < 3) return false;
  const std::array<char, 3> three{fold(s[0]), fold(s[1]), fold(s[2])};
  return std::ranges::any_of(days, [&](std::string_view d) { return d == std::string_view(three.data(), 3); });
}

}  // namespace

int month_of(std::string_view s) {
  static constexpr std::string_view months = "janfebmaraprmayjunjulaugsepoctnovdec";
  if (s.size() < 3) return 0;
  const std::array<char, 3> three{fold(s[0]), fold(s[1]), fold(s[2])};
  for (int m = 0; m < 12; ++m)
    if (months.substr(static_cast<std::size_t>(m) * 3, 3) == std::string_view(three.data(), 3)) return m + 1;
  return 0;
}

bool is_clf_date(std::string_view s) {
  return s.size() >= 12 && is_digit(static_cast<unsigned char>(s[0])) && is_digit(static_cast<unsigned char>(s[1])) && s[2] == '/' &&
         month_of(s.substr(3)) != 0 && s[6] == '/' && s[11] == ':';
}

std::optional<ScannedTime> scan_time(std::string_view s, const TimeRules& rules) {
  TimeCursor c{s.substr(0, 80), 0};
  if (s.empty()) return std::nullopt;
  if (is_digit(static_cast<unsigned char>(s[0]))) {
    switch (c.digit_run(9)) {
      case 4: return scan_year_first(c, rules);
      case 8: return scan_compact(c, rules);
      case 1:
      case 2: return scan_day_first(c, rules);
      default: return std::nullopt;
    }
  }
  if (!is_alpha(static_cast<unsigned char>(s[0]))) return std::nullopt;
  if (is_weekday(s)) {
    while (is_alpha(static_cast<unsigned char>(c.peek()))) ++c.at;
    c.take(',');
    c.blanks();
    if (is_digit(static_cast<unsigned char>(c.peek()))) return scan_day_first(c, rules);
  }
  return scan_month_first(c, rules);
}

std::optional<ScannedTime> scan_epoch(std::string_view s) {
  TimeCursor c{s.substr(0, 40), 0};
  const std::size_t n = c.digit_run(20);
  std::int64_t v = 0;
  if (n < 8 || n > 19) return std::nullopt;
  for (std::size_t i = 0; i < std::min<std::size_t>(n, 18); ++i) v = v * 10 + (s[i] - '0');  // 18 digits cannot overflow
  c.at = n;
  if (n == 13) return ScannedTime{{v}, n, true};
  if (n == 16) return ScannedTime{{v / 1000}, n, true};
  if (n == 19) return ScannedTime{{v / 100'000}, n, true};
  if (n > 10) return std::nullopt;
  CivilTime fraction;
  read_fraction(c, fraction);
  return ScannedTime{{v * 1000 + fraction.millisecond}, c.at, true};
}

std::optional<ScannedTime> find_time(std::string_view s, std::size_t within, const TimeRules& rules, std::size_t* at) {
  const std::size_t most = std::min(within, s.size());
  bool boundary = true;
  for (std::size_t i = 0; i < most; ++i) {
    const auto c = static_cast<unsigned char>(s[i]);
    const bool word = is_alnum(c);
    if (word && boundary) {
      if (const auto found = scan_time(s.substr(i), rules)) {
        if (at != nullptr) *at = i;
        return found;
      }
    }
    boundary = !word;
  }
  return std::nullopt;
}

}  // namespace mozu::match::detail
