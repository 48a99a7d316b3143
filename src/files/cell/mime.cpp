#include "mime.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "charset.hpp"
#include "mozu/base/base64.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/time.hpp"
#include "text_out.hpp"

namespace mozu::files {
namespace {

constexpr std::size_t header_bytes_max = 64 << 10;

/// The line at `at`, without its end; `at` moves behind it.
std::string_view take_line(std::string_view s, std::size_t& at) {
  const auto e = std::min(s.find('\n', at), s.size());
  auto line = s.substr(at, e - at);
  at = std::min(e + 1, s.size());
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string decode_base64(std::string_view s) { return from_base64(s, Base64::mail).value_or(std::string()); }

/// `space`: the character that stands for a blank ('_' in headers), or 0.
std::string decode_quoted(std::string_view s, char space) {
  std::string out;
  out.reserve(s.size());
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == space && space != 0) {
      out += ' ';
    } else if (s[i] != '=') {
      out += s[i];
    } else if (i + 2 < s.size() && is_hex(static_cast<unsigned char>(s[i + 1])) && is_hex(static_cast<unsigned char>(s[i + 2]))) {
      out += static_cast<char>(hex_value(static_cast<unsigned char>(s[i + 1])) * 16 + hex_value(static_cast<unsigned char>(s[i + 2])));
      i += 2;
    } else {  // the line goes on
      const auto e = s.find('\n', i);
      if (e == s.npos || !trim(s.substr(i + 1, e - i - 1)).empty()) out += '=';
      else i = e;
    }
  }
  return out;
}

std::string decode_percent(std::string_view s) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '%' && i + 2 < s.size() && is_hex(static_cast<unsigned char>(s[i + 1])) && is_hex(static_cast<unsigned char>(s[i + 2]))) {
      out += static_cast<char>(hex_value(static_cast<unsigned char>(s[i + 1])) * 16 + hex_value(static_cast<unsigned char>(s[i + 2])));
      i += 2;
    } else {
      out += s[i];
    }
  }
  return out;
}

/// `name=value`, the value quoted or not; `at` moves behind it.
std::pair<std::string, std::string> take_parameter(std::string_view s, std::size_t& at) {
  const auto mark = std::min(s.find_first_of("=;", at), s.size());
  std::string name = fold(trim(s.substr(at, mark - at)));
  at = std::min(mark + 1, s.size());
  if (mark >= s.size() || s[mark] == ';') return {std::move(name), {}};
  while (at < s.size() && is_space(static_cast<unsigned char>(s[at]))) ++at;
  std::string value;
  if (at < s.size() && s[at] == '"') {
    for (++at; at < s.size() && s[at] != '"'; ++at) {
      if (s[at] == '\\' && at + 1 < s.size()) ++at;
      value += s[at];
    }
    at = std::min(std::min(s.find(';', at), s.size() - 1) + 1, s.size());
  } else {
    const auto e = std::min(s.find(';', at), s.size());
    value = trim(s.substr(at, e - at));
    at = std::min(e + 1, s.size());
  }
  return {std::move(name), std::move(value)};
}

}  // namespace

std::string_view MimePart::header(std::string_view name) const {
  const auto found = std::ranges::find(headers, name, &std::pair<std::string, std::string>::first);
  return found == headers.end() ? std::string_view{} : std::string_view(found->second);
}

MimePart parse_part(std::string_view s) {
  MimePart part;
  for (std::size_t at = 0; at < s.size();) {
    const auto begin = at;
    const auto line = take_line(s, at);
    if (line.empty()) {
      part.body = s.substr(at);
      return part;
    }
    if (line.front() == ' ' || line.front() == '\t') {
      if (!part.headers.empty() && part.headers.back().second.size() + line.size() < header_bytes_max)
        part.headers.back().second += " " + std::string(trim(line));
      continue;
    }
    const auto colon = line.find(':');
    if (colon == line.npos) {  // no head at all, or it ends without a blank line
      part.body = s.substr(begin);
      return part;
    }
    if (part.headers.size() < mime_headers_max)
      part.headers.emplace_back(fold(trim(line.substr(0, colon))), std::string(trim(line.substr(colon + 1)).substr(0, header_bytes_max)));
  }
  return part;
}

std::string media_type(std::string_view content_type) { return fold(trim(content_type.substr(0, content_type.find(';')))); }

