// The walkers: each knows one way of writing fields in a line and reports them to a sink. All are linear, keep no copies, and take
// offsets in the whole line, so that formats can stand inside one another (JSON in syslog).
#pragma once
#include <cstddef>
#include <string_view>

#include "event_fields.hpp"

namespace mozu::match::detail {

/// line[begin, end) is one JSON object or array, white space around it allowed. If it is not, what was reported must be rolled back;
/// unless it is only cut off, as a line beyond the reader's limit is: then what stands before the cut is true.
/// Strings are not checked for valid UTF-8: the fields of a line with a broken byte are still its fields.
enum class JsonEnd : std::uint8_t { whole, cut, broken };
JsonEnd walk_json(std::string_view line, std::size_t begin, std::size_t end, FieldSink& sink);
/// `"key": value,` as a line of pretty-printed JSON. True if it was one.
bool walk_json_member(std::string_view line, FieldSink& sink);

/// "CEF:0|vendor|product|version|id|name|severity|key=value …" at begin.
bool is_cef(std::string_view s);
void walk_cef(std::string_view line, std::size_t begin, FieldSink& sink);
/// "LEEF:1.0|vendor|product|version|id|key=value<tab>…", "LEEF:2.0|…|id|delimiter|…" at begin.
bool is_leef(std::string_view s);
void walk_leef(std::string_view line, std::size_t begin, FieldSink& sink);

/// key=value pairs anywhere in line[begin, end); returns how many. A pair begins after a blank or one of , ; | ( [ {
std::size_t walk_key_values(std::string_view line, std::size_t begin, std::size_t end, FieldSink& sink);

/// One Windows event as XML: "<Event xmlns=…>…</Event>". Lenient: what cannot be followed is passed over.
bool is_windows_xml(std::string_view s);
void walk_windows_xml(std::string_view line, std::size_t begin, FieldSink& sink);

/// Separated columns named by a header. False if the line does not have as many columns.
bool walk_columns(std::string_view line, const HeaderState& header, FieldSink& sink, const TimeRules& rules);
/// `client ident user [10/Oct/2000:13:55:36 -0700] "request" status bytes "referrer" "user-agent"`, also with a virtual host in front.
bool walk_clf(std::string_view line, std::size_t begin, FieldSink& sink, const TimeRules& rules);
/// Squid's native access.log.
bool walk_squid(std::string_view line, std::size_t begin, FieldSink& sink);

/// What a syslog header leaves.
struct SyslogHeader {
  bool found = false;
  std::size_t message = 0;  ///< where the message begins
};
/// RFC 5424, RFC 3164 and what programs really send: with or without priority, ISO times, missing host or tag.
SyslogHeader walk_syslog(std::string_view line, std::size_t begin, FieldSink& sink, const TimeRules& rules);

/// What free text says about the ends and the user: " for USER from ADDRESS", "closed by ADDRESS", "A:p -> B:p", "name[ADDRESS]", "[client ADDRESS:port]" …;
/// with no end told anywhere, the only address of the text is the source.
void walk_prose(std::string_view line, std::size_t begin, std::size_t end, FieldSink& sink);
/// "7,,,1000,em0,match,block,in,4,…": the packet filter's log of pfSense and OPNsense. Columns: docs.netgate.com, "Raw Filter Log Format".
bool walk_filterlog(std::string_view line, std::size_t begin, FieldSink& sink);

}  // namespace mozu::match::detail
