// Formats whose columns have fixed places: by a header (Zeek TSV, W3C) or by convention (access logs).
#include <algorithm>
#include <array>

#include "event_formats.hpp"
#include "mozu/base/text.hpp"

namespace mozu::match::detail {
namespace {

constexpr std::size_t fields_max = 4096;
constexpr std::size_t field_name_bytes_max = 256;

struct Word {
  std::size_t begin, end;
};

/// The next word after blanks; in quotes (backslash escapes) or brackets it may hold blanks, and the range is what is inside.
Word next_item(std::string_view line, std::size_t at, std::size_t& next) {
  while (at < line.size() && line[at] == ' ') ++at;
  if (at < line.size() && line[at] == '"') {
    std::size_t close = at + 1;
    while (close < line.size() && line[close] != '"') close += line[close] == '\\' ? 2 : 1;
    close = std::min(close, line.size());
    next = std::min(close + 1, line.size());
    return {at + 1, close};
  }
  if (at < line.size() && line[at] == '[') {
    const std::size_t close = std::min(line.find(']', at), line.size());
    next = std::min(close + 1, line.size());
    return {at + 1, close};
  }
  const std::size_t end = std::min(line.find(' ', at), line.size());
  next = end;
  return {at, end};
}

std::string_view text_of(std::string_view line, const Word& w) { return line.substr(w.begin, w.end - w.begin); }

std::vector<std::string> split_names(std::string_view text, char separator) {
  std::vector<std::string> names;
  for (const std::string_view part : split(text, separator)) {
    const std::string_view name = trim(part);
    if (name.empty() && separator == ' ') continue;
    if (names.size() == fields_max) break;
    names.emplace_back(name.substr(0, field_name_bytes_max));
  }
  return names;
}

/// "\x09" or the character itself
char zeek_separator(std::string_view text) {
  if (text.size() >= 4 && text[0] == '\\' && text[1] == 'x') {
    if (const int byte = hex_number(text.substr(2), 2); byte >= 0) return static_cast<char>(byte);
  }
  return text.empty() ? '\t' : text[0];
}

/// W3C columns are parted by blanks, quoted if they hold some; a header written with commas or tabs (Exchange) parts its rows the same way.
Word next_column(std::string_view line, std::size_t at, char separator, std::size_t& next) {
  if (at < line.size() && line[at] == '"' && separator != '\t') {
    std::size_t close = at + 1;
    while (close < line.size() && !(line[close] == '"' && (close + 1 >= line.size() || line[close + 1] == separator))) ++close;
    next = std::min(close + 2, line.size() + 1);
    return {at + 1, std::min(close, line.size())};
  }
  const std::size_t end = std::min(line.find(separator, at), line.size());
  next = end + 1;
  return {at, end};
}

struct ClfFront {
  std::array<Word, 5> words{};  ///< what stands before the time
  std::size_t count = 0;
  std::size_t bracket = std::string_view::npos;
};

ClfFront clf_front(std::string_view line, std::size_t begin) {
  constexpr std::size_t front_bytes_max = 600;
  ClfFront front;
  const std::size_t most = std::min(line.size(), begin + front_bytes_max);
  for (std::size_t at = line.substr(0, most).find('[', begin); at != std::string_view::npos; at = line.substr(0, most).find('[', at + 1)) {
    if (at == begin || line[at - 1] != ' ' || !is_clf_date(line.substr(at + 1))) continue;
    front.bracket = at;
    break;
  }
  if (front.bracket == std::string_view::npos) return front;
  std::size_t at = begin;
  while (front.count < front.words.size()) {
    while (at < front.bracket && line[at] == ' ') ++at;
    if (at >= front.bracket) break;
    const std::size_t end = std::min(line.find(' ', at), front.bracket);
    front.words[front.count++] = {at, end};
    at = end;
  }
  // A user name may hold blanks: the last word reaches up to the time.
  if (front.count > 0) front.words[front.count - 1].end = front.bracket - 1;
  while (front.count > 0 && front.words[front.count - 1].end > front.words[front.count - 1].begin && line[front.words[front.count - 1].end - 1] == ' ')
    --front.words[front.count - 1].end;
  return front;
}

/// "GET http://host/path HTTP/1.1": a proxy's access log names the other end in the request.
void request_target(std::string_view line, const Word& request, FieldSink& sink) {
  const std::string_view text = text_of(line, request);
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos) return;
  const std::string_view method = text.substr(0, blank);
  std::string_view target = text.substr(blank + 1);
  target = target.substr(0, target.find(' '));
  if (target.find("://") > 8 && method != "CONNECT") return;
  const std::string_view host = host_of_url(target);
  if (host.empty()) return;
  const auto begin = static_cast<std::size_t>(host.data() - line.data());
  sink.column(Role::destination, 2, {}, begin, begin + host.size(), Encoding::raw);
}

bool all_digits(std::string_view s) {
  return !s.empty() && std::ranges::all_of(s, [](char c) { return is_digit(static_cast<unsigned char>(c)); });
}

}  // namespace

bool walk_columns(std::string_view line, const HeaderState& header, FieldSink& sink, const TimeRules&) {
  std::size_t column = 0, at = 0;
  const bool w3c = header.format == "w3c";
  while (at <= line.size() && column < header.fields.size()) {
    if (w3c && header.separator == ' ')
      while (at < line.size() && line[at] == ' ') ++at;
    if (at == line.size() && w3c && header.separator == ' ') break;
    std::size_t next = 0;
    const Word w = w3c ? next_column(line, at, header.separator, next) : next_column(line, at, '\t' == header.separator ? '\t' : header.separator, next);
    sink.value(header.fields[column++], w.begin, w.end, Encoding::raw);
    at = next;
  }
  return column == header.fields.size() && at >= line.size();
}

