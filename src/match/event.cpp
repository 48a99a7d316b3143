#include "mozu/match/event.hpp"

#include <algorithm>

#include "event_formats.hpp"
#include "mozu/base/text.hpp"

namespace mozu::match {
namespace {
using namespace detail;

enum class LineFormat : std::uint8_t { plain, key_value, syslog, json, cef, leef, clf, squid, windows_xml, zeek_tsv, w3c };

constexpr std::size_t time_within_bytes = 64;  // a time that belongs to the line stands at its front
constexpr std::size_t prefix_bytes_max = 256;  // what a container runtime or logger writes before a JSON record
constexpr std::uint8_t front_time_rank = 25;

JsonEnd try_json(std::string_view line, std::size_t begin, std::size_t end, FieldSink& sink) {
  sink.mark();
  const JsonEnd result = walk_json(line, begin, end, sink);
  if (result == JsonEnd::broken) sink.rollback();
  return result;
}

/// "2025-12-31T17:37:40+01:00 stdout F {…}": a JSON record behind a prefix. One attempt, so that time stays linear.
bool try_json_behind_prefix(std::string_view line, std::size_t begin, FieldSink& sink) {
  std::size_t last = line.find_last_not_of(" \t\r");
  if (last != std::string_view::npos && line.substr(0, last + 1).ends_with("} []")) last -= 3;  // Monolog: "message {context} []"
  if (last == std::string_view::npos || line[last] != '}') return false;
  const std::size_t open = line.substr(0, begin + prefix_bytes_max).find('{', begin);
  return open != std::string_view::npos && open < last && line.find('"', open) < last && try_json(line, open, last + 1, sink) == JsonEnd::whole;
}

/// A line, or the message inside syslog: everything that needs no header of its own.
LineFormat walk_content(std::string_view line, std::size_t begin, FieldSink& sink, const TimeRules& rules) {
  const std::string_view rest = line.substr(std::min(begin, line.size()));
  if (rest.empty()) return LineFormat::plain;
  if (rest[0] == '{' || rest[0] == '[') {
    const JsonEnd json = try_json(line, begin, line.size(), sink);
    if (json == JsonEnd::whole) return LineFormat::json;
    if (json == JsonEnd::cut && rest.starts_with("{\"")) return LineFormat::plain;  // to matching it is no JSON, but its fields hold
    sink.rollback();
  }
  if (is_cef(rest)) return walk_cef(line, begin, sink), LineFormat::cef;
  if (is_leef(rest)) return walk_leef(line, begin, sink), LineFormat::leef;
  if (is_windows_xml(rest)) return walk_windows_xml(line, begin, sink), LineFormat::windows_xml;
  if (is_digit(static_cast<unsigned char>(rest[0])) && walk_squid(line, begin, sink)) return LineFormat::squid;
  if (walk_clf(line, begin, sink, rules)) return LineFormat::clf;
  if (try_json_behind_prefix(line, begin, sink)) return LineFormat::json;
  if (rest[0] == '"' && walk_json_member(line, sink)) return LineFormat::plain;
  if (is_digit(static_cast<unsigned char>(rest[0])) && walk_filterlog(line, begin, sink)) return LineFormat::plain;
  const bool pair_first = rest.find('=') < rest.find(' ');
  const std::size_t pairs = walk_key_values(line, begin, line.size(), sink);
  if (!sink.names_only()) walk_prose(line, begin, line.size(), sink);
  return pairs >= 3 || (pair_first && pairs >= 2) ? LineFormat::key_value : LineFormat::plain;
}

void walk_front_time(std::string_view line, FieldSink& sink, const TimeRules& rules) {
  std::size_t at = 0;
  if (const auto found = find_time(line, time_within_bytes, rules, &at)) {
    sink.time(found->time, front_time_rank, {}, at, at + found->length);
  } else if (const auto epoch = scan_epoch(line); epoch && epoch->length < line.size() && line[epoch->length] == ' ') {
    sink.time(epoch->time, front_time_rank, {}, 0, epoch->length);
  }
}

LineFormat walk_line(std::string_view line, const HeaderState& header, FieldSink& sink, const TimeRules& rules) {
  if (!header.fields.empty() && !line.empty() && line[0] != '#') {
    sink.mark();
    if (walk_columns(line, header, sink, rules)) return header.format == "w3c" ? LineFormat::w3c : LineFormat::zeek_tsv;
    sink.rollback();
  }
  const std::size_t begin = std::min(line.find_first_not_of(" \t\r"), line.size());
  if (begin == line.size()) return LineFormat::plain;
  if (const SyslogHeader h = walk_syslog(line, begin, sink, rules); h.found) {
    sink.background("message", h.message, line.size());
    const LineFormat inner = walk_content(line, std::min(line.find_first_not_of(" \t", h.message), line.size()), sink, rules);
    return inner == LineFormat::plain || inner == LineFormat::key_value ? LineFormat::syslog : inner;
  }
  const LineFormat format = walk_content(line, begin, sink, rules);
  if (sink.names_only()) return format;
  if (format == LineFormat::plain || format == LineFormat::key_value || (format == LineFormat::json && line[begin] != '{')) walk_front_time(line, sink, rules);
  return format;
}

std::string_view json_kind(std::uint16_t markers) {
  const auto all = [&](unsigned wanted) { return (markers & wanted) == wanted; };
  if (all(windows_id | windows_channel)) return "windows-json";
  if (all(eve_type | eve_time | eve_flow)) return "suricata-eve";
  if (all(zeek_time | zeek_ends) || all(zeek_time | zeek_uid)) return "zeek-json";
  return "json";
}

std::string_view format_name(LineFormat f, std::uint16_t markers) {
  switch (f) {
    case LineFormat::plain: return "plain";
    case LineFormat::key_value: return "key-value";
    case LineFormat::syslog: return "syslog";
    case LineFormat::json: return json_kind(markers);
    case LineFormat::cef: return "cef";
    case LineFormat::leef: return "leef";
    case LineFormat::clf: return "clf";
    case LineFormat::squid: return "squid";
    case LineFormat::windows_xml: return "windows-xml";
    case LineFormat::zeek_tsv: return "zeek-tsv";
    case LineFormat::w3c: return "w3c";
  }
  return "plain";
}

/// An entry of a profile names a field or a branch: "http" covers "http" and "http.url".
bool covers(const std::vector<std::string>& entries, std::string_view field) {
  return std::ranges::any_of(entries,
                             [&](const std::string& e) { return field == e || (field.size() > e.size() && field.starts_with(e) && field[e.size()] == '.'); });
}

/// A list may name a field as it is found or as it is renamed; field_allowed() sees the latter.
void add_renamed(std::vector<std::string>& entries, const SourceProfile& profile) {
  const std::size_t given = entries.size();
  for (std::size_t i = 0; i < given; ++i)
    if (const auto r = profile.rename.find(entries[i]); r != profile.rename.end()) entries.push_back(r->second);
}

}  // namespace

struct EventParser::State {
  State(SourceProfile p, Timestamp reference) : profile(std::move(p)), rules{reference, profile.default_year, profile.offset_minutes}, roles(profile) {
    add_renamed(profile.only_fields, profile);
    add_renamed(profile.ignore_fields, profile);
  }
  SourceProfile profile;
  TimeRules rules;
  RoleSink roles;
  TableSink table;
  bool table_filled = false;
  std::string_view line;
  HeaderState header;
  intel::EventFields event;
};

EventParser::EventParser(SourceProfile profile, Timestamp reference) : state_(std::make_unique<State>(std::move(profile), reference)) {}
EventParser::~EventParser() = default;
EventParser::EventParser(EventParser&&) noexcept = default;
EventParser& EventParser::operator=(EventParser&&) noexcept = default;

const intel::EventFields& EventParser::parse(std::string_view line, const HeaderState& header) {
  State& s = *state_;
  s.line = line;
  s.table_filled = false;
  if (s.header != header) s.header = header;
  s.event.time.reset();
  s.event.source.clear();
  s.event.destination.clear();
  s.event.user.clear();
  s.event.field.clear();
  s.roles.begin(line, s.rules);
  const LineFormat format = walk_line(line, s.header, s.roles, s.rules);
  s.event.format.assign(format_name(format, s.roles.markers()));
  if (format == LineFormat::json && !s.roles.has(Role::source)) {
    if (const auto [begin, end] = s.roles.message(); begin < end) walk_prose(line, begin, end, s.roles);
  }
  s.roles.finish(s.event);
  return s.event;
}

std::string EventParser::field_at(std::uint64_t offset, std::uint64_t) {
  State& s = *state_;
  if (!s.table_filled) {
    s.table.begin(s.line);
    walk_line(s.line, s.header, s.table, s.rules);
    s.table.finish();
    s.table_filled = true;
  }
  std::string name = s.table.name_at(offset);
  if (const auto renamed = s.profile.rename.find(name); renamed != s.profile.rename.end()) return renamed->second;
  return name;
}

bool EventParser::field_allowed(std::string_view field) const {
  const SourceProfile& p = state_->profile;
  if (!p.only_fields.empty() && !covers(p.only_fields, field)) return false;
  return !covers(p.ignore_fields, field);
}

}  // namespace mozu::match
