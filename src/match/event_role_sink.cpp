#include <algorithm>

#include "event_fields.hpp"
#include "json_text.hpp"
#include "mozu/base/text.hpp"
#include "mozu/intel/ip.hpp"

namespace mozu::match::detail {
namespace {

constexpr std::size_t value_bytes_max = 512;   // a longer host or user name is cut: it is for people
constexpr std::uint8_t rank_of_profile = 0;    // what the user says beats every guess
constexpr std::uint8_t rank_per_level = 12;    // the same name deeper in the structure says less
constexpr std::uint8_t rank_without_zone = 5;  // NXLog's EventTime is local time; @timestamp beside it is not
constexpr std::size_t guessed_depth_max = 4;

void append_backslashed(std::string& out, std::string_view raw, bool json, std::size_t most) {
  for (std::size_t i = 0; i < raw.size() && out.size() < most; ++i) {
    if (raw[i] != '\\' || i + 1 == raw.size()) {
      out.push_back(raw[i]);
      continue;
    }
    switch (raw[++i]) {
      case 'n': out.push_back('\n'); break;
      case 'r': out.push_back('\r'); break;
      case 't':
        if (json) out.push_back('\t');
        else out.append("\\t");
        break;
      case 'b':
        if (json) out.push_back('\b');
        else out.append("\\b");
        break;
      case 'f':
        if (json) out.push_back('\f');
        else out.append("\\f");
        break;
      case 'u':
        if (json) i += append_unicode_escape(out, raw.substr(i + 1));
        else out.append("\\u");
        break;
      case '\\':
      case '"':
      case '/':
      case '=':
      case '|':
      case ']': out.push_back(raw[i]); break;
      default: out.push_back('\\'); out.push_back(raw[i]);  // "DOMAIN\user": no escape
    }
  }
}

void append_xml(std::string& out, std::string_view raw, std::size_t most) {
  struct Entity {
    std::string_view name;
    char c;
  };
  static constexpr std::array<Entity, 5> known{Entity{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
  for (std::size_t i = 0; i < raw.size() && out.size() < most;) {
    std::size_t step = 1;
    char c = raw[i];
    if (c == '&')
      for (const auto& e : known)
        if (raw.substr(i).starts_with(e.name)) {
          c = e.c;
          step = e.name.size();
          break;
        }
    out.push_back(c);
    i += step;
  }
}

}  // namespace

void append_decoded(std::string& out, std::string_view raw, Encoding encoding, std::size_t bytes_max) {
  raw = raw.substr(0, bytes_max * 6);
  switch (encoding) {
    case Encoding::raw: out.append(raw.substr(0, bytes_max)); return;
    case Encoding::json: append_backslashed(out, raw, true, bytes_max); return;
    case Encoding::backslash: append_backslashed(out, raw, false, bytes_max); return;
    case Encoding::xml: append_xml(out, raw, bytes_max); return;
  }
}

bool is_address(std::string_view text) {
  if (text.size() < 2 || text.size() > 60) return false;
  if (const auto zone = text.find('%'); zone != std::string_view::npos) text = text.substr(0, zone);
  return intel::parse_ipv4(text).has_value() || (text.find(':') != std::string_view::npos && intel::parse_ipv6(text).has_value());
}

bool is_host_like(std::string_view text) {
  if (text.empty() || text.size() > 255) return false;
  return std::ranges::all_of(text, [](char ch) {
    const auto c = static_cast<unsigned char>(ch);
    return is_alnum(c) || c >= 0x80 || c == '.' || c == '-' || c == '_' || c == ':' || c == '%' || c == '$';
  });
}

std::string_view without_port(std::string_view t) {
  if (t.size() > 9 && (t.starts_with("IPV4/") || t.starts_with("IPV6/"))) {  // Asterisk: "IPV4/UDP/192.0.2.1/5060"
    const auto transport = t.find('/', 5), port = t.rfind('/');
    return transport < port ? t.substr(transport + 1, port - transport - 1) : t;
  }
  if (t.size() >= 2 && t.front() == '[') {
    const auto close = t.find(']');
    if (close != std::string_view::npos && (close + 1 == t.size() || t[close + 1] == ':')) return t.substr(1, close - 1);
    return t;
  }
  const auto colon = t.find(':');
  if (colon == std::string_view::npos || colon == 0 || t.find(':', colon + 1) != std::string_view::npos) return t;
  const std::string_view port = t.substr(colon + 1);
  if (port.size() > 5 || !std::ranges::all_of(port, [](char c) { return is_digit(static_cast<unsigned char>(c)); })) return t;
  return t.substr(0, colon);
}

std::string_view host_of_url(std::string_view url) {
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos && scheme < 12) {
    url.remove_prefix(scheme + 3);
  } else if (url.empty() || url.front() == '/' || url.front() == '*') {
    return {};
  } else if (url.find(':') == std::string_view::npos && url.find('.') == std::string_view::npos) {
    return {};
  }
  url = url.substr(0, url.find_first_of("/?#"));
  if (const auto at = url.rfind('@'); at != std::string_view::npos) url.remove_prefix(at + 1);
  url = without_port(url);
  return is_host_like(url) ? url : std::string_view{};
}

void RoleSink::begin(std::string_view line, const TimeRules& rules) {
  line_ = line;
  rules_ = rules;
  now_ = {};
  overridden_ = !profile_.time_field.empty() || !profile_.source_field.empty() || !profile_.destination_field.empty() || !profile_.user_field.empty();
}

void RoleSink::enter(std::string_view name) {
  if (now_.depth < names_max) names_[now_.depth] = name;
  ++now_.depth;
  if (name == "winlog") now_.markers |= windows_channel;
}

void RoleSink::leave() {
  if (now_.depth > 0) --now_.depth;
}

void RoleSink::set(Role role, std::uint8_t rank, std::size_t begin, std::size_t end, Encoding encoding) {
  Best& best = now_.best[static_cast<std::size_t>(role)];
  if (rank >= best.rank) return;
  best = {rank, encoding, begin, end};
}

void RoleSink::column(Role role, std::uint8_t rank, std::string_view name, std::size_t begin, std::size_t end, Encoding encoding) {
  if (overridden_) override_roles(name, begin, end, encoding);
  const std::string_view text = line_.substr(begin, end - begin);
  if (role == Role::none || is_placeholder(text)) return;
  if (role == Role::source || role == Role::destination)
    if (!is_host_like(without_port(text))) return;
  set(role, static_cast<std::uint8_t>(rank + 1), begin, end, encoding);
}

void RoleSink::time(Timestamp t, std::uint8_t rank, std::string_view name, std::size_t begin, std::size_t end) {
  if (overridden_) override_roles(name, begin, end, Encoding::raw);
  Best& best = now_.best[static_cast<std::size_t>(Role::time)];
  if (rank + 1 >= best.rank) return;
  best.rank = static_cast<std::uint8_t>(rank + 1);
  now_.time = t;
}

void RoleSink::guess_time(std::size_t begin, std::size_t end, std::uint8_t rank, const TimeRules& rules) {
  Best& best = now_.best[static_cast<std::size_t>(Role::time)];
  if (rank >= best.rank || begin >= end) return;
  const std::string_view text = line_.substr(begin, end - begin);
  auto found = scan_time(text, rules);
  if (!found) {
    found = scan_epoch(text);
    // "1688052525.815:33152" is auditd's event id; other text behind the digits makes it no time.
    if (found && found->length != text.size() && !(text[found->length] == ':' && found->length >= 14)) found.reset();
  }
  if (!found && now_.date_end > now_.date_begin && text.size() <= 16 && text.find(':') != std::string_view::npos) {
    std::string both(line_.substr(now_.date_begin, std::min<std::size_t>(now_.date_end - now_.date_begin, 16)));
    both.append("T").append(text);
    found = scan_time(both, rules);
    if (found && found->length < both.size()) found.reset();
  }
  if (!found) return;
  const std::uint8_t final_rank = static_cast<std::uint8_t>(rank + (found->zoned || rank <= 1 ? 0 : rank_without_zone));
  if (final_rank >= best.rank) return;
  best = {final_rank, Encoding::raw, begin, end};
  now_.time = found->time;
}

void RoleSink::value(std::string_view name, std::size_t begin, std::size_t end, Encoding encoding) {
  if (name.empty()) {  // an array's element stands for its array
    if (now_.depth == 0 || now_.depth > names_max) return;
    name = names_[now_.depth - 1];
    --now_.depth;
    value(name, begin, end, encoding);
    ++now_.depth;
    return;
  }
  if (overridden_) override_roles(name, begin, end, encoding);
  const std::size_t depth = now_.depth;
  if (depth > guessed_depth_max) return;
  if (name == "_path" || name == "@stream") now_.markers |= zeek_uid;
  if (depth == 0 && (name == "message" || name == "msg" || name == "log")) {
    now_.message_begin = begin;
    now_.message_end = end;
    return;
  }
  if (name == "date") {
    now_.date_begin = begin;
    now_.date_end = end;
  }
  RoleGuess guess = guess_role(name);
  now_.markers |= guess.markers;
  auto rank = static_cast<std::size_t>(guess.rank) + depth * rank_per_level;
  if (depth > 0) {
    // Alone, "time" or "host" of a part says little about the event; with its parent's name it may.
    if (guess.role == Role::time || guess.role == Role::host) guess.role = Role::none;
    if (const RoleGuess pair = guess_role(names_[depth - 1], name); pair.role != Role::none) {
      guess = pair;
      rank = static_cast<std::size_t>(pair.rank) + (depth - 1) * rank_per_level + 1;
      now_.markers |= pair.markers;
    }
  }
  if (guess.role == Role::none || rank + rank_without_zone >= unset) return;
  const auto short_rank = static_cast<std::uint8_t>(rank + 1);
  if (guess.role == Role::time) {
    TimeRules rules = rules_;
    if (icontains(name, "utc")) rules.offset_minutes = 0;
    return guess_time(begin, end, short_rank, rules);
  }
  if (short_rank >= now_.best[static_cast<std::size_t>(guess.role)].rank) return;
  std::string_view text = line_.substr(begin, end - begin);
  if (is_placeholder(text)) return;
  if (guess.url_host) {
    text = host_of_url(text);
    begin = static_cast<std::size_t>(text.data() - line_.data());
    end = begin + text.size();
    if (text.empty()) return;
  } else if (guess.role != Role::user) {
    if (const auto comma = text.find(','); comma != std::string_view::npos) {  // a chain of proxies: the first is the client
      text = text.substr(0, comma);
      end = begin + comma;
    }
    const std::string_view host = without_port(text);
    if (guess.only_address ? !is_address(host) : !is_host_like(host)) return;
  }
  set(guess.role, short_rank, begin, end, encoding);
}

bool RoleSink::is_path(std::string_view wanted, std::string_view name) const {
  if (!wanted.ends_with(name)) return false;
  wanted.remove_suffix(name.size());
  for (std::size_t i = std::min(now_.depth, names_max); i-- > 0;) {
    const std::string_view part = names_[i];
    if (!wanted.ends_with('.')) return false;
    wanted.remove_suffix(1);
    if (!wanted.ends_with(part)) return false;
    wanted.remove_suffix(part.size());
  }
  return wanted.empty();
}

void RoleSink::override_roles(std::string_view name, std::size_t begin, std::size_t end, Encoding encoding) {
  const auto is = [&](const std::string& wanted) { return !wanted.empty() && is_path(wanted, name); };
  if (is(profile_.source_field)) set(Role::source, rank_of_profile, begin, end, encoding);
  if (is(profile_.destination_field)) set(Role::destination, rank_of_profile, begin, end, encoding);
  if (is(profile_.user_field)) set(Role::user, rank_of_profile, begin, end, encoding);
  if (is(profile_.time_field)) guess_time(begin, end, rank_of_profile, rules_);
}

void RoleSink::assign(std::string& out, Role role) const {
  const Best& best = now_.best[static_cast<std::size_t>(role)];
  if (best.rank == unset || best.begin >= best.end) return;
  std::string_view raw = line_.substr(best.begin, best.end - best.begin);
  constexpr std::string_view mapped = "::ffff:";  // the same machine, as a socket for both families sees it
  if (role != Role::user) {
    raw = without_port(raw);
    if (raw.size() > mapped.size() && istarts_with(raw, mapped) && intel::parse_ipv4(raw.substr(mapped.size()))) raw.remove_prefix(mapped.size());
  }
  if (role == Role::user && raw.size() > 2 && raw.front() == '<' && raw.back() == '>') raw = raw.substr(1, raw.size() - 2);
  append_decoded(out, raw, best.encoding, value_bytes_max);
}

void RoleSink::finish(intel::EventFields& out) const {
  if (has(Role::time)) out.time = now_.time;
  assign(out.source, Role::source);
  assign(out.destination, Role::destination);
  assign(out.user, Role::user);
  // The machine that reports is one of the two ends: the near one, unless the line names both. A socket bound to any address is its own.
  if ((out.source == "::" || out.source == "0.0.0.0") && has(Role::host)) out.source.clear();
  if (out.source.empty()) assign(out.source, Role::host);
  else if (out.destination.empty()) assign(out.destination, Role::host);
  if (out.destination == out.source && !out.source.empty() && !has(Role::destination)) out.destination.clear();
}

}  // namespace mozu::match::detail
