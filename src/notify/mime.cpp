// The forms that mail wants its parts in: addresses, dates, headers.
#include <fmt/core.h>

#include <algorithm>

#include "mozu/base/base64.hpp"
#include "mozu/base/text.hpp"
#include "mozu/notify/message.hpp"

namespace mozu::notify {
namespace {

constexpr std::size_t local_bytes_max = 64, host_bytes_max = 253, label_bytes_max = 63;
constexpr std::size_t word_bytes =
    36;  // of UTF-8 in one encoded word: 48 letters of base64, 12 around them and the name of a header stay below the 76 of RFC 2047
constexpr std::size_t line_columns = 76;

bool is_local_part(std::string_view s) {
  if (s.empty() || s.size() > local_bytes_max || s.front() == '.' || s.back() == '.' || s.find("..") != s.npos) return false;
  return std::ranges::all_of(
      s, [](char c) { return is_alnum(static_cast<unsigned char>(c)) || std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos; });
}
bool is_mail_host(std::string_view s) {
  if (s.empty() || s.size() > host_bytes_max) return false;
  for (const auto label : split(s, '.')) {
    if (label.empty() || label.size() > label_bytes_max || label.front() == '-' || label.back() == '-') return false;
    if (!std::ranges::all_of(label, [](char c) { return is_alnum(static_cast<unsigned char>(c)) || c == '-'; })) return false;
  }
  return true;
}

/// Length of the UTF-8 character that begins with `c`.
std::size_t length_of(unsigned char c) { return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4; }

}  // namespace

bool is_mail_address(std::string_view s) {
  const auto at = s.rfind('@');
  return at != s.npos && is_local_part(s.substr(0, at)) && is_mail_host(s.substr(at + 1));
}

std::optional<Mailbox> parse_mailbox(std::string_view s) {
  s = trim(s);
  Mailbox out;
  if (const auto open = s.rfind('<'); open != s.npos) {
    if (!s.ends_with('>')) return std::nullopt;
    out.name = trim(s.substr(0, open));
    out.address = s.substr(open + 1, s.size() - open - 2);
  } else {
    out.address = s;
  }
  if (!is_mail_address(out.address) || !is_utf8(out.name)) return std::nullopt;
  return out;
}

std::string header_text(std::string_view utf8, std::size_t at_column) {
  std::string clean;
  for (std::size_t i = 0; i < utf8.size();) {
    const std::size_t n = std::min(length_of(static_cast<unsigned char>(utf8[i])), utf8.size() - i);
    const std::string_view one = utf8.substr(i, n);
    const auto c = static_cast<unsigned char>(one[0]);
    // C1 controls and the separators of lines and paragraphs end lines for some readers, too.
    if (!is_utf8(one)) clean += "\xef\xbf\xbd";
    else if (c < 0x20 || c == 0x7f || (c == 0xc2 && static_cast<unsigned char>(one[1]) < 0xa0) || one == "\xe2\x80\xa8" || one == "\xe2\x80\xa9") clean += ' ';
    else clean += one;
    i += is_utf8(one) ? n : 1;
  }
  const bool ascii = std::ranges::all_of(clean, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii && clean.find("=?") == std::string::npos && at_column + clean.size() <= line_columns && trim(clean).size() == clean.size()) return clean;
  std::string out;
  for (std::size_t i = 0; i < clean.size();) {
    std::size_t end = i;
    while (end < clean.size()) {
      const std::size_t n = length_of(static_cast<unsigned char>(clean[end]));
      if (end + n - i > word_bytes) break;
      end += n;
    }
    out += fmt::format("{}=?UTF-8?B?{}?=", out.empty() ? "" : "\r\n ", base64(std::string_view(clean).substr(i, end - i)));
    i = end;
  }
  return out;
}

std::string mail_date(Timestamp t) {
  constexpr std::string_view days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const CivilTime c = to_civil(t);
  const auto day = static_cast<std::size_t>(std::max<std::int64_t>(t.ms, 0) / 86'400'000 % 7);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", days[day], c.day, months[static_cast<std::size_t>(c.month - 1)], c.year, c.hour, c.minute,
                     c.second);
}

}  // namespace mozu::notify