bool walk_clf(std::string_view line, std::size_t begin, FieldSink& sink, const TimeRules& rules) {
  const ClfFront front = clf_front(line, begin);
  if (front.bracket == std::string_view::npos || front.count < 3) return false;
  const auto found = scan_time(line.substr(front.bracket + 1), rules);
  if (!found) return false;
  const std::size_t close = front.bracket + 1 + found->length;
  if (close + 1 >= line.size() || line[close] != ']' || line[close + 1] != ' ') return false;

  // "vhost client ident user": the second word is an address, the first is not always a name.
  const bool vhost = front.count >= 4 && is_address(text_of(line, front.words[1]));
  std::size_t word = 0;
  if (vhost) sink.column(Role::destination, 1, "vhost", front.words[0].begin, front.words[0].end, Encoding::raw), ++word;
  sink.column(Role::source, 0, "client", front.words[word].begin, front.words[word].end, Encoding::raw);
  ++word;
  sink.column(Role::none, 0, "ident", front.words[word].begin, front.words[word].end, Encoding::raw);
  ++word;
  const bool unnamed = front.count > word + 1 && line[front.words[front.count - 1].end - 1] == '-';  // "user - [": a column of its own follows
  if (word < front.count) sink.column(unnamed ? Role::none : Role::user, 0, "user", front.words[word].begin, front.words[front.count - 1].end, Encoding::raw);
  sink.time(found->time, 1, "time", front.bracket + 1, close);

  static constexpr std::array<std::string_view, 5> names{"request", "status", "bytes", "referrer", "user-agent"};
  std::size_t at = close + 1;
  for (std::size_t i = 0; at < line.size(); ++i) {
    std::size_t next = at;
    const Word w = next_item(line, at, next);
    if (w.begin >= line.size()) break;
    if (i == 0) request_target(line, w, sink);
    sink.column(Role::none, 0, i < names.size() ? names[i] : "extra", w.begin, w.end, Encoding::raw);
    at = next;
  }
  return true;
}

// time elapsed client result/status bytes method URL user hierarchy/peer content-type
bool walk_squid(std::string_view line, std::size_t begin, FieldSink& sink) {
  const auto time = scan_epoch(line.substr(begin));
  if (!time || time->length != 14 || line[begin + 10] != '.') return false;
  static constexpr std::array<std::string_view, 10> names{"time", "elapsed", "client", "result", "bytes", "method", "url", "user", "hierarchy", "content-type"};
  std::array<Word, names.size()> words{};
  std::size_t at = begin, count = 0;
  while (count < words.size()) {
    while (at < line.size() && line[at] == ' ') ++at;
    if (at >= line.size()) break;
    const std::size_t end = std::min(line.find(' ', at), line.size());
    words[count++] = {at, end};
    at = end;
  }
  if (count < 9) return false;
  const std::string_view result = text_of(line, words[3]);
  if (!all_digits(text_of(line, words[1])) || !all_digits(text_of(line, words[4])) || result.find('/') == std::string_view::npos ||
      (result[0] < 'A' || result[0] > 'Z'))
    return false;
  sink.time(time->time, 0, names[0], words[0].begin, words[0].end);
  for (std::size_t i = 1; i < count; ++i) {
    const Role role = i == 2 ? Role::source : i == 7 ? Role::user : Role::none;
    if (i == 6) {
      const std::string_view host = host_of_url(text_of(line, words[6]));
      const auto place = static_cast<std::size_t>(host.data() - line.data());
      if (!host.empty()) sink.column(Role::destination, 1, {}, place, place + host.size(), Encoding::raw);
    }
    if (i == 8) {
      const std::size_t slash = line.substr(0, words[8].end).find('/', words[8].begin);
      if (slash != std::string_view::npos) sink.column(Role::destination, 5, {}, slash + 1, words[8].end, Encoding::raw);
    }
    sink.column(role, 0, names[i], words[i].begin, words[i].end, Encoding::raw);
  }
  return true;
}

}  // namespace mozu::match::detail

namespace mozu::match {

bool update_header(HeaderState& state, std::string_view line) {
  using detail::split_names;
  if (line.size() < 2 || line[0] != '#') return false;
  HeaderState next = state;
  if (line.starts_with("#separator ")) {
    next.format = "zeek-tsv";
    next.separator = detail::zeek_separator(line.substr(11));
    next.fields.clear();
  } else if (line.starts_with("#fields") && line.size() > 8) {
    next.format = "zeek-tsv";
    if (state.format != "zeek-tsv") next.separator = '\t';
    if (line[7] != next.separator) return false;
    next.fields = split_names(line.substr(8), next.separator);
  } else if (istarts_with(line, "#Fields:")) {
    const std::string_view names = trim(line.substr(8));
    next.format = "w3c";
    const bool blanks = names.find(' ') != std::string_view::npos;
    next.separator = names.find('\t') != std::string_view::npos ? '\t' : !blanks && names.find(',') != std::string_view::npos ? ',' : ' ';
    next.fields = split_names(names, next.separator);
  } else {
    return false;
  }
  if (next == state) return false;
  state = std::move(next);
  return true;
}

}  // namespace mozu::match
