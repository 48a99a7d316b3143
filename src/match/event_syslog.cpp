// Syslog headers, as RFC 5424 and RFC 3164 say and as programs write them.
#include <algorithm>

#include "event_formats.hpp"
#include "mozu/base/text.hpp"

namespace mozu::match::detail {
namespace {

constexpr std::uint8_t header_time_rank = 25;  // what the message says about its own time is nearer to the event

struct SyslogWord {
  std::size_t begin, end;
};

SyslogWord next_word(std::string_view line, std::size_t at) {
  while (at < line.size() && line[at] == ' ') ++at;
  const std::size_t end = std::min(line.find(' ', at), line.size());
  return {at, end};
}

std::size_t after_priority(std::string_view line, std::size_t at) {
  if (at >= line.size() || line[at] != '<') return at;
  std::size_t i = at + 1;
  while (i < line.size() && i - at <= 3 && is_digit(static_cast<unsigned char>(line[i]))) ++i;
  return i > at + 1 && i < line.size() && line[i] == '>' ? i + 1 : at;
}

/// [id name="value" name="value"][id …]; returns where it ends.
std::size_t walk_structured_data(std::string_view line, std::size_t at, FieldSink& sink) {
  while (at < line.size() && line[at] == '[') {
    const std::size_t id_end = line.find_first_of(" ]", at + 1);
    if (id_end == std::string_view::npos) return at;
    sink.enter(line.substr(at + 1, id_end - at - 1));
    std::size_t i = id_end;
    while (i < line.size() && line[i] == ' ') {
      const std::size_t equals = line.find_first_of("= ]", i + 1);
      if (equals == std::string_view::npos || line[equals] != '=' || equals + 1 >= line.size() || line[equals + 1] != '"') break;
      std::size_t close = equals + 2;
      while (close < line.size() && line[close] != '"') close += line[close] == '\\' ? 2 : 1;
      if (close >= line.size()) break;
      sink.value(line.substr(i + 1, equals - i - 1), equals + 2, close, Encoding::backslash);
      i = close + 1;
    }
    sink.leave();
    if (i >= line.size() || line[i] != ']') return at;
    at = i + 1;
  }
  return at;
}

/// VERSION SP TIMESTAMP SP HOSTNAME SP APP-NAME SP PROCID SP MSGID SP STRUCTURED-DATA [SP MSG]
SyslogHeader walk_5424(std::string_view line, std::size_t at, FieldSink& sink, const TimeRules& rules) {
  if (at + 2 >= line.size() || line[at] != '1' || line[at + 1] != ' ') return {};
  const SyslogWord time = next_word(line, at + 2);
  if (line.substr(time.begin, time.end - time.begin) != "-") {
    const auto found = scan_time(line.substr(time.begin, time.end - time.begin), rules);
    if (!found || found->length != time.end - time.begin) return {};
    sink.time(found->time, header_time_rank, "timestamp", time.begin, time.end);
  }
  const SyslogWord host = next_word(line, time.end), app = next_word(line, host.end);
  const SyslogWord process = next_word(line, app.end), message_id = next_word(line, process.end);
  sink.column(Role::host, 0, "host", host.begin, host.end, Encoding::raw);
  sink.column(Role::none, 0, "program", app.begin, app.end, Encoding::raw);
  std::size_t rest = std::min(message_id.end + 1, line.size());
  if (rest < line.size() && line[rest] == '-') ++rest;
  else rest = walk_structured_data(line, rest, sink);
  while (rest < line.size() && line[rest] == ' ') ++rest;
  if (line.substr(rest).starts_with("\xEF\xBB\xBF")) rest += 3;
  return {true, rest};
}

/// "sshd[24200]:", "sshd(pam_unix)[19939]:", "kernel:" → end of the program's name; 0 if the word is no tag.
std::size_t program_end(std::string_view line, const SyslogWord& w) {
  const std::string_view word = line.substr(w.begin, w.end - w.begin);
  if (word.size() > 128) return 0;
  const std::size_t bracket = word.find('[');
  const bool colon = word.ends_with(':');
  if (bracket != std::string_view::npos && bracket > 0 && (colon || word.ends_with(']'))) return w.begin + bracket;
  return colon && word.size() > 1 ? w.end - 1 : 0;
}

bool begins_structure(std::string_view s) { return is_cef(s) || is_leef(s) || s.starts_with('{'); }

/// HOST TAG: message, where either may be missing. `strict`: both must be there (an ISO time alone does not make a line syslog).
SyslogHeader walk_host_and_tag(std::string_view line, std::size_t at, bool strict, FieldSink& sink) {
  const SyslogWord first = next_word(line, at);
  if (first.begin >= line.size()) return strict ? SyslogHeader{} : SyslogHeader{true, line.size()};
  if (begins_structure(line.substr(first.begin))) return strict ? SyslogHeader{} : SyslogHeader{true, first.begin};
  const std::string_view host = line.substr(first.begin, first.end - first.begin);
  if (const std::size_t end = program_end(line, first); end != 0 || !is_host_like(host)) {
    if (strict) return {};
    if (end != 0) sink.column(Role::none, 0, "program", first.begin, end, Encoding::raw);
    return {true, end != 0 ? std::min(first.end + 1, line.size()) : first.begin};
  }
  const SyslogWord second = next_word(line, first.end);
  const std::size_t end = begins_structure(line.substr(std::min(second.begin, line.size()))) ? 0 : program_end(line, second);
  if (strict && end == 0) return {};
  sink.column(Role::host, 0, "host", first.begin, first.end, Encoding::raw);
  if (end == 0) return {true, std::min(second.begin, line.size())};
  sink.column(Role::none, 0, "program", second.begin, end, Encoding::raw);
  return {true, std::min(second.end + 1, line.size())};
}

}  // namespace

SyslogHeader walk_syslog(std::string_view line, std::size_t begin, FieldSink& sink, const TimeRules& rules) {
  std::size_t at = after_priority(line, begin);
  const bool priority = at != begin;
  if (priority) {
    if (const SyslogHeader h = walk_5424(line, at, sink, rules); h.found) return h;
  }
  // Cisco counts its messages: "<189>123: *Mar  1 18:46:11: %SYS-5-…"
  if (priority) {
    std::size_t i = at;
    while (i < line.size() && is_digit(static_cast<unsigned char>(line[i]))) ++i;
    if (i > at && line.substr(i).starts_with(": ")) at = i + 2;
    if (at < line.size() && (line[at] == '*' || line[at] == '.')) ++at;
  }
  const std::string_view rest = line.substr(std::min(at, line.size()));
  const bool month = month_of(rest) != 0;
  const bool iso = rest.size() > 20 && rest[4] == '-' && (rest[10] == 'T' || priority);
  if (!month && !iso) return priority ? SyslogHeader{true, at} : SyslogHeader{};
  const auto found = scan_time(rest, rules);
  if (!found) return priority ? SyslogHeader{true, at} : SyslogHeader{};
  std::size_t after = at + found->length;
  if (after < line.size() && line[after] == ':') ++after;  // Cisco again
  if (after < line.size() && line[after] != ' ') return priority ? SyslogHeader{true, at} : SyslogHeader{};
  sink.mark();
  sink.time(found->time, header_time_rank, "timestamp", at, at + found->length);
  const SyslogHeader h = walk_host_and_tag(line, after, iso && !priority, sink);
  if (!h.found) sink.rollback();
  return h;
}

}  // namespace mozu::match::detail