std::string parameter(std::string_view header, std::string_view wanted) {
  std::string pieces;
  bool extended = false;
  for (std::size_t at = std::min(header.find(';'), header.size() - 1) + 1; at < header.size();) {
    auto [name, value] = take_parameter(header, at);
    if (name == wanted) return decode_words(value);
    if (name.size() <= wanted.size() || !name.starts_with(wanted) || name[wanted.size()] != '*') continue;
    extended = extended || name.ends_with('*');
    pieces += value;  // name*0*=utf-8''…, name*1*=…
  }
  if (!extended) return pieces;
  const auto quote = pieces.find('\''), second = quote == pieces.npos ? quote : pieces.find('\'', quote + 1);
  if (second == pieces.npos) return decode_percent(pieces);
  return to_utf8(decode_percent(std::string_view(pieces).substr(second + 1)), std::string_view(pieces).substr(0, quote));
}

std::vector<std::string_view> split_multipart(std::string_view body, std::string_view boundary) {
  std::vector<std::string_view> parts;
  const std::string mark = "--" + std::string(boundary);
  std::size_t begin = std::string_view::npos;
  for (std::size_t at = 0; at < body.size() && parts.size() < mime_parts_max;) {
    const auto line_begin = at;
    const auto line = take_line(body, at);
    if (!line.starts_with(mark)) continue;
    const auto rest = trim(line.substr(mark.size()));
    if (!rest.empty() && rest != "--") continue;
    if (begin != body.npos) parts.push_back(body.substr(begin, line_begin - begin));
    begin = at;
    if (rest == "--") return parts;
  }
  if (begin != body.npos && begin < body.size() && parts.size() < mime_parts_max) parts.push_back(body.substr(begin));
  return parts;
}

std::string decode_body(std::string_view body, std::string_view transfer_encoding) {
  const auto encoding = fold(trim(transfer_encoding));
  if (encoding == "base64") return decode_base64(body);
  if (encoding == "quoted-printable") return decode_quoted(body, 0);
  return std::string(body);
}

std::string decode_words(std::string_view s) {
  std::string out;
  bool after_word = false;
  for (std::size_t i = 0; i < s.size();) {
    const auto open = std::min(s.find("=?", i), s.size());
    const auto between = s.substr(i, open - i);
    const auto charset_end = s.find('?', std::min(open + 2, s.size()));
    const auto encoding_end = charset_end == s.npos ? s.npos : s.find('?', charset_end + 1);
    const auto close = encoding_end == s.npos ? s.npos : s.find("?=", encoding_end + 1);
    if (close == s.npos || encoding_end != charset_end + 2) {  // no word: as it stands
      const auto to = open == s.size() ? open : open + 2;
      out += to_utf8(s.substr(i, to - i));
      after_word = false;
      i = to;
      continue;
    }
    if (!after_word || !trim(between).empty()) out += to_utf8(between);
    const auto data = s.substr(encoding_end + 1, close - encoding_end - 1);
    auto charset = s.substr(open + 2, charset_end - open - 2);
    charset = charset.substr(0, charset.find('*'));
    out += to_utf8(fold(s[charset_end + 1]) == 'b' ? decode_base64(data) : decode_quoted(data, '_'), charset);
    after_word = true;
    i = close + 2;
  }
  return one_line(out);
}

std::string mail_date(std::string_view s) {
  static constexpr std::array<std::string_view, 12> months{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
  if (const auto comma = s.find(','); comma != s.npos) s.remove_prefix(comma + 1);
  std::vector<std::string_view> words;
  for (const auto w : split(s, ' '))
    if (!trim(w).empty()) words.push_back(trim(w));
  if (words.size() < 4) return {};
  const auto day = to_uint(words[0]), year = to_uint(words[2]);
  const auto month = std::ranges::find(months, fold(words[1].substr(0, 3)));
  const auto clock = split(words[3], ':');
  if (!day || !year || *day > 31 || *year > 9999 || month == months.end() || clock.size() < 2) return {};
  CivilTime t{static_cast<int>(*year), static_cast<int>(month - months.begin()) + 1, static_cast<int>(*day)};
  const auto hour = to_uint(clock[0]), minute = to_uint(clock[1]), second = clock.size() > 2 ? to_uint(clock[2]) : 0;
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return {};
  t.hour = static_cast<int>(*hour);
  t.minute = static_cast<int>(*minute);
  t.second = static_cast<int>(std::min<std::uint64_t>(*second, 59));
  if (!is_valid(t)) return {};
  int offset = 0;
  if (words.size() > 4 && words[4].size() == 5 && (words[4][0] == '+' || words[4][0] == '-'))
    if (const auto z = to_uint(words[4].substr(1)); z && *z / 100 < 24 && *z % 100 < 60)
      offset = static_cast<int>(*z / 100 * 60 + *z % 100) * (words[4][0] == '-' ? -1 : 1);
  return format_time(from_civil(t, offset));
}

}  // namespace mozu::files
